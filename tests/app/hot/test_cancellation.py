"""A call ends when it is cancelled, and when the server is mute."""

import asyncio
from pathlib import Path

import pytest

from app.errors import HotStoreUnavailable
from app.hot import connections
from app.hot.connections import Door, open_redis


async def ask_forever(door: Door) -> None:
    while True:
        await door.values(["nothing"])
        await door.transact(("SET", "something", "x"))


async def test_no_cancellation_is_swallowed(fresh_redis_url: str) -> None:
    """Whatever the call waits for at that moment: otherwise a worker that is asked to end goes on for ever."""
    redis = open_redis(fresh_redis_url)
    for turns in range(200):
        asking = asyncio.create_task(ask_forever(Door(redis)))
        for _ in range(turns % 40):
            await asyncio.sleep(0)
        asking.cancel()
        done, _ = await asyncio.wait([asking], timeout=5)
        assert done, f"still asking when cancelled after {turns % 40} turns of the loop"
        assert asking.cancelled()
    await redis.aclose()


async def test_mute_server_is_not_waited_for_without_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "ANSWER_WITHIN", 0.05)

    async def say_nothing(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connected.append(writer)

    connected: list[asyncio.StreamWriter] = []
    mute = await asyncio.start_unix_server(say_nothing, tmp_path / "mute.sock")
    redis = open_redis(f"unix://{tmp_path / 'mute.sock'}")
    with pytest.raises(HotStoreUnavailable, match=r"no answer within 0\.05 s"):
        await Door(redis).values(["something"])
    await redis.aclose()
    for writer in connected:
        writer.close()
    mute.close()
