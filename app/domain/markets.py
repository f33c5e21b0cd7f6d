"""What a venue lists: events of markets, each with the contracts that can be bought.

A venue's `translate` fills in only what the venue's own structured fields say; reading titles and deciding which game
and side are meant is the matcher's work. Anything a venue does not say stays empty.
"""

import hashlib
from datetime import date, datetime
from typing import Literal, NewType

import msgspec

from app.domain.fees import FeeSchedule
from app.domain.leagues import LeagueCode
from app.domain.money import Size
from app.domain.propositions import Kind, Scope

VenueId = NewType("VenueId", str)  # "polymarket", "kalshi"
EventId = NewType("EventId", str)  # slug, event ticker
MarketId = NewType("MarketId", str)  # condition id, market ticker
ContractId = NewType("ContractId", str)  # "polymarket:{token}", "kalshi:{ticker}:yes"

MarketStatus = Literal["open", "paused", "closed", "settled"]
# Only `game` can speak about who wins, by how much, how many; every other one is the name of a reason to leave it out.
Topic = Literal[
    "game", "prop", "part", "advance", "future", "combo", "comparison", "not_sports", "unknown_type", "unknown_series"
]
StartSource = Literal["milestone", "start_field", "ticker_time", "rules_text", "expected_end", "date_only"]


class Competitor(msgspec.Struct, frozen=True):
    """One side of an event as the venue names it."""

    name: str = ""
    code: str = ""  # "NYK"
    venue_team_id: str = ""
    side: Literal["home", "away", ""] = ""  # nominal only


class Handling(msgspec.Struct, frozen=True):
    """What a venue asks of orders in one market. `least` and `step`: of a size. `delay_ms`: for so long a marketable
    order waits before it is matched, and cannot be cancelled. `is_wiped_at_start`: resting orders are cancelled when
    the game begins."""

    least: Size = Size(10_000)
    step: Size = Size(10_000)
    delay_ms: int = 0
    is_wiped_at_start: bool = False
    is_neg_risk: bool = False  # Polymarket's other exchange contract


class Outcome(msgspec.Struct, frozen=True):
    """One answer that can be held."""

    contract_id: ContractId
    label: str  # "Lakers", "Over", "Yes"
    indicative: float | None = None  # the middle of the market as the listing told it, 0..1; to compare, never to trade


class Market(msgspec.Struct, frozen=True, kw_only=True):
    """One question with rules and a close."""

    venue: VenueId
    event_id: EventId
    id: MarketId
    title: str
    outcomes: tuple[Outcome, ...]
    topic: Topic = "game"
    kind: Kind | None = None  # by the venue's own type field or series, never by the title
    kind_name: str = ""  # the venue's own word for it, for reasons: "first_half_spreads"
    scope: Scope | None = None
    line: float | None = None  # points as the venue's field has them, sign included; may disagree with the title
    subject: str = ""  # whom or what YES is about: "Houston", "Over 180.5 points scored", "Spread -3.5"
    subject_code: str = ""  # "HOU", "DEN12", "TIE"
    subject_id: str = ""  # the venue's id of the competitor that YES is about
    status: MarketStatus = "open"
    start: datetime | None = None  # what the market itself says, apart from its event
    slug: str = ""
    rules: str = ""
    liquidity: float = 0.0  # dollars or contracts, only to rank markets of one venue
    is_tradable: bool = True  # the venue takes orders now
    fees: FeeSchedule | None = None  # None: the venue does not say what it charges
    handling: Handling | None = None  # None: the venue does not say what it asks of orders


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """The venue's group of markets about one happening."""

    venue: VenueId
    id: EventId
    title: str
    subtitle: str = ""
    slug: str = ""
    series: str = ""
    topic: Topic = "game"
    league: LeagueCode | None = None
    competitors: tuple[Competitor, ...] = ()
    start: datetime | None = None  # UTC
    start_source: StartSource = "date_only"
    day: date | None = None  # as the slug or ticker has it: Eastern
    day_may_be_utc: bool = False  # the venue now and then writes the UTC day
    number: int = 0  # game number of a doubleheader, if the venue says one
    is_over: bool = False  # ended or settled
    markets: tuple[Market, ...] | None = None  # None: the payload does not carry them
    kind: Kind | None = None  # for events whose markets all ask one kind of question
    scope: Scope | None = None


WIDEST_SPREAD = 0.10  # dollars; the middle of a wider market is nobody's opinion


def indicative_price(bid: float | None, ask: float | None) -> float | None:
    """The middle of a market as a probability, 0..1; None where a side is missing, or both are crossed or far apart."""
    if bid is None or ask is None or not 0 < bid <= ask < 1 or ask - bid > WIDEST_SPREAD + 1e-9:
        return None
    return round((bid + ask) / 2, 4)


def rules_hash(rules: str) -> str:
    """SHA-256 of a market's rules text, white space folded; empty for no text."""
    folded = " ".join(rules.split())
    return hashlib.sha256(folded.encode()).hexdigest() if folded else ""
