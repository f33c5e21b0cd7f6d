"""A game and everything that is tied to it."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Annotated, get_args

import msgspec
from fastapi import APIRouter, Path, Query
from pydantic import BaseModel, ConfigDict, Field

from app.domain.games import Game, GameId, GameStatus
from app.domain.links import Link
from app.domain.prices import State
from app.domain.propositions import Kind, Scope
from app.errors import NotFound
from app.history.queries import recorded_game, recorded_links
from app.hot.games import LinkMark
from app.hot.glances import GlanceShown
from app.resources import Resources
from routers.access import needs
from routers.answers import GAME, LEFT_OUT, LINK, Answer, GameAnswer, LeftOutAnswer, LinkAnswer
from routers.cursors import Cursor, Limit, Page, Place, cut_page
from routers.dependencies import Hot, Opened
from routers.errors import problems
from routers.questions import Sport

router = APIRouter(prefix="/games", tags=["games"], dependencies=[needs("read")])

GAME_PATH = Path(description="Of the score source, or `x:...` for a provisional game.", max_length=200)
KINDS: tuple[Kind, ...] = get_args(Kind)
SCOPES: tuple[Scope, ...] = get_args(Scope)
WHOLE: frozenset[Scope] = frozenset({"game", "regulation"})


class VenueMarks(BaseModel):
    """What one venue's contracts say about a game, counted."""

    kinds: list[Kind] = Field(
        description="About the whole game, of links that are not rejected.", examples=[["moneyline", "spread"]]
    )
    tradable: int = Field(examples=[8])
    watch: int = Field(examples=[2])
    rejected: int = Field(examples=[0])


class VenueGlance(Answer):
    """What the home side's win costs at one venue, by its tightest contract about it."""

    bid: str | None = Field(description="Dollars.", examples=["0.5300"])
    ask: str | None = Field(examples=["0.5500"])
    state: State


class GlanceAnswer(Answer):
    """A game in one line, as a shard last said it; `WS /ws`, channel `slate`, tells the same as it moves."""

    at: datetime
    venues: dict[str, VenueGlance]
    no_vig: float | None = Field(description="The home side's chance by the venues, without their margin.")
    fair: float | None = Field(description="The same by somebody else: the score source, or a model.")
    fair_source: str
    edge: str | None = Field(
        description="What is left of a dollar when the home side is bought at one venue and its opposite at another: "
        "of one contract, after fees, before what the rules may cost. Negative as a rule."
    )


class GameRow(GameAnswer):
    """A game of the slate, with its links counted by venue, and what it costs."""

    venues: dict[str, VenueMarks]
    glance: GlanceAnswer | None = Field(description="Null while nobody works on the game.")


class GameLinksAnswer(BaseModel):
    """Every contract of a game, and what its venues list about it that is tied to nothing."""

    model_config = ConfigDict(json_schema_extra={"example": {"game": GAME, "links": [LINK], "left_out": [LEFT_OUT]}})

    game: GameAnswer
    links: list[LinkAnswer]
    left_out: list[LeftOutAnswer]


@router.get("", summary="The slate", responses=problems(422, 503))
async def list_games(
    hot: Hot,
    sport: Annotated[Sport | None, Query(description="Only games of this league.")] = None,
    status: Annotated[GameStatus | None, Query(description="Only games that stand so.")] = None,
    provisional: Annotated[bool | None, Query(description="Only provisional games, or none of them.")] = None,
    cursor: Cursor = None,
    limit: Limit = 100,
) -> Page[GameRow]:
    """By id, so that pages hold together while games begin and end; sort by `status` and `start` to show them."""
    games = [
        game
        for game in await hot.active_games()
        if sport in (None, game.league) and status in (None, game.status) and provisional in (None, game.is_provisional)
    ]
    page, total, next_cursor = cut_page(games, lambda game: (game.id,), cursor, limit)
    marks = await hot.link_marks([game.id for game in page])
    glances = await hot.glances([game.id for game in page])
    items = [_row(game, marks.get(game.id, ()), glances.get(game.id)) for game in page]
    return Page(items=items, total=total, next_cursor=next_cursor)


@router.get("/{game_id}", summary="One game", responses=problems(404, 503))
async def read_game(game_id: Annotated[str, GAME_PATH], opened: Opened) -> GameAnswer:
    """As the score source last told it; also when it is over."""
    game = await opened.hot.game(GameId(game_id)) or await _find_recorded(opened, game_id)
    return GameAnswer.model_validate(game)


@router.get("/{game_id}/links", summary="Every contract of a game", responses=problems(404, 503))
async def read_links(game_id: Annotated[str, GAME_PATH], opened: Opened) -> GameLinksAnswer:
    """Each with proposition, polarity, verdict and the reasons; then what was left out of this game, and why.

    Of a game that is over, the links as they were last decided."""
    game = await opened.hot.game(GameId(game_id))
    if game is None:
        game = await _find_recorded(opened, game_id)
        links: Sequence[Link] = await recorded_links(opened.history, game.id)
    else:
        links = await opened.hot.links(game.id)
    links = sorted(links, key=link_order)
    left_out = [item for item in await opened.hot.left_out(league=game.league) if item.game_id == game.id]
    return GameLinksAnswer(
        game=GameAnswer.model_validate(game),
        links=[LinkAnswer.of(link, game) for link in links],
        left_out=[LeftOutAnswer.of(item) for item in left_out],
    )


async def _find_recorded(opened: Resources, game_id: str) -> Game:
    """A game that is no longer active, its teams as the registry knows them."""
    game = await recorded_game(opened.history, GameId(game_id))
    if game is None:
        raise NotFound(f"no game {game_id} is known", remedy="GET /games lists the games there are.")
    team = opened.matching.registry.team
    return msgspec.structs.replace(game, home=team(game.home.id) or game.home, away=team(game.away.id) or game.away)


def link_order(link: Link) -> Place:
    """What settles alike stands together; the whole game first, and of it the winner."""
    said = link.proposition
    return (
        f"{SCOPES.index(said.scope):02d}{KINDS.index(said.kind)}{abs(said.line or 0):06d}",
        said.team_id or "",
        {"yes": "0", "no": "1"}.get(link.polarity or "", "2"),
        link.venue,
        link.market_id or "",
        link.contract_id or "",
    )


def _row(game: Game, marks: Iterable[LinkMark], glance: GlanceShown | None) -> GameRow:
    by_venue: dict[str, list[LinkMark]] = {}
    for mark in marks:
        by_venue.setdefault(mark.venue, []).append(mark)
    plain = GameAnswer.model_validate(game)
    venues = {venue: _count(each) for venue, each in sorted(by_venue.items())}
    shown = None if glance is None else GlanceAnswer.model_validate(glance)
    return GameRow(**dict(plain), venues=venues, glance=shown)


def _count(marks: list[LinkMark]) -> VenueMarks:
    verdicts = [mark.verdict for mark in marks]
    said = {mark.proposition.kind for mark in marks if mark.verdict != "rejected" and mark.proposition.scope in WHOLE}
    return VenueMarks(
        kinds=[kind for kind in KINDS if kind in said],
        tradable=verdicts.count("tradable"),
        watch=verdicts.count("watch"),
        rejected=verdicts.count("rejected"),
    )
