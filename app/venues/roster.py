"""Every venue, one line each."""

from collections.abc import Callable
from typing import NamedTuple

import httpx

from app.domain.markets import VenueId
from app.fetching import Fetcher
from app.ports import VenueCatalogue
from app.settings import Settings
from app.venues.kalshi.client import Kalshi
from app.venues.polymarket.client import Polymarket


class Venue(NamedTuple):
    """A venue, and how to open its catalogue over a client of its own."""

    name: VenueId
    open_catalogue: Callable[[Settings, httpx.AsyncClient], VenueCatalogue]


def _polymarket(settings: Settings, client: httpx.AsyncClient) -> VenueCatalogue:
    return Polymarket(Fetcher(client, settings.polymarket.gamma_url, settings.polymarket))


def _kalshi(settings: Settings, client: httpx.AsyncClient) -> VenueCatalogue:
    return Kalshi(Fetcher(client, settings.kalshi.base_url, settings.kalshi))


VENUES = (
    Venue(Polymarket.venue, _polymarket),
    Venue(Kalshi.venue, _kalshi),
)
