"""How long a game still lasts, by its own clock."""

from app.domain.games import Game
from app.domain.leagues import LEAGUES
from app.signals.clocks import HALF, regulation_left, time_left
from app.signals.diffusions import Diffusion
from app.signals.models import MODELS, STOPPAGE
from app.signals.skellams import Hockey

MINUTE = 60.0  # seconds


def seconds_left(game: Game) -> float | None:
    """Seconds of play until the end of regulation, or of the overtime that is being played; None before the game, in
    baseball, and where the clock cannot be read."""
    if game.status != "live":
        return None
    if LEAGUES[game.league].sport == "soccer":
        share = regulation_left(game.period, game.clock, STOPPAGE)
        return None if share is None else share * (2 * HALF + sum(STOPPAGE)) * MINUTE
    model = MODELS.get(game.league)
    if not isinstance(model, Diffusion | Hockey):
        return None
    left = time_left(model.clockwork, game.period, game.clock)
    if left is None:
        return None
    return left.regulation * model.clockwork.regulation if left.overtime is None else left.overtime
