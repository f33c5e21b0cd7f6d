"""A simulated slate as a stage: games that play out, told anew every few seconds."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta

import msgspec

from app.sandbox.faults import Fault
from app.sandbox.games import Contest
from app.sandbox.gamma_listings import gamma_event
from app.sandbox.kalshi_listings import kalshi_events, milestone
from app.sandbox.leagues import LEAGUES, League
from app.sandbox.makers import STYLES, Makers
from app.sandbox.markets import Venue, kalshi_markets_on, polymarket_markets_on
from app.sandbox.messages import Message, iso, text
from app.sandbox.moments import Moment
from app.sandbox.oddities import gamma_oddities, kalshi_oddities
from app.sandbox.plans import Entry, wrong
from app.sandbox.quirks import Quirk
from app.sandbox.scoreboards import scoreboard, scoreboard_event, team_list
from app.sandbox.scripts import Script
from app.sandbox.slates import Slate, make_slate, rounds_by
from app.sandbox.stagings import name_of, odd_slate, stage_plan
from app.sandbox.traps import traps_of

TOLD_ANEW_EVERY = 5  # seconds
FAR = timedelta(hours=6)  # before the start
FAR_ANEW_EVERY = 25  # seconds: little changes there
SHOWN_WITHOUT_GROUPS = 10  # college games ESPN shows to those who ask for no group


def _wall_clock() -> datetime:
    return datetime.now(UTC)


class Simulation:
    """The stage of a seed and the minute it was started in; of exactly so many `games`, or of those of a first round,
    which others follow."""

    is_recorded = False

    def __init__(
        self,
        seed: int,
        speed: float,
        clock: Callable[[], datetime] = _wall_clock,
        plan: Sequence[Entry] = (),
        games: int | None = None,
    ) -> None:
        self._clock = clock
        slate = odd_slate(plan, make_slate(seed, clock(), speed, games=games))
        self.staging = stage_plan(plan, slate, clock())
        self._script = Script(self.staging.acts)
        self.slate: Slate = slate.with_points(self.staging.extras, self.staging.finals)
        self._rounds = 1
        self._to_interrupt = list(self.staging.interruptions)
        self._has_all = games is not None  # no further rounds come
        self._makers = {venue: Makers(style, self._current, self._script) for venue, style in STYLES.items()}
        self.name = f"simulated-{seed}"
        self._leagues = {league.espn: league for league in LEAGUES.values()}
        self._told: dict[str, tuple[datetime, list[Message]]] = {}
        self._told_far: dict[tuple[Venue, str], tuple[datetime, Contest, list[Message]]] = {}  # until when

    def now(self) -> datetime:
        return self._clock()

    def quoting(self, venue: Venue) -> Makers:
        return self._makers[venue]

    def changed_at(self) -> datetime:
        """The last multiple of a few seconds: between two of them every answer stays the same."""
        now = self._clock()
        return now.replace(second=now.second - now.second % TOLD_ANEW_EVERY, microsecond=0)

    def scoreboard(self, path: str, groups: str) -> Message:
        league = self._leagues.get(path)
        now = self.changed_at()
        if league is None:
            return quiet_scoreboard(now)
        asked = groups.split(",") if groups else []
        shown = [
            scoreboard_event(self.slate, self._as_fed(contest, now), now)
            for contest in self._shown(now)
            if contest.league == league and "espn" in contest.on and (not asked or contest.group in asked)
        ]
        return scoreboard(league, shown if asked or not league.is_college else shown[:SHOWN_WITHOUT_GROUPS], now)

    def teams(self, path: str) -> Message:
        league: League | None = self._leagues.get(path)
        return team_list(league, self.slate.origin) if league else {"sports": []}

    def gamma_events(self) -> list[Message]:
        return self._remember("gamma", self._tell_gamma)

    def kalshi_events(self) -> list[Message]:
        return self._remember("kalshi", self._tell_kalshi)

    def milestones(self) -> list[Message]:
        tickers: dict[str, list[str]] = {}
        for event in self.kalshi_events():
            ticker = text(event, "event_ticker")
            tickers.setdefault(ticker.partition("-")[2], []).append(ticker)
        return [
            milestone(contest, tickers, self.changed_at())
            for contest in self._shown(self.changed_at())
            if "kalshi" in contest.on and not contest.has(Quirk.NO_MILESTONE)
        ]

    def faults(self) -> tuple[tuple[datetime, Fault], ...]:
        return self.staging.faults

    def act(self, entries: Sequence[Entry]) -> tuple[tuple[datetime, Fault], ...]:
        for number, entry in enumerate(entries):
            if entry.oddity:
                raise wrong(number, "oddity is how a game is listed from the start: it is for a plan at the start")
        staging = stage_plan(entries, self._current(), self._clock(), is_late=True)
        self._script.add(staging.acts)
        self.slate = self.slate.with_points(staging.extras, staging.finals)
        self._to_interrupt = sorted((*self._to_interrupt, *staging.interruptions))
        return staging.faults

    def games(self) -> list[Message]:
        return [
            {
                "id": contest.id,
                "game": name_of(contest),
                "start": iso(contest.start),
                "kalshi": {one.label: one.id for one in kalshi_markets_on(contest) if "kalshi" in contest.on},
                "polymarket": {
                    one.label: one.id for one in polymarket_markets_on(contest) if "polymarket" in contest.on
                },
            }
            for contest in self._shown(self._clock())
        ]

    def traps(self) -> list[Message]:
        return traps_of(self._current())

    def _shown(self, now: datetime) -> tuple[Contest, ...]:
        """The games spoken of now; a new round joins when its time has come."""
        rounds = rounds_by(self.slate.origin, now)
        if rounds > self._rounds and not self._has_all:
            more = make_slate(self.slate.seed, self.slate.origin, self.slate.speed, rounds)
            known = self.slate.contests
            contests = (*known, *more.contests[len(known) :])
            self.slate = msgspec.structs.replace(self.slate, contests=contests, scores=more.scores)
            self._rounds = rounds
        return self._current().shown(now)

    def _current(self) -> Slate:
        """The slate with every game interrupted that is by now."""
        while self._to_interrupt and self._to_interrupt[0][0] <= self._clock():
            at, game_id, interruption = self._to_interrupt.pop(0)
            before = next(one for one in self.slate.contests if one.id == game_id)
            if before.interruption is None and at >= self.slate.end(before):
                continue  # it is over
            self.slate = self.slate.with_interrupted(game_id, interruption, at)
            contest = next(one for one in self.slate.contests if one.id == game_id)
            for makers in self._makers.values():
                makers.tell_anew(contest)
        return self.slate

    def _as_fed(self, contest: Contest, now: datetime) -> Contest:
        """As the score feed has it: what was put off and is given up is off."""
        given_up = self.slate.given_up(contest)
        is_off = given_up is not None and now >= given_up
        return msgspec.structs.replace(contest, interruption="cancelled") if is_off else contest

    def _tell_gamma(self, now: datetime) -> list[Message]:
        shown = self._shown(now)
        moment = Moment(self._current(), now, self._makers["polymarket"])
        games = self._tell_each("polymarket", shown, now, lambda contest: [gamma_event(contest, moment)])
        return games + gamma_oddities(moment)

    def _tell_kalshi(self, now: datetime) -> list[Message]:
        shown = self._shown(now)
        moment = Moment(self._current(), now, self._makers["kalshi"])
        games = self._tell_each("kalshi", shown, now, lambda contest: kalshi_events(contest, moment))
        return games + kalshi_oddities(moment)

    def _tell_each(
        self, venue: Venue, shown: Sequence[Contest], now: datetime, tell: Callable[[Contest], list[Message]]
    ) -> list[Message]:
        """Game by game; hundreds of those of tomorrow, each told anew each time, would hold up everything else."""
        told: list[Message] = []
        for contest in shown:
            if venue not in contest.on:
                continue
            known = self._told_far.get((venue, contest.id))
            if known is None or known[1] is not contest or now >= known[0]:
                seconds = TOLD_ANEW_EVERY if contest.start - now < FAR else FAR_ANEW_EVERY + int(contest.id) % 10
                known = now + timedelta(seconds=seconds), contest, tell(contest)
                self._told_far[venue, contest.id] = known
            told += known[2]
        return told

    def _remember(self, what: str, tell: Callable[[datetime], list[Message]]) -> list[Message]:
        now = self.changed_at()
        told = self._told.get(what)
        if told is None or told[0] != now:
            told = self._told[what] = now, tell(now)
        return told[1]


def quiet_scoreboard(now: datetime) -> Message:
    """The scoreboard of a league without games."""
    return {"leagues": [], "season": {"type": 2, "year": now.year}, "events": []}
