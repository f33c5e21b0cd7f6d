import asyncio

import msgspec

from app.domain.operations import Beat
from app.hot.keys import BEAT_LIFETIME, beat_key
from app.hot.state import HotState
from tests.app.hot.samples import NOW, life_of


def beat(worker: str, **changed: object) -> Beat:
    known = Beat(worker=worker, process_id=7, host="here", started_at=NOW, at=NOW, every=15.0)
    return msgspec.structs.replace(known, **changed)


async def test_the_last_beat_of_each_worker_is_kept(hot: HotState, fresh_redis_url: str) -> None:
    await hot.beat(beat("publisher"))
    await hot.beat(beat("game_poller", runs=1))
    last = beat("game_poller", runs=2, failures=1, last_error="FeedUnavailable: 503", counts={"429": 3})
    await hot.beat(last)
    assert await hot.beats() == [last, beat("publisher")]
    assert BEAT_LIFETIME - 5 < await life_of(fresh_redis_url, beat_key("publisher")) <= BEAT_LIFETIME


async def test_a_worker_that_is_long_dead_is_not_shown(hot: HotState) -> None:
    await hot.beat(beat("publisher", every=0.01), seconds=0.1)
    await asyncio.sleep(0.15)
    assert await hot.beats() == []


async def test_a_worker_that_runs_in_each_process_beats_for_each(hot: HotState) -> None:
    first, second = beat("game_shard", runs_in_each=True), beat("game_shard", runs_in_each=True, process_id=8)
    await hot.beat(first)
    await hot.beat(second)
    assert await hot.beats() == [first, second]
    await hot.forget_beat(first)
    assert await hot.beats() == [second]


async def test_a_slow_worker_is_shown_as_late_before_it_is_gone(hot: HotState, fresh_redis_url: str) -> None:
    await hot.beat(beat("analytics", every=3600.0))
    assert await life_of(fresh_redis_url, beat_key("analytics")) > 3 * 3600
