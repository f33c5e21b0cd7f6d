"""A shard's view of a game as everybody else sees it: JSON, with the shard that speaks and the number of its taking."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from app.domain.games import GameId, GameStatus
from app.domain.leagues import LeagueCode
from app.domain.links import Verdict
from app.domain.markets import ContractId, MarketId, VenueId
from app.domain.prices import Listed, Nanos, book_id
from app.domain.propositions import Polarity
from app.domain.teams import Team, TeamId
from app.domain.views import ContractView, GameView, NoVig, PropositionView
from app.hot.schemas import Statement, statement_of
from app.hot.shown import QuoteShown, quote_shown


class SideShown(msgspec.Struct, frozen=True):
    """A team and its score; null before the game and where the source does not say."""

    team_id: TeamId
    name: str
    score: int | None


class ContractShown(msgspec.Struct, frozen=True):
    """One contract of a proposition. `implied`: probability that it pays, by the middle of its market."""

    contract_id: ContractId
    venue: VenueId
    market_id: MarketId
    polarity: Polarity
    verdict: Verdict
    implied: float | None
    quote: QuoteShown | None


class PropositionShown(msgspec.Struct, frozen=True):
    """What can be bought of one statement, at all venues, those that pay if it is true first; and its probability
    without the venues' margin, with the method and the contracts that it comes from (`prices.views` says how)."""

    proposition: Statement
    no_vig: NoVig | None
    contracts: Sequence[ContractShown]


class GameViewShown(msgspec.Struct, frozen=True, kw_only=True, tag="view", tag_field="type"):
    """A game at one moment. `shard`: who works on it; `fence`: the number of its taking, which only grows."""

    game_id: GameId
    shard: str
    fence: int
    at: datetime
    league: LeagueCode
    start: datetime
    status: GameStatus
    period: int
    clock: str
    home: SideShown
    away: SideShown
    home_win_probability: float | None  # by the score source
    propositions: Sequence[PropositionShown]


def view_shown(view: GameView, shard: str, fence: int, at: datetime, now: Nanos, fresh_within: int) -> GameViewShown:
    """`fresh_within`: nanoseconds."""
    game = view.game
    return GameViewShown(
        game_id=game.id,
        shard=shard,
        fence=fence,
        at=at,
        league=game.league,
        start=game.start,
        status=game.status,
        period=game.period,
        clock=game.clock,
        home=_side(game.home, game.home_score),
        away=_side(game.away, game.away_score),
        home_win_probability=game.home_win_probability,
        propositions=[_proposition(each, now, fresh_within) for each in view.propositions],
    )


def _side(team: Team, score: int | None) -> SideShown:
    return SideShown(team.id, team.name, score)


def _proposition(view: PropositionView, now: Nanos, fresh_within: int) -> PropositionShown:
    game_id = view.proposition.game_id
    contracts = [_contract(each, game_id, now, fresh_within) for each in view.contracts]
    return PropositionShown(statement_of(view.proposition), view.no_vig, contracts)


def _contract(view: ContractView, game_id: GameId, now: Nanos, fresh_within: int) -> ContractShown:
    quote = view.quote
    listed = Listed(book_id(view.venue, view.market_id), view.venue, view.market_id, game_id, view.contract_id)
    return ContractShown(
        view.contract_id,
        view.venue,
        view.market_id,
        view.polarity,
        view.verdict,
        view.implied,
        quote_shown(listed, quote, now, fresh_within) if quote else None,
    )
