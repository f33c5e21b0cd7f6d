"""What the API answers about risk: limits as people write them, halts, and what is used."""

from collections.abc import Iterable
from datetime import datetime
from typing import Self, get_args

from pydantic import ConfigDict, Field, JsonValue
from pydantic.config import JsonDict

from app.domain.limits import limits_shown
from app.domain.money import Money
from app.domain.risks import Account, Halt, HaltScope, RiskLimits
from app.execution.exposures import Kind, Place
from app.execution.standings import Cap
from app.history.risk import LimitsVersion
from app.history.tables import SignalRow
from app.restraints import Restraint
from routers.amounts import MoneyText, PriceText, SizeText
from routers.answers import Answer

ACCOUNTS: tuple[Account, ...] = get_args(Account)

HALT: JsonDict = {
    "scope": "league",
    "name": "nba",
    "reason": "two venues disagree about the score",
    "halted_by": "key admin",
    "halted_at": "2026-01-09T01:12:05.002Z",
}
LIMITS: JsonDict = dict(limits_shown(RiskLimits()))
VERSION: JsonDict = {
    "version": 3,
    "limits": LIMITS,
    "reason": "smaller for the first week",
    "changed_by": "key admin",
    "changed_at": "2026-01-09T00:40:00Z",
}
USED: JsonDict = {"limit": "max_per_game", "kind": "game", "name": "401810365", "used": "96.4", "allowed": "750"}
REFUSAL: JsonDict = {
    "signal_id": "3f9a1c07be-41",
    "at": "2026-01-09T01:12:04.161Z",
    "game_id": "401810365",
    "reason": "halted",
    "detail": "league nba: two venues disagree about the score (key admin, 2026-01-09T01:12:05.002Z)",
    "limits_version": 3,
}
RISK: JsonDict = {
    **VERSION,
    "built_in": LIMITS,
    "halts": [HALT],
    "is_here": True,
    "used": [USED],
    "orders": 14,
    "accounts": [{"account": "arbitrage", "equity": "10000", "drawdown": 0.0}],
    "refusals": [REFUSAL],
    "simulated": False,
}


class LimitsAnswer(Answer):
    """Every limit. Prices, sizes and money are decimal strings, in dollars and contracts."""

    max_age_ms: int = Field(description="Since a leg's price was last proved.")
    max_skew_ms: int = Field(description="Between the proofs of two legs.")
    min_edge: PriceText = Field(description="Of a contract, after fees, at the last level that is taken.")
    min_size: SizeText
    min_profit: MoneyText = Field(description="Of a signal, less what its tails cost on average.")
    max_entry_price: PriceText = Field(description="Of each leg.")
    cash_rate: float = Field(description="A year: what the money would earn elsewhere.")
    signal_life_ms: int
    again_after_ms: int = Field(description="The same edge is signalled again after this.")
    bankroll: MoneyText = Field(description="Of the account `arbitrage`, until it has a balance.")
    model_bankroll: MoneyText = Field(description="Of the account `model`.")
    kelly_fraction: float
    shrinkage: float = Field(description="0: our probability as it is; 1: the market's.")
    max_stake: MoneyText = Field(description="A signal.")
    max_tail_loss: MoneyText = Field(description="A signal, in the worst of all scenarios.")
    max_per_market: MoneyText
    max_per_game: MoneyText
    max_per_league: MoneyText
    max_per_venue: MoneyText
    max_open: MoneyText = Field(description="Everything together.")
    max_per_day: MoneyText
    max_orders_per_minute: int
    soft_drawdown: float = Field(description="Share lost of the highest equity, from which stakes are halved.")
    hard_drawdown: float = Field(description="The same, from which nothing is opened any more.")
    cool_down_s: int = Field(description="After a loss, for its league at its venue.")


class VersionAnswer(Answer):
    """One version of the limits."""

    model_config = ConfigDict(json_schema_extra={"example": VERSION})

    version: int = Field(description="0: built in.")
    limits: LimitsAnswer
    reason: str
    changed_by: str = Field(description="Empty for the built-in one.")
    changed_at: datetime | None

    @classmethod
    def of(cls, given: LimitsVersion) -> Self:
        return cls(
            version=given.limits.version,
            limits=LimitsAnswer.model_validate(given.limits),
            reason=given.reason,
            changed_by=given.changed_by,
            changed_at=given.changed_at,
        )


class HaltAnswer(Answer):
    """Nothing is opened there."""

    model_config = ConfigDict(from_attributes=True, json_schema_extra={"example": HALT})

    scope: HaltScope
    name: str = Field(description="Of the venue, league or game; empty for `all`.")
    reason: str
    halted_by: str = Field(description="A key by its name, the page, `cli`; `platform`: by itself.")
    halted_at: datetime | None


class UsedAnswer(Answer):
    """How much of one limit is used somewhere: held, and sent a moment ago."""

    limit: str = Field(examples=["max_per_game"])
    kind: Kind = Field(description="What the limit speaks of; an account by its name.")
    name: str = Field(description="The market, game, league or venue; empty of everything.", examples=["401810365"])
    used: MoneyText
    allowed: MoneyText

    @classmethod
    def of(cls, place: Place, cap: Cap) -> Self:
        return cls(limit=cap.name, kind=place.kind, name=place.name, used=cap.used, allowed=cap.limit)


class AccountAnswer(Answer):
    """What an account is worth."""

    account: Account
    equity: MoneyText
    drawdown: float = Field(description="The share that is lost of its highest equity.")

    @classmethod
    def of(cls, account: Account, worth: tuple[Money, float]) -> Self:
        return cls(account=account, equity=worth[0], drawdown=worth[1])


class RefusalAnswer(Answer):
    """A signal that was refused for its risk."""

    signal_id: str
    at: datetime
    game_id: str
    reason: str = Field(examples=["max_per_game"])
    detail: JsonValue = Field(examples=["$96 are asked, at most $95 may be at stake in game 401810365"])
    limits_version: int = Field(description="That it was refused under.")

    @classmethod
    def of(cls, row: SignalRow) -> Self:
        detail = row.record.get("detail", "")
        return cls(
            signal_id=row.id,
            at=row.found_at,
            game_id=row.game_id,
            reason=row.reason,
            detail=detail,
            limits_version=row.limits,
        )


class RiskAnswer(VersionAnswer):
    """Limits in force, halts, and how they stand."""

    model_config = ConfigDict(json_schema_extra={"example": RISK})

    built_in: LimitsAnswer = Field(description="Version 0, from which the first change was made.")
    halts: list[HaltAnswer]
    is_here: bool = Field(
        description="Whether this process trades; if not, `halts` are as Postgres has them, and nothing is known here "
        "of what is used."
    )
    used: list[UsedAnswer]
    orders: int | None = Field(None, description="Sent within the last minute; null where nothing is known of it here.")
    accounts: list[AccountAnswer]
    refusals: list[RefusalAnswer] = Field(description="The last ones, the newest first; all are in GET /signals.")
    simulated: bool = Field(description="True: of the sandbox; nothing of it is at stake.")


class RestraintAnswer(Answer):
    """What was halted or resumed, and everything that is halted now."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {"halt": HALT, "is_new": True, "is_told": True, "is_written": True, "halts": [HALT]}
        }
    )

    halt: HaltAnswer
    is_new: bool = Field(description="False: it was halted already, for the reason that is shown.")
    is_told: bool = Field(description="Every process knows. False: Redis is away, and each has stopped by itself.")
    is_written: bool = Field(
        description="False: Postgres is away. It counts all the same, and is written down when Postgres is back."
    )
    halts: list[HaltAnswer]

    @classmethod
    def of(cls, done: Restraint) -> Self:
        return cls(
            halt=HaltAnswer.model_validate(done.halt),
            is_new=done.is_new,
            is_told=done.is_told,
            is_written=done.is_written,
            halts=halts_answer(done.halts),
        )


def halts_answer(halts: Iterable[Halt]) -> list[HaltAnswer]:
    """As they are, the oldest first."""
    return [HaltAnswer.model_validate(each) for each in halts]
