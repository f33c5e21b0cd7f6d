"""Asks Kalshi what it charges: each series once a day, and every hour what changes when.

An announced change makes a series be read anew when its time comes. Events that charge otherwise than their series are
told there too; in an event's own fields that was never seen.
"""

import asyncio
import logging
import time
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from app.clock import Clock, wall_clock
from app.errors import FeedError
from app.fetching import Fetcher, is_unknown
from app.venues.kalshi.fees import (
    NOTHING_TOLD,
    Charge,
    FeeChange,
    FeeTable,
    event_changes_page,
    in_force,
    series_changes_page,
    series_charge,
)

log = logging.getLogger(__name__)

SERIES_LIFETIME = 86_400.0  # seconds: a day
CHANGES_LIFETIME = 3600.0  # seconds
ASK_AGAIN_AFTER = 60.0  # seconds
ANSWER_WITHIN = 25.0  # seconds: what is charged must not cost what is listed
SETTLED_AFTER = timedelta(minutes=5)  # a series read sooner after its change may still tell the old figures
NO_ANSWER = f"no answer within {ANSWER_WITHIN:g} s"
_ALL = {"show_historical": "true"}  # without it only those that are still to come are told


class _Known:
    """What a series was read to charge, or that it could not be read."""

    def __init__(self, charge: Charge | None, read_at: datetime, ask_again_at: float) -> None:
        self.charge = charge
        self.read_at = read_at
        self.ask_again_at = ask_again_at


class Charges:
    """What Kalshi's series and events charge, as far as it has told. Nothing here raises for a host in trouble."""

    def __init__(
        self, fetcher: Fetcher, monotonic: Callable[[], float] = time.monotonic, clock: Clock = wall_clock
    ) -> None:
        self._fetcher = fetcher
        self._monotonic = monotonic
        self._clock = clock
        self._series: dict[str, _Known] = {}
        self._of_series: Sequence[FeeChange] = ()
        self._of_events: Sequence[FeeChange] | None = None  # None: never told, and a discount may have ended
        self._ask_again_at = float("-inf")
        self._asking_for_changes = asyncio.Lock()

    async def table(self, series: str) -> FeeTable:
        """What the events of a series charge; nothing when the series or the exceptions are not known."""
        async with self._asking_for_changes:
            if self._monotonic() >= self._ask_again_at:
                await self._ask_for_changes()
        charge = await self._charge(series)
        if charge is None or self._of_events is None:
            return NOTHING_TOLD
        return FeeTable({series: charge}, in_force(self._of_events, self._clock()))

    async def _charge(self, series: str) -> Charge | None:
        known = self._series.get(series)
        if known is None or self._monotonic() >= known.ask_again_at or self._has_changed(series, known):
            known = self._series[series] = await self._ask_about(series, known)
        return known.charge

    def _has_changed(self, series: str, known: _Known) -> bool:
        now = self._clock()
        return any(
            change.name == series and change.at <= now and known.read_at < change.at + SETTLED_AFTER
            for change in self._of_series
        )

    async def _ask_about(self, series: str, before: _Known | None) -> _Known:
        now, lifetime = self._clock(), SERIES_LIFETIME
        try:
            async with asyncio.timeout(ANSWER_WITHIN):
                told = series_charge(await self._fetcher.get(f"/series/{series}"))
            return _Known(told, now, self._monotonic() + lifetime)
        except (FeedError, TimeoutError) as error:
            log.warning("fees of a series not told", extra={"series": series, "error": str(error) or NO_ANSWER})
            if not (isinstance(error, FeedError) and is_unknown(error)):
                lifetime = ASK_AGAIN_AFTER
        still_counts = before is not None and not self._has_changed(series, before)  # else nobody says into what
        charge = before.charge if before and still_counts else None
        return _Known(charge, before.read_at if before else now, self._monotonic() + lifetime)

    async def _ask_for_changes(self) -> None:
        lifetime = CHANGES_LIFETIME
        try:
            async with asyncio.timeout(ANSWER_WITHIN):
                read = self._fetcher.read_all
                self._of_events = await read("/events/fee_changes", _ALL, event_changes_page, "cursor")
                self._of_series = await read("/series/fee_changes", _ALL, series_changes_page, "cursor")
        except (FeedError, TimeoutError) as error:
            log.warning("changes of fees not told", extra={"error": str(error) or NO_ANSWER})
            lifetime = ASK_AGAIN_AFTER
        self._ask_again_at = self._monotonic() + lifetime
