"""Learned models with their cards, and how much of each detector's edges to believe."""

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "models",
        sa.Column("id", sa.String, nullable=False),
        sa.Column("league", sa.String, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("verdict", sa.String, nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("card", postgresql.JSONB, nullable=False),
        sa.Column("learned", postgresql.JSONB, nullable=True),
        sa.Column("promoted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("promoted_by", sa.String, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_models"),
        sa.UniqueConstraint("league", "version", name="uq_models_league_version"),
    )
    in_use = sa.text("promoted_at IS NOT NULL")
    op.create_index("ix_models_in_use", "models", ["league"], unique=True, postgresql_where=in_use)
    op.create_table(
        "haircuts",
        sa.Column("id", sa.BigInteger, sa.Identity(always=True), nullable=False),
        sa.Column("world", sa.String, nullable=False),
        sa.Column("detector", sa.String, nullable=False),
        sa.Column("factor", sa.Double, nullable=False),
        sa.Column("n", sa.Integer, nullable=False),
        sa.Column("reason", sa.String, nullable=False),
        sa.Column("measured_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_haircuts"),
    )
    op.create_index("ix_haircuts_world_detector_id", "haircuts", ["world", "detector", "id"])


def downgrade() -> None:
    op.drop_table("haircuts")
    op.drop_table("models")
