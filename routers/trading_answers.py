"""What the API answers about orders, fills, trades and incidents: as they are written down, with what each contract
says."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Self, TypeVar

from pydantic import ConfigDict, Field, JsonValue

from app.domain.ledgers import PostingKind
from app.domain.links import Link
from app.domain.markets import ContractId
from app.domain.orders import AccountKind, Purpose, Side, Stage, State, TimeInForce
from app.domain.propositions import Polarity
from app.history.queries import recorded_contracts
from app.history.tables import Row
from app.history.trading_tables import FillRow, OrderEventRow, OrderRow, TradeRow
from app.resources import Resources
from routers.amounts import MoneyText, PriceText, SizeText
from routers.answers import Answer, PropositionAnswer
from routers.trading_examples import CHANGE, FILL, INCIDENT, INSTRUCTION, ORDER, ORDER_WHOLE, TRADE

SIMULATED = "True: of the sandbox; nothing of it has happened."

About = TypeVar("About", bound="AboutContract")


class AboutContract(Answer):
    """What a row of orders or money is about."""

    venue: str
    market_id: str
    contract_id: str
    game_id: str
    league: str
    outcome: str = Field(description="As the venue calls it; empty where the contract is linked no more.")
    proposition: PropositionAnswer | None = Field(description="What the contract was linked to last.")
    polarity: Polarity | None = Field(description="`yes`: pays when the proposition is true; `no`: when it is false.")
    simulated: bool = Field(description=SIMULATED)


class Contracts:
    """What contracts say, to be told with each row that is about one."""

    def __init__(self, links: Mapping[ContractId, Link], opened: Resources) -> None:
        self._links = links
        self._team_of = opened.matching.registry.team
        self._is_simulated = opened.settings.simulation.is_on

    def of(self, contract_id: str) -> dict[str, object]:
        """The fields that a row itself has not."""
        link = self._links.get(ContractId(contract_id))
        said = link.proposition if link else None
        team = self._team_of(said.team_id) if said and said.team_id else None
        return {
            "outcome": link.outcome if link else "",
            "proposition": PropositionAnswer.of(said, [team] if team else []) if said else None,
            "polarity": link.polarity if link else None,
            "simulated": self._is_simulated,
        }

    def told(self, kind: type[About], row: Row, **more: object) -> About:
        """A row as an answer of this kind."""
        own = {name: getattr(row, name) for name in kind.model_fields if hasattr(row, name)}
        return kind.model_validate({**own, **self.of(getattr(row, "contract_id", "")), **more})


async def contracts_of(opened: Resources, contract_ids: Sequence[str]) -> Contracts:
    """What these say. Raises HistoryUnavailable."""
    asked = [ContractId(name) for name in dict.fromkeys(contract_ids)]
    return Contracts(await recorded_contracts(opened.history, asked), opened)


class OrderAnswer(AboutContract):
    """What was asked of a venue, and how it stands."""

    model_config = ConfigDict(json_schema_extra={"example": ORDER})

    id: str
    account: str
    kind: AccountKind
    side: Side
    limit: PriceText = Field(description="At most, or at least, so much a contract.")
    size: SizeText
    filled: SizeText
    left: SizeText = Field(description="Of its size; nothing more comes of a settled order.")
    time_in_force: TimeInForce
    is_post_only: bool
    expires_at: datetime | None = Field(description="Of `gtd`.")
    purpose: Purpose
    trade_id: str = Field(description="Orders that belong together.")
    leg: int
    signal_id: str | None
    rule: str = Field(description="Why, in a word: which exit rule, which step of a trade.")
    quoted: PriceText = Field(description="The price that was counted with; beyond it is slippage.")
    state: State = Field(description="`unknown`: it was sent and nobody knows whether it arrived; the venue is asked.")
    reason: str
    ref: str = Field(description="The venue's own name for it.")
    wanted_at: datetime
    changed_at: datetime

    @classmethod
    def of(cls, row: OrderRow, contracts: Contracts) -> Self:
        return contracts.told(cls, row, **_order_fields(row))


class FillAnswer(AboutContract):
    """What an order got."""

    model_config = ConfigDict(json_schema_extra={"example": FILL})

    id: str = Field(description="`{venue}:{the venue's own}`: the same one is never booked twice.")
    order_id: str
    account: str
    side: Side
    price: PriceText
    size: SizeText
    fee: MoneyText
    is_maker: bool
    stage: Stage = Field(description="A venue may still take a `provisional` one back: then it is `undone`.")
    venue_time: datetime
    received_at: datetime
    booked_at: datetime

    @classmethod
    def of(cls, row: FillRow, contracts: Contracts) -> Self:
        return contracts.told(cls, row)


class ChangeAnswer(Answer):
    """One transition of an order."""

    model_config = ConfigDict(from_attributes=True, json_schema_extra={"example": CHANGE})

    number: int = Field(description="0: it was written down, before anything was sent.")
    state: State
    at: datetime
    filled: SizeText
    reason: str
    ref: str


class OrderWholeAnswer(OrderAnswer):
    """An order with all its transitions and fills."""

    model_config = ConfigDict(json_schema_extra={"example": ORDER_WHOLE})

    changes: list[ChangeAnswer]
    fills: list[FillAnswer]
    fees: MoneyText
    average: PriceText | None = Field(description="Of its fills, rounded down.")

    @classmethod
    def whole(
        cls, row: OrderRow, changes: Sequence[OrderEventRow], fills: Sequence[FillRow], contracts: Contracts
    ) -> Self:
        kept = [fill for fill in fills if fill.stage != "undone"]
        size = sum(fill.size for fill in kept)
        average = int(sum(fill.price * fill.size for fill in kept) / size * 10_000) if size else None
        return contracts.told(
            cls,
            row,
            **_order_fields(row),
            changes=[ChangeAnswer.model_validate(each) for each in changes],
            fills=[FillAnswer.of(each, contracts) for each in fills],
            fees=int(sum(fill.fee for fill in kept) * 1_000_000),
            average=average,
        )


class TradeAnswer(Answer):
    """Orders that belong together, and how that ended."""

    model_config = ConfigDict(json_schema_extra={"example": TRADE})

    id: str
    account: str
    signal_id: str | None
    detector: str | None = Field(description="Null: somebody's own.")
    game_id: str
    league: str
    status: str = Field(description="`open`, `hedged`, `missed`, `unwound`, `exposed`, or for one leg `done`.")
    detail: dict[str, JsonValue]
    began_at: datetime
    ended_at: datetime | None
    simulated: bool = Field(description=SIMULATED)

    @classmethod
    def of(cls, row: TradeRow, *, is_simulated: bool) -> Self:
        return cls.model_validate({**row.model_dump(), "simulated": is_simulated})


class InstructionAnswer(Answer):
    """What the executor was asked, and what it has said of it."""

    model_config = ConfigDict(from_attributes=True, json_schema_extra={"example": INSTRUCTION})

    id: str
    kind: str
    account: str
    state: str = Field(description="`waiting`, `taken`, `done`, `refused`, `expired`.")
    outcome: str = Field(description="In words.")
    order_id: str | None = Field(description="The first order that was made for it.")
    asked_by: str
    asked_at: datetime
    expires_at: datetime = Field(description="It is not begun after that.")


class IncidentAnswer(Answer):
    """Something that should not be, from when it was seen until it was over."""

    model_config = ConfigDict(from_attributes=True, json_schema_extra={"example": INCIDENT})

    id: int
    kind: str = Field(examples=["exposed", "mismatch", "contradiction", "overdue", "disputed", "orphan", "ghost"])
    account: str
    venue: str
    subject: str = Field(description="An order, a contract or a trade.")
    game_id: str
    detail: str
    began_at: datetime
    ended_at: datetime | None = Field(description="Null: it goes on.")


class EntryAnswer(Answer):
    """One line of the ledger: so much into a book, or out of it when negative."""

    number: int = Field(description="Of its posting; grows.")
    posting_id: str = Field(examples=["fill:kalshi:f-81ab"])
    kind: PostingKind
    account: str
    book: str = Field(examples=["cash"])
    contract_id: str
    amount: MoneyText
    at: datetime
    note: str


def _order_fields(row: OrderRow) -> dict[str, object]:
    return {"limit": row.limit_price, "left": row.size - row.filled}
