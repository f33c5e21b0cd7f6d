"""Many follow one game: all are told the newest, nobody is told anything older, and who takes nothing harms nobody."""

import asyncio
import socket
import time
from datetime import datetime, timedelta

import pytest
from websockets.frames import Frame, Opcode

from app.clock import wall_clock
from app.domain.money import Price, money, price
from app.domain.prices import SECOND, Nanos
from app.domain.views import Glance, VenueGlance
from app.hot.glances import GlanceShown, glance_shown
from app.hot.keys import GLANCES, MARKS
from app.hot.marks_shown import position_marked
from app.hot.quotes import PricesMirror
from app.hot.shown import moment
from app.hot.state import HotState
from routers.sockets import hubs
from tests.app.hot.samples import ARSENAL_GAME, CELTICS_GAME, KALSHI, NOW, link
from tests.app.positions.held import after, position
from tests.routers.sockets.replicas import (
    CHANNEL,
    LANE,
    WITHIN,
    YES,
    Follower,
    Json,
    Replica,
    follower,
    now,
    quote,
    tell,
)
from tests.servers import Server

UPGRADE = (
    "GET /ws HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
)
TOLD = 8_000  # megabytes: more than any buffer between us holds
SUBSCRIBE = Frame(Opcode.TEXT, b'{"op":"subscribe","channels":["%s"]}' % CHANNEL.encode()).serialize(mask=True)


async def prices(bot: Follower, *, is_snapshot: bool | None = None) -> list[Json]:
    """The quotes of the next message about prices."""
    while True:
        told = await bot.next("prices")
        if is_snapshot in (None, told["is_snapshot"]):
            return list(told["quotes"])


async def test_a_quote_that_nobody_proves_any_more_is_told_as_stale_and_then_as_fresh_again(
    bot: Follower, mirror: PricesMirror
) -> None:
    await bot.subscribe(CHANNEL)
    await tell(mirror, [quote("0.50", now())])
    assert [each["state"] for each in await prices(bot, is_snapshot=False)] == ["fresh"]
    began = time.monotonic()
    assert [each["state"] for each in await prices(bot)] == ["stale"]
    assert time.monotonic() - began < 5
    await mirror.write_lanes({LANE: now()}, wall_clock())
    assert [(each["state"], each["bid"]) for each in await prices(bot)] == [("fresh", "0.5000")]


async def test_the_proofs_of_lanes_are_told_every_second(bot: Follower, mirror: PricesMirror) -> None:
    await bot.subscribe(CHANNEL)
    proved_at = now()
    await mirror.write_lanes({LANE: proved_at}, wall_clock())
    told = [await bot.next("lanes") for _ in range(3)]
    said = moment(Nanos(proved_at))
    assert said is not None
    assert told[-1]["lanes"] == {LANE: said.isoformat().replace("+00:00", "Z")}


async def test_marks_of_positions_are_told_beside_what_is_numbered(hot: HotState, bot: Follower) -> None:
    async with asyncio.timeout(WITHIN):
        while not await hot._door.count_listeners(MARKS):  # noqa: ASYNC110 - Redis tells nobody that it is heard
            await asyncio.sleep(0.01)
    began = (await bot.subscribe("positions"))["seq"]
    held = position()
    for cents in (44, 45):
        told = position_marked(held, Price(cents * 100), "bid", money("44"), after(5), is_simulated=True)
        await hot.tell_marks({told.id: told})
        marks = await bot.next("marks")
        assert (marks["channel"], [each["mark"] for each in marks["positions"]]) == ("positions", [f"0.{cents}00"])
    assert marks["positions"][0]["id"] == told.id
    assert (await hot.updates_end()).seq == began
    await bot.send(op="unsubscribe", channels=["positions"])
    await bot.next("unsubscribed")
    await hot.tell_marks({told.id: told})
    await bot.send(op="ping")
    assert (await bot.next())["type"] == "pong"


async def test_a_quarantined_quote_says_why(bot: Follower, mirror: PricesMirror) -> None:
    await bot.subscribe(CHANNEL)
    await tell(mirror, [quote("0.50", now(), doubt="gap")])
    assert [(each["state"], each["doubt"]) for each in await prices(bot, is_snapshot=False)] == [("quarantined", "gap")]


async def test_nothing_older_than_what_was_told_is_told(hot: HotState, bot: Follower) -> None:
    """One who was replaced and does not know it is refused; what it had said before comes late."""
    old, new = await hot.open_mirror(KALSHI), await hot.open_mirror(KALSHI)
    await bot.subscribe(CHANNEL)
    at = now()
    await tell(new, [quote("0.60", at)])
    assert [each["bid"] for each in await prices(bot, is_snapshot=False)] == ["0.6000"]
    old_flush = old.next_flush()
    late = b'{"type":"prices","game_id":"%s","at":"%s","flush":%d,"quotes":[%s]}'
    body = (
        b'{"contract_id":"%s","venue":"kalshi","market_id":"KX-BOS","game_id":"%s","bid":"0.1000","state":"fresh",'
        b'"received_at":"%s","flush":%d}'
    )
    game_id, then = CELTICS_GAME.id.encode(), (moment(Nanos(at - SECOND)) or NOW).isoformat().encode()
    said = late % (game_id, then, old_flush, body % (YES.encode(), game_id, then, old_flush))
    await hot._door.transact(("PUBLISH", f"prices:{CELTICS_GAME.id}", said))
    await hot._door.transact(("PUBLISH", f"prices:{CELTICS_GAME.id}", b"nobody can read this"))
    await tell(new, [quote("0.61", now())])
    assert [each["bid"] for each in await prices(bot)] == ["0.6100"]


async def test_a_snapshot_is_told_when_it_is_asked_for(bot: Follower, mirror: PricesMirror) -> None:
    await bot.subscribe(CHANNEL)
    await tell(mirror, [quote("0.50", now())])
    await prices(bot, is_snapshot=False)
    await bot.send(op="snapshot")
    assert [each["bid"] for each in await prices(bot, is_snapshot=True)] == ["0.5000"]


async def test_who_follows_no_longer_is_told_nothing(api: Replica, mirror: PricesMirror, bot: Follower) -> None:
    async with follower(api) as other:
        for each in (bot, other):
            await each.subscribe(CHANNEL)
        await bot.send(op="unsubscribe", channels=[CHANNEL])
        await bot.next("unsubscribed")
        bot.heard.clear()
        await tell(mirror, [quote("0.50", now())])
        await prices(other, is_snapshot=False)
        await bot.pong()
        assert [each["type"] for each in bot.heard] == ["pong"]


async def test_all_who_come_at_once_are_served(api: Replica, mirror: PricesMirror) -> None:
    """As after a restart: many more than there are connections to Redis."""
    await tell(mirror, [quote("0.50", now())])

    async def come() -> list[Json]:
        async with follower(api) as bot:
            await bot.subscribe(CHANNEL, "fills", since=0)
            return await prices(bot, is_snapshot=True)

    shown = await asyncio.gather(*(come() for _ in range(150)))
    assert {each["bid"] for quotes in shown for each in quotes} == {"0.5000"}
    assert all(shown)


async def test_games_are_told_as_they_are_found_and_go(hot: HotState, bot: Follower) -> None:
    await bot.subscribe("games")
    assert (await bot.next("games"))["games"] == [CELTICS_GAME.id]
    await hot.publish_game(ARSENAL_GAME, [link(KALSHI, "KX-ARS", game=ARSENAL_GAME)], NOW)
    told = await bot.next("game")
    assert (told["game_id"], told["change"]) == (ARSENAL_GAME.id, "added")
    await hot.withdraw_all_but([CELTICS_GAME.id], NOW)
    told = await bot.next("game")
    assert (told["game_id"], told["change"]) == (ARSENAL_GAME.id, "removed")


async def test_the_slate_is_told_in_one_line_a_game_and_then_what_has_moved(hot: HotState, bot: Follower) -> None:
    def glance(bid: str, at: datetime = NOW) -> GlanceShown:
        seen = (VenueGlance(KALSHI, price(bid), None, "fresh"),)
        return glance_shown(Glance(CELTICS_GAME, seen), at)

    at = wall_clock()
    await hot.save_glances([glance("0.50", at)], {})
    await bot.subscribe("slate")
    told = await bot.next("slate")
    assert (told["is_snapshot"], [each["game_id"] for each in told["games"]]) == (True, [CELTICS_GAME.id])
    await hot.save_glances([glance("0.49", at - timedelta(seconds=1))], {})  # of a shard that was paused
    await hot._door.transact(("PUBLISH", GLANCES, b"not ours"))
    await hot.save_glances([glance("0.51", at + timedelta(seconds=1))], {})
    told = await bot.next("slate")
    bids = [each["venues"]["kalshi"]["bid"] for each in told["games"]]
    assert (told["is_snapshot"], bids) == (False, ["0.5100"])


async def test_of_two_views_the_later_taking_counts(hot: HotState, bot: Follower) -> None:
    await bot.subscribe("games")
    await bot.next("games")
    for fence, at in ((3, "00:02"), (2, "00:09"), (3, "00:01"), (3, "00:03")):
        body = f'{{"type":"view","game_id":"{CELTICS_GAME.id}","fence":{fence},"at":"2026-01-11T{at}:00Z"}}'
        await hot._door.transact(("PUBLISH", f"views:{CELTICS_GAME.id}", body))
        await asyncio.sleep(0.6)
    told = [await bot.next("view") for _ in range(2)]
    assert [(each["fence"], each["at"][11:16]) for each in told] == [(3, "00:02"), (3, "00:03")]


async def test_one_who_reads_nothing_costs_the_others_nothing_and_gets_the_newest_later(
    api: Replica, mirror: PricesMirror
) -> None:
    loop = asyncio.get_running_loop()
    with socket.socket() as silent:
        silent.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 32_768)
        silent.setblocking(False)
        await loop.sock_connect(silent, ("127.0.0.1", api.port))
        await loop.sock_sendall(silent, UPGRADE.encode())
        await loop.sock_recv(silent, 1_000)
        await loop.sock_sendall(silent, SUBSCRIBE)
        async with follower(api) as bot:
            await bot.subscribe(CHANNEL)
            last = ""
            for number in range(TOLD):
                last = f"0.{1_000 + number:04d}"
                await tell(mirror, [quote(last, now())])
                if number % 100 == 0:
                    await asyncio.sleep(0)
            while not any(each["bid"] == last for each in await prices(bot)):
                pass
            got = await asyncio.wait_for(_until_it_says(silent, last), WITHIN)
    assert got.count(b'"type":"prices"') < TOLD
    bids = [int(part[:6].replace(b".", b"")) for part in got.split(b'"bid":"')[1:]]
    assert bids == sorted(bids)


async def _until_it_says(silent: socket.socket, last: str) -> bytes:
    """Everything that it reads at last."""
    loop, got = asyncio.get_running_loop(), b""
    while f'"bid":"{last}"'.encode() not in got:
        got += await loop.sock_recv(silent, 1 << 20)
    return got


async def test_prices_are_shown_anew_when_redis_is_back(
    own_redis: Replica, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hubs, "TRIES_EVERY", 0.05)
    hot = own_redis.resources.hot
    await hot.save_games([CELTICS_GAME])
    await hot.save_links(CELTICS_GAME.id, [link(KALSHI, "KX-BOS")])
    mirror = await hot.open_mirror(KALSHI)
    async with follower(own_redis) as bot:
        await tell(mirror, [quote("0.70", now())])
        await bot.subscribe(CHANNEL)
        assert [each["bid"] for each in await prices(bot, is_snapshot=True)] == ["0.7000"]
        server.stop()
        await bot.next("interrupted")
        server.start()
        assert [each["bid"] for each in await prices(bot, is_snapshot=True)] == ["0.7000"]
        await tell(mirror, [quote("0.71", now())])
        assert [each["bid"] for each in await prices(bot)] == ["0.7100"]
        if "restored" not in [each["type"] for each in bot.heard]:
            await bot.next("restored")
        async with follower(own_redis) as late:
            server.stop()
            await late.send(op="subscribe", channels=["fills"], id=1)
            assert (await late.next("error"))["code"] == "unavailable"


async def test_what_falls_by_a_bug_goes_on(
    bot: Follower, mirror: PricesMirror, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(hubs, "FALLEN_FOR", 0.01)
    await bot.subscribe(CHANNEL)
    await prices(bot, is_snapshot=True)
    with monkeypatch.context() as broken:
        broken.setattr(hubs.Hub, "_tell_changes", lambda *_: 1 / 0)
        await tell(mirror, [quote("0.50", now())])
        await asyncio.sleep(0.1)
    await tell(mirror, [quote("0.51", now())])
    assert [each["bid"] for each in await prices(bot, is_snapshot=False)] == ["0.5100"]
    assert "the hub fell" in caplog.text
