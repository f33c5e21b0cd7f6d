"""Polymarket's markets as Gamma tells them, whatever they are about."""

import json
from datetime import UTC, datetime

from app.sandbox.gamma_ids import hash_of, market_id_of
from app.sandbox.gamma_offers import Offer
from app.sandbox.grids import DOLLAR
from app.sandbox.makers import Ladder
from app.sandbox.markets import Market
from app.sandbox.messages import FIXED, Message, iso, iso_fine
from app.sandbox.moments import Moment


def gamma_market(offer: Offer, traded: Market, at: Moment, opened: datetime, end: datetime) -> Message:
    """An open market with its prices at a moment."""
    now = at.now
    return {
        **FIXED["gamma_market"],
        "id": market_id_of(offer.slug),
        "question": offer.question,
        "conditionId": traded.id,
        "questionID": hash_of("question", offer.slug),
        "slug": offer.slug,
        "description": at.rules(traded, offer.rules),
        "groupItemTitle": offer.group_title,
        "outcomes": json.dumps(list(offer.outcomes), ensure_ascii=False),
        "clobTokenIds": json.dumps(list(traded.tokens)),
        "endDate": iso(end),
        "endDateIso": end.date().isoformat(),
        "startDate": iso_fine(opened),
        "startDateIso": opened.date().isoformat(),
        "createdAt": iso_fine(opened),
        "updatedAt": iso_fine(now),
        "deployingTimestamp": iso_fine(opened),
        "acceptingOrdersTimestamp": iso(opened),
        **_prices(traded, at.chance(traded), at.list_market(traded)),
    }


def proposal() -> Message:
    """What differs once a result is proposed: nothing is traded any more."""
    return {
        "acceptingOrders": False,
        "umaResolutionStatus": "proposed",
        "umaResolutionStatuses": '["proposed"]',
    }


def resolution(pays: int, closed: datetime) -> Message:
    """What differs once the market is resolved. `pays`: its first outcome, 1/10,000 dollar."""
    return {
        "closed": True,
        "acceptingOrders": False,
        "closedTime": spaced(closed),
        "outcomePrices": json.dumps([f"{one / DOLLAR:g}" for one in (pays, DOLLAR - pays)]),
        "umaResolutionStatus": "resolved",
        "umaResolutionStatuses": '["proposed", "resolved"]',
        "umaEndDate": iso(closed),
        "automaticallyResolved": True,
    }


def spaced(at: datetime) -> str:
    """`2026-11-23 00:30:00+00`."""
    return at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S+00")


def _prices(traded: Market, chance: float, book: Ladder | None) -> Message:
    best_bid, best_ask = (book.best_bid, book.best_ask) if book else (0, DOLLAR)
    first = round((best_bid + best_ask) / 2 / DOLLAR if book else chance, 4)
    return {
        "orderPriceMinTickSize": (book.grid if book else traded.grid).step_below(DOLLAR // 2) / DOLLAR,
        "outcomePrices": json.dumps([f"{first:g}", f"{1 - first:.4g}"]),
        "bestBid": best_bid / DOLLAR,
        "bestAsk": best_ask / DOLLAR,
        "spread": (best_ask - best_bid) / DOLLAR,
        "lastTradePrice": best_bid / DOLLAR,
    }
