"""What contracts pay when a game does not end as planned: rule cards, texts that nobody has understood, approvals."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Path, Query, Request

from app.domain.leagues import LEAGUES, League
from app.domain.markets import VenueId
from app.domain.propositions import Kind, Scope
from app.rulings import Standing, approve, standings, texts_in_use, texts_of, withdraw
from app.settlement.cards import card_of
from app.settlement.rates import rates_of
from app.venues.roster import VENUES
from routers.access import Caller, needs
from routers.cursors import Cursor, Limit, Page, backwards, cut_page
from routers.dependencies import History, Hot, Opened
from routers.errors import problems
from routers.questions import Sport
from routers.rule_answers import (
    HASH,
    ApprovalAnswer,
    ApprovalQuestion,
    CardAnswer,
    ClauseAnswer,
    RatesAnswer,
    TextAnswer,
)

router = APIRouter(prefix="/rules", tags=["rules"])

Hash = Annotated[
    str, Path(description="SHA-256 of the text, as GET /rules/texts has it.", pattern="^[0-9a-f]{64}$", examples=[HASH])
]


@router.get("", summary="Rule cards", responses=problems(422), dependencies=[needs("read", "match")])
async def list_cards(
    league: Annotated[Sport | None, Query(description="Only of this league.")] = None,
    venue: Annotated[str | None, Query(description="Only of this venue.", max_length=40)] = None,
    cursor: Cursor = None,
    limit: Limit = 100,
) -> Page[CardAnswer]:
    """What is known of each venue's rules, clause by clause, with where and when it was read."""
    leagues = [each for each in LEAGUES.values() if each.has_teams and league in (None, each.code)]
    cards = [card for each in leagues for one in VENUES if venue in (None, one.name) for card in _cards(each, one.name)]
    page, total, next_cursor = cut_page(cards, lambda card: (card.league, card.venue, card.kind), cursor, limit)
    return Page(items=page, total=total, next_cursor=next_cursor)


@router.get(
    "/rates",
    summary="How often games do not end as planned",
    responses=problems(),
    dependencies=[needs("read", "match")],
)
async def list_rates() -> list[RatesAnswer]:
    """The base rates that price the tail of an arbitrage, by league."""
    rates = [(league.code, rates_of(league.code)) for league in LEAGUES.values() if league.has_teams]
    names = [name for name in RatesAnswer.model_fields if name != "league"]
    return [RatesAnswer(league=code, **{name: getattr(of, name) for name in names}) for code, of in rates]


@router.get(
    "/texts",
    summary="Texts that wait for a person",
    responses=problems(422, 503),
    dependencies=[needs("read", "match")],
)
async def list_texts(
    hot: Hot,
    history: History,
    league: Annotated[Sport | None, Query(description="Only of this league.")] = None,
    venue: Annotated[str | None, Query(description="Only of this venue.", max_length=40)] = None,
    cursor: Cursor = None,
    limit: Limit = 100,
) -> Page[TextAnswer]:
    """Rules texts of markets that are linked now and of which something is not known, those of most markets first;
    approved ones too."""
    found = [
        text
        for text in await texts_in_use(hot, history)
        if league in (None, text.game.league) and venue in (None, text.link.venue)
    ]
    page, total, next_cursor = cut_page(found, lambda text: (backwards(text.markets), text.rules_hash), cursor, limit)
    texts = await texts_of(history, [each.rules_hash for each in page])
    return Page(
        items=[TextAnswer.of(each, texts.get(each.rules_hash)) for each in page], total=total, next_cursor=next_cursor
    )


@router.get(
    "/approvals", summary="What people approved", responses=problems(422, 503), dependencies=[needs("read", "match")]
)
async def list_approved(hot: Hot, history: History, cursor: Cursor = None, limit: Limit = 100) -> Page[ApprovalAnswer]:
    """Every approval by hash, those whose text no market has any more too."""
    found = await standings(hot, history)
    page, total, next_cursor = cut_page(found, lambda each: (each.said.rules_hash,), cursor, limit)
    return Page(items=[ApprovalAnswer.of(each) for each in page], total=total, next_cursor=next_cursor)


@router.post(
    "/approvals",
    summary="Say what a text means",
    responses=problems(401, 403, 404, 409, 422, 503),
    dependencies=[needs("admin")],
)
async def approve_text(question: ApprovalQuestion, opened: Opened, request: Request) -> ApprovalAnswer:
    """Counts at once in every process, for every market that has this very text, until it is taken back or the venue
    changes a word of it; written to the audit. Everything that is still not known must be given."""
    caller: Caller = request.state.caller
    clauses, reason = question.clauses.clauses(), question.reason
    said = await approve(opened.hot, opened.history, question.rules_hash, clauses, reason, by=caller.name)
    return ApprovalAnswer.of(said)


@router.delete(
    "/approvals/{rules_hash}",
    summary="Take an approval back",
    responses=problems(401, 403, 404, 422, 503),
    dependencies=[needs("admin")],
)
async def withdraw_approval(rules_hash: Hash, opened: Opened, request: Request) -> ApprovalAnswer:
    """What was said, and counts no more; markets with this text are watched again, at once."""
    caller: Caller = request.state.caller
    return ApprovalAnswer.of(Standing(await withdraw(opened.hot, opened.history, rules_hash, by=caller.name), 0))


def _cards(league: League, venue: VenueId) -> Sequence[CardAnswer]:
    scope: Scope = "regulation" if league.has_draw_outcome else "game"
    kinds: tuple[Kind, ...] = ("moneyline", "spread", "total", "team_total")
    of_soccer: tuple[Kind, ...] = ("draw", "both_to_score")
    return [
        CardAnswer(
            league=league.code,
            venue=venue,
            kind=kind,
            period=scope,
            clauses=[ClauseAnswer.of(ruling) for ruling in card_of(league.code, venue, kind, scope).values()],
        )
        for kind in (*kinds, *(of_soccer if league.has_draw_outcome else ()))
    ]
