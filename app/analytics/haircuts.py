"""The honesty haircut: how much of an edge to believe, by what earlier ones have brought of what they promised.

Over G games with promises p and what came b, in dollars, the ratio is r = Σb / Σp. Trades of one game fare alike, so a
game is one observation: its residual is e = Σ (b - r p) over its trades, and the variance of a game's own ratio is
s² = G² / (G - 1) · Σe² / (Σp)² (the ratio estimator of clusters: W. G. Cochran, "Sampling Techniques", 1977, sections
6.4 and 9A.1). Of few games s² says little, so it is drawn towards what would be taken for it without any (a scaled
inverse chi-square of `DOUBT` degrees of freedom: A. Gelman et al., "Bayesian Data Analysis", 3rd edition, 2.6):

    v = (DOUBT · SPREAD² + (G - 1) · s²) / (DOUBT + G - 1)

And of a ratio so uncertain only a part counts, the rest is 1, that is: the promise (H. Bühlmann, "Experience rating
and credibility", ASTIN Bulletin 4, 1967):

    factor = Z r + (1 - Z),   Z = G / (G + v / DIFFER²)

kept within 0 and 1. `SPREAD`, `DIFFER` and `DOUBT` are our choices, made before there was anything to measure.

>>> few = [Promised(str(game), 1.0, 0.5) for game in range(2)]
>>> many = [Promised(str(game), 1.0, 0.5) for game in range(200)]
>>> round(measured(few).factor, 2), round(measured(many).factor, 2)
(0.94, 0.5)
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from app.domain.signals import Detector, Haircut

SPREAD = 1.0  # of a game's ratio, where nothing was measured: all of it is lost, or as much again comes
DIFFER = 0.25  # by which detectors keep their promises better or worse than each other
DOUBT = 10.0  # games' worth of doubt about the spread that was measured


class Promised(NamedTuple):
    """What one trade (or one estimate) of a game promised, and what came of it; in dollars, or in shares of one."""

    game_id: str
    promised: float
    came: float


class Measure(NamedTuple):
    """How much of a promise to believe. `ratio`: what came for each dollar that was promised; `credibility`: how much
    of that counts, 0..1."""

    factor: float
    ratio: float
    credibility: float
    n: int
    games: int


UNMEASURED = Measure(1.0, 1.0, 0.0, 0, 0)


def haircut(detector: Detector, trades: Sequence[Promised], estimates: Sequence[Promised] = ()) -> Haircut | None:
    """None: nothing was measured. `estimates`: of fair values, which may be wrong however well they are filled: by how
    much a contract was said to be worth more than it cost, and by how much it was."""
    filled, calibrated = measured(trades), measured(estimates)
    if filled is UNMEASURED and calibrated is UNMEASURED:
        return None
    said = [_of_trades(filled, trades)] if filled.n else []
    said += [_of_estimates(calibrated)] if calibrated.n else []
    return Haircut(detector, round(filled.factor * calibrated.factor, 4), filled.n, "; ".join(said))


def measured(told: Iterable[Promised]) -> Measure:
    """What to believe of the next promise. One that promised nothing says nothing."""
    games: defaultdict[str, list[Promised]] = defaultdict(list)
    for each in told:
        if each.promised > 0:
            games[each.game_id].append(each)
    if not games:
        return UNMEASURED
    promised = sum(each.promised for of_game in games.values() for each in of_game)
    ratio = sum(each.came for of_game in games.values() for each in of_game) / promised
    residuals = [sum(each.came - ratio * each.promised for each in of_game) / promised for of_game in games.values()]
    n = len(games)
    own = n * n * sum(each * each for each in residuals)  # (G - 1) times the variance of a game's ratio
    variance = (DOUBT * SPREAD**2 + own) / (DOUBT + n - 1)
    credibility = n / (n + variance / DIFFER**2)
    factor = min(1.0, max(0.0, credibility * ratio + 1 - credibility))
    return Measure(factor, ratio, credibility, sum(map(len, games.values())), n)


def _of_trades(found: Measure, trades: Iterable[Promised]) -> str:
    promised = [each for each in trades if each.promised > 0]
    came, said = sum(each.came for each in promised), sum(each.promised for each in promised)
    told = f"{found.n} trades of {found.games} games brought ${came:,.2f} of ${said:,.2f}"
    return f"{told}, of which {found.credibility:.0%} is credible"


def _of_estimates(found: Measure) -> str:
    told = f"{found.n} estimates of {found.games} games came to {found.ratio:.2f} of the edge they saw"
    return f"{told}, of which {found.credibility:.0%} is credible"
