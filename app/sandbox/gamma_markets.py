"""Polymarket's markets as Gamma tells them, whatever they are about."""

import hashlib
import json
from datetime import UTC, datetime

from app.sandbox.gamma_offers import Offer
from app.sandbox.messages import FIXED, Message, iso, iso_fine
from app.sandbox.prices import TICKS, Quote, quote


def gamma_market(offer: Offer, now: datetime, seed: int, opened: datetime, end: datetime) -> Message:
    """An open market with its prices at a moment."""
    return {
        **FIXED["gamma_market"],
        "id": str(1_000_000 + number_of(offer.slug, 5)),
        "question": offer.question,
        "conditionId": _hash("condition", offer.slug),
        "questionID": _hash("question", offer.slug),
        "slug": offer.slug,
        "description": offer.rules,
        "groupItemTitle": offer.group_title,
        "outcomes": json.dumps(list(offer.outcomes), ensure_ascii=False),
        "clobTokenIds": json.dumps([str(number_of(f"{offer.slug}:{side}", 32)) for side in (0, 1)]),
        "endDate": iso(end),
        "endDateIso": end.date().isoformat(),
        "startDate": iso_fine(opened),
        "startDateIso": opened.date().isoformat(),
        "createdAt": iso_fine(opened),
        "updatedAt": iso_fine(now),
        "deployingTimestamp": iso_fine(opened),
        "acceptingOrdersTimestamp": iso(opened),
        **_prices(offer, now, seed),
    }


def resolution(offer: Offer, closed: datetime) -> Message:
    """What differs once the market is resolved."""
    return {
        "closed": True,
        "acceptingOrders": False,
        "closedTime": spaced(closed),
        "outcomePrices": json.dumps(["1", "0"] if offer.chance > 0.5 else ["0", "1"]),
        "umaResolutionStatus": "resolved",
        "umaResolutionStatuses": '["proposed"]',
        "umaEndDate": iso(closed),
        "automaticallyResolved": True,
    }


def spaced(at: datetime) -> str:
    """`2026-11-23 00:30:00+00`."""
    return at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S+00")


def number_of(name: str, size: int) -> int:
    """A number of so many bytes that is always the same for a name."""
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:size], "big")


def _prices(offer: Offer, now: datetime, seed: int) -> Message:
    tick = 1 if offer.chance < 0.04 or offer.chance > 0.96 else 10
    seen: Quote = quote("polymarket", offer.slug, offer.chance, now.timestamp(), seed, tick)
    first = round(seen.middle, 4)
    return {
        "orderPriceMinTickSize": tick / TICKS,
        "outcomePrices": json.dumps([f"{first:g}", f"{1 - first:.4g}"]),
        "bestBid": seen.bid / TICKS,
        "bestAsk": seen.ask / TICKS,
        "spread": (seen.ask - seen.bid) / TICKS,
        "lastTradePrice": seen.bid / TICKS,
    }


def _hash(what: str, slug: str) -> str:
    return "0x" + hashlib.sha256(f"{what}:{slug}".encode()).hexdigest()
