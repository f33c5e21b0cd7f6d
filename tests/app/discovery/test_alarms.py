"""Alarms ring at once and end late."""

from datetime import UTC, datetime, timedelta

from app.discovery.alarms import AGREE_FOR, REMEMBERED, Alarms
from app.domain.games import GameId
from app.domain.markets import ContractId, VenueId
from app.domain.teams import Reason

GAME, OTHER = GameId("77"), GameId("78")
ONE, TWO = ContractId("kalshi:A:yes"), ContractId("polymarket:B")
WHY = Reason("price", "differs", "trades at 0.31 ...")
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
KALSHI, POLYMARKET = VenueId("kalshi"), VenueId("polymarket")
BOTH, KALSHI_ALONE = frozenset({KALSHI, POLYMARKET}), frozenset({KALSHI})
NOTHING: dict[ContractId, Reason] = {}
UNHEARD: dict[ContractId, frozenset[VenueId]] = {}


def of_both(*contracts: ContractId) -> dict[ContractId, frozenset[VenueId]]:
    return dict.fromkeys(contracts, BOTH)


def test_a_contradiction_rings_at_once_and_is_new_only_once() -> None:
    alarms = Alarms()
    assert alarms.take(GAME, {ONE: WHY}, of_both(ONE), UNHEARD, NOON) == {ONE}
    assert alarms.take(GAME, {ONE: WHY}, of_both(ONE), UNHEARD, NOON) == set()
    assert (alarms.reason(ONE), alarms.reason(TWO), alarms.reason(None), len(alarms)) == (WHY, None, None, 1)


def test_it_ends_when_prices_have_agreed_for_a_while() -> None:
    alarms = Alarms()
    alarms.take(GAME, {ONE: WHY}, of_both(ONE), UNHEARD, NOON)
    alarms.take(GAME, NOTHING, UNHEARD, of_both(ONE, TWO), NOON + timedelta(minutes=1))
    alarms.take(GAME, NOTHING, UNHEARD, of_both(ONE), NOON + timedelta(minutes=1) + AGREE_FOR - timedelta(seconds=1))
    assert alarms.reason(ONE) == WHY
    alarms.take(GAME, NOTHING, UNHEARD, of_both(ONE), NOON + timedelta(minutes=1) + AGREE_FOR)
    assert alarms.reason(ONE) is None


def test_another_contradiction_starts_the_while_anew() -> None:
    alarms = Alarms()
    alarms.take(GAME, {ONE: WHY}, of_both(ONE), UNHEARD, NOON)
    alarms.take(GAME, NOTHING, UNHEARD, of_both(ONE), NOON + timedelta(minutes=1))
    assert alarms.take(GAME, {ONE: WHY}, of_both(ONE), UNHEARD, NOON + timedelta(minutes=9)) == set()
    alarms.take(GAME, NOTHING, UNHEARD, of_both(ONE), NOON + timedelta(minutes=12))
    assert alarms.reason(ONE) == WHY


def test_prices_that_tell_nothing_end_nothing() -> None:
    alarms = Alarms()
    alarms.take(GAME, {ONE: WHY}, of_both(ONE), UNHEARD, NOON)
    for minutes in range(1, 120):
        alarms.take(GAME, NOTHING, UNHEARD, UNHEARD, NOON + timedelta(minutes=minutes))
    assert alarms.reason(ONE) == WHY


def test_alarms_are_recalled_and_forgotten_with_their_game() -> None:
    alarms = Alarms()
    alarms.recall(GAME, {ONE: WHY}, NOON)
    alarms.take(OTHER, {TWO: WHY}, of_both(TWO), UNHEARD, NOON)
    assert {contract_id: alarm.game_id for contract_id, alarm in alarms} == {ONE: GAME, TWO: OTHER}
    alarms.forget_all_but({OTHER}, NOON + REMEMBERED)
    assert (alarms.reason(ONE), alarms.reason(TWO)) == (WHY, WHY)  # a score source that is silent ends no alarm
    alarms.forget_all_but({OTHER}, NOON + REMEMBERED + timedelta(seconds=1))
    assert (alarms.reason(ONE), alarms.reason(TWO)) == (None, WHY)


def test_a_venue_that_was_contradicted_by_another_cannot_clear_itself() -> None:
    alarms = Alarms()
    alarms.take(GAME, {ONE: WHY}, of_both(ONE), UNHEARD, NOON)
    alarms.recall(GAME, {TWO: WHY}, NOON)
    for minutes in range(1, 120):
        alone = {ONE: KALSHI_ALONE, TWO: KALSHI_ALONE}
        alarms.take(GAME, NOTHING, UNHEARD, alone, NOON + timedelta(minutes=minutes))
    assert (alarms.reason(ONE), alarms.reason(TWO)) == (WHY, WHY)


def test_a_venue_that_contradicted_itself_clears_itself() -> None:
    alarms = Alarms()
    alarms.take(GAME, {ONE: WHY}, {ONE: KALSHI_ALONE}, UNHEARD, NOON)
    for minutes in (1, 12):
        alarms.take(GAME, NOTHING, UNHEARD, {ONE: KALSHI_ALONE}, NOON + timedelta(minutes=minutes))
    assert alarms.reason(ONE) is None
