"""A market of a venue: what it speaks about, what it costs, and its whole ladder."""

from typing import Annotated

from fastapi import APIRouter, Path, Query
from pydantic import BaseModel, ConfigDict, Field

from app.domain.games import Game
from app.domain.links import LeftOut, Link
from app.domain.markets import ContractId, MarketId, VenueId
from app.domain.prices import book_id
from app.errors import NotFound
from app.hot.shown import BookShown
from app.resources import Resources
from routers.access import needs
from routers.answers import GAME, LEFT_OUT, LINK, GameAnswer, LeftOutAnswer, LinkAnswer
from routers.dependencies import Opened
from routers.errors import problems
from routers.ladders import LadderAnswer
from routers.quotes import QUOTE, QuoteAnswer, book_now, quotes_now

router = APIRouter(prefix="/markets", tags=["prices"], dependencies=[needs("read")])

VenuePath = Annotated[str, Path(description="`kalshi` or `polymarket`.", max_length=40, examples=["kalshi"])]
MarketPath = Annotated[
    str,
    Path(
        description="The venue's id: a ticker, or a condition id.",
        max_length=200,
        examples=["KXNBASPREAD-26JAN08LALBOS-BOS3"],
    ),
]


class MarketAnswer(BaseModel):
    """One market: the game and propositions its contracts speak about, or why it is left out; and what they cost."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "venue": "kalshi",
                "market_id": "KXNBASPREAD-26JAN08LALBOS-BOS3",
                "game": GAME,
                "links": [LINK],
                "left_out": [LEFT_OUT],
                "quotes": [QUOTE],
            }
        }
    )

    venue: str
    market_id: str
    game: GameAnswer | None
    links: list[LinkAnswer]
    left_out: list[LeftOutAnswer]
    quotes: list[QuoteAnswer] = Field(description="Of those contracts whose book somebody holds.")


@router.get("/{venue}/{market_id}", summary="One market", responses=problems(404, 503))
async def read_market(venue: VenuePath, market_id: MarketPath, opened: Opened) -> MarketAnswer:
    """The game it is about, what each contract says and why we think so, and what it costs now."""
    _know(venue, opened)
    game, links = await _find(opened, VenueId(venue), MarketId(market_id))
    left_out = [] if links else await _left_out(opened, VenueId(venue), MarketId(market_id))
    if not links and not left_out:
        raise NotFound(f"{venue} lists no market {market_id} of a game that is followed now", remedy=_WHERE)
    quotes = await quotes_now(opened, links)
    return MarketAnswer(
        venue=venue,
        market_id=market_id,
        game=None if game is None else GameAnswer.model_validate(game),
        links=[LinkAnswer.of(link, game) for link in links],
        left_out=[LeftOutAnswer.of(item) for item in left_out],
        quotes=[QuoteAnswer.model_validate(quote) for quote in quotes.values()],
    )


@router.get(
    "/{venue}/{market_id}/book",
    summary="The order book of a market",
    responses=problems(404, 503),
)
async def read_book(
    venue: VenuePath,
    market_id: MarketPath,
    opened: Opened,
    outcome: Annotated[
        str | None,
        Query(
            description="Whose: a contract id, or its last part (`yes`, `no`, a token), or the outcome's name. "
            "The market's first unless named.",
            max_length=200,
        ),
    ] = None,
) -> LadderAnswer:
    """The ladder at the venue's own sequence number or hash, and whether it may be used now."""
    _know(venue, opened)
    book = await opened.hot.book(book_id(VenueId(venue), MarketId(market_id)))
    if book is None:
        raise NotFound(f"nobody holds a book of {venue}'s market {market_id} now", remedy=_NO_BOOK)
    is_second = outcome is not None and await _is_second(opened, book, outcome)
    return LadderAnswer.of(await book_now(opened, book), is_second=is_second)


_WHERE = "GET /games/{id}/links lists the markets of a game; GET /match/unmatched those that are tied to none."
_NO_BOOK = (
    "Books are held of linked markets of games that are worked on: GET /games/{id}/prices shows which; "
    "GET /health/workers how the monitors are."
)


def _know(venue: str, opened: Resources) -> None:
    known = [each.venue for each in opened.venues]
    if venue not in known:
        raise NotFound(f"there is no venue '{venue}'", remedy=f"Venues: {', '.join(known)}.")


async def _find(opened: Resources, venue: VenueId, market_id: MarketId) -> tuple[Game | None, list[Link]]:
    """The links of a market and its game. Whoever holds its book knows the game; else all games are looked at."""
    book = await opened.hot.book(book_id(venue, market_id))
    games = [game.id for game in await opened.hot.active_games()] if book is None else [book.game_id]
    for game_id, contracts in (await opened.hot.linked_contracts(games)).items():
        if any(each.venue == venue and each.market_id == market_id for each in contracts):
            links = [
                each for each in await opened.hot.links(game_id) if (each.venue, each.market_id) == (venue, market_id)
            ]
            return await opened.hot.game(game_id), links
    return None, []


async def _left_out(opened: Resources, venue: VenueId, market_id: MarketId) -> list[LeftOut]:
    return [item for item in await opened.hot.left_out(venue) if item.market_id == market_id]


async def _is_second(opened: Resources, book: BookShown, outcome: str) -> bool:
    """Raises NotFound for an outcome that the market has not."""
    names = {name: each for each in (book.first, book.second) if each for name in (each, each.rpartition(":")[2])}
    names |= {link.outcome.casefold(): link.contract_id for link in await _links_of(opened, book) if link.contract_id}
    found = names.get(ContractId(outcome)) or names.get(ContractId(outcome.casefold()))
    if found is None:
        known = ", ".join(sorted({name for name in names if ":" not in name}))
        raise NotFound(f"market {book.market_id} has no outcome '{outcome}'", remedy=f"It has: {known}.")
    return found == book.second


async def _links_of(opened: Resources, book: BookShown) -> list[Link]:
    return [link for link in await opened.hot.links(book.game_id) if link.contract_id in (book.first, book.second)]
