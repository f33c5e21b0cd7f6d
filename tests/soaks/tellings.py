"""Fills as they are told, and what the books then hold."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from tests.platform.platforms import Json
from tests.soaks.audits import Books
from tests.soaks.followers import Follower

AT = datetime(2026, 1, 9, 1, 12, 6, tzinfo=UTC)
WAITED = 4.0  # ms


def a_fill(number: int, **given: str) -> Json:
    """Ten contracts for forty cents, bought."""
    told = {"id": f"kalshi:f-{number}", "order_id": f"o-{number}", "side": "buy", "stage": "confirmed"}
    told |= {"price": "0.4000", "size": "10", "fee": "0.17"}
    told["received_at"] = (AT - timedelta(milliseconds=WAITED)).isoformat()
    return {**told, **given}


def update(seq: int, before: int, fill: Json) -> Json:
    return {"type": "update", "channel": "fills", "epoch": 1, "seq": seq, "before": before, "data": fill}


def told(*fills: Json) -> Follower:
    """A follower that was told these, one after the other."""
    follower = Follower(0)
    for number, fill in enumerate(fills):
        follower.take(update(number + 1, number, fill), AT)
    return follower


def booked(*fills: Json) -> Books:
    """As it should be."""
    cash = {}
    for fill in fills:
        worth = Decimal(fill["price"]) * Decimal(fill["size"])
        cash[f"fill:{fill['id']}"] = (worth if fill["side"] == "sell" else -worth) - Decimal(fill["fee"])
    filled = {fill["order_id"]: Decimal(fill["size"]) for fill in fills}
    return Books({fill["id"]: fill for fill in fills}, filled, cash)
