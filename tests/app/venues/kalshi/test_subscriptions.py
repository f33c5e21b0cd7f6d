"""What is asked of Kalshi, and asked again in another way when it is refused."""

import asyncio
from pathlib import Path

from app.settings import PricesSettings
from app.venues.kalshi.subscriptions import ANSWER_WITHIN, BOOKS, LOST_AFTER, Channel, Order
from tests.app.venues.kalshi.desks import A, B, C, desk, listed
from tests.app.venues.kalshi.hosts import Host, Message, is_of_books, until


async def test_the_way_in_which_the_other_side_is_quoted_is_always_said(host: Host, key_file: Path) -> None:
    async with desk(host, key_file) as at:
        await at.follow(A)
        await until(lambda: at.is_exact(A))
        await at.follow(A, B)
        await until(lambda: at.is_exact(A, B))
    of_books = [order for order in host.orders if is_of_books(order)]
    assert len(of_books) == 2
    assert all(order["params"]["use_yes_price"] is False for order in of_books)


async def test_markets_come_and_go_on_one_connection(host: Host, key_file: Path) -> None:
    async with desk(host, key_file) as at:
        await at.follow(A, B)
        await until(lambda: at.is_exact(A, B))
        await at.follow(B, C)
        await until(lambda: at.is_exact(B, C) and not host.sessions[0].carries(A))
        await host.change(A, "yes", "0.3000", 5)
        await host.change(C, "yes", "0.3000", 5)
        await until(lambda: at.is_exact(B, C))
        assert at.core.ladder(listed(A).book_id) is None
        await at.follow()
        await until(lambda: not host.sessions)
    assert len(host.handshakes) == 1


def test_a_market_that_is_joined_or_left_while_the_answer_is_on_its_way_is_asked_for_anew() -> None:
    channel = Channel(BOOKS)
    channel.begin([A])
    order(channel)
    channel.sid = 1
    channel.done()
    channel.leave(A)
    assert order(channel) == "delete_markets"
    channel.join(A)
    channel.done()
    assert order(channel) == "add_markets"
    channel.leave(A)
    channel.done()
    assert order(channel) == "delete_markets"
    channel.done()
    assert order(channel) == ""


def order(channel: Channel) -> str:
    """What is said next."""
    step = channel.step()
    channel.order = Order(1, *step, 0.0) if step else None
    return step[0] if step else ""


async def test_a_market_that_comes_back_at_once_is_shown_at_once(host: Host, key_file: Path) -> None:
    async with desk(host, key_file) as at:
        await at.follow(A, B)
        await until(lambda: at.is_exact(A, B))
        await at.follow(B)
        await at.follow(A, B)
        await until(lambda: at.is_exact(A, B), seconds=2)  # sooner than the core asks


async def test_when_commands_come_too_fast_the_same_is_asked_later(host: Host, key_file: Path) -> None:
    refusals = iter([27, 27])
    host.refusal = lambda _: next(refusals, 0)
    async with desk(host, key_file) as at:
        await at.follow(A, B)
        await until(lambda: at.is_exact(A, B))
        assert at.feed.counts["errors_27"] == 2


async def test_more_markets_than_a_connection_may_have_go_to_others(host: Host, key_file: Path) -> None:
    tickers = [f"KXMLBGAME-26AUG071905ATLNYY-{number}" for number in range(250)]

    def refusal(order: Message) -> int:
        if order["params"].get("action") != "add_markets":
            return 0
        return 26  # a connection has room for what it first subscribes to

    host.refusal = refusal
    async with desk(host, key_file) as at:
        await at.follow(*tickers)
        await until(lambda: at.is_exact(*tickers))
        assert len(host.sessions) == 3
        for ticker in tickers:
            await host.change(ticker, "yes", "0.3000", 3)
        await until(lambda: at.is_exact(*tickers))


async def test_connections_have_as_many_markets_as_is_set(host: Host, key_file: Path) -> None:
    async with desk(host, key_file, books_a_connection=2) as at:
        await at.follow(A, B, C)
        await until(lambda: at.is_exact(A, B, C))
        assert len(host.sessions) == 2
        await host.sessions[0].connection.close()
        await until(lambda: at.is_exact(A, B, C) and len(host.handshakes) == 3)


async def test_a_market_that_kalshi_does_not_take_does_not_cost_the_others(host: Host, key_file: Path) -> None:
    tickers = [f"KXMLBGAME-26AUG071905ATLNYY-{number}" for number in range(20)]
    host.refusal = lambda order: 16 if tickers[7] in order["params"].get("market_tickers", ()) else 0
    async with desk(host, key_file) as at:
        await at.follow(*tickers)
        await until(lambda: at.is_exact(*tickers[:7], *tickers[8:]))
        await until(lambda: at.feed.trouble == "Kalshi shows no books of 1 markets")
        assert at.doubt(tickers[7]) == "waiting"
        host.refusal = lambda _: 0
        await until(lambda: at.is_exact(*tickers) and at.feed.trouble == "", seconds=20)


async def test_a_snapshot_that_does_not_come_is_asked_for_in_another_way(host: Host, key_file: Path) -> None:
    async with desk(host, key_file) as at:
        await at.follow(A, B)
        await until(lambda: at.is_exact(A, B))
        host.withholds_snapshots = True
        await host.change(A, "yes", "0.3900", 7, is_lost=True)
        await host.change(A, "yes", "0.3800", 7)
        await until(lambda: at.is_exact(A, B), seconds=20)
    assert "delete_markets" in [order["params"].get("action") for order in host.orders]


async def test_a_snapshot_that_was_lost_with_other_frames_is_asked_for_at_once(host: Host, key_file: Path) -> None:
    async with desk(host, key_file, PricesSettings()) as at:
        await at.follow(A)
        await until(lambda: at.is_exact(A))
        host.withholds_snapshots = True
        await host.change(A, "yes", "0.3900", 7, is_lost=True)
        await host.change(A, "yes", "0.3800", 7)
        await until(lambda: at.feed.counts.get("gaps") == 1)
        await asyncio.sleep(LOST_AFTER)
        host.withholds_snapshots = False
        await host.change(A, "yes", "0.3700", 7, is_lost=True)
        await host.change(A, "yes", "0.3600", 7)
        await until(lambda: at.is_exact(A), seconds=ANSWER_WITHIN - 2 * LOST_AFTER)
