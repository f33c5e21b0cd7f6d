"""What the house knows of a venue: how its parts are opened. Everything else stays in the venue's own folder."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from typing import NamedTuple

import httpx

from app.domain.markets import ContractId, VenueId
from app.domain.prices import Nanos
from app.ports import Gateway, PriceFeed, Put, Resolver, VenueCatalogue
from app.settings import Settings
from app.venues.demands import Demands
from app.venues.known_orders import KnownOrders
from app.venues.permits import Permit

Now = Callable[[], Nanos]
OpenGateway = Callable[[Settings, httpx.AsyncClient, Permit, KnownOrders, Demands, Now], Gateway | None]


def as_listed(contracts: Sequence[ContractId]) -> Sequence[ContractId]:
    """In the order in which the venue lists them."""
    return contracts


def on_paper_alone(*_: object) -> None:
    """The gateway of a venue that nobody can trade at with real money here."""


def unasked(_: Settings) -> Mapping[str, str]:
    """The questions to a venue that is not looked up."""
    return {}


class Venue(NamedTuple):
    """A venue; how to open its catalogue and whoever says how its markets ended, over a client that is shared, and its
    prices over routes of their own; and the two contracts of a market, the one first in whose terms its book is told.

    `open_gateway`: to real money; None without a key. `questions`: a small address for each of its hosts, by name, for
    whoever asks if they answer. `is_simulated`: the sandbox speaks its formats; beside it no other is opened.
    """

    name: VenueId
    open_catalogue: Callable[[Settings, httpx.AsyncClient], VenueCatalogue]
    open_resolver: Callable[[Settings, httpx.AsyncClient, Now], Resolver]
    open_feed: Callable[[Settings, Put, Now], AbstractAsyncContextManager[PriceFeed]]
    in_order: Callable[[Sequence[ContractId]], Sequence[ContractId]] = as_listed
    open_gateway: OpenGateway = on_paper_alone
    questions: Callable[[Settings], Mapping[str, str]] = unasked
    is_simulated: bool = False
