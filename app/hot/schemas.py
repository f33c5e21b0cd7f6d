"""What discovery publishes, in the owner's schema: pure functions from a game and its links to what is written.

`discovery:game:{game_id}` is `{"game_id","sport","markets":{"polymarket":{"moneyline":..,"spread":..},
"kalshi":{"moneyline":..}},"last_updated"}` with unix seconds and one market per kind; a venue with nothing linked is
absent. `game:{game_id}:mapping` holds every linked contract. Each change is an Update on `discovery:updates`.
"""

from collections.abc import Iterable
from typing import Literal

import msgspec

from app.domain.games import Game, GameId
from app.domain.leagues import LEAGUES, LeagueCode
from app.domain.links import Link, Verdict
from app.domain.markets import EventId, MarketId, VenueId
from app.domain.propositions import Kind, Polarity, Proposition, Scope, points
from app.domain.teams import TeamId
from app.hot.keys import PROVISIONAL

KINDS: tuple[Kind, ...] = ("moneyline", "draw", "spread", "total")

Change = Literal["added", "changed", "removed"]
Markets = dict[VenueId, dict[Kind, MarketId]]


class Discovered(msgspec.Struct, frozen=True):
    """The owner's JSON, field by field."""

    game_id: GameId
    sport: LeagueCode
    markets: Markets
    last_updated: int  # unix seconds


class Statement(msgspec.Struct, frozen=True):
    """A proposition as the API and the command line show it."""

    kind: Kind
    period: Scope
    line: float | None  # points; spread: given by `team`, so negative
    team: TeamId | None


class Mapped(msgspec.Struct, frozen=True):
    """What one contract of a game says."""

    proposition: Statement
    polarity: Polarity | None
    verdict: Verdict
    confidence: float
    market_id: MarketId | None  # None: the event is linked, its markets are not known yet
    event_id: EventId
    venue: VenueId


class Update(msgspec.Struct, frozen=True):
    """One announcement on `discovery:updates`."""

    game_id: GameId
    change: Change
    at: int  # unix seconds


def markets_of(game: Game, links: Iterable[Link]) -> Markets:
    """One market per venue and kind: the home side's for the winner, else the most liquid line.

    An event whose markets are not known yet stands in with its own id, until they are."""
    chosen: dict[tuple[VenueId, Kind], tuple[tuple[bool, bool, float, MarketId], MarketId]] = {}
    for link in links:
        if not _counts(game, link):
            continue
        place = (link.venue, link.proposition.kind)
        market_id = link.market_id or MarketId(link.event_id)
        rank = (link.market_id is not None, _is_home_win(game, link), link.liquidity, market_id)
        if place not in chosen or rank > chosen[place][0]:
            chosen[place] = (rank, market_id)
    markets: Markets = {}
    for venue, kind in sorted(chosen, key=lambda place: (place[0], KINDS.index(place[1]))):
        markets.setdefault(venue, {})[kind] = chosen[venue, kind][1]
    return markets


def mapping_of(game: Game, links: Iterable[Link]) -> dict[str, bytes]:
    """Every linked contract's field, or the event's while its markets are not known; the provisional flag beside."""
    fields = {PROVISIONAL: b"1"} if game.is_provisional else {}
    for link in links:
        if is_linked(link):
            fields[link.contract_id or f"{link.venue}:{link.event_id}"] = msgspec.json.encode(_mapped(link))
    return fields


def is_linked(link: Link) -> bool:
    """A rejected link is kept for its reasons and published to nobody."""
    return link.verdict != "rejected"


def _mapped(link: Link) -> Mapped:
    return Mapped(
        proposition=statement_of(link.proposition),
        polarity=link.polarity,
        verdict=link.verdict,
        confidence=link.confidence,
        market_id=link.market_id,
        event_id=link.event_id,
        venue=link.venue,
    )


def statement_of(said: Proposition) -> Statement:
    """A proposition in points."""
    return Statement(said.kind, said.scope, None if said.line is None else points(said.line), said.team_id)


def _counts(game: Game, link: Link) -> bool:
    league = LEAGUES.get(game.league)
    whole_game = "regulation" if league is not None and league.has_draw_outcome else "game"
    return is_linked(link) and link.proposition.kind in KINDS and link.proposition.scope == whole_game


def _is_home_win(game: Game, link: Link) -> bool:
    proposition = link.proposition
    return proposition.kind == "moneyline" and proposition.team_id == game.home.id
