"""Alarms ring at once and end late."""

from datetime import UTC, datetime, timedelta

from app.discovery.alarms import AGREE_FOR, Alarms
from app.domain.games import GameId
from app.domain.markets import ContractId
from app.domain.teams import Reason

GAME, OTHER = GameId("77"), GameId("78")
ONE, TWO = ContractId("kalshi:A:yes"), ContractId("polymarket:B")
WHY = Reason("price", "differs", "trades at 0.31 ...")
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
NOTHING: dict[ContractId, Reason] = {}


def test_a_contradiction_rings_at_once_and_is_new_only_once() -> None:
    alarms = Alarms()
    assert alarms.take(GAME, {ONE: WHY}, (), NOON) == {ONE}
    assert alarms.take(GAME, {ONE: WHY}, (), NOON) == set()
    assert (alarms.reason(ONE), alarms.reason(TWO), alarms.reason(None), len(alarms)) == (WHY, None, None, 1)


def test_it_ends_when_prices_have_agreed_for_a_while() -> None:
    alarms = Alarms()
    alarms.take(GAME, {ONE: WHY}, (), NOON)
    alarms.take(GAME, NOTHING, {ONE, TWO}, NOON + timedelta(minutes=1))
    alarms.take(GAME, NOTHING, {ONE}, NOON + timedelta(minutes=1) + AGREE_FOR - timedelta(seconds=1))
    assert alarms.reason(ONE) == WHY
    alarms.take(GAME, NOTHING, {ONE}, NOON + timedelta(minutes=1) + AGREE_FOR)
    assert alarms.reason(ONE) is None


def test_another_contradiction_starts_the_while_anew() -> None:
    alarms = Alarms()
    alarms.take(GAME, {ONE: WHY}, (), NOON)
    alarms.take(GAME, NOTHING, {ONE}, NOON + timedelta(minutes=1))
    assert alarms.take(GAME, {ONE: WHY}, (), NOON + timedelta(minutes=9)) == set()
    alarms.take(GAME, NOTHING, {ONE}, NOON + timedelta(minutes=12))
    assert alarms.reason(ONE) == WHY


def test_prices_that_tell_nothing_end_nothing() -> None:
    alarms = Alarms()
    alarms.take(GAME, {ONE: WHY}, (), NOON)
    for minutes in range(1, 120):
        alarms.take(GAME, NOTHING, (), NOON + timedelta(minutes=minutes))
    assert alarms.reason(ONE) == WHY


def test_alarms_are_recalled_and_forgotten_with_their_game() -> None:
    alarms = Alarms()
    alarms.recall(GAME, {ONE: WHY})
    alarms.take(OTHER, {TWO: WHY}, (), NOON)
    assert {contract_id: alarm.game_id for contract_id, alarm in alarms} == {ONE: GAME, TWO: OTHER}
    alarms.forget_all_but({OTHER})
    assert (alarms.reason(ONE), alarms.reason(TWO)) == (None, WHY)
