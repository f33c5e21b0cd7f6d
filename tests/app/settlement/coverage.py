"""Every recorded market with a rules text, linked as the platform links it, with the terms that come of it."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

from app.domain.leagues import LEAGUES, LeagueCode
from app.domain.links import Link
from app.domain.markets import Event
from app.domain.settlements import Terms
from app.errors import PayloadRefused
from app.matching.linking import link_event
from app.matching.schedule import GameIndex
from app.settlement import terms_of
from app.venues.kalshi.translate import events_from as kalshi_events
from app.venues.polymarket.translate import events_from as polymarket_events
from tests.app.matching.listings import REGISTRY

FOLDERS = ("slates", "data/kalshi", "data/polymarket", "data/cross")
NOW = datetime(2026, 1, 1, tzinfo=UTC)  # what has begun since does not count here


class Recorded(NamedTuple):
    """One contract and what is known of its rules."""

    league: LeagueCode
    link: Link
    rules: str
    terms: Terms


def recorded_terms(shared: Path) -> list[Recorded]:
    """Each contract once, by the last recording of its market."""
    found: dict[str, Recorded] = {}
    index = GameIndex()
    for event in _events(shared):
        linked = link_event(event, index, REGISTRY, NOW)
        rules = {market.id: market.rules for market in event.markets or ()}
        for link in linked.links:
            if linked.game is None or link.market_id is None or not rules[link.market_id]:
                continue
            league = linked.game.league
            terms = terms_of(link, rules[link.market_id], LEAGUES[league])
            found[str(link.contract_id)] = Recorded(league, link, rules[link.market_id], terms)
    return list(found.values())


def _events(shared: Path) -> Iterator[Event]:
    for folder in FOLDERS:
        for file in sorted((shared / folder).rglob("*.json")):
            payload = json.loads(file.read_text(encoding="utf-8-sig"))
            for found, read in ((_of_kalshi(payload), kalshi_events), (_of_gamma(payload), polymarket_events)):
                try:
                    yield from read(json.dumps({"events": found}).encode()).items
                except PayloadRefused:
                    continue


def _of_kalshi(payload: object) -> list[dict[str, Any]]:
    """Its events; markets that were recorded alone under an event that is made for them."""
    events = [each for each in _walk(payload) if "event_ticker" in each and each.get("markets")]
    known = {market["ticker"] for event in events for market in event["markets"] if "ticker" in market}
    alone: dict[str, dict[str, Any]] = {}
    for market in _walk(payload):
        if "rules_primary" in market and market.get("ticker") not in known and market.get("event_ticker"):
            ticker = market["event_ticker"]
            event = {"event_ticker": ticker, "series_ticker": ticker.split("-")[0], "title": market.get("title", "")}
            alone.setdefault(ticker, {**event, "markets": []})["markets"].append(market)
    return [*events, *alone.values()]


def _of_gamma(payload: object) -> list[dict[str, Any]]:
    return [each for each in _walk(payload) if "slug" in each and isinstance(each.get("markets"), list)]


def _walk(payload: object) -> Iterator[dict[str, Any]]:
    if isinstance(payload, dict):
        yield payload
    for each in payload.values() if isinstance(payload, dict) else payload if isinstance(payload, list) else ():
        yield from _walk(each)
