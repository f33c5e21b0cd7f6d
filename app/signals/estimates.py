"""Fair value: how likely the home side is to win, by somebody else than the market.

A learned model that has beaten the market out of sample, where there is one; else the score source's own probability
where it has one, else a model of the game as it stands. Those are not better than the market until that is shown: what
they say is for paper, and for people.
"""

from collections.abc import Mapping

import msgspec

from app.domain.games import Game
from app.domain.leagues import LEAGUES, LeagueCode
from app.domain.prices import SECOND, Nanos
from app.domain.signals import Estimate, Score
from app.signals.models import MODELS
from app.signals.outcomes import Model, Reason

SOURCE = "espn"
NONE_PROMOTED: Mapping[LeagueCode, Model] = {}
EARLIEST = 1800 * SECOND  # games are moved up now and then, by minutes


class Unestimated(msgspec.Struct, frozen=True):
    """Why there is no estimate."""

    reason: Reason


def estimate(
    game: Game, pregame: float | None, now: Nanos, promoted: Mapping[LeagueCode, Model] = NONE_PROMOTED
) -> Estimate | Unestimated:
    """Of the winner market: of regulation where a draw is an outcome of its own, else of the game; a tie that both
    sides share counts half. `pregame`: the home side's chance as the market had it before the start; `promoted`: what
    has beaten the market."""
    model = MODELS.get(game.league)
    if model is None:
        return Unestimated("unknown_sport")
    if game.status != "live":
        return Unestimated("not_live")
    if now < game.start.timestamp() * SECOND - EARLIEST and game.start_is_known:
        return Unestimated("starts_later")
    if game.home_score is None or game.away_score is None:
        return Unestimated("no_score")
    has_draw = LEAGUES[game.league].has_draw_outcome
    learned = promoted.get(game.league)
    if learned is not None:
        found = _modelled(game, learned, pregame)
        if isinstance(found, Estimate):
            return found
    if game.home_win_probability is not None and not has_draw:  # of a draw the source says nothing
        return Estimate(game.home_win_probability, SOURCE, _score(game))
    return _modelled(game, model, pregame)


def _modelled(game: Game, model: Model, pregame: float | None) -> Estimate | Unestimated:
    if pregame is None or not 0 < pregame < 1:
        return Unestimated("no_strength")
    found = model.chances(game, (game.home_score or 0) - (game.away_score or 0), pregame)
    if isinstance(found, str):
        return Unestimated(found)
    has_draw = LEAGUES[game.league].has_draw_outcome
    return Estimate(found.home if has_draw else found.fair, model.name, _score(game), found.draw if has_draw else 0.0)


def _score(game: Game) -> Score:
    return game.home_score, game.away_score, game.period, game.status
