"""The CLOB's own word for what Gamma lists."""

import json

from app.sandbox.messages import Message, iso, moment, part, parts, text
from app.sandbox.stages import Stage


def listed_market(stage: Stage, condition: str) -> tuple[Message, Message] | None:
    """Gamma's event and market of a condition."""
    every = ((event, market) for event in stage.gamma_events() for market in parts(event, "markets"))
    return next((found for found in every if text(found[1], "conditionId") == condition), None)


def clob_market(event: Message, market: Message) -> Message:
    """The answer of `/markets/{condition}`."""
    is_closed, is_open = market.get("closed") is True, market.get("acceptingOrders") is not False
    return {
        "accepting_order_timestamp": text(market, "acceptingOrdersTimestamp"),
        "accepting_orders": is_open,
        "active": True,
        "archived": False,
        "closed": is_closed,
        "condition_id": text(market, "conditionId"),
        "description": text(market, "description"),
        "enable_order_book": not is_closed,
        "end_date_iso": text(market, "endDate"),
        "fpmm": "",
        "game_start_time": _start(market),
        "icon": text(market, "icon"),
        "image": text(market, "image"),
        "is_50_50_outcome": is_closed and _listed(market, "outcomePrices") == ["0.5", "0.5"],
        "maker_base_fee": 0,
        "market_slug": text(market, "slug"),
        "minimum_order_size": market.get("orderMinSize", 5),
        "minimum_tick_size": market.get("orderPriceMinTickSize", 0.01),
        "neg_risk": market.get("negRisk") is True,
        "neg_risk_market_id": text(event, "negRiskMarketID"),
        "neg_risk_request_id": text(market, "negRiskRequestID"),
        "notifications_enabled": True,
        "question": text(market, "question"),
        "question_id": text(market, "questionID"),
        "rewards": {"max_spread": 0, "min_size": 0, "rates": []},
        "seconds_delay": market.get("secondsDelay", 0),
        "tags": [text(tag, "label") for tag in parts(event, "tags")],
        "taker_base_fee": 0,
        "tokens": _tokens(market),
    }


def compact_market(event: Message, market: Message) -> Message:
    """The answer of `/clob-markets/{condition}`."""
    fees = part(market, "feeSchedule")
    return {
        "t": [{"t": token["token_id"], "o": token["outcome"]} for token in _tokens(market)],
        "mos": market.get("orderMinSize", 5),
        "mts": market.get("orderPriceMinTickSize", 0.01),
        "mbf": 0,
        "tbf": 0,
        "ao": market.get("acceptingOrders") is not False,
        "nr": market.get("negRisk") is True,
        "cbos": market.get("clearBookOnStart") is True,
        "gst": _start(market),
        "sd": market.get("secondsDelay", 0),
        "itode": False,
        "fd": {"r": fees.get("rate", 0), "e": fees.get("exponent", 1), "to": fees.get("takerOnly", True)},
        "v": 1,
        "r": {"mi": 0, "ma": 0, "e": False},
    }


def _tokens(market: Message) -> list[Message]:
    outcomes, prices = _listed(market, "outcomes"), _listed(market, "outcomePrices")
    return [
        {"outcome": outcome, "price": float(price), "token_id": token, "winner": price == "1"}
        for outcome, price, token in zip(outcomes, prices, _listed(market, "clobTokenIds"), strict=False)
    ]


def _listed(market: Message, field: str) -> list[str]:
    read = json.loads(text(market, field) or "[]")
    return [str(one) for one in read] if isinstance(read, list) else []


def _start(market: Message) -> str:
    at = moment(text(market, "gameStartTime"))
    return iso(at) if at else ""
