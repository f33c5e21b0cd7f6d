"""Sends the traces of trades that have ended to an OpenTelemetry collector, where one is set."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Sequence
from datetime import datetime, timedelta
from importlib import import_module
from importlib.metadata import version
from typing import Protocol, cast

import msgspec

from app.domain.operations import Round
from app.domain.traces import Trace
from app.errors import BadInput, FeedUnavailable, HistoryUnavailable
from app.history.signals import find_signal
from app.history.traces import trades_ended
from app.resources import Resources
from app.traces import trace_of

EVERY = 5.0  # seconds
AT_ONCE = 100  # traces
LOOKED_BACK = timedelta(minutes=1)  # at the start: what an earlier process may not have sent any more
SETTLED = timedelta(seconds=2)  # what is told last of a trade is noted a moment after its end


class Sender(Protocol):
    """`app.spans.SpanSender`."""

    def send(self, traces: Sequence[Trace]) -> int: ...

    def close(self) -> None: ...


async def tracer(resources: Resources) -> AsyncGenerator[Round]:
    """A round each few seconds. Raises BadInput without the extra `otel`."""
    sender = _open_sender(resources)
    since = resources.clock() - LOOKED_BACK
    try:
        while True:
            done = Round()
            done.counts["traces"] += 0
            try:
                since = await _send(resources, sender, since, done)
            except (FeedUnavailable, HistoryUnavailable) as error:  # the same ones are tried again
                done.note("not_sent", str(error))
            yield done
            await asyncio.sleep(EVERY)
    finally:
        sender.close()


async def _send(resources: Resources, sender: Sender, since: datetime, done: Round) -> datetime:
    """What has ended since then; until when that was."""
    until = resources.clock() - SETTLED
    ended = await trades_ended(resources.history, since, until, AT_ONCE)
    found = [trace for each in ended if (trace := await _trace(resources, each.trade_id)) is not None]
    done.counts["spans"] += await asyncio.to_thread(sender.send, found)
    done.counts["traces"] += len(found)
    return until if len(ended) < AT_ONCE else ended[-1].at


async def _trace(resources: Resources, name: str) -> Trace | None:
    try:
        kept = await find_signal(resources.history, name)
    except msgspec.ValidationError:
        return None  # a version that told it otherwise wrote it
    return None if kept is None else await trace_of(resources.history, resources.hot, kept.judged)


def _open_sender(resources: Resources) -> Sender:
    settings = resources.settings
    try:
        spans = import_module("app.spans")
    except ImportError as error:
        raise BadInput(
            f"TRACING__OTLP_ENDPOINT is set, and {error.name} is not installed",
            remedy="pip install 'crosscourt[otel]', or leave it unset.",
        ) from None
    make = cast(Callable[[str, str, str], Sender], spans.SpanSender)
    return make(settings.tracing.otlp_endpoint or "", version("crosscourt"), settings.simulation.world)
