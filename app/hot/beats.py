"""Signs of life of the workers, wherever they run."""

from app.domain.operations import Beat
from app.hot.connections import Door
from app.hot.keys import BEAT_LIFETIME, BEATS, beat_key
from app.hot.shelves import Keeper, Shelf


class WorkerBeats(Keeper):
    """The last beat of each worker; one that is dead for long is not shown at all."""

    def __init__(self, door: Door) -> None:
        super().__init__(door)
        self._beats = Shelf(door, BEATS, beat_key, Beat)

    async def beat(self, beat: Beat, seconds: float = BEAT_LIFETIME) -> None:
        """Say that a worker lives; kept at least three of its turns, so that lateness is seen before absence."""
        await self._beats.put({beat.name: beat}, max(seconds, beat.every * 4))

    async def beats(self) -> list[Beat]:
        """The last beat of every worker, by name."""
        return sorted((await self._beats.all()).values(), key=lambda beat: beat.name)

    async def forget_beat(self, beat: Beat) -> None:
        """It has ended well: nobody need miss it."""
        await self._beats.drop([beat.name])
