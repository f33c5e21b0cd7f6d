"""What people decide about risk is known to the core of each process: at once, after every absence, and never less
than it was."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest
from sqlalchemy import make_url

import workers.risk_watcher
from app.domain.inputs import Approved, Halted, Limited
from app.domain.money import Money
from app.domain.risks import Halt, RiskLimits
from app.domain.settlements import Approval, Terms
from app.execution.desk import UNTOLD
from app.history.approvals import keep_approval
from app.history.audit import Deed, list_deeds
from app.history.database import Database
from app.history.risk import keep_halt, list_halts
from app.hot.risk import RiskUpdate
from app.hot.state import open_hot_state
from app.resources import Resources
from app.restraints import change_limits, halt, resume
from tests.servers import Server
from tests.workers.bots import until
from tests.workers.shards import working
from tests.workers.worlds import World
from workers.risk_watcher import PLATFORM, RiskWatch, risk_watcher

NOW = datetime(2024, 11, 23, tzinfo=UTC)


def halts(resources: Resources) -> list[tuple[str, str]]:
    """What the core of a process believes to be halted."""
    return [(each.scope, each.reason) for each in resources.intake.pipeline.desk.halts]


def told(resources: Resources) -> list[str]:
    """What its core was told, in order."""
    kinds = (Limited, Halted, Approved)
    return [type(each).__name__ for each in resources.intake.take_tape().inputs if isinstance(each, kinds)]


async def say(world: World, *names: str, reason: str = "a test") -> None:
    for name in names:
        await halt(world.hot, world.resources.history, "league", name, reason, by="anna")


@pytest.fixture
async def watched(world: World) -> AsyncIterator[World]:
    async with working(risk_watcher, world.resources):
        await until(lambda: UNTOLD not in world.resources.intake.pipeline.desk.halts)
        yield world


async def test_a_core_is_told_limits_and_approvals_before_the_halts(world: World) -> None:
    await say(world, "nba")
    assert halts(world.resources) == [("all", UNTOLD.reason)]
    async with working(risk_watcher, world.resources) as rounds:
        await until(lambda: len(rounds) > 1)
        assert halts(world.resources) == [("league", "a test")]
        assert told(world.resources) == ["Limited", "Approved", "Halted"]  # and nothing again that has not changed


async def test_a_halt_counts_everywhere_and_ends_when_it_is_resumed(watched: World) -> None:
    other = watched.process()
    async with working(risk_watcher, other):
        await until(lambda: halts(other) == [])
        await say(watched, "nba", "nfl")
        for resources in (watched.resources, other):
            await until(lambda resources=resources: len(halts(resources)) == 2)  # type: ignore[misc]
        await resume(watched.hot, watched.resources.history, "league", "nba", by="anna")
        for resources in (watched.resources, other):
            await until(lambda resources=resources: len(halts(resources)) == 1)  # type: ignore[misc]


async def test_an_announced_halt_counts_before_postgres_is_asked_and_only_postgres_ends_one(world: World) -> None:
    nba = Halt(scope="league", name="nba", reason="announced", halted_by="anna", halted_at="")
    watch = RiskWatch(world.resources)
    watch.hear(RiskUpdate((nba,)))
    assert halts(world.resources) == [("all", UNTOLD.reason)]  # limits are not known yet
    await watch.look()
    assert halts(world.resources) == []
    watch.hear(RiskUpdate((nba,)))
    assert halts(world.resources) == [("league", "announced")]
    watch.hear(RiskUpdate(()))
    watch.hear(RiskUpdate())
    assert halts(world.resources) == [("league", "announced")]
    await watch.look()
    assert halts(world.resources) == []


async def test_a_halt_that_is_heard_while_postgres_is_read_is_not_lost(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    watch, read = RiskWatch(world.resources), workers.risk_watcher.list_halts
    await watch.look()

    async def overtaken(history: Database) -> tuple[Halt, ...]:
        found = await read(history)
        await say(world, "nba")
        watch.hear(RiskUpdate(await world.hot.halts()))
        return found

    monkeypatch.setattr(workers.risk_watcher, "list_halts", overtaken)
    await watch.look()
    assert halts(world.resources) == [("league", "a test")]
    monkeypatch.undo()
    await watch.look()
    assert halts(world.resources) == [("league", "a test")]


async def test_changed_limits_and_approvals_are_known_at_once(watched: World) -> None:
    desk, history = watched.resources.intake.pipeline.desk, watched.resources.history
    await change_limits(watched.hot, history, 0, {"max_stake": "12.5"}, "a test", by="anna")
    await until(lambda: desk.limits.version == 1)
    assert desk.limits.max_stake == Money(12_500_000)
    assert desk.limits.max_open == RiskLimits().max_open
    watched.resources.intake.take_tape()
    said = Approval(rules_hash="0" * 64, terms=Terms(), reason="read", approved_by="anna", approved_at=NOW.isoformat())
    await keep_approval(history, said, Deed(at=NOW, who="anna", what="rules.approved"))
    await watched.hot.announce_risk()
    await until(lambda: told(watched.resources) == ["Approved"])


async def test_a_lost_copy_is_written_again(watched: World) -> None:
    await say(watched, "nba")
    await watched.hot.save_halts(())  # as if somebody had overtaken the change

    async def is_mended() -> bool:
        return len(await watched.hot.halts() or ()) == 1

    await until(is_mended)


async def test_without_redis_nothing_is_opened_until_postgres_was_read_again(
    world: World, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workers.risk_watcher, "AWAY_AFTER", 0.5)
    async with open_hot_state(server.url) as hot:
        world.resources.hot = hot
        async with working(risk_watcher, world.resources):
            await until(lambda: halts(world.resources) == [])
            server.stop()
            await until(lambda: halts(world.resources) == [("all", "redis unreachable")])
            assert world.resources.intake.pipeline.desk.halts[0].halted_by == PLATFORM
            at = datetime.now(UTC)
            nba = Halt(scope="league", name="nba", reason="meanwhile", halted_by="anna", halted_at=at.isoformat())
            await keep_halt(world.resources.history, nba, Deed(at=at, who="anna", what="risk.halted"))
            server.start()
            await until(lambda: halts(world.resources) == [("league", "meanwhile")])
            for before, after in zip(said := every_halt(world), said[1:], strict=False):
                assert before != ["redis unreachable"] or after, "it went on before the halt was read"


def every_halt(world: World) -> list[list[str]]:
    """The reasons of each telling."""
    tape = world.resources.intake.take_tape().inputs
    return [[halt.reason for halt in each.halts] for each in tape if isinstance(each, Halted)]


async def test_without_postgres_what_is_known_stays_and_it_says_so(world: World, database_url: str) -> None:
    await say(world, "nba")
    watch, history = RiskWatch(world.resources), world.resources.history
    await watch.look()
    nowhere = Database(make_url(database_url).set(query={"host": "/nonexistent"}).render_as_string(False))
    world.resources.history = nowhere
    done = await watch.look()
    assert "stays in force" in done.trouble
    assert halts(world.resources) == [("league", "a test")]
    await nowhere.close()
    world.resources.history = history
    assert not (await watch.look()).trouble


async def test_what_was_halted_while_postgres_was_away_stays_and_is_written_when_it_is_back(
    world: World, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    watch, history = RiskWatch(world.resources), world.resources.history
    await watch.look()
    nowhere = Database(make_url(database_url).set(query={"host": "/nonexistent"}).render_as_string(False))
    world.resources.history = nowhere
    nba = Halt(scope="league", name="nba", reason="meanwhile", halted_by="anna", halted_at=NOW.isoformat())
    await world.hot.tell_halt(nba)
    watch.hear(RiskUpdate((nba,)))
    await watch.look()
    assert halts(world.resources) == [("league", "meanwhile")]
    await nowhere.close()
    world.resources.history = history
    monkeypatch.setattr(workers.risk_watcher, "OWED_FOR", 1e12)  # somebody is about to write it
    await watch.look()
    assert (halts(world.resources), await list_halts(history)) == ([("league", "meanwhile")], ())
    monkeypatch.undo()
    await watch.look()
    assert (halts(world.resources), await list_halts(history)) == ([("league", "meanwhile")], (nba,))
    assert await world.hot.owed_halts() == ()
    (deed,) = await list_deeds(history, what="risk.halted")
    assert (deed.who, deed.at, deed.detail) == (
        "anna",
        NOW,
        {"scope": "league", "name": "nba", "reason": "meanwhile"},
    )
    await watch.look()
    assert halts(world.resources) == [("league", "meanwhile")]


async def test_while_nobody_knows_what_is_owed_a_halt_stays(world: World, server: Server) -> None:
    nba = Halt(scope="league", name="nba", reason="announced", halted_by="anna", halted_at=NOW.isoformat())
    async with open_hot_state(server.url) as hot:
        world.resources.hot = hot
        watch = RiskWatch(world.resources)
        await watch.look()
        watch.hear(RiskUpdate((nba,)))
        server.stop()
        assert "what is halted stays" in (await watch.look()).trouble
        assert halts(world.resources) == [("league", "announced")]


async def test_a_process_in_which_nobody_listens_any_more_opens_nothing(world: World) -> None:
    async with working(risk_watcher, world.resources):
        await until(lambda: halts(world.resources) == [])
    assert halts(world.resources) == [("all", "nobody in this process listens for halts")]
