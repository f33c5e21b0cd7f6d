"""How the sports run: their clocks, and how much is scored."""

import msgspec


class Pace(msgspec.Struct, frozen=True, kw_only=True):
    """One sport's clock and scoring. Times in seconds; spreads are standard deviations."""

    periods: int
    period: int  # on the game clock; 0: the sport has none
    real_period: int  # on the wall
    pause: int  # between periods
    halftime: int = 0
    scores: tuple[int, ...] = (1,)  # what one score is worth, by frequency
    total: float  # expected in a game, both sides together
    total_spread: float
    margin_spread: float  # of home minus away
    unit: str
    word: str  # what a period is called
    counts_up: bool = False  # the clock shows time gone in the game, not time left in the period
    can_tie: bool = False

    @property
    def length(self) -> int:
        """From the start to the end, on the wall."""
        return self.period_end(self.periods)

    def period_end(self, period: int) -> int:
        """When a period (from 1) ends, on the wall."""
        breaks = sum(self.break_after(earlier) for earlier in range(1, period))
        return period * self.real_period + breaks

    def break_after(self, period: int) -> int:
        return self.halftime if self.halftime and period == self.periods // 2 else self.pause


_PRO_BASKETBALL = Pace(
    periods=4,
    period=720,
    real_period=1800,
    pause=130,
    halftime=900,
    scores=(2, 2, 2, 3, 1),
    total=226,
    total_spread=17,
    margin_spread=12.5,
    unit="points",
    word="Quarter",
)
_replace = msgspec.structs.replace

PACES = {
    "nba": _PRO_BASKETBALL,
    "women": _replace(_PRO_BASKETBALL, period=600, real_period=1500, total=150, total_spread=14),
    "college": _replace(
        _PRO_BASKETBALL, periods=2, period=1200, real_period=3000, pause=0, total=147, total_spread=15, word="Half"
    ),
    "football": Pace(
        periods=4,
        period=900,
        real_period=2520,
        pause=120,
        halftime=780,
        scores=(7, 7, 3),
        total=46,
        total_spread=13,
        margin_spread=13,
        unit="points",
        word="Quarter",
    ),
    "hockey": Pace(
        periods=3,
        period=1200,
        real_period=2280,
        pause=1080,
        total=6.1,
        total_spread=2.3,
        margin_spread=2.4,
        unit="goals",
        word="Period",
    ),
    "baseball": Pace(
        periods=9,
        period=0,
        real_period=1110,
        pause=0,
        total=8.7,
        total_spread=4.2,
        margin_spread=4.1,
        unit="runs",
        word="Inning",
    ),
    "soccer": Pace(
        periods=2,
        period=2700,
        real_period=2820,
        pause=0,
        halftime=900,
        total=2.8,
        total_spread=1.65,
        margin_spread=1.7,
        unit="goals",
        word="Half",
        counts_up=True,
        can_tie=True,
    ),
}
