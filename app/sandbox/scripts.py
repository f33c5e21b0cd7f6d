"""What a plan makes of markets: levels, prices and rules that are held for a while, whatever the makers think."""

from collections.abc import Sequence

import msgspec

from app.sandbox.markets import Market, Venue


class Held(msgspec.Struct, frozen=True):
    """The levels of one market between two moments (unix milliseconds); price → size, best first."""

    market_id: str
    start: int
    end: int
    bids: dict[int, int]
    asks: dict[int, int]


class Priced(msgspec.Struct, frozen=True):
    """A chance between two moments (unix milliseconds): of one market, or of a game's home side to win."""

    start: int
    end: int
    chance: float
    market_id: str = ""
    game_id: str = ""
    venue: Venue | None = None  # none: both


class Ruled(msgspec.Struct, frozen=True):
    """The rules text of one market between two moments (unix milliseconds)."""

    market_id: str
    start: int
    end: int
    text: str


class Script:
    """What is held when."""

    def __init__(self, held: Sequence[Held] = (), priced: Sequence[Priced] = (), ruled: Sequence[Ruled] = ()) -> None:
        self._held = held
        self._priced = priced
        self._ruled = ruled

    def held(self, market: Market, now: int) -> Held | None:
        """The levels to show now, if they are held."""
        return next((one for one in self._held if one.market_id == market.id and one.start <= now < one.end), None)

    def chance(self, market: Market, now: int) -> float | None:
        """What this market is to be worth now, if that is held."""
        found = (one.chance for one in self._in_force(now) if one.market_id == market.id)
        return next(found, None)

    def home_chance(self, game_id: str, venue: Venue, now: int) -> float | None:
        """How likely a venue is to think the home side's win now, if that is held."""
        found = (one.chance for one in self._in_force(now) if one.game_id == game_id and one.venue in (None, venue))
        return next(found, None)

    def rules(self, market: Market, now: int) -> str | None:
        """What this market's rules say now, if that is held."""
        found = (one.text for one in self._ruled if one.market_id == market.id and one.start <= now < one.end)
        return next(found, None)

    def next_turn(self, market: Market, now: int) -> int | None:
        """When levels of this market are next held, or let go."""
        turns = (turn for one in self._held if one.market_id == market.id for turn in (one.start, one.end))
        return min((turn for turn in turns if turn > now), default=None)

    def _in_force(self, now: int) -> Sequence[Priced]:
        return [one for one in self._priced if one.start <= now < one.end]


NO_SCRIPT = Script()
