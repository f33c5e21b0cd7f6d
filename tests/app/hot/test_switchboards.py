"""Channels are heard and left on one connection, and its end is told."""

import asyncio
import signal

import pytest

import app.hot.switchboards
from app.errors import HotStoreUnavailable
from app.hot.connections import Door, open_redis
from app.hot.lines import Message
from app.hot.state import HotState, open_hot_state
from tests.servers import Server


async def say(hot: HotState, channel: str, body: bytes) -> None:
    await hot._door.transact(("PUBLISH", channel, body))


async def test_what_is_listened_to_is_heard_until_it_is_left(hot: HotState) -> None:
    heard: list[Message] = []
    async with hot.open_switchboard(heard.append) as board:
        await board.listen("switch:one")
        await board.listen("switch:all:*")
        for channel in ("switch:one", "switch:other", "switch:all:7"):
            await say(hot, channel, channel.encode())
        board.leave("switch:one")
        board.leave("switch:all:*")
        await board.listen("switch:end")
        for channel in ("switch:one", "switch:all:7", "switch:end"):
            await say(hot, channel, b"later")
        async with asyncio.timeout(20):
            while Message("switch:end", b"later") not in heard:  # noqa: ASYNC110
                await asyncio.sleep(0.01)
    assert [message.channel for message in heard] == ["switch:one", "switch:all:7", "switch:end"]


async def test_whoever_holds_it_is_told_when_the_server_goes_or_is_mute(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(app.hot.switchboards, "PROVE_EVERY", 0.05)
    monkeypatch.setattr(app.hot.switchboards, "ANSWER_WITHIN", 0.2)
    door = Door(open_redis(server.url))
    await door.ping()
    async with open_hot_state(server.url) as hot, hot.open_switchboard(lambda _: None) as board:
        await board.listen("switch")
        assert server.process is not None
        server.process.send_signal(signal.SIGSTOP)
        with pytest.raises(HotStoreUnavailable, match="no sign of life"):
            await asyncio.wait_for(board.hold(), 20)
        server.process.send_signal(signal.SIGCONT)
        async with hot.open_switchboard(lambda _: None) as other:
            asyncio.get_running_loop().call_later(0.1, server.stop)
            with pytest.raises(HotStoreUnavailable):
                await asyncio.wait_for(other.hold(), 20)
    await door.close()
