"""What reports are made of: what was done in a period, as it was written down."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from app.domain.folds import Dealt
from app.domain.money import Money, Price, Size
from app.domain.orders import Purpose


class Period(NamedTuple):
    """From a moment up to another, without it."""

    begin: datetime
    end: datetime


class Used(NamedTuple):
    """By one process over a while. `cpu`: seconds; `seconds`: how long it was watched; `memory`: bytes, at most."""

    process: str
    cpu: float
    seconds: float
    memory: int


class FilledOrder(NamedTuple):
    """An order with fills in the period. `paid`: for all of them, without fees; `dearest`: of its fills. `outlook`:
    what kinder and harsher markets would have given a resting one, in words."""

    id: str
    account: str
    kind: str
    league: str
    venue: str
    game_id: str
    contract_id: str
    side: str
    purpose: Purpose
    rule: str
    detector: str
    quoted: Price
    limit: Price
    asked: Size
    filled: Size
    paid: Money
    fee: Money
    dearest: Price
    wanted_at: int  # nanoseconds
    filled_at: int
    outlook: str | None


class OrderCount(NamedTuple):
    """Orders that were wanted in the period, by how they stand."""

    account: str
    league: str
    state: str
    purpose: str
    n: int


class TradeCount(NamedTuple):
    """Trades that began in it, by how they ended."""

    account: str
    league: str
    detector: str
    status: str
    n: int


class SignalCount(NamedTuple):
    """`like_it`: refused in the same place, and only counted. `profit`: promised by all of them."""

    account: str
    league: str
    detector: str
    stage: str
    reason: str
    n: int
    like_it: int
    profit: Money


class Coverage(NamedTuple):
    """The games of a league: with a tradable winner's contract at both venues, at one of them."""

    league: str
    games: int
    provisional: int
    at_both: int
    at_one: int


class LinkCount(NamedTuple):
    """Contracts of a league at a venue, by verdict. `least`, `median`: confidence."""

    league: str
    venue: str
    verdict: str
    n: int
    least: float
    median: float
    overridden: int


class LeftOutCount(NamedTuple):
    """Listings that are tied to nothing, by the reason."""

    venue: str
    code: str
    n: int
    example: str


class IncidentSeen(NamedTuple):
    """Something that should not be, and was so in the period."""

    kind: str
    account: str
    venue: str
    subject: str
    game_id: str
    detail: str
    began_at: datetime
    ended_at: datetime | None


class Settled(NamedTuple):
    """A position that its venue turned to cash."""

    account: str
    contract_id: str
    game_id: str
    league: str
    venue: str
    pays: Price
    expected: Price | None
    size: Size
    source: str


class Touched(NamedTuple):
    """Every fill, up to the end of the period, of a contract with which something was done in it."""

    account: str
    contract_id: str
    league: str
    venue: str
    detector: str
    dealt: Dealt
    quoted: Price
    purpose: Purpose


class PaidOut(NamedTuple):
    """What a venue paid for each contract, up to the end of the period."""

    account: str
    contract_id: str
    at: int  # microseconds
    pays: Price
    expected: Price | None


class Worth(NamedTuple):
    """What an account had gained by then, beyond what was put in."""

    account: str
    at: datetime
    gained: Money


class Facts(NamedTuple):
    """All of one period. `before`, `after`: what each account had gained when it began and when it ended."""

    period: Period
    filled: Sequence[FilledOrder]
    orders: Sequence[OrderCount]
    trades: Sequence[TradeCount]
    signals: Sequence[SignalCount]
    games: Sequence[Coverage]
    links: Sequence[LinkCount]
    left_out: Sequence[LeftOutCount]
    incidents: Sequence[IncidentSeen]
    settled: Sequence[Settled]
    touched: Sequence[Touched]
    paid: Sequence[PaidOut]
    curve: Sequence[Worth]
    before: Mapping[str, Money]
    after: Mapping[str, Money]
