"""Each rule that sells a position, what could be had for it, and that nothing else sells it."""

import msgspec
import pytest

from app.domain.exit_rules import HELD, OF_MODEL
from app.domain.money import Money, Price, Size, money, price, size
from app.domain.positions import ExitRule, ExitRules
from app.domain.prices import CENT_GRID, Grid, Level, Nanos, Step, even_grid
from app.positions.exits import (
    GONE_FOR,
    NOTHING,
    Proceeds,
    Seen,
    bounds_of,
    due,
    is_over_worth,
    lowest,
    never_sells,
    proceeds,
)
from tests.app.positions.held import FREE, KALSHI_FEES, OPENED, after, position

DIMES = even_grid(1_000)
TAPERED = Grid(
    (Step(Price(0), Price(400), 10), Step(Price(400), Price(9_600), 100), Step(Price(9_600), Price(10_000), 10))
)


def bids(text: str) -> tuple[Level, ...]:
    """`0.53x120 0.52x3`"""
    return tuple((price(at), size(lies)) for at, lies in (pair.split("x") for pair in text.split()))


def offered(unit: str, limit: str = "0.40") -> Proceeds:
    """So many dollars for each of a hundred contracts."""
    return Proceeds(price(limit), size("100"), Money(money(unit) * 100))


def rules(**more: object) -> ExitRules:
    return msgspec.structs.replace(HELD, **more)


ALL = Seen(is_off=True, is_closing=True, best=money("0.99"), gone_since=OPENED)


@pytest.mark.parametrize(
    ("given", "unit", "seen", "seconds", "rule"),
    [
        # 100 contracts have cost 0.50 each
        (rules(stop=0.2), "0.40", Seen(), 60, "stop"),
        (rules(stop=0.2), "0.400001", Seen(), 60, None),
        (rules(stop=0.2), "0.40", Seen(), 0, "stop"),  # at once
        (rules(take_profit=0.2), "0.60", Seen(), 60, "take_profit"),
        (rules(take_profit=0.2), "0.599999", Seen(), 60, None),
        (rules(take_profit=0.2), "0.99", Seen(), 14.999, None),  # held
        (rules(take_profit=0.2), "0.99", Seen(), 15, "take_profit"),
        (rules(take_profit=0.2, hold_s=0), "0.99", Seen(), 0, "take_profit"),
        (rules(trailing_stop=0.25), "0.60", Seen(best=money("0.80")), 60, "trailing_stop"),
        (rules(trailing_stop=0.25), "0.600001", Seen(best=money("0.80")), 60, None),
        (rules(trailing_stop=0.25), "0.20", Seen(best=money("0.50")), 60, None),  # never was worth more than its cost
        (rules(trailing_stop=0.25), "0.37", Seen(best=money("0.500001")), 60, "trailing_stop"),
        (rules(trailing_stop=0.25), "0.60", Seen(best=money("0.80")), 10, None),
        (rules(after_s=600), "0.50", Seen(), 599.9, None),
        (rules(after_s=600), "0.50", Seen(), 600, "time"),
        (rules(after_s=10), "0.50", Seen(), 12, None),  # held
        (rules(edge_gone=0.1), "0.50", Seen(gone_since=after(100)), 119.9, None),  # the score may lag
        (rules(edge_gone=0.1), "0.50", Seen(gone_since=after(100)), 120, "edge_gone"),
        (rules(edge_gone=0.1), "0.50", Seen(), 120, None),
        (rules(on_game_states=("postponed",)), "0.50", Seen(is_off=True), 60, "game_state"),
        (rules(on_game_states=("postponed",)), "0.50", Seen(is_off=True), 14, None),
        (rules(before_close_s=60), "0.50", Seen(is_closing=True), 60, "before_close"),
        (HELD, "0.01", Seen(best=money("0.99")), 1e6, None),
        (HELD, "0.99", Seen(), 1e6, None),
        (OF_MODEL, "0.25", ALL, 5, "stop"),  # the first that sells names the reason
        (OF_MODEL, "0.50", ALL, 60, "game_state"),
        (OF_MODEL, "0.70", Seen(best=money("0.90")), 60, "take_profit"),
    ],
)
def test_each_rule_sells_where_it_begins(
    given: ExitRules, unit: str, seen: Seen, seconds: float, rule: ExitRule | None
) -> None:
    found = due(position(), bounds_of(position(), given), offered(unit), seen, after(seconds))
    assert (found and found.rule) == rule


def test_nobody_bids_so_nothing_is_sold() -> None:
    assert due(position(), bounds_of(position(), OF_MODEL), None, ALL, after(1e6)) is None


@pytest.mark.parametrize(
    ("cost", "unit", "is_sold"),
    [
        ("1", "0", False),  # a hundred for a dollar: there is nothing to save
        ("2", "0", False),  # nothing would come of it
        ("3", "0.011", False),  # the spread alone
        ("3", "0.01", True),
        ("5", "0.025", True),
    ],
)
def test_a_loss_of_no_more_than_the_slip_stops_nothing(cost: str, unit: str, is_sold: bool) -> None:
    bounds = bounds_of(position(cost=cost), rules(stop=0.5))
    assert (due(position(cost=cost), bounds, offered(unit, "0.01"), Seen(), after(60)) is not None) is is_sold


def test_what_is_bought_on_top_is_held_as_long() -> None:
    bounds = bounds_of(position(), rules(take_profit=0.1), after(100))
    assert due(position(), bounds, offered("0.9"), Seen(), after(114)) is None
    assert due(position(), bounds, offered("0.9"), Seen(), after(115)) is not None


def test_an_exit_names_itself_by_what_it_would_sell() -> None:
    held = position(version=7)
    found = due(held, bounds_of(held, OF_MODEL), offered("0.20", "0.18"), Seen(), after(60))
    assert found is not None
    assert found.id == "exit:model:kalshi:M1:yes:7:stop"
    assert msgspec.structs.replace(found, tries=2).id == "exit:model:kalshi:M1:yes:7:stop:2"
    assert msgspec.to_builtins(found.wanted) == {
        "contract_id": "kalshi:M1:yes",
        "rule": "stop",
        "limit": 1_800,
        "size": None,
        "version": 7,
    }


@pytest.mark.parametrize(
    ("levels", "wanted", "slip", "limit", "got", "brings"),
    [
        ("0.53x120", "100", 200, "0.51", "100", "53"),
        ("0.53x60 0.52x60", "100", 200, "0.51", "100", "52.6"),
        ("0.53x60 0.50x60", "100", 200, "0.51", "60", "31.8"),  # further down than the slip
        ("0.53x60 0.50x60", "100", 300, "0.50", "100", "51.8"),
        ("0.53x60", "100", 0, "0.53", "60", "31.8"),
        ("0.01x100", "100", 200, "0.01", "100", "1"),  # never for nothing
        ("0.05x60 0.04x40 0.03x900", "200", 200, "0.04", "100", "4.6"),  # of little at most a fifth
        ("0.53x0.5", "100", 200, "0.51", "0.5", "0.265"),
    ],
)
def test_what_could_be_had_is_what_the_bids_take(
    levels: str, wanted: str, slip: int, limit: str, got: str, brings: str
) -> None:
    found = proceeds(bids(levels), size(wanted), Price(slip), CENT_GRID, FREE, OPENED)
    assert found == Proceeds(price(limit), size(got), money(brings))


def test_the_fee_is_taken_off() -> None:
    found = proceeds(bids("0.53x120"), size("100"), Price(200), CENT_GRID, KALSHI_FEES, OPENED)
    assert found is not None
    assert (found.money, found.unit) == (money("51.25"), money("0.5125"))  # 1.75 is charged


def test_a_fee_above_the_price_makes_it_worthless_not_unknown() -> None:
    found = proceeds(bids("0.01x1"), size("1"), Price(0), CENT_GRID, KALSHI_FEES, OPENED)
    assert found is not None
    assert found.unit == 0


@pytest.mark.parametrize("levels", ["", "0.53x0"])
def test_where_nobody_bids_nothing_can_be_had(levels: str) -> None:
    there = tuple(level for level in bids(levels) if level[1])
    assert proceeds(there, size("100"), Price(200), CENT_GRID, FREE, OPENED) is None
    assert proceeds(bids("0.53x1"), Size(0), Price(200), CENT_GRID, FREE, OPENED) is None


@pytest.mark.parametrize(
    ("asked", "grid", "limit"),
    [
        (5_100, CENT_GRID, 5_100),
        (5_101, CENT_GRID, 5_200),
        (5_101, DIMES, 6_000),
        (0, CENT_GRID, 100),
        (-150, CENT_GRID, 100),
        (55, TAPERED, 60),
        (400, TAPERED, 400),
        (401, TAPERED, 500),
        (9_601, TAPERED, 9_610),
        (-5, TAPERED, 10),
    ],
)
def test_a_limit_lies_on_the_grid_and_not_below(asked: int, grid: Grid, limit: int) -> None:
    assert lowest(Price(asked), grid) == limit
    assert grid.holds(limit)


def test_more_than_it_should_be_worth_is_by_the_margin_of_its_cost() -> None:
    bounds = bounds_of(position(), rules(edge_gone=0.1))  # five cents
    assert is_over_worth(bounds, money("0.60"), money("0.55"))
    assert not is_over_worth(bounds, money("0.599999"), money("0.55"))
    assert not is_over_worth(bounds, money("0.60"), NOTHING)
    assert not is_over_worth(bounds_of(position(), HELD), money("0.99"), 0)
    assert GONE_FOR == 20 * 10**9


def test_a_clock_that_was_set_back_sells_nothing_early() -> None:
    assert (
        due(position(), bounds_of(position(), rules(after_s=600)), offered("0.5"), Seen(), Nanos(OPENED - 10**12))
        is None
    )


def test_a_hedge_is_kept_and_any_rule_ends_that() -> None:
    assert never_sells(HELD)
    assert not never_sells(OF_MODEL)
    for name, value in (("stop", 0.5), ("after_s", 1), ("before_close_s", 1), ("on_game_states", ("postponed",))):
        assert not never_sells(rules(**{name: value}))
