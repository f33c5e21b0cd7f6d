"""How many contracts of each leg are taken: the books give so many, and Kelly, the tail and each limit may give less.

Whole contracts only; both venues trade hundredths, and nothing that is worth it is lost by that.
"""

import math
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import msgspec

from app.domain.games import GameId
from app.domain.leagues import LeagueCode
from app.domain.markets import MarketId, VenueId
from app.domain.money import MONEY_UNITS, SIZE_UNITS, Money, Size
from app.domain.risks import Account
from app.domain.signals import Check, Detector
from app.execution.exposures import Place, places_staked
from app.execution.kelly import share_of_bet, share_of_tail, shrunk
from app.execution.standings import Cap, Standing, caps_at, dollars, drawn_down, lost, ordered_enough


class Sizing(msgspec.Struct, frozen=True, kw_only=True):
    """One contract of each leg, and of how many the books say so.

    `unit_cost`: what that costs on average at most, fees included; the limits hold for what is really paid only if
    this is no less. `unit_profit`: what it surely gains when the game is played, or may be expected to with a fair
    value; `unit_loss`: what is lost in the worst scenario, 0 or less where nothing is; `tail_chance`: how often that
    is. `venues`, `market_ids` and `leg_costs` go leg by leg; without `leg_costs` each one is taken for the whole.
    """

    detector: Detector
    account: Account
    game_id: GameId
    league: LeagueCode
    venues: tuple[VenueId, ...]
    market_ids: tuple[MarketId, ...]
    unit_cost: Money
    unit_profit: Money
    unit_loss: Money = Money(0)
    tail_chance: float = 0.0
    probability: float | None = None  # of a fair value
    market_probability: float | None = None  # None: what the contract costs stands for it
    book_size: Size
    leg_costs: tuple[Money, ...] = ()


class Allowance(NamedTuple):
    """So many contracts of each leg. `cuts`: what gave less than the books, each with what it left; the last one is
    the tightest. One that left less than a signal's smallest size is not passed: it is the reason of a refusal."""

    size: Size
    cuts: tuple[Check, ...]


class _Cut(NamedTuple):
    name: str
    size: int
    why: object  # put into words only when it counts


def allowed(asked: Sizing, standing: Standing) -> Allowance:
    """The largest size that everything allows."""
    size, cuts = _whole(asked.book_size), []
    for cut in _cuts(asked, standing):
        left = _whole(cut.size)
        if left < size:
            size = left
            cuts.append(_told(cut, size, standing))
    if size and standing.drawdown(asked.account) >= standing.limits.soft_drawdown:
        size = _whole(size // 2)
        cuts.append(_told(_Cut("soft_drawdown", size, lost(asked.account, standing)), size, standing))
    return Allowance(size, tuple(cuts))


def _cuts(asked: Sizing, standing: Standing) -> Iterator[_Cut]:
    if asked.unit_profit <= 0:
        yield _Cut("no_edge", 0, f"one contract of each leg gains {dollars(asked.unit_profit)}")
    for name, why in (
        ("hard_drawdown", drawn_down(asked.account, standing)),
        ("order_rate", ordered_enough(len(asked.market_ids), standing)),
    ):
        if why is not None:
            yield _Cut(name, 0, why)
    for cap in _kelly(asked, standing):
        yield _cut(cap, asked.unit_cost)
    limits = standing.limits
    yield _cut(Cap("max_stake", "in one signal", limits.max_stake), asked.unit_cost)
    yield _cut(Cap("max_tail_loss", "in the worst scenario of one signal", limits.max_tail_loss), asked.unit_loss)
    units = places_staked(asked.account, asked.game_id, asked.league, _legs(asked))
    for place, cap in caps_at(units, standing):
        yield _cut(cap, min(units[place], asked.unit_cost))


def _kelly(asked: Sizing, standing: Standing) -> Iterator[Cap]:
    """What Kelly stakes on the game: what this account has in it counts, another bet on one game is no new chance."""
    share = _share(asked, standing)
    if share is None:
        return
    fraction, equity = standing.limits.kelly_fraction, max(0, standing.equity(asked.account))
    where = f"in game {{}}, which is {fraction:g} of Kelly's share {share:.4f} of the equity"
    in_game = standing.exposures.at(Place(asked.account, asked.game_id))
    yield Cap("kelly", where, Money(math.floor(fraction * share * equity)), in_game, asked.game_id)
    if asked.detector == "fair_value":
        # on many games at once Kelly stakes never more than everything, so a fraction of it never more than that
        where = f"in all games together, which is {fraction:g} of the equity"
        on_slate = standing.exposures.at(Place(asked.account))
        yield Cap("kelly_slate", where, Money(math.floor(fraction * equity)), on_slate)


def _share(asked: Sizing, standing: Standing) -> float | None:
    """None: nothing can be lost, so Kelly has no say."""
    cost = asked.unit_cost / MONEY_UNITS
    if asked.detector == "fair_value":
        if asked.probability is None:
            return 0.0
        market = cost if asked.market_probability is None else asked.market_probability
        return share_of_bet(shrunk(asked.probability, market, standing.limits.shrinkage), cost)
    if asked.unit_loss <= 0:
        return None
    return share_of_tail(asked.unit_profit / asked.unit_cost, asked.unit_loss / asked.unit_cost, asked.tail_chance)


def _legs(asked: Sizing) -> Sequence[tuple[VenueId, MarketId, Money]]:
    costs = asked.leg_costs or (asked.unit_cost,) * len(asked.market_ids)
    return tuple(zip(asked.venues, asked.market_ids, costs, strict=True))


def _cut(cap: Cap, unit: Money) -> _Cut:
    """What has room when one contract of each leg takes `unit`; what takes nothing always has."""
    return _Cut(cap.name, cap.room * SIZE_UNITS // unit if unit > 0 else _EVERYTHING, cap)


def _told(cut: _Cut, size: Size, standing: Standing) -> Check:
    is_passed = size >= max(standing.limits.min_size, SIZE_UNITS)
    return Check(cut.name, is_passed, f"{cut.why}: {size // SIZE_UNITS} contracts")


def _whole(size: int) -> Size:
    return Size(max(0, size - size % SIZE_UNITS))


_EVERYTHING = 1 << 62
