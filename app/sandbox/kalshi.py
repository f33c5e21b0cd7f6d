"""Kalshi's endpoints: events, markets, series, milestones, targets."""

from collections.abc import Awaitable, Callable, Sequence

from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from app.sandbox.answers import answer, refusal
from app.sandbox.exchanges import Exchange
from app.sandbox.fees import series_fees
from app.sandbox.kalshi_books import kalshi_book_routes
from app.sandbox.messages import FIXED, Message, moment, part, parts, text
from app.sandbox.paging import BadParameter, Page, page_after, separated, single, whole_number
from app.sandbox.stages import Stage

Listing = Callable[[Stage, QueryParams], Message]
Endpoint = Callable[[Request], Awaitable[Response]]

STATUSES = frozenset({"unopened", "open", "closed", "settled"})
_OPEN = frozenset({"active", "initialized", "inactive"})
_SETTLED = frozenset({"finalized"})


def kalshi_routes(stage: Stage, exchange: Exchange) -> list[Route]:
    """Everything under `/trade-api/v2`."""
    return [
        *kalshi_book_routes(exchange),
        Route("/events", _told(stage, _events)),
        Route("/events/fee_changes", _told(stage, _no_event_changes)),
        Route("/events/{ticker}", _one_event(stage)),
        Route("/markets", _told(stage, _markets)),
        Route("/markets/{ticker}", _one_market(stage)),
        Route("/series", _told(stage, _series_list)),
        Route("/series/fee_changes", _told(stage, _no_series_changes)),
        Route("/series/{ticker}", _one_series(stage)),
        Route("/milestones", _told(stage, _milestones)),
        Route("/structured_targets", _told(stage, _targets)),
        Route("/exchange/status", _told(stage, _exchange)),
    ]


def _events(stage: Stage, params: QueryParams) -> Message:
    fitting = [event for event in stage.kalshi_events() if _event_fits(event, params)]
    page = _page(fitting, params, default=200, largest=200)
    shown = page.items if _says_yes(params, "with_nested_markets") else [_bare(event) for event in page.items]
    extra = {"milestones": _related(stage, page.items)} if _says_yes(params, "with_milestones") else {}
    return {"events": shown, "cursor": page.cursor, **extra}


def _markets(stage: Stage, params: QueryParams) -> Message:
    every = [market for event in stage.kalshi_events() for market in parts(event, "markets")]
    page = _page([one for one in every if _market_fits(one, params)], params, default=100, largest=1000)
    return {"markets": page.items, "cursor": page.cursor}


def _milestones(stage: Stage, params: QueryParams) -> Message:
    if "limit" not in params:
        raise BadParameter("limit is required")
    fitting = [one for one in stage.milestones() if _milestone_fits(one, params)]
    page = _page(fitting, params, default=100, largest=500)
    return {"milestones": page.items, "cursor": page.cursor}


def _series_list(stage: Stage, params: QueryParams) -> Message:
    wanted = single(params, "category")
    return {"series": [one for one in _all_series(stage) if _among(text(one, "category"), wanted)]}


def _no_series_changes(stage: Stage, params: QueryParams) -> Message:
    return {"series_fee_change_arr": []}


def _no_event_changes(stage: Stage, params: QueryParams) -> Message:
    return {"event_fee_changes": [], "cursor": ""}


def _targets(stage: Stage, params: QueryParams) -> Message:
    size = min(whole_number(params, "page_size", 100, least=1), 2000)
    page = page_after(_all_targets(stage, params), params.get("cursor", ""), size)
    return {"structured_targets": page.items, "cursor": page.cursor}


def _exchange(stage: Stage, params: QueryParams) -> Message:
    return {"exchange_active": True, "trading_active": True}


def _told(stage: Stage, listing: Listing) -> Endpoint:
    async def endpoint(request: Request) -> Response:
        try:
            payload = listing(stage, request.query_params)
        except BadParameter as error:
            return _refused(400, "bad_request", str(error))
        return answer(request, payload, stage.changed_at())

    return endpoint


def _one_event(stage: Stage) -> Endpoint:
    async def endpoint(request: Request) -> Response:
        ticker = request.path_params["ticker"]
        found = next((event for event in stage.kalshi_events() if text(event, "event_ticker") == ticker), None)
        if found is None:
            return _refused(404, "not_found", "event not found")
        is_nested = _says_yes(request.query_params, "with_nested_markets")
        payload = {"event": found} if is_nested else {"event": _bare(found), "markets": parts(found, "markets")}
        return answer(request, payload, stage.changed_at())

    return endpoint


def _one_market(stage: Stage) -> Endpoint:
    async def endpoint(request: Request) -> Response:
        ticker = request.path_params["ticker"]
        every = (market for event in stage.kalshi_events() for market in parts(event, "markets"))
        found = next((market for market in every if text(market, "ticker") == ticker), None)
        if found is None:
            return _refused(404, "not_found", "market not found")
        return answer(request, {"market": found}, stage.changed_at())

    return endpoint


def _one_series(stage: Stage) -> Endpoint:
    async def endpoint(request: Request) -> Response:
        ticker = request.path_params["ticker"]
        found = next((one for one in _all_series(stage) if text(one, "ticker") == ticker), None)
        if found is None:
            return _refused(404, "not_found", "series not found")
        return answer(request, {"series": found}, stage.changed_at())

    return endpoint


def _refused(status: int, code: str, details: str) -> Response:
    words = code.replace("_", " ")
    return refusal(status, {"error": {"code": code, "message": words, "details": details}})


def _page(items: list[Message], params: QueryParams, default: int, largest: int) -> Page:
    size = whole_number(params, "limit", default, least=1)
    if size > largest:
        raise BadParameter(f"limit is above {largest}")
    return page_after(items, params.get("cursor", ""), size)


def _says_yes(params: QueryParams, name: str) -> bool:
    return params.get(name, "false").lower() == "true"


def _bare(event: Message) -> Message:
    return {field: value for field, value in event.items() if field != "markets"}


def _event_fits(event: Message, params: QueryParams) -> bool:
    return (
        _among(text(event, "series_ticker"), single(params, "series_ticker"))
        and _among(text(event, "event_ticker"), separated(params, "tickers"))
        and _status_fits(parts(event, "markets"), params)
    )


def _market_fits(market: Message, params: QueryParams) -> bool:
    is_combo = "mve_collection_ticker" in market
    return (
        _among(text(market, "ticker"), separated(params, "tickers"))
        and _among(text(market, "event_ticker"), single(params, "event_ticker"))
        and _among(text(market, "event_ticker").partition("-")[0], single(params, "series_ticker"))
        and _status_fits([market], params)
        and not (is_combo and params.get("mve_filter") == "exclude")
    )


def _status_fits(markets: list[Message], params: QueryParams) -> bool:
    """The filter's vocabulary is not that of a market's own status. What has no markets counts as open."""
    wanted = params.get("status")
    if not wanted:
        return True
    if wanted not in STATUSES:
        raise BadParameter("invalid status filter")
    statuses = {text(market, "status") for market in markets} or {"active"}
    if statuses & _OPEN:
        return wanted == "open"
    return wanted == ("settled" if statuses <= _SETTLED else "closed")


def _milestone_fits(milestone: Message, params: QueryParams) -> bool:
    earliest = moment(params.get("minimum_start_date", ""))
    start = moment(text(milestone, "start_date"))
    related = milestone.get("related_event_tickers")
    wanted = single(params, "related_event_ticker")
    return (
        _among(text(milestone, "category"), single(params, "category"))
        and _among(text(milestone, "type"), single(params, "type"))
        and (earliest is None or (start is not None and start >= earliest))
        and (not wanted or (isinstance(related, list) and bool(wanted & set(related))))
    )


def _among(value: str, allowed: frozenset[str]) -> bool:
    return not allowed or value in allowed


def _related(stage: Stage, events: Sequence[Message]) -> list[Message]:
    shown = {text(event, "event_ticker") for event in events}
    return [one for one in stage.milestones() if shown & _tickers(one)]


def _tickers(milestone: Message) -> set[str]:
    related = milestone.get("related_event_tickers")
    return {ticker for ticker in related if isinstance(ticker, str)} if isinstance(related, list) else set()


def _all_series(stage: Stage) -> list[Message]:
    by_ticker = {text(event, "series_ticker"): event for event in stage.kalshi_events()}
    return [_series(ticker, event) for ticker, event in sorted(by_ticker.items())]


def _series(ticker: str, event: Message) -> Message:
    product = part(event, "product_metadata")
    return {
        **FIXED["kalshi_series"],
        "category": text(event, "category"),
        "contract_terms_url": f"https://assets.kalshi.com/contract_terms/{ticker}.pdf",
        "contract_url": f"https://assets.kalshi.com/regulatory/product-certifications/{ticker}.pdf",
        **series_fees(ticker),
        "last_updated_ts": text(event, "last_updated_ts"),
        "product_metadata": {"scope": text(product, "competition_scope")},
        "settlement_sources": parts(event, "settlement_sources"),
        "tags": [text(product, "competition")],
        "ticker": ticker,
        "title": f"{text(product, 'competition')} {text(product, 'competition_scope')}",
    }


def _all_targets(stage: Stage, params: QueryParams) -> list[Message]:
    """Every team that a winner market names, with the words it is named by."""
    found: dict[str, Message] = {}
    for event in stage.kalshi_events():
        for market in parts(event, "markets"):
            for kind, number in part(market, "custom_strike").items():
                if kind.endswith("_team") and text(market, "strike_type") == "structured" and isinstance(number, str):
                    found[number] = _target(kind, number, market)
    return [target for target in found.values() if _among(text(target, "type"), single(params, "type"))]


def _target(kind: str, number: str, market: Message) -> Message:
    return {
        "id": number,
        "name": text(market, "yes_sub_title"),
        "type": kind,
        "details": {"abbreviation": text(market, "ticker").rpartition("-")[2]},
        "source_id": number,
        "source_ids": {},
        "last_updated_ts": text(market, "created_time"),
    }
