"""Kalshi's answers → events and markets. Pure; one bad element never costs the others."""

from collections.abc import Iterator, Sequence
from functools import partial

import msgspec

from app.domain.markets import Event
from app.domain.parsing import Page, Parsed, Refusal, decode, decode_element, first_of_each, parsed, refused_where
from app.errors import PayloadRefused
from app.venues.kalshi import wire
from app.venues.kalshi.events import ListedEvent, ListedMarket, translate_event
from app.venues.kalshi.milestones import Milestones, by_ticker
from app.venues.kalshi.series import Series, read_series


def events_from(payload: bytes) -> Parsed[Event]:
    """Every event of a page, a bare array or a single answer; markets alone are gathered by their event. Milestones
    in the payload are joined. Raises PayloadRefused when it is none of them."""
    listed = parsed(listed_page(payload).elements)
    return Parsed(tuple(one.event for one in listed.items), listed.refused)


def listed_page(payload: bytes, milestones: Milestones | None = None) -> Page[ListedEvent]:
    """The same, to be read event by event, with milestones told elsewhere."""
    opened: list[msgspec.Raw] | wire.Envelope = decode(payload, wire.PAGE)
    if isinstance(opened, list):
        return Page(first_of_each(_mixed(opened, milestones or {})))
    known = {**(milestones or {}), **by_ticker(parsed(_milestones(opened.milestones or ())).items)}
    return Page(first_of_each(_opened(opened, payload, known)), opened.cursor or "")


def milestones_page(payload: bytes) -> Page[wire.Milestone]:
    """A page of `/milestones`. Raises PayloadRefused when it is none."""
    opened: list[msgspec.Raw] | wire.Envelope = decode(payload, wire.PAGE)
    if isinstance(opened, list) or opened.milestones is None:
        raise PayloadRefused("milestones: missing")
    return Page(_milestones(opened.milestones), opened.cursor or "")


def _opened(opened: wire.Envelope, payload: bytes, milestones: Milestones) -> Iterator[ListedEvent | Refusal]:
    if opened.events is not None:
        return _mixed(opened.events, milestones)
    if bytes(opened.event):
        return _one(opened.event, "event", milestones, opened.markets)
    if opened.markets is not None:
        return _mixed(opened.markets, milestones)
    if bytes(opened.market):
        return _mixed([opened.market], milestones)
    if opened.event_ticker is not None:
        return _mixed([msgspec.Raw(payload)], milestones)
    raise PayloadRefused("events: missing")


def _milestones(raws: Sequence[msgspec.Raw]) -> Iterator[wire.Milestone | Refusal]:
    for index, raw in enumerate(raws):
        milestone = decode_element(raw, wire.MILESTONE, f"milestones[{index}]")
        yield milestone


def _mixed(raws: Sequence[msgspec.Raw], milestones: Milestones) -> Iterator[ListedEvent | Refusal]:
    """Events as they come, then the markets that stood by themselves, gathered by event."""
    alone: dict[str, list[msgspec.Raw]] = {}
    for index, raw in enumerate(raws):
        where = f"events[{index}]"
        event = decode_element(raw, wire.EVENT, where)
        if isinstance(event, Refusal):
            yield event
        elif event.ticker is not None:
            alone.setdefault(event.event_ticker or event.ticker, []).append(raw)
        else:
            yield from _event(event, event.markets, f"{where} {event.event_ticker or ''}".rstrip(), milestones)
    for ticker, markets in alone.items():
        yield from _event(wire.Event(event_ticker=ticker), markets, ticker, milestones)


def _one(
    raw: msgspec.Raw, where: str, milestones: Milestones, markets: Sequence[msgspec.Raw] | None
) -> Iterator[ListedEvent | Refusal]:
    event = decode_element(raw, wire.EVENT, where)
    if isinstance(event, Refusal):
        yield event
    else:
        yield from _event(event, event.markets if event.markets is not None else markets, where, milestones)


def _event(
    event: wire.Event, raws: Sequence[msgspec.Raw] | None, where: str, milestones: Milestones
) -> Iterator[ListedEvent | Refusal]:
    ticker = event.event_ticker or ""
    scope = (event.product_metadata.competition_scope if event.product_metadata else None) or ""
    series = read_series(event.series_ticker or ticker, scope)
    kind_name = scope or event.series_ticker or ticker.split("-")[0]
    markets: list[ListedMarket] = []
    for market in first_of_each(_markets(raws or (), where, ticker, series, kind_name)):
        if isinstance(market, Refusal):
            yield market
        else:
            markets.append(market)
    listed = None if raws is None else markets
    read = refused_where(where, partial(translate_event, event, series, listed, milestones.get(ticker)))
    yield read if isinstance(read, Refusal) else ListedEvent.of(read, event, markets)


def _markets(
    raws: Sequence[msgspec.Raw], where: str, event_ticker: str, series: Series, kind_name: str
) -> Iterator[ListedMarket | Refusal]:
    for index, raw in enumerate(raws):
        place = f"{where} markets[{index}]"
        market = decode_element(raw, wire.MARKET, place)
        if isinstance(market, Refusal):
            yield market
        else:
            place = f"{place} {market.ticker or ''}".rstrip()
            yield refused_where(place, partial(ListedMarket.read, market, event_ticker, series, kind_name))
