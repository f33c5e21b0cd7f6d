"""One process has the last word: it judges what others offer, once and in time, and asks whose teams they are."""

import asyncio
import logging

import msgspec
import pytest

from app.domain.decisions import Decision
from app.domain.inputs import Halted, Limited, Offered, Seated
from app.domain.money import money
from app.domain.prices import SECOND, Nanos
from app.domain.risks import Halt, RiskLimits
from app.domain.signals import Judged, Signal
from app.history.audit import list_deeds
from app.history.signals import OFFERED, Recorded, Wanted, find_signal, list_signals, write_signals
from app.hot import streams
from app.hot.state import open_hot_state
from app.resources import Resources
from tests.app.history.judged import KALSHI_LEG, judged, signal
from tests.servers import Server
from tests.workers.bots import until
from tests.workers.shards import HOME_MARKET, LIVE_GAME, links_of, save_game, working
from tests.workers.test_orchestrator import Away
from tests.workers.worlds import World, on_kalshi, on_polymarket
from workers import second_looks
from workers import signal_processor as processing
from workers.second_looks import CONTRADICTED, SecondLooks
from workers.signal_processor import signal_processor
from workers.signal_recorder import signal_recorder


@pytest.fixture(autouse=True)
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streams, "LISTENS_FOR", 0.1)
    monkeypatch.setattr(processing, "EVERY", 0.05)
    monkeypatch.setattr(processing, "TRIES_EVERY", 0.05)
    monkeypatch.setattr(second_looks, "TRIES_EVERY", 0.05)


class Ear:
    """Who hears what a core decides, and what it was told."""

    def __init__(self, resources: Resources) -> None:
        self.judged: list[Judged] = []
        self.resources = resources
        resources.intake.heed(self.hear)

    def hear(self, decision: Decision) -> None:
        if isinstance(decision, Judged):
            self.judged.append(decision)

    @property
    def names(self) -> list[str]:
        return [each.signal.id for each in self.judged]

    def told(self, *kinds: type) -> list[object]:
        return [each for each in self.resources.intake._inputs if isinstance(each, kinds)]


def living(number: int, resources: Resources, seconds: float = 60, **changed: object) -> Signal:
    """Of another process, not expired yet."""
    now = resources.intake.now()
    expires_at = Nanos(now + round(seconds * SECOND))
    return signal(number, run="other", found_at=now, expires_at=expires_at, **changed)


async def test_it_takes_the_seat_and_leaves_it(world: World) -> None:
    ear = Ear(world.resources)
    async with working(signal_processor, world.resources) as rounds:
        await until(lambda: len(rounds) > 2)
        assert world.resources.intake.pipeline.is_seated
    assert not world.resources.intake.pipeline.is_seated
    assert [each.is_here for each in ear.told(Seated) if isinstance(each, Seated)] == [True, False]


async def test_what_another_process_found_is_judged_here_once(world: World) -> None:
    resources, ear = world.resources, Ear(world.resources)
    found = living(1, resources)
    async with working(signal_processor, resources) as rounds:
        await world.hot.offer_signal(found)
        await until(lambda: ear.names == ["other-1"])
        await world.hot.offer_signal(found)  # by a process that did not hear that it had arrived
        await until(lambda: sum(each.counts["repeated"] for each in rounds) == 1)
    assert [(each.signal, each.is_final) for each in ear.judged] == [(found, True)]


async def test_what_comes_too_late_is_refused_and_nothing_waits_for_a_word_for_ever(world: World) -> None:
    ear, history = Ear(world.resources), world.resources.history
    world.resources.intake.put(Halted((), world.resources.intake.now()))
    late, fresh = living(1, world.resources, -0.001), living(2, world.resources)
    as_offered = [Recorded(msgspec.structs.replace(judged(1, is_final=False), signal=each)) for each in (late, fresh)]
    await write_signals(history, as_offered, "real")
    await world.hot.offer_signal(late)
    await world.hot._door.transact(("XADD", "signals", "*", "signal", "{}", "expires_at", "9" * 19))
    await world.hot.offer_signal(fresh)
    async with working(signal_processor, world.resources) as rounds:
        await until(lambda: len(ear.names) == 2)
        await until(lambda: sum(each.counts["expired"] + each.counts["unreadable"] for each in rounds) == 2)
    assert [(each.signal, each.stage, each.reason, each.is_final) for each in ear.judged][:1] == [
        (late, "risk", "expired", True)
    ]
    assert [row.id for row in await list_signals(history, Wanted(reason="expired"))] == ["other-1"]
    async with world.hot.hear_offers() as heard:
        assert await anext(heard) == []  # everything was settled


async def test_what_a_dead_one_had_taken_is_judged_by_the_next(world: World) -> None:
    left, too_old = living(1, world.resources), living(2, world.resources, 0.01)
    async with world.hot.hear_offers() as heard:
        for each in (left, too_old):
            await world.hot.offer_signal(each)
        await asyncio.sleep(0.02)
        assert len(await anext(heard)) > 0  # and it dies
    ear = Ear(world.resources)
    async with working(signal_processor, world.resources):
        await until(lambda: len(ear.names) == 2)
    assert ear.names == ["other-1", "other-2"]
    assert ear.judged[1].stage == "risk"


async def test_a_refusal_takes_the_place_of_what_was_offered(world: World) -> None:
    resources, ear = world.resources, Ear(world.resources)
    found = living(1, resources)
    as_offered = msgspec.structs.replace(judged(1, is_final=False), signal=found)
    await write_signals(resources.history, [Recorded(as_offered)], "real")
    halt = Halt(scope="all", reason="a test", halted_by="somebody", halted_at="2026-01-11T01:30:00Z")
    resources.intake.put(Halted((halt,), resources.intake.now()))
    async with working(signal_processor, resources):
        await world.hot.offer_signal(found)
        await until(lambda: bool(ear.names))
    assert ear.judged[0].stage == "risk"
    assert await list_signals(resources.history, Wanted(reason=OFFERED)) == []
    kept = await find_signal(resources.history, found.id)
    assert kept is not None
    assert kept.judged == ear.judged[0]


async def test_it_goes_on_over_an_absence_of_redis(server: Server, world: World) -> None:
    async with open_hot_state(server.url) as hot:
        await hot.ping()
        resources = world.process()
        resources.hot = hot
        ear = Ear(resources)
        async with working(signal_processor, resources) as rounds:
            await hot.offer_signal(living(1, resources))
            await until(lambda: ear.names == ["other-1"])
            server.stop()
            await until(lambda: bool(rounds[-1].standing))
            server.socket.unlink(missing_ok=True)
            server.start()
            await hot.offer_signal(living(2, resources))
            await until(lambda: ear.names == ["other-1", "other-2"])
            await until(lambda: rounds[-1].standing == [])


def kept(number: int, resources: Resources) -> Judged:
    """A signal of the Padres' game at Kalshi that was kept."""
    leg = msgspec.structs.replace(KALSHI_LEG, market_id=HOME_MARKET)
    found = living(number, resources, game_id=LIVE_GAME.id, legs=(leg,))
    return msgspec.structs.replace(judged(number), signal=found, at=found.found_at)


async def test_the_matcher_is_asked_about_each_game_and_said_to_be_connected_once(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    await save_game(world)
    looks = SecondLooks(world.resources)
    running = asyncio.create_task(looks.run())
    for number in (1, 2):
        looks.take(kept(number, world.resources))
        await asyncio.sleep(0.1)
    counts = looks.report(processing.Round()).counts
    assert (counts["confirmed"], counts["contradicted"]) == (1, 0)  # the second one came within the minute
    running.cancel()
    said = [record for record in caplog.records if record.message == "Connected to unified team matching service"]
    assert [record.worker for record in said] == ["signal_processor"]  # type: ignore[attr-defined]


async def test_what_is_refused_or_not_final_is_no_reason_to_ask(world: World) -> None:
    looks = SecondLooks(world.resources)
    looks.take(msgspec.structs.replace(kept(1, world.resources), stage="risk"))
    looks.take(msgspec.structs.replace(kept(1, world.resources), is_final=False))
    assert looks._due == {}


def renamed() -> list[object]:
    """Links whose reasons tell of another team."""
    links = []
    for link in links_of(on_kalshi()):
        reasons = [
            msgspec.structs.replace(reason, detail=reason.detail.replace("'Houston ", "'New York Yankees "))
            for reason in link.reasons
        ]
        links.append(msgspec.structs.replace(link, reasons=tuple(reasons)))
    return links


async def test_a_contradiction_is_counted_told_and_audited(world: World) -> None:
    await save_game(world, LIVE_GAME, [*renamed(), *links_of(on_polymarket())])
    async with working(signal_processor, world.resources) as rounds:
        await until(lambda: bool(rounds))
        world.resources.intake._hand_on([kept(1, world.resources)])
        await until(lambda: any(each.counts["contradicted"] for each in rounds))
        await until(lambda: bool(rounds[-1].standing))
        assert "names New York Yankees; game 401 has other teams" in rounds[-1].trouble
    (deed,) = await list_deeds(world.resources.history, what=CONTRADICTED)
    assert deed.who == "signal_processor"
    assert deed.detail == {
        "signal": "other-1",
        "game_id": "401",
        "event_id": "KXMLBGAME-26AUG092020HOUSD",
        "names": ["New York Yankees"],
    }


async def test_a_matcher_that_is_away_is_asked_again(world: World) -> None:
    await save_game(world)
    matching, world.resources.team_matching = world.resources.team_matching, Away()
    async with working(signal_processor, world.resources) as rounds:
        await until(lambda: bool(rounds))
        world.resources.intake._hand_on([kept(1, world.resources)])
        await until(lambda: "nobody listens" in rounds[-1].trouble)
        world.resources.team_matching = matching
        await until(lambda: sum(each.counts["confirmed"] for each in rounds) == 1)
        await until(lambda: rounds[-1].trouble == "")


async def test_the_limits_of_the_one_with_the_last_word_count(world: World) -> None:
    """Whatever another process thought that it may do."""
    resources, ear = world.resources, Ear(world.resources)
    resources.intake.put(Limited(RiskLimits(version=9), resources.intake.now()))
    async with working(signal_processor, resources):
        await world.hot.offer_signal(living(1, resources))
        await until(lambda: bool(ear.names))
    assert ear.judged[0].limits == 9
    assert len(ear.told(Offered)) == 1


async def test_a_signal_goes_from_the_process_that_finds_it_to_everybody(world: World) -> None:
    """One has games, the other the last word; each writes down what its own core decides."""
    finds, decides = world.process(), world.resources
    ear = Ear(decides)
    decides.intake.put(Limited(RiskLimits(version=9), decides.intake.now()))
    decides.intake.put(Halted((), decides.intake.now()))
    found = msgspec.structs.replace(judged(1, is_final=False), signal=living(1, decides, worst=money("-1")))
    async with working(signal_recorder, finds) as one, working(signal_recorder, decides) as other:
        await until(lambda: bool(one) and bool(other))
        async with working(signal_processor, decides):
            finds.intake._hand_on([found])
            await until(lambda: bool(ear.judged))
    (last_word,) = ear.judged
    assert (last_word.stage, last_word.is_final) == ("sent", True), last_word
    kept = await find_signal(decides.history, found.signal.id)
    assert kept is not None
    assert kept.judged == last_word
    (update,) = (await world.hot.updates_since(0, 0)).updates
    assert (update.channel, msgspec.json.decode(update.body)["id"]) == ("signals", "other-1")
