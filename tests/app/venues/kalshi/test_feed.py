"""The feed against a host that speaks Kalshi's socket: books come, stay exact, are doubted for a reason, and heal."""

import base64
import contextlib
from http import HTTPStatus
from pathlib import Path

import httpx
import pytest
import uvloop

from app.errors import SettingsRefused
from app.fetching import Fetcher
from app.settings import KalshiSettings
from app.venues.kalshi.feed import KalshiFeed
from tests.app.venues.kalshi.desks import KEY, NOW, PRICES, A, B, desk
from tests.app.venues.kalshi.hosts import Host, is_of_books, open_host, until


async def test_books_come_and_follow_every_change(host: Host, key_file: Path) -> None:
    async with desk(host, key_file) as at:
        await at.follow(A, B)
        await until(lambda: at.is_exact(A, B))
        for step in range(20):
            await host.change(A, "yes", f"0.{20 + step}00", 10 + step)
            await host.change(B, "no", "0.5000", 1)
        await until(lambda: at.is_exact(A, B))
        assert at.feed.trouble == ""
        assert at.feed.counts["frames"] >= 43
        assert "my-key" in host.handshakes[0]["KALSHI-ACCESS-KEY"]


async def test_each_handshake_is_signed_anew(host: Host, key_file: Path) -> None:
    async with desk(host, key_file) as at:
        await at.follow(A)
        await until(lambda: at.is_exact(A))
        await host.hang_up()
        await until(lambda: len(host.handshakes) == 2 and at.is_exact(A))
    signed = [(one["KALSHI-ACCESS-TIMESTAMP"], one["KALSHI-ACCESS-SIGNATURE"]) for one in host.handshakes]
    assert len(set(signed)) == 2
    for timestamp, signature in signed:
        KEY.public_key().verify(base64.b64decode(signature), f"{timestamp}GET/trade-api/ws/v2".encode())


async def test_a_missing_change_is_noticed_by_the_next_and_healed_by_snapshots(host: Host, key_file: Path) -> None:
    async with desk(host, key_file) as at:
        await at.follow(A, B)
        await until(lambda: at.is_exact(A, B))
        await host.change(A, "yes", "0.3900", 7, is_lost=True)
        await host.change(B, "yes", "0.3800", 7)
        await until(lambda: at.feed.counts.get("gaps") == 1 and at.is_exact(A, B))
        assert [order["params"].get("action") for order in host.orders if is_of_books(order)] == [None, "get_snapshot"]
    assert len(host.handshakes) == 1


async def test_a_change_that_comes_twice_counts_once(host: Host, key_file: Path) -> None:
    async with desk(host, key_file) as at:
        await at.follow(A)
        await until(lambda: at.is_exact(A))
        await host.change(A, "yes", "0.4000", 5)
        told = {"market_ticker": A, "price_dollars": "0.4000", "delta_fp": "5.00", "side": "yes"}
        await host.say({"type": "orderbook_delta", "sid": 1, "seq": 2, "msg": told})
        await until(lambda: at.feed.counts.get("duplicates") == 1 and at.is_exact(A))
        assert "Cut" not in at.folded.kinds()


async def test_a_lower_number_means_that_something_is_lost(host: Host, key_file: Path) -> None:
    async with desk(host, key_file) as at:
        await at.follow(A)
        await until(lambda: at.is_exact(A))
        for _ in range(5):
            await host.change(A, "yes", "0.4000", 5)
        told = {"market_ticker": A, "price_dollars": "0.3000", "delta_fp": "9.00", "side": "yes"}
        await host.say({"type": "orderbook_delta", "sid": 1, "seq": 2, "msg": told})
        await until(lambda: at.feed.counts.get("restarted_sequences") == 1)
        await until(lambda: at.is_exact(A))
        await host.change(A, "yes", "0.4000", 5)
        await until(lambda: at.is_exact(A))


@pytest.mark.parametrize(
    "frame",
    [
        "}{",
        "[]",
        "\x00",
        '{"type":"orderbook_delta","sid":1}',
        '{"type":"orderbook_delta","sid":1,"seq":2,"msg":{"market_ticker":"X","price_dollars":"0.4","side":"yes"}}',
        '{"type":"orderbook_delta","sid":1,"seq":2,"msg":{"market_ticker":1,"price_dollars":"0.4","delta_fp":"1"}}',
    ],
)
async def test_a_frame_that_nobody_can_read_costs_all_books_a_snapshot(host: Host, key_file: Path, frame: str) -> None:
    async with desk(host, key_file) as at:
        await at.follow(A, B)
        await until(lambda: at.is_exact(A, B))
        await host.say(frame)
        await until(lambda: at.feed.counts.get("garbage") == 1 and at.is_exact(A, B))
    assert len(host.handshakes) == 1


@pytest.mark.parametrize("price", ["0.40001", "1.5000", "free", "1e999999999", "-0.4000"])
async def test_a_number_that_means_nothing_costs_its_book_a_snapshot(host: Host, key_file: Path, price: str) -> None:
    async with desk(host, key_file) as at:
        await at.follow(A, B)
        await until(lambda: at.is_exact(A, B))
        told = {"market_ticker": A, "price_dollars": price, "delta_fp": "1.00", "side": "yes"}
        for session in host.sessions:
            await session.send(session.counted("orderbook_delta", told))
        await until(lambda: at.feed.counts.get("doubted_garbage") == 1)
        await until(lambda: at.is_exact(A, B))
        assert "Cut" not in at.folded.kinds()


async def test_nothing_but_garbage_ends_the_connection(host: Host, key_file: Path) -> None:
    async with desk(host, key_file) as at:
        await at.follow(A)
        await until(lambda: at.is_exact(A))
        host.withholds_snapshots = True
        for _ in range(10):
            with contextlib.suppress(ConnectionError):
                await host.say("garbage")
        await until(lambda: len(host.handshakes) >= 2 and at.is_exact(A))


async def test_kinds_that_are_of_no_use_are_refused_by_name(host: Host, key_file: Path) -> None:
    kinds = ("fill", "user_order", "market_position", "order_group_updates", "multivariate_market_lifecycle", "new one")
    async with desk(host, key_file) as at:
        await at.follow(A)
        await until(lambda: at.is_exact(A))
        for kind in kinds:
            await host.say({"type": kind, "sid": 9, "msg": {"market_ticker": A}})
        await host.say({"type": "ticker", "sid": 2, "msg": {"market_ticker": 7}})
        await until(lambda: at.feed.counts.get("unreadable_ticker") == 1)
        counts = at.feed.counts
        assert [counts[f"refused_{kind}"] for kind in (*kinds[:-1], "other")] == [1] * 6
        assert at.is_exact(A)
        assert "Cut" not in at.folded.kinds()


async def test_a_lost_connection_is_opened_anew_and_nothing_is_trusted_meanwhile(host: Host, key_file: Path) -> None:
    async with desk(host, key_file) as at:
        await at.follow(A, B)
        await until(lambda: at.is_exact(A, B))
        host.handshake_status = HTTPStatus.SERVICE_UNAVAILABLE
        await host.hang_up()
        await until(lambda: at.doubt(A) == at.doubt(B) == "disconnected")
        await until(lambda: "503" in at.feed.trouble)
        await host.change(A, "yes", "0.3000", 3)
        host.handshake_status = HTTPStatus.SWITCHING_PROTOCOLS
        await until(lambda: at.is_exact(A, B))
        assert at.feed.trouble == ""


async def test_a_mute_host_is_left_for_another_connection(host: Host, key_file: Path) -> None:
    async with desk(host, key_file) as at:
        host.rest_status = HTTPStatus.SERVICE_UNAVAILABLE
        await at.follow(A)
        await until(lambda: at.is_exact(A))
        host.sessions[0].is_mute = True
        await host.change(A, "yes", "0.3000", 3)
        await until(lambda: at.doubt(A) in ("silence", "disconnected"))
        await until(lambda: len(host.handshakes) >= 2 and at.is_exact(A))


async def test_a_key_that_is_not_accepted_is_said(host: Host, key_file: Path) -> None:
    host.handshake_status = HTTPStatus.UNAUTHORIZED
    async with desk(host, key_file) as at:
        await at.follow(A)
        await until(lambda: "does not accept the key" in at.feed.trouble)


@pytest.mark.parametrize("code", [25, 7])
async def test_a_subscription_that_kalshi_ends_is_made_anew(host: Host, key_file: Path, code: int) -> None:
    async with desk(host, key_file) as at:
        await at.follow(A)
        await until(lambda: at.is_exact(A))
        await host.say({"type": "error", "sid": 1, "msg": {"code": code, "msg": "it is over"}})
        await until(lambda: len(host.handshakes) == 2 and at.is_exact(A))


async def test_tickers_and_trades_are_told(host: Host, key_file: Path) -> None:
    async with desk(host, key_file) as at:
        await at.follow(A)
        await until(lambda: at.is_exact(A))
        ticker = {"market_ticker": A, "yes_bid_dollars": "0.4000", "yes_ask_dollars": 0.5, "ts_ms": 5}
        trade = {"market_ticker": A, "yes_price_dollars": "0.5000", "count_fp": "3.00", "taker_outcome_side": "yes"}
        await host.say({"type": "ticker", "sid": 2, "msg": ticker})
        await host.say({"type": "ticker", "sid": 2, "msg": ticker | {"yes_bid_dollars": "0.0000"}})
        await host.say({"type": "trade", "sid": 3, "msg": trade})
        await until(lambda: "Traded" in at.folded.kinds())
    named = [one for one in at.folded.told if type(one).__name__ == "Named"]
    traded = next(one for one in at.folded.told if type(one).__name__ == "Traded")
    assert [(one.bid, one.ask, one.is_exact) for one in named] == [(4000, 5000, False), (None, 5000, False)]
    assert (traded.price, traded.size, traded.is_buy) == (5000, 3_000_000, True)


async def test_a_key_that_is_of_no_use_refuses_to_start(tmp_path: Path) -> None:
    async with httpx.AsyncClient() as client:
        settings = KalshiSettings(key_id="my-key", private_key_file=tmp_path / "absent.pem")
        with pytest.raises(SettingsRefused, match="absent"):
            KalshiFeed(settings, PRICES, Fetcher(client, settings.base_url, settings), lambda _: None, NOW)


def test_it_works_on_the_loop_that_serves(key_file: Path) -> None:
    async def live_through_faults() -> None:
        async with open_host() as host, desk(host, key_file) as at:
            await at.follow(A, B)
            await until(lambda: at.is_exact(A, B))
            await host.change(A, "yes", "0.3900", 7, is_lost=True)
            await host.change(A, "yes", "0.3800", 7)
            await until(lambda: at.feed.counts.get("gaps") == 1 and at.is_exact(A, B))
            await host.hang_up()
            await until(lambda: len(host.handshakes) == 2 and at.is_exact(A, B))

    uvloop.run(live_through_faults())
