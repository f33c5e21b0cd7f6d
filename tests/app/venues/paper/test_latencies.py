"""How long orders take."""

from statistics import median

from app.domain.prices import MILLISECOND
from app.venues.paper.latencies import Latency, drawn

FIGURES = Latency(median_ms=80, spread_ms=40)
DRAWN = sorted(drawn(FIGURES, f"order {number}") / MILLISECOND for number in range(5_000))


def test_half_take_at_most_the_median_and_five_of_six_at_most_the_spread_more() -> None:
    assert 78 < median(DRAWN) < 82
    assert 0.82 < sum(each <= 120 for each in DRAWN) / len(DRAWN) < 0.86


def test_nothing_takes_no_time_and_nothing_takes_forever() -> None:
    assert 20 < DRAWN[0] < DRAWN[-1] < 80 * 1.5**3 + 1


def test_a_name_takes_the_same_time_each_time() -> None:
    assert drawn(FIGURES, "order 7") == drawn(FIGURES, "order 7") != drawn(FIGURES, "order 8")


def test_a_venue_without_latency_has_none() -> None:
    assert drawn(Latency(0, 40), "order 7") == 0
    assert drawn(Latency(80, 0), "order 7") == 80 * MILLISECOND
