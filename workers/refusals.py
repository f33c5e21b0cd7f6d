"""Which refused signals are written down: some of each kind, so that a thousand alike do not bury the rest."""

from app.domain.games import GameId
from app.domain.prices import SECOND
from app.domain.signals import Judged, Stage
from app.history.signals import Recorded

MOST_A_MINUTE = 2  # of one stage, reason and game
MOST_IN_ALL = 60  # a minute; beyond it only the first of each stage and reason: some hundred megabytes a day
MINUTE = 60 * SECOND

Kind = tuple[Stage, str, GameId]


class Refusals:
    """The others are counted, and the next one that is written says how many they were."""

    def __init__(self, most: int = MOST_A_MINUTE, most_in_all: int = MOST_IN_ALL) -> None:
        self.left_out = 0
        self._most = most
        self._most_in_all = most_in_all
        self._minute = 0
        self._written: dict[Kind, int] = {}  # in this minute
        self._reasons: set[tuple[Stage, str]] = set()  # of those
        self._like_it: dict[Kind, int] = {}  # left out since the last one that was written

    def take(self, judged: Judged) -> Recorded | None:
        """As it is to be written; None when it is only counted."""
        self._look_at(judged.at // MINUTE)
        kind = (judged.stage, judged.reason, judged.signal.game_id)
        written = self._written.get(kind, 0)
        if not self._has_room(judged, written):
            self.left_out += 1
            self._like_it[kind] = self._like_it.get(kind, 0) + 1
            return None
        self._written[kind] = written + 1
        self._reasons.add(kind[:2])
        return Recorded(judged, self._like_it.pop(kind, 0))

    def _has_room(self, judged: Judged, written: int) -> bool:
        if (judged.stage, judged.reason) not in self._reasons:
            return True
        return written < self._most and sum(self._written.values()) < self._most_in_all

    def _look_at(self, minute: int) -> None:
        if minute != self._minute:
            self._minute = minute
            self._written.clear()
            self._reasons.clear()
