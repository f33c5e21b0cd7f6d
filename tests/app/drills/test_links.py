"""Which market can be turned round."""

from datetime import UTC, datetime

import pytest

from app.drills.links import turnable
from app.drills.wire import ContractSeen, GameSeen, Prices, PropositionSeen, QuoteSeen, StatementSeen

GAME = GameSeen("1", "scheduled", datetime(2026, 1, 9, tzinfo=UTC), is_provisional=False)


def contract(venue: str, verdict: str = "tradable", state: str = "fresh") -> ContractSeen:
    return ContractSeen(venue, f"{venue}:X:yes", verdict, f"{venue}-market", "yes", QuoteSeen(state, "0.70", "0.72"))


def game(*contracts: ContractSeen, kind: str = "moneyline", period: str = "game") -> Prices:
    return Prices(GAME, [PropositionSeen(StatementSeen(kind, period), list(contracts))])


@pytest.mark.parametrize(
    ("seen", "market"),
    [
        (game(contract("kalshi"), contract("polymarket")), "polymarket-market"),
        (game(contract("polymarket")), ""),
        (game(contract("kalshi"), contract("polymarket", "rejected")), ""),
        (game(contract("kalshi", state="stale"), contract("polymarket")), ""),
        (game(contract("kalshi"), contract("polymarket"), period="regulation"), ""),
        (game(contract("kalshi"), contract("polymarket"), kind="total"), ""),
    ],
    ids=["both", "one venue", "rejected", "stale", "three ways", "no winner"],
)
def test_only_a_winner_of_two_ways_at_both_venues_can_be_turned_round(seen: Prices, market: str) -> None:
    assert turnable(seen) == market
