"""A heartbeat begins with the first order that may rest, names the next one each time, and takes a mended name."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator

import httpx
import pytest
import respx

from app.settings import FeedSettings
from app.venues.calls import Caller
from app.venues.polymarket.heartbeats import Heartbeat

URL = "https://clob.test"


@pytest.fixture
async def caller() -> AsyncIterator[Caller]:
    async with httpx.AsyncClient(trust_env=False) as client:
        yield Caller(client, URL, FeedSettings(per_second=1000), 1000, lambda *_: {}, Counter())


@respx.mock
async def test_each_names_the_next_and_a_wrong_name_is_mended_at_once(caller: Caller) -> None:
    answers = [
        httpx.Response(200, json={"heartbeat_id": "a"}),
        httpx.Response(400, json={"error_msg": "Invalid Heartbeat ID", "heartbeat_id": "b"}),
        httpx.Response(200, json={"heartbeat_id": "c"}),
    ]
    beaten = respx.post(f"{URL}/v1/heartbeats").mock(side_effect=answers)
    counts: Counter[str] = Counter()
    heartbeat = Heartbeat(caller, counts)
    await heartbeat._beat()
    await heartbeat._beat()
    said = [call.request.content for call in beaten.calls]
    assert said == [b'{"heartbeat_id":""}', b'{"heartbeat_id":"a"}', b'{"heartbeat_id":"b"}']
    assert counts == {"heartbeats": 2}


@respx.mock
@pytest.mark.parametrize("answer", [httpx.Response(500), httpx.Response(400, text="?"), httpx.Response(401)])
async def test_one_that_is_not_taken_is_counted(caller: Caller, answer: httpx.Response) -> None:
    respx.post(f"{URL}/v1/heartbeats").mock(return_value=answer)
    counts: Counter[str] = Counter()
    await Heartbeat(caller, counts)._beat()
    assert counts == {"heartbeats_lost": 1}


@respx.mock
async def test_nothing_is_said_before_something_may_rest(caller: Caller) -> None:
    beaten = respx.post(f"{URL}/v1/heartbeats").respond(json={"heartbeat_id": "a"})
    heartbeat = Heartbeat(caller, Counter())
    keeping = asyncio.create_task(heartbeat.keep())
    await asyncio.sleep(0.01)
    assert not beaten.called
    heartbeat.begin()
    async with asyncio.timeout(5):
        while not beaten.called:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    keeping.cancel()
    await asyncio.gather(keeping, return_exceptions=True)
