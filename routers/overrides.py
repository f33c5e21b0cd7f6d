"""What people say of a contract against the matcher, and everything that was decided about it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Self

from fastapi import APIRouter, Path, Query, Request
from pydantic import ConfigDict, Field
from pydantic.config import JsonDict

from app.corrections import Standing, overrule, show, standings, take_back
from app.domain.links import Verdict
from app.domain.markets import ContractId
from app.domain.propositions import Polarity, Proposition
from app.domain.teams import Team
from app.errors import NotFound
from app.history.decisions import Decision, list_decisions
from app.matching.overrides import LONGEST_REASON, State
from app.matching.unified import TeamMatcher
from routers.access import Caller, needs
from routers.answers import LINK, REASON, Answer, LinkAnswer, PropositionAnswer, ReasonAnswer
from routers.cursors import Cursor, Limit, Page, backwards, cut_page
from routers.dependencies import History, Matching, Opened
from routers.errors import problems
from routers.questions import Question

router = APIRouter(prefix="/match", tags=["match"])

CONTRACT = "kalshi:KXNBASPREAD-26JAN08LALBOS-BOS3:yes"
ContractPath = Annotated[
    str, Path(description="`contract_id` as GET /games/{id}/links shows it.", max_length=300, examples=[CONTRACT])
]

OVERRIDE: JsonDict = {
    "contract_id": CONTRACT,
    "verdict": "rejected",
    "reason": "the rules name another game",
    "proposition": LINK["proposition"],
    "polarity": "yes",
    "doubts": [REASON],
    "said_by": "key admin",
    "said_at": "2026-01-09T00:40:00Z",
    "state": "in_force",
    "why": "",
}


class OverrideQuestion(Question):
    """A verdict that counts instead of the matcher's."""

    model_config = ConfigDict(
        json_schema_extra={"example": {"verdict": "rejected", "reason": "the rules name another game"}}
    )

    verdict: Verdict
    reason: str = Field(min_length=1, max_length=LONGEST_REASON, examples=["the rules name another game"])


class OverrideAnswer(Answer):
    """What somebody said of a contract, and whether it is in force."""

    model_config = ConfigDict(json_schema_extra={"example": OVERRIDE})

    contract_id: str
    verdict: Verdict
    reason: str
    proposition: PropositionAnswer = Field(description="What the contract was read as when it was said.")
    polarity: Polarity | None
    doubts: list[ReasonAnswer] = Field(description="What was not in agreement then: `tradable` clears these alone.")
    said_by: str = Field(examples=["key admin"])
    said_at: datetime
    state: State = Field(
        description="`stale`: the rules text has changed since, so it is void and the contract is at most watched; "
        "`waits`: something stands against it that nobody can clear, or that came up since."
    )
    why: str = Field(description="Why it is not in force; empty when it is.")

    @classmethod
    def of(cls, standing: Standing, matching: TeamMatcher) -> Self:
        said = standing.said
        return cls(
            contract_id=said.contract_id,
            verdict=said.verdict,
            reason=said.reason,
            proposition=PropositionAnswer.of(said.proposition, _teams(said.proposition, matching)),
            polarity=said.polarity,
            doubts=[ReasonAnswer.model_validate(doubt) for doubt in said.doubts],
            said_by=said.said_by,
            said_at=said.said_at,
            state=standing.state,
            why=standing.why,
        )


class RestoredAnswer(Answer):
    """The matcher's own verdict counts again."""

    model_config = ConfigDict(json_schema_extra={"example": {"contract_id": CONTRACT, "link": LINK}})

    contract_id: str
    link: LinkAnswer | None = Field(description="As it is now; null when the contract is not linked any more.")


class DecisionAnswer(Answer):
    """One decision about a contract."""

    at: datetime
    game_id: str = Field(examples=["401810365"])
    proposition: PropositionAnswer
    polarity: Polarity | None
    verdict: str = Field(
        description="As a link's; `withdrawn`: it was linked, and is left out since.", examples=["watch"]
    )
    confidence: float = Field(ge=0, le=1, examples=[0.891])
    reasons: list[ReasonAnswer]
    rules_hash: str = Field(description="SHA-256 of the market's rules text.", examples=[""])
    overridden_by: str = Field(description="Who decided otherwise than the matcher; empty: nobody.")

    @classmethod
    def of(cls, decision: Decision, matching: TeamMatcher) -> Self:
        return cls(
            at=decision.at,
            game_id=decision.proposition.game_id,
            proposition=PropositionAnswer.of(decision.proposition, _teams(decision.proposition, matching)),
            polarity=decision.polarity,
            verdict=decision.verdict,
            confidence=decision.confidence,
            reasons=[ReasonAnswer.model_validate(reason) for reason in decision.reasons],
            rules_hash=decision.rules_hash,
            overridden_by=decision.overridden_by,
        )


@router.get(
    "/overrides", summary="What people said", responses=problems(422, 503), dependencies=[needs("read", "match")]
)
async def list_said(
    history: History,
    matching: Matching,
    state: Annotated[State | None, Query(description="Only those that stand so.")] = None,
    cursor: Cursor = None,
    limit: Limit = 100,
) -> Page[OverrideAnswer]:
    """Every override by contract, those that are void or wait too, as of the last search."""
    found = [standing for standing in await standings(history) if state in (None, standing.state)]
    page, total, next_cursor = cut_page(found, lambda each: (each.said.contract_id,), cursor, limit)
    return Page(items=[OverrideAnswer.of(each, matching) for each in page], total=total, next_cursor=next_cursor)


@router.post(
    "/links/{contract_id}/override",
    summary="Decide otherwise than the matcher",
    responses=problems(401, 403, 404, 409, 422, 503),
    dependencies=[needs("match")],
)
async def override_link(
    contract_id: ContractPath, question: OverrideQuestion, opened: Opened, request: Request
) -> LinkAnswer:
    """Counts at once, until it is taken back or the market's rules text changes; written to the audit.

    `tradable` clears the doubts that the link shows now. It is refused where no person can know better: a side that is
    not proven, a provisional game or one that is over, a closed market, a contradiction."""
    caller: Caller = request.state.caller
    contract = ContractId(contract_id)
    done = await overrule(opened.hot, opened.history, contract, question.verdict, question.reason, by=caller.name)
    link = await show(opened.hot, opened.history, contract, done.said, opened.clock()) or done.link
    return LinkAnswer.of(link, done.game)


@router.delete(
    "/links/{contract_id}/override",
    summary="Take an override back",
    responses=problems(401, 403, 404, 503),
    dependencies=[needs("match")],
)
async def restore_link(contract_id: ContractPath, opened: Opened, request: Request) -> RestoredAnswer:
    """The matcher's own verdict counts again, at once."""
    caller: Caller = request.state.caller
    await take_back(opened.history, ContractId(contract_id), by=caller.name)
    link = await show(opened.hot, opened.history, ContractId(contract_id), None, opened.clock())
    if link is None:
        return RestoredAnswer(contract_id=contract_id, link=None)
    game = await opened.hot.game(link.game_id)
    return RestoredAnswer(contract_id=contract_id, link=LinkAnswer.of(link, game))


@router.get(
    "/links/{contract_id}/decisions",
    summary="Everything that was decided about a contract",
    responses=problems(404, 422, 503),
    dependencies=[needs("read", "match")],
)
async def read_decisions(
    contract_id: ContractPath, history: History, matching: Matching, cursor: Cursor = None, limit: Limit = 100
) -> Page[DecisionAnswer]:
    """The newest first; a decision is written when it differs from the one before, also when a person made it."""
    found = await list_decisions(history, ContractId(contract_id))
    if not found:
        raise NotFound(
            f"nothing was decided about {contract_id}",
            remedy="GET /games/{id}/links shows the contract_id of every contract of a game.",
        )
    page, total, next_cursor = cut_page(found, lambda each: (backwards(each.number),), cursor, limit)
    return Page(items=[DecisionAnswer.of(each, matching) for each in page], total=total, next_cursor=next_cursor)


def _teams(said: Proposition, matching: TeamMatcher) -> Sequence[Team]:
    """The team it is about, also when its game is long over."""
    team = None if said.team_id is None else matching.registry.team(said.team_id)
    return () if team is None else (team,)
