"""Polymarket's line of the roster: how settings open what it is to the house."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from functools import partial

import httpx

from app.fetching import Fetcher
from app.ports import Gateway, PriceFeed, Put, Resolver, VenueCatalogue
from app.settings import Settings
from app.venues.demands import Demands
from app.venues.entries import Now, Venue, as_listed
from app.venues.known_orders import KnownOrders
from app.venues.permits import Permit
from app.venues.polymarket.client import Polymarket
from app.venues.polymarket.feed import PolymarketFeed
from app.venues.polymarket.gateway import PolymarketGateway
from app.venues.polymarket.location import ask_location
from app.venues.polymarket.resolutions import PolymarketResolver


def _gamma(settings: Settings, client: httpx.AsyncClient) -> Fetcher:
    return Fetcher(client, settings.polymarket.gamma_url, settings.polymarket)


def _catalogue(settings: Settings, client: httpx.AsyncClient) -> VenueCatalogue:
    return Polymarket(_gamma(settings, client))


def _resolver(settings: Settings, client: httpx.AsyncClient, now: Now) -> Resolver:
    return PolymarketResolver(_gamma(settings, client), now)


@asynccontextmanager
async def _feed(settings: Settings, put: Put, now: Now) -> AsyncIterator[PriceFeed]:
    """The order books are read over the proxy, if there is one. The venue is asked about this location directly, past
    every proxy that the environment names."""
    given = settings.polymarket
    proxy = None if given.proxy is None else given.proxy.get_secret_value()
    async with httpx.AsyncClient(proxy=proxy) as reading, httpx.AsyncClient(trust_env=False) as direct:
        books = Fetcher(reading, given.clob_url, given)
        location = partial(ask_location, Fetcher(direct, given.location_url, given))
        yield PolymarketFeed(given, settings.prices, books, location, put, now)


def _gateway(
    settings: Settings, client: httpx.AsyncClient, permit: Permit, known: KnownOrders, demands: Demands, now: Now
) -> Gateway | None:
    given = settings.polymarket
    return PolymarketGateway(given, client, permit, known, demands, now) if given.has_key else None


def _questions(settings: Settings) -> Mapping[str, str]:
    given = settings.polymarket
    return {
        "Polymarket Gamma": f"{given.gamma_url}/events/keyset?limit=1",
        "Polymarket CLOB": f"{given.clob_url}/time",
        "Polymarket location": given.location_url,
    }


POLYMARKET = Venue(Polymarket.venue, _catalogue, _resolver, _feed, as_listed, _gateway, _questions, is_simulated=True)
