"""Link overrides: what people say of contracts against the matcher."""

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "link_overrides",
        *texts("contract_id", "verdict", "reason", "game_id", "kind", "scope"),
        sa.Column("line", sa.Numeric(7, 1)),
        sa.Column("team_id", sa.String),
        sa.Column("polarity", sa.String),
        sa.Column("doubts", postgresql.JSONB, nullable=False),
        *texts("rules_hash", "said_by"),
        sa.Column("said_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("contract_id", name="pk_link_overrides"),
    )
    op.create_index("ix_links_contract_id_id", "links", ["contract_id", "id"])


def downgrade() -> None:
    op.drop_index("ix_links_contract_id_id", "links")
    op.drop_table("link_overrides")


def texts(*names: str) -> list[sa.Column]:
    return [sa.Column(name, sa.String, nullable=False) for name in names]
