"""What may be asked of orders and positions, field by field."""

from collections.abc import Callable
from typing import Annotated, Literal, Self, TypeVar

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BeforeValidator,
    ConfigDict,
    Field,
    JsonValue,
    StrictInt,
    model_validator,
)

from app.domain.exit_rules import rules_changed
from app.domain.games import GameId
from app.domain.instructions import CloseWanted
from app.domain.markets import ContractId
from app.domain.money import Money, Price, Size, money, price, size
from app.domain.orders import AccountId, Side, TimeInForce
from app.domain.positions import ExitRules
from app.domain.questions import fault_of_name
from app.errors import BadInput
from app.wishes import OrderWish
from routers.questions import Question
from routers.trading_examples import CONTRACT

LARGEST_SIZE = 1_000_000  # contracts
LARGEST_SUM = 1_000_000_000  # dollars

Exact = TypeVar("Exact", Price, Size, Money)


def _exactly(read: Callable[[str], Exact], most: int) -> BeforeValidator:
    """A decimal number, in a text or not, to the last digit. Says one fault, whatever the types."""

    def check(value: object) -> object:
        if isinstance(value, bool) or not isinstance(value, str | int | float):
            raise ValueError("must be a number, or a decimal text")
        try:
            found = read(str(value).strip())
        except BadInput as error:
            raise ValueError(str(error)) from None
        if found > most:
            raise ValueError(f"must be at most {most // 1_000_000}")
        return found

    return BeforeValidator(check, json_schema_input_type=str | int | float)


def _named(value: str | None) -> str | None:
    if value is not None and (words := fault_of_name(value)):
        raise ValueError(words)
    return value


PriceAsked = Annotated[Price, _exactly(price, 10_000)]
SizeAsked = Annotated[Size, _exactly(size, LARGEST_SIZE * 1_000_000)]
MoneyAsked = Annotated[Money, _exactly(money, LARGEST_SUM * 1_000_000)]
IdAsked = Annotated[str | None, Field(max_length=200), AfterValidator(_named)]
AccountName = Annotated[str, Field(max_length=40, pattern=r"^[a-z0-9][a-z0-9_-]*$", examples=["manual"])]


class OrderQuestion(Question):
    """An order for a contract, or for the team that is to win a game at a venue."""

    model_config = ConfigDict(
        json_schema_extra={"example": {"contract_id": CONTRACT, "side": "buy", "limit": "0.46", "size": "60"}}
    )

    account: AccountName = "manual"
    contract_id: IdAsked = Field(None, description="As GET /games/{id}/links names it.")
    game: IdAsked = Field(None, description="With `venue` and `team`, in place of `contract_id`.")
    venue: IdAsked = Field(None, examples=["kalshi"])
    team: IdAsked = Field(None, description="That is to win; any name that the matcher knows.", examples=["Celtics"])
    side: Side
    limit: PriceAsked = Field(description="Dollars a contract: at most to buy, at least to sell.", examples=["0.46"])
    size: SizeAsked = Field(description="Contracts.", examples=["60"])
    time_in_force: TimeInForce = Field(
        "ioc", description="`ioc`: what is there now; `fok`: all or nothing; `gtc`, `gtd`: the rest waits."
    )
    is_post_only: bool = Field(False, description="Never takes what is there.")
    expires_at: AwareDatetime | None = Field(None, description="Of `gtd`, and of nothing else.")

    def wish(self) -> OrderWish:
        """As the house asks."""
        return OrderWish(
            account=AccountId(self.account),
            contract_id=None if self.contract_id is None else ContractId(self.contract_id),
            game_id=None if self.game is None else GameId(self.game),
            venue=self.venue,
            team=self.team,
            side=self.side,
            limit=self.limit,
            size=self.size,
            time_in_force=self.time_in_force,
            is_post_only=self.is_post_only,
            expires_at=self.expires_at,
        )


class CloseQuestion(Question):
    """How a position is sold; all of it and at what is paid now, unless said otherwise."""

    model_config = ConfigDict(json_schema_extra={"example": {"size": "20", "limit": "0.45", "version": 1}})

    size: SizeAsked | None = Field(None, description="Contracts; null: all of them.")
    limit: PriceAsked | None = Field(
        None, description="At least so much for each; null: what is paid now, less the `slip` of its rules."
    )
    version: StrictInt = Field(0, ge=0, description="Of the position that was looked at; 0: whatever it is now.")

    def wanted(self, contract_id: str) -> CloseWanted:
        """As the executor is asked."""
        return CloseWanted(contract_id=contract_id, limit=self.limit, size=self.size, version=self.version)


class ExitsQuestion(Question):
    """Rules that change, written as GET /positions shows them; null: not for that reason any more."""

    model_config = ConfigDict(json_schema_extra={"example": {"exit_rules": {"stop": 0.3, "take_profit": 0.25}}})

    exit_rules: dict[str, JsonValue] = Field({}, max_length=20)
    is_default: bool = Field(False, description="Back to the rules of its kind of bet; `exit_rules` is empty then.")

    @model_validator(mode="after")
    def something_changes(self) -> Self:
        if bool(self.exit_rules) is self.is_default:
            raise ValueError("must have either some `exit_rules`, or `is_default`")
        return self

    def changed(self, before: ExitRules) -> ExitRules | None:
        """The rules with these changes; None: none of its own. Raises QuestionRefused."""
        return None if self.is_default else rules_changed(before, self.exit_rules)


class AccountQuestion(Question):
    """A paper account of one's own, beside the platform's."""

    model_config = ConfigDict(
        json_schema_extra={"example": {"id": "bot-7", "deposit": "1000", "note": "half the stake of bot-6"}}
    )

    id: AccountName
    kind: Literal["paper"] = Field("paper", description="Accounts of real money come with their venue's keys.")
    deposit: MoneyAsked = Field(Money(0), ge=0, description="Dollars of paper money.")
    note: str = Field("", max_length=500)


class DepositQuestion(Question):
    """Paper money that comes in."""

    model_config = ConfigDict(json_schema_extra={"example": {"amount": "500", "note": "for the play-offs"}})

    amount: MoneyAsked = Field(gt=0, description="Dollars.")
    note: str = Field("", max_length=500)


class ResetQuestion(Question):
    """Where a paper account begins anew."""

    model_config = ConfigDict(json_schema_extra={"example": {"balance": "10000"}})

    balance: MoneyAsked = Field(gt=0, description="Dollars that it stands at then.")
