"""What ours says of a bot's attempts, on single ones and on the whole log."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest

from app.domain.money import money
from benchmarks.bot_log import (
    FILES,
    FOLDER,
    ActualPnl,
    Attempt,
    PerContract,
    Reason,
    edge_of,
    frozen,
    judge,
    locked,
    read_attempts,
    summary,
    swapped_edge,
)

START = datetime(2026, 2, 21, tzinfo=UTC)


def attempt(direction: str, kalshi: str, polymarket: str, contracts: int = 20, **more: object) -> Attempt:
    """Bids and asks in cents, as "44/46"."""
    (k_bid, k_ask), (pm_bid, pm_ask) = (map(float, quote.split("/")) for quote in (kalshi, polymarket))
    row = {"timestamp": START, "game_id": "1", "team": "BOS", "direction": direction, "spread_cents": 0.0}
    row |= {"contracts_intended": contracts, "kalshi_fill": 0, "pm_fill": 0, "status": "PM_NO_FILL"}
    row |= {"k_bid": k_bid, "k_ask": k_ask, "pm_bid": pm_bid, "pm_ask": pm_ask, "estimated_net_profit_cents": 0.0}
    return msgspec.convert({**row, **more}, Attempt)


SAID: list[tuple[str, str, str, int, Reason]] = [
    ("BUY_K_SELL_PM", "45/46", "50/51", 20, "thin"),  # 1.01 cents left: $0.20
    ("BUY_K_SELL_PM", "45/46", "50/51", 100, "sent"),
    ("BUY_PM_SELL_K", "50/51", "45/46", 100, "sent"),
    ("BUY_K_SELL_PM", "45/46", "53/54", 1, "thin"),
    ("BUY_K_SELL_PM", "45/46", "48/49", 100, "fees"),
    ("BUY_K_SELL_PM", "45/46", "49.2/50", 100, "min_edge"),
    ("BUY_K_SELL_PM", "45/46", "53/50", 100, "crossed"),
    ("BUY_PM_SELL_K", "47/46", "40/41", 100, "crossed"),
    ("BUY_K_SELL_PM", "30/31", "68/69", 100, "inverted"),
    ("BUY_K_SELL_PM", "85/86", "92/93", 100, "entry_price"),
]


@pytest.mark.parametrize(("direction", "kalshi", "polymarket", "contracts", "reason"), SAID)
def test_what_ours_says(direction: str, kalshi: str, polymarket: str, contracts: int, reason: Reason) -> None:
    assert judge(attempt(direction, kalshi, polymarket, contracts)).reason == reason


def test_the_edge_is_the_fact_sheets() -> None:
    tried = attempt("BUY_K_SELL_PM", "45/46", "50/51")
    assert edge_of(*tried.legs) == 10_112
    assert swapped_edge(attempt("BUY_K_SELL_PM", "45/46", "51/50")) == 10_112
    assert attempt("BUY_PM_SELL_K", "50/51", "45/46").legs == (5_000, 4_600)


def test_a_hedged_trade_made_what_is_left_of_a_dollar_after_what_was_paid() -> None:
    """The first file's: 38 cents sold on Kalshi, 40 cents paid where 35.9 were quoted."""
    paid = ActualPnl(PerContract(62, 40), -0.0406)
    done = attempt("BUY_PM_SELL_K", "39/40", "29/35.9", 1, status="SUCCESS", kalshi_fill=1, pm_fill=1)
    assert locked(done) is None
    assert locked(msgspec.structs.replace(done, actual_pnl=paid)) == money("-0.052")
    assert locked(msgspec.structs.replace(done, actual_pnl=paid, status="TIER3_OPPOSITE_HEDGE")) is None


def test_a_price_that_does_not_move_for_a_minute_is_frozen() -> None:
    tries = [
        attempt("BUY_K_SELL_PM", "10/11", quote, timestamp=START + timedelta(seconds=after))
        for after, quote in ((0, "24.4/30"), (59, "24.4/26"), (60, "24.4/25"), (70, "24.5/25"), (80, "24.5/25"))
    ]
    assert [one.timestamp for one in frozen(reversed(tries))] == [START + timedelta(seconds=60)]


@pytest.fixture(scope="module")
def attempts(shared: Path) -> list[Attempt]:
    return [attempt for name in FILES for attempt in read_attempts(FOLDER / name)]


def test_most_of_what_the_bot_tried_is_refused_and_mostly_for_a_crossed_book(attempts: list[Attempt]) -> None:
    said = summary(attempts)
    assert (said["attempts"], said["games"], said["refused"]) == (1_049, 54, 1_022)
    assert said["reasons"] == {"crossed": 914, "thin": 98, "sent": 27, "min_edge": 9, "inverted": 1}
    assert (said["frozen_for_a_minute"], said["left_on_a_frozen_price"]) == (815, 12)


def test_nearly_half_of_what_it_hedged_was_hedged_at_a_loss(attempts: list[Attempt]) -> None:
    done = summary(attempts)["executed"]
    assert isinstance(done, dict)
    assert (done["trades"], done["hedged"], done["hedged_at_a_loss"]) == (28, 20, 9)
    assert done["of_these_ours_refused"] == 7
    assert (done["lost_on_those"], done["made_on_all_hedged"]) == (-2.73, -1.39)
    assert done["second_leg_missed"] == {"UNHEDGED": 5, "TIER3_OPPOSITE_HEDGE": 2, "EXITED": 1}


def test_the_gap_that_the_bot_saw_is_the_one_that_is_reckoned_with(attempts: list[Attempt]) -> None:
    """Nothing is read the wrong way round: our legs leave exactly its spread."""
    assert all(abs(10_000 - sum(one.legs) - one.spread_cents * 100) < 1 for one in attempts)
