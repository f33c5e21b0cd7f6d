"""Which refused signals are written down: some of each kind, so that a thousand alike do not bury the rest."""

from app.domain.games import GameId
from app.domain.prices import SECOND
from app.domain.signals import Judged, Stage
from app.history.signals import Recorded

MOST_A_MINUTE = 3  # of one stage, reason and game
MINUTE = 60 * SECOND

Kind = tuple[Stage, str, GameId]


class Refusals:
    """The others are counted, and the next one that is written says how many they were."""

    def __init__(self, most: int = MOST_A_MINUTE) -> None:
        self.left_out = 0
        self._most = most
        self._minute = 0
        self._written: dict[Kind, int] = {}  # in this minute
        self._like_it: dict[Kind, int] = {}  # left out since the last one that was written

    def take(self, judged: Judged) -> Recorded | None:
        """As it is to be written; None when it is only counted."""
        self._look_at(judged.at // MINUTE)
        kind = (judged.stage, judged.reason, judged.signal.game_id)
        written = self._written.get(kind, 0)
        if written >= self._most:
            self.left_out += 1
            self._like_it[kind] = self._like_it.get(kind, 0) + 1
            return None
        self._written[kind] = written + 1
        return Recorded(judged, self._like_it.pop(kind, 0))

    def _look_at(self, minute: int) -> None:
        if minute != self._minute:
            self._minute = minute
            self._written.clear()
