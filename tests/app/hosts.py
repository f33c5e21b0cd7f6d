"""Hosts of WebSockets on this machine, and a listener that keeps what they say."""

import asyncio
import base64
import contextlib
import hashlib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import NoReturn

import pytest
from websockets.asyncio.server import ServerConnection, serve

from app.clock import nanos_clock, wall_clock
from app.domain.prices import Nanos
from app.sockets import Socket, SocketLost, hold_socket

NOW = nanos_clock(wall_clock)
Talk = Callable[[ServerConnection], Awaitable[None]]
PATIENCE = 5.0  # seconds


class Ear:
    """Keeps what a connection carried, and lets a test wait for it."""

    def __init__(self) -> None:
        self.heard: list[bytes] = []
        self.times: list[Nanos] = []
        self.sockets: list[Socket] = []
        self._more = asyncio.Event()

    def on_frame(self, payload: bytes, received_at: Nanos) -> None:
        self.heard.append(payload)
        self.times.append(received_at)
        self._more.set()

    def on_open(self, socket: Socket) -> None:
        self.sockets.append(socket)
        self._more.set()

    async def until(self, is_so: Callable[[], bool]) -> None:
        async with asyncio.timeout(PATIENCE):
            while not is_so():
                self._more.clear()
                await self._more.wait()

    def hold(self, url: str, **options: object) -> Awaitable[NoReturn]:
        return hold_socket(url, self.on_frame, self.on_open, now=NOW, **options)

    async def hear_out(self, url: str, **options: object) -> SocketLost:
        """How the connection ended."""
        with pytest.raises(SocketLost) as lost:
            async with asyncio.timeout(PATIENCE):
                await self.hold(url, **options)
        return lost.value


@asynccontextmanager
async def host(talk: Talk, **options: object) -> AsyncIterator[str]:
    """A server that says what it is told to say, and then closes."""
    async with serve(talk, "127.0.0.1", 0, **options) as server:
        yield f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}/feed"


@asynccontextmanager
async def raw_host(*chunks: bytes, stays: bool = False) -> AsyncIterator[str]:
    """A server that shakes hands and then writes these bytes as they are, each in a packet of its own."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writers.append(writer)
        with contextlib.suppress(ConnectionError):
            await write(reader, writer)
        writer.close()

    async def write(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        request = (await reader.readuntil(b"\r\n\r\n")).decode()
        key = next(line.split(": ")[1] for line in request.splitlines() if line.lower().startswith("sec-websocket-key"))
        accept = base64.b64encode(hashlib.sha1(f"{key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11".encode()).digest())
        writer.write(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n")
        writer.write(b"Sec-WebSocket-Accept: " + accept + b"\r\n\r\n")
        for chunk in chunks:
            writer.write(chunk)
            await writer.drain()
            await asyncio.sleep(0.01)
        if stays:
            await leave.wait()

    writers: list[asyncio.StreamWriter] = []
    leave = asyncio.Event()
    server = await asyncio.start_server(talk, "127.0.0.1", 0)
    async with server:
        yield f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}/feed"
        leave.set()
        for writer in writers:
            with contextlib.suppress(ConnectionError):
                await writer.wait_closed()


def frame(payload: bytes, opcode: int = 1, *, is_last: bool = True) -> bytes:
    """One frame as a server writes it."""
    head = bytes([(0x80 if is_last else 0) | opcode])
    size = len(payload)
    if size < 126:
        return head + bytes([size]) + payload
    length = bytes([126]) + size.to_bytes(2, "big") if size < 65_536 else bytes([127]) + size.to_bytes(8, "big")
    return head + length + payload
