"""The executor of one process on real stores: signals, instructions, halts, and what it leaves to the next one."""

import itertools
from datetime import timedelta

import msgspec
import pytest

from app.domain.inputs import GameTaken, Halted
from app.domain.instructions import Instruction, InstructionId, InstructionKind
from app.domain.money import Money, price, size
from app.domain.orders import AccountId
from app.domain.risks import Halt
from app.executor.obeying import order_id_of
from app.history.accounts import find_account, open_account
from app.history.deposits import put_in
from app.history.instructions import ask, find_instruction
from app.history.ledger import Balances, balances
from app.history.orders import Journal
from app.history.trading_reads import order_events
from app.resources import Resources
from tests.app.history.trading import unbalanced
from tests.app.settlement.legs import POLYMARKET_NBA
from tests.workers.bots import until
from tests.workers.markets import Market
from tests.workers.shards import HOME_MARKET, LIVE_GAME, YES, links_of, working
from tests.workers.worlds import World, on_kalshi
from workers.execution import execution

MANUAL = AccountId("manual")
AT_ONCE = {"polymarket_ms": 0, "polymarket_spread_ms": 0, "kalshi_ms": 0, "kalshi_spread_ms": 0}
_names = itertools.count(1)


class Floor:
    """A process that executes, with one market."""

    def __init__(self, world: World) -> None:
        self.resources: Resources = world.process(paper=AT_ONCE)
        self.now = world.now
        intake = self.resources.intake
        self.market = Market(intake, "kalshi", HOME_MARKET, LIVE_GAME.id)
        self.market.follow()
        self.market.load("0.52x1000 0.51x1000", "0.54x1000")
        links = tuple(msgspec.structs.replace(link, terms=POLYMARKET_NBA) for link in links_of(on_kalshi()))
        intake.put(GameTaken(LIVE_GAME, links, intake.now(), 0.5))
        self.halt()

    def halt(self, *halts: Halt) -> None:
        self.resources.intake.put(Halted(halts, self.resources.intake.now()))

    async def ask(self, kind: InstructionKind, **body: object) -> Instruction:
        wanted = Instruction(
            id=InstructionId(f"wish-{next(_names)}"),
            kind=kind,
            account=MANUAL,
            body=body,
            asked_by="somebody",
            asked_at=self.now,
            expires_at=self.now + timedelta(minutes=1),
        )
        asked = await ask(self.resources.history, wanted)
        await self.resources.hot.tell_order(asked.id)
        return asked

    async def word_on(self, asked: Instruction) -> Instruction:
        """Once it is done."""
        found: list[Instruction] = []

        async def is_done() -> bool:
            now = await find_instruction(self.resources.history, asked.id)
            found[:] = [now] if now is not None else []
            return now is not None and now.state not in ("waiting", "taken")

        await until(is_done)
        return found[0]

    async def order(self, side: str, cents: str, contracts: str, **more: object) -> Instruction:
        body = {"contract_id": YES, "side": side, "limit": price(cents), "size": size(contracts)}
        return await self.ask("order", **body, **more)

    async def state(self, asked: Instruction) -> str:
        found = await Journal(self.resources.history, "real").find(order_id_of(asked))
        return "" if found is None else found.last.state

    async def balances(self) -> Balances:
        return await balances(self.resources.history, MANUAL)


@pytest.fixture
def floor(world: World) -> Floor:
    return Floor(world)


async def test_a_persons_order_is_filled_and_booked(floor: Floor) -> None:
    async with working(execution, floor.resources):
        said = await floor.word_on(await floor.order("buy", "0.54", "100"))
        assert (said.state, said.outcome) == ("done", "filled")
    found = await floor.balances()
    assert found.positions == 54_000_000
    assert found.cash == 10_000_000_000 - 54_000_000 - found.fees
    assert not await unbalanced(floor.resources.history)


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"limit": 9_000, "size": 10_000_000}, "0.8500"),
        ({"limit": 5_400, "size": 100_000_000_000}, "has $10000"),
        ({"limit": 5_405, "size": 10_000_000}, "tick"),
        ({"contract_id": "kalshi:NOBODYS:yes", "limit": 5_400, "size": 10_000_000}, "nobody follows"),
    ],
)
async def test_what_cannot_be_is_refused_with_its_reason(floor: Floor, body: dict[str, object], words: str) -> None:
    async with working(execution, floor.resources):
        said = await floor.word_on(await floor.ask("order", **{"contract_id": YES, "side": "buy", **body}))
        assert said.state == "refused"
        assert words in said.outcome


async def test_nothing_is_sold_that_is_not_held(floor: Floor) -> None:
    async with working(execution, floor.resources):
        said = await floor.word_on(await floor.order("sell", "0.52", "1"))
        assert (said.state, said.outcome) == ("refused", "only 0 of it can be sold")


async def test_a_position_is_closed_once_however_often_that_is_asked(floor: Floor) -> None:
    async with working(execution, floor.resources):
        await floor.word_on(await floor.order("buy", "0.54", "40"))
        first = await floor.word_on(await floor.ask("close", contract_id=YES))
        second = await floor.word_on(await floor.ask("close", contract_id=YES))
        assert (first.outcome, second.outcome) == ("filled", "nothing is held of it")
    assert (await floor.balances()).positions == 0


async def test_a_venue_that_pays_is_booked_once(floor: Floor) -> None:
    async with working(execution, floor.resources):
        await floor.word_on(await floor.order("buy", "0.54", "40"))
        for _ in range(2):
            await floor.word_on(await floor.ask("settle", contract_id=YES, pays=10_000, expected=10_000))
    found = await floor.balances()
    assert (found.positions, found.realised) == (0, 40_000_000 - 21_600_000)


async def test_an_account_begins_anew(floor: Floor) -> None:
    async with working(execution, floor.resources):
        await floor.word_on(await floor.order("buy", "0.54", "40"))
        said = await floor.word_on(await floor.ask("reset", balance=500_000_000))
        assert said.state == "done"
    found = await floor.balances()
    assert (found.cash, found.positions, found.realised) == (500_000_000, 0, 0)


async def test_an_answer_that_a_drill_has_lost_is_found_out_and_nothing_is_doubled(floor: Floor) -> None:
    async with working(execution, floor.resources):
        assert (await floor.word_on(await floor.ask("lose_answer"))).state == "done"
        lost = await floor.order("buy", "0.54", "40")
        await until(lambda: is_in(floor, lost, "filled"))
        changes = await order_events(floor.resources.history, order_id_of(lost))
        assert [each.state for each in changes if each.state in ("unknown", "filled")] == ["unknown", "filled"]
    assert (await floor.balances()).positions == 21_600_000


async def test_another_executor_goes_on_with_what_rests(floor: Floor, world: World) -> None:
    async with working(execution, floor.resources):
        resting = await floor.order("buy", "0.53", "10", time_in_force="gtc")
        await until(lambda: is_in(floor, resting, "open"))
    later = Floor(world)
    async with working(execution, later.resources):
        await later.word_on(await later.ask("cancel", order_id=order_id_of(resting)))
        assert await later.state(resting) == "cancelled"


async def test_an_instruction_that_redis_never_told_of_is_found(floor: Floor, monkeypatch: pytest.MonkeyPatch) -> None:
    async def deaf(_: InstructionId) -> None:
        pass

    monkeypatch.setattr(floor.resources.hot, "tell_order", deaf)
    async with working(execution, floor.resources):
        said = await floor.word_on(await floor.order("buy", "0.54", "1"))
        assert said.outcome == "filled"


async def test_a_deposit_and_a_new_account_are_there_at_once(floor: Floor) -> None:
    history, hot = floor.resources.history, floor.resources.hot
    async with working(execution, floor.resources):
        assert (await floor.word_on(await floor.order("buy", "0.54", "1"))).outcome == "filled"
        await put_in(history, MANUAL, Money(90_000_000_000), "anna", "more", floor.now)
        await hot.tell_account(MANUAL)
        said = await floor.word_on(await floor.order("buy", "0.54", "20000"))
        assert "has $" not in said.outcome
        await open_account(history, AccountId("second"), "paper", "", "anna", floor.now)
        await hot.tell_account(AccountId("second"))
        await until(lambda: is_seated(floor, "second"))


async def test_what_redis_did_not_tell_of_an_account_is_counted_all_the_same(
    floor: Floor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("workers.execution.COUNTS_EVERY", 0.05)
    async with working(execution, floor.resources):
        assert (await floor.word_on(await floor.order("buy", "0.54", "1"))).outcome == "filled"
        await put_in(floor.resources.history, MANUAL, Money(90_000_000_000), "anna", "more", floor.now)

        async def is_counted() -> bool:
            return "has $" not in (await floor.word_on(await floor.order("buy", "0.54", "20000"))).outcome

        await until(is_counted)
        await open_account(floor.resources.history, AccountId("second"), "paper", "", "anna", floor.now)
        await until(lambda: is_seated(floor, "second"))


async def is_in(floor: Floor, asked: Instruction, state: str) -> bool:
    return await floor.state(asked) == state


async def is_seated(floor: Floor, name: str) -> bool:
    found = await find_account(floor.resources.history, AccountId(name))
    return found is not None and bool(found.holder)
