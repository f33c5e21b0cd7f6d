"""What the toy venue lists, and how it ended."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date

from app.domain.leagues import LEAGUES, LeagueCode
from app.domain.markets import Event, MarketId, VenueId
from app.domain.money import ONE_DOLLAR, Price, price
from app.domain.parsing import decode
from app.domain.positions import Resolution
from app.domain.prices import Nanos
from app.fetching import Fetcher
from app.venues.toy import wire
from app.venues.toy.translate import TOY, contracts_of, events_page


class Toy:
    """Its catalogue."""

    venue: VenueId = TOY

    def __init__(self, fetcher: Fetcher) -> None:
        self._fetcher = fetcher

    @property
    def leagues(self) -> Sequence[LeagueCode]:
        """Every league in which teams play."""
        return [code for code, league in LEAGUES.items() if league.has_teams and code != "soccer"]

    @property
    def counts(self) -> Mapping[str, int]:
        """What was asked and what went wrong since the start, by kind."""
        return self._fetcher.counts

    async def events(self, league: LeagueCode, days: Sequence[date]) -> Sequence[Event]:
        """Everything open of these days. Raises FeedUnavailable or PayloadRefused."""
        if not days:
            return ()
        asked = {"league": league, "from": min(days).isoformat(), "to": max(days).isoformat()}
        events, _ = await self._fetcher.read("/events", asked, events_page)
        return events


class ToyResolver:
    """Says what its markets have paid."""

    venue: VenueId = TOY

    def __init__(self, fetcher: Fetcher, now: Callable[[], Nanos]) -> None:
        self._fetcher = fetcher
        self._now = now

    async def resolutions(self, market_ids: Sequence[MarketId]) -> Sequence[Resolution]:
        """Those of them that are over. Raises FeedUnavailable or PayloadRefused."""
        ends = decode(await self._fetcher.get("/ends", {"markets": ",".join(market_ids)}), wire.ENDS)
        return [self._resolution(MarketId(name), price(paid)) for name, paid in ends.paid.items()]

    def _resolution(self, market_id: MarketId, paid: Price) -> Resolution:
        yes, no = contracts_of(market_id)
        pays = {yes: paid, no: Price(ONE_DOLLAR - paid)}
        return Resolution(
            venue=TOY, market_id=market_id, status="final", pays=pays, at=self._now(), words=f"YES paid {paid}"
        )
