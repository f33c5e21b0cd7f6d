"""Trades and incidents as they are listed."""

from app.history.trading_tables import IncidentRow, TradeRow
from tests.app.hot.samples import NOW
from tests.routers.dealings import incident_row, put, trade_row
from tests.routers.houses import House


async def test_trades_are_listed_by_how_they_ended(house: House) -> None:
    rows = [
        trade_row("t-1", "hedged", signal_id="s-1", detector="cross_venue", ended_at=NOW),
        trade_row("t-2", "exposed"),
    ]
    await put(house.history, TradeRow, *rows)
    found = (await house.ask.get("/trades")).json()
    assert [(each["id"], each["status"], each["simulated"]) for each in found["items"]] == [
        ("t-2", "exposed", False),
        ("t-1", "hedged", False),
    ]
    for query, name in (("status=exposed", "t-2"), ("signal=s-1", "t-1")):
        assert [each["id"] for each in (await house.ask.get(f"/trades?{query}")).json()["items"]] == [name]


async def test_incidents_are_listed_those_that_go_on_apart(house: House) -> None:
    rows = [incident_row(), incident_row("mismatch", subject="c", ended_at=NOW), incident_row("orphan", subject="o")]
    await put(house.history, IncidentRow, *rows)
    found = (await house.ask.get("/incidents?limit=2")).json()
    assert ([each["kind"] for each in found["items"]], found["total"]) == (["orphan", "mismatch"], 3)
    rest = (await house.ask.get(f"/incidents?limit=2&cursor={found['next_cursor']}")).json()
    assert [each["kind"] for each in rest["items"]] == ["exposed"]
    assert (await house.ask.get("/incidents?going_on=true")).json()["total"] == 2
    assert (await house.ask.get("/incidents?going_on=false")).json()["items"][0]["ended_at"] == "2026-01-11T01:30:00Z"
    assert (await house.ask.get("/incidents?kind=ghost")).json()["total"] == 0


async def test_what_nobody_has_asked_is_not_found(house: House) -> None:
    for name in ("order:none", "%00"):
        assert (await house.ask.get(f"/instructions/{name}")).status_code == 404
