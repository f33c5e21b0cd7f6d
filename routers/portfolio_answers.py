"""What the API answers about money: what can be used, what is won and not paid, what everything is worth, and where
profits went."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import reduce
from typing import NamedTuple, Self

from pydantic import ConfigDict, Field
from pydantic.config import JsonDict

from app.domain.ledgers import Balances
from app.domain.money import Money
from app.domain.orders import AccountKind
from app.history.account_books import AccountBooks, OpenRow, PlaceSum, Point
from app.history.trading_tables import AccountRow
from app.positions.causes import Causes
from app.valuations import Mark
from routers.amounts import MoneyText
from routers.answers import Answer
from routers.health import Mode
from routers.trading_answers import SIMULATED

NONE = Money(0)

CAUSES: JsonDict = {
    "edge": "16.85",
    "slippage": "-3.1",
    "fees": "-12.35",
    "leg_miss": "-1.4",
    "mismatch": "0",
    "unrealised": "24.35",
}
WORTH: JsonDict = {
    "cash": "9911.55",
    "reserved": "18.4",
    "usable": "9893.15",
    "cost": "88.45",
    "value": "112.8",
    "unpaid": "60",
    "unmarked": "0",
    "equity": "10024.35",
    "deposits": "10000",
    "realised": "12.35",
    "unrealised": "24.35",
    "fees": "12.35",
    "profit": "24.35",
    "day_profit": "11.9",
    "peak_profit": "26",
    "drawdown": 0.0002,
    "positions": 4,
    "causes": CAUSES,
}
ACCOUNT: JsonDict = {"account": "arbitrage", "kind": "paper", "is_balanced": True, "simulated": False, **WORTH}
RECONCILED: JsonDict = {"is_clean": True, "at": "2026-01-09T01:12:00Z", "differences": []}
PLACE: JsonDict = {"account": "arbitrage", "league": "nba", "venue": "kalshi", "profit": "11.2", "fees": "6.1"}
POINT: JsonDict = {
    "account": "arbitrage",
    "at": "2026-01-09T01:12:00Z",
    "equity": "10024.35",
    "profit": "24.35",
    "cash": "9911.55",
    "value": "112.8",
    "unpaid": "60",
}


class CausesAnswer(Answer):
    """Where the profit came from and where it went; together they are the profit, to the micro-dollar."""

    model_config = ConfigDict(json_schema_extra={"example": CAUSES})

    edge: MoneyText = Field(description="What no other cause explains: the edge that was bought, or seemed to be.")
    slippage: MoneyText = Field(description="Paid above the price that was counted with, of what is sold or paid.")
    fees: MoneyText
    leg_miss: MoneyText = Field(description="By selling what was bought for a hedge that did not come about.")
    mismatch: MoneyText = Field(description="By settlements other than score and rules had said.")
    unrealised: MoneyText = Field(description="Of what is still held.")


class WorthAnswer(Answer):
    """What somebody has. Equity is cash and value; profit is equity less what was deposited."""

    cash: MoneyText
    reserved: MoneyText = Field(description="Of the cash: what open orders may still cost, without fees.")
    usable: MoneyText = Field(description="Cash that nothing waits for. What is won and not paid is not in it.")
    cost: MoneyText = Field(description="Of what is held, without fees.")
    value: MoneyText = Field(description="Of what is held, as it is marked.")
    unpaid: MoneyText = Field(description="Of the value: won, and its venue has not paid yet.")
    unmarked: MoneyText = Field(description="Of the value: what nobody has a price for, at what it has cost.")
    equity: MoneyText
    deposits: MoneyText
    realised: MoneyText = Field(description="Of sales and settlements, without fees.")
    unrealised: MoneyText
    fees: MoneyText
    profit: MoneyText
    day_profit: MoneyText = Field(description="Since midnight, UTC.")
    peak_profit: MoneyText
    drawdown: float = Field(description="Share that is lost of the highest equity.")
    positions: int = Field(description="That hold something.")
    causes: CausesAnswer


class AccountWorth(WorthAnswer):
    """The same of one account."""

    model_config = ConfigDict(json_schema_extra={"example": ACCOUNT})

    account: str
    kind: AccountKind
    is_balanced: bool = Field(description="Its books add up, and its positions cost what the ledger says.")
    simulated: bool = Field(description=SIMULATED)


class TotalWorth(WorthAnswer):
    """The same of all accounts of one kind; paper is never added to real money."""

    model_config = ConfigDict(json_schema_extra={"example": {"kind": "paper", "simulated": False, **WORTH}})

    kind: AccountKind
    simulated: bool = Field(description=SIMULATED)


class ReconciledAnswer(Answer):
    """Whether what we have is what the venues have."""

    model_config = ConfigDict(json_schema_extra={"example": RECONCILED})

    is_clean: bool | None = Field(description="Null: nobody has compared it yet, or nobody trades.")
    at: datetime | None
    differences: list[str] = Field(description="In words, as long as they stand.")


class PlaceAnswer(Answer):
    """What was earned in a league at a venue, open positions included."""

    model_config = ConfigDict(json_schema_extra={"example": PLACE})

    account: str
    league: str
    venue: str
    profit: MoneyText = Field(description="Realised and unrealised, less fees.")
    fees: MoneyText


class PointAnswer(Answer):
    """What an account was worth."""

    model_config = ConfigDict(json_schema_extra={"example": POINT})

    account: str
    at: datetime
    equity: MoneyText
    profit: MoneyText
    cash: MoneyText
    value: MoneyText
    unpaid: MoneyText

    @classmethod
    def of(cls, point: Point) -> Self:
        equity = Money(point.cash + point.value)
        return cls.model_validate({**point._asdict(), "equity": equity, "profit": Money(equity - point.deposits)})


class PortfolioAnswer(Answer):
    """Everything of one moment."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "at": "2026-01-09T01:12:05Z",
                "mode": "paper",
                "simulated": False,
                "reconciled": RECONCILED,
                "totals": [{"kind": "paper", "simulated": False, **WORTH}],
                "accounts": [ACCOUNT],
                "places": [PLACE],
                "curve": [POINT],
            }
        }
    )

    at: datetime
    mode: Mode
    simulated: bool = Field(description=SIMULATED)
    reconciled: ReconciledAnswer
    totals: list[TotalWorth]
    accounts: list[AccountWorth]
    places: list[PlaceAnswer]
    curve: list[PointAnswer] = Field(description="The oldest first; GET /portfolio/curve tells more of it.")


class Sums(NamedTuple):
    """The figures of an account, or of several."""

    balances: Balances
    reserved: Money
    value: Money
    unpaid: Money
    unmarked: Money
    before: Money
    peak: Money
    causes: Causes
    positions: int
    held_cost: Money

    def fields(self) -> dict[str, object]:
        """As `WorthAnswer` has them."""
        books, equity = self.balances, Money(self.balances.cash + self.value)
        profit = Money(equity - books.deposits)
        peak = Money(max(self.peak, profit, 0))
        highest = books.deposits + peak
        unrealised = Money(self.value - books.positions)
        return {
            "cash": books.cash,
            "reserved": self.reserved,
            "usable": Money(books.cash - self.reserved),
            "cost": books.positions,
            "value": self.value,
            "unpaid": self.unpaid,
            "unmarked": self.unmarked,
            "equity": equity,
            "deposits": books.deposits,
            "realised": books.realised,
            "unrealised": unrealised,
            "fees": books.fees,
            "profit": profit,
            "day_profit": Money(profit - self.before),
            "peak_profit": peak,
            "drawdown": round((peak - profit) / highest, 6) if highest > 0 else 0.0,
            "positions": self.positions,
            "causes": CausesAnswer.model_validate({**self.causes._asdict(), "unrealised": unrealised}),
        }


class Held(NamedTuple):
    """What is held, and what it is worth."""

    row: OpenRow
    mark: Mark | None
    value: Money


def sums_of(account: str, found: AccountBooks, held: Iterable[Held], causes: Mapping[str, Causes]) -> Sums:
    """The figures of one account. `held`: all that it holds."""
    own = tuple(held)

    def amount(amounts: Mapping[str, Money]) -> Money:
        return amounts.get(account, NONE)

    return Sums(
        balances=found.balances.get(account, Balances()),
        reserved=amount(found.reserved),
        value=_sum(each.value for each in own),
        unpaid=_sum(each.value for each in own if each.mark is not None and each.mark.is_won),
        unmarked=_sum(each.value for each in own if each.mark is None),
        before=amount(found.before),
        peak=amount(found.peaks),
        causes=causes.get(account, Causes()),
        positions=len(own),
        held_cost=_sum(each.row.cost for each in own),
    )


def added(sums: Sequence[Sums]) -> Sums:
    """Several together; the peak of a sum is not the sum of peaks, but never more."""
    names = Balances.__struct_fields__
    books = Balances(**{name: _sum(getattr(each.balances, name) for each in sums) for name in names})
    plain = [name for name in Sums._fields if name not in ("balances", "causes")]
    rest = {name: sum(getattr(each, name) for each in sums) for name in plain}
    return Sums(balances=books, causes=reduce(Causes.plus, (each.causes for each in sums), Causes()), **rest)


def account_worth(row: AccountRow, sums: Sums, *, is_simulated: bool) -> AccountWorth:
    """One account's answer."""
    is_balanced = sums.balances.is_balanced and sums.held_cost == sums.balances.positions
    named = {"account": row.id, "kind": row.kind, "is_balanced": is_balanced, "simulated": is_simulated}
    return AccountWorth.model_validate({**named, **sums.fields()})


def place_answers(places: Iterable[PlaceSum], held: Iterable[Held]) -> list[PlaceAnswer]:
    """What is closed and what is open together, by account, league and venue."""
    profits: dict[tuple[str, str, str], tuple[int, int]] = {}
    for place in places:
        profits[place[:3]] = (place.realised - place.fees, place.fees)
    for each in held:
        key = (each.row.account, each.row.league, each.row.venue)
        profit, fees = profits.get(key, (0, 0))
        profits[key] = (profit + each.value - each.row.cost, fees)
    return [
        PlaceAnswer(account=account, league=league, venue=venue, profit=Money(profit), fees=Money(fees))
        for (account, league, venue), (profit, fees) in sorted(profits.items())
    ]


def _sum(amounts: Iterable[Money]) -> Money:
    return Money(sum(amounts))
