"""A position with what it is worth, as followers are told."""

import msgspec

from app.domain.money import Price, money
from app.hot.marks_shown import position_marked
from app.hot.trading_shown import position_shown
from tests.app.positions.held import after, position


def test_it_says_what_it_counts_as_and_by_what() -> None:
    held = position()
    told = msgspec.to_builtins(
        position_marked(held, Price(4_400), "last", money("44"), after(5), is_simulated=True), builtin_types=()
    )
    plain = msgspec.to_builtins(position_shown(held, is_simulated=True), builtin_types=())
    assert {name: told[name] for name in plain} == plain
    assert {name: told[name] for name in told.keys() - plain.keys()} == {
        "mark": "0.4400",
        "marked_by": "last",
        "value": "44",
        "unrealised": "-6",
        "marked_at": "2027-01-15T08:00:05Z",
    }
