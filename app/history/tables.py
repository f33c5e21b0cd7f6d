"""The tables. Times are `timestamptz`, lines NUMERIC points, probabilities double precision.

Observations (games, listings, links, left_out) name each other by the ids of their source and hold no foreign keys:
each is written on its own, in any order. An empty `market_id` or `contract_id` stands for the event or market as a
whole, since NULL in a key equals nothing.
"""

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import ARRAY, BigInteger, Identity, Index, MetaData, Numeric, Text, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.sql import text
from sqlmodel import Field, SQLModel

CONSTRAINT_NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Row(SQLModel):
    """What every table shares: constraints with names that migrations can speak of."""

    metadata = MetaData(naming_convention=CONSTRAINT_NAMES)


def by_month(moment: str) -> dict[str, str]:
    """A table whose rows lie in months, by one of their moments (`months.py`)."""
    return {"postgresql_partition_by": f"RANGE ({moment})"}


def _numbered() -> int | None:
    number: int | None = Field(
        default=None, primary_key=True, sa_type=BigInteger, sa_column_args=(Identity(always=True),)
    )
    return number


class GameRow(Row, table=True):
    """A game as last told, with what it ended as."""

    __tablename__ = "games"
    __table_args__ = (Index(None, "start", "id"),)

    id: str = Field(primary_key=True)
    league: str
    home_team_id: str
    home: str
    away_team_id: str
    away: str
    start: datetime
    start_is_known: bool
    status: str
    period: int
    clock: str
    home_score: int | None
    away_score: int | None
    number: int  # of a doubleheader
    is_neutral_site: bool
    is_delayed: bool
    is_provisional: bool
    stadium_id: str
    home_win_probability: float | None
    first_seen: datetime
    last_seen: datetime  # renewed at most every `recorder.SEEN_EVERY`


class RulesRow(Row, table=True):
    """The text of market rules, once however many markets share it."""

    __tablename__ = "rules"

    hash: str = Field(primary_key=True)  # SHA-256, hexadecimal
    text: str
    first_seen: datetime


class ListingRow(Row, table=True):
    """A market that a venue lists, or an event whose markets are not known."""

    __tablename__ = "listings"

    venue: str = Field(primary_key=True)
    event_id: str = Field(primary_key=True)
    market_id: str = Field(primary_key=True)
    league: str | None
    event_title: str
    title: str
    kind_name: str  # the venue's own word
    status: str
    start: datetime | None
    rules_hash: str
    first_seen: datetime
    last_seen: datetime


class Stated(Row):
    """What a contract says."""

    game_id: str
    kind: str
    scope: str
    line: Decimal | None = Field(max_digits=7, decimal_places=1)  # points
    team_id: str | None
    polarity: str | None


class Decided(Stated):
    """What was decided about one contract."""

    venue: str
    event_id: str
    market_id: str
    contract_id: str
    verdict: str
    confidence: float
    reasons: list[dict[str, str]] = Field(sa_type=JSONB)
    rules_hash: str
    overridden_by: str


class LinkRow(Decided, table=True):
    """The current link of a contract."""

    __tablename__ = "links"
    __table_args__ = (
        UniqueConstraint("venue", "event_id", "contract_id"),
        Index(None, "game_id", "id"),
        Index(None, "contract_id", "id"),
    )

    id: int | None = _numbered()
    outcome: str
    title: str
    first_seen: datetime
    last_seen: datetime


class LinkDecisionRow(Decided, table=True):
    """One decision about a contract, written when it differs from the one before; never changed.

    Verdict `withdrawn`: it was linked, and is left out since."""

    __tablename__ = "link_decisions"
    __table_args__ = (Index(None, "contract_id", "id"), Index(None, "game_id", "id"), by_month("at"))

    id: int | None = _numbered()
    at: datetime = Field(primary_key=True)


class LinkOverrideRow(Stated, table=True):
    """What a person says of a contract against the matcher, what it said then, and what was in doubt."""

    __tablename__ = "link_overrides"

    contract_id: str = Field(primary_key=True)
    verdict: str
    reason: str
    doubts: list[dict[str, str]] = Field(sa_type=JSONB)
    rules_hash: str
    said_by: str
    said_at: datetime


class LeftOutRow(Row, table=True):
    """A listing that is tied to nothing now, and why."""

    __tablename__ = "left_out"
    __table_args__ = (UniqueConstraint("venue", "event_id", "market_id", "contract_id"), Index(None, "code", "id"))

    id: int | None = _numbered()
    venue: str
    event_id: str
    market_id: str
    contract_id: str
    outcome: str
    code: str
    detail: str
    game_id: str | None
    title: str
    start: datetime | None
    first_seen: datetime
    last_seen: datetime


class AliasRow(Row, table=True):
    """A name for a team that a person added."""

    __tablename__ = "match_aliases"
    __table_args__ = (UniqueConstraint("pool", "team_id", "name"),)

    id: int | None = _numbered()
    pool: str
    team_id: str
    name: str
    source: str
    added_by: str
    added_at: datetime


class ApiKeyRow(Row, table=True):
    """A key's fingerprint; the key itself is nowhere."""

    __tablename__ = "api_keys"
    __table_args__ = (UniqueConstraint("public_id"),)

    id: int | None = _numbered()
    public_id: str  # the part of the key that may be shown
    name: str
    secret_hash: bytes  # SHA-256 of 32 random bytes: nothing to guess, so no slow hash
    scopes: list[str] = Field(sa_type=ARRAY(Text))
    created_at: datetime
    last_used_at: datetime | None = None
    revoked_at: datetime | None = None
    expires_at: datetime | None = None


class AuditRow(Row, table=True):
    """Who did what. A trigger refuses to change a row or to take one away."""

    __tablename__ = "audit"

    id: int | None = _numbered()
    at: datetime
    who: str
    what: str
    detail: dict[str, object] = Field(sa_type=JSONB)


class SignalRow(Row, table=True):
    """A signal that was kept or refused, whole in `record`; the other columns are to find it by."""

    __tablename__ = "signals"
    __table_args__ = (
        Index(None, "found_at", "id"),
        Index(None, "game_id", "found_at"),
        Index(None, "stage", "found_at"),
        by_month("found_at"),
    )

    id: str = Field(primary_key=True)
    detector: str
    account: str
    game_id: str
    league: str
    stage: str
    reason: str
    found_at: datetime = Field(primary_key=True)  # a signal has one moment: its id alone tells it apart
    cost: Decimal = Field(sa_type=Numeric(20, 6))
    fees: Decimal = Field(sa_type=Numeric(20, 6))
    profit: Decimal = Field(sa_type=Numeric(20, 6))
    limits: int  # version of the risk limits
    world: str  # "real", "simulated"
    record: dict[str, object] = Field(sa_type=JSONB)  # as `Judged`


class RiskLimitsRow(Row, table=True):
    """One version of the risk limits."""

    __tablename__ = "risk_limits"

    version: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    limits: dict[str, object] = Field(sa_type=JSONB)
    reason: str
    changed_by: str
    changed_at: datetime


class HaltRow(Row, table=True):
    """Where nothing is opened now."""

    __tablename__ = "halts"

    scope: str = Field(primary_key=True)
    name: str = Field(primary_key=True)  # empty for `all`
    reason: str
    halted_by: str
    halted_at: datetime


class RuleApprovalRow(Row, table=True):
    """What a person says that a rules text means."""

    __tablename__ = "rule_approvals"

    rules_hash: str = Field(primary_key=True)
    terms: dict[str, object] = Field(sa_type=JSONB)
    reason: str
    approved_by: str
    approved_at: datetime


class FeeScheduleRow(Row, table=True):
    """What a market charged, from when on; a new row when it charges something else."""

    __tablename__ = "fee_schedules"
    __table_args__ = (UniqueConstraint("venue", "market_id", "seen_at"),)

    id: int | None = _numbered()
    venue: str
    market_id: str
    taker: int  # millionths
    maker: int
    exponent: int
    step: int  # micro-dollars
    least: int
    waived_until: datetime | None
    source: str
    seen_at: datetime


class ReportRow(Row, table=True):
    """The report of a day, as it was made last."""

    __tablename__ = "reports"

    day: date = Field(primary_key=True)  # UTC
    made_at: datetime
    body: dict[str, object] = Field(sa_type=JSONB)  # as `reports.days.Day` goes out


class UsageRow(Row, table=True):
    """What a process has used since the row before."""

    __tablename__ = "usage"

    at: datetime = Field(primary_key=True)
    process: str = Field(primary_key=True)
    seconds: float  # that it was watched
    cpu: float  # seconds
    memory: int = Field(sa_type=BigInteger)  # bytes


class DrillRow(Row, table=True):
    """Something that was broken on purpose, and how soon it was safe again: `drills.DrillResult`."""

    __tablename__ = "drills"
    __table_args__ = (Index(None, "began_at"),)

    id: int | None = _numbered()
    run: str
    name: str
    world: str  # "real", "simulated"
    began_at: datetime
    verdict: str
    within: float  # seconds, as the others
    safe_after: float | None = None
    whole_after: float | None = None
    means: str = ""
    detail: str = ""
    left_over: str = ""


class ModelRow(Row, table=True):
    """A learned model with its card. Of each league at most one is in use."""

    __tablename__ = "models"
    __table_args__ = (
        UniqueConstraint("league", "version"),
        Index("ix_models_in_use", "league", unique=True, postgresql_where=text("promoted_at IS NOT NULL")),
    )

    id: str = Field(primary_key=True)  # "{league}/{version}"
    league: str
    version: int
    verdict: str
    made_at: datetime
    card: dict[str, object] = Field(sa_type=JSONB)
    learned: dict[str, object] | None = Field(default=None, sa_type=JSONB)  # as `LearnedModel`; None: nothing could be
    promoted_at: datetime | None = None  # None: not in use
    promoted_by: str = ""


class HaircutRow(Row, table=True):
    """How much of what a detector promises was seen to come true; a new row when it is measured otherwise."""

    __tablename__ = "haircuts"
    __table_args__ = (Index(None, "world", "detector", "id"),)

    id: int | None = _numbered()
    world: str  # "real", "simulated"
    detector: str
    factor: float
    n: int
    reason: str
    measured_at: datetime
