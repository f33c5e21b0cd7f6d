"""Signals, risk limits, halts, approved rules texts, fee schedules; whether a game is delayed."""

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("games", sa.Column("is_delayed", sa.Boolean, nullable=False, server_default=sa.false()))
    op.create_table(
        "signals",
        *texts("id", "detector", "account", "game_id", "league", "stage", "reason"),
        moment("found_at"),
        *(sa.Column(name, sa.Numeric(20, 6), nullable=False) for name in ("cost", "fees", "profit")),
        *whole("limits"),
        *texts("world"),
        json("record"),
        sa.PrimaryKeyConstraint("id", name="pk_signals"),
    )
    for columns in (("found_at", "id"), ("game_id", "found_at"), ("stage", "found_at")):
        op.create_index(f"ix_signals_{'_'.join(columns)}", "signals", list(columns))
    op.create_table(
        "risk_limits",
        sa.Column("version", sa.Integer, autoincrement=False, nullable=False),
        json("limits"),
        *texts("reason", "changed_by"),
        moment("changed_at"),
        sa.PrimaryKeyConstraint("version", name="pk_risk_limits"),
    )
    op.create_table(
        "halts",
        *texts("scope", "name", "reason", "halted_by"),
        moment("halted_at"),
        sa.PrimaryKeyConstraint("scope", "name", name="pk_halts"),
    )
    op.create_table(
        "rule_approvals",
        *texts("rules_hash"),
        json("terms"),
        *texts("reason", "approved_by"),
        moment("approved_at"),
        sa.PrimaryKeyConstraint("rules_hash", name="pk_rule_approvals"),
    )
    op.create_table(
        "fee_schedules",
        sa.Column("id", sa.BigInteger, sa.Identity(always=True), nullable=False),
        *texts("venue", "market_id"),
        *whole("taker", "maker", "exponent", "step", "least"),
        sa.Column("waived_until", sa.DateTime(timezone=True)),
        *texts("source"),
        moment("seen_at"),
        sa.PrimaryKeyConstraint("id", name="pk_fee_schedules"),
        sa.UniqueConstraint("venue", "market_id", "seen_at", name="uq_fee_schedules_venue_market_id_seen_at"),
    )


def downgrade() -> None:
    for table in ("fee_schedules", "rule_approvals", "halts", "risk_limits", "signals"):
        op.drop_table(table)
    op.drop_column("games", "is_delayed")


def texts(*names: str) -> list[sa.Column]:
    return [sa.Column(name, sa.String, nullable=False) for name in names]


def whole(*names: str) -> list[sa.Column]:
    return [sa.Column(name, sa.Integer, nullable=False) for name in names]


def json(name: str) -> sa.Column:
    return sa.Column(name, postgresql.JSONB, nullable=False)


def moment(name: str) -> sa.Column:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=False)
