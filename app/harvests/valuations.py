"""One moment of a game, with what everybody says of it."""

from app.analytics.models.studies import Moment
from app.domain.games import Game
from app.domain.leagues import LEAGUES
from app.domain.prices import Nanos
from app.signals.logistics import features_of, in_order
from app.signals.models import MODELS


def moment_of_game(
    game: Game, at: Nanos, pregame: float | None, market: float | None, espn: float | None
) -> Moment | None:
    """None: nobody says anything of it. `pregame`: the home side's chance before the start."""
    model = MODELS.get(game.league)
    is_known = model is not None and game.home_score is not None and game.away_score is not None
    if model is None or not is_known or pregame is None or not 0 < pregame < 1:
        return None if market is None and espn is None else Moment(at, (), market, espn)
    lead = (game.home_score or 0) - (game.away_score or 0)
    features, chances = features_of(model, game, lead, pregame), model.chances(game, lead, pregame)
    if features is None or isinstance(chances, str):
        return Moment(at, (), market, espn)
    has_draw = LEAGUES[game.league].has_draw_outcome
    return Moment(at, tuple(in_order(features)), market, espn, chances.home if has_draw else chances.fair)


def came_of(game: Game) -> tuple[float, bool] | None:
    """What the home side's winner contract came to, and whether the game was a draw; None while that is open. Where a
    draw is an outcome of its own what counts is regulation, and who played on after it had drawn."""
    if game.status != "final" or game.home_score is None or game.away_score is None:
        return None
    lead = game.home_score - game.away_score
    if LEAGUES[game.league].has_draw_outcome:
        is_draw = lead == 0 or game.period > 2
        return (0.0 if is_draw else float(lead > 0)), is_draw
    return (0.5 if lead == 0 else float(lead > 0)), False


def name_of(game: Game) -> str:
    """For people."""
    return f"{game.away.name} at {game.home.name}"
