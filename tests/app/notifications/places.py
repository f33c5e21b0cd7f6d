"""A place that takes notifications over HTTP, as Apprise's `json://` sends them; or does not."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

SECRET = "s3cr3t-path"


class Place:
    """What it was told. `answer`: the status it gives; `is_mute`: it takes everything and says nothing."""

    def __init__(self) -> None:
        self.told: list[dict[str, Any]] = []
        self.answer = 200
        self.is_mute = False
        self.address = ""
        self.news = asyncio.Event()
        self.writers: list[asyncio.StreamWriter] = []

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.writers.append(writer)
        head = await reader.readuntil(b"\r\n\r\n")
        length = next(int(line.split(b":")[1]) for line in head.lower().split(b"\r\n") if b"content-length" in line)
        self.told.append(json.loads(await reader.readexactly(length)))
        self.news.set()
        if not self.is_mute:
            writer.write(b"HTTP/1.1 %d Said\r\ncontent-length: 0\r\nconnection: close\r\n\r\n" % self.answer)
            await writer.drain()
            writer.close()

    async def until_told(self, times: int) -> None:
        async with asyncio.timeout(20):
            while len(self.told) < times:
                self.news.clear()
                await self.news.wait()


@asynccontextmanager
async def opened() -> AsyncIterator[Place]:
    place = Place()
    server = await asyncio.start_server(place.serve, "127.0.0.1", 0)
    place.address = f"json://127.0.0.1:{server.sockets[0].getsockname()[1]}/{SECRET}"
    try:
        yield place
    finally:
        server.close()
        for writer in place.writers:
            writer.close()
            with suppress(ConnectionError):
                await writer.wait_closed()
