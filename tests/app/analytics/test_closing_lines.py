"""What the market thought of purchases later: by its start for what was bought before, some seconds later else."""

import pytest

from app.analytics.closing_lines import closing_lines
from app.domain.prices import SECOND, Nanos
from tests.app.analytics.reported import A_PURCHASE, purchase, sale

BOUGHT = A_PURCHASE.filled_at  # ten contracts at 46 cents


def nobody_knows(_: str) -> Nanos | None:
    return None


def test_before_the_game_its_start_is_the_closing_line() -> None:
    start = Nanos(BOUGHT + 600 * SECOND)
    asked = []

    def middle(contract_id: str, at: Nanos) -> float | None:
        asked.append((contract_id, at))
        return 0.48

    (line,) = closing_lines([purchase(), sale(5)], middle, lambda _: start)
    assert asked == [(A_PURCHASE.contract_id, start)]
    assert (line.start, line.start_n, line.purchases) == (pytest.approx(2.0), 1, 1)
    assert (line.after, line.worth) == ({"10": None, "60": None, "300": None}, 200_000)


def test_while_it_is_played_the_market_is_asked_some_seconds_later() -> None:
    def middle(_: str, at: Nanos) -> float | None:
        return {10: 0.47, 60: 0.45}.get((at - BOUGHT) // SECOND)

    (line,) = closing_lines([purchase()], middle, lambda _: Nanos(BOUGHT - SECOND))
    assert (line.start, line.start_n) == (None, 0)
    assert line.after == {"10": pytest.approx(1.0), "60": pytest.approx(-1.0), "300": None}
    assert line.after_n == {"10": 1, "60": 1, "300": 0}
    assert line.worth == 0  # nobody knows what it stood at after five minutes


def test_where_nobody_kept_prices_nothing_is_said() -> None:
    (line,) = closing_lines([purchase()], lambda *_: None, nobody_knows)
    assert (line.purchases, line.start, set(line.after.values())) == (1, None, {None})
    assert closing_lines([sale(60)], lambda *_: None, nobody_knows) == []
