"""What the API asks and answers about rules: cards, terms, texts, approvals."""

from datetime import datetime
from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, ConfigDict, Field, StrictBool
from pydantic.config import JsonDict

from app.domain.propositions import Kind, Scope
from app.domain.settlements import FOREVER, Payout, Terms
from app.rulings import LONGEST_REASON, Clauses, Standing, TextInUse
from app.settlement.cards import ClauseName, ClauseValue, Ruling
from routers.answers import Answer
from routers.questions import Question

HASH = "9f2c4c1f4b6d1f0a6f1b7a3c5d8e9f00112233445566778899aabbccddeeff00"
LONGEST_WINDOW = 10_000  # hours

Window = Annotated[int, Field(ge=0, le=LONGEST_WINDOW)] | Literal["forever"]


def _said_exactly(window: object) -> object:
    """Refuses what pydantic would take for a number: what it is, contracts are settled by."""
    if window in (None, "forever") or (type(window) is int and 0 <= window <= LONGEST_WINDOW):
        return window
    raise ValueError(f"must be hours from 0 to {LONGEST_WINDOW}, or `forever`")


WindowSaid = Annotated[Window | None, BeforeValidator(_said_exactly)]

TERMS: JsonDict = {
    "overtime": True,
    "tie": "result",
    "window": 48,
    "late": "fair",
    "cancelled": "fair",
    "abandoned": ["fair", "result"],
}
TEXT: JsonDict = {
    "rules_hash": HASH,
    "text": "If Houston and San Diego collectively score more than 8.5 runs in the Houston vs San Diego professional "
    "baseball game originally scheduled for Aug 9, 2026, then the market resolves to Yes.",
    "markets": 1,
    "league": "mlb",
    "game_id": "401815001",
    "venue": "kalshi",
    "kind": "total",
    "period": "game",
    "contract_id": "kalshi:KXMLBTOTAL-26AUG092020HOUSD-9:yes",
    "unread": [],
    "missing": ["overtime", "window", "late", "cancelled"],
    "known": {**TERMS, "overtime": None, "window": None, "late": None, "cancelled": None},
    "sources": {"tie": "meaning", "abandoned": "card"},
    "is_approved": False,
}
APPROVAL: JsonDict = {
    "rules_hash": HASH,
    "terms": TERMS,
    "reason": "the winner's market of the same game has these rules",
    "approved_by": "key admin",
    "approved_at": "2026-08-09T15:00:00Z",
    "markets": 1,
}


class ClauseAnswer(Answer):
    """One clause of a card."""

    clause: ClauseName
    value: bool | int | str | list[str] = Field(
        description="`overtime`: counts; `window`: hours, or `forever`; the others what is paid, of `abandoned` each "
        "may be. `win` and `lose` speak about YES.",
        examples=["fair"],
    )
    is_confirmed: bool = Field(description="False: to be compared and seen; it decides nothing.")
    source: str = Field(examples=["rules_secondary of KXNFLGAME"])
    dated: str = Field(examples=["2026-09"])

    @classmethod
    def of(cls, ruling: Ruling) -> Self:
        return cls(
            clause=ruling.clause,
            value=_shown(ruling.value, ruling.clause),
            is_confirmed=ruling.is_confirmed,
            source=ruling.source,
            dated=ruling.dated,
        )


class CardAnswer(Answer):
    """What one venue pays for one kind of question of one league."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "league": "nfl",
                "venue": "kalshi",
                "kind": "moneyline",
                "period": "game",
                "clauses": [
                    {
                        "clause": "tie",
                        "value": "half",
                        "is_confirmed": True,
                        "source": "rules_secondary of KXNFLGAME",
                        "dated": "2026-09",
                    }
                ],
            }
        }
    )

    league: str
    venue: str
    kind: Kind
    period: Scope
    clauses: list[ClauseAnswer]


class RatesAnswer(Answer):
    """How often a game of a league does not end as planned, 0..1; rather too high."""

    league: str = Field(examples=["nfl"])
    tie: float = Field(examples=[0.003])
    moved: float = Field(description="Played later than planned.", examples=[0.003])
    moved_48h: float = Field(description="More than 48 hours later.", examples=[0.001])
    moved_2w: float = Field(description="More than two weeks later.", examples=[0.0003])
    cancelled: float = Field(examples=[0.0002])
    abandoned: float = Field(description="Begun, and never finished.", examples=[0.0003])
    source: str = Field(examples=["general knowledge"])
    dated: str = Field(examples=["2026-11"])


class TermsAnswer(Answer):
    """What one contract pays in each ending; null: nobody knows."""

    model_config = ConfigDict(json_schema_extra={"example": TERMS})

    overtime: bool | None
    tie: Payout | None
    window: Window | None = Field(
        description="Hours from the scheduled start within which a game that was put off counts."
    )
    late: Payout | None = Field(description="What is paid when it is played after that.")
    cancelled: Payout | None
    abandoned: list[Payout] = Field(description="Begun and never finished: each of these may be.")

    @classmethod
    def of(cls, terms: Terms) -> Self:
        return cls(
            overtime=terms.overtime,
            tie=terms.tie,
            window="forever" if terms.window == FOREVER else terms.window,
            late=terms.late,
            cancelled=terms.cancelled,
            abandoned=list(terms.abandoned),
        )


class TextAnswer(Answer):
    """A rules text that markets have now, and of which something is not known."""

    model_config = ConfigDict(json_schema_extra={"example": TEXT})

    rules_hash: str
    text: str | None = Field(description="Null where it is not written down yet.")
    markets: int = Field(description="That have this text now.")
    league: str
    game_id: str
    venue: str
    kind: Kind
    period: Scope
    contract_id: str = Field(description="One of them.")
    unread: list[str] = Field(description="Sentences that nobody has understood, and contradictions.")
    missing: list[str] = Field(description="Clauses that nobody knows.")
    known: TermsAnswer
    sources: dict[str, str] = Field(
        description="Where each clause was read: `text`, `card`, or `meaning`: it is plain from the question."
    )
    is_approved: bool

    @classmethod
    def of(cls, found: TextInUse, text: str | None) -> Self:
        said = found.link.proposition
        return cls(
            rules_hash=found.rules_hash,
            text=text,
            markets=found.markets,
            league=found.game.league,
            game_id=found.game.id,
            venue=found.link.venue,
            kind=said.kind,
            period=said.scope,
            contract_id=found.link.contract_id or "",
            unread=list(found.terms.unread),
            missing=list(found.terms.missing),
            known=TermsAnswer.of(found.terms),
            sources=dict(found.terms.sources),
            is_approved=found.approval is not None,
        )


class ClausesQuestion(Question):
    """What the text says; of a clause that is left out what is known of it already."""

    model_config = ConfigDict(json_schema_extra={"example": {"overtime": True, "window": 48, "late": "fair"}})

    overtime: StrictBool | None = None
    tie: Payout | None = None
    window: WindowSaid = Field(None, description="Hours, or `forever`: as long as it takes.")
    late: Payout | None = None
    cancelled: Payout | None = None
    abandoned: list[Payout] | None = Field(None, min_length=1, max_length=5)

    def clauses(self) -> Clauses:
        """As the fields of terms."""
        given: dict[str, object] = self.model_dump(exclude_none=True)
        if given.get("window") == "forever":
            given["window"] = FOREVER
        if self.abandoned is not None:
            given["abandoned"] = tuple(dict.fromkeys(self.abandoned))
        return given  # type: ignore[return-value]  # pydantic has checked each


class ApprovalQuestion(Question):
    """What one rules text means, named by its hash."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "rules_hash": HASH,
                "clauses": {"overtime": True, "window": 48, "late": "fair", "cancelled": "fair"},
                "reason": "the winner's market of the same game has these rules",
            }
        }
    )

    rules_hash: str = Field(pattern="^[0-9a-f]{64}$")
    clauses: ClausesQuestion = ClausesQuestion()
    reason: str = Field(min_length=1, max_length=LONGEST_REASON)


class ApprovalAnswer(Answer):
    """What a person says that a text means. It counts for this text alone: when the venue changes it, it counts no
    more."""

    model_config = ConfigDict(json_schema_extra={"example": APPROVAL})

    rules_hash: str
    terms: TermsAnswer = Field(description="Of the market's YES: for NO, `win` and `lose` change places.")
    reason: str
    approved_by: str
    approved_at: datetime
    markets: int = Field(description="That have this text now; 0: they are gone, or have another one.")

    @classmethod
    def of(cls, standing: Standing) -> Self:
        said = standing.said
        return cls(
            rules_hash=said.rules_hash,
            terms=TermsAnswer.of(said.terms),
            reason=said.reason,
            approved_by=said.approved_by,
            approved_at=datetime.fromisoformat(said.approved_at),
            markets=standing.markets,
        )


def _shown(value: ClauseValue, clause: ClauseName) -> bool | int | str | list[str]:
    if clause == "window" and value == FOREVER:
        return "forever"
    return list(value) if isinstance(value, tuple) else value
