"""What the API answers about positions: what they are worth now, and what would sell them."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import NamedTuple, Self

from pydantic import ConfigDict, Field

from app.clock import moment_of
from app.domain.money import Money, Price, money_text, price_text
from app.domain.positions import ExitRule, ExitRules, Position
from app.domain.signals import Detector
from app.history.trading_tables import PositionRow, SettlementRow
from app.positions.exits import ENDLESS, NOTHING, bounds_of
from app.valuations import Mark, MarkedBy, rules_of, value_at
from routers.amounts import MoneyText, PriceText, SizeText
from routers.answers import Answer
from routers.trading_answers import AboutContract, Contracts, FillAnswer, OrderAnswer
from routers.trading_examples import EXITS, FILL, ORDER, POSITION, TRIGGER

MARKED_BY = (
    "`bid`: one that was proved just now; `last`: the last one there was; `indicative`: the listing; `expected`: what "
    "by the score and the rules will be paid; `cost`: nobody knows, so it counts as what it has cost."
)


class Valued(NamedTuple):
    """A position and what it is marked at; None: nobody knows."""

    row: PositionRow
    position: Position
    mark: Mark | None


class ExitsAnswer(Answer):
    """When a position is sold before its game ends. Shares are of what it has cost; null: not for that reason."""

    model_config = ConfigDict(from_attributes=True, json_schema_extra={"example": EXITS})

    stop: float | None = Field(description="Sold when so much of it is lost.")
    trailing_stop: float | None = Field(description="Sold when it falls so far below the best that it was worth.")
    take_profit: float | None = Field(description="Sold when so much is won.")
    after_s: int | None = Field(description="Seconds after it was opened.")
    edge_gone: float | None = Field(description="Sold when it should be worth so much less than is paid for it.")
    on_game_states: list[str] = Field(description="`postponed`, `suspended`, `cancelled`, `delayed`.")
    before_close_s: int | None = Field(description="Seconds before the game is over.")
    hold_s: int = Field(description="Seconds after the entry in which only `stop` and a halt sell.")
    slip: PriceText = Field(description="How much below the best bid is taken, in dollars.")


class TriggerAnswer(Answer):
    """What would sell a position, by one of its rules."""

    model_config = ConfigDict(json_schema_extra={"example": TRIGGER})

    rule: ExitRule
    price: PriceText | None = Field(None, description="What a contract must bring after fees, at most or at least.")
    at: datetime | None = Field(None, description="When, of a rule that is about time.")
    words: str


class PositionAnswer(AboutContract):
    """What an account has of a contract, and what it is worth."""

    model_config = ConfigDict(json_schema_extra={"example": POSITION})

    id: str = Field(description="`{account}:{contract_id}`.")
    account: str
    size: SizeText
    cost: MoneyText = Field(description="Of what it holds now, without fees.")
    average: PriceText | None = Field(description="What one of it has cost, rounded down.")
    fees: MoneyText = Field(description="All of them.")
    realised: MoneyText = Field(description="What sales and settlement brought, less what was paid; without fees.")
    mark: PriceText | None = Field(description="What is paid for one now.")
    marked_by: MarkedBy = Field(description=MARKED_BY)
    value: MoneyText
    unrealised: MoneyText
    is_won: bool = Field(description="Its game is over, and its venue has not paid yet.")
    detector: Detector | None = Field(description="What found it; null: somebody's own order.")
    trade_id: str
    opened_at: datetime
    changed_at: datetime
    closed_at: datetime | None = Field(description="Null: it holds something.")
    version: int = Field(description="Grows with each change.")
    exit_rules: ExitsAnswer
    has_own_rules: bool = Field(description="False: those of its kind of bet.")
    triggers: list[TriggerAnswer] = Field(description="What would sell it, rule by rule.")

    @classmethod
    def of(cls, held: Valued, contracts: Contracts) -> Self:
        return contracts.told(cls, held.row, **_position_fields(held))


class SettlementAnswer(Answer):
    """How its venue turned it to cash."""

    model_config = ConfigDict(from_attributes=True)

    pays: PriceText
    size: SizeText
    expected: PriceText | None = Field(description="What the score and the rules had said; null: nothing.")
    source: str = Field(description="The venue's own words.")
    at: datetime


class PositionWholeAnswer(PositionAnswer):
    """A position with everything behind its figures."""

    model_config = ConfigDict(
        json_schema_extra={"example": {**POSITION, "orders": [ORDER], "fills": [FILL], "settlement": None}}
    )

    orders: list[OrderAnswer]
    fills: list[FillAnswer] = Field(description="The last booked first.")
    settlement: SettlementAnswer | None

    @classmethod
    def whole(
        cls,
        held: Valued,
        orders: list[OrderAnswer],
        fills: list[FillAnswer],
        settlement: SettlementRow | None,
        contracts: Contracts,
    ) -> Self:
        told = None if settlement is None else SettlementAnswer.model_validate(settlement)
        more = {"orders": orders, "fills": fills, "settlement": told}
        return contracts.told(cls, held.row, **_position_fields(held), **more)


def _position_fields(held: Valued) -> dict[str, object]:
    row, position, mark = held
    rules, is_open = rules_of(row), row.closed_at is None
    value = value_at(mark, position.size, position.cost) if is_open else Money(0)
    return {
        "id": f"{row.account}:{row.contract_id}",
        "average": position.average,
        "mark": mark.price if mark and is_open else None,
        "marked_by": mark.by if mark and is_open else "cost",
        "value": value,
        "unrealised": Money(value - position.cost),
        "is_won": is_open and mark is not None and mark.is_won,
        "exit_rules": ExitsAnswer.model_validate(rules),
        "has_own_rules": row.exit_rules is not None,
        "triggers": list(_triggers(position, rules)) if position.size > 0 else [],
    }


def _triggers(position: Position, rules: ExitRules) -> Iterator[TriggerAnswer]:
    """In the order in which they are asked. Prices are what a contract brings after fees."""
    bounds = bounds_of(position, rules)
    if bounds.stop_at != NOTHING:
        yield _priced("stop", bounds.stop_at, "it brings at most")
    if bounds.take_at != ENDLESS:
        yield _priced("take_profit", bounds.take_at, "it brings at least")
    if rules.trailing_stop is not None:
        words = f"it falls {rules.trailing_stop:.0%} below the best that it was worth, once that was more than it cost"
        yield TriggerAnswer(rule="trailing_stop", words=words)
    if rules.edge_gone is not None:
        words = f"it brings {money_text(Money(bounds.over_worth))} dollars more than it should be worth, for 20 s"
        yield TriggerAnswer(rule="edge_gone", words=words)
    if rules.on_game_states:
        yield TriggerAnswer(rule="game_state", words=f"its game is {' or '.join(rules.on_game_states)}")
    if rules.after_s is not None:
        at = moment_of(position.opened_at) + timedelta(seconds=rules.after_s)
        yield TriggerAnswer(rule="time", at=at, words=f"{rules.after_s} s have passed since it was opened")
    if rules.before_close_s is not None:
        yield TriggerAnswer(rule="before_close", words=f"its game is over within {rules.before_close_s} s")


def _priced(rule: ExitRule, unit: int, words: str) -> TriggerAnswer:
    at = Price(max(0, min(unit, 1_000_000)) // 100)
    return TriggerAnswer(rule=rule, price=price_text(at), words=f"{words} {price_text(at)} dollars a contract")
