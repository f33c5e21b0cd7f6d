"""The ledger on a real Postgres, told by chance: in any order, some of it twice, some undone, by processes that fall
and are followed by others. It ends as one that was told everything once and in order."""

import random
from collections.abc import Callable, Coroutine

import pytest

from app.domain.folds import Dealings, dealt
from app.domain.ledgers import Balances
from app.domain.markets import ContractId
from app.domain.money import Money, Price, Size
from app.domain.orders import Fill, Order
from app.domain.positions import Settlement
from app.domain.prices import Nanos
from app.history.accounts import Seat, take_seat
from app.history.database import Database
from app.history.ledger import Ledger, balances
from app.history.orders import Journal
from tests.app.history.samples import NOW
from tests.app.history.trading import PAPER, T0, asked, fill, order, seated, unbalanced

CONTRACTS = tuple(ContractId(f"kalshi:GAME-{number}:yes") for number in range(3))
FILLS = 24

Deed = Callable[[Ledger, Seat], Coroutine[object, object, object]]


class Story:
    """What happens, and what must be so when all of it has."""

    def __init__(self, seed: int) -> None:
        self.chance = chance = random.Random(seed)
        self.orders = [self._order(number) for number in range(FILLS // 2)]
        self.fills = [(order, self._fill(number, order)) for number, order in enumerate(self.orders * 2)]
        self.undone = [told for told in self.fills if chance.random() < 0.15]
        self.settled = chance.choice(CONTRACTS)
        self.pays = Price(chance.choice((0, 3_333, 5_000, 10_000)))

    def _order(self, number: int) -> Order:
        return order(number, self.chance.choice(("buy", "buy", "sell")), contract_id=self.chance.choice(CONTRACTS))

    def _fill(self, number: int, of: Order) -> Fill:
        chance = self.chance
        return fill(
            number,
            price=Price(chance.randrange(1, 10_000)),
            size=Size(chance.randrange(1, 30_000_000)),
            fee=Money(chance.randrange(0, 300_000)),
            order_id=of.id,
            stage=chance.choice(("provisional", "confirmed")),
            venue_time=Nanos(T0 + chance.randrange(8) * 1_000),
        )

    def deeds(self) -> list[Deed]:
        """Everything, in no order, and some of it again."""
        told: list[Deed] = [lambda ledger, seat, o=o, f=f: ledger.book(seat, o, f) for o, f in self.fills]
        told += [lambda ledger, seat, o=o, f=f: ledger.book(seat, o, _undone(f)) for o, f in self.undone]
        told += self.chance.choices(told, k=FILLS // 3)
        self.chance.shuffle(told)
        return told

    def settlement(self) -> Settlement:
        return Settlement(account=PAPER, contract_id=self.settled, pays=self.pays, size=Size(0), at=T0)

    def expected(self) -> dict[ContractId, Dealings]:
        ends = {name: Dealings() for name in CONTRACTS}
        for of, each in self.fills:
            if (of, each) not in self.undone:
                ends[of.contract_id] = ends[of.contract_id].with_fill(dealt(each, of.side))
        if ends[self.settled].fills:
            ends[self.settled] = ends[self.settled].paid_out(self.pays)
        return ends


def _undone(of: Fill) -> Fill:
    return Fill(**{name: getattr(of, name) for name in of.__struct_fields__ if name != "stage"}, stage="undone")


@pytest.mark.parametrize("seed", range(12))
async def test_by_chance(history: Database, seed: int) -> None:
    story = Story(seed)
    seat, ledger = await seated(history), Ledger(history, "simulated")
    for each in story.orders:
        first = asked(int(each.id[2:]), each.side, contract_id=each.contract_id)
        await Journal(history, "simulated").intend(seat, first)
    deeds = story.deeds()
    deeds.insert(story.chance.randrange(len(deeds)), lambda ledger, seat: ledger.settle(seat, story.settlement()))
    for deed in deeds:
        await deed(ledger, seat)
        if story.chance.random() < 0.2:  # another process goes on
            seat, ledger = await take_seat(history, PAPER, "another", NOW), Ledger(history, "simulated")
    await ledger.settle(seat, story.settlement())  # if there was nothing to settle before
    await _ends_as(history, ledger, story)


async def _ends_as(history: Database, ledger: Ledger, story: Story) -> None:
    ends = story.expected()
    held = [each.holding for each in ends.values()]
    found = await balances(history, PAPER)
    assert found == Balances(
        cash=Money(sum(each.cash for each in held)),
        positions=Money(sum(each.cost for each in held)),
        fees=Money(sum(each.fees for each in held)),
        realised=Money(sum(each.realised for each in held)),
    )
    assert await unbalanced(history) == []
    await ledger.load(PAPER)
    assert ledger.cash(PAPER) == found.cash
    sizes = {name: each.holding.size for name, each in ends.items() if each.holding.size}
    assert {name: each.size for name, each in ledger.positions(PAPER).items()} == sizes
