"""What was broken on purpose, and how soon it was safe again."""

import sqlalchemy as sa

from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "drills",
        sa.Column("id", sa.BigInteger, sa.Identity(always=True), nullable=False),
        sa.Column("run", sa.String, nullable=False),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("world", sa.String, nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("verdict", sa.String, nullable=False),
        sa.Column("within", sa.Double, nullable=False),
        sa.Column("safe_after", sa.Double, nullable=True),
        sa.Column("whole_after", sa.Double, nullable=True),
        sa.Column("means", sa.String, nullable=False),
        sa.Column("detail", sa.String, nullable=False),
        sa.Column("left_over", sa.String, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_drills"),
    )
    op.create_index("ix_drills_began_at", "drills", ["began_at"])


def downgrade() -> None:
    op.drop_table("drills")
