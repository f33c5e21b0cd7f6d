"""What Prometheus reads: every measure by its name, whatever a store says."""

import asyncio
from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from app.domain.operations import Beat
from app.domain.prices import LaneId, Nanos
from app.history.tables import HaltRow
from app.history.trading_tables import IncidentRow, OrderRow, TradeRow
from app.hot.reconciled import ReconciledShown
from routers.measures.families import FAMILIES
from routers.measures.trading import INCIDENTS
from tests.app.history.judged import funnel
from tests.app.hot.samples import KALSHI, NOW
from tests.routers.dealings import deal, incident_row, order_row, put, trade_row
from tests.routers.houses import House, open_house, settings_for

ROOT = Path(__file__).resolve().parents[2]
Told = Mapping[str, Mapping[tuple[str, ...], float]]


async def measures(house: House) -> Told:
    """By name, then by the values of its labels in the order of their names."""
    answer = await house.ask.get("/metrics")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    found: dict[str, dict[tuple[str, ...], float]] = {}
    for family in text_string_to_metric_families(answer.text):
        name = f"{family.name}_total" if family.type == "counter" else family.name
        found[name] = {
            tuple(sample.labels.get(label, "") for label in labels_of(name)): sample.value for sample in family.samples
        }
    return found


def labels_of(name: str) -> tuple[str, ...]:
    return next(family.labels for family in FAMILIES if family.name == name)


def beat(house: House, worker: str, **more: object) -> Beat:
    now = house.resources.clock()
    plain = {"process_id": 7, "host": "here", "started_at": now, "at": now, "every": 1.0, "runs": 9, "failures": 2}
    return Beat(worker=worker, **{**plain, **more})  # type: ignore[arg-type]


async def test_every_measure_is_named_also_when_nothing_is_known_of_it(house: House) -> None:
    assert set(await measures(house)) == {family.name for family in FAMILIES}


async def test_names_say_what_they_count_in() -> None:
    for family in FAMILIES:
        assert family.name.endswith("_total") == (family.kind == "counter"), family.name
        assert family.words.endswith("."), family.name


async def test_every_measure_is_documented() -> None:
    words = (ROOT / "docs/observability.md").read_text(encoding="utf-8")
    assert [family.name for family in FAMILIES if f"`{family.name}`" not in words] == []


async def test_workers_are_measured_by_their_beats(house: House) -> None:
    late = house.resources.clock() - timedelta(seconds=90)
    await house.hot.beat(beat(house, "execution", loop_lag_ms=12.5, took_ms=3.0))
    await house.hot.beat(beat(house, "settler", at=late))
    await house.hot.beat(beat(house, "archiver", runs_in_each=True, counts={"inputs": 400, "bytes": 9}, every=2.0))
    told = await measures(house)
    up = told["crosscourt_worker_up"]
    assert (up["execution", "trading", ""], up["settler", "trading", ""], up["publisher", "discovery", ""]) == (1, 0, 0)
    assert told["crosscourt_worker_failures_total"]["execution", "trading", ""] == 2
    assert told["crosscourt_worker_round_seconds"]["execution", "trading", ""] == 0.003
    assert told["crosscourt_event_loop_lag_seconds"]["trading", "here:7"] == 0.0125
    assert told["crosscourt_worker_count"]["archiver", "trading", "here:7", "bytes"] == 9
    assert told["crosscourt_core_inputs_per_second"]["here:7",] == 200


async def test_feeds_are_measured_by_their_monitors_and_lanes(house: House) -> None:
    counts = {"frames": 70, "books": 12, "fresh": 9, "quarantined_gap": 3, "gaps": 1, "skew_ms": -4}
    await house.hot.beat(beat(house, "kalshi_monitor", counts=counts))
    mirror = await house.hot.open_mirror(KALSHI)
    now = house.resources.clock()
    proved = Nanos(int((now - timedelta(seconds=3)).timestamp() * 1e9))
    await mirror.write_lanes({LaneId("kalshi:1:a"): proved}, now)
    told = await measures(house)
    assert told["crosscourt_feed_frames_total"]["kalshi",] == 70
    assert told["crosscourt_books_fresh"]["kalshi",] == 9
    assert told["crosscourt_books_in_doubt"]["kalshi", "gap"] == 3
    assert told["crosscourt_feed_clock_skew_seconds"]["kalshi",] == -0.004
    assert 3 <= told["crosscourt_feed_proof_age_seconds"]["kalshi",] < 10


async def test_signals_orders_and_money_are_measured(house: House) -> None:
    await house.hot.save_funnel("a", funnel())
    await house.hot.save_reconciled(ReconciledShown(False, Nanos(int(house.resources.clock().timestamp() * 1e9))))
    await deal(house.history)
    await put(house.history, OrderRow, order_row("o-2", "filled", size=Decimal(1), world="simulated"))
    await put(house.history, TradeRow, trade_row("t-1", "exposed"))
    await put(house.history, IncidentRow, incident_row("contradiction"))
    told = await measures(house)
    assert told["crosscourt_funnel_total"]["fresh", "stale"] == 3
    assert told["crosscourt_reconciled"][()] == 0
    assert told["crosscourt_orders"]["kalshi", "paper", "real", "partly_filled"] == 1
    assert told["crosscourt_orders"]["kalshi", "paper", "simulated", "filled"] == 1
    assert told["crosscourt_fills_total"]["kalshi", "paper", "real"] == 1
    assert told["crosscourt_trades"]["manual", "exposed"] == 1
    assert told["crosscourt_incidents_open"] == {(kind,): float(kind == "contradiction") for kind in INCIDENTS}
    account = ("manual", "paper", "real")
    assert told["crosscourt_account_cash_dollars"][account] == 90.65
    assert told["crosscourt_account_exposure_dollars"][account] == pytest.approx(9 + 40 * 0.46)
    assert told["crosscourt_account_balanced"][account] == 1
    assert told["crosscourt_drawdown_limit_ratio"]["hard",] == 0.1


@pytest.mark.parametrize(("scope", "name", "counted"), [("venue", "kalshi", 1), ("venue", "polymarket", 0)])
async def test_orders_that_rest_under_a_halt_are_counted(house: House, scope: str, name: str, counted: int) -> None:
    await deal(house.history)
    halt = {"scope": scope, "name": name, "reason": "a test", "halted_by": "a test", "halted_at": NOW}
    await put(house.history, HaltRow, halt)
    told = await measures(house)
    assert told["crosscourt_orders_resting_halted"][()] == counted
    assert told["crosscourt_halts"]["venue",] == 1


async def test_stores_and_the_machine_are_measured(house: House) -> None:
    told = await measures(house)
    assert (told["crosscourt_redis_up"][()], told["crosscourt_postgres_up"][()]) == (1, 1)
    assert told["crosscourt_redis_memory_bytes"][()] > 0
    assert told["crosscourt_postgres_pool_limit"][()] == house.settings.database.pool_size
    assert told["crosscourt_postgres_size_bytes"][()] > 1_000_000
    assert told["crosscourt_process_memory_bytes"][()] > 1_000_000
    assert 0 < told["crosscourt_disk_free_bytes"][()] <= told["crosscourt_disk_size_bytes"][()]
    assert set(told["crosscourt_unread"].values()) == {0}


async def test_a_store_that_is_away_is_said_to_be(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("routers.measures.readings.PATIENCE", 0.2)
    monkeypatch.setattr(house.history, "ping", asyncio.Event().wait)
    monkeypatch.setattr(house.hot, "usage", asyncio.Event().wait)
    monkeypatch.setattr(house.hot, "beats", asyncio.Event().wait)
    monkeypatch.setattr(house.hot, "funnels", asyncio.Event().wait)
    told = await measures(house)
    assert (told["crosscourt_redis_up"][()], told["crosscourt_postgres_up"][()]) == (0, 0)
    assert told["crosscourt_unread"]["beats",] == 1
    assert told["crosscourt_process_memory_bytes"][()] > 0


async def test_it_is_read_as_all_else_is(fresh_database_url: str, fresh_redis_url: str, tmp_path: Path) -> None:
    """Without a key on this machine; bound elsewhere with one that may read."""
    settings = settings_for(fresh_database_url, fresh_redis_url, tmp_path)
    async with open_house(settings) as house:
        assert (await house.ask.get("/metrics")).status_code == 200
    abroad = settings_for(fresh_database_url, fresh_redis_url, tmp_path, host="0.0.0.0")
    async with open_house(abroad) as house:
        assert (await house.ask.get("/metrics")).status_code == 401
        assert (await house.ask.get("/metrics", headers=house.as_admin)).status_code == 200
