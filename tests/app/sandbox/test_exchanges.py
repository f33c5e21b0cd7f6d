"""What followers are told in moments that a test cannot wait for: other ticks, ends, results."""

import json
from datetime import timedelta

import pytest

from app.sandbox import clob_sockets
from app.sandbox.clob_frames import Summaries
from app.sandbox.exchanges import Exchange
from app.sandbox.grids import CENTS, FINE
from app.sandbox.lifecycles import endings
from app.sandbox.makers import milliseconds
from app.sandbox.markets import Market
from app.sandbox.marks import HashMarks, SequenceMarks
from app.sandbox.plans import Entry
from app.sandbox.simulations import Simulation
from tests.app.sandbox.conftest import HeldClock


class Heard:
    """Keeps what would go out over a connection."""

    def __init__(self) -> None:
        self.events: list[dict] = []

    def say(self, body: bytes, *names: str) -> None:
        read = json.loads(body)
        self.events += read if isinstance(read, list) else [read]

    def is_to_cross(self, *names: str) -> bool:
        return False

    def of(self, kind: str) -> list[dict]:
        return [event for event in self.events if event["event_type"] == kind]


def followed(simulation: Simulation, market: Market) -> tuple[Exchange, Heard]:
    exchange = Exchange(simulation.quoting("polymarket"), simulation.now, simulation.gamma_events)
    heard = Heard()
    session = clob_sockets.Session(exchange, Summaries(HashMarks()), heard)
    session.hear(json.dumps({"assets_ids": market.tokens, "type": "market", "custom_feature_enabled": True}))
    return exchange, heard


def winner_of(simulation: Simulation, venue: str, home: str) -> Market:
    simulation.gamma_events()
    simulation.kalshi_events()
    markets = simulation.quoting(venue).markets.values()
    mains = (one for one in markets if one.is_main and one.contest)
    return next(one for one in mains if one.contest.home.abbreviation == home and one.contest.league.code == "nba")


async def test_tick_size_changes_before_finer_prices_come_and_after_they_went(clock: HeldClock) -> None:
    plan = [Entry(at=30, for_seconds=30, game="nba:LAC@LAL", price="0.98")]
    simulation = Simulation(7, 1.0, clock, plan=plan)
    market = winner_of(simulation, "polymarket", "LAL")
    exchange, heard = followed(simulation, market)
    tick, seen = 100, set()
    for _ in range(20):
        clock.pass_time(seconds=5)
        heard.events.clear()
        book = exchange.book(market.id)
        for event in heard.events:
            if event["event_type"] == "tick_size_change" and event["asset_id"] == market.tokens[0]:
                assert float(event["old_tick_size"]) == tick / 10_000
                tick = round(float(event["new_tick_size"]) * 10_000)
            for change in event.get("price_changes", ()):
                assert round(float(change["price"]) * 10_000) % tick == 0 or change["size"] == "0"
        assert tick == (10 if book.grid is FINE else 100)
        if book.grid is CENTS:
            assert all(price % 100 == 0 for price in (*book.bids, *book.asks))
        seen.add(book.grid.name)
    assert seen == {"linear_cent", "deci_cent"}


async def test_book_is_taken_away_at_the_end_and_the_result_told_once(clock: HeldClock) -> None:
    simulation = Simulation(7, 1.0, clock)
    market = winner_of(simulation, "polymarket", "BOS")
    exchange, heard = followed(simulation, market)
    end = simulation.slate.end(market.contest)
    clock.at = end + timedelta(seconds=1)
    book = exchange.book(market.id)
    assert (book.is_open, book.bids, book.asks) == (False, {}, {})
    assert heard.of("price_change")[-1]["price_changes"][0]["best_bid"] == "0"
    assert heard.of("price_change")[-1]["price_changes"][0]["best_ask"] == "1"
    for minutes in (29, 31, 33):
        clock.at = end + timedelta(minutes=minutes)
        exchange.book(market.id)
    (resolved,) = heard.of("market_resolved")
    chance = simulation.quoting("polymarket").chance(market, milliseconds(clock()))
    assert resolved["winning_asset_id"] == market.tokens[0 if chance > 0.5 else 1]
    assert resolved["winning_outcome"] in market.outcomes
    assert resolved["assets_ids"] == list(market.tokens)


async def test_result_that_was_known_before_is_no_news(clock: HeldClock) -> None:
    simulation = Simulation(7, 1.0, clock)
    market = winner_of(simulation, "polymarket", "BOS")
    clock.at = simulation.slate.end(market.contest) + timedelta(hours=1)
    exchange, heard = followed(simulation, market)
    exchange.book(market.id)
    assert heard.events == []


def test_kalshi_determines_and_settles_each_market_once(clock: HeldClock) -> None:
    simulation = Simulation(7, 1.0, clock)
    market = winner_of(simulation, "kalshi", "BOS")
    quoting = simulation.quoting("kalshi")
    end = quoting.ending(market).closes
    said = [
        (message["event_type"], message.get("result", message.get("settlement_value")))
        for at in range(end - 10_000, end + 400_000, 10_000)
        for message in endings(quoting, at - 10_000, at)
        if message["market_ticker"] == market.id
    ]
    is_true = quoting.chance(market, end) > 0.5
    assert said == [("determined", "yes" if is_true else "no"), ("settled", "1.0000" if is_true else "0.0000")]


def test_marks_find_the_state_at_a_frame_and_forget_what_is_old(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.sandbox.marks.SUBSCRIPTIONS", 2)
    marks = SequenceMarks()
    first, second = marks.new_sid(), marks.new_sid()
    for seq, (ticker, version) in enumerate([("A", 1), ("B", 7), ("A", 2), ("A", 3)], 1):
        marks.note(first, seq, ticker, version)
    found = [marks.version(first, seq, ticker) for seq, ticker in ((1, "A"), (2, "A"), (3, "A"), (9, "A"), (1, "B"))]
    assert found == [1, 1, 2, 3, None]
    assert marks.version(second, 1, "A") is None
    assert marks.new_sid() == second + 1
    assert marks.version(first, 9, "A") is None
