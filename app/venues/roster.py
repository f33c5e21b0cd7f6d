"""Every venue, one line each."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from functools import partial
from typing import NamedTuple

import httpx

from app.clock import nanos_clock, wall_clock
from app.domain.markets import ContractId, VenueId
from app.domain.prices import Nanos
from app.errors import SettingsRefused
from app.fetching import Fetcher
from app.ports import Gateway, PriceFeed, Put, Resolver, VenueCatalogue
from app.settings import Settings
from app.venues.demands import UNTOLD, Demands
from app.venues.kalshi.client import Kalshi
from app.venues.kalshi.feed import kalshi_feed
from app.venues.kalshi.gateway import KalshiGateway
from app.venues.kalshi.resolutions import KalshiResolver
from app.venues.known_orders import KnownOrders, Recall, nothing
from app.venues.permits import Permit, never
from app.venues.polymarket.client import Polymarket
from app.venues.polymarket.feed import PolymarketFeed
from app.venues.polymarket.gateway import PolymarketGateway
from app.venues.polymarket.location import ask_location
from app.venues.polymarket.resolutions import PolymarketResolver

KEPT_OPEN = 30.0  # seconds that a connection to which nothing is said stays open: an order waits for no handshake

OpenFeed = Callable[[Settings, Put, Callable[[], Nanos]], AbstractAsyncContextManager[PriceFeed]]


class Venue(NamedTuple):
    """A venue; how to open its catalogue over a client of its own, and its prices over routes of their own; and the
    two contracts of a market, the one first in whose terms its book is told."""

    name: VenueId
    open_catalogue: Callable[[Settings, httpx.AsyncClient], VenueCatalogue]
    open_feed: OpenFeed
    in_order: Callable[[Sequence[ContractId]], Sequence[ContractId]]


def _polymarket(settings: Settings, client: httpx.AsyncClient) -> VenueCatalogue:
    return Polymarket(Fetcher(client, settings.polymarket.gamma_url, settings.polymarket))


@asynccontextmanager
async def _polymarket_feed(settings: Settings, put: Put, now: Callable[[], Nanos]) -> AsyncIterator[PriceFeed]:
    """The order books are read over the proxy, if there is one. The venue is asked about this location directly, past
    every proxy that the environment names."""
    given = settings.polymarket
    proxy = None if given.proxy is None else given.proxy.get_secret_value()
    async with httpx.AsyncClient(proxy=proxy) as reading, httpx.AsyncClient(trust_env=False) as direct:
        books = Fetcher(reading, given.clob_url, given)
        location = partial(ask_location, Fetcher(direct, given.location_url, given))
        yield PolymarketFeed(given, settings.prices, books, location, put, now)


def _as_listed(contracts: Sequence[ContractId]) -> Sequence[ContractId]:
    return contracts


def _kalshi(settings: Settings, client: httpx.AsyncClient) -> VenueCatalogue:
    return Kalshi(Fetcher(client, settings.kalshi.base_url, settings.kalshi))


@asynccontextmanager
async def _kalshi_feed(settings: Settings, put: Put, now: Callable[[], Nanos]) -> AsyncIterator[PriceFeed]:
    given = settings.kalshi
    async with httpx.AsyncClient() as client:
        yield kalshi_feed(given, settings.prices, Fetcher(client, given.base_url, given), put, now)


def _yes_first(contracts: Sequence[ContractId]) -> Sequence[ContractId]:
    return sorted(contracts, key=lambda contract: not contract.endswith(":yes"))


POLYMARKET = Venue(Polymarket.venue, _polymarket, _polymarket_feed, _as_listed)
KALSHI = Venue(Kalshi.venue, _kalshi, _kalshi_feed, _yes_first)
VENUES = (POLYMARKET, KALSHI)


def open_resolvers(settings: Settings, client: httpx.AsyncClient) -> Sequence[Resolver]:
    """Whoever says how markets ended, one of each venue."""
    now = nanos_clock(wall_clock)
    return (
        PolymarketResolver(Fetcher(client, settings.polymarket.gamma_url, settings.polymarket), now),
        KalshiResolver(Fetcher(client, settings.kalshi.base_url, settings.kalshi), now),
    )


def direct_client() -> httpx.AsyncClient:
    """For orders, and for whether this place may trade: past every proxy that the environment names."""
    return httpx.AsyncClient(trust_env=False, limits=httpx.Limits(keepalive_expiry=KEPT_OPEN))


def open_gateways(
    settings: Settings,
    client: httpx.AsyncClient,
    *,
    is_enabled: Callable[[VenueId], bool] = never,
    recall: Recall = nothing,
    demands: Demands = UNTOLD,
) -> Sequence[Gateway]:
    """The ways to trade with real money: none on paper, and in live mode one of each venue that there is a key for.
    `client`: a direct one. `is_enabled`: whether a person allows it there. `recall`: an order of ours that this process
    has not sent, by our name or the venue's; fills of one that nobody recalls are not told. `demands`: what is asked of
    orders; where nobody says it, nothing is sent to Polymarket. Raises SettingsRefused for a key that is of no use."""
    if settings.trading.mode != "live":
        return ()
    if client.trust_env:
        raise SettingsRefused("orders go by the direct route alone, and this client would take the environment's proxy")
    now = nanos_clock(wall_clock)
    gateways: list[Gateway] = []
    if settings.polymarket.has_key:
        permit, known = Permit(settings.trading, partial(is_enabled, Polymarket.venue), now), KnownOrders(recall)
        gateways.append(PolymarketGateway(settings.polymarket, client, permit, known, demands, now))
    if settings.kalshi.has_key:
        permit, known = Permit(settings.trading, partial(is_enabled, Kalshi.venue), now), KnownOrders(recall)
        gateways.append(KalshiGateway(settings.kalshi, client, permit, known, demands, now))
    return gateways
