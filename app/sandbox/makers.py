"""The market makers of a venue: what stands in a market's book at a moment.

A book is arithmetic of the seed, the market and the time alone: whoever asks, and whenever, sees the same. It is the
hidden chance of the game as the venue knows it, which is a little late; the makers' own opinion of it, which drifts;
their spread, with what they pay in fees; and now and then a mistake. Levels come and go each at its own pace, those
near the best price most often.
"""

import math
import zlib
from collections.abc import Callable
from datetime import UTC, datetime
from statistics import NormalDist

import msgspec

from app.sandbox.endings import Ending, ending, pays
from app.sandbox.fees import Fees
from app.sandbox.games import Contest, Phase
from app.sandbox.grids import CENTS, DOLLAR, FINE, Grid
from app.sandbox.markets import Market, Venue
from app.sandbox.prices import Outlook, half_outlook, outlook
from app.sandbox.scripts import Script
from app.sandbox.slates import Slate

KNOWN_EVERY = 500  # milliseconds: how often a venue looks at the game
OPINION_LIFE = 20_000  # milliseconds from one opinion to the next; in between it drifts
MISTAKE_EVERY, MISTAKE_LASTS = 4_000, 2_500  # milliseconds
LONGEST_BEAT = 5_000  # milliseconds
TICK_LIFE = 10_000  # milliseconds Polymarket keeps a tick size at least
LIVES = (2_500, 8_000, 60_000)  # milliseconds a level keeps its size: the best, those near it, those deep down
WEIGHTS = (1, 3, 6)  # how much stands there
NEAR = 4  # levels
_MASK = (1 << 31) - 1
_OPINION, _MISTAKE = 1, 2  # what is drawn


class Style(msgspec.Struct, frozen=True):
    """How the makers of one venue quote. Prices in 1/10,000 dollar at even chances, less towards certainty."""

    venue: Venue
    lag: tuple[int, int]  # milliseconds behind the game, by game
    half_spread: float
    fee: float  # of a maker: what it pays is added to its spread; times p(1 - p) dollars
    opinion: float  # how far from the truth at most
    depth: int  # levels a side of a main market; others have half
    size: int  # hundredths of a contract at the best price, about


STYLES: dict[Venue, Style] = {
    "kalshi": Style("kalshi", (400, 1_400), 55, 0.0175, 110, 18, 40_000),
    "polymarket": Style("polymarket", (800, 2_400), 60, 0.0, 130, 14, 25_000),
}


class Ladder(msgspec.Struct, frozen=True):
    """What stands in a book: price (1/10,000 dollar) → size (hundredths of a contract), best first on both sides."""

    bids: dict[int, int]
    asks: dict[int, int]
    grid: Grid
    at: int  # unix milliseconds since when

    @property
    def best_bid(self) -> int:
        """0: nobody bids."""
        return next(iter(self.bids), 0)

    @property
    def best_ask(self) -> int:
        """A dollar: nobody asks."""
        return next(iter(self.asks), DOLLAR)


class Known(msgspec.Struct, frozen=True):
    """What a venue knew of a game at a moment (unix milliseconds)."""

    at: int
    phase: Phase
    whole: Outlook
    half: Outlook


def milliseconds(at: datetime) -> int:
    """Unix time."""
    return round(at.timestamp() * 1000)


class Makers:
    """Everybody who quotes on one venue. `slate`: the games as they are planned now."""

    def __init__(self, style: Style, slate: Callable[[], Slate], script: Script | None = None) -> None:
        self._style = style
        self._slate = slate
        self.script = script or Script()
        self.markets: dict[str, Market] = {}  # everything listed so far, by id and by token
        self._keys: dict[str, int] = {}
        self._known: dict[str, Known] = {}
        self._grids: dict[str, tuple[int, Grid]] = {}

    def list_market(self, market: Market) -> None:
        """Let it be known that this market exists."""
        for name in (market.id, *market.tokens):
            self.markets[name] = market

    def tell_anew(self, contest: Contest) -> None:
        """A game is not what it was: its markets are about this one from now on."""
        for name, market in self.markets.items():
            if market.contest and market.contest.id == contest.id:
                self.markets[name] = msgspec.structs.replace(market, contest=contest)
        self._known.pop(contest.id, None)

    def ladder(self, market: Market, now: int) -> Ladder | None:
        """The book at a moment (unix milliseconds); None when there is none: settled, or over."""
        if market.is_settled or self._is_closed(market, now):
            return None
        if held := self.script.held(market, now):
            return Ladder(held.bids, held.asks, self._grid(market, now), held.start)
        key = self._key(market.key)
        beat = self.beat(market, now)
        at = (now - key % beat) // beat * beat + key % beat
        chance, pace = self.chance(market, at), self._pace(market, at)
        grid = self._grid(market, at)
        middle, half = self._middle(key, chance, at, market), self._half(chance)
        depth = self._style.depth if market.is_main else self._style.depth // 2
        bid, ask = grid.at_most(middle - half), grid.at_least(middle + half)
        bids = self._side(key, grid, bid, depth, at, pace, is_bid=True)
        return Ladder(bids, self._side(key, grid, ask, depth, at, pace, is_bid=False), grid, at)

    def beat(self, market: Market, now: int) -> int:
        """Milliseconds between two looks at this market."""
        return min(KNOWN_EVERY * self._pace(market, now), LONGEST_BEAT)

    def next_look(self, market: Market, now: int) -> int:
        """When, in unix milliseconds, the book may next change."""
        beat = self.beat(market, now)
        phase = self._key(market.key) % beat
        look = (now - phase) // beat * beat + beat + phase
        turn = self.script.next_turn(market, now)
        return look if turn is None else min(look, turn)

    def chance(self, market: Market, at: int) -> float:
        """How likely this venue thinks it is, before opinions."""
        held = self.script.chance(market, at)
        if held is not None:
            return held
        if market.contest is None or market.claim.of == "fixed":
            return market.claim.likely
        known = self._game(market.contest, at)
        return market.claim.within(known.half if market.claim.is_half else known.whole)

    def fees(self, market: Market, at: int) -> Fees | None:
        """What a plan lets it charge; None: as ever."""
        return self.script.fees(market, at)

    def _game(self, contest: Contest, at: int) -> Known:
        first, last = self._style.lag
        seen = at - first - self._key(contest.id) % (last - first)
        seen -= seen % KNOWN_EVERY
        known = self._known.get(contest.id)
        if known is None or known.at != seen:
            standing = self._slate().standing(contest, datetime.fromtimestamp(seen / 1000, UTC))
            held = self.script.home_chance(contest.id, self._style.venue, at)
            whole = _leaning(outlook(contest, standing), held)
            known = Known(seen, standing.phase, whole, _leaning(half_outlook(contest, standing), held))
            self._known[contest.id] = known
        return known

    def ending(self, market: Market) -> Ending | None:
        """When it closes and is settled; None when it never does."""
        return ending(self._slate(), market.contest, market.venue) if market.contest else None

    def pays(self, market: Market) -> int:
        """What its first outcome pays once it is settled, 1/10,000 dollar."""
        return pays(self._slate(), market)

    def _is_closed(self, market: Market, now: int) -> bool:
        end = self.ending(market)
        return end is not None and now >= end.closes

    def _pace(self, market: Market, at: int) -> int:
        """How slowly things go: 1 for who wins while the game is played."""
        phase = self._game(market.contest, at).phase if market.contest else "over"
        if phase in ("playing", "break"):
            return 1 if market.is_main else 4
        return {"before": 8, "over": 8}[phase] if market.is_main else 30

    def _grid(self, market: Market, at: int) -> Grid:
        if market.venue == "kalshi":
            return market.grid
        mark = at - at % TICK_LIFE
        known = self._grids.get(market.id)
        if known is None or known[0] != mark:
            grid = CENTS if 0.04 <= self.chance(market, mark) <= 0.96 else FINE
            known = self._grids[market.id] = mark, grid
        return known[1]

    def _half(self, chance: float) -> float:
        doubt = chance * (1 - chance)
        return self._style.half_spread * max(0.2, 2 * math.sqrt(doubt)) + self._style.fee * doubt * DOLLAR

    def _middle(self, key: int, chance: float, at: int, market: Market) -> float:
        turn, into = divmod(at + key, OPINION_LIFE)
        before, after = _draw(key, turn, _OPINION) & 0xFFFF, _draw(key, turn + 1, _OPINION) & 0xFFFF
        opinion = (before + (after - before) * into / OPINION_LIFE) / 0x8000 - 1
        shift = opinion * self._style.opinion + self._mistake(key, at, market)
        return chance * DOLLAR + shift * 2 * math.sqrt(max(chance * (1 - chance), 0.0))

    def _mistake(self, key: int, at: int, market: Market) -> int:
        turn, into = divmod(at + key, MISTAKE_EVERY)
        drawn = _draw(key, turn, _MISTAKE)
        if into >= MISTAKE_LASTS or drawn % (150 if market.is_main else 900):
            return 0
        return (300 + drawn // 1_000 % 400) * (1 if drawn & 1 else -1)

    def _side(self, key: int, grid: Grid, best: int, depth: int, at: int, pace: int, *, is_bid: bool) -> dict[int, int]:
        levels: dict[int, int] = {}
        price = best
        for rank in range(depth):
            if not 0 < price < DOLLAR:
                break
            band = 0 if rank == 0 else 1 if rank < NEAR else 2
            size = self._size(_draw(key, is_bid, price), band, at, pace)
            if size or rank == 0:
                levels[price] = size or self._style.size
            price += -grid.step_below(price) if is_bid else grid.step_above(price)
        return levels

    def _size(self, place: int, band: int, at: int, pace: int) -> int:
        """What stands at one price in hundredths of a contract; nothing at some, less of it when some was taken."""
        life = LIVES[band] * pace
        turn, into = divmod(at + place, life)
        drawn = _draw(place, turn, band)
        if drawn % 11 == 0:
            return 0
        size = self._style.size * WEIGHTS[band] * (16 + (drawn >> 8) % 241) // 128
        if band == 0 and drawn & 3 == 0 and into > life // 2:
            size = size * (30 + (drawn >> 16) % 60) // 100
        return size - size % 100 if drawn & 64 else size

    def _key(self, name: str) -> int:
        key = self._keys.get(name)
        if key is None:
            key = self._keys[name] = zlib.crc32(f"{self._slate().seed}:{self._style.venue}:{name}".encode())
        return key


def _draw(*numbers: int) -> int:
    """31 bits. Python hashes numbers, unlike text, the same way in every process, and nothing else is as quick."""
    return hash(numbers) & _MASK


def _leaning(view: Outlook, home_chance: float | None) -> Outlook:
    """The same view with the margin that gives the home side this chance to win."""
    if home_chance is None:
        return view
    return msgspec.structs.replace(view, margin=NormalDist().inv_cdf(home_chance) * view.margin_spread)
