"""What is told of orders leaves a note of when that was."""

import time

from app.domain.prices import SECOND
from app.executor.obeying import order_id_of
from tests.workers.bots import until
from tests.workers.shards import working
from tests.workers.test_execution import Floor
from tests.workers.worlds import World
from workers.execution import execution


async def test_when_an_order_was_sent_booked_and_told_is_noted_in_that_order(world: World) -> None:
    floor = Floor(world)
    hot = floor.resources.hot
    began = time.monotonic_ns()
    async with working(execution, floor.resources):
        asked = await floor.order("buy", "0.54", "10")
        await floor.word_on(asked)
        name = order_id_of(asked)

        async def is_noted() -> bool:
            return bool(await hot.stages_of([name]))

        await until(is_noted)
    stages = (await hot.stages_of([name]))[name]
    assert 0 < stages.sent_at <= stages.booked_at <= stages.told_at
    assert stages.told_at - stages.sent_at < time.monotonic_ns() - began < 60 * SECOND
