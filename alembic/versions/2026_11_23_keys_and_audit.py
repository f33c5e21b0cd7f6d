"""Keys may expire; and what the audit says can be neither changed nor taken away, by nobody who uses the tables."""

import sqlalchemy as sa

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("api_keys", sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True))
    op.execute("""
        CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            RAISE EXCEPTION '% is only ever added to: % is refused', TG_TABLE_NAME, TG_OP
                USING ERRCODE = 'insufficient_privilege';
        END $$
    """)
    op.execute("""
        CREATE TRIGGER only_added_to BEFORE UPDATE OR DELETE OR TRUNCATE ON audit
        FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
    """)
    op.execute("ALTER TABLE audit ENABLE ALWAYS TRIGGER only_added_to")  # in sessions that replicate, too


def downgrade() -> None:
    op.execute("DROP TRIGGER only_added_to ON audit")
    op.execute("DROP FUNCTION refuse_change()")
    op.drop_column("api_keys", "expires_at")
