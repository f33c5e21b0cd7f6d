"""History stays the size of what is of use."""

from datetime import timedelta

from app.clock import moment_of
from app.domain.instructions import Instruction, InstructionId
from app.domain.orders import AccountId
from app.history.instructions import ask, find_instruction, finish
from app.history.signals import Recorded, Wanted, list_signals, write_signals
from tests.app.history.judged import FOUND_AT, judged, refused
from tests.workers.worlds import World
from workers.history_pruner import INSTRUCTIONS_KEPT, history_pruner


async def test_what_was_refused_is_forgotten_after_a_few_days_and_what_was_kept_never(world: World) -> None:
    history = world.resources.history
    await write_signals(history, [Recorded(judged(1)), Recorded(refused(2)), Recorded(refused(3600))], "real")
    world.now = moment_of(FOUND_AT) + world.resources.settings.history.keep_refused + timedelta(minutes=1)
    done = await history_pruner(world.resources)
    assert done.counts["refused_forgotten"] == 1
    assert [row.id for row in await list_signals(history, Wanted())] == ["a-3600", "a-1"]


async def test_months_are_made_ahead_and_let_go_whole(world: World) -> None:
    history = world.resources.history
    await write_signals(history, [Recorded(judged(1))], "real")
    world.now = moment_of(FOUND_AT)
    assert (await history_pruner(world.resources)).counts["months_made"] == 9  # of three tables: this one and two
    world.now += timedelta(days=399)
    assert (await history_pruner(world.resources)).counts["months_forgotten"] == 0
    world.now += timedelta(days=60)
    assert (await history_pruner(world.resources)).counts["months_forgotten"] >= 2
    assert await list_signals(history, Wanted()) == []


async def test_what_was_asked_for_and_done_long_ago_is_forgotten(world: World) -> None:
    history = world.resources.history
    for name in ("done", "waiting"):
        wish = Instruction(
            id=InstructionId(name),
            kind="cancel",
            account=AccountId("manual"),
            body={"order_id": "o-1"},
            asked_by="somebody",
            asked_at=world.now,
            expires_at=world.now + timedelta(days=90),
        )
        await ask(history, wish)
    await finish(history, InstructionId("done"), "done")
    world.now += INSTRUCTIONS_KEPT
    assert (await history_pruner(world.resources)).counts["instructions_forgotten"] == 0
    world.now += timedelta(minutes=1)
    assert (await history_pruner(world.resources)).counts["instructions_forgotten"] == 1
    assert await find_instruction(history, InstructionId("done")) is None
    assert await find_instruction(history, InstructionId("waiting")) is not None
