"""The ends of the RPC lose nothing that they can keep, and leave nobody waiting for what will not come."""

import asyncio
import signal
from collections.abc import AsyncIterator

import pytest

import app.hot.conversations
from app.domain.answers import encode_match
from app.domain.questions import MatchRequest
from app.domain.teams import TeamMatch
from app.errors import HotStoreUnavailable, MatchingUnavailable
from app.hot.connections import Door, open_redis
from app.hot.conversations import MOST_WAITING, MatchCaller, MatchDesk
from app.hot.keys import MATCH_REQUESTS
from app.hot.rpc import encode_call, read_call, read_reply
from app.hot.state import open_hot_state
from tests.servers import Server

CELTICS = MatchRequest("Celtics", "Boston Celtics", "nba")
YES, NO = TeamMatch(True, 0.98, "alias", None, None), TeamMatch(False, 0.98, "alias", None, None)


@pytest.fixture
async def door(server: Server) -> AsyncIterator[Door]:
    door = Door(open_redis(server.url))
    await door.ping()
    yield door
    await door.close()


async def answer_next(desk: MatchDesk, found: TeamMatch) -> None:
    body = await desk.next(20)
    assert body is not None
    call = read_call(body)
    assert call is not None
    told = asyncio.get_running_loop().create_future()
    desk.reply(call, [encode_match(found)], told.set_result)
    assert await told in (0, 1)


async def test_the_first_answer_counts_and_the_others_are_harmless(server: Server, door: Door) -> None:
    caller = MatchCaller()
    await caller.open(door)
    async with open_hot_state(server.url) as hot, hot.match_desk() as one, hot.match_desk() as other:
        asking = [asyncio.create_task(caller.ask([CELTICS])) for _ in range(2)]
        for found, desk in ((YES, one), (NO, other), (YES, one), (NO, other)):
            await answer_next(desk, found)
            await asyncio.sleep(0.05)
        assert [read_reply(reply, 1) for reply in await asyncio.gather(*asking)] == [[YES], [YES]]
    caller.close()


async def test_an_answer_that_nobody_waits_for_any_more_is_dropped(server: Server, door: Door) -> None:
    caller = MatchCaller()
    await caller.open(door)
    async with open_hot_state(server.url) as hot, hot.match_desk() as desk:
        given_up = asyncio.create_task(caller.ask([CELTICS]))
        await asyncio.sleep(0.05)
        given_up.cancel()
        await asyncio.gather(given_up, return_exceptions=True)
        await answer_next(desk, NO)
        asking = asyncio.create_task(caller.ask([CELTICS]))
        await answer_next(desk, YES)
        assert read_reply(await asking, 1) == [YES]
    caller.close()


async def test_who_asks_while_nobody_listens_or_the_line_is_closed_is_told(door: Door) -> None:
    caller = MatchCaller()
    await caller.open(door)
    with pytest.raises(MatchingUnavailable, match="nobody listens"):
        await caller.ask([CELTICS])
    assert caller.is_open
    caller.close()
    with pytest.raises(HotStoreUnavailable):
        await caller.ask([CELTICS])
    assert not caller.is_open


async def test_who_waits_when_the_server_goes_is_told_at_once(server: Server, door: Door) -> None:
    caller = MatchCaller()
    await caller.open(door)
    async with open_hot_state(server.url) as hot, hot.match_desk() as desk:
        asking = asyncio.create_task(caller.ask([CELTICS]))
        assert await desk.next(20) is not None
        server.stop()
        with pytest.raises(HotStoreUnavailable):
            await asyncio.wait_for(asking, 20)


async def test_more_requests_than_can_be_taken_wait_with_the_server(server: Server, door: Door) -> None:
    count = MOST_WAITING * 5
    async with open_hot_state(server.url) as hot, hot.match_desk() as desk:
        requests = [("PUBLISH", MATCH_REQUESTS, encode_call(str(n), [CELTICS])) for n in range(count)]
        for first in range(0, count, 500):
            await door.transact(*requests[first : first + 500])
        await asyncio.sleep(0.2)
        heard = [await desk.next(20) for _ in range(count)]
        assert heard == [request[2] for request in requests]
        assert await desk.next(0.01) is None


async def test_a_desk_goes_on_over_a_restart(server: Server, door: Door) -> None:
    async with open_hot_state(server.url) as hot, hot.match_desk() as desk:
        server.stop()
        waiting = asyncio.create_task(_next(desk))
        await asyncio.sleep(0.2)
        server.start()
        while not await door.count_listeners(MATCH_REQUESTS):  # noqa: ASYNC110
            await asyncio.sleep(0.01)
        await door.transact(("PUBLISH", MATCH_REQUESTS, b"again"))
        assert await asyncio.wait_for(waiting, 20) == b"again"


async def test_a_desk_whose_server_is_away_or_mute_says_so(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(app.hot.conversations, "ANSWER_WITHIN", 0.2)
    async with open_hot_state(server.url) as hot, hot.match_desk() as desk:
        assert await desk.next(0.01) is None
        assert server.process is not None
        server.process.send_signal(signal.SIGSTOP)
        with pytest.raises(HotStoreUnavailable, match="no sign of life"):
            await desk.next(0.01)
        server.stop()
        with pytest.raises(HotStoreUnavailable, match="cannot be used"):
            await _next(desk)


async def _next(desk: MatchDesk) -> bytes:
    while True:
        body = await desk.next(0.1)
        if body is not None:
            return body
