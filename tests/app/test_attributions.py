"""Causes of whole accounts are worked out anew only for what has changed, and are the moment's own."""

from collections.abc import Mapping

from app.attributions import Attributions
from app.domain.folds import Dealt
from app.domain.money import Money, Price, money, size
from app.domain.orders import FillId
from app.history.account_books import AccountBooks, Dealing, Key
from tests.app.hot.samples import NOW

BOUGHT = Dealt(1, FillId("f1"), True, Price(4_600), size(10), money("0.2"))
SOLD = Dealt(2, FillId("f2"), False, Price(4_000), size(10), money("0.2"))


def books(dealings: Mapping[Key, Dealing]) -> AccountBooks:
    return AccountBooks({}, {}, (), (), dealings, NOW, {}, {})


def test_what_is_known_in_its_version_is_not_asked_for_again() -> None:
    known = Attributions()
    one, other = ("manual", "a"), ("manual", "b")
    bought = Dealing(1, [(BOUGHT, Price(4_500), "entry")])
    assert known.take(books({one: bought}))["manual"].total == money("-0.2")
    assert known.versions == {one: 1}
    unwound = Dealing(2, [*bought.fills, (SOLD, Price(4_000), "unwind")])
    found = known.take(books({other: unwound}))["manual"]
    assert (found.total, found.leg_miss, found.fees) == (money("-1.2"), money("-0.6"), money("-0.6"))
    assert (known.versions, known.since) == ({one: 1, other: 2}, NOW)
    again = known.take(books({one: unwound}))["manual"]  # it takes the place of what was said of it before
    assert (again.leg_miss, again.fees) == (money("-1.2"), money("-0.8"))


def test_a_settlement_other_than_expected_is_a_cause() -> None:
    settled = Dealing(2, [(BOUGHT, Price(4_600), "entry")], Price(0), Price(10_000))
    found = Attributions().take(books({("a", "c"): settled}))["a"]
    assert (found.mismatch, found.edge, found.total) == (Money(-10_000_000), money("5.4"), money("-4.8"))
