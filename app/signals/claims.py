"""What a contract says of a game, as a stretch of one number: "the margin is above 3.5", "the total is below 210.5".

Two contracts of one number and one threshold, of which one says above and the other below, are the same question seen
from both sides, whatever they are called: YES on Boston, NO on Los Angeles, Boston's token.
"""

from typing import NamedTuple

from app.domain.games import Game
from app.domain.leagues import LEAGUES
from app.domain.propositions import Polarity, Proposition


class Number(NamedTuple):
    """What is counted: "winner" (margin of the home side, only its sign), "margin", "total", a team's points."""

    name: str
    scope: str
    of: str = ""


class Claim(NamedTuple):
    """`threshold` in half-points. `is_above` None: it lies between the two winners (a draw), or with `is_outside` on
    either side of them."""

    number: Number
    threshold: int
    is_above: bool | None
    is_outside: bool = False

    @property
    def is_of_draw(self) -> bool:
        return self.is_above is None


EVEN = 1  # half-points: who wins leads by more than half a point


def claim_of(game: Game, said: Proposition, polarity: Polarity) -> Claim | None:
    """The claim of a contract; None when its team is none of the game's."""
    is_yes = polarity == "yes"
    if said.kind in ("moneyline", "draw"):
        return _of_winner(game, said, is_yes)
    if said.kind == "spread":
        return _of_spread(game, said, is_yes)
    if said.kind == "both_to_score":
        return Claim(Number("both_to_score", said.scope), EVEN, is_yes)
    if said.line is None:
        return None
    return Claim(Number(said.kind, said.scope, said.team_id or ""), said.line, is_yes)


def has_draw(game: Game) -> bool:
    """Whether a draw is an outcome of its own in that league, and only regulation counts."""
    league = LEAGUES.get(game.league)
    return league is not None and league.has_draw_outcome


def can_draw(game: Game, said: Proposition) -> bool:
    """Whether a draw is an outcome of its own there, and not a tie that both sides share."""
    return said.scope != "game" or has_draw(game)


def _of_winner(game: Game, said: Proposition, is_yes: bool) -> Claim | None:
    number = Number("winner", said.scope)
    if said.kind == "draw":
        return Claim(number, 0, None, is_outside=not is_yes)
    if said.team_id == game.home.id:
        return Claim(number, EVEN, is_yes)
    if said.team_id != game.away.id:
        return None
    return Claim(number, -EVEN if can_draw(game, said) else EVEN, not is_yes)


def _of_spread(game: Game, said: Proposition, is_yes: bool) -> Claim | None:
    """A spread names the team that gives points, so its line is below zero."""
    if said.line is None or said.team_id not in (game.home.id, game.away.id):
        return None
    number = Number("margin", said.scope)
    if said.team_id == game.home.id:
        return Claim(number, -said.line, is_yes)
    return Claim(number, said.line, not is_yes)
