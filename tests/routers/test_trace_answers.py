"""When what became of a signal, as the API shows it."""

from datetime import timedelta

from app.clock import moment_of, nanos_of
from app.domain.orders import OrderId
from app.domain.prices import Nanos
from app.history.signals import Recorded, write_signals
from app.history.trading_tables import FillRow, OrderEventRow, OrderRow, TradeRow
from app.hot.stages import OrderStages
from tests.app.history.judged import FOUND_AT, judged, refused
from tests.routers.dealings import event_row, fill_row, order_row, put, trade_row
from tests.routers.houses import House

MILLISECOND = timedelta(milliseconds=1)


async def test_a_fill_shows_every_stage_with_its_time(house: House) -> None:
    told = judged(1, found_at=Nanos(FOUND_AT // 1_000_000 * 1_000_000))
    began = moment_of(told.at) + MILLISECOND
    await write_signals(house.history, [Recorded(told)], "real")
    await put(house.history, TradeRow, trade_row("a-1", began_at=began, signal_id="a-1"))
    order = order_row("a-1-0", "filled", trade_id="a-1", signal_id="a-1", account="arbitrage")
    await put(house.history, OrderRow, {**order, "wanted_at": began + MILLISECOND})
    await put(house.history, OrderEventRow, {**event_row("a-1-0", 2, "filled"), "at": began + 42 * MILLISECOND})
    filled = {"venue_time": began + 41 * MILLISECOND, "received_at": began + 42 * MILLISECOND}
    await put(house.history, FillRow, fill_row("kalshi:f1", "a-1-0", **filled))
    noted = OrderStages(*(nanos_of(began + each * MILLISECOND) for each in (2, 43, 44)))
    await house.hot.note_stages(OrderId("a-1-0"), noted)
    trace = (await house.ask.get("/signals/a-1")).json()["trace"]
    assert [stage["name"] for stage in trace["stages"]] == [
        *("venue", "received", "found", "judged", "begun"),
        *("intended", "durable", "sent", "accepted", "filled", "heard", "booked", "told"),
    ]
    assert all(stage["at"] for stage in trace["stages"])
    took = {stage["name"]: (stage["took_ms"], stage["budget_ms"]) for stage in trace["stages"]}
    assert took["begun"] == (1.0, 0.5)
    assert took["durable"] == (1.0, 1.0)
    assert took["sent"] == (0.0, 0.5)
    assert took["accepted"] == (40.0, None)
    assert took["booked"] == (1.0, 1.0)
    assert took["told"] == (1.0, None)
    assert trace["budget_ms"] == 8
    assert {stage["order_id"] for stage in trace["stages"][5:]} == {"a-1-0"}


async def test_a_refused_signal_ends_where_it_was_judged(house: House) -> None:
    await write_signals(house.history, [Recorded(refused(2))], "real")
    trace = (await house.ask.get("/signals/a-2")).json()["trace"]
    assert [stage["name"] for stage in trace["stages"]] == ["venue", "received", "found", "judged"]


async def test_what_redis_has_forgotten_is_left_open(house: House) -> None:
    await write_signals(house.history, [Recorded(judged(1))], "real")
    await put(house.history, TradeRow, trade_row("a-1"))
    await put(house.history, OrderRow, order_row("a-1-0", trade_id="a-1"))
    stages = (await house.ask.get("/signals/a-1")).json()["trace"]["stages"]
    assert {stage["name"] for stage in stages if stage["at"] is None} >= {"durable", "sent", "booked", "told"}
