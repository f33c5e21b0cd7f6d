"""What is put in comes out in its order, whatever becomes of the store meanwhile."""

import asyncio
import logging
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import pytest

from app.errors import HistoryUnavailable
from tests.workers.bots import until
from workers import outboxes
from workers.outboxes import Outbox


class Store:
    """It may be away, and takes no 13."""

    def __init__(self) -> None:
        self.taken: list[int] = []
        self.calls: list[int] = []
        self.is_away = False

    async def take(self, items: Sequence[int]) -> None:
        await asyncio.sleep(0)
        if self.is_away:
            raise HistoryUnavailable("away")
        if 13 in items:
            raise ValueError("13")
        self.calls.append(len(items))
        self.taken += items


@pytest.fixture(autouse=True)
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outboxes, "TRIES_EVERY", 0.01)


@asynccontextmanager
async def running(box: Outbox[int]) -> AsyncIterator[None]:
    task = asyncio.create_task(box.run())
    yield
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def test_what_waits_is_given_together_and_in_order() -> None:
    store = Store()
    box = Outbox("numbers", store.take, 100, 4)
    for number in range(10):
        box.put(number)
    async with running(box):
        await until(lambda: not box)
        box.put(10)
        await until(lambda: not box)
    assert (store.taken, store.calls, box.given, box.lost) == (list(range(11)), [4, 4, 2, 1], 11, 0)


async def test_an_absence_is_outlived_and_told_once(caplog: pytest.LogCaptureFixture) -> None:
    store = Store()
    store.is_away = True
    box = Outbox("numbers", store.take, 100, 4)
    async with running(box):
        for number in range(10):
            box.put(number)
        await asyncio.sleep(0.1)
        assert (len(box), box.trouble) == (10, "10 numbers wait: away")
        store.is_away = False
        await until(lambda: not box)
    assert (store.taken, box.trouble) == (list(range(10)), "")
    assert [record.message for record in caplog.records] == ["waits for its store"]


async def test_when_too_much_waits_the_oldest_are_lost_aloud(caplog: pytest.LogCaptureFixture) -> None:
    store = Store()
    box = Outbox("numbers", store.take, 3)
    for number in range(5):
        box.put(number)
    await box.end(5)
    assert (store.taken, box.lost) == ([2, 3, 4], 2)
    assert [record.levelno for record in caplog.records] == [logging.ERROR] * 2


async def test_one_that_no_store_takes_is_passed_over() -> None:
    store = Store()
    box = Outbox("numbers", store.take, 100, 50)
    for number in range(10, 20):
        box.put(number)
    await box.end(5)
    assert (store.taken, box.lost, box.given) == ([n for n in range(10, 20) if n != 13], 1, 9)


async def test_what_cannot_be_given_in_the_end_is_lost_aloud(caplog: pytest.LogCaptureFixture) -> None:
    store = Store()
    store.is_away = True
    box = Outbox("numbers", store.take, 100)
    for number in range(4):
        box.put(number)
    await box.end(0.05)
    assert box.lost == 4
    assert caplog.records[-1].message == "lost"


async def test_what_is_being_given_when_it_is_ended_is_given_once() -> None:
    taken, is_open = list[int](), asyncio.Event()

    async def take(items: Sequence[int]) -> None:
        taken.extend(items)  # it is there already, and nobody has said so
        await is_open.wait()

    box = Outbox("numbers", take, 100)
    async with running(box):
        box.put(1)
        await until(lambda: bool(taken))
    asyncio.get_running_loop().call_later(0.05, is_open.set)
    await box.end(5)
    assert (taken, box.given, box.lost) == ([1], 1, 0)


async def test_what_is_not_given_to_its_end_in_time_is_lost_and_no_more_tried() -> None:
    ended = list[BaseException]()

    async def take(_: Sequence[int]) -> None:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError as error:
            ended.append(error)
            raise

    box = Outbox("numbers", take, 100)
    async with running(box):
        box.put(1)
        await asyncio.sleep(0.01)
    await box.end(0.05)
    await until(lambda: bool(ended))
    assert (box.given, box.lost) == (0, 1)
