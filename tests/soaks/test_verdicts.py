"""A soak that holds, and one for each thing that can be wrong with it; and the page that is written of it."""

import json
from collections.abc import Callable, Sequence

import pytest

from tests.app.executor.members import KALSHI_ID
from tests.soaks.looks import TIMER, TOTAL, Look
from tests.soaks.pages import Ran, figures, page
from tests.soaks.tellings import AT, a_fill, booked, told
from tests.soaks.traders import Trader
from tests.soaks.verdicts import Seen, judge

LOOKS = 60
FILLS = a_fill(1), a_fill(2)
RAN = Ran('make soak ARGS="--minutes 3"', AT, 3, 12, 10, 60)


def a_look(number: int) -> Look:
    """All well: the same as ever."""
    memory = {"trading": 280.0, "discovery": 250.0, "postgres": 90.0, "valkey": 20.0, "sandbox": 80.0, TOTAL: 640.0}
    lags = {"trading": 30.0, "discovery": 20.0, TIMER: 2.0}
    waiting = {"signal_recorder waiting": 3.0, "signal_recorder lost_in_all": 0.0}
    measures = {"tape_age_seconds": 0.5, "worker_failures_total": 0.0, "games": 12.0}
    return Look(30.0 * number, memory, lags, waiting, measures, [400.0, 900.0], {"fresh": 2})


def changed(part: str, name: str, value: Callable[[int], float]) -> list[Look]:
    """One figure of every look is another."""
    looks = [a_look(number) for number in range(LOOKS)]
    return [look._replace(**{part: {**getattr(look, part), name: value(at)}}) for at, look in enumerate(looks)]


def traded(there: int = 9, here: int = 9) -> Trader:
    trader = Trader()
    trader.venues, trader.booked = {KALSHI_ID: there}, {KALSHI_ID: here}
    return trader


def seen(looks: list[Look], breaches: Sequence[str] = (), unanswered: Sequence[str] = ()) -> Seen:
    return Seen(looks, 3 * len(looks), unanswered, breaches)


def breaches(looks: list[Look]) -> list[str]:
    return [v.what for v in judge(seen(looks), told(*FILLS), booked(*FILLS), traded()) if not v.holds]


def test_all_is_well() -> None:
    assert breaches([a_look(number) for number in range(LOOKS)]) == []


@pytest.mark.parametrize(
    ("part", "name", "value", "said"),
    [
        ("memory", "trading", lambda at: 280 + at, "memory of trading is flat"),
        ("lags", "trading", lambda at: 900 if at % 2 else 30, "trading is never late for long"),
        ("lags", "discovery", lambda at: 30.0 * at, "discovery is never late for long"),
        ("waiting", "signal_recorder waiting", lambda at: 10.0 * at, "nothing piles up"),
        ("waiting", "signal_recorder lost_in_all", lambda at: at // 50, "no worker falls, and none loses anything"),
        ("measures", "worker_failures_total", lambda at: at // 50, "no worker falls, and none loses anything"),
        ("measures", "tape_age_seconds", lambda at: 1.0 * at, "the tape is written as things happen"),
    ],
)
def test_each_breach_is_said(part: str, name: str, value: Callable[[int], float], said: str) -> None:
    assert breaches(changed(part, name, value)) == [said]


def test_a_busy_machine_is_not_our_lateness() -> None:
    looks = [a_look(number) for number in range(LOOKS)]
    assert breaches([look._replace(lags={name: ms + 800 for name, ms in look.lags.items()}) for look in looks]) == []


def test_of_a_short_soak_memory_is_not_judged() -> None:
    looks = changed("memory", "trading", lambda at: 280 + 9 * at)
    assert breaches([look._replace(at=look.at / 10) for look in looks]) == []


def test_old_books_are_a_breach_and_so_are_none() -> None:
    looks = [a_look(number) for number in range(LOOKS)]
    assert breaches([look._replace(ages=[9_000.0]) for look in looks]) == ["books are young"]
    assert breaches([look._replace(ages=[]) for look in looks]) == ["books are young"]


def test_a_lost_fill_and_a_sum_that_is_off_are_breaches() -> None:
    looks = [a_look(number) for number in range(LOOKS)]
    verdicts = judge(seen(looks, ["model: off by a cent"]), told(FILLS[0]), booked(*FILLS), traded())
    found = [verdict.what for verdict in verdicts if not verdict.holds]
    assert found == ["no fill is dropped, doubled or changed", "every account adds up at every look"]


@pytest.mark.parametrize("trader", [traded(9, 8), traded(0, 0)])
def test_what_a_venue_has_and_the_books_have_not_is_a_breach(trader: Trader) -> None:
    looks = [a_look(number) for number in range(LOOKS)]
    found = [v.what for v in judge(seen(looks), told(*FILLS), booked(*FILLS), trader) if not v.holds]
    assert found == ["venues that keep books of their own have the same"]


def test_a_soak_without_a_fill_has_shown_nothing() -> None:
    looks = [a_look(number) for number in range(LOOKS)]
    found = [v.what for v in judge(seen(looks), told(), booked(), traded()) if not v.holds]
    assert found == ["no fill is dropped, doubled or changed"]


def test_what_is_not_answered_is_a_breach() -> None:
    given = seen([a_look(number) for number in range(LOOKS)], unanswered=["503"])
    found = [v.what for v in judge(given, told(*FILLS), booked(*FILLS), traded()) if not v.holds]
    assert found == ["whatever is asked is answered"]


def test_the_page_and_its_figures_tell_the_same() -> None:
    looks = changed("memory", "trading", lambda at: 280 + at)
    verdicts = judge(seen(looks), told(*FILLS), booked(*FILLS), traded())
    written = page(RAN, looks, verdicts)
    assert "*simulated*" in written
    assert RAN.command in written
    assert "memory of trading is flat | **BREACH**" in written
    kept = json.loads(figures(RAN, looks, verdicts))
    assert [each["holds"] for each in kept["verdicts"]] == [verdict.holds for verdict in verdicts]
    assert len(kept["looks"]) == LOOKS
