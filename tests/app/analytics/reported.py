"""What was done, as reports read it."""

from datetime import UTC, datetime

import msgspec

from app.domain.money import Money, Price, Size
from app.domain.prices import SECOND
from app.domain.reports import Facts, FilledOrder, Period, Settled

BEGIN = datetime(2026, 1, 9, tzinfo=UTC)
END = datetime(2026, 1, 10, tzinfo=UTC)
PERIOD = Period(BEGIN, END)
NANOS = int(BEGIN.timestamp()) * SECOND

A_PURCHASE = FilledOrder(
    id="o-1",
    account="arbitrage",
    kind="paper",
    league="nba",
    venue="kalshi",
    game_id="401810001",
    contract_id="kalshi:KX-BOS:yes",
    side="buy",
    purpose="entry",
    rule="",
    detector="cross_venue",
    quoted=Price(4_500),
    limit=Price(4_700),
    asked=Size(20_000_000),
    filled=Size(10_000_000),
    paid=Money(4_600_000),
    fee=Money(180_000),
    dearest=Price(4_600),
    wanted_at=NANOS,
    filled_at=NANOS + 40_000_000,
    outlook=None,
)
NOTHING = Facts(PERIOD, *([] for _ in range(12)), {}, {})


def purchase(**more: object) -> FilledOrder:
    return msgspec.convert(A_PURCHASE._replace(**more), FilledOrder)


def sale(after: float, **more: object) -> FilledOrder:
    """So many seconds after the purchase."""
    at = A_PURCHASE.filled_at + round(after * SECOND)
    plain = {"id": "o-2", "side": "sell", "purpose": "exit", "wanted_at": at, "filled_at": at}
    return purchase(**{**plain, **more})


def settled(pays: int, expected: int | None) -> Settled:
    name = "kalshi:KX-BOS:yes"
    due = None if expected is None else Price(expected)
    return Settled("arbitrage", name, "401810001", "nba", "kalshi", Price(pays), due, Size(10_000_000), "finalized yes")
