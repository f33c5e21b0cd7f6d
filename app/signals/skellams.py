"""Soccer, hockey and baseball: each side's goals or runs are counted, and the difference decides.

D. Karlis and I. Ntzoufras, "Analysis of sports data by using bivariate Poisson models" (The Statistician 52, 2003): the
goals of both sides are Poisson, their difference is Skellam's. Here the two are taken as independent. With an expected
total of T a game, of which the share t is left,

    home ~ Poisson(T/2 · exp(+x) · t),  away ~ Poisson(T/2 · exp(-x) · t)

and x, by which the home side is better, is the one that gives, at the start, the price that the market had then.

Runs come in bunches: there the mean of each inning is gamma-distributed, so that counts are negative binomial
(`bunching`: its shape for one side's half-inning; the variance of n of them is mean + mean² / (bunching · n)). An
extra inning begins with a runner on second base: more runs, and fewer innings without any.
"""

import math
from functools import lru_cache

import msgspec

from app.domain.games import Game
from app.signals.clocks import Clockwork, InningsLeft, TimeLeft, innings_left, regulation_left, time_left
from app.signals.outcomes import Chances, Reason, solve

NEGLIGIBLE = 1e-10  # what is left out of a distribution
REACH = 2.0  # seven times as many goals as expected, and a seventh
Counts = list[float]  # chances of 0, 1, 2, ...


class Soccer(msgspec.Struct, frozen=True, tag="soccer"):
    """Regulation only: a draw is an outcome. `goals`: of both sides in a game; `stoppage`: minutes added to a half."""

    goals: float
    stoppage: tuple[float, float]
    version: str = "1"

    @property
    def name(self) -> str:
        return f"skellam/{self.version}"

    def left(self, game: Game) -> float | None:
        """By the clock, with what is expected to be added to it."""
        return regulation_left(game.period, game.clock, self.stoppage)

    def chances(self, game: Game, lead: int, pregame: float) -> Chances | Reason:
        """By the score, the clock, and the price before the start."""
        if game.period > 2:
            return "regulation_over"
        left = regulation_left(game.period, game.clock, self.stoppage)
        return "no_clock" if left is None else soccer_chances(self, soccer_tilt(self, pregame), lead, left)


class Hockey(msgspec.Struct, frozen=True, tag="hockey"):
    """Overtime ends with its first goal. `goals`: of both sides in regulation. `shootout`: the share of overtimes
    without one; then each side wins as often."""

    clockwork: Clockwork
    goals: float
    shootout: float
    version: str = "1"

    @property
    def name(self) -> str:
        return f"skellam/{self.version}"

    def left(self, game: Game) -> float | None:
        """By the clock."""
        left = time_left(self.clockwork, game.period, game.clock)
        return None if left is None else left.regulation + (left.overtime or 0.0) / self.clockwork.regulation

    def chances(self, game: Game, lead: int, pregame: float) -> Chances | Reason:
        """By the score, the clock, and the price before the start."""
        left = time_left(self.clockwork, game.period, game.clock)
        if left is None:
            return "no_clock"
        is_shootout = game.period == self.clockwork.periods + 2 and (left.overtime or 0) <= self.clockwork.overtime
        return hockey_chances(self, hockey_tilt(self, pregame), lead, TimeLeft(0, 0) if is_shootout else left)


class Batting(msgspec.Struct, frozen=True):
    """`runs`: of one side in one inning."""

    runs: float
    bunching: float


class Baseball(msgspec.Struct, frozen=True, tag="baseball"):
    """`extra`: innings after the last one."""

    innings: int
    batting: Batting
    extra: Batting
    version: str = "1"

    @property
    def name(self) -> str:
        return f"skellam/{self.version}"

    def left(self, game: Game) -> float | None:
        """By the innings that both sides have still to bat."""
        left = innings_left(game.clock, self.innings)
        return None if left is None else (left.away + left.home) / (2 * self.innings)

    def chances(self, game: Game, lead: int, pregame: float) -> Chances | Reason:
        """By the score, the half-inning with its outs, and the price before the start. Who is on base is not known."""
        left = innings_left(game.clock, self.innings)
        return "no_clock" if left is None else baseball_chances(self, baseball_tilt(self, pregame), lead, left)


@lru_cache(maxsize=4096)
def soccer_tilt(model: Soccer, pregame: float) -> float:
    """By how much the home side is better: the price of its win, draws left aside."""
    return solve(lambda tilt: soccer_chances(model, tilt, 0, 1.0).home, pregame, REACH)


@lru_cache(maxsize=4096)
def hockey_tilt(model: Hockey, pregame: float) -> float:
    """By how much the home side is better."""
    return solve(lambda tilt: hockey_chances(model, tilt, 0, TimeLeft(1.0)).home, pregame, REACH)


@lru_cache(maxsize=4096)
def baseball_tilt(model: Baseball, pregame: float) -> float:
    """By how much the home side is better."""
    whole = InningsLeft(model.innings, model.innings, False)
    return solve(lambda tilt: baseball_chances(model, tilt, 0, whole).home, pregame, REACH)


def soccer_chances(model: Soccer, tilt: float, lead: int, left: float) -> Chances:
    """At a score, with this share of the game left."""
    half = model.goals / 2 * left
    return Chances(*ahead(lead, counts(half * math.exp(tilt)), counts(half * math.exp(-tilt))))


def hockey_chances(model: Hockey, tilt: float, lead: int, left: TimeLeft) -> Chances:
    """At a score and a time. A lead in overtime is a win that is not told yet."""
    if left.overtime is None:
        half = model.goals / 2 * left.regulation
        home, level = ahead(lead, counts(half * math.exp(tilt)), counts(half * math.exp(-tilt)))
        return Chances(home + level * _sudden_death(model, tilt, model.clockwork.overtime))
    return Chances(float(lead > 0) if lead else _sudden_death(model, tilt, left.overtime))


def _sudden_death(model: Hockey, tilt: float, seconds: float) -> float:
    """A clock that shows more than an overtime has is of the play-offs, which know no shoot-out."""
    first_goal = 1 / (1 + math.exp(-2 * tilt))
    is_played_out = seconds > model.clockwork.overtime
    undecided = 0.0 if is_played_out else model.shootout ** (seconds / model.clockwork.overtime)
    return (1 - undecided) * first_goal + undecided / 2


def baseball_chances(model: Baseball, tilt: float, lead: int, left: InningsLeft) -> Chances:
    """At a score, with this much left to bat for each side. After it, extra innings: as many as it takes."""
    home, level = _after_innings(model.extra if left.is_extra else model.batting, tilt, lead, left)
    if not level:
        return Chances(home)
    extra, again = _after_innings(model.extra, tilt, 0, InningsLeft(1.0, 1.0, True))
    return Chances(home + level * extra / (1 - again))


def _after_innings(batting: Batting, tilt: float, lead: int, left: InningsLeft) -> tuple[float, float]:
    home = counts(batting.runs * left.home * math.exp(tilt), batting.bunching * left.home)
    away = counts(batting.runs * left.away * math.exp(-tilt), batting.bunching * left.away)
    return ahead(lead, home, away)


def ahead(lead: int, home: Counts, away: Counts) -> tuple[float, float]:
    """The chances that home is ahead, and that it is level, when so much more has been scored."""
    below = [0.0]  # chance that away scores less than so many
    for chance in away:
        below.append(below[-1] + chance)
    win = level = 0.0
    for scored, chance in enumerate(home):
        needed = lead + scored  # by the away side, to draw level
        if needed >= 0:
            win += chance * below[min(needed, len(away))]
            level += chance * (away[needed] if needed < len(away) else 0.0)
    return min(win, 1.0), min(level, 1.0)


def counts(mean: float, shape: float | None = None) -> Counts:
    """Poisson, or with a `shape` negative binomial, until what is left does not matter."""
    if mean <= 0:
        return [1.0]
    chance = math.exp(-mean) if shape is None else (shape / (shape + mean)) ** shape
    found, seen, number = [chance], chance, 0
    while 1 - seen > NEGLIGIBLE and (number < mean or chance > NEGLIGIBLE):
        step = mean if shape is None else (number + shape) * mean / (shape + mean)
        number += 1
        chance *= step / number
        found.append(chance)
        seen += chance
    return found
