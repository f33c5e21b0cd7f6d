"""Trades that have ended are sent as traces, each once."""

from collections.abc import Iterator
from contextlib import aclosing
from datetime import timedelta

import pytest

from app.clock import moment_of
from app.domain.traces import Trace
from app.errors import BadInput, FeedUnavailable
from app.history.signals import Recorded, write_signals
from app.history.trading_tables import OrderRow, TradeRow
from tests.app.history.judged import judged
from tests.routers.dealings import order_row, put, trade_row
from tests.workers.worlds import World
from workers import tracer as tracers
from workers.tracer import tracer


class Sent:
    """Keeps what it is given; `is_away`: takes nothing."""

    def __init__(self) -> None:
        self.traces: list[Trace] = []
        self.is_away = False

    def send(self, traces: list[Trace]) -> int:
        if self.is_away:
            raise FeedUnavailable("nobody is there")
        self.traces += traces
        return len(traces)

    def close(self) -> None:
        pass


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> Iterator[Sent]:
    sent = Sent()
    monkeypatch.setattr(tracers, "EVERY", 0.0)
    monkeypatch.setattr(tracers, "_open_sender", lambda _: sent)
    return sent


async def test_what_has_ended_is_sent_once_and_again_when_nobody_took_it(world: World, sent: Sent) -> None:
    resources = world.process()
    told = judged(1)
    ended = resources.clock() - timedelta(seconds=10)
    await write_signals(resources.history, [Recorded(told)], "real")
    trade = trade_row("a-1", "filled", signal_id="a-1", began_at=moment_of(told.at), ended_at=ended)
    await put(resources.history, TradeRow, trade, trade_row("a-2", signal_id="a-2"))
    await put(resources.history, OrderRow, order_row("a-1-0", "filled", trade_id="a-1"))
    sent.is_away = True
    async with aclosing(tracer(resources)) as rounds:
        assert (await anext(rounds)).counts["not_sent"] == 1
        sent.is_away = False
        assert (await anext(rounds)).counts["traces"] == 1
        assert (await anext(rounds)).counts["traces"] == 0
    (trace,) = sent.traces
    assert (trace.signal_id, trace.stages[-1].order_id) == ("a-1", "a-1-0")


async def test_without_the_extra_it_says_what_to_install(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(name: str) -> None:
        raise ImportError(name=name)

    monkeypatch.setattr(tracers, "import_module", fail)
    with pytest.raises(BadInput, match="is not installed"):
        await anext(tracer(world.process()))
