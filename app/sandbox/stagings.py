"""A plan on a slate: names become games and markets, seconds become moments."""

import re
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

import msgspec

from app.sandbox.faults import Fault
from app.sandbox.games import Contest, Interruption
from app.sandbox.grids import DOLLAR
from app.sandbox.makers import milliseconds
from app.sandbox.markets import Market, Venue, kalshi_markets_on, polymarket_markets_on
from app.sandbox.plans import Entry, Levels, read_price, units, wrong
from app.sandbox.scripts import NO_ACTS, Acts, Charged, Held, Priced, Worded
from app.sandbox.slates import Extra, Slate

FOR_EVER = timedelta(days=3650)
_GAME = re.compile(r"(?P<league>[a-z]+):(?P<away>[^@]+)@(?P<home>[^@#]+)(#(?P<number>\d))?")


class Staging(msgspec.Struct, frozen=True):
    """A plan as the stage, and the faults, take it."""

    acts: Acts = NO_ACTS
    extras: tuple[Extra, ...] = ()
    finals: tuple[Extra, ...] = ()
    interruptions: tuple[tuple[datetime, str, Interruption], ...] = ()  # when, which game, and how
    faults: tuple[tuple[datetime, Fault], ...] = ()


def stage_plan(entries: Sequence[Entry], slate: Slate, began: datetime, *, is_late: bool = False) -> Staging:
    """What is to be done on this slate, from `began` on. `is_late`: listings were told already, so that nothing can be
    so from the first of them on. Raises StartRefused for games and markets that the slate does not have."""
    actor = _Actor(slate, began, is_late)
    for number, entry in enumerate(entries):
        actor.take(number, entry)
    acts = Acts(actor.held, actor.priced, actor.worded, actor.charged)
    return Staging(
        acts, tuple(actor.extras), tuple(actor.finals), tuple(sorted(actor.interruptions)), tuple(actor.faults)
    )


def odd_slate(entries: Sequence[Entry], slate: Slate) -> Slate:
    """The slate with the oddities that a plan gives its games. Raises StartRefused for games it does not have."""
    for number, entry in enumerate(entries):
        if entry.oddity:
            slate = slate.with_quirk(_game(number, entry, slate).id, entry.oddity)
    return slate


class _Actor:
    """Takes entries one by one, each to its kind."""

    def __init__(self, slate: Slate, began: datetime, is_late: bool) -> None:
        self._slate, self._began, self._is_late = slate, began, is_late
        self.held: list[Held] = []
        self.priced: list[Priced] = []
        self.worded: list[Worded] = []
        self.charged: list[Charged] = []
        self.extras: list[Extra] = []
        self.finals: list[Extra] = []
        self.interruptions: list[tuple[datetime, str, Interruption]] = []
        self.faults: list[tuple[datetime, Fault]] = []

    def take(self, number: int, entry: Entry) -> None:
        contest = _game(number, entry, self._slate) if entry.game else None
        start, end = _span(entry, contest, self._began)
        if not (entry.at or self._is_late) and entry.after == "start":
            start = self._slate.origin  # what is told every few seconds must have it from the first time on
        if entry.fault:
            self.faults.append((start, entry.fault))
        elif contest and entry.score:
            self.extras.append(Extra(contest.id, start, entry.score.home, entry.score.away))
        elif contest and entry.final:
            self.finals.append(Extra(contest.id, start, entry.final.home, entry.final.away))
        elif contest and entry.status:
            self.interruptions.append((start, contest.id, entry.status))
        elif entry.price is not None:
            span = milliseconds(start), milliseconds(end)
            self.priced.append(_priced(number, entry, contest, self._slate, span))
        elif entry.market:
            market = _market(number, entry, contest, self._slate)
            self._take_market(number, entry, market, (milliseconds(start), milliseconds(end)))

    def _take_market(self, number: int, entry: Entry, market: Market, span: tuple[int, int]) -> None:
        if entry.ladder:
            self.held.append(_held(number, market, span, entry.ladder))
        elif entry.rules is not None:
            self.worded.append(Worded(market.id, *span, entry.rules))
        elif entry.rules_secondary is not None:
            _check_venue(number, "kalshi", market)
            self.worded.append(Worded(market.id, *span, entry.rules_secondary, is_secondary=True))
        elif entry.fees:
            _check_venue(number, "polymarket" if entry.fees.rate is not None else "kalshi", market)
            self.charged.append(Charged(market.id, *span, entry.fees))


def _span(entry: Entry, contest: Contest | None, began: datetime) -> tuple[datetime, datetime]:
    start = (contest.start if entry.after == "game" and contest else began) + timedelta(seconds=entry.at)
    return start, start + (FOR_EVER if entry.for_seconds is None else timedelta(seconds=entry.for_seconds))


def _game(number: int, entry: Entry, slate: Slate) -> Contest:
    found = _GAME.fullmatch(entry.game)
    for contest in slate.contests:
        if contest.id == entry.game or (found and name_of(contest) == name_of_words(found)):
            return contest
    known = ", ".join(sorted(name_of(contest) for contest in slate.contests)[:8])
    raise wrong(number, f"there is no game {entry.game!r}; there are {known} and others")


def name_of(contest: Contest) -> str:
    """`nba:NY@BOS`, `mlb:NYY@BOS#2`."""
    tail = f"#{contest.number}" if contest.number > 1 else ""
    return f"{contest.league.code}:{contest.away.abbreviation}@{contest.home.abbreviation}{tail}"


def name_of_words(found: re.Match[str]) -> str:
    """The same from how a plan writes it; `#1` is the first of two."""
    tail = f"#{found['number']}" if found["number"] and found["number"] != "1" else ""
    return f"{found['league']}:{found['away']}@{found['home']}{tail}"


def _market(number: int, entry: Entry, contest: Contest | None, slate: Slate) -> Market:
    contests = (contest,) if contest else slate.contests
    every = [market for one in contests for market in _markets_on(one, entry)]
    for market in every:
        if entry.market in (market.id, market.key, *market.tokens) or (contest and entry.market == market.label):
            return market
    labels = ", ".join(f"{market.venue} {market.label}" for market in every[:12]) if contest else "name its game, too"
    raise wrong(number, f"there is no market {entry.market!r} ({labels})")


def _markets_on(contest: Contest, entry: Entry) -> Iterable[Market]:
    if "kalshi" in contest.on and entry.venue in (None, "kalshi"):
        yield from kalshi_markets_on(contest)
    if "polymarket" in contest.on and entry.venue in (None, "polymarket"):
        yield from polymarket_markets_on(contest)


def _check_venue(number: int, venue: Venue, market: Market) -> None:
    if market.venue != venue:
        raise wrong(number, f"{market.id} is a market of {market.venue}'s; only {venue} has this")


def _held(number: int, market: Market, span: tuple[int, int], levels: Levels) -> Held:
    bids = dict(sorted(_levels(number, levels.bids).items(), reverse=True))
    return Held(market.id, *span, bids, dict(sorted(_levels(number, levels.asks).items())))


def _levels(number: int, written: Iterable[tuple[str, str]]) -> dict[int, int]:
    return {read_price(number, price): units(number, size, 100, "size") for price, size in written}


def _priced(number: int, entry: Entry, contest: Contest | None, slate: Slate, span: tuple[int, int]) -> Priced:
    chance = read_price(number, entry.price or "") / DOLLAR
    if entry.market:
        return Priced(*span, chance, market_id=_market(number, entry, contest, slate).id)
    return Priced(*span, chance, game_id=contest.id if contest else "", venue=entry.venue)
