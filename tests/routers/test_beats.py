"""Is a worker alive? Its beat is compared with the roster's promise."""

from datetime import UTC, datetime, timedelta

import pytest

from app.domain.operations import Beat
from routers.beats import Expected, feed_answers, troubles_of, worker_answers

NOW = datetime(2026, 1, 9, 12, tzinfo=UTC)
POLLER = Expected("game_poller", 15.0, "discovery")
SEARCHER = Expected("market_searcher", 60.0, "discovery")


def beat(
    worker: str = "game_poller", age: float = 1.0, process_id: int = 7, every: float = 15.0, **counts: int
) -> Beat:
    at = NOW - timedelta(seconds=age)
    return Beat(
        worker=worker, process_id=process_id, host="here", started_at=NOW, at=at, every=every, runs=3, counts=counts
    )


@pytest.mark.parametrize(
    ("every", "age", "state"),
    [
        (15, 44, "running"),
        (15, 46, "late"),
        (1, 29, "running"),
        (1, 31, "late"),
        (60, 179, "running"),
        (60, 181, "late"),
    ],
)
def test_a_beat_is_late_after_three_turns_and_half_a_minute(every: float, age: float, state: str) -> None:
    (answer,) = worker_answers([POLLER], [beat(age=age, every=every)], NOW)
    assert answer.state == state
    assert bool(answer.trouble) == (state == "late")


def test_a_missing_worker_is_shown_as_missing_in_its_place() -> None:
    answers = worker_answers([POLLER, SEARCHER], [beat("market_searcher")], NOW)
    assert [(each.worker, each.state) for each in answers] == [
        ("game_poller", "missing"),
        ("market_searcher", "running"),
    ]
    assert answers[0].trouble == "game_poller: no sign of life"


def test_a_worker_nobody_promised_is_shown_last() -> None:
    answers = worker_answers([POLLER], [beat("archiver"), beat()], NOW)
    assert [each.worker for each in answers] == ["game_poller", "archiver"]


def test_a_worker_of_several_processes_is_shown_once_for_each_and_well_while_one_is() -> None:
    beats = [beat(process_id=1), beat(process_id=2, age=60), beat("market_searcher", age=200, every=60)]
    answers = worker_answers([POLLER, SEARCHER], beats, NOW)
    assert [(each.worker, each.process_id, each.state) for each in answers] == [
        ("game_poller", 1, "running"),
        ("game_poller", 2, "late"),
        ("market_searcher", 7, "late"),
    ]
    for ordered in (answers, answers[::-1]):
        assert {name: bool(trouble) for name, trouble in troubles_of(ordered).items()} == {
            "game_poller": False,
            "market_searcher": True,
        }


def test_feeds_are_told_once_a_process_by_their_newest_beat() -> None:
    beats = [
        beat(age=9, espn_requests=4, espn_timeout=1),
        beat("publisher", age=2, espn_requests=5, espn_timeout=2, espn_answers=3, games=8),
        beat("market_searcher", age=1, process_id=8, espn_requests=10, kalshi_requests=6),
    ]
    espn, kalshi = feed_answers(["espn", "kalshi"], beats)
    assert (espn.requests, espn.answers, espn.troubles) == (15, 3, {"timeout": 2})
    assert (kalshi.requests, kalshi.troubles) == (6, {})


def test_a_workers_own_counts_are_without_the_feeds() -> None:
    (answer,) = worker_answers([POLLER], [beat(espn_requests=4, games=8)], NOW, ["espn"])
    assert answer.counts == {"games": 8}
