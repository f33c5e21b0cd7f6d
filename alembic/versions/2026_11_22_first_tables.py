"""First tables: games, listings and their links, what was left out, aliases, keys, audit."""

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

TABLES = (
    *("games", "rules", "listings", "links", "link_decisions", "left_out"),
    *("match_aliases", "api_keys", "audit"),
)


def upgrade() -> None:
    create_games()
    create_listings()
    create_links()
    create_left_out()
    create_what_people_enter()


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)


def create_games() -> None:
    op.create_table(
        "games",
        *texts("id", "league", "home_team_id", "home", "away_team_id", "away"),
        moment("start"),
        sa.Column("start_is_known", sa.Boolean, nullable=False),
        *texts("status"),
        sa.Column("period", sa.Integer, nullable=False),
        *texts("clock"),
        sa.Column("home_score", sa.Integer),
        sa.Column("away_score", sa.Integer),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("is_neutral_site", sa.Boolean, nullable=False),
        sa.Column("is_provisional", sa.Boolean, nullable=False),
        *texts("stadium_id"),
        sa.Column("home_win_probability", sa.Float),
        *seen(),
        sa.PrimaryKeyConstraint("id", name="pk_games"),
    )
    op.create_index("ix_games_start_id", "games", ["start", "id"])


def create_listings() -> None:
    op.create_table(
        "rules", *texts("hash", "text"), moment("first_seen"), sa.PrimaryKeyConstraint("hash", name="pk_rules")
    )
    op.create_table(
        "listings",
        *texts("venue", "event_id", "market_id"),
        optional_text("league"),
        *texts("event_title", "title", "kind_name", "status"),
        moment("start", nullable=True),
        *texts("rules_hash"),
        *seen(),
        sa.PrimaryKeyConstraint("venue", "event_id", "market_id", name="pk_listings"),
    )


def create_links() -> None:
    op.create_table(
        "links",
        *number("links"),
        *decided(),
        *texts("outcome", "title"),
        *seen(),
        sa.UniqueConstraint("venue", "event_id", "contract_id", name="uq_links_venue_event_id_contract_id"),
    )
    op.create_index("ix_links_game_id_id", "links", ["game_id", "id"])
    op.create_table("link_decisions", *number("link_decisions"), *decided(), moment("at"))
    op.create_index("ix_link_decisions_contract_id_id", "link_decisions", ["contract_id", "id"])
    op.create_index("ix_link_decisions_game_id_id", "link_decisions", ["game_id", "id"])


def create_left_out() -> None:
    listing = ("venue", "event_id", "market_id", "contract_id")
    op.create_table(
        "left_out",
        *number("left_out"),
        *texts(*listing, "outcome", "code", "detail"),
        optional_text("game_id"),
        *texts("title"),
        moment("start", nullable=True),
        *seen(),
        sa.UniqueConstraint(*listing, name="uq_left_out_venue_event_id_market_id_contract_id"),
    )
    op.create_index("ix_left_out_code_id", "left_out", ["code", "id"])


def create_what_people_enter() -> None:
    op.create_table(
        "match_aliases",
        *number("match_aliases"),
        *texts("pool", "team_id", "name", "source", "added_by"),
        moment("added_at"),
        sa.UniqueConstraint("pool", "team_id", "name", name="uq_match_aliases_pool_team_id_name"),
    )
    op.create_table(
        "api_keys",
        *number("api_keys"),
        *texts("public_id", "name"),
        sa.Column("secret_hash", sa.LargeBinary, nullable=False),
        sa.Column("scopes", sa.ARRAY(sa.Text), nullable=False),
        moment("created_at"),
        moment("last_used_at", nullable=True),
        moment("revoked_at", nullable=True),
        sa.UniqueConstraint("public_id", name="uq_api_keys_public_id"),
    )
    op.create_table("audit", *number("audit"), moment("at"), *texts("who", "what"), document("detail"))


def decided() -> tuple[sa.Column, ...]:
    return (
        *texts("venue", "event_id", "market_id", "contract_id", "game_id", "kind", "scope"),
        sa.Column("line", sa.Numeric(7, 1)),
        optional_text("team_id"),
        optional_text("polarity"),
        *texts("verdict"),
        sa.Column("confidence", sa.Float, nullable=False),
        document("reasons"),
        *texts("rules_hash", "overridden_by"),
    )


def number(table: str) -> tuple[sa.Column, sa.PrimaryKeyConstraint]:
    """The row's number, counted by the database."""
    return sa.Column("id", sa.BigInteger, sa.Identity(always=True)), sa.PrimaryKeyConstraint("id", name=f"pk_{table}")


def texts(*names: str) -> list[sa.Column]:
    return [sa.Column(name, sa.String, nullable=False) for name in names]


def optional_text(name: str) -> sa.Column:
    return sa.Column(name, sa.String)


def moment(name: str, *, nullable: bool = False) -> sa.Column:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def seen() -> tuple[sa.Column, sa.Column]:
    return moment("first_seen"), moment("last_seen")


def document(name: str) -> sa.Column:
    return sa.Column(name, postgresql.JSONB, nullable=False)
