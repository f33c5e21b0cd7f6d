"""Gamma's endpoints: events and markets by key and by offset, and the tables beside them."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from app.sandbox.answers import answer, refusal
from app.sandbox.messages import Message, moment, parts, text
from app.sandbox.paging import BadParameter, page_after, repeated, whole_number
from app.sandbox.stages import Stage

DEFAULT_PAGE, LARGEST_PAGE, FURTHEST_OFFSET = 20, 100, 2000

Endpoint = Callable[[Request], Awaitable[Response]]
Listing = Callable[[QueryParams], list[Message]]
Table = Callable[[list[Message]], object]


def gamma_routes(stage: Stage) -> list[Route]:
    """Everything on Gamma's host."""

    def events(params: QueryParams) -> list[Message]:
        return _ordered([event for event in stage.gamma_events() if _event_fits(event, params)], params)

    def markets(params: QueryParams) -> list[Message]:
        every = [market for event in stage.gamma_events() for market in parts(event, "markets")]
        return _ordered([market for market in every if _market_fits(market, params)], params)

    return [
        Route("/events/keyset", _by_key(stage, events, "events")),
        Route("/events", _by_offset(stage, events)),
        Route("/markets/keyset", _by_key(stage, markets, "markets")),
        Route("/markets", _by_offset(stage, markets)),
        Route("/sports/market-types", _table(stage, _market_types)),
        Route("/sports", _table(stage, _sports)),
        Route("/series", _table(stage, _series)),
        Route("/teams", _table(stage, _teams)),
        Route("/tags", _table(stage, _tags)),
    ]


def _by_key(stage: Stage, listing: Listing, name: str) -> Endpoint:
    async def endpoint(request: Request) -> Response:
        params = request.query_params
        if "offset" in params:
            return _refused("offset is not supported here, use after_cursor")
        try:
            size = min(whole_number(params, "limit", DEFAULT_PAGE, least=1), LARGEST_PAGE)
            page = page_after(listing(params), params.get("after_cursor", ""), size)
        except BadParameter as error:
            return _refused(str(error))
        next_page = {"next_cursor": page.cursor} if page.cursor else {}
        return answer(request, {name: page.items, **next_page}, stage.changed_at())

    return endpoint


def _by_offset(stage: Stage, listing: Listing) -> Endpoint:
    async def endpoint(request: Request) -> Response:
        params = request.query_params
        try:
            offset = whole_number(params, "offset", 0)
            size = whole_number(params, "limit", DEFAULT_PAGE, least=1)
            listed = listing(params)
        except BadParameter as error:
            return _refused(str(error))
        if offset > FURTHEST_OFFSET:
            return _refused(f"offset is above {FURTHEST_OFFSET}")
        return answer(request, listed[offset : offset + size], stage.changed_at())

    return endpoint


def _table(stage: Stage, told: Table) -> Endpoint:
    async def endpoint(request: Request) -> Response:
        return answer(request, told(stage.gamma_events()), stage.changed_at())

    return endpoint


def _refused(words: str) -> Response:
    return refusal(422, {"type": "validation error", "error": words})


def _event_fits(event: Message, params: QueryParams) -> bool:
    return (
        _closed_fits(event, params)
        and _is_asked(event, params, "id", "slug")
        and _among(str(event.get("gameId", "")), repeated(params, "game_id"))
        and _any_among(event, "series", "id", repeated(params, "series_id"))
        and _any_among(event, "tags", "id", repeated(params, "tag_id"))
        and _any_among(event, "tags", "slug", repeated(params, "tag_slug"))
        and _within(text(event, "startTime"), params, "start_time")
        and _within(text(event, "startDate"), params, "start_date")
        and _within(text(event, "endDate"), params, "end_date")
    )


def _market_fits(market: Message, params: QueryParams) -> bool:
    return (
        _closed_fits(market, params)
        and _is_asked(market, params, "id", "slug")
        and _among(text(market, "conditionId"), repeated(params, "condition_ids"))
        and _among(text(market, "sportsMarketType"), repeated(params, "sports_market_types"))
        and _within(text(market, "endDate"), params, "end_date")
    )


def _closed_fits(message: Message, params: QueryParams) -> bool:
    return (message.get("closed") is True) == (params.get("closed", "false").lower() == "true")


def _is_asked(message: Message, params: QueryParams, *fields: str) -> bool:
    return all(_among(str(message.get(field, "")), repeated(params, field)) for field in fields)


def _any_among(message: Message, field: str, inner: str, allowed: frozenset[str]) -> bool:
    return not allowed or any(str(inside.get(inner, "")) in allowed for inside in parts(message, field))


def _among(value: str, allowed: frozenset[str]) -> bool:
    return not allowed or value in allowed


def _within(written: str, params: QueryParams, name: str) -> bool:
    """Inside `{name}_min` and `{name}_max`; what has no time is outside of any bound. Raises BadParameter."""
    first, last = _bound(params, f"{name}_min"), _bound(params, f"{name}_max")
    if first is None and last is None:
        return True
    at = moment(written)
    return at is not None and (first is None or at >= first) and (last is None or at <= last)


def _bound(params: QueryParams, name: str) -> datetime | None:
    written = params.get(name)
    if written is None:
        return None
    at = moment(written)
    if at is None:
        raise BadParameter(f"invalid {name}: {written}")
    return at


def _ordered(messages: list[Message], params: QueryParams) -> list[Message]:
    field = params.get("order")
    if not field:
        return messages
    is_descending = params.get("ascending", "true").lower() == "false"
    return sorted(messages, key=lambda message: _rank(message.get(field)), reverse=is_descending)


def _rank(value: object) -> tuple[int, float, str]:
    if isinstance(value, int | float):
        return 1, float(value), ""
    return (2, 0.0, value) if isinstance(value, str) else (0, 0.0, "")


def _series(events: list[Message]) -> list[Message]:
    return list({text(season, "id"): season for event in events for season in parts(event, "series")}.values())


def _tags(events: list[Message]) -> list[Message]:
    return list({text(tag, "id"): tag for event in events for tag in parts(event, "tags")}.values())


def _teams(events: list[Message]) -> list[Message]:
    return list({str(team.get("id")): team for event in events for team in parts(event, "teams")}.values())


def _market_types(events: list[Message]) -> Message:
    kinds = {text(market, "sportsMarketType") for event in events for market in parts(event, "markets")}
    return {"marketTypes": sorted(kinds - {""})}


def _sports(events: list[Message]) -> list[Message]:
    """One row a league; `tags` and `series` are ids in one comma-separated string."""
    rows: dict[str, Message] = {}
    for event in events:
        sport = text(event, "slug").partition("-")[0]
        season = ",".join(text(one, "id") for one in parts(event, "series"))
        if not season or sport in rows:
            continue
        rows[sport] = {
            "id": len(rows) + 1,
            "sport": sport,
            "name": text(parts(event, "series")[0], "title"),
            "image": text(event, "image"),
            "resolution": text(event, "resolutionSource"),
            "ordering": "home" if event.get("negRisk") is True else "away",
            "tags": ",".join(text(tag, "id") for tag in parts(event, "tags")),
            "series": season,
            "createdAt": datetime(2025, 1, 1, tzinfo=UTC).isoformat(),
        }
    return list(rows.values())
