"""The reports of days, and what processes have used."""

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "reports",
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("body", postgresql.JSONB, nullable=False),
        sa.PrimaryKeyConstraint("day", name="pk_reports"),
    )
    op.create_table(
        "usage",
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("process", sa.String, nullable=False),
        sa.Column("seconds", sa.Double, nullable=False),
        sa.Column("cpu", sa.Double, nullable=False),
        sa.Column("memory", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("at", "process", name="pk_usage"),
    )


def downgrade() -> None:
    op.drop_table("usage")
    op.drop_table("reports")
