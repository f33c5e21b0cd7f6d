"""How often games do not end as planned. Only the tail is priced with it, so every figure is rather too high."""

from functools import cache

import msgspec

from app.domain.leagues import LEAGUES, LeagueCode
from app.domain.settlements import FOREVER
from app.settlement.cards import covers, rows


class BaseRates(msgspec.Struct, frozen=True):
    """Chances of one scheduled game, 0..1. `moved`: played later than planned; and more than so many hours later."""

    tie: float
    moved: float
    moved_48h: float
    moved_2w: float
    cancelled: float
    abandoned: float
    source: str
    dated: str

    def moved_between(self, window: int, next_window: int) -> float:
        """Played more than `window` hours after its start, and not more than `next_window`: at most so often."""
        beyond, further = self._moved_beyond(window), self._moved_beyond(next_window)
        return beyond - further if further < beyond else beyond

    def _moved_beyond(self, hours: int) -> float:
        steps = ((FOREVER, 0.0), (336, self.moved_2w), (48, self.moved_48h))
        return next((chance for least, chance in steps if hours >= least), self.moved)


_ROWS = tuple(rows("rates.csv"))  # the trading core asks, and opens no file


@cache
def rates_of(league: LeagueCode) -> BaseRates:
    """The base rates of a league; cautious ones where nothing is known."""
    row = next(row for row in _ROWS if covers((row["league"],), LEAGUES[league]))
    return msgspec.convert(row, BaseRates, strict=False)
