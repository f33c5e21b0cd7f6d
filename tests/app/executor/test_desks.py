"""One account's orders against a venue that loses, repeats and delays; every word of it durable in Postgres."""

import random

import msgspec
import pytest

from app.domain.markets import ContractId
from app.domain.orders import Order, OrderId, Report, Standing
from app.errors import Superseded
from app.executor.desks import NEVER_ARRIVED_AFTER, STOPPED_FOR, Desk
from app.executor.news import News
from app.history.database import Database
from app.history.ledger import Ledger, balances
from app.history.orders import Journal
from tests.app.executor.venues import Clock, Trick, Venue
from tests.app.history.trading import CONTRACT, PAPER, order, seated, unbalanced


class World:
    """A desk, what it told, and the stores under it."""

    def __init__(self, history: Database, desk: Desk, told: list[News]) -> None:
        self.history, self.desk, self.told = history, desk, told

    async def stored(self, name: str) -> Standing:
        found = await Journal(self.history, "simulated").find(OrderId(name))
        assert found is not None
        return found

    @property
    def held(self) -> int:
        position = self.desk.ledger.positions(PAPER).get(CONTRACT)
        return 0 if position is None else position.size


async def sat_down(history: Database, venue: Venue) -> World:
    told: list[News] = []
    journal, ledger = Journal(history, "simulated"), Ledger(history, "simulated")
    desk = Desk(await seated(history), journal, ledger, {venue.venue: venue}, venue.now, told.append)
    await desk.recover()
    return World(history, desk, told)


@pytest.fixture
async def world(history: Database, venue: Venue) -> World:
    return await sat_down(history, venue)


def wanted(clock: Clock, number: int = 1, **given: object) -> Order:
    now = clock()
    return order(number, **{"wanted_at": now, "send_before": now + 2_000_000_000, **given})


async def test_an_order_is_written_sent_filled_and_booked(world: World, venue: Venue, clock: Clock) -> None:
    standing = await world.desk.place(wanted(clock))
    assert (standing.last.state, standing.last.filled) == ("filled", standing.order.size)
    assert await world.stored("o-1") == standing
    assert world.held == standing.order.size
    assert not await unbalanced(world.history)
    assert [news.standing.last.state for news in world.told if news.standing and not news.fill] == ["sending", "filled"]


@pytest.mark.parametrize(
    ("trick", "state"),
    [("rejected", "rejected"), ("answer_lost", "unknown"), ("never_arrived", "unknown"), ("rests", "open")],
)
async def test_what_a_venue_does_is_what_is_written(
    world: World, venue: Venue, clock: Clock, trick: Trick, state: str
) -> None:
    venue.tricks.append(trick)
    await world.desk.place(wanted(clock))
    assert (await world.stored("o-1")).last.state == state
    assert world.held == 0


async def test_a_lost_answer_is_asked_for_and_nothing_is_sent_again(world: World, venue: Venue, clock: Clock) -> None:
    venue.tricks.append("answer_lost")
    await world.desk.place(wanted(clock))
    await world.desk.ask()
    assert (await world.stored("o-1")).last.state == "filled"
    assert venue.received == ["o-1"]


async def test_an_order_that_never_arrived_is_given_up_after_a_while(world: World, venue: Venue, clock: Clock) -> None:
    venue.tricks.append("never_arrived")
    asked = wanted(clock)
    await world.desk.place(asked)
    await world.desk.ask()
    assert (await world.stored("o-1")).last.state == "unknown"
    clock.pass_by(NEVER_ARRIVED_AFTER / 1e9)
    await world.desk.ask()
    assert (await world.stored("o-1")).last.state == "cancelled"
    assert (await world.desk.place(asked)).last.state == "cancelled"
    assert venue.received == []


async def test_a_venue_that_is_down_is_asked_until_it_answers(world: World, venue: Venue, clock: Clock) -> None:
    venue.tricks.append("answer_lost")
    venue.is_down = True
    await world.desk.place(wanted(clock))
    await world.desk.ask()
    assert (await world.stored("o-1")).last.state == "unknown"
    venue.is_down = False
    await world.desk.ask()
    assert (await world.stored("o-1")).last.state == "filled"


async def test_an_order_off_the_grid_is_never_sent(world: World, venue: Venue, clock: Clock) -> None:
    standing = await world.desk.place(wanted(clock, limit=4_512))
    assert (standing.last.state, standing.last.reason) == ("rejected", "off the grid")
    assert venue.received == []


async def test_an_order_that_comes_too_late_is_not_sent(world: World, venue: Venue, clock: Clock) -> None:
    asked = wanted(clock)
    clock.pass_by(3)
    assert (await world.desk.place(asked)).last.state == "expired"
    assert venue.received == []


async def test_the_same_wish_is_sent_once(world: World, venue: Venue, clock: Clock) -> None:
    asked = wanted(clock)
    assert await world.desk.place(asked) == await world.desk.place(asked)
    assert venue.received == ["o-1"]


async def test_who_lost_the_seat_sends_and_writes_nothing(world: World, venue: Venue, clock: Clock) -> None:
    venue.tricks.append("rests")
    resting = wanted(clock)
    await world.desk.place(resting)
    await sat_down(world.history, venue)
    with pytest.raises(Superseded):
        await world.desk.place(wanted(clock, 2))
    with pytest.raises(Superseded):
        await world.desk.take(venue.fill_resting(resting, 1_000_000))
    assert venue.received == ["o-1"]


async def test_another_executor_takes_over_what_was_left(world: World, venue: Venue, clock: Clock) -> None:
    venue.tricks += ["answer_lost", "rests"]
    await world.desk.place(wanted(clock))
    resting = wanted(clock, 2)
    await world.desk.place(resting)
    report = venue.fill_resting(resting, 40_000_000)
    later = await sat_down(world.history, venue)
    assert {each.order.id for each in later.desk.unsettled} == {"o-1", "o-2"}
    await later.desk.ask()
    await later.desk.take(report)
    assert (await later.stored("o-1")).last.state == "filled"
    assert (await later.stored("o-2")).last.state == "partly_filled"
    assert later.held == 140_000_000
    assert not await unbalanced(world.history)


async def test_cancelling_keeps_what_was_filled(world: World, venue: Venue, clock: Clock) -> None:
    venue.tricks.append("rests")
    resting = wanted(clock)
    await world.desk.place(resting)
    await world.desk.take(venue.fill_resting(resting, 30_000_000))
    standing = await world.desk.cancel(resting.id, "enough")
    assert (standing.last.state, standing.last.filled) == ("cancelled", 30_000_000)


async def test_a_fill_that_comes_after_the_end_counts(world: World, venue: Venue, clock: Clock) -> None:
    venue.tricks.append("rests")
    resting = wanted(clock)
    await world.desk.place(resting)
    await world.desk.cancel(resting.id, "enough")
    await world.desk.take(venue.fill_resting(resting, 100_000_000))
    assert (await world.stored("o-1")).last.state == "filled"
    assert world.held == 100_000_000


async def test_a_fill_that_is_undone_is_taken_out(world: World, venue: Venue, clock: Clock) -> None:
    standing = await world.desk.place(wanted(clock))
    told = venue.standing[standing.order.id]
    gone = msgspec.structs.replace(told.fills[0], stage="undone")
    await world.desk.take(msgspec.structs.replace(told, state="filled", filled=told.fills[1].size, fills=(gone,)))
    assert world.held == told.fills[1].size
    assert (await world.stored("o-1")).last.state == "cancelled"
    assert not await unbalanced(world.history)


async def test_a_sum_without_its_fills_keeps_an_order_open_until_they_are_here(
    world: World, venue: Venue, clock: Clock
) -> None:
    venue.tricks.append("rests")
    resting = wanted(clock)
    await world.desk.place(resting)
    full = venue.fill_resting(resting, 100_000_000)
    await world.desk.take(msgspec.structs.replace(full, fills=()))
    assert (await world.stored("o-1")).last.state == "open"
    await world.desk.ask()
    assert (await world.stored("o-1")).last.state == "filled"
    assert world.held == 100_000_000


async def test_an_order_of_nobody_here_is_not_taken(world: World, clock: Clock) -> None:
    stranger = Report(order_id=OrderId("o-99"), state="filled", at=clock(), filled=order().size)
    assert not await world.desk.take(stranger)


async def test_any_order_and_repetition_of_what_is_told_ends_the_same(world: World, venue: Venue, clock: Clock) -> None:
    draw, ends = random.Random(7), set()
    for number in range(1, 9):
        venue.tricks.append("rests")
        resting = wanted(clock, number, contract_id=f"kalshi:GAME-{number}:yes")
        await world.desk.place(resting)
        reports = [venue.fill_resting(resting, size) for size in (20_000_000, 50_000_000, 30_000_000)]
        alone = [
            msgspec.structs.replace(reports[-1], fills=(fill,), state="open", filled=fill.size)
            for fill in reports[-1].fills
        ]
        told = [*alone, *alone, *reports, *reports]
        draw.shuffle(told)
        for report in told:
            await world.desk.take(report)
        standing = await world.stored(f"o-{number}")
        position = world.desk.ledger.positions(PAPER)[resting.contract_id]
        ends.add((standing.last.state, standing.last.filled, position.size, position.cost, position.fees))
    assert len(ends) == 1
    assert not await unbalanced(world.history)
    assert (await balances(world.history, PAPER)).cash == world.desk.ledger.cash(PAPER)


async def test_a_fill_that_was_undone_does_not_come_back(world: World, venue: Venue, clock: Clock) -> None:
    standing = await world.desk.place(wanted(clock))
    told = venue.standing[standing.order.id]
    gone = msgspec.structs.replace(told.fills[0], stage="undone")
    await world.desk.take(msgspec.structs.replace(told, filled=told.fills[1].size, fills=(gone,)))
    for later in (world, await sat_down(world.history, venue)):
        await later.desk.take(told)
        assert later.held == told.fills[1].size
        assert (await later.stored("o-1")).last.filled == told.fills[1].size


async def test_a_fill_that_was_not_sure_becomes_so(world: World, venue: Venue, clock: Clock) -> None:
    venue.tricks.append("rests")
    resting = wanted(clock)
    await world.desk.place(resting)
    sure = venue.fill_resting(resting, 100_000_000)
    unsure = msgspec.structs.replace(
        sure, fills=tuple(msgspec.structs.replace(f, stage="provisional") for f in sure.fills)
    )
    for told, stage in ((unsure, "provisional"), (sure, "confirmed"), (unsure, "confirmed")):
        await world.desk.take(told)
        rows = await world.history.run("SELECT stage FROM fills")
        assert [row[0] for row in rows] == [stage]
    assert world.held == 100_000_000


async def test_an_order_that_its_venue_has_lost_is_over(world: World, venue: Venue, clock: Clock) -> None:
    venue.tricks.append("rests")
    resting = wanted(clock)
    await world.desk.place(resting)
    await world.desk.take(venue.fill_resting(resting, 40_000_000))
    venue.standing.clear()
    clock.pass_by(10)
    for standing in world.desk.unsettled:
        await world.desk.ask_about(standing)
    assert (await world.stored("o-1")).last.state == "cancelled"
    assert world.held == 40_000_000


async def test_what_a_stop_has_just_sold_is_known_for_a_while(world: World, venue: Venue, clock: Clock) -> None:
    await world.desk.place(wanted(clock))
    await world.desk.place(wanted(clock, 2, side="sell", purpose="exit", rule="take_profit"))
    assert not world.desk.is_stopped_out(CONTRACT)
    await world.desk.place(wanted(clock, 3))
    await world.desk.place(wanted(clock, 4, side="sell", purpose="exit", rule="stop"))
    assert world.desk.is_stopped_out(CONTRACT)
    clock.at += STOPPED_FOR
    assert not world.desk.is_stopped_out(CONTRACT)


async def test_stops_of_long_ago_are_not_remembered(world: World, venue: Venue, clock: Clock) -> None:
    stopped = [ContractId(f"kalshi:GAME-BOS{number}:yes") for number in range(3)]
    for number, contract_id in enumerate(stopped):
        await world.desk.place(wanted(clock, 2 * number, contract_id=contract_id))
        stop = wanted(clock, 2 * number + 1, side="sell", purpose="exit", rule="stop", contract_id=contract_id)
        await world.desk.place(stop)
        clock.at += STOPPED_FOR
    assert list(world.desk._stopped_at) == stopped[-1:]
