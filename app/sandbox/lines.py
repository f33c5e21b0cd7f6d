"""Which spread and total lines a game is listed with: some on both venues, some on one only."""

import math

from app.sandbox.games import Contest

_SHARED_TOTALS = (-2.0, 0.0, 3.0)


def spread_lines(contest: Contest, venue: str, share: float = 1.0) -> tuple[float, ...]:
    """How much the favourite is asked to win by more than. `share`: of the game, 0.5 for a half."""
    if contest.league.clockwork.total < 20:
        return (1.5,) if venue == "polymarket" or contest.league.is_soccer else (1.5, 2.5)
    main = math.floor(abs(contest.edge) * share) + 0.5
    steps = (0.0, 1.0, 3.0) if venue == "polymarket" else (0.0, 3.0, 6.0)
    return tuple(main + step for step in steps[: 1 if share < 1 else None])


def total_lines(contest: Contest, venue: str, share: float = 1.0) -> tuple[float, ...]:
    """Totals asked for, all on half points."""
    main = math.floor(contest.total * share) + 0.5
    if contest.league.clockwork.total < 20:
        return tuple(line for line in (main - 1, main, main + 1) if line > 0)
    steps = _SHARED_TOTALS if venue == "polymarket" else (*_SHARED_TOTALS, 6.0)
    return tuple(main + step for step in steps[: 1 if share < 1 else None])


def favourite_is_home(contest: Contest) -> bool:
    return contest.edge >= 0
