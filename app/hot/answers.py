"""Which venues answer: when one falls silent, what it said before is believed for a while and no longer."""

import time

from app.domain.leagues import LeagueCode
from app.domain.markets import VenueId
from app.hot.connections import Door
from app.hot.keys import ANSWERS, LINKS_LIFETIME, answer_key, place_name
from app.hot.shelves import Keeper, Shelf


class VenueAnswers(Keeper):
    """The last time that each venue's listings of each league were read to the end."""

    def __init__(self, door: Door) -> None:
        super().__init__(door)
        self._answers = Shelf(door, ANSWERS, answer_key, float)

    async def note_answer(self, venue: VenueId, league: LeagueCode, seconds: float = LINKS_LIFETIME) -> None:
        """The venue has just answered for the league; this is remembered for `seconds`."""
        await self._answers.put({place_name(venue, league): time.time()}, seconds)

    async def answering(self) -> set[tuple[VenueId, LeagueCode]]:
        """The venues and leagues whose last answer is remembered."""
        places = (name.partition(":") for name in await self._answers.all())
        return {(VenueId(venue), LeagueCode(league)) for venue, _, league in places}
