"""What we have and what a venue has: each difference by its name."""

import msgspec

from app.domain.markets import ContractId
from app.domain.money import Money, Size
from app.domain.orders import AtVenue, Fill, FillId, OrderChange, OrderId, Report, Side, Standing
from app.domain.prices import SECOND, Nanos
from app.execution.reconciliations import Ours, cost_at_most, differences, lasting, money_difference, vanished
from tests.app.history.trading import CONTRACT, T0, fill, order

NOW = Nanos(T0 + 60 * SECOND)
NOTHING = AtVenue(orders=(), fills=(), positions={}, balance=Money(0), asked_at=NOW)
EMPTY = Ours((), frozenset(), {})


def resting(filled: int = 0, at: int = T0) -> Standing:
    last = OrderChange(order_id=OrderId("o-1"), number=2, state="open", at=Nanos(at), ref="ref-1", filled=Size(filled))
    return Standing(order(), last)


def there(filled: int = 0, name: str = "o-1", ref: str = "ref-1") -> Report:
    return Report(order_id=OrderId(name), state="open", at=NOW, ref=ref, filled=Size(filled))


def names(ours: Ours, theirs: AtVenue) -> list[tuple[str, str]]:
    return [(each.name, each.subject) for each in differences(ours, theirs, NOW)]


def test_the_same_is_no_difference() -> None:
    ours = Ours([resting()], frozenset({FillId("kalshi:f-1")}), {CONTRACT: Size(5)})
    theirs = msgspec.structs.replace(NOTHING, orders=(there(),), fills=(fill(),), positions={CONTRACT: Size(5)})
    assert names(ours, theirs) == []


def test_an_order_that_only_the_venue_has_is_an_orphan() -> None:
    assert names(EMPTY, msgspec.structs.replace(NOTHING, orders=(there(),))) == [("orphan", "ref-1")]


def test_an_order_that_the_venue_has_not_is_a_ghost() -> None:
    assert names(EMPTY._replace(orders=[resting()]), NOTHING) == [("ghost", "o-1")]


def test_an_order_of_a_moment_ago_may_be_on_its_way() -> None:
    assert names(EMPTY._replace(orders=[resting(at=NOW - SECOND)]), NOTHING) == []


def test_another_filled_size_is_a_drift() -> None:
    theirs = msgspec.structs.replace(NOTHING, orders=(there(filled=7),))
    assert names(EMPTY._replace(orders=[resting()]), theirs) == [("drift", "o-1")]


def test_an_order_is_known_by_the_venues_name_alone() -> None:
    theirs = msgspec.structs.replace(NOTHING, orders=(there(name="", ref="ref-1"),))
    assert names(EMPTY._replace(orders=[resting()]), theirs) == []


def test_a_fill_that_was_not_heard_explains_its_position() -> None:
    theirs = msgspec.structs.replace(NOTHING, fills=(fill(),), positions={CONTRACT: fill().size})
    assert names(EMPTY, theirs) == [("fill", "kalshi:f-1")]


def test_positions_differ_by_contract() -> None:
    other = ContractId("kalshi:GAME-NY:yes")
    theirs = msgspec.structs.replace(NOTHING, positions={CONTRACT: Size(5), other: Size(1)})
    assert names(EMPTY._replace(positions={CONTRACT: Size(5)}), theirs) == [("position", other)]


def test_a_difference_counts_when_it_is_seen_twice() -> None:
    found = differences(EMPTY._replace(orders=[resting()]), NOTHING, NOW)
    assert lasting(found, ()) == []
    assert lasting(found, found) == found


def test_cash_may_be_held_back_for_what_rests() -> None:
    back = cost_at_most(resting())
    assert money_difference(Money(100), Money(100), Money(0)) == []
    assert money_difference(Money(back + 100), Money(100), back) == []
    assert [each.name for each in money_difference(Money(50_000), Money(0), Money(0))] == ["balance"]
    assert [each.name for each in money_difference(Money(0), Money(50_000), back)] == ["balance"]


def test_fills_that_a_venue_lists_no_longer_were_undone_where_they_are_all_that_differs() -> None:
    first, second = fill(1, contracts=10), fill(2, contracts=4)
    dealt: list[tuple[Side, Fill]] = [("buy", first), ("sell", second)]
    undone = msgspec.structs.replace(second, stage="undone")
    assert vanished(dealt, Size(6_000_000), Size(-4_000_000), [second]) == [first]
    assert vanished(dealt, Size(6_000_000), Size(10_000_000), [first, undone]) == [second]
    assert vanished(dealt, Size(6_000_000), Size(0), []) == [first, second]
    assert vanished(dealt, Size(6_000_000), Size(1_000_000), [second]) == []
    assert vanished(dealt, Size(6_000_000), Size(0), [first, second]) == []
