"""Sharing the loop."""

import asyncio

import pytest

from workers.turns import SLICE_SECONDS, Breath, together


async def test_others_have_their_turn_after_a_slice_of_work_and_not_before() -> None:
    now = 0.0
    breath = Breath(lambda: now)
    assert not await breath.take()
    now += SLICE_SECONDS / 2
    assert not await breath.take()
    now += SLICE_SECONDS / 2
    assert await breath.take()
    assert not await breath.take()


async def test_when_one_falls_the_others_are_given_up() -> None:
    given_up = asyncio.Event()

    async def hang() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            given_up.set()

    async def fall() -> None:
        await asyncio.sleep(0)
        raise ValueError("fell")

    with pytest.raises(ValueError, match="fell"):
        await together([hang(), fall()])
    assert given_up.is_set()


async def test_answers_come_in_the_order_of_the_calls() -> None:
    async def answer(number: int) -> int:
        for _ in range(3 - number):
            await asyncio.sleep(0)
        return number

    assert await together(answer(number) for number in range(3)) == [0, 1, 2]
