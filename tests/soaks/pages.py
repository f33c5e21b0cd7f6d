"""What is kept of a soak: a page for people, and its figures as JSON."""

import json
import os
import platform
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import NamedTuple

import psutil

from tests.soaks.looks import TIMER, Look
from tests.soaks.trends import bars_of, spread_of
from tests.soaks.verdicts import PROCESSES, Verdict, gist, memory_trend, warmed

GIB = 1 << 30
GISTS = {
    "games": "games worked on",
    "games_linked": "of them tradable at two venues",
    "books": "books followed",
    "books_fresh": "of them fresh",
    "core_inputs_per_second": "inputs a second",
    "fills_total": "fills, simulated",
    "account_positions": "positions held, simulated",
    "redis_keys": "keys in Redis",
    "redis_memory_bytes": "bytes in Redis",
    "postgres_size_bytes": "bytes in Postgres",
    "tape_bytes": "bytes of tape",
}

WORDS = """# A soak

Written by the soak itself: do not edit. Everything in it is *simulated*: venues, prices and money.

`{ran.command}` on {ran.at:%Y-%m-%d}: {ran.minutes:g} minutes of {ran.games} games at {ran.speed:g} times their speed,
watched from outside, with {looks} looks at processes, `/metrics` and books, and {ran.portfolios} at every account.
Machine: {machine}; the simulated venues and the watcher ran on it, too.

## What holds
"""
MEANS = """
Memory is what each process holds (PSS: of pages that several share, each has its part); its growth is by least squares
after the first quarter (five minutes at the least), with 95% confidence. Flat is what surely grows by less than a tenth
an hour; or by less than 24 MiB, since some things are bounded but fill for hours (Postgres's buffers, the stream of
updates). How late a process was is the worst between two of its beats. Fills are those that the paper venues told a
follower of `/ws`, who cut the connection every minute and went on after the last one seen: beside `/fills`, what
`/orders` say that they got, and the cash of each posting of the ledger. A platform on simulated venues has no account
there: the same executor, gateways and ledger trade beside it, at venues that keep books of their own, and are compared
with them.
"""


class Ran(NamedTuple):
    """What was asked for, and when."""

    command: str
    at: datetime
    minutes: float
    games: int
    speed: float
    portfolios: int  # looks at it


def machine() -> str:
    """In words, without its name."""
    memory = psutil.virtual_memory().total / GIB
    system = f"{platform.system()}, Python {platform.python_version()}"
    return f"{os.cpu_count()} cores of {platform.machine()}, {memory:.0f} GiB, {system}"


def page(ran: Ran, looks: Sequence[Look], verdicts: Sequence[Verdict]) -> str:
    """Markdown."""
    judged = ((v.what, "holds" if v.holds else "**BREACH**", v.words) for v in verdicts)
    parts = (
        WORDS.format(ran=ran, looks=len(looks), machine=machine()),
        table(("", "", "by which figures"), judged),
        MEANS,
        "## Memory, MiB\n",
        table(("process", "first", "last", "most", "more an hour", "over time"), _memories(looks)),
        "\n## How late, ms\n",
        table(("process", "half", "95 of 100", "99 of 100", "most", "over time"), _lags(looks)),
        "\n## What it did\n",
        table(("", "first", "middle", "last"), _gists(looks)),
    )
    return "\n".join(parts) + "\n"


def figures(ran: Ran, looks: Sequence[Look], verdicts: Sequence[Verdict]) -> str:
    """The same, and every look, as JSON."""
    told = {**ran._asdict(), "at": ran.at.isoformat(), "machine": machine()}
    told["verdicts"] = [verdict._asdict() for verdict in verdicts]
    told["looks"] = [{**_rounded(look), "ages": spread_of(look.ages)._asdict()} for look in looks]
    return json.dumps(told, indent=1) + "\n"


def _rounded(look: Look) -> dict[str, object]:
    told: dict[str, object] = {"at": round(look.at, 1)}
    for name in ("memory", "lags", "waiting"):
        told[name] = {key: round(value, 1) for key, value in getattr(look, name).items()}
    told["measures"] = {name: look.measures.get(name) for name in (*GISTS, "tape_age_seconds", "worker_failures_total")}
    return told


def _memories(looks: Sequence[Look]) -> Iterator[Sequence[str]]:
    for name in sorted({name for look in looks for name in look.memory}):
        found = [look.memory.get(name, 0.0) for look in looks]
        trend = memory_trend(looks, name)
        grows = f"{trend.slope:+.1f} ({trend.low:+.1f} to {trend.high:+.1f})" if trend else ""
        yield name, f"{found[0]:.0f}", f"{found[-1]:.0f}", f"{max(found):.0f}", grows, f"`{bars_of(found)}`"


def _lags(looks: Sequence[Look]) -> Iterator[Sequence[str]]:
    for name in (*PROCESSES, TIMER):
        found = [look.lags.get(name, 0.0) for look in looks]
        late = spread_of([look.lags.get(name, 0.0) for look in warmed(looks)])
        yield name, *(f"{each:.0f}" for each in late), f"`{bars_of(found)}`"
    ages = [age for look in warmed(looks) for age in look.ages]
    oldest = [max(look.ages, default=0.0) for look in looks]
    yield "age of books", *(f"{each:.0f}" for each in spread_of(ages)), f"`{bars_of(oldest)}`"


def _gists(looks: Sequence[Look]) -> Iterator[Sequence[str]]:
    for name, three in gist(looks, list(GISTS)).items():
        yield GISTS[name], *("–" if each is None else f"{each:,.0f}" for each in three)


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Of Markdown."""
    ruler = ["---" for _ in head]
    return "\n".join(f"| {' | '.join(row)} |" for row in (head, ruler, *rows))
