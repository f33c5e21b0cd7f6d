"""The simulated slate: its games, their starts, what is odd about each. The same seed has the same games and lines, and
started in the same minute the same scores and prices, too."""

import itertools
import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import msgspec

from app.sandbox.fixtures import Fixture, fixtures_of
from app.sandbox.games import Contest, Interruption, Score, Standing, ended, plan_scores, stand
from app.sandbox.leagues import LEAGUES, TEAMS
from app.sandbox.quirks import Quirk

FEED_LAG = (5, 15)  # seconds by which the score feed trails the games; it is told anew every five besides
ROUND = timedelta(hours=5, minutes=30)  # longer than a team needs from one start to the end of its game
LISTED_AHEAD = timedelta(hours=2)
SHOWN_AFTER = timedelta(hours=3)  # the end
GIVEN_UP_AFTER = timedelta(minutes=90)  # a game was put off, at the games' own pace


class Extra(msgspec.Struct, frozen=True):
    """What is scored besides what is played; or, of a final score, in all."""

    game_id: str
    at: datetime
    home: int
    away: int


class Slate(msgspec.Struct, frozen=True):
    """All games of a simulation and how they play out. `origin`: its first minute; `speed` moves games, not clocks."""

    seed: int
    origin: datetime
    speed: float
    contests: tuple[Contest, ...]
    scores: dict[str, tuple[Score, ...]]
    extras: tuple[Extra, ...] = ()
    finals: tuple[Extra, ...] = ()  # games that are over sooner than planned

    def standing(self, contest: Contest, now: datetime) -> Standing:
        """How the game stands at a moment of real time."""
        now = min(now, contest.interrupted_at or now)
        final = self._final(contest)
        if final is not None and now >= final.at:
            return ended(contest, final.home, final.away)
        standing = self._as_played(contest, now)
        for extra in self.extras:
            if extra.game_id == contest.id and extra.at <= now:
                standing = standing.with_points(self._as_played(contest, extra.at).period, extra.home, extra.away)
        return standing

    def standing_as_fed(self, contest: Contest, now: datetime) -> Standing:
        """How the score feed knows it: 5 to 15 s late."""
        lag = FEED_LAG[0] + int(contest.id) % (FEED_LAG[1] - FEED_LAG[0] + 1)
        return self.standing(contest, now - timedelta(seconds=lag))

    def end(self, contest: Contest) -> datetime:
        """When the game ends, in real time."""
        final = self._final(contest)
        return self._planned_end(contest) if final is None else final.at

    def _final(self, contest: Contest) -> Extra | None:
        """How it ends sooner than planned; None of one that is played to its end."""
        found = next((one for one in self.finals if one.game_id == contest.id), None)
        if found is None or found.at >= self._planned_end(contest):
            return None
        return None if contest.interruption and found.at >= self.stopped(contest) else found

    def _planned_end(self, contest: Contest) -> datetime:
        length = timedelta(seconds=contest.league.clockwork.length)
        if contest.start > self.origin:
            return contest.start + length / self.speed
        left = contest.start + length - self.origin
        return self.origin + (left / self.speed if left > timedelta() else left)

    def with_interrupted(self, game_id: str, interruption: Interruption, at: datetime) -> "Slate":
        """The same with one game put off, called off, or stopped as it stands."""
        return self._with(game_id, interruption=interruption, interrupted_at=at)

    def with_points(self, extras: tuple[Extra, ...], finals: tuple[Extra, ...]) -> "Slate":
        """The same with more that is scored, and with more games that end so; the first end of a game counts."""
        both = (*self.extras, *extras), (*self.finals, *finals)
        return msgspec.structs.replace(self, extras=both[0], finals=both[1])

    def with_quirk(self, game_id: str, quirk: Quirk) -> "Slate":
        """The same with one game listed oddly."""
        known = next(contest.quirks for contest in self.contests if contest.id == game_id)
        return self._with(game_id, quirks=known | {quirk})

    def _with(self, game_id: str, **changes: object) -> "Slate":
        contests = tuple(
            msgspec.structs.replace(contest, **changes) if contest.id == game_id else contest
            for contest in self.contests
        )
        return msgspec.structs.replace(self, contests=contests)

    def shown(self, now: datetime) -> tuple[Contest, ...]:
        """The games that anyone still speaks of."""
        return tuple(contest for contest in self.contests if now < self._forgotten(contest))

    def stopped(self, contest: Contest) -> datetime:
        """When a game was interrupted; at its start, if it was so before the first minute."""
        return contest.interrupted_at or contest.start

    def given_up(self, contest: Contest) -> datetime | None:
        """When a game that was put off is called off: it is never made up for."""
        is_put_off = contest.interruption == "postponed"
        return self.stopped(contest) + GIVEN_UP_AFTER / self.speed if is_put_off else None

    def _forgotten(self, contest: Contest) -> datetime:
        """When nobody speaks of a game any more; never, as long as nobody knows whether it goes on."""
        if contest.interruption in ("suspended", "delayed"):
            return datetime.max.replace(tzinfo=UTC)
        end = self.end(contest)
        return max(end, self.given_up(contest) or end) + SHOWN_AFTER

    def _as_played(self, contest: Contest, now: datetime) -> Standing:
        return stand(contest, self.scores[contest.id], self._elapsed(contest, now))

    def _elapsed(self, contest: Contest, now: datetime) -> float:
        begun = min(self.origin, now)
        before = max(0.0, (begun - contest.start).total_seconds())
        since = (now - max(begun, contest.start)).total_seconds()
        return before + since * self.speed if contest.start <= now else since


def make_slate(seed: int, now: datetime, speed: float = 1.0, rounds: int = 1, games: int | None = None) -> Slate:
    """The slate that begins in the minute of `now`, with so many rounds of games, or with so many games."""
    origin = now.replace(second=0, microsecond=0)
    turns = range(rounds) if games is None else itertools.count()
    every = (contest for number in turns for contest in _contests(seed, origin, number))
    contests = tuple(itertools.islice(every, games))
    scores = {contest.id: plan_scores(seed, contest) for contest in contests}
    return Slate(seed, origin, speed, contests, scores)


def rounds_by(origin: datetime, now: datetime) -> int:
    """How many rounds are known at a moment: the next is listed two hours ahead."""
    return 1 + (now - origin + LISTED_AHEAD) // ROUND


def _contests(seed: int, origin: datetime, round_number: int) -> Iterator[Contest]:
    first = 401_800_000 + random.Random(f"{seed}:{origin.isoformat()}").randrange(50_000)
    draw = random.Random(f"{seed}:{round_number}")  # whatever the minute: a plan can name lines before the start
    number, begins = first + 1000 * round_number, origin + ROUND * round_number
    for fixture in fixtures_of(round_number):
        number += draw.randrange(1, 9)
        jitter = draw.randrange(-4, 5) if abs(fixture.minutes) > 10 and not fixture.number else 0
        yield _contest(fixture, str(number), begins + timedelta(minutes=fixture.minutes + jitter), draw)


def _contest(fixture: Fixture, number: str, start: datetime, draw: random.Random) -> Contest:
    league = LEAGUES[fixture.league]
    pace = league.clockwork
    edge = draw.gauss(0.2, 0.45)
    if Quirk.INVERTED_PRICES in fixture.quirks:
        edge = max(edge, 1.0)  # near even, nobody could tell
    return Contest(
        id=number,
        league=league,
        home=TEAMS[fixture.league, fixture.home].called(fixture.alias),
        away=TEAMS[fixture.league, fixture.away],
        start=start,
        edge=edge * pace.margin_spread,
        total=max(pace.total * 0.7, draw.gauss(pace.total, pace.total_spread / 3)),
        number=fixture.number,
        interruption="postponed" if fixture.is_postponed else None,
        is_neutral=fixture.is_neutral,
        group=fixture.group,
        on=fixture.on,
        quirks=frozenset(fixture.quirks),
        alias=fixture.alias,
    )
