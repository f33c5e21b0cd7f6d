"""What is odd about which game of a slate, for people and tests."""

from collections import Counter
from collections.abc import Iterator

from app.sandbox.games import Contest, Interruption
from app.sandbox.messages import Message
from app.sandbox.quirks import MEANINGS, Quirk
from app.sandbox.slates import Slate

INTERRUPTIONS: dict[Interruption, str] = {
    "postponed": "it is not played when it should be, nor later: the venues wait, and pay, differently",
    "cancelled": "it is not played at all: the venues pay different amounts",
    "suspended": "it has stopped, and its markets stay open: nobody knows whether it goes on",
    "delayed": "it does not go on for now, and its markets stay open",
}
SAME_PAIR = "the same sides meet twice within days: each market is about one of the two games"


def traps_of(slate: Slate) -> list[Message]:
    """Game by game: its id, its league, a word for the trap and what it means."""
    meetings = Counter(_pair(contest) for contest in slate.contests)
    return [trap for contest in slate.contests for trap in _traps(contest, meetings[_pair(contest)])]


def _traps(contest: Contest, meetings: int) -> Iterator[Message]:
    for quirk in sorted(contest.quirks):
        named = {"team": contest.home.name, "alias": contest.alias} if quirk == Quirk.UNKNOWN_NAME else {}
        yield _trap(contest, quirk.value, MEANINGS[quirk]) | named
    if contest.interruption:
        yield _trap(contest, contest.interruption, INTERRUPTIONS[contest.interruption])
    if meetings > 1:
        yield _trap(contest, "same_pair", SAME_PAIR)


def _trap(contest: Contest, word: str, meaning: str) -> Message:
    return {"game": contest.id, "league": contest.league.code, "trap": word, "means": meaning}


def _pair(contest: Contest) -> tuple[str, frozenset[str]]:
    return contest.league.code, frozenset((contest.home.id, contest.away.id))
