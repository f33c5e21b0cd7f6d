"""What the core is told of accounts: what they put in is no gain, a little is no news, and a new beginning forgets."""

import pytest

from app.domain.inputs import Held
from app.domain.money import Money, money
from app.domain.orders import AccountId
from app.domain.risks import Holdings
from app.executor.holders import Holders
from app.history.lookouts import Lookout, News
from app.positions.sweeps import Worth
from tests.workers.owners import MODEL, Owner, owner
from tests.workers.worlds import World


class House:
    """Holders of one process, over what Postgres has."""

    def __init__(self, world: World) -> None:
        self.lookout = Lookout(world.resources.history)
        self.holders = Holders(world.resources.intake, self.lookout)
        self._world = world

    async def tell(self, value: str = "0", news: News | None = None) -> list[Holdings]:
        """What the core hears when positions are worth so much."""
        found = await self.lookout.look(self._world.now) if news is None else news
        before = len(self._told())
        self.holders.take(found, self.holders.equity({MODEL: Worth(money(value))}))
        return self._told()[before:]

    def _told(self) -> list[Holdings]:
        return [each.holdings for each in self._world.resources.intake._inputs if isinstance(each, Held)]


@pytest.fixture
async def model(world: World) -> Owner:
    """With a thousand dollars, of which fifty are at stake."""
    model = await owner(world)
    await model.deal()
    return model


@pytest.fixture
def house(world: World, model: Owner) -> House:
    return House(world)


async def test_what_is_put_in_is_no_gain_and_what_is_taken_out_no_loss(
    world: World, house: House, model: Owner
) -> None:
    (first,) = await house.tell("60")
    assert (first.equity, first.peak) == (money("1010"), money("1010"))
    await model.ledger.deposit(MODEL, money("500"), "somebody", "more", world.now)
    (second,) = await house.tell("50")
    assert (second.equity, second.peak) == (money("1500"), money("1510"))
    await model.ledger.deposit(MODEL, Money(-money("800")), "somebody", "less", world.now)
    (third,) = await house.tell("50")
    assert (third.equity, third.peak) == (money("700"), money("710"))


async def test_a_little_is_no_news(house: House) -> None:
    assert len(await house.tell("50")) == 1
    assert await house.tell("50.9") == []
    assert await house.tell("49.1") == []
    assert [each.equity for each in await house.tell("52")] == [money("1002")]


async def test_what_changes_at_stake_is_always_news(house: House, model: Owner) -> None:
    await house.tell("50")
    await model.deal("buy", 1, 50)
    (told,) = await house.tell("50.5")
    assert (told.by_game, told.spent_today) == ({"401": money("50.5")}, money("50.5"))


async def test_the_height_before_a_new_beginning_counts_no_more(world: World, house: House, model: Owner) -> None:
    await house.tell("500")
    await model.deal("sell", 100, 50)
    await model.ledger.reset(model.seat, money("50"), "somebody", "again", world.now)
    (told,) = await house.tell("0")
    assert (told.equity, told.peak, told.by_game) == (money("50"), money("50"), {})


async def test_heights_of_the_process_before_are_known(house: House) -> None:
    house.holders.know_heights({MODEL: money("40"), AccountId("gone"): money("1")})
    (told,) = await house.tell("50")
    assert (told.equity, told.peak) == (money("1000"), money("1040"))


async def test_of_accounts_that_no_detector_uses_nothing_is_told(world: World, house: House) -> None:
    await (await owner(world, AccountId("manual"))).deal(detector=None)
    assert {each.account for each in await house.tell("50")} == {"model"}


async def test_limits_count_what_the_account_has_that_trades(world: World, model: Owner) -> None:
    lookout = Lookout(world.resources.history)
    holders = Holders(
        world.resources.intake, lookout, lambda name: MODEL if name == "arbitrage" else AccountId("paper")
    )
    found = await lookout.look(world.now)
    assert holders.take(found, holders.equity({})) == 1
    (held,) = [each.holdings for each in world.resources.intake._inputs if isinstance(each, Held)]
    assert (held.account, held.by_game) == ("arbitrage", {"401": money("50")})
