"""What must hold of a soak, and whether it does."""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from tests.soaks.audits import Books, differences
from tests.soaks.followers import Follower
from tests.soaks.looks import TIMER, TOTAL, Look
from tests.soaks.traders import Trader
from tests.soaks.trends import Trend, spread_of, trend_of

WARM = 0.25  # of the time, in which everything is new
CACHES_FILL = 300.0  # seconds at the least, before memory is judged
GROWS = 0.10  # of what there is, an hour: more is not flat
ALLOWED = 24.0  # MiB an hour: what is bounded may take hours to fill, as Postgres's buffers and the stream of updates
LATEST = {"trading": 500.0, "discovery": 2_000.0}  # ms later than a bare timer; discovery reads whole catalogues
MOST_WAIT = 200.0  # items, in 99 of 100 looks
OLDEST = 4_000.0  # ms since a book was proved, in 99 of 100
BEHIND = 5.0  # seconds that the tape may be
WORSE = 2.0  # times as late in the last third as in the first
NOTHING = 20.0  # ms: so little is no lag
UNANSWERED = 0.001  # of all looks
LISTED = 10  # differences that are named
LOST = "lost_in_all"
PROCESSES = tuple(LATEST)
TOLD = (*PROCESSES, "postgres", "valkey", TOTAL)


class Verdict(NamedTuple):
    """One thing that must hold; `words`: by which figures."""

    what: str
    holds: bool
    words: str

    def __str__(self) -> str:
        return f"{'holds' if self.holds else 'BREACH'}: {self.what}: {self.words}"


class Seen(NamedTuple):
    """All looks; how many there were at every account, what was not answered, and what did not add up."""

    looks: Sequence[Look]
    portfolios: int
    unanswered: Sequence[str]
    breaches: Sequence[str]


def judge(seen: Seen, follower: Follower, books: Books, trader: Trader) -> list[Verdict]:
    """In the order of the report."""
    looks = seen.looks
    return [
        *_memories(looks),
        *_lags(looks),
        _waits(looks),
        _ages(looks),
        _tape(looks),
        _workers(looks),
        _answers(seen),
        _fills(follower, books),
        _trades(trader),
        Verdict("every account adds up at every look", not seen.breaches, _listed(seen.breaches)),
    ]


def warmed(looks: Sequence[Look]) -> Sequence[Look]:
    """Without the time in which everything is new."""
    return [look for look in looks if look.at >= WARM * looks[-1].at]


def memory_trend(looks: Sequence[Look], name: str) -> Trend | None:
    """MiB more an hour; None of a soak that is too short to tell."""
    found = [look for look in warmed(looks) if name in look.memory and look.at >= CACHES_FILL]
    return trend_of([look.at for look in found], [look.memory[name] for look in found])


def _memories(looks: Sequence[Look]) -> Iterator[Verdict]:
    """Flat: what is sure of its growth is less than a tenth of it an hour, or little."""
    for name in TOLD:
        trend = memory_trend(looks, name)
        if trend is not None:
            level = looks[-1].memory.get(name, 0.0)
            words = f"{level:.0f} MiB, {trend.slope:+.1f} an hour ({trend.low:+.1f} to {trend.high:+.1f})"
            yield Verdict(f"memory of {name} is flat", trend.low <= max(GROWS * level, ALLOWED), words)


def _lags(looks: Sequence[Look]) -> Iterator[Verdict]:
    """Not late for long, and at the end not later than in the beginning, whatever else the machine had to do."""
    found = warmed(looks)
    third = max(1, len(found) // 3)
    for name in PROCESSES:
        late = [max(0.0, look.lags.get(name, 0.0) - look.lags[TIMER]) for look in found]
        spread, begins, ends = map(spread_of, (late, late[:third], late[-third:]))
        holds = spread.p99 <= LATEST[name] and ends.p50 <= max(NOTHING, WORSE * begins.p50)
        words = f"later than a bare timer, at worst between two beats: by {spread.p50:.0f} ms in half of them, "
        words += f"{spread.p99:.0f} in 99 of 100; half of the first third {begins.p50:.0f}, of the last {ends.p50:.0f}"
        yield Verdict(f"{name} is never late for long", holds, words)


def _waits(looks: Sequence[Look]) -> Verdict:
    names = sorted({name for look in looks for name in look.waiting if not name.endswith(LOST)})
    spreads = {name: spread_of([look.waiting.get(name, 0.0) for look in warmed(looks)]) for name in names}
    words = "; ".join(f"{name} at most {spread.most:.0f}" for name, spread in spreads.items())
    return Verdict("nothing piles up", all(spread.p99 <= MOST_WAIT for spread in spreads.values()), words)


def _ages(looks: Sequence[Look]) -> Verdict:
    spread = spread_of([age for look in warmed(looks) for age in look.ages])
    words = f"proved {spread.p50:.0f} ms ago in half of all looks, {spread.p99:.0f} in 99 of 100"
    return Verdict("books are young", 0 < spread.p99 <= OLDEST, words)


def _tape(looks: Sequence[Look]) -> Verdict:
    spread = spread_of([look.measures.get("tape_age_seconds", BEHIND + 1) for look in warmed(looks)])
    words = f"{spread.p99:.1f} s behind in 99 of 100 looks"
    return Verdict("the tape is written as things happen", spread.p99 <= BEHIND, words)


def _workers(looks: Sequence[Look]) -> Verdict:
    falls = [look.measures.get("worker_failures_total", 0.0) for look in looks]
    lost = sum(count for name, count in looks[-1].waiting.items() if name.endswith(LOST))
    words = f"{max(falls):.0f} rounds fell, {lost:.0f} items were lost"
    return Verdict("no worker falls, and none loses anything", max(falls) == lost == 0, words)


def _answers(seen: Seen) -> Verdict:
    asked, missing = len(seen.looks) + seen.portfolios, len(seen.unanswered)
    words = f"{missing} of {asked + missing} looks were not; {_listed(seen.unanswered)}"
    return Verdict("whatever is asked is answered", missing <= UNANSWERED * asked, words)


def _fills(follower: Follower, books: Books) -> Verdict:
    faults = [*follower.faults, *differences(follower.fills, books)]
    words = f"{len(follower.fills)} told over {follower.connections} connections, {len(books.fills)} booked, "
    words += f"{len(books.cash)} posted; {_listed(faults)}"
    return Verdict("no fill is dropped, doubled or changed", not faults and bool(follower.fills), words)


def _trades(trader: Trader) -> Verdict:
    there, here = (sum(each.values()) for each in (trader.venues, trader.booked))
    words = f"{trader.orders} orders, {there} fills by the venues' own count, {here} booked; {_listed(trader.faults)}"
    return Verdict("venues that keep books of their own have the same", not trader.faults and there == here > 0, words)


def _listed(faults: Sequence[str]) -> str:
    return f"{len(faults)} faults: {'; '.join(faults[:LISTED])}" if faults else "no fault"


def gist(looks: Sequence[Look], names: Sequence[str]) -> Mapping[str, Sequence[float | None]]:
    """Of some measures: at the beginning, in the middle, at the end; None where it could not be read then."""
    three = looks[0], looks[len(looks) // 2], looks[-1]
    return {name: [look.measures.get(name) for look in three] for name in names}
