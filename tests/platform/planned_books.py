"""Books as a plan holds them: what stands where in a game, and what is left of a gap after fees. Prices in cents; the
arithmetic here is its own.
"""

from collections.abc import Sequence
from fractions import Fraction
from typing import NamedTuple

from app.sandbox.games import Contest
from app.sandbox.gamma_titles import ordered
from app.sandbox.stagings import name_of

Json = dict[str, object]
Rungs = Sequence[tuple[float, float]]  # price in cents, contracts; the best first

MANY = 400.0  # contracts of what stands around
FOOTBALL = frozenset({"nfl", "ncaaf"})


class Market(NamedTuple):
    """As a plan names it."""

    venue: str
    label: str


class Leg(NamedTuple):
    """What is bought: the first outcome of a market (YES), or the second."""

    market: Market
    is_second: bool = False


class Ladders(NamedTuple):
    """What stands in one book."""

    market: Market
    bids: Rungs
    asks: Rungs

    def entry(self, game: str, at: float, lasts: float | None) -> Json:
        told = {side: [[f"{price / 100:.4f}", f"{size:g}"] for price, size in rungs] for side, rungs in self._sides()}
        span = {} if lasts is None else {"for_seconds": round(lasts, 3)}
        named = {"venue": self.market.venue, "game": game, "market": self.market.label}
        return {"at": round(at, 3), **span, **named, "ladder": told}

    def _sides(self) -> tuple[tuple[str, Rungs], ...]:
        return ("bids", self.bids), ("asks", self.asks)


def around(market: Market, cents: float, half: float = 2, size: float = MANY) -> Ladders:
    """A calm book."""
    return Ladders(market, _down(cents - half, size), _up(cents + half, size))


def selling(market: Market, cents: float, size: float) -> Ladders:
    """A book where the first outcome is sold for so much."""
    return Ladders(market, _down(cents - 4, size), _up(cents, size))


def buying(market: Market, cents: float, size: float) -> Ladders:
    """A book where somebody pays so much for the first outcome: the second is sold for the rest of a dollar."""
    return Ladders(market, _down(cents, size), _up(cents + 4, size))


def _up(cents: float, size: float) -> Rungs:
    return [(price, size) for price in (cents, cents + 1, cents + 2) if 0 < price < 100]


def _down(cents: float, size: float) -> Rungs:
    return [(price, size) for price in (cents, cents - 1, cents - 2) if 0 < price < 100]


def fee(venue: str, league: str, cents: float) -> Fraction:
    """Cents for one contract, not rounded."""
    price = Fraction(cents).limit_denominator(100) / 100
    kalshi = Fraction(7, 100) * (Fraction(1, 2) if league == "mlb" else 1)
    rate = kalshi if venue == "kalshi" else Fraction(3 if league in FOOTBALL else 5, 100)
    return rate * price * (1 - price) * 100


def edge(league: str, bought: Sequence[tuple[str, float]], pays: int = 1) -> Fraction:
    """Cents that one contract of each leaves after fees. `bought`: venue and price in cents."""
    return 100 * pays - sum((Fraction(cents) + fee(venue, league, cents) for venue, cents in bought), Fraction(0))


class Pair:
    """The winner markets of a game without draws, and a fair price `p` of its home side, all held calm."""

    def __init__(self, contest: Contest, fair: int = 50) -> None:
        self.contest, self.league, self.name, self.p = contest, contest.league.code, name_of(contest), fair
        self.home = Market("kalshi", f"GAME-{contest.home.kalshi_code}")
        self.away = Market("kalshi", f"GAME-{contest.away.kalshi_code}")
        self.tokens = Market("polymarket", "moneyline")
        self.home_is_first = ordered(contest)[0] == contest.home

    def calm(self) -> tuple[Ladders, ...]:
        first = self.p if self.home_is_first else 100 - self.p
        return around(self.home, self.p), around(self.away, 100 - self.p, half=6), around(self.tokens, first)

    @property
    def legs(self) -> tuple[Leg, Leg]:
        """Home at Kalshi, away at Polymarket."""
        return Leg(self.home), Leg(self.tokens, is_second=self.home_is_first)

    def ladders(self, home: float, away: float, size: float) -> tuple[Ladders, Ladders]:
        """Home is sold at Kalshi for so much, and away at Polymarket."""
        tokens = buying(self.tokens, 100 - away, size) if self.home_is_first else selling(self.tokens, away, size)
        return selling(self.home, home, size), tokens

    def prices(self, gap: int) -> tuple[int, int]:
        """Of home and away, together so much below a dollar."""
        return self.p - gap // 2, 100 - self.p - (gap - gap // 2)

    def gap(self, wanted: float) -> int:
        """The smallest that leaves so many cents after fees."""
        return next(gap for gap in range(1, 40) if self.edge(gap) >= wanted)

    def edge(self, gap: int) -> Fraction:
        home, away = self.prices(gap)
        return edge(self.league, [("kalshi", home), ("polymarket", away)])


class Trio:
    """The winner markets of a soccer game, and fair prices of home, draw and away."""

    def __init__(self, contest: Contest, fair: tuple[int, int, int] = (44, 27, 29)) -> None:
        self.contest, self.league, self.name, self.fair = contest, contest.league.code, name_of(contest), fair
        codes = contest.home.kalshi_code, "TIE", contest.away.kalshi_code
        self.kalshi = tuple(Market("kalshi", f"GAME-{code}") for code in codes)
        slugs = contest.home.polymarket_code, "draw", contest.away.polymarket_code
        self.polymarket = tuple(Market("polymarket", slug) for slug in slugs)

    def calm(self) -> tuple[Ladders, ...]:
        both = (*zip(self.kalshi, self.fair, strict=True), *zip(self.polymarket, self.fair, strict=True))
        return tuple(around(market, cents) for market, cents in both)
