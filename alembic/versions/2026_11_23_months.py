"""What only grows is partitioned by month: signals, what was decided about contracts, and what accounts were worth.

Partitions lie in a schema of their own. The table that was becomes the partition for whatever no month has been made
for yet; nothing is copied. `app/history/months.py` makes the months, and moves there what lies in it.
"""

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

MOMENTS = {"signals": "found_at", "link_decisions": "at", "equity": "at"}
KEYS = {"signals": "id, found_at", "link_decisions": "id, at", "equity": "account, at"}
OLD_KEYS = {"signals": "id", "link_decisions": "id", "equity": "account, at"}
INDEXES = {
    "signals": ("found_at, id", "game_id, found_at", "stage, found_at"),
    "link_decisions": ("contract_id, id", "game_id, id"),
    "equity": (),
}


def upgrade() -> None:
    op.execute("CREATE SCHEMA IF NOT EXISTS months")
    op.execute("ALTER TABLE link_decisions ALTER COLUMN id DROP IDENTITY")
    for table, moment in MOMENTS.items():
        rest = f"months.{table}_rest"
        op.execute(f"ALTER TABLE {table} DROP CONSTRAINT pk_{table}")
        op.execute(f"ALTER TABLE {table} RENAME TO {table}_rest")
        op.execute(f"ALTER TABLE {table}_rest SET SCHEMA months")
        op.execute(f"CREATE TABLE {table} (LIKE {rest}) PARTITION BY RANGE ({moment})")
        op.execute(f"ALTER TABLE {table} ATTACH PARTITION {rest} DEFAULT")
        op.execute(f"ALTER TABLE {table} ADD CONSTRAINT pk_{table} PRIMARY KEY ({KEYS[table]})")
        create_indexes(table)
    number_decisions()


def downgrade() -> None:
    op.execute("ALTER TABLE link_decisions ALTER COLUMN id DROP IDENTITY")
    for table in MOMENTS:
        op.execute(f"ALTER TABLE {table} RENAME TO {table}_by_month")
        op.execute(f"ALTER TABLE {table}_by_month DROP CONSTRAINT pk_{table}")
        for columns in INDEXES[table]:
            op.execute(f"DROP INDEX {name_of(table, columns)}")
        op.execute(f"CREATE TABLE {table} (LIKE {table}_by_month)")
        op.execute(f"INSERT INTO {table} SELECT * FROM {table}_by_month")
        op.execute(f"DROP TABLE {table}_by_month")
        op.execute(f"ALTER TABLE {table} ADD CONSTRAINT pk_{table} PRIMARY KEY ({OLD_KEYS[table]})")
        create_indexes(table)
    number_decisions()
    op.execute("DROP SCHEMA months")


def create_indexes(table: str) -> None:
    """Those that a partition has already are taken over."""
    for columns in INDEXES[table]:
        op.execute(f"CREATE INDEX {name_of(table, columns)} ON {table} ({columns})")


def name_of(table: str, columns: str) -> str:
    return f"ix_{table}_{columns.replace(', ', '_')}"


def number_decisions() -> None:
    """On from the last one."""
    op.execute("ALTER TABLE link_decisions ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY")
    op.execute(
        "SELECT setval(pg_get_serial_sequence('link_decisions', 'id'), (SELECT coalesce(max(id), 0) + 1"
        " FROM link_decisions), false)"
    )
