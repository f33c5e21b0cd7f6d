"""Plays what is not played yet, on as many cores as there are, or wherever the executor that is given plays."""

import multiprocessing
from collections.abc import Callable, Sequence
from concurrent.futures import Executor, Future, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import AbstractContextManager

from app.backtests.pairs import Kept, Pair, play_pair
from app.backtests.plans import Task
from app.errors import Unavailable

Told = Callable[[Pair, int, int], object]  # what was just played, and how many of how many are


def local_cores(cores: int | None = None) -> AbstractContextManager[Executor]:
    """A process on each core, begun anew: none inherits what this one has opened."""
    return ProcessPoolExecutor(cores, mp_context=multiprocessing.get_context("spawn"))


def run(tasks: Sequence[Task], kept: Kept, executor: Executor, told: Told = lambda *_: None) -> Sequence[Pair]:
    """Every pair, in the order of the tasks; what is kept is not played again, and what is played is kept at once.
    `executor`: any that can carry a function and a value somewhere and back. Raises what a pair raised, Unavailable
    when a process died."""
    missing = [task for task in tasks if task.key not in kept.pairs]
    futures: list[Future[Pair]] = [executor.submit(play_pair, task) for task in missing]
    done = len(tasks) - len(missing)
    fallen: BaseException | None = None
    try:
        for future in as_completed(futures):
            fallen = fallen or _fell(future, futures)
            if future.cancelled() or future.exception() is not None:
                continue
            pair = future.result()
            kept.keep(pair)
            done += 1
            told(pair, done, len(tasks))
    finally:  # Ctrl-C, too
        _cancel(futures)
    if fallen is not None:
        raise fallen
    return [kept.pairs[task.key] for task in tasks]


def _fell(future: Future[Pair], others: Sequence[Future[Pair]]) -> BaseException | None:
    """What a pair fell over: what is under way is played to its end and kept, and nothing more is begun."""
    if future.cancelled() or future.exception() is None:
        return None
    _cancel(others)
    if isinstance(future.exception(), BrokenProcessPool):
        said = "a process that was playing died"
        return Unavailable(said, remedy="Run it again: what is played already is not played again.")
    return future.exception()


def _cancel(futures: Sequence[Future[Pair]]) -> None:
    for future in futures:
        future.cancel()
