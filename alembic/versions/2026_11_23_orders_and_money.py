"""Accounts, orders and their transitions, fills, the ledger, positions, what people ask, equity, incidents."""

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

TABLES = (
    *("incidents", "equity", "instructions", "settlements", "trades", "positions", "entries", "postings", "fills"),
    *("order_events", "orders", "accounts"),
)


def upgrade() -> None:
    op.execute(sa.schema.CreateSequence(sa.Sequence("fences")))
    create_orders()
    create_money()
    create_what_people_ask()


def downgrade() -> None:
    for table in TABLES:
        op.drop_table(table)
    op.execute(sa.schema.DropSequence(sa.Sequence("fences")))


def create_orders() -> None:
    create(
        "accounts",
        *texts("id", "kind", "note", "opened_by"),
        *moments("opened_at"),
        *moments("closed_at", "seated_at", nullable=True),
        *longs("fence"),
        *texts("holder"),
        key=("id",),
    )
    create(
        "orders",
        *texts("id", "account", "kind", "venue", "market_id", "contract_id", "game_id", "league", "side"),
        *prices("limit_price", "quoted"),
        *amounts("size", "filled"),
        *texts("time_in_force", "purpose", "trade_id", "rule", "world", "state", "ref", "reason"),
        *texts("signal_id", nullable=True),
        sa.Column("is_post_only", sa.Boolean, nullable=False),
        *moments("expires_at", nullable=True),
        *wholes("leg", "number"),
        *jsons("fees"),
        *moments("wanted_at", "send_before", "changed_at"),
        key=("id",),
        indexes=(("wanted_at", "id"), ("trade_id",), ("game_id", "wanted_at")),
    )
    unsettled = sa.text("state IN ('intent', 'sending', 'unknown', 'open', 'partly_filled')")
    op.create_index("ix_orders_unsettled", "orders", ["account"], postgresql_where=unsettled)
    op.create_index("ix_orders_ref", "orders", ["ref"], postgresql_where=sa.text("ref <> ''"))
    create(
        "order_events",
        *texts("order_id"),
        *wholes("number"),
        *texts("state"),
        *moments("at"),
        *texts("ref", "reason"),
        *amounts("filled"),
        *longs("fence"),
        key=("order_id", "number"),
    )
    create(
        "fills",
        *texts("id", "order_id", "account", "venue", "market_id", "contract_id", "game_id", "league", "side", "stage"),
        *prices("price"),
        *amounts("size", "fee"),
        sa.Column("is_maker", sa.Boolean, nullable=False),
        *moments("venue_time", "received_at", "booked_at"),
        key=("id",),
        indexes=(("account", "contract_id"), ("order_id",), ("booked_at", "id")),
    )


def create_money() -> None:
    create(
        "postings",
        *texts("id", "account", "kind", "note"),
        sa.Column("number", sa.BigInteger, sa.Identity(always=True), nullable=False),
        *moments("at"),
        key=("id",),
        indexes=(("account", "number"),),
    )
    create(
        "entries",
        *texts("posting_id", "account", "book", "contract_id"),
        *wholes("place"),
        *amounts("amount"),
        key=("posting_id", "place"),
        indexes=(("account", "book"),),
    )
    create(
        "positions",
        *texts("account", "contract_id", "venue", "market_id", "game_id", "league", "trade_id"),
        *texts("detector", nullable=True),
        *amounts("size", "cost", "fees", "realised"),
        *moments("opened_at", "changed_at"),
        *moments("closed_at", nullable=True),
        *wholes("version"),
        *jsons("exit_rules", nullable=True),
        key=("account", "contract_id"),
        indexes=(("game_id",),),
    )
    op.create_index("ix_positions_open", "positions", ["account"], postgresql_where=sa.text("closed_at IS NULL"))
    create(
        "settlements",
        *texts("account", "contract_id", "source"),
        *prices("pays"),
        *amounts("size"),
        sa.Column("expected", sa.Numeric(6, 4)),
        *moments("at"),
        key=("account", "contract_id"),
    )
    create(
        "equity",
        *texts("account"),
        *moments("at"),
        *amounts("cash", "value", "unpaid", "deposits", "realised", "fees"),
        key=("account", "at"),
    )


def create_what_people_ask() -> None:
    create(
        "trades",
        *texts("id", "account", "game_id", "league", "status"),
        *texts("signal_id", "detector", nullable=True),
        *jsons("detail"),
        *moments("began_at"),
        *moments("ended_at", nullable=True),
        key=("id",),
        indexes=(("began_at", "id"), ("game_id",)),
    )
    create(
        "instructions",
        *texts("id", "kind", "account", "asked_by", "state", "outcome"),
        *texts("order_id", nullable=True),
        *jsons("body"),
        *moments("asked_at", "expires_at"),
        key=("id",),
    )
    waiting = sa.text("state = 'waiting'")
    op.create_index("ix_instructions_waiting", "instructions", ["asked_at"], postgresql_where=waiting)
    create(
        "incidents",
        sa.Column("id", sa.BigInteger, sa.Identity(always=True), nullable=False),
        *texts("kind", "account", "venue", "subject", "game_id", "detail"),
        *moments("began_at"),
        *moments("ended_at", nullable=True),
        key=("id",),
    )
    is_open, subject = sa.text("ended_at IS NULL"), ["kind", "account", "subject"]
    op.create_index("ix_incidents_open", "incidents", subject, unique=True, postgresql_where=is_open)


def create(table: str, *columns: sa.Column, key: tuple[str, ...], indexes: tuple[tuple[str, ...], ...] = ()) -> None:
    op.create_table(table, *columns, sa.PrimaryKeyConstraint(*key, name=f"pk_{table}"))
    for names in indexes:
        op.create_index(f"ix_{table}_{'_'.join(names)}", table, list(names))


def texts(*names: str, nullable: bool = False) -> list[sa.Column]:
    return [sa.Column(name, sa.String, nullable=nullable) for name in names]


def wholes(*names: str) -> list[sa.Column]:
    return [sa.Column(name, sa.Integer, autoincrement=False, nullable=False) for name in names]


def longs(*names: str) -> list[sa.Column]:
    return [sa.Column(name, sa.BigInteger, nullable=False) for name in names]


def amounts(*names: str) -> list[sa.Column]:
    return [sa.Column(name, sa.Numeric(20, 6), nullable=False) for name in names]


def prices(*names: str) -> list[sa.Column]:
    return [sa.Column(name, sa.Numeric(6, 4), nullable=False) for name in names]


def moments(*names: str, nullable: bool = False) -> list[sa.Column]:
    return [sa.Column(name, sa.DateTime(timezone=True), nullable=nullable) for name in names]


def jsons(*names: str, nullable: bool = False) -> list[sa.Column]:
    return [sa.Column(name, postgresql.JSONB, nullable=nullable) for name in names]
