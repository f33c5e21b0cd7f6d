"""What all tapes together say of each setting, and what is left of the best one."""

from collections import Counter
from collections.abc import Mapping, Sequence
from statistics import pvariance

import msgspec

from app.backtests.deflations import FEW, SURE_ENOUGH, Shape, best_of_luck, deflated, probable, shape_of
from app.backtests.pairs import Pair
from app.backtests.plans import Setting
from app.domain.money import MONEY_UNITS, Money


class Score(msgspec.Struct, frozen=True, kw_only=True):
    """One setting over all tapes. An observation is what was gained in one game, all accounts together; `hits`: those
    above nothing. `fell`: the deepest fall on any tape."""

    setting: Setting
    gain: Money
    gains: Mapping[str, Money]
    games: int
    hits: int
    signals: int
    trades: Mapping[str, int]
    fell: Money
    shape: Shape
    probability: float  # that it is worth anything, taken alone

    @property
    def name(self) -> str:
        """As people write it."""
        return ", ".join(self.setting) or "as it is"

    @property
    def hit_rate(self) -> float | None:
        return self.hits / self.games if self.games else None


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """`scores`, the best first; `trials`: all that were tried; `luck`: the ratio that the best of so many is expected
    to show if none is worth anything; `deflated`: how probable it is that the best one is worth something all the
    same."""

    scores: tuple[Score, ...]
    trials: int
    luck: float
    deflated: float
    world: str

    @property
    def best(self) -> Score:
        return self.scores[0]

    @property
    def survives(self) -> bool:
        """Whether anything is left of it."""
        return self.best.games >= FEW and self.best.shape.sharpe > 0 and self.deflated >= SURE_ENOUGH

    @property
    def words(self) -> str:
        """The honest sentence."""
        best, tried = self.best, f"{self.trials} setting{'s' if self.trials > 1 else ''}"
        if best.games < FEW:
            return (
                f"Nothing can be said: the best of {tried} has traded {best.games} games, and below {FEW} luck looks"
                " like anything."
            )
        if self.survives:
            return (
                f"{best.name} survives: were all of {tried} worthless, the best would show {self.luck:.2f} a game by"
                f" luck; it shows {best.shape.sharpe:.2f}, and is better than nothing with {self.deflated:.1%}."
            )
        return (
            f"Nothing survives: the best of {tried}, {best.name}, shows {best.shape.sharpe:.2f} a game, and"
            f" {self.luck:.2f} is what luck alone shows; that it is better than nothing has {self.deflated:.1%},"
            f" {SURE_ENOUGH:.0%} are asked for."
        )


def judged(pairs: Sequence[Pair], tried_before: int = 0) -> Verdict:
    """`pairs`: at least one."""
    by_setting: dict[Setting, list[Pair]] = {}
    for pair in pairs:
        by_setting.setdefault(pair.setting, []).append(pair)
    scores = sorted((_score(setting, own) for setting, own in by_setting.items()), key=_rank)
    trials = len(scores) + tried_before
    spread = pvariance([each.shape.sharpe for each in scores])
    return Verdict(
        scores=tuple(scores),
        trials=trials,
        luck=best_of_luck(trials, spread),
        deflated=deflated(scores[0].shape, trials, spread),
        world=" and ".join(sorted({pair.world for pair in pairs})),
    )


def observations(pairs: Sequence[Pair]) -> list[float]:
    """Dollars that were gained in each game on each tape, in their order."""
    gained = Counter[tuple[str, str]]()
    for pair in pairs:
        for game in pair.games:
            gained[pair.tape, game.game_id] += game.gain
    return [gained[key] / MONEY_UNITS for key in sorted(gained)]


def _score(setting: Setting, pairs: Sequence[Pair]) -> Score:
    observed = observations(pairs)
    gains, trades = Counter[str](), Counter[str]()
    for pair in pairs:
        gains.update(pair.gains)
        trades.update(pair.trades)
    shape = shape_of(observed)
    return Score(
        setting=setting,
        gain=Money(sum(gains.values())),
        gains={name: Money(gain) for name, gain in sorted(gains.items())},
        games=len(observed),
        hits=sum(one > 0 for one in observed),
        signals=sum(pair.signals for pair in pairs),
        trades=dict(sorted(trades.items())),
        fell=max(pair.fell for pair in pairs),
        shape=shape,
        probability=probable(shape),
    )


def _rank(score: Score) -> tuple[float, int, Setting]:
    return -score.shape.sharpe, -score.gain, score.setting
