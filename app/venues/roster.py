"""Every venue, one line each."""

from collections.abc import Callable, Sequence
from functools import partial

import httpx

from app.clock import nanos_clock, wall_clock
from app.domain.markets import VenueId
from app.errors import SettingsRefused
from app.ports import Gateway
from app.settings import Settings
from app.venues.demands import UNTOLD, Demands
from app.venues.entries import Venue
from app.venues.kalshi.openings import KALSHI
from app.venues.known_orders import KnownOrders, Recall, nothing
from app.venues.permits import Permit, never
from app.venues.polymarket.openings import POLYMARKET

VENUES: tuple[Venue, ...] = (
    POLYMARKET,
    KALSHI,
)

KEPT_OPEN = 30.0  # seconds that a connection to which nothing is said stays open: an order waits for no handshake


def venues_of(settings: Settings) -> Sequence[Venue]:
    """Those that are listened to: on a simulated slate none whose games would be real ones."""
    return [venue for venue in VENUES if venue.is_simulated or not settings.simulation.is_on]


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
    gateways = (
        venue.open_gateway(
            settings,
            client,
            Permit(settings.trading, partial(is_enabled, venue.name), now),
            KnownOrders(recall),
            demands,
            now,
        )
        for venue in venues_of(settings)
    )
    return [gateway for gateway in gateways if gateway is not None]
