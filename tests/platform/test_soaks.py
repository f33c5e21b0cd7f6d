"""A soak of a few seconds on the platform that is there anyway: it sees every process, and hears of every fill."""

from tests.platform.evenings import Evening
from tests.platform.platforms import Platform, eventually
from tests.soaks.__main__ import LOOK_EVERY, Soak
from tests.soaks.audits import differences, read_books
from tests.soaks.followers import following
from tests.soaks.looks import TIMER, TOTAL


def test_a_soak_sees_every_process_and_all_that_it_judges(up: Platform) -> None:
    with following(up.port) as follower:
        soak = Soak(up, follower)
        soak.watch(2 * LOOK_EVERY)
    last = soak.looks[-1]
    assert {"trading", "discovery", "postgres", "valkey", "sandbox", "keepers", TOTAL} <= last.memory.keys()
    assert min(last.memory.values()) > 1
    assert last.lags.keys() == {"trading", "discovery", TIMER}
    assert {"signal_recorder waiting", "signal_recorder lost_in_all"} <= last.waiting.keys()
    assert {"books", "tape_age_seconds", "worker_failures_total", "core_inputs_per_second"} <= last.measures.keys()
    assert any(look.ages for look in soak.looks)
    assert soak.evening.breaches == []


def test_a_follower_that_comes_late_hears_of_all_fills_there_were(up: Platform) -> None:
    evening = Evening(up)
    with following(up.port) as follower:
        assert eventually(lambda: follower.connections and not differences(follower.fills, read_books(evening)))
    assert follower.faults == []
