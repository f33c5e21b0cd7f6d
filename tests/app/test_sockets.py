"""Connections to real WebSocket servers on this machine: what they carry, and every way in which they end."""

import asyncio
import itertools
from collections.abc import Mapping
from functools import partial
from typing import NoReturn

import pytest
import uvloop
from picows import WSListener, WSUpgradeRequest, ws_create_server
from websockets.asyncio.server import ServerConnection
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response

from app.domain.prices import SECOND, Nanos
from app.errors import FeedUnavailable
from app.sockets import (
    FIRST_WAIT,
    LARGEST_MESSAGE,
    STEADY_AFTER,
    OnFrame,
    Socket,
    SocketLost,
    hold_socket,
    keep_socket,
    overhear,
)
from tests.app.hosts import NOW, PATIENCE, Ear, frame, host, raw_host


async def test_messages_of_every_size_come_whole_and_in_order() -> None:
    said = [b"x" * size for size in (0, 1, 125, 126, 230, 65_535, 65_536, 300_000)]

    async def talk(connection: ServerConnection) -> None:
        for message in said:
            await connection.send(message.decode())

    ear = Ear()
    async with host(talk) as url:
        lost = await ear.hear_out(url)
    assert ear.heard == said
    assert ear.times == sorted(ear.times)
    assert "closed by the host: 1000" in str(lost)


async def test_who_overhears_is_told_each_frame_first_and_of_this_task_alone() -> None:
    said, told = [b"x" * 200, b"y" * 3], list[tuple[str, bytes]]()
    connections = itertools.count(1)

    def begin() -> OnFrame:
        number = next(connections)
        return lambda payload, _: told.append((f"overheard on {number}", payload))

    async def listen(ear: Ear, *, is_overheard: bool) -> None:
        if is_overheard:
            overhear(begin)
        async with raw_host(b"".join(map(frame, said))) as url:
            await ear.hear_out(url)

    kept, alone = Ear(), Ear()
    await asyncio.create_task(listen(kept, is_overheard=True))
    await asyncio.create_task(listen(alone, is_overheard=False))
    assert kept.heard == alone.heard == said
    assert told == [("overheard on 1", each) for each in said]


async def test_many_frames_in_one_packet_are_each_handed_over_and_stay_what_they_are() -> None:
    said = [f"{number:03d}".encode() * 60 for number in range(200)]
    ear = Ear()
    async with raw_host(b"".join(map(frame, said))) as url:
        await ear.hear_out(url)
    assert ear.heard == said


async def test_frames_cut_anywhere_by_the_network_come_whole() -> None:
    said = [b"a" * 200, b"b" * 3, b"c" * 400]
    written = b"".join(map(frame, said))
    ear = Ear()
    async with raw_host(*(written[at : at + 37] for at in range(0, len(written), 37))) as url:
        await ear.hear_out(url)
    assert ear.heard == said


async def test_messages_in_pieces_are_joined_across_pings() -> None:
    pieces = (
        frame(b"one ", is_last=False) + frame(b"beat", 0x9) + frame(b"and ", 0x0, is_last=False) + frame(b"two", 0x0)
    )
    ear = Ear()
    async with raw_host(pieces + frame(b"three")) as url:
        await ear.hear_out(url)
    assert ear.heard == [b"one and two", b"three"]


@pytest.mark.parametrize(
    ("written", "words"),
    [
        (frame(b"stray", 0x0), "out of order"),
        (frame(b"one", is_last=False) + frame(b"two"), "out of order"),
        (b"\x83\x00", "breaks the protocol"),
        (bytes([0x81, 127]) + (LARGEST_MESSAGE + 1).to_bytes(8, "big"), "breaks the protocol"),
        (frame(b"\x03\xf3leave us", 0x8), "closed by the host: 1011 leave us"),
        (b"", "broke off"),
    ],
)
async def test_what_no_host_may_send_ends_the_connection_with_words(written: bytes, words: str) -> None:
    ear = Ear()
    async with raw_host(written) as url:
        lost = await ear.hear_out(url)
    assert words in str(lost)
    assert isinstance(lost, FeedUnavailable)
    assert not ear.heard


async def test_what_is_sent_arrives_and_pings_of_the_host_are_answered() -> None:
    arrived: list[str | bytes] = []

    async def talk(connection: ServerConnection) -> None:
        arrived.append(await connection.recv())
        await (await connection.ping(b"heartbeat"))
        await connection.send("pong came")

    ear = Ear()

    def greet(socket: Socket) -> None:
        socket.send(b"hello")

    async with host(talk) as url:
        with pytest.raises(SocketLost):
            await hold_socket(url, ear.on_frame, greet, now=NOW)
    assert (arrived, ear.heard) == (["hello"], [b"pong came"])


async def test_headers_are_made_for_each_handshake() -> None:
    seen: list[str] = []
    numbers = itertools.count()

    async def talk(connection: ServerConnection) -> None:
        assert connection.request
        seen.append(connection.request.headers["X-Number"])

    def headers() -> Mapping[str, str]:
        return {"X-Number": str(next(numbers))}

    async with host(talk) as url:
        for _ in range(2):
            await Ear().hear_out(url, headers=headers)
    assert seen == ["0", "1"]


async def test_a_host_that_answers_no_pings_is_given_up() -> None:
    def mute(_: WSUpgradeRequest) -> WSListener:
        return WSListener()

    server = await ws_create_server(mute, "127.0.0.1", 0, enable_auto_pong=False)
    async with server:
        url = f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
        lost = await Ear().hear_out(url, ping_every=0.05)
    assert "pings were not answered" in str(lost)


async def test_a_host_that_turns_the_handshake_down_is_named_with_its_status() -> None:
    def refuse(connection: ServerConnection, _: Request) -> Response:
        response = connection.respond(429, "slow down")
        response.headers["Retry-After"] = "7"
        return response

    async with host(lambda _: asyncio.sleep(0), process_request=refuse) as url:
        lost = await Ear().hear_out(url)
    assert (lost.status, lost.retry_after) == (429, 7.0)


async def test_a_host_that_never_answers_the_handshake_is_left() -> None:
    async def listen(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    server = await asyncio.start_server(listen, "127.0.0.1", 0)
    async with server:
        lost = await Ear().hear_out(f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}/", open_within=0.05)
    assert "within 0.05 s" in str(lost)


async def test_nobody_there_and_addresses_that_are_none_are_losses_too(unused_tcp_port: int) -> None:
    assert "no connection" in str(await Ear().hear_out(f"ws://127.0.0.1:{unused_tcp_port}/"))
    assert "cannot be read" in str(await Ear().hear_out("http://127.0.0.1/"))


async def test_the_password_of_a_proxy_is_never_told(unused_tcp_port: int) -> None:
    for proxy in (f"http://me:secret@127.0.0.1:{unused_tcp_port}", "what://me:secret@127.0.0.1"):
        lost = await Ear().hear_out("ws://127.0.0.1:1/", proxy=proxy)
        assert "secret" not in str(lost)


async def test_a_proxy_carries_the_connection() -> None:
    asked: list[bytes] = []

    async def talk(connection: ServerConnection) -> None:
        await connection.send("through")

    async def relay(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.append((await reader.readuntil(b"\r\n\r\n")).split(b"\r\n")[0])
        name, port = asked[0].split()[1].decode().split(":")
        there, out = await asyncio.open_connection(name, int(port))
        writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
        await asyncio.gather(pour(reader, out), pour(there, writer))

    async def pour(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        while data := await source.read(4096):
            sink.write(data)
        sink.close()

    ear = Ear()
    proxy = await asyncio.start_server(relay, "127.0.0.1", 0)
    async with proxy, host(talk) as url:
        await ear.hear_out(url, proxy=f"http://127.0.0.1:{proxy.sockets[0].getsockname()[1]}")
        await asyncio.sleep(0.01)
    assert ear.heard == [b"through"]
    assert asked[0].startswith(b"CONNECT 127.0.0.1:")


async def test_a_listener_that_fails_ends_the_connection_and_hears_no_more() -> None:
    heard: list[bytes] = []

    def fail(payload: bytes, _: Nanos) -> None:
        heard.append(payload)
        raise ZeroDivisionError("a slip of ours")

    async with raw_host(frame(b"one") + frame(b"two" * 100), stays=True) as url:
        with pytest.raises(ZeroDivisionError):
            await hold_socket(url, fail, lambda _: None, now=NOW)
    assert heard == [b"one"]


async def test_whoever_holds_it_may_close_it() -> None:
    ear = Ear()
    async with host(lambda connection: connection.wait_closed()) as url:
        holding = asyncio.ensure_future(ear.hold(url))
        await ear.until(lambda: bool(ear.sockets))
        ear.sockets[0].close()
        ear.sockets[0].send(b"too late")
        with pytest.raises(SocketLost, match="closed by ourselves"):
            await holding


async def test_closing_does_not_wait_for_a_host_that_reads_nothing() -> None:
    ear = Ear()
    async with raw_host(frame(b"hello"), stays=True) as url:
        holding = asyncio.ensure_future(ear.hold(url))
        await ear.until(lambda: bool(ear.heard))
        ear.sockets[0].send(b"x" * 50_000_000)
        ear.sockets[0].close()
        with pytest.raises(SocketLost):
            async with asyncio.timeout(PATIENCE):
                await holding


async def test_a_cancelled_connection_takes_leave() -> None:
    codes: list[int | None] = []

    async def talk(connection: ServerConnection) -> None:
        with pytest.raises(ConnectionClosed):
            await connection.recv()
        codes.append(connection.close_code)

    ear = Ear()
    async with host(talk) as url:
        holding = asyncio.ensure_future(ear.hold(url))
        await ear.until(lambda: bool(ear.sockets))
        holding.cancel()
        with pytest.raises(asyncio.CancelledError):
            await holding
    assert codes == [1000]


class Naps:
    """Seconds that were waited; after so many the test is over."""

    def __init__(self, most: int) -> None:
        self.taken: list[float] = []
        self._most = most

    async def __call__(self, seconds: float) -> None:
        self.taken.append(seconds)
        if len(self.taken) == self._most:
            raise StopAsyncIteration


async def naps_after(*endings: SocketLost) -> list[float]:
    left = iter(endings)
    naps = Naps(len(endings))

    async def hold() -> NoReturn:
        raise next(left)

    with pytest.raises(StopAsyncIteration):
        await keep_socket(hold, lambda _: None, longest_wait=1.0, sleep=naps)
    return naps.taken


async def test_waits_double_up_to_the_longest_and_start_small_after_a_steady_connection() -> None:
    short, steady = SocketLost("x"), SocketLost("x", was_steady=True)
    waits = await naps_after(*[short] * 6, steady, short, SocketLost("x", status=429, retry_after=9.0))
    expected = [FIRST_WAIT * many for many in (1, 2, 4, 8, 10, 10, 1, 2)]
    assert waits[:-1] == [pytest.approx(wait, rel=0.26) for wait in expected]
    assert waits[-1] == 9.0


async def test_a_connection_is_steady_when_it_carried_frames_for_a_while() -> None:
    times = itertools.count(SECOND, STEADY_AFTER)

    async def talk(connection: ServerConnection) -> None:
        await connection.send("hello")

    async with host(talk) as url:
        hold = partial(hold_socket, url, lambda *_: None, lambda _: None)
        with pytest.raises(SocketLost) as slow:
            await hold(now=lambda: Nanos(next(times)))
        with pytest.raises(SocketLost) as quick:
            await hold(now=NOW)
    assert slow.value.was_steady
    assert not quick.value.was_steady


async def test_a_lost_connection_is_opened_again() -> None:
    async def talk(connection: ServerConnection) -> None:
        await connection.send("hello again")

    ear = Ear()
    losses: list[SocketLost] = []
    async with host(talk) as url:
        keeping = asyncio.create_task(keep_socket(lambda: ear.hold(url), losses.append, longest_wait=0.01))
        await ear.until(lambda: len(ear.heard) == 3)
        keeping.cancel()
        await asyncio.gather(keeping, return_exceptions=True)
    assert len(losses) >= 2


def test_it_works_on_the_loop_that_serves() -> None:
    said = [b"x" * size for size in (1, 126, 70_000)]

    async def hear_all() -> None:
        ear = Ear()
        async with raw_host(b"".join(map(frame, said)), frame(b"\x03\xe8", 0x8)) as url:
            lost = await ear.hear_out(url)
        assert ear.heard == said
        assert "closed by the host: 1000" in str(lost)

    uvloop.run(hear_all())
