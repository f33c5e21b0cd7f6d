"""How many contracts of each leg are taken: the books give so many, and Kelly, the tail and each limit may give less.

Whole contracts only; both venues trade hundredths, and nothing that is worth it is lost by that.
"""

import math
from collections.abc import Iterator
from typing import NamedTuple

import msgspec

from app.domain.games import GameId
from app.domain.leagues import LeagueCode
from app.domain.markets import MarketId, VenueId
from app.domain.money import MONEY_UNITS, SIZE_UNITS, Money, Size
from app.domain.risks import Account
from app.domain.signals import Check, Detector
from app.execution.exposures import Place, Staked, places_staked
from app.execution.kelly import share_of_bet, share_of_tail, shrunk
from app.execution.standings import NAMES, Cap, Standing, cap_at, dollars, drawn_down, limit_at, lost, ordered_enough


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
    the tightest. One that left less than a signal's smallest size is not passed: it is the reason of a refusal. Before
    them stands how much of the edge is believed, where that was measured."""

    size: Size
    cuts: tuple[Check, ...]


class _Cut(NamedTuple):
    name: str
    size: int
    why: object  # put into words only when it counts


class _Narrowing:
    """The size that is left, and each cut that has left less than the one before it."""

    __slots__ = ("_standing", "cuts", "size")

    def __init__(self, size: Size, standing: Standing) -> None:
        self.size = size
        self.cuts: list[Check] = []
        self._standing = standing

    def take(self, cut: _Cut) -> None:
        left = _whole(cut.size)
        if left < self.size:
            self.size = left
            self.cuts.append(_told(cut, left, self._standing))

    def fit(self, cap: Cap, unit: int) -> None:
        """Into a limit of which one contract of each leg takes `unit`; what takes nothing always has room."""
        room = cap.room * SIZE_UNITS
        if unit > 0 and room < self.size * unit:
            self.take(_Cut(cap.name, room // unit, cap))

    def fit_all(self, staked: Staked, most: Money) -> None:
        """Into the limit of each place, of which a contract takes no more than `most`. Nearly always there is room, so
        nothing is made for it."""
        standing = self._standing
        limits, stakes = standing.limits, standing.exposures.stakes
        for place, cost in staked:
            name = NAMES.get(place.kind)
            limit = limit_at(place, standing) if name is None else getattr(limits, name)
            unit = cost if cost < most else most
            if limit is not None and (limit - stakes.get(place, 0)) * SIZE_UNITS < self.size * unit:
                cap = cap_at(place, standing)
                if cap is not None:
                    self.fit(cap, unit)


def allowed(asked: Sizing, standing: Standing) -> Allowance:
    """The largest size that everything allows."""
    left, limits = _Narrowing(_whole(asked.book_size), standing), standing.limits
    haircut = standing.haircuts.get(asked.detector)
    if haircut is not None:
        left.cuts.append(Check("haircut", True, f"{haircut}: {haircut.reason}"))
    for cut in _refusals(asked, standing):
        left.take(cut)
    for cap in _kelly(asked, standing):
        left.fit(cap, asked.unit_cost)
    if limits.max_stake * SIZE_UNITS < left.size * asked.unit_cost:
        left.fit(Cap("max_stake", "in one signal", limits.max_stake), asked.unit_cost)
    if limits.max_tail_loss * SIZE_UNITS < left.size * asked.unit_loss:
        left.fit(Cap("max_tail_loss", "in the worst scenario of one signal", limits.max_tail_loss), asked.unit_loss)
    legs = tuple(zip(asked.venues, asked.market_ids, strict=True))
    costs = asked.leg_costs or (asked.unit_cost,) * len(legs)
    left.fit_all(places_staked(asked.account, asked.game_id, asked.league, legs, costs), asked.unit_cost)
    if left.size and standing.drawdown(asked.account) >= limits.soft_drawdown:
        left.size = _whole(left.size // 2)
        halved = _Cut("soft_drawdown", left.size, lost(asked.account, standing))
        left.cuts.append(_told(halved, left.size, standing))
    return Allowance(left.size, tuple(left.cuts))


def _refusals(asked: Sizing, standing: Standing) -> Iterator[_Cut]:
    """What leaves nothing at all."""
    if asked.unit_profit <= 0:
        yield _Cut("no_edge", 0, f"one contract of each leg gains {dollars(asked.unit_profit)}")
    if why := drawn_down(asked.account, standing):
        yield _Cut("hard_drawdown", 0, why)
    if why := ordered_enough(len(asked.market_ids), standing):
        yield _Cut("order_rate", 0, why)


def _kelly(asked: Sizing, standing: Standing) -> Iterator[Cap]:
    """What Kelly stakes on the game: what this account has in it counts, another bet on one game is no new chance."""
    share = _share(asked, standing)
    if share is None:
        return
    fraction, equity = standing.limits.kelly_fraction, max(0, standing.equity(asked.account))
    in_game = standing.exposures.at(Place(asked.account, asked.game_id))
    yield Cap(
        "kelly", _OF_GAME, Money(math.floor(fraction * share * equity)), in_game, asked.game_id, (fraction, share)
    )
    if asked.detector == "fair_value":
        # on many games at once Kelly stakes never more than everything, so a fraction of it never more than that
        on_slate = standing.exposures.at(Place(asked.account))
        yield Cap("kelly_slate", _OF_SLATE, Money(math.floor(fraction * equity)), on_slate, "", (fraction,))


def _share(asked: Sizing, standing: Standing) -> float | None:
    """None: nothing can be lost, so Kelly has no say. Of an edge so much counts as was seen to come true."""
    cost, haircut = asked.unit_cost / MONEY_UNITS, standing.haircuts.get(asked.detector)
    believed = 1.0 if haircut is None else haircut.factor
    if asked.detector == "fair_value":
        if asked.probability is None:
            return 0.0
        market = cost if asked.market_probability is None else asked.market_probability
        return believed * share_of_bet(shrunk(asked.probability, market, standing.limits.shrinkage), cost)
    if asked.unit_loss <= 0:
        return None
    gain = believed * asked.unit_profit / asked.unit_cost
    return share_of_tail(gain, asked.unit_loss / asked.unit_cost, asked.tail_chance)


def _told(cut: _Cut, size: Size, standing: Standing) -> Check:
    is_passed = size >= max(standing.limits.min_size, SIZE_UNITS)
    return Check(cut.name, is_passed, f"{cut.why}: {size // SIZE_UNITS} contracts")


def _whole(size: int) -> Size:
    return Size(max(0, size - size % SIZE_UNITS))


_OF_GAME = "in game {}, which is {:g} of Kelly's share {:.4f} of the equity"
_OF_SLATE = "in all games together, which is {1:g} of the equity"
