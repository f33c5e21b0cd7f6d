"""The tables of orders and money. Dollars and contracts are NUMERIC with six decimals, prices with four.

What happened is only added to (`order_events`, `fills`, `postings`, `entries`, `settlements`); what stands now is
changed in the same statement (`orders`, `positions`). Every write of an executor names its fence, and a lower one than
the account's writes nothing.
"""

from datetime import datetime
from decimal import Decimal

from sqlalchemy import BigInteger, Identity, Index, Numeric, Sequence
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.sql import text
from sqlmodel import Field

from app.history.tables import Row, by_month

FENCES = Sequence("fences", metadata=Row.metadata)
UNSETTLED = text("state IN ('intent', 'sending', 'unknown', 'open', 'partly_filled')")
NAMED = text("ref <> ''")  # orders that their venue has a name for


def _exact(**more: bool) -> Decimal:
    """Dollars, or contracts."""
    field: Decimal = Field(sa_type=Numeric(20, 6), **more)  # type: ignore[call-overload]
    return field


def _price() -> Decimal:
    field: Decimal = Field(sa_type=Numeric(6, 4))
    return field


def _long() -> int:
    field: int = Field(sa_type=BigInteger)
    return field


class AccountRow(Row, table=True):
    """An account, and who may write its orders now."""

    __tablename__ = "accounts"

    id: str = Field(primary_key=True)
    kind: str  # "paper", "live"
    note: str
    opened_by: str
    opened_at: datetime
    closed_at: datetime | None = None
    fence: int = _long()  # 0: nobody has had it
    holder: str
    seated_at: datetime | None = None


class OrderRow(Row, table=True):
    """What was asked, and how it stands."""

    __tablename__ = "orders"
    __table_args__ = (
        Index(None, "wanted_at", "id"),
        Index(None, "trade_id"),
        Index(None, "game_id", "wanted_at"),
        Index("ix_orders_unsettled", "account", postgresql_where=UNSETTLED),
        Index("ix_orders_ref", "ref", postgresql_where=NAMED),
    )

    id: str = Field(primary_key=True)
    account: str
    kind: str
    venue: str
    market_id: str
    contract_id: str
    game_id: str
    league: str
    side: str
    limit_price: Decimal = _price()
    size: Decimal = _exact()
    time_in_force: str
    is_post_only: bool
    expires_at: datetime | None
    purpose: str
    trade_id: str
    leg: int
    signal_id: str | None
    rule: str
    quoted: Decimal = _price()
    fees: dict[str, object] = Field(sa_type=JSONB)  # as `FeeSchedule`
    wanted_at: datetime
    send_before: datetime
    world: str  # "real", "simulated"
    state: str
    number: int  # of its last change
    ref: str
    filled: Decimal = _exact()
    reason: str
    changed_at: datetime


class OrderEventRow(Row, table=True):
    """One transition of an order; never changed."""

    __tablename__ = "order_events"

    order_id: str = Field(primary_key=True)
    number: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    state: str
    at: datetime
    ref: str
    filled: Decimal = _exact()
    reason: str
    fence: int = _long()


class FillRow(Row, table=True):
    """What an order got. Only its stage changes."""

    __tablename__ = "fills"
    __table_args__ = (
        Index(None, "account", "contract_id"),
        Index(None, "order_id"),
        Index(None, "booked_at", "id"),
    )

    id: str = Field(primary_key=True)
    order_id: str
    account: str
    venue: str
    market_id: str
    contract_id: str
    game_id: str
    league: str
    side: str
    price: Decimal = _price()
    size: Decimal = _exact()
    fee: Decimal = _exact()
    is_maker: bool
    stage: str
    venue_time: datetime
    received_at: datetime
    booked_at: datetime


class PostingRow(Row, table=True):
    """One thing that happened to money; never changed."""

    __tablename__ = "postings"
    __table_args__ = (Index(None, "account", "number"),)

    id: str = Field(primary_key=True)
    number: int | None = Field(default=None, sa_type=BigInteger, sa_column_args=(Identity(always=True),))
    account: str
    kind: str
    at: datetime
    note: str


class EntryRow(Row, table=True):
    """So many dollars into a book of an account, or out of it; those of one posting add up to nothing."""

    __tablename__ = "entries"
    __table_args__ = (Index(None, "account", "book"),)

    posting_id: str = Field(primary_key=True)
    place: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    account: str
    book: str
    contract_id: str
    amount: Decimal = _exact()


class PositionRow(Row, table=True):
    """What an account has, or had, of a contract."""

    __tablename__ = "positions"
    __table_args__ = (
        Index("ix_positions_open", "account", postgresql_where=text("closed_at IS NULL")),
        Index(None, "game_id"),
    )

    account: str = Field(primary_key=True)
    contract_id: str = Field(primary_key=True)
    venue: str
    market_id: str
    game_id: str
    league: str
    size: Decimal = _exact()
    cost: Decimal = _exact()
    fees: Decimal = _exact()
    realised: Decimal = _exact()
    trade_id: str
    detector: str | None
    opened_at: datetime
    changed_at: datetime
    closed_at: datetime | None
    version: int
    exit_rules: dict[str, object] | None = Field(default=None, sa_type=JSONB)  # None: those of its account


class TradeRow(Row, table=True):
    """Orders that belong together, and how that ended."""

    __tablename__ = "trades"
    __table_args__ = (Index(None, "began_at", "id"), Index(None, "game_id"))

    id: str = Field(primary_key=True)
    account: str
    signal_id: str | None
    detector: str | None
    game_id: str
    league: str
    status: str  # "open", "hedged", "missed", "unwound", "exposed"
    detail: dict[str, object] = Field(sa_type=JSONB)
    began_at: datetime
    ended_at: datetime | None = None


class SettlementRow(Row, table=True):
    """A venue has turned a position to cash."""

    __tablename__ = "settlements"

    account: str = Field(primary_key=True)
    contract_id: str = Field(primary_key=True)
    pays: Decimal = _price()
    size: Decimal = _exact()
    expected: Decimal | None = Field(sa_type=Numeric(6, 4))
    source: str
    at: datetime


class InstructionRow(Row, table=True):
    """What somebody asks an executor to do: an order, to take one back, to close a position, to reset an account. It is
    done once, however often it is told."""

    __tablename__ = "instructions"
    __table_args__ = (Index("ix_instructions_waiting", "asked_at", postgresql_where=text("state = 'waiting'")),)

    id: str = Field(primary_key=True)
    kind: str  # "order", "cancel", "close", "settle", "reset", "lose_answer"
    account: str
    body: dict[str, object] = Field(sa_type=JSONB)
    asked_by: str
    asked_at: datetime
    expires_at: datetime
    state: str  # "waiting", "taken", "done", "refused", "expired"
    outcome: str
    order_id: str | None = None


class EquityRow(Row, table=True):
    """What an account was worth."""

    __tablename__ = "equity"
    __table_args__ = (by_month("at"),)

    account: str = Field(primary_key=True)
    at: datetime = Field(primary_key=True)
    cash: Decimal = _exact()
    value: Decimal = _exact()  # of what it holds, at the best bids
    unpaid: Decimal = _exact()  # of it: won, and not paid yet
    deposits: Decimal = _exact()
    realised: Decimal = _exact()
    fees: Decimal = _exact()


class IncidentRow(Row, table=True):
    """Something that should not be; one row from when it was seen until it was over."""

    __tablename__ = "incidents"
    __table_args__ = (
        Index(
            "ix_incidents_open", "kind", "account", "subject", unique=True, postgresql_where=text("ended_at IS NULL")
        ),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=BigInteger, sa_column_args=(Identity(always=True),))
    kind: str
    account: str
    venue: str
    subject: str  # an order, a contract, a trade
    game_id: str
    detail: str
    began_at: datetime
    ended_at: datetime | None = None


METADATA = Row.metadata  # of every table there is
