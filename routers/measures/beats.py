"""Measures of workers and feeds: out of the beats that they leave in Redis."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime

from app.clock import nanos_of
from app.domain.operations import Beat
from app.domain.prices import SECOND, LaneId, Nanos
from routers.beats import Expected, WorkerAnswer, feed_answers, worker_answers
from routers.measures.families import Sample
from routers.price_feeds import PriceFeedAnswer, price_feed_answers

MILLISECONDS = 1_000  # in a second
ARCHIVER, INPUTS = "archiver", "inputs"


def worker_samples(
    expected: Sequence[Expected], beats: Sequence[Beat], now: datetime, feeds: Sequence[str]
) -> Iterator[Sample]:
    """How each worker is doing. `holder` is empty for a worker that one process has: its line goes on when another
    takes it over."""
    several = {beat.worker for beat in beats if beat.runs_in_each}
    for answer in worker_answers(expected, beats, now, feeds):
        holder = f"{answer.host}:{answer.process_id}" if answer.worker in several else ""
        labels = (answer.worker, answer.process, holder)
        yield Sample("crosscourt_worker_up", answer.state == "running", labels)
        yield Sample("crosscourt_worker_interval_seconds", answer.every, labels)
        if answer.age is not None:
            yield from _of_beat(answer, answer.age, labels)
    yield from _lags(expected, beats)
    yield from _core_samples(beats)


def feed_samples(
    source: str, venues: Sequence[str], beats: Sequence[Beat], lanes: Mapping[LaneId, Nanos], now: datetime
) -> Iterator[Sample]:
    """What hosts were asked, and how each venue's prices are heard."""
    for answer in feed_answers((source, *venues), beats):
        labels = (answer.feed,)
        yield Sample("crosscourt_requests_total", answer.requests, labels)
        yield Sample("crosscourt_request_answers_total", answer.answers, labels)
        yield Sample("crosscourt_request_not_modified_total", answer.not_modified, labels)
        yield Sample("crosscourt_response_bytes_total", answer.bytes, labels)
        for trouble, count in answer.troubles.items():
            yield Sample("crosscourt_request_troubles_total", count, (answer.feed, trouble))
    for prices in price_feed_answers(venues, beats, now):
        yield from _of_prices(prices)
        proved = [at for lane, at in lanes.items() if lane.startswith(f"{prices.feed}:")]
        if proved:
            age = max(0, nanos_of(now) - max(proved)) / SECOND
            yield Sample("crosscourt_feed_proof_age_seconds", age, (prices.feed,))


def _of_beat(answer: WorkerAnswer, age: float, labels: tuple[str, ...]) -> Iterator[Sample]:
    yield Sample("crosscourt_worker_beat_age_seconds", age, labels)
    yield Sample("crosscourt_worker_round_seconds", answer.took_ms / MILLISECONDS, labels)
    yield Sample("crosscourt_worker_rounds_total", answer.runs, labels)
    yield Sample("crosscourt_worker_failures_total", answer.failures, labels)
    if answer.started_at is not None:
        yield Sample("crosscourt_worker_start_timestamp_seconds", answer.started_at.timestamp(), labels)
    for name, count in answer.counts.items():
        yield Sample("crosscourt_worker_count", count, (*labels, name))


def _lags(expected: Iterable[Expected], beats: Iterable[Beat]) -> Iterator[Sample]:
    """Every worker of a process says the same of its loop; the worst is the one."""
    process_of = {each.name: each.process for each in expected}
    worst: dict[tuple[str, str], float] = {}
    for beat in beats:
        place = (process_of.get(beat.worker, ""), f"{beat.host}:{beat.process_id}")
        worst[place] = max(worst.get(place, 0.0), beat.loop_lag_ms)
    for place, late in worst.items():
        yield Sample("crosscourt_event_loop_lag_seconds", late / MILLISECONDS, place)


def _core_samples(beats: Iterable[Beat]) -> Iterator[Sample]:
    """The archiver counts what the core of its process was told since its last round."""
    for beat in beats:
        if beat.worker == ARCHIVER:
            rate = beat.counts.get(INPUTS, 0) / beat.every
            yield Sample("crosscourt_core_inputs_per_second", rate, (f"{beat.host}:{beat.process_id}",))


def _of_prices(answer: PriceFeedAnswer) -> Iterator[Sample]:
    if answer.age is None:
        return
    labels = (answer.feed,)
    yield Sample("crosscourt_feed_age_seconds", answer.age, labels)
    for name in ("frames", "connections", "reconnects", "gaps", "resyncs"):
        yield Sample(f"crosscourt_feed_{name}_total", getattr(answer, name), labels)
    if answer.skew_ms is not None:
        yield Sample("crosscourt_feed_clock_skew_seconds", answer.skew_ms / MILLISECONDS, labels)
    yield Sample("crosscourt_books", answer.books, labels)
    yield Sample("crosscourt_books_fresh", answer.fresh, labels)
    for reason, count in answer.quarantined.items():
        yield Sample("crosscourt_books_in_doubt", count, (answer.feed, reason))
