"""What some contracts of a game pay together, however it ends: before anybody has made a signal of them."""

from typing import Annotated, Self

from fastapi import APIRouter, Query
from pydantic import ConfigDict, Field
from pydantic.config import JsonDict

from app.domain.games import Game, GameId
from app.domain.links import Link
from app.domain.markets import ContractId
from app.domain.money import Price, price_text
from app.domain.settlements import Ending, Payoffs, RulesVerdict, Terms
from app.errors import NotFound
from app.rulings import as_approved
from app.settlement import payoffs
from routers.access import needs
from routers.answers import Answer, PropositionAnswer
from routers.dependencies import Opened
from routers.errors import problems
from routers.games import GAME_PATH
from routers.rule_answers import TERMS, TermsAnswer
from routers.signal_answers import FeeAnswer

router = APIRouter(prefix="/games", tags=["rules"], dependencies=[needs("read")])

MOST_LEGS = 4
LEG: JsonDict = {
    "contract_id": "kalshi:KXNBAGAME-26JAN08TORBOS-BOS:yes",
    "venue": "kalshi",
    "market_id": "KXNBAGAME-26JAN08TORBOS-BOS",
    "proposition": {"kind": "moneyline", "statement": "Boston Celtics win"},
    "polarity": "yes",
    "rules_hash": "9f2c4c1f4b6d1f0a6f1b7a3c5d8e9f00112233445566778899aabbccddeeff00",
    "terms": TERMS,
    "sources": {"tie": "meaning", "cancelled": "card"},
    "missing": [],
    "unread": [],
}
SCENARIO: JsonDict = {
    "name": "played: Celtics win",
    "ending": "played",
    "pays": ["1.0000", "0.0000"],
    "total": "1.0000",
    "is_worst": True,
}


class PayoffLeg(Answer):
    """One contract, and what its rules say, clause by clause."""

    contract_id: str
    venue: str
    market_id: str | None
    outcome: str
    proposition: PropositionAnswer
    polarity: str | None
    rules_hash: str
    fees: FeeAnswer | None = Field(description="What is charged for it; null: the venue has not said.")
    terms: TermsAnswer
    sources: dict[str, str] = Field(description="Of each clause: `text`, `card`, `meaning`, or the person who said it.")
    missing: list[str] = Field(description="Clauses that nobody knows.")
    unread: list[str] = Field(description="Sentences that nobody has understood.")

    @classmethod
    def of(cls, link: Link, game: Game) -> Self:
        terms = link.terms or Terms()
        return cls(
            contract_id=link.contract_id or "",
            venue=link.venue,
            market_id=link.market_id,
            outcome=link.outcome,
            proposition=PropositionAnswer.of(link.proposition, (game.home, game.away)),
            polarity=link.polarity,
            rules_hash=link.rules_hash,
            fees=None if link.fees is None else FeeAnswer.model_validate(link.fees),
            terms=TermsAnswer.of(terms),
            sources=dict(terms.sources),
            missing=list(terms.missing),
            unread=list(terms.unread),
        )


class PayoffScenario(Answer):
    """One way in which everything may end, and what one contract of each leg pays then."""

    name: str
    ending: Ending
    pays: list[str] = Field(description="Dollars, in the order of the legs.")
    total: str
    is_worst: bool


class PayoffsAnswer(Answer):
    """Every scenario, and what that comes to."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "game_id": "401810365",
                "verdict": "neutral",
                "least": "1.0000",
                "legs": [LEG],
                "scenarios": [SCENARIO],
                "unknown": [],
            }
        }
    )

    game_id: str
    verdict: RulesVerdict = Field(
        description="`neutral`: nothing pays less than when the game is played; `tail`: something does; `unknown`: a "
        "clause is not known, so there may be more scenarios than these."
    )
    least: str = Field(description="Of one contract of each leg, whenever the game is played to its end in time.")
    legs: list[PayoffLeg]
    scenarios: list[PayoffScenario]
    unknown: list[str] = Field(description="What nobody knows, in words.")


@router.get("/{game_id}/payoffs", summary="What contracts pay together, however it ends", responses=problems(404, 503))
async def read_payoffs(
    game_id: Annotated[str, GAME_PATH],
    opened: Opened,
    contract: Annotated[
        list[str], Query(min_length=1, max_length=MOST_LEGS, description="Contract ids; each is a leg.")
    ],
) -> PayoffsAnswer:
    """By the rules of their own markets, with what people have approved: the same table that a signal is judged by."""
    game = await opened.hot.game(GameId(game_id))
    if game is None:
        raise NotFound(f"no game {game_id} is followed now", remedy="GET /games lists those that are.")
    known = {link.contract_id: link for link in await opened.hot.links(game.id) if link.contract_id and link.polarity}
    unknown = [each for each in contract if each not in known]
    if unknown:
        raise NotFound(
            f"game {game_id} has no contract {unknown[0][:200]} whose side is known",
            remedy="GET /games/{id}/links lists its contracts.",
        )
    links = await as_approved(opened.history, [known[ContractId(each)] for each in contract])
    return _answer(game, links, payoffs(game, links))


def _answer(game: Game, links: list[Link], table: Payoffs) -> PayoffsAnswer:
    return PayoffsAnswer(
        game_id=game.id,
        verdict=table.verdict,
        least=price_text(Price(table.least)),
        legs=[PayoffLeg.of(link, game) for link in links],
        scenarios=[
            PayoffScenario(
                name=each.name,
                ending=each.ending,
                pays=[price_text(pays) for pays in each.pays],
                total=price_text(Price(each.total)),
                is_worst=each.total == table.worst.total,
            )
            for each in table.scenarios
        ],
        unknown=list(table.unknown),
    )
