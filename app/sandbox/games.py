"""Games that play out: scores planned from the seed, and how things stand at any moment."""

import bisect
import random
from datetime import datetime
from typing import Literal

import msgspec

from app.sandbox.leagues import League, Team
from app.sandbox.quirks import Quirk

Phase = Literal["before", "playing", "break", "over"]
Interruption = Literal["postponed", "cancelled", "suspended", "delayed"]


class Contest(msgspec.Struct, frozen=True, kw_only=True):
    """One game of the slate, and what is odd about how it is listed."""

    id: str  # ESPN's event id
    league: League
    home: Team
    away: Team
    start: datetime
    edge: float  # home's expected margin
    total: float  # expected, both sides together
    number: int = 0  # 1, 2 in a doubleheader
    interruption: Interruption | None = None
    interrupted_at: datetime | None = None
    is_neutral: bool = False
    group: str = ""
    on: frozenset[str] = frozenset({"espn", "polymarket", "kalshi"})
    quirks: frozenset[Quirk] = frozenset()
    alias: str = ""  # what the venues call the home side instead

    def has(self, quirk: Quirk) -> bool:
        return quirk in self.quirks

    @property
    def is_off(self) -> bool:
        """Nothing of it counts; a game that is suspended or delayed stands as it stood."""
        return self.interruption in ("postponed", "cancelled")


class Score(msgspec.Struct, frozen=True):
    """One score: when (seconds of play, pauses left out) and for whom."""

    at: float
    is_home: bool
    points: int


class Standing(msgspec.Struct, frozen=True):
    """How a game stands. `clock`: seconds gone in the period. Score tuples are (home, away)."""

    phase: Phase
    period: int
    clock: float
    score: tuple[int, int]
    periods: tuple[tuple[int, int], ...]
    played: float  # share of the game, 0..1
    half: int = 1  # how many periods make the first half

    @property
    def margin(self) -> int:
        return self.score[0] - self.score[1]

    @property
    def total(self) -> int:
        return self.score[0] + self.score[1]

    def with_points(self, period: int, home: int, away: int) -> "Standing":
        """With these points more in a period (from 1); as it is when the game has not begun."""
        if not 0 < period <= len(self.periods):
            return self
        periods = tuple(
            (first + home, second + away) if number == period else (first, second)
            for number, (first, second) in enumerate(self.periods, 1)
        )
        score = self.score[0] + home, self.score[1] + away
        return msgspec.structs.replace(self, score=score, periods=periods)

    @property
    def half_score(self) -> tuple[int, int]:
        """The score of the first half as far as it has gone."""
        first = self.periods[: self.half]
        return sum(home for home, _ in first), sum(away for _, away in first)


BEFORE = Standing("before", 0, 0.0, (0, 0), (), 0.0)


def plan_scores(seed: int, contest: Contest) -> tuple[Score, ...]:
    """Every score of the game, in order, the same for the same seed."""
    draw = random.Random(f"{seed}:{contest.id}:{contest.start.isoformat()}")
    pace = contest.league.clockwork
    scores = [
        Score(draw.uniform(1, pace.periods * pace.real_period - 60), is_home, draw.choice(pace.scores))
        for is_home, share in ((True, contest.total + contest.edge), (False, contest.total - contest.edge))
        for _ in range(_drawn_count(draw, share / 2 * len(pace.scores) / sum(pace.scores)))
    ]
    scores.sort(key=lambda score: score.at)
    return tuple(scores) if pace.can_tie else _without_tie(scores, contest)


def _drawn_count(draw: random.Random, mean: float) -> int:
    if mean > 15:
        return max(0, round(draw.gauss(mean, mean**0.5)))
    count, reach = 0, draw.expovariate(1.0)
    while reach < mean:
        count, reach = count + 1, reach + draw.expovariate(1.0)
    return count


def _without_tie(scores: list[Score], contest: Contest) -> tuple[Score, ...]:
    margin = sum(score.points if score.is_home else -score.points for score in scores)
    pace = contest.league.clockwork
    winner = Score(pace.periods * pace.real_period - 5, contest.edge >= 0, 1)
    return (*scores, winner) if margin == 0 else tuple(scores)


def stand(contest: Contest, scores: tuple[Score, ...], elapsed: float) -> Standing:
    """How the game stands `elapsed` seconds after its start, pauses counted."""
    pace = contest.league.clockwork
    if elapsed < 0 or contest.is_off:
        return BEFORE
    period, into = 1, elapsed
    while period <= pace.periods and into >= pace.real_period + pace.break_after(period):
        into -= pace.real_period + pace.break_after(period)
        period += 1
    phase: Phase = "playing" if into < pace.real_period else "break"
    if period > pace.periods or (period == pace.periods and phase == "break"):
        phase, period, into = "over", pace.periods, float(pace.real_period)
    into = min(into, float(pace.real_period))
    by_period = _score_by_period(scores, period, into, pace.real_period)
    share = ((period - 1) * pace.real_period + into) / (pace.periods * pace.real_period)
    clock = into / pace.real_period * pace.period
    score = sum(home for home, _ in by_period), sum(away for _, away in by_period)
    return Standing(phase, period, clock, score, by_period, share, max(1, pace.periods // 2))


def ended(contest: Contest, home: int, away: int) -> Standing:
    """How the game stands when it is over with this score, scored evenly."""
    pace = contest.league.clockwork
    periods = tuple(
        (_share(home, number, pace.periods), _share(away, number, pace.periods)) for number in range(pace.periods)
    )
    return Standing("over", pace.periods, float(pace.period), (home, away), periods, 1.0, max(1, pace.periods // 2))


def _share(points: int, period: int, periods: int) -> int:
    return points * (period + 1) // periods - points * period // periods


def _score_by_period(scores: tuple[Score, ...], period: int, into: float, length: int) -> tuple[tuple[int, int], ...]:
    reached = bisect.bisect_right(scores, (period - 1) * length + into, key=lambda score: score.at)
    table = [[0, 0] for _ in range(period)]
    for score in scores[:reached]:
        table[min(int(score.at // length), period - 1)][0 if score.is_home else 1] += score.points
    return tuple((home, away) for home, away in table)
