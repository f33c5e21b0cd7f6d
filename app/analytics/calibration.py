"""How good the fair values were, against the market's own price at the same moments."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import msgspec

from app.analytics.scores import Bin, Interval, brier, compared, log_loss, reliability


class Forecast(NamedTuple):
    """Of one contract at a moment: what it was thought to be worth and what it was offered for, 0..1; what it paid in
    the end. `source`: who thought so."""

    league: str
    game_id: str
    source: str
    said: float
    price: float
    came: float


class Calibration(msgspec.Struct, frozen=True, kw_only=True):
    """Of one source in one league. `difference`: of the Brier scores, ours less the market's: below 0 is better."""

    league: str
    source: str
    n: int
    games: int
    brier: float | None
    market_brier: float | None
    log_loss: float | None
    market_log_loss: float | None
    difference: Interval | None
    bins: Sequence[Bin]


def calibration_of(forecasts: Iterable[Forecast]) -> list[Calibration]:
    """By league and source, and under league "all" of every league together."""
    groups: defaultdict[tuple[str, str], list[Forecast]] = defaultdict(list)
    for each in forecasts:
        groups[each.league, each.source].append(each)
        groups["all", each.source].append(each)
    return [_calibration(*key, told) for key, told in sorted(groups.items())]


def _calibration(league: str, source: str, told: Sequence[Forecast]) -> Calibration:
    said, prices = [each.said for each in told], [each.price for each in told]
    came, games = [each.came for each in told], [each.game_id for each in told]
    return Calibration(
        league=league,
        source=source,
        n=len(told),
        games=len(set(games)),
        brier=brier(said, came),
        market_brier=brier(prices, came),
        log_loss=log_loss(said, came),
        market_log_loss=log_loss(prices, came),
        difference=compared(said, prices, came, games),
        bins=reliability(said, came, games),
    )
