"""Prices: one hidden probability for every statement about a game, and each venue's own view of it in whole ticks.

Final margin and total are taken as normal around the score plus what is still expected, so that winner, spreads and
totals of one game always agree with each other.
"""

import hashlib
import math

import msgspec

from app.sandbox.games import Contest, Standing

TICKS = 1000  # in a dollar; both venues' ticks are multiples of it
NOISE_LIFE = 20  # seconds a venue keeps its opinion


class Outlook(msgspec.Struct, frozen=True):
    """What is expected of a game, or of its first half."""

    margin: float
    margin_spread: float
    total: float
    total_spread: float

    def home_by_more_than(self, line: float) -> float:
        return _above(line, self.margin, self.margin_spread)

    def over(self, line: float) -> float:
        return _above(line, self.total, self.total_spread)

    @property
    def draw(self) -> float:
        return self.home_by_more_than(-0.5) - self.home_by_more_than(0.5)


def outlook(contest: Contest, standing: Standing) -> Outlook:
    """What is expected of the whole game as it stands."""
    left = 1 - standing.played
    return _outlook(contest, standing.score, left, left)


def half_outlook(contest: Contest, standing: Standing) -> Outlook:
    """What is expected of the first half as it stands."""
    left = max(0.0, 0.5 - standing.played)
    return _outlook(contest, standing.half_score, left, left)


def _outlook(contest: Contest, score: tuple[int, int], left: float, still: float) -> Outlook:
    pace = contest.league.clockwork
    spread = math.sqrt(still) + 1e-6
    return Outlook(
        score[0] - score[1] + contest.edge * left,
        pace.margin_spread * spread,
        score[0] + score[1] + contest.total * left,
        pace.total_spread * spread,
    )


def _above(line: float, mean: float, spread: float) -> float:
    return 0.5 * math.erfc((line - mean) / (spread * math.sqrt(2)))


class Quote(msgspec.Struct, frozen=True):
    """Best bid and ask in ticks of 1/1,000 dollar, and sizes in contracts."""

    bid: int
    ask: int
    bid_size: int
    ask_size: int

    @property
    def middle(self) -> float:
        return (self.bid + self.ask) / 2 / TICKS


def quote(venue: str, key: str, chance: float, now: float, seed: int, tick: int = 10) -> Quote:
    """The venue's bid and ask for something of this chance. `now`: unix seconds; `tick` in 1/1,000 dollar."""
    shift, width, first, second = _opinion(f"{seed}:{venue}:{key}", now)
    middle = chance * TICKS + shift * 24 * math.sqrt(max(chance * (1 - chance), 0.0))
    half = tick * (0.5 + width)
    bid = max(0, math.floor((middle - half) / tick) * tick)
    ask = min(TICKS, math.ceil((middle + half) / tick) * tick)
    return Quote(min(bid, TICKS - tick), max(ask, tick), 25 + first * 9, 25 + second * 9)


def _opinion(key: str, now: float) -> tuple[float, float, int, int]:
    digest = hashlib.blake2b(key.encode(), digest_size=4).digest()
    turn = int((now + digest[0] % NOISE_LIFE) // NOISE_LIFE)
    drawn = hashlib.blake2b(f"{key}:{turn}".encode(), digest_size=4).digest()
    return drawn[0] / 127.5 - 1, drawn[1] / 255, drawn[2], drawn[3]
