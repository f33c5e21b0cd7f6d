"""What is held is watched: the core knows what is at stake, rules sell in time, and all that it is worth is told."""

import asyncio
import logging
from collections.abc import Sequence

import msgspec
import pytest
from sqlmodel import col, select

from app.domain.exit_rules import HELD
from app.domain.games import Game
from app.domain.inputs import GameTaken, Held
from app.domain.instructions import Instruction
from app.domain.markets import ContractId
from app.domain.money import money
from app.domain.orders import AccountId
from app.domain.positions import ExitRules
from app.domain.prices import SECOND, Nanos, Quote
from app.domain.risks import Holdings
from app.history.database import Database
from app.history.exit_rules import keep_exit_rules
from app.history.instructions import finish, waiting_instructions
from app.history.trading_reads import find_position
from app.history.trading_tables import EquityRow
from app.hot.keys import MARKS
from app.hot.lines import Message
from app.hot.marks_shown import PositionMarked
from app.resources import Resources
from tests.app.settlement.legs import POLYMARKET_NBA
from tests.workers.bots import until
from tests.workers.markets import Market
from tests.workers.owners import ARBITRAGE, MODEL, Owner, owner
from tests.workers.shards import HOME_MARKET, LIVE_GAME, YES, links_of, working
from tests.workers.test_orchestrator import Away
from tests.workers.worlds import World, on_kalshi
from workers import exit_wishes
from workers import position_tracker as tracking
from workers.position_tracker import position_tracker

NO = YES.replace(":yes", ":no")


@pytest.fixture(autouse=True)
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tracking, "EVERY", 0.05)


@pytest.fixture
def market(world: World) -> Market:
    """San Diego's book: what has cost fifty cents is bid for at half a dollar and a bit."""
    market = Market(world.resources.intake, "kalshi", HOME_MARKET, LIVE_GAME.id)
    market.follow()
    market.load("0.52x1000 0.51x1000", "0.54x1000")
    return market


def take(world: World, game: Game = LIVE_GAME) -> None:
    """The game is worked on here."""
    intake = world.resources.intake
    links = tuple(msgspec.structs.replace(link, terms=POLYMARKET_NBA) for link in links_of(on_kalshi()))
    intake.put(GameTaken(game, links, intake.now(), 0.5))


@pytest.fixture
async def held(world: World, market: Market) -> Owner:
    """A hundred contracts of San Diego, bought for fifty dollars on a model's word."""
    take(world)
    model = await owner(world)
    await model.deal()
    return model


async def wishes(resources: Resources, account: AccountId = MODEL) -> Sequence[Instruction]:
    return await waiting_instructions(resources.history, [account])


def told(resources: Resources, account: AccountId = MODEL) -> Holdings | None:
    """What the core was told last."""
    found = [each.holdings for each in resources.intake._inputs if isinstance(each, Held)]
    return next((each for each in reversed(found) if each.account == account), None)


async def own_rules(world: World, rules: ExitRules, account: AccountId = MODEL) -> None:
    row = await find_position(world.resources.history, account, YES)
    assert row is not None
    await keep_exit_rules(world.resources.history, row, rules, "somebody", world.now)


async def test_the_core_is_told_what_is_at_stake(world: World, held: Owner) -> None:
    resources = world.resources
    async with working(position_tracker, resources):
        await until(lambda: (found := told(resources)) is not None and found.equity == money("1002"))
        found = told(resources)
        assert found is not None
        assert msgspec.to_builtins(found) == {
            "account": "model",
            "equity": 1_002_000_000,
            "peak": 1_002_000_000,
            "by_market": {HOME_MARKET: 50_000_000},
            "by_game": {"401": 50_000_000},
            "by_league": {"mlb": 50_000_000},
            "by_venue": {"kalshi": 50_000_000},
            "contracts": {YES: HOME_MARKET},
            "spent_today": 50_000_000,
            "losses": (),
        }
        await held.deal("sell", 40, 40)
        await until(lambda: told(resources).by_game == {"401": 30_000_000})  # type: ignore[union-attr]
        await held.deal("sell", 60, 40)
        await until(lambda: bool(told(resources).losses))  # type: ignore[union-attr]
        after = told(resources)
        assert after is not None
        assert (after.by_game, after.equity) == ({}, money("990"))
        assert [(each.league, each.venue) for each in after.losses] == [("mlb", "kalshi")]
        standing = resources.intake.pipeline.desk.standing(resources.intake.now())
        assert standing.equity("model") == money("990")
        assert standing.drawdown("model") == pytest.approx(12 / 1002)


async def test_a_stop_sells_as_soon_as_the_quote_is_there(world: World, held: Owner, market: Market) -> None:
    resources = world.resources
    async with working(position_tracker, resources) as rounds:
        await until(lambda: len(rounds) > 2)
        assert await wishes(resources) == []
        market.load("0.20x1000", "0.54x1000")
        await until(lambda: any(each.counts["exit_stop"] for each in rounds))
    (wish,) = await wishes(resources)
    assert wish.id == f"exit:model:{YES}:1:stop"
    assert (wish.kind, wish.account, wish.asked_by) == ("close", "model", "position_tracker")
    assert wish.body == {"contract_id": YES, "rule": "stop", "limit": 1_800, "size": None, "version": 1}
    async with world.hot.hear_orders() as heard:
        assert [entry.fields[b"instruction"].decode() for entry in await anext(heard)] == [wish.id]


@pytest.mark.parametrize(
    ("rules", "bids", "game", "rule"),
    [
        (ExitRules(take_profit=0.02), "0.53x1000", {}, "take_profit"),
        (ExitRules(after_s=30), "0.50x1000", {}, "time"),
        (ExitRules(on_game_states=("postponed",)), "0.50x1000", {"status": "postponed"}, "game_state"),
        (ExitRules(on_game_states=("delayed",)), "0.50x1000", {"is_delayed": True}, "game_state"),
        (ExitRules(stop=0.01), "0.52x10 0.10x1000", {}, None),  # only what is bid for near the best counts
        (HELD, "0.01x1000", {}, None),
    ],
)
async def test_each_rule_of_its_own_sells(
    world: World, held: Owner, market: Market, rules: ExitRules, bids: str, game: dict[str, object], rule: str | None
) -> None:
    await own_rules(world, rules)
    market.load(bids, "0.60x1000")
    take(world, msgspec.structs.replace(LIVE_GAME, **game))
    async with working(position_tracker, world.resources) as rounds:
        await until(lambda: len(rounds) > 6)
    assert [wish.body["rule"] for wish in await wishes(world.resources)] == ([rule] if rule else [])


async def test_a_trailing_stop_remembers_the_best(world: World, held: Owner, market: Market) -> None:
    await own_rules(world, ExitRules(trailing_stop=0.2))
    async with working(position_tracker, world.resources) as rounds:
        await until(lambda: len(rounds) > 2)
        for bid in ("0.80", "0.70"):
            market.load(f"{bid}x1000", "0.90x1000")
            await asyncio.sleep(0.1)
        assert await wishes(world.resources) == []
        market.load("0.63x1000", "0.90x1000")
        await until(lambda: any(each.counts["exit_trailing_stop"] for each in rounds))


async def test_the_other_contract_of_a_book_is_watched_too(world: World, market: Market) -> None:
    take(world)
    model = await owner(world)
    await model.deal(contract_id=ContractId(NO))
    async with working(position_tracker, world.resources) as rounds:
        await until(lambda: len(rounds) > 2)
        market.load("0.70x1000", "0.80x30 0.81x1000")  # NO is bid for at 0.20 and 0.19
        await until(lambda: any(each.counts["exit_stop"] for each in rounds))
    (wish,) = await wishes(world.resources)
    assert (wish.body["contract_id"], wish.body["limit"]) == (NO, 1_800)


async def test_a_hedge_is_held_whatever_happens(world: World, market: Market) -> None:
    take(world)
    pair = await owner(world, ARBITRAGE)
    await pair.deal(detector="cross_venue")
    async with working(position_tracker, world.resources) as rounds:
        market.load("0.01x1000", "0.60x1000")
        take(world, msgspec.structs.replace(LIVE_GAME, status="suspended"))
        await until(lambda: len(rounds) > 6)
    assert await wishes(world.resources, ARBITRAGE) == []


async def test_a_book_in_doubt_sells_nothing_and_marks_at_its_last_bid(
    world: World, held: Owner, market: Market
) -> None:
    resources = world.resources
    async with working(position_tracker, resources) as rounds:
        await until(lambda: told(resources) is not None)
        market.cut()
        await own_rules(world, ExitRules(stop=0.01, take_profit=0.01, after_s=1))
        await until(lambda: sum(each.counts["changed"] for each in rounds) == 2)
        seen = len(rounds)
        await until(lambda: len(rounds) > seen + 5)
        assert await wishes(resources) == []
        found = told(resources)
        assert found is not None
        assert found.equity == money("1002")


async def test_nothing_is_asked_twice_and_what_came_to_nothing_is_asked_again(
    world: World, held: Owner, market: Market, monkeypatch: pytest.MonkeyPatch
) -> None:
    resources = world.resources
    market.load("0.20x1000", "0.54x1000")
    async with working(position_tracker, resources) as rounds:
        await until(lambda: len(rounds) > 10)
        (first,) = await wishes(resources)
        monkeypatch.setattr(exit_wishes, "AGAIN_AFTER", 0)
        await until(lambda: sum(each.counts["sold_already"] for each in rounds) > 2)
        assert [wish.id for wish in await wishes(resources)] == [first.id]  # it is on its way
        await finish(resources.history, first.id, "done", "nobody bought")
        await until(lambda: len(rounds) > 20)
    again = [wish.id for wish in await wishes(resources)]
    assert again == [f"{first.id}:1"]
    other = world.process()  # that knows nothing of what was asked, and sees another price
    await finish(resources.history, msgspec.convert(again[0], str), "expired")
    theirs = Market(other.intake, "kalshi", HOME_MARKET, LIVE_GAME.id)
    theirs.follow()
    theirs.load("0.10x1000", "0.54x1000")
    async with working(position_tracker, other) as rounds:
        await until(lambda: any(each.counts["exit_stop"] for each in rounds))
    assert [wish.id for wish in await wishes(resources)] == [f"{first.id}:2"]


async def test_one_process_sells_and_every_one_tells_its_core(world: World, held: Owner, market: Market) -> None:
    other = world.process()
    async with working(position_tracker, world.resources) as rounds:
        await until(lambda: bool(rounds))
        async with working(position_tracker, other) as others:
            await until(lambda: told(other) is not None and len(others) > 2)
            found = told(other)
            assert found is not None
            assert found.equity == money("1000")  # it knows no book: what was paid counts
            market.load("0.20x1000", "0.54x1000")
            await until(lambda: any(each.counts["exit_stop"] for each in rounds))
            assert not any(each.counts["exit_stop"] for each in others)


async def test_what_everything_is_worth_is_written_down(
    world: World, held: Owner, monkeypatch: pytest.MonkeyPatch
) -> None:
    resources = world.resources
    async with working(position_tracker, resources) as rounds:
        await until(lambda: len(rounds) > 4)
        rows = await resources.history.read(select(EquityRow))
        assert len(rows) == 1  # each ten seconds
    rows = await resources.history.read(select(EquityRow).order_by(col(EquityRow.at)))
    assert len(rows) == 2  # and at the end
    row = rows[-1]
    amounts = [row.cash, row.value, row.unpaid, row.deposits, row.realised, row.fees]
    assert [float(each) for each in amounts] == [950, 52, 0, 1000, 0, 0]


async def test_a_height_outlives_the_process(world: World, held: Owner, market: Market) -> None:
    market.load("0.90x1000", "0.99x1000")
    await own_rules(world, HELD)
    async with working(position_tracker, world.resources):
        await until(lambda: (found := told(world.resources)) is not None and found.peak == money("1040"))
    other = world.process()
    async with working(position_tracker, other):
        await until(lambda: told(other) is not None)
        found = told(other)
        assert found is not None
        assert (found.equity, found.peak) == (money("1000"), money("1040"))


async def test_what_is_won_waits_to_be_paid(world: World, held: Owner, market: Market) -> None:
    resources = world.resources
    final = msgspec.structs.replace(LIVE_GAME, status="final", period=9, home_score=5, away_score=2)
    async with working(position_tracker, resources) as rounds:
        take(world, final)
        market.load("0.99x1000", "")
        await until(lambda: (found := told(resources)) is not None and found.equity == money("1050"))
        assert await wishes(resources) == []  # a bid below what is paid is no reason to sell
        await held.settle()
        await until(lambda: told(resources).by_game == {})  # type: ignore[union-attr]
        await until(lambda: rounds[-1].counts["positions"] == 0)


async def test_marks_are_told(world: World, held: Owner, market: Market) -> None:
    heard: list[PositionMarked] = []

    def hear(message: Message) -> None:
        heard.extend(msgspec.convert(msgspec.json.decode(message[1])["positions"], dict[str, PositionMarked]).values())

    async with world.hot.open_switchboard(hear) as board, working(position_tracker, world.resources):
        await board.listen(MARKS)
        await until(lambda: bool(heard))
        market.load("0.53x1000", "0.54x1000")
        await until(lambda: len(heard) > 1)
    assert [(each.mark, each.marked_by, each.unrealised) for each in heard] == [
        ("0.5200", "bid", "2"),
        ("0.5300", "bid", "3"),
    ]
    assert (heard[-1].id, heard[-1].value, heard[-1].simulated) == (f"model:{YES}", "53", False)
    assert [each for each in (await world.hot.updates_since(0, 0)).updates if each.channel == "positions"] == []


async def test_the_matcher_is_asked_before_an_exit_and_said_to_be_connected_once(
    world: World, held: Owner, market: Market, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    market.load("0.20x1000", "0.54x1000")
    async with working(position_tracker, world.resources) as rounds:
        await until(lambda: any(each.counts["confirmed"] for each in rounds))
    said = [record for record in caplog.records if record.message == "Connected to unified team matching service"]
    assert [record.worker for record in said] == ["position_tracker"]  # type: ignore[attr-defined]


async def test_a_stop_waits_for_no_matcher(world: World, held: Owner, market: Market) -> None:
    world.resources.team_matching = Away()
    market.load("0.20x1000", "0.54x1000")
    async with working(position_tracker, world.resources) as rounds:
        await until(lambda: any(each.counts["unconfirmed"] for each in rounds))
        await until(lambda: any(each.counts["exit_stop"] for each in rounds))


async def test_an_edge_that_is_gone_is_sold_once_no_score_can_explain_it(
    world: World, held: Owner, market: Market
) -> None:
    """The source says 0.30 of what 0.52 is bid for."""
    begun = {"start": world.now, "home_score": 0, "away_score": 4}
    take(world, msgspec.structs.replace(LIVE_GAME, home_win_probability=0.30, **begun))
    await own_rules(world, ExitRules(edge_gone=0.1))
    watch = (tracker := tracking.PositionTracker(world.resources)).watch
    await tracker.round()
    since = watch.sweep.seen(watch.sweep.rows[0]).gone_since
    assert since > 0
    assert watch.sweep.sweep(Nanos(since + 19 * SECOND)) == []
    assert watch.sweep.sweep(Nanos(since + 20 * SECOND)) == list(watch.sweep.rows)


async def test_while_postgres_is_away_what_was_known_stays(world: World, held: Owner, market: Market) -> None:
    resources = world.resources
    tracker = tracking.PositionTracker(resources)
    await tracker.round()
    nowhere = Database("postgresql://nobody@127.0.0.1:1/none")
    resources.history, tracker._lookout._database = nowhere, nowhere
    market.load("0.20x1000", "0.54x1000")
    tracker.watch.hear(quote(resources))
    done = await tracker.round()
    assert (done.counts["history_unavailable"], done.counts["exits_wait"]) == (1, 1)
    assert done.trouble.startswith("1 positions are to be sold: Postgres at")
    found = told(resources)
    assert found is not None
    assert (found.equity, found.by_game) == (money("970"), {"401": money("50")})
    resources.history = tracker._lookout._database = world._history
    assert (await tracker.round()).counts["exit_stop"] == 1
    await nowhere.close()
    await tracker.end()


def quote(resources: Resources) -> Quote:
    found = resources.intake.pipeline.quote(ContractId(YES))
    assert found is not None
    return found
