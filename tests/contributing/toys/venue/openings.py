"""The toy venue's line of the roster: how settings open what it is to the house."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx

from app.fetching import Fetcher
from app.ports import PriceFeed, Put, Resolver, VenueCatalogue
from app.settings import Settings
from app.venues.entries import Now, Venue
from app.venues.toy.client import Toy, ToyResolver
from app.venues.toy.feed import ToyFeed


def _fetcher(settings: Settings, client: httpx.AsyncClient) -> Fetcher:
    return Fetcher(client, settings.toy.base_url, settings.toy)


def _catalogue(settings: Settings, client: httpx.AsyncClient) -> VenueCatalogue:
    return Toy(_fetcher(settings, client))


def _resolver(settings: Settings, client: httpx.AsyncClient, now: Now) -> Resolver:
    return ToyResolver(_fetcher(settings, client), now)


@asynccontextmanager
async def _feed(settings: Settings, put: Put, now: Now) -> AsyncIterator[PriceFeed]:
    yield ToyFeed(settings.toy, put, now)


TOY = Venue(Toy.venue, _catalogue, _resolver, _feed)
