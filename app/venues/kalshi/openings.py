"""Kalshi's line of the roster: how settings open what it is to the house."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager

import httpx

from app.domain.markets import ContractId
from app.fetching import Fetcher
from app.ports import Gateway, PriceFeed, Put, Resolver, VenueCatalogue
from app.settings import Settings
from app.venues.demands import Demands
from app.venues.entries import Now, Venue
from app.venues.kalshi.client import Kalshi
from app.venues.kalshi.feed import kalshi_feed
from app.venues.kalshi.gateway import KalshiGateway
from app.venues.kalshi.resolutions import KalshiResolver
from app.venues.known_orders import KnownOrders
from app.venues.permits import Permit


def _fetcher(settings: Settings, client: httpx.AsyncClient) -> Fetcher:
    return Fetcher(client, settings.kalshi.base_url, settings.kalshi)


def _catalogue(settings: Settings, client: httpx.AsyncClient) -> VenueCatalogue:
    return Kalshi(_fetcher(settings, client))


def _resolver(settings: Settings, client: httpx.AsyncClient, now: Now) -> Resolver:
    return KalshiResolver(_fetcher(settings, client), now)


@asynccontextmanager
async def _feed(settings: Settings, put: Put, now: Now) -> AsyncIterator[PriceFeed]:
    async with httpx.AsyncClient() as client:
        yield kalshi_feed(settings.kalshi, settings.prices, _fetcher(settings, client), put, now)


def _gateway(
    settings: Settings, client: httpx.AsyncClient, permit: Permit, known: KnownOrders, demands: Demands, now: Now
) -> Gateway | None:
    given = settings.kalshi
    return KalshiGateway(given, client, permit, known, demands, now) if given.has_key else None


def _yes_first(contracts: Sequence[ContractId]) -> Sequence[ContractId]:
    return sorted(contracts, key=lambda contract: not contract.endswith(":yes"))


def _questions(settings: Settings) -> Mapping[str, str]:
    url = settings.kalshi.base_url
    return {"Kalshi events": f"{url}/events?limit=1", "Kalshi exchange": f"{url}/exchange/status"}


KALSHI = Venue(Kalshi.venue, _catalogue, _resolver, _feed, _yes_first, _gateway, _questions, is_simulated=True)
