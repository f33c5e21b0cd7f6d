"""Every venue, one line each."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from functools import partial
from typing import NamedTuple

import httpx

from app.clock import nanos_clock, wall_clock
from app.domain.markets import ContractId, VenueId
from app.domain.prices import Nanos
from app.fetching import Fetcher
from app.ports import PriceFeed, Put, Resolver, VenueCatalogue
from app.settings import Settings
from app.venues.kalshi.client import Kalshi
from app.venues.kalshi.feed import kalshi_feed
from app.venues.kalshi.resolutions import KalshiResolver
from app.venues.polymarket.client import Polymarket
from app.venues.polymarket.feed import PolymarketFeed
from app.venues.polymarket.location import ask_location
from app.venues.polymarket.resolutions import PolymarketResolver

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
