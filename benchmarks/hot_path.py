"""G3: what runs between a frame of a venue's socket and the decision. Every call of the production callback is looked
at, while frames of both venues move the best, lie behind it, and open gaps that become signals: none may be of
pydantic, logging, decimal or asyncio, none may wait, and nothing is put into a queue. The first frames are not looked
at: what a price reads like is worked out once, and known from then on.
"""

import inspect
import random
import sys
from collections import Counter
from collections.abc import Callable, Iterable
from types import FrameType

from _games import House
from _rows import report
from ticks import MARKETS, Frames, Hear, a_house, kalshi, now, polymarket
from trades import gap

from app.domain.markets import MarketId, VenueId
from app.domain.prices import book_id
from app.domain.signals import Judged

FRAMES = 2_000
WARM = 200
SLOW = ("pydantic", "pydantic_core", "logging", "decimal", "_pydecimal", "asyncio", "queue", "sqlalchemy", "redis")
WAITS = inspect.CO_COROUTINE | inspect.CO_ASYNC_GENERATOR


class Watched:
    """The calls that were made, by what is wrong with them."""

    def __init__(self) -> None:
        self.calls = 0
        self.wrong: Counter[str] = Counter()

    def see(self, frame: FrameType, event: str, called: object) -> None:
        """For `sys.setprofile`."""
        if event == "call":
            self.calls += 1
            self._note(str(frame.f_globals.get("__name__")), frame.f_code.co_qualname, frame.f_code.co_flags & WAITS)
        elif event == "c_call":
            self.calls += 1
            self._note(str(getattr(called, "__module__", None)), getattr(called, "__qualname__", ""), 0)

    def _note(self, module: str, name: str, waits: int) -> None:
        if module.partition(".")[0] in SLOW or waits or name.startswith("Decimal"):
            self.wrong[f"{module}.{name}"] += 1


def watch(watched: Watched, hear: Hear, payloads: Iterable[bytes]) -> None:
    told = [(payload, now()) for payload in payloads]
    sys.setprofile(watched.see)
    try:
        for payload, at in told:
            hear(payload, at)
    finally:
        sys.setprofile(None)


def tell(what: str, watched: Watched) -> None:
    for call, many in watched.wrong.most_common(10):
        print(f"G3   {call}: {many}", file=sys.stderr)
    report("G3", f"slow calls of {what} / all calls", sum(watched.wrong.values()), watched.calls, 0.0, "calls")


def look_at_ticks(name: str, opened: Callable[[House, random.Random], tuple[Hear, Frames]]) -> None:
    watched, house = Watched(), a_house()
    hear, frames = opened(house, random.Random(1))
    for payload in frames((False, True) * WARM):
        hear(payload, now())
    house.intake.take_tape()
    watch(watched, hear, frames((False, True) * (FRAMES // 2)))
    assert len(house.intake.take_tape().decisions) >= FRAMES // 2, "nothing was decided"
    tell(f"{name} frames", watched)


def look_at_signals() -> None:
    """Every second frame makes one."""
    watched, house, signals = Watched(), a_house(), list[Judged]()
    hear, _ = kalshi(house, random.Random(2))
    for number in range(MARKETS):
        house.load(book_id(VenueId("polymarket"), MarketId(f"7{number:02d}")), [(56, 1_000_000)], [(58, 900)])
    gaps = [gap(turn // 2, MARKETS + 1 + turn, opens=turn % 2 == 0) for turn in range(2 * WARM)]
    for payload in gaps[:WARM]:
        hear(payload, now())
    house.intake.heed(lambda decision: signals.append(decision) if type(decision) is Judged else None)
    watch(watched, hear, gaps[WARM:])
    assert sum(judged.stage == "sent" for judged in signals) >= WARM // 2, "no signals were found"
    tell("frames that make signals", watched)


def main() -> None:
    look_at_ticks("Kalshi", kalshi)
    look_at_ticks("Polymarket", polymarket)
    look_at_signals()


if __name__ == "__main__":
    main()
