"""What a drill reads of the platform's own answers, and of the sandbox's; all else in them is passed over."""

from datetime import datetime

import msgspec


class GameSeen(msgspec.Struct, frozen=True):
    """A game of the slate."""

    id: str
    status: str
    start: datetime
    is_provisional: bool

    @property
    def is_open(self) -> bool:
        """It is played, or will be."""
        return self.status in ("scheduled", "live")


class Games(msgspec.Struct, frozen=True):
    """A page of them."""

    items: list[GameSeen]
    next_cursor: str | None = None


class QuoteSeen(msgspec.Struct, frozen=True):
    """Dollars and contracts, as decimal text."""

    state: str
    bid: str | None = None
    ask: str | None = None
    ask_size: str | None = None


class ContractSeen(msgspec.Struct, frozen=True):
    """A contract and what it costs."""

    venue: str
    contract_id: str
    verdict: str
    market_id: str | None = None
    polarity: str | None = None
    quote: QuoteSeen | None = None

    @property
    def is_fresh(self) -> bool:
        return self.quote is not None and self.quote.state == "fresh"

    @property
    def dearest(self) -> str:
        """What the next one costs; of one that is offered."""
        assert self.quote is not None
        assert self.quote.ask is not None
        return self.quote.ask


class StatementSeen(msgspec.Struct, frozen=True):
    """What a proposition is about."""

    kind: str
    period: str


class PropositionSeen(msgspec.Struct, frozen=True):
    """A statement and its contracts."""

    proposition: StatementSeen
    contracts: list[ContractSeen]


class Prices(msgspec.Struct, frozen=True):
    """A game with its prices. `shard`: who works on it, "host:process:token"."""

    game: GameSeen
    propositions: list[PropositionSeen]
    shard: str | None = None

    @property
    def contracts(self) -> list[ContractSeen]:
        return [contract for said in self.propositions for contract in said.contracts]


class LinkSeen(msgspec.Struct, frozen=True):
    """How a contract is tied to its game."""

    venue: str
    verdict: str
    market_id: str | None = None


class Links(msgspec.Struct, frozen=True):
    """Those of a game."""

    links: list[LinkSeen]


class LegSeen(msgspec.Struct, frozen=True):
    """One order of a signal."""

    venue: str
    market_id: str


class SignalSeen(msgspec.Struct, frozen=True):
    """One that was sent."""

    id: str
    legs: list[LegSeen]


class Signals(msgspec.Struct, frozen=True):
    """A page of them."""

    items: list[SignalSeen]


class ChangeSeen(msgspec.Struct, frozen=True):
    """A transition of an order."""

    state: str


class FillSeen(msgspec.Struct, frozen=True):
    """What an order got."""

    size: str


class OrderSeen(msgspec.Struct, frozen=True):
    """How an order stands."""

    id: str
    account: str
    state: str
    size: str
    filled: str
    reason: str = ""
    changes: list[ChangeSeen] = []
    fills: list[FillSeen] = []


class Orders(msgspec.Struct, frozen=True):
    """A page of them; `total`: of all that were asked for."""

    items: list[OrderSeen]
    total: int


class PositionSeen(msgspec.Struct, frozen=True):
    """What an account holds of a contract."""

    contract_id: str
    game_id: str
    size: str


class Positions(msgspec.Struct, frozen=True):
    """A page of them."""

    items: list[PositionSeen]


class HaltSeen(msgspec.Struct, frozen=True):
    """Where nothing is opened."""

    scope: str
    name: str
    reason: str


class Halts(msgspec.Struct, frozen=True):
    """All of them."""

    halts: list[HaltSeen]


class AccountSeen(msgspec.Struct, frozen=True):
    """`holder`: the process that trades for it; empty: none yet."""

    id: str
    kind: str
    holder: str


class Problem(msgspec.Struct, frozen=True):
    """Why not."""

    detail: str = ""


class LadderSeen(msgspec.Struct, frozen=True):
    """The truth about a book, by the sandbox: price and size, best first, of its first contract."""

    bids: list[tuple[str, str]]
    asks: list[tuple[str, str]]


class Anything(msgspec.Struct, frozen=True):
    """An answer of which nothing is needed."""
