"""What venues say of the end is asked for, booked as they pay it, and what is odd about it stays an incident."""

from collections.abc import Sequence

import msgspec
import pytest

from app.domain.games import Game
from app.domain.instructions import Instruction, InstructionId
from app.domain.markets import ContractId, MarketId, VenueId
from app.domain.money import Price
from app.domain.positions import Resolution
from app.domain.prices import SECOND, Nanos
from app.errors import FeedUnavailable
from app.history.instructions import finish, waiting_instructions
from app.history.trading_reads import INCIDENTS
from app.history.trading_tables import IncidentRow
from tests.workers.bots import until
from tests.workers.owners import MODEL, Owner, owner
from tests.workers.shards import HOME_MARKET, LIVE_GAME, YES, save_game, working
from tests.workers.test_position_tracker import take
from tests.workers.worlds import KALSHI, World
from workers import settler as settling
from workers.settler import Settler, settler

MARKET = MarketId(HOME_MARKET)
WON = msgspec.structs.replace(LIVE_GAME, status="final", period=9, home_score=5, away_score=2)
LOST = msgspec.structs.replace(WON, home_score=2, away_score=5)


class Venue:
    """Says of its markets what a test tells it to; it may be down."""

    def __init__(self, venue: VenueId = KALSHI) -> None:
        self.venue = venue
        self.told: dict[MarketId, Resolution] = {}
        self.asked: list[Sequence[MarketId]] = []
        self.is_down = False

    async def resolutions(self, market_ids: Sequence[MarketId]) -> Sequence[Resolution]:
        self.asked.append(tuple(market_ids))
        if self.is_down:
            raise FeedUnavailable("answered 503", status=503)
        return [self.told[name] for name in market_ids if name in self.told]

    def say(self, status: str, yes: int | None = None, words: str = "") -> None:
        pays = {} if yes is None else {ContractId(YES): Price(yes)}
        self.told[MARKET] = Resolution(
            venue=self.venue,
            market_id=MARKET,
            status=status,  # type: ignore[arg-type]
            pays=pays,
            at=Nanos(0),
            words=words or status,
        )


class House:
    """A settler over one process, whose time a test lets pass."""

    def __init__(self, world: World, venue: Venue) -> None:
        self.world = world
        self.venue = venue
        self._ahead = 0
        begin = world.resources.intake.now
        world.resources.intake.now = lambda: Nanos(begin() + self._ahead)
        self.settler = Settler(world.resources, [venue])

    def pass_time(self, seconds: float) -> None:
        self.world.pass_time(seconds)
        self._ahead += round(seconds * SECOND)

    async def wishes(self) -> Sequence[Instruction]:
        return await waiting_instructions(self.world.resources.history, [MODEL])

    async def incidents(self) -> Sequence[IncidentRow]:
        return await INCIDENTS.page(self.world.resources.history, [], 10)


@pytest.fixture
async def house(world: World) -> House:
    """With a hundred contracts of San Diego, whose game is over, and a venue that has not said so."""
    venue = Venue()
    venue.say("closed")
    model: Owner = await owner(world)
    await model.deal()
    take(world, WON)
    return House(world, venue)


async def test_nothing_is_paid_before_the_venue_says_so(house: House) -> None:
    for status in ("open", "closed", "determined"):
        house.venue.say(status)
        await house.settler.round()
        house.pass_time(61)
    assert await house.wishes() == []
    assert len(house.venue.asked) == 3


async def test_what_is_final_is_settled_once(house: House) -> None:
    house.venue.say("final", 10_000, "finalized yes")
    done = await house.settler.round()
    assert done.counts["settled"] == 1
    (wish,) = await house.wishes()
    assert (wish.id, wish.kind, wish.asked_by) == (f"settle:model:{YES}", "settle", "settler")
    assert wish.body == {"contract_id": YES, "pays": 10_000, "expected": 10_000, "source": "finalized yes"}
    async with house.world.hot.hear_orders() as heard:
        assert [entry.fields[b"instruction"].decode() for entry in await anext(heard)] == [wish.id]
    house.pass_time(61)
    assert (await house.settler.round()).counts["settled"] == 0
    other = Settler(house.world.resources, [house.venue])
    await other.round()
    assert len(await house.wishes()) == 1
    assert await house.incidents() == []


async def test_what_was_refused_is_asked_for_under_another_name(house: House) -> None:
    house.venue.say("final", 10_000)
    await house.settler.round()
    await finish(house.world.resources.history, InstructionId(f"settle:model:{YES}"), "refused", "no seat")
    await Settler(house.world.resources, [house.venue]).round()
    assert [wish.id for wish in await house.wishes()] == [f"settle:model:{YES}:1"]


@pytest.mark.parametrize(
    ("game", "pays", "kind"),
    [
        (WON, 10_000, None),
        (WON, 0, "contradiction"),
        (LOST, 10_000, "contradiction"),
        (LOST, 0, None),
        (WON, 5_000, "mismatch"),
        (msgspec.structs.replace(LIVE_GAME, status="postponed"), 2_900, None),  # nobody can know
        (msgspec.structs.replace(LIVE_GAME, status="cancelled"), 5_000, None),  # its rules say half
        (msgspec.structs.replace(LIVE_GAME, status="cancelled"), 2_900, "mismatch"),
    ],
)
async def test_what_is_paid_otherwise_is_booked_and_shown(
    house: House, game: Game, pays: int, kind: str | None
) -> None:
    take(house.world, game)
    house.venue.say("final", pays, "as it pleases")
    await house.settler.round()
    (wish,) = await house.wishes()
    assert wish.body["pays"] == pays
    found = await house.incidents()
    assert [(each.kind, each.account, each.subject, each.ended_at) for each in found] == (
        [(kind, "model", YES, None)] if kind else []
    )
    if kind == "contradiction" and game is WON:
        assert found[0].detail == (
            "kalshi pays 0.0000 (as it pleases), expected 1.0000; Houston Astros 2, San Diego Padres 5"
        )


async def test_a_venue_that_takes_too_long_is_overdue_until_it_pays(house: House) -> None:
    await house.settler.round()
    house.pass_time(29 * 60)
    await house.settler.round()
    assert await house.incidents() == []
    house.pass_time(2 * 60)
    assert (await house.settler.round()).counts["overdue"] == 1
    house.pass_time(61)
    assert (await house.settler.round()).counts["overdue"] == 0  # it is known
    (found,) = await house.incidents()
    assert (found.kind, found.ended_at) == ("overdue", None)
    assert found.detail.endswith("UTC, kalshi says: closed")
    house.venue.say("final", 10_000)
    house.pass_time(61)
    await house.settler.round()
    (found,) = await house.incidents()
    assert found.ended_at == house.world.now


async def test_a_postponed_game_is_not_late(house: House) -> None:
    take(house.world, msgspec.structs.replace(LIVE_GAME, status="postponed"))
    await house.settler.round()
    house.pass_time(10 * 3_600)
    await house.settler.round()
    assert await house.incidents() == []


async def test_a_dispute_is_shown_while_it_lasts(house: House) -> None:
    house.venue.say("disputed", None, "disputed")
    await house.settler.round()
    (found,) = await house.incidents()
    assert (found.kind, found.detail, found.ended_at) == ("disputed", "kalshi says: disputed", None)
    house.venue.say("determined")
    house.pass_time(61)
    await house.settler.round()
    (found,) = await house.incidents()
    assert found.ended_at is not None


async def test_a_venue_that_changes_its_word_is_disputed(house: House) -> None:
    house.venue.say("final", 10_000, "finalized yes")
    await house.settler.round()
    house.venue.say("final", 0, "finalized no")
    other = Settler(house.world.resources, [house.venue])
    await other.round()
    (wish,) = await house.wishes()
    assert wish.body["pays"] == 10_000
    assert {each.kind for each in await house.incidents()} == {"contradiction", "disputed"}


async def test_it_asks_more_and_more_seldom_and_at_once_when_something_moves(house: House) -> None:
    for seconds, asked in ((0, 1), (9, 1), (2, 2), (19, 2), (2, 3), (39, 3), (2, 4), (59, 4), (2, 5), (59, 5)):
        house.pass_time(seconds)
        await house.settler.round()
        assert len(house.venue.asked) == asked, seconds
    house.venue.say("determined")
    house.pass_time(2)
    await house.settler.round()
    house.pass_time(11)
    await house.settler.round()
    assert len(house.venue.asked) == 7


async def test_a_venue_that_is_away_is_a_trouble_and_asked_again(house: House) -> None:
    house.venue.is_down = True
    done = await house.settler.round()
    assert (done.counts["venues_failed"], done.counts["waiting"]) == (1, 1)
    house.venue.is_down = False
    house.venue.say("final", 10_000)
    house.pass_time(61)
    assert (await house.settler.round()).counts["settled"] == 1


async def test_nobody_is_asked_while_the_game_is_played(world: World) -> None:
    venue = Venue()
    await (await owner(world)).deal()
    take(world)
    house = House(world, venue)
    await house.settler.round()
    assert venue.asked == []
    house.pass_time(9 * 3_600)  # nobody plays so long
    await house.settler.round()
    assert venue.asked == [(MARKET,)]


async def test_what_is_known_of_a_game_outlives_the_process(world: World) -> None:
    """Neither the core nor Redis has it any more: Postgres has the game, the link and the text of its rules."""
    resources = world.resources
    await (await owner(world)).deal()
    await save_game(world, WON)
    from_redis = await world.hot.links(WON.id)
    await resources.recorder.record_games([WON], world.now)
    await resources.recorder.record_links(from_redis, world.now)
    await world.hot.drop_games([WON.id])
    await world.hot.drop_links([WON.id])
    venue = Venue()
    venue.say("final", 0, "finalized no")
    house = House(world, venue)
    await house.settler.round()
    (wish,) = await house.wishes()
    assert (wish.body["pays"], wish.body["expected"]) == (0, 10_000)
    assert [each.kind for each in await house.incidents()] == ["contradiction"]


async def test_it_works_as_a_worker(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settling, "EVERY", 0.02)
    house.venue.say("final", 10_000)
    house.world.resources.resolvers = (house.venue,)
    async with working(settler, house.world.resources) as rounds:
        await until(lambda: any(each.counts["settled"] for each in rounds))
    assert len(await house.wishes()) == 1


async def test_whoever_has_nobody_to_ask_says_so(world: World) -> None:
    await (await owner(world)).deal()
    take(world, WON)
    done = await Settler(world.resources, []).round()
    assert done.troubles == ["nobody can say how markets of kalshi end"]
