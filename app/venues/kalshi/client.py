"""Kalshi's trade API as a venue's catalogue."""

import asyncio
import logging
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from functools import partial

from app.clock import Clock, wall_clock
from app.domain.games import EASTERN, eastern_date
from app.domain.leagues import LEAGUES, LeagueCode
from app.domain.markets import Event, EventId, VenueId
from app.errors import FeedError
from app.fetching import Fetcher, all_that_answer, is_unknown
from app.venues.kalshi import wire
from app.venues.kalshi.charges import Charges
from app.venues.kalshi.fees import NOTHING_TOLD, with_fees
from app.venues.kalshi.markets import KALSHI
from app.venues.kalshi.milestones import by_ticker
from app.venues.kalshi.series import read_series, series_of, winners_of
from app.venues.kalshi.tickers import read_ticker
from app.venues.kalshi.translate import listed_page, milestones_page

log = logging.getLogger(__name__)

EVENTS_A_PAGE = 200  # the most that Kalshi gives
MILESTONES_A_PAGE = 500
MILESTONES_LIFETIME = 300.0  # seconds
ASK_AGAIN_AFTER = 60.0  # seconds


class Kalshi:
    """What Kalshi lists, league by league."""

    venue: VenueId = KALSHI

    def __init__(
        self, fetcher: Fetcher, monotonic: Callable[[], float] = time.monotonic, clock: Clock = wall_clock
    ) -> None:
        self._fetcher = fetcher
        self._charges = Charges(fetcher, monotonic, clock)
        self._monotonic = monotonic
        self._milestones: dict[str, wire.Milestone] = {}
        self._milestones_since: date | None = None
        self._ask_again_at = float("-inf")
        self._asking_for_milestones = asyncio.Lock()

    @property
    def leagues(self) -> Sequence[LeagueCode]:
        """The leagues with series of their own."""
        return [code for code in LEAGUES if code != "soccer" and series_of(code)]

    @property
    def counts(self) -> Mapping[str, int]:
        """What was asked and what went wrong since the start, by kind."""
        return self._fetcher.counts

    async def events(self, league: LeagueCode, days: Sequence[date]) -> Sequence[Event]:
        """Every open event about games of these Eastern days, of every series that asks about a game as such: props
        are listed by the thousand and can be no proposition of ours. A series that Kalshi does not know does not cost
        the others. Raises FeedUnavailable or PayloadRefused."""
        if not days:
            return ()
        milestones = await self._milestones_from(min(days))
        told = _series_told(milestones, league, days)
        winners = winners_of(league)
        found = {} if told else await self._about(winners, milestones, days)
        if told or found:  # else nobody plays, and nothing else is asked about nobody
            asked = () if told else winners
            series = dict.fromkeys((*series_of(league), *(name for name in told if read_series(name).topic == "game")))
            found |= await self._about([one for one in series if one not in asked], milestones, days)
        return tuple(found.values())

    async def _about(
        self, series: Sequence[str], milestones: Mapping[str, wire.Milestone], days: Sequence[date]
    ) -> dict[EventId, Event]:
        answers = await all_that_answer([self._listed(one, milestones) for one in series], is_unknown)
        return {event.id: event for answer in answers for event in answer if _is_about(event, days)}

    async def _listed(self, series: str, milestones: Mapping[str, wire.Milestone]) -> Sequence[Event]:
        params: dict[str, str | int] = {
            "series_ticker": series,
            "status": "open",
            "with_nested_markets": "true",
            "limit": EVENTS_A_PAGE,
        }
        listed = await self._fetcher.read_all("/events", params, partial(listed_page, milestones=milestones), "cursor")
        table = await self._charges.table(series) if listed else NOTHING_TOLD
        return [with_fees(one, table) for one in listed]

    async def _milestones_from(self, day: date) -> Mapping[str, wire.Milestone]:
        """All leagues' milestones since a day, asked for once in a while. Without them starts are told less well."""
        async with self._asking_for_milestones:
            is_early_enough = self._milestones_since is not None and self._milestones_since <= day
            if not is_early_enough or self._monotonic() >= self._ask_again_at:
                await self._ask_for_milestones(day)
        return self._milestones

    async def _ask_for_milestones(self, day: date) -> None:
        params: dict[str, str | int] = {
            "category": "Sports",
            "minimum_start_date": datetime(day.year, day.month, day.day, tzinfo=EASTERN).isoformat(),
            "limit": MILESTONES_A_PAGE,
        }
        lifetime = MILESTONES_LIFETIME
        try:
            self._milestones = by_ticker(await self._fetcher.read_all("/milestones", params, milestones_page, "cursor"))
        except FeedError as error:
            lifetime = ASK_AGAIN_AFTER
            log.warning("milestones not told", extra={"error": str(error)})
        self._milestones_since = day
        self._ask_again_at = self._monotonic() + lifetime


def _series_told(milestones: Mapping[str, wire.Milestone], league: LeagueCode, days: Sequence[date]) -> Sequence[str]:
    """The series, props among them, that the milestones of these days name for this league."""
    tickers = (read_ticker(ticker) for ticker in milestones)
    names = dict.fromkeys(ticker.series for ticker in tickers if ticker and ticker.day in days)
    return [name for name in names if read_series(name).league == league]


def _is_about(event: Event, days: Sequence[date]) -> bool:
    """By the ticker's day or by the start; what tells neither is kept, to be left out with a reason."""
    told = {event.day, eastern_date(event.start) if event.start else None} - {None}
    return not told or not told.isdisjoint(days)
