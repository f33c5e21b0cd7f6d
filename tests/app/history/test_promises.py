"""What was promised beside what came of it: by hand, a trade at a time."""

from datetime import timedelta

import pytest

from app.domain.money import Money
from app.history.database import Database
from app.history.promises import Promise, read_promises
from app.history.signals import World
from tests.app.history.promised import Books
from tests.app.hot.samples import NOW

DAY = timedelta(days=1)
FIRST, SECOND = "kalshi:KX-BOS:yes", "polymarket:71321"  # the legs of the signal: 60 contracts, 57 cents promised
PROMISED = Money(600_000 - 29_400)


@pytest.fixture
def books(history: Database) -> Books:
    return Books(history)


async def told(history: Database, world: World = "real") -> list[tuple[int, int]]:
    found = await read_promises(history, NOW - DAY, world)
    assert {each.game_id for each in found} <= {"401810001"}
    return [(each.promised, each.brought) for each in found]


async def test_a_hedge_that_is_paid_brings_what_is_left_of_a_dollar(history: Database, books: Books) -> None:
    await books.trade(1)
    await books.deal("a-1", FIRST, "0.46", fee="1.05")
    await books.deal("a-1", SECOND, "0.50", fee="0.75")
    assert await told(history) == []  # nothing is paid yet
    await books.close(FIRST, "1")
    assert await told(history) == []
    await books.close(SECOND, "0")
    assert await told(history) == [(PROMISED, 60_000_000 - 57_600_000 - 1_800_000)]
    assert await read_promises(history, NOW - DAY, "real") == [
        Promise("cross_venue", "401810001", PROMISED, Money(600_000))  # type: ignore[arg-type]
    ]
    assert await read_promises(history, NOW + DAY, "real") == []
    assert await told(history, "simulated") == []


async def test_what_was_missed_has_brought_nothing_and_what_goes_on_is_not_counted(
    history: Database, books: Books
) -> None:
    await books.trade(1)
    await books.trade(2, ended=False)
    assert await told(history) == [(PROMISED, 0)]


async def test_what_was_sold_again_at_once_brings_its_loss(history: Database, books: Books) -> None:
    await books.trade(1)
    await books.deal("a-1", FIRST, "0.46")
    await books.deal("a-1", FIRST, "0.44", fee="0.60", purpose="unwind")
    assert await told(history) == [(PROMISED, -1_800_000)]


async def test_exits_belong_to_whatever_was_held_of_their_contract(history: Database, books: Books) -> None:
    """Two signals bought it: half was sold before the end, the other half was paid."""
    for number in (1, 2):
        await books.trade(number, size=30_000_000)
        await books.deal(f"a-{number}", FIRST, "0.40", size=30)
    await books.deal("exit-1", FIRST, "0.60", size=30, purpose="exit")
    await books.close(FIRST, "1", size=30)
    half = PROMISED // 2  # it was to get half of what the signal saw
    assert await told(history) == [(half, 12_000_000), (half, 12_000_000)]  # at 80 cents on average


async def test_a_fair_value_is_held_against_its_own_estimate_and_needs_no_end(history: Database, books: Books) -> None:
    await books.trade(1, detector="fair_value", worth=Money(520_000))
    await books.deal("a-1", FIRST, "0.50", fee="0.60")
    await books.close(FIRST, is_open=True)
    assert await told(history) == [(PROMISED, 600_000)]
