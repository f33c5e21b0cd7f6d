"""Gamma as a venue's catalogue."""

import asyncio
import logging
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta

from app.domain.games import EASTERN, eastern_date
from app.domain.leagues import LEAGUES, LeagueCode
from app.domain.markets import Event, VenueId
from app.errors import FeedError
from app.fetching import Fetcher, all_that_answer, is_unknown
from app.venues.polymarket.markets import POLYMARKET
from app.venues.polymarket.slugs import prefixes_of
from app.venues.polymarket.translate import events_page, series_from

log = logging.getLogger(__name__)

PAGE_SIZE = 100  # the most that Gamma gives
SERIES_LIFETIME = 3600.0  # seconds
ASK_AGAIN_AFTER = 60.0  # seconds


class Polymarket:
    """What Polymarket lists, league by league."""

    venue: VenueId = POLYMARKET

    def __init__(self, fetcher: Fetcher, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._fetcher = fetcher
        self._monotonic = monotonic
        self._series: dict[LeagueCode, tuple[str, ...]] = {}
        self._ask_again_at = float("-inf")
        self._asking_for_series = asyncio.Lock()

    @property
    def leagues(self) -> Sequence[LeagueCode]:
        """Every league of ours but the one for any club: Gamma has no word for it."""
        return [code for code in LEAGUES if code != "soccer"]

    @property
    def counts(self) -> Mapping[str, int]:
        """What was asked and what went wrong since the start, by kind."""
        return self._fetcher.counts

    async def events(self, league: LeagueCode, days: Sequence[date]) -> Sequence[Event]:
        """Every open event that starts on these Eastern days, read to the last page. Raises FeedUnavailable or
        PayloadRefused."""
        if not days:
            return ()
        when = {"start_time_min": _midnight(min(days)), "start_time_max": _midnight(max(days) + timedelta(days=1))}
        filters = await self._filters(league)
        answers = await all_that_answer([self._listed({**one, **when}) for one in filters], is_unknown)
        found = {event.id: event for answer in answers for event in answer}
        return tuple(event for event in found.values() if not event.start or eastern_date(event.start) in days)

    async def _filters(self, league: LeagueCode) -> list[dict[str, str]]:
        """By the league's series, which change with the seasons; by its tags where none is told."""
        async with self._asking_for_series:
            if self._monotonic() >= self._ask_again_at:
                await self._ask_for_series()
        if series := self._series.get(league):
            return [{"series_id": one} for one in series]
        return [{"tag_slug": one} for one in prefixes_of(league)]

    async def _ask_for_series(self) -> None:
        lifetime = SERIES_LIFETIME
        try:
            self._series = series_from(await self._fetcher.get("/sports"))
        except FeedError as error:
            lifetime = ASK_AGAIN_AFTER
            log.warning("series not told, asking by what is known", extra={"error": str(error)})
        self._ask_again_at = self._monotonic() + lifetime

    async def _listed(self, filters: Mapping[str, str]) -> Sequence[Event]:
        params: dict[str, str | int] = {
            **filters,
            "closed": "false",
            "order": "startTime",
            "ascending": "true",
            "limit": PAGE_SIZE,
        }
        return await self._fetcher.read_all("/events/keyset", params, events_page, "after_cursor")


def _midnight(day: date) -> str:
    return datetime(day.year, day.month, day.day, tzinfo=EASTERN).isoformat()
