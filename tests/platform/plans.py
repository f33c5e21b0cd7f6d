"""Plans with true edges and traps for a seeded slate: which contracts they are about, when they stand, and at which
places of the funnel a trap may be let go.
"""

import itertools
import json
from collections.abc import Sequence
from datetime import timedelta
from fractions import Fraction
from math import ceil
from pathlib import Path
from typing import NamedTuple

from app.sandbox.games import Contest
from app.sandbox.lines import total_lines
from app.sandbox.markets import kalshi_markets_on, polymarket_markets_on
from app.sandbox.simulations import Simulation
from app.sandbox.stagings import name_of
from tests.platform.planned_books import MANY, Json, Ladders, Leg, Market, Pair, Trio, around, buying, edge, selling

Place = tuple[str, str]  # stage and reason

NOT_BEFORE = timedelta(minutes=12)  # games that begin later: nobody but the markets says what they are worth
SURE = frozenset(
    {"nba", "wnba", "ncaab", "ncaaf", "nfl", "mlb", "epl", "laliga", "mls"}
)  # whose winners' rules are read


class Plant(NamedTuple):
    """An edge (`places` empty), or a trap. It stands from `at`, when the last of its ladders comes, to `until`: seconds
    after the start of the sandbox. `edge`: cents a contract after fees at the best prices."""

    name: str
    game: str
    legs: tuple[Leg, ...]
    at: float
    until: float
    size: float
    edge: Fraction = Fraction(0)
    places: tuple[Place, ...] = ()

    @property
    def is_true(self) -> bool:
        return not self.places


class Writer:
    """Writes one plan: what is so from the start (`before`: calm books, odd listings), and what happens from `begin` on
    (`acts`). Games are taken one after another, each for one plant."""

    def __init__(self, seed: int, games: int, begin: float, every: float = 0.25, stands: float = 1.6) -> None:
        slate = Simulation(seed, 1.0, games=games).slate
        names = [name_of(contest) for contest in slate.contests]
        soon = slate.origin + NOT_BEFORE
        plain = (one for one in slate.contests if _is_plain(one) and one.start > soon)
        usable = [one for one in plain if names.count(name_of(one)) == 1]
        self._soccer = iter([one for one in usable if one.league.is_soccer])
        self._others = iter([one for one in usable if not one.league.is_soccer and one.league.code in SURE])
        self._every, self._stands, self.now = every, stands, begin
        self.acts: list[Json] = []
        self.before: list[Json] = []
        self.plants: list[Plant] = []
        for contest in slate.contests:
            if contest.start <= soon and contest.interruption is None and names.count(name_of(contest)) == 1:
                self._hush(contest)
        self._lead = itertools.cycle((0.3, 0.0, -0.3))  # seconds by which Kalshi's ladder comes before Polymarket's

    def write(self, file: Path) -> Path:
        """All of it; of two that hold for one book at once the first counts."""
        file.write_text(json.dumps([*self.acts, *self.before]))
        return file

    def write_before(self, file: Path) -> Path:
        """Without the acts: those are told later."""
        file.write_text(json.dumps(self.before))
        return file

    def true_edge(self, cents: float, size: float = 100) -> None:
        """Across both venues."""
        pair = self._pair()
        self._plant_pair("edge", pair, pair.gap(cents), size)

    def complement_edge(self, cents: float, size: float = 100) -> None:
        """Both sides at Kalshi."""
        pair = self._pair()
        prices = next(
            both
            for both in (pair.prices(gap) for gap in range(1, 40))
            if edge(pair.league, [("kalshi", price) for price in both]) >= cents
        )
        legs = Leg(pair.home), Leg(pair.away)
        told = [selling(leg.market, price, size) for leg, price in zip(legs, prices, strict=True)]
        self._plant("edge", pair.name, legs, told, size, edge(pair.league, [("kalshi", price) for price in prices]))

    def soccer_edge(self, cents: float, size: float = 100) -> None:
        """YES on the home side at Kalshi, NO on it at Polymarket."""
        trio = self._trio()
        price = trio.fair[0]

        def bought(gap: int) -> list[tuple[str, float]]:
            return [("kalshi", price - gap // 2), ("polymarket", 100 - price - (gap - gap // 2))]

        gap = next(gap for gap in range(1, 40) if edge(trio.league, bought(gap)) >= cents)
        (_, home), (_, other) = bought(gap)
        legs = Leg(trio.kalshi[0]), Leg(trio.polymarket[0], is_second=True)
        told = selling(legs[0].market, home, size), buying(legs[1].market, 100 - other, size)
        self._plant("edge", trio.name, legs, told, size, edge(trio.league, bought(gap)))

    def dutch_edge(self, cents: float, size: float = 100) -> None:
        """Home, draw and away at Kalshi."""
        trio = self._trio()

        def bought(gap: int) -> list[tuple[str, float]]:
            return [("kalshi", price - (gap + place) // 3) for place, price in enumerate(trio.fair)]

        gap = next(gap for gap in range(1, 40) if edge(trio.league, bought(gap)) >= cents)
        legs = tuple(Leg(market) for market in trio.kalshi)
        told = [selling(leg.market, price, size) for leg, (_, price) in zip(legs, bought(gap), strict=True)]
        self._plant("edge", trio.name, legs, told, size, edge(trio.league, bought(gap)))

    def fee_eaten(self) -> None:
        pair = next(pair for pair in iter(self._pair, None) if pair.edge(2) < 0)
        self._plant_pair("fee_eaten", pair, 2, 300, ("edge", "fees"))

    def too_small(self) -> None:
        """Something is left after fees, less than half a cent."""
        contest = next(self._others)
        pairs = (Pair(contest, fair) for fair in range(20, 80))
        pair = next(pair for pair in pairs if Fraction(5, 100) < pair.edge(pair.gap(0.05)) < Fraction(45, 100))
        self._hold(pair.name, pair.calm())
        self._plant_pair("too_small", pair, pair.gap(0.05), 300, ("edge", "min_edge"))

    def thin(self) -> None:
        self._plant_pair("thin", self._pair(), 9, 1, ("depth", "thin"))

    def dear(self) -> None:
        """A leg costs more than may be paid for one."""
        pair = self._pair(92)
        self._plant_pair("dear", pair, 6, 200, ("risk", "entry_price"))

    def crossed(self) -> None:
        """Somebody would sell at Kalshi for less than another pays."""
        pair = self._pair()
        cross = Ladders(pair.home, [(pair.p - 2, 200)], [(pair.p - 9, 200)])
        self._plant("crossed", pair.name, pair.legs, (cross,), 200, Fraction(0), ("fresh", "quarantined"))

    def rules_unread(self, words: str) -> None:
        """Polymarket's description is another one, from the start."""
        pair = self._pair()
        self.before.append(_of(pair.name, pair.tokens, rules=words))
        self._plant_pair("rules_unread", pair, 9, 200, ("rules", "unknown"))

    def interrupted(self, status: str) -> None:
        """The game is put off before there is a gap."""
        pair = self._pair()
        self.before.append({"at": 0, "game": pair.name, "status": status})
        self._plant_pair(status, pair, 9, 200, ("linked", "game"), ("linked", status), ("games", status))

    def odd(self, oddity: str, *places: Place) -> None:
        """The listing is odd, and there is a gap between what it seems to be and the other venue's."""
        pair = self._pair()
        self.before.append({"at": 0, "game": pair.name, "oddity": oddity})
        self._plant_pair(oddity, pair, 9, 200, *places)

    def swapped(self, *, is_one_sided: bool = False) -> None:
        """Polymarket has the price of each side under the other's name, from the start."""
        pair = self._pair(74)
        turned = around(pair.tokens, pair.p if not pair.home_is_first else 100 - pair.p)
        if is_one_sided:
            turned = Ladders(pair.tokens, *((turned.bids, ()) if not pair.home_is_first else ((), turned.asks)))
        self.before.insert(0, turned.entry(pair.name, 0, None))
        legs = Leg(pair.away), Leg(pair.tokens, is_second=not pair.home_is_first)
        name = "swapped_one_sided" if is_one_sided else "swapped"
        places = ("linked", "inverted"), ("linked", "price")
        told = (around(pair.away, 100 - pair.p),)
        self._plant(name, pair.name, legs, told, MANY, Fraction(0), *places)

    def other_line(self) -> None:
        """Over 214.5 at Kalshi and under 211.5 at Polymarket: nobody is paid in between."""
        pair = next(pair for pair in iter(self._pair, None) if pair.contest.league.clockwork.total > 60)
        lower, higher = total_lines(pair.contest, "polymarket")[-1], total_lines(pair.contest, "kalshi")[-1]
        over, same = (Market("kalshi", f"TOTAL-{ceil(line)}") for line in (higher, lower))
        under = Market("polymarket", f"total-{lower:g}".replace(".", "pt"))
        for calm in (around(over, 60), around(same, 60, half=6), around(under, 60)):
            self.before.append(calm.entry(pair.name, 0, None))
        told = selling(over, 40, 200), around(under, 60)
        legs = Leg(over), Leg(under, is_second=True)
        self._plant("other_line", pair.name, legs, told, 200, Fraction(0), ("linked", "other_line"))

    def stale(self, count: int, lasts: float = 14.0, after: float = 7.0) -> None:
        """Polymarket falls silent; while it is, Kalshi's books move away from what it was heard to say last. A busy
        machine has seconds to notice the one, and to take the other back before Polymarket speaks again."""
        began = self.now
        silence = {"match": "polymarket", "on": "socket", "kind": "silence", "for_seconds": lasts}
        refusal = {"match": "/clob/book", "on": "http", "kind": "503", "for_seconds": lasts}  # else they are proved so
        self.acts += [{"at": began, "fault": fault} for fault in (silence, refusal)]
        self.now = began + after
        for _ in range(count):
            pair = self._pair()
            told = (selling(pair.home, pair.p - 8, 200),)
            places = ("fresh", "stale"), ("fresh", "quarantined"), ("fresh", "skew")
            self._plant("stale", pair.name, pair.legs, told, 200, Fraction(0), *places, stands=1.2)
        self.now = max(self.now, began + lasts)

    def _hush(self, contest: Contest) -> None:
        """A game that is played has most of what is said; the busy machine that this is for has no need of it."""
        markets = [
            *(kalshi_markets_on(contest) if "kalshi" in contest.on else ()),
            *(polymarket_markets_on(contest) if "polymarket" in contest.on else ()),
        ]
        fair = 33 if contest.league.is_soccer else 50
        told = (around(Market(one.venue, one.label), fair if one.is_main else 50, half=6) for one in markets)
        self._hold(name_of(contest), tuple(told))

    def rest(self, seconds: float) -> None:
        self.now += seconds

    def _pair(self, fair: int | None = None) -> Pair:
        pair = Pair(next(self._others), fair or 35 + 7 * (len(self.plants) % 5))
        self._hold(pair.name, pair.calm())
        return pair

    def _trio(self) -> Trio:
        trio = Trio(next(self._soccer))
        self._hold(trio.name, trio.calm())
        return trio

    def _hold(self, game: str, calm: Sequence[Ladders]) -> None:
        self.before += [ladders.entry(game, 0, None) for ladders in calm]

    def _plant_pair(self, name: str, pair: Pair, gap: int, size: float, *places: Place) -> None:
        told = pair.ladders(*pair.prices(gap), size)
        self._plant(name, pair.name, pair.legs, told, size, pair.edge(gap), *places)

    def _plant(
        self,
        name: str,
        game: str,
        legs: tuple[Leg, ...],
        told: Sequence[Ladders],
        size: float,
        left: Fraction,
        *places: Place,
        stands: float | None = None,
    ) -> None:
        began, lead = self.now, next(self._lead)
        until = began + abs(lead) + (stands or self._stands)
        late = {told[0].market: max(0.0, -lead), told[-1].market: max(0.0, lead)} if len(told) > 1 else {}
        for ladders in told:
            at = began + late.get(ladders.market, 0.0)
            self.acts.append(ladders.entry(game, at, until - at))
        last = began + max(late.values(), default=0.0)
        self.plants.append(Plant(name, game, legs, last, until, size, left, places))
        self.now = began + self._every


def _of(game: str, market: Market, **deed: object) -> Json:
    return {"at": 0, "game": game, "venue": market.venue, "market": market.label, **deed}


def _is_plain(contest: Contest) -> bool:
    return not (contest.quirks or contest.interruption or contest.number) and len(contest.on) == 3


UNHEARD_OF = "If the game is played behind closed doors, this market will resolve in favor of the home team."


def whole_plan(seed: int, games: int, begin: float, every: float = 0.25, stands: float = 1.6) -> Writer:
    """Edges of all sizes and kinds, and every trap."""
    writer = Writer(seed, games, begin, every, stands)
    for cents, size in itertools.product((1.0, 2.0, 3.0, 4.5), (30, 120, 800)):
        for _ in range(3):
            writer.true_edge(cents, size)
    for cents in (1.5, 2.5, 4.0):
        _of_each_kind(writer, cents)
    _traps(writer, 3)
    writer.rest(stands + 0.5)
    writer.stale(5)
    return writer


def small_plan(seed: int, games: int, begin: float, every: float, stands: float) -> Writer:
    """An edge of each kind and several sizes, and every trap once."""
    writer = Writer(seed, games, begin, every, stands)
    for cents, size in ((1.0, 120), (2.0, 30), (3.0, 800), (4.5, 120)):
        writer.true_edge(cents, size)
    _of_each_kind(writer, 2.5)
    _traps(writer, 1)
    writer.rest(stands + 0.5)
    writer.stale(2)
    return writer


def _of_each_kind(writer: Writer, cents: float) -> None:
    writer.soccer_edge(cents)
    writer.dutch_edge(cents)
    writer.complement_edge(cents)


def _traps(writer: Writer, times: int) -> None:
    for _ in range(times):
        writer.fee_eaten()
        writer.too_small()
        writer.thin()
        writer.dear()
        writer.crossed()
        writer.other_line()
        writer.rules_unread(UNHEARD_OF)
        writer.swapped()
    writer.swapped(is_one_sided=True)
    for status in ("postponed", "cancelled", "suspended"):
        writer.interrupted(status)
    writer.odd("inverted", ("linked", "side_conflict"))
    writer.odd("other_day", ("games", "provisional"), ("games", "one_venue"))
    writer.odd("unread_clause", ("rules", "unknown"))
