"""Reports over REST: what stands in them is what Postgres holds, worked out a second time here."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from app.domain.reports import Period
from app.history.drills import keep_drill
from app.history.trading_tables import EquityRow, FillRow, IncidentRow, OrderRow, TradeRow
from app.history.usage import keep_report
from app.reports.days import Day, report_on
from app.reports.outward import outward
from tests.app.history.test_drills import FAILED, SAFE
from tests.app.hot.samples import NOW
from tests.routers.dealings import ABOUT, CONTRACT, deal, equity_row, fill_row, order_row, post, put, settle
from tests.routers.houses import House

TODAY = NOW.astimezone(UTC).date()
MIDNIGHT = datetime.combine(TODAY, datetime.min.time(), UTC)
PERIOD = Period(MIDNIGHT, MIDNIGHT + timedelta(days=1))


async def made(house: House) -> Any:
    """The report of this day, kept as the worker has it kept."""
    found = outward(await report_on(house.history, house.settings.data_dir / "archive", PERIOD, "real", NOW), Day)
    assert isinstance(found, dict)
    await keep_report(house.history, TODAY, NOW, found)
    answer = await house.ask.get(f"/analytics/daily/{TODAY}")
    assert answer.status_code == 200, answer.text
    return answer.json()


async def sold(house: House) -> None:
    """Ten of the twenty contracts, for 50 cents each, twelve seconds later, by a rule that may not so soon."""
    at = NOW + timedelta(seconds=12)
    rows = order_row("o-2", "filled", side="sell", purpose="exit", rule="time", filled=Decimal(10), wanted_at=at)
    await put(house.history, OrderRow, {**rows, "size": Decimal(10), "quoted": Decimal("0.52")})
    filled = {"side": "sell", "price": Decimal("0.50"), "size": Decimal(10), "venue_time": at, "fee": Decimal("0.10")}
    await put(house.history, FillRow, fill_row("kalshi:f2", "o-2", **filled))
    entries = [("cash", "4.9", ""), ("positions", "-4.5", CONTRACT), ("fees", "0.1", CONTRACT)]
    await post(house.history, "fill:kalshi:f2", "fill", [*entries, ("realised", "-0.5", CONTRACT)])


async def test_a_day_is_explained_to_the_micro_dollar(house: House) -> None:
    await deal(house.history)
    await sold(house)
    trade = {
        "id": "t-1",
        "account": "manual",
        "game_id": "401810001",
        "league": "nba",
        "detail": {},
        "status": "hedged",
    }
    await put(house.history, TradeRow, {**trade, "began_at": NOW, "ended_at": NOW, "signal_id": None, "detector": None})
    report = await made(house)
    (account,) = report["accounts"]
    ((realised, fees),) = await house.history.run(
        "SELECT -sum(amount) FILTER (WHERE book = 'realised'), sum(amount) FILTER (WHERE book = 'fees') FROM entries"
    )
    assert Decimal(account["profit"]["realised"]) == realised - fees == Decimal("0.05")
    assert Decimal(account["profit"]["fees"]) == -fees
    assert Decimal(account["profit"]["slippage"]) == Decimal("-0.2")  # half was sold, two cents below what was quoted
    (place,) = account["places"]
    assert (place["league"], place["venue"], place["detector"], place["contracts"]) == ("nba", "kalshi", "manual", 1)
    assert report["trades"] == [
        {"account": "manual", "league": "nba", "detector": "manual", "status": "hedged", "n": 1}
    ]
    assert {(each["state"], each["n"]) for each in report["orders"]} == {("partly_filled", 1), ("filled", 1)}
    bought, gone = sorted(report["slippage"], key=lambda each: str(each["purpose"]), reverse=True)
    assert (bought["contracts"], bought["slippage"], gone["slippage"]) == ("20", "0", "0.2")


async def test_what_was_done_yesterday_is_in_no_report_of_this_day(house: House) -> None:
    await deal(house.history)
    async with house.history.transaction() as connection:
        for table, column in (("fills", "venue_time"), ("orders", "wanted_at")):
            await connection.exec_driver_sql(f"UPDATE {table} SET {column} = {column} - interval '1 day'")
    report = await made(house)
    assert report["accounts"] == report["orders"] == report["slippage"] == []


async def test_worth_is_gained_since_the_day_began(house: House) -> None:
    await deal(house.history)
    await put(house.history, EquityRow, equity_row(MIDNIGHT - timedelta(hours=1), "101", "0"))
    await put(house.history, EquityRow, equity_row(NOW, "90.65", "13.5"))
    (account,) = (await made(house))["accounts"]
    assert (account["gained"], account["unrealised"], account["profit"]["realised"]) == ("3.15", "3.5", "-0.35")


async def test_the_same_run_is_judged_by_the_owners_rules(house: House) -> None:
    await deal(house.history)
    await sold(house)
    at = house.resources.clock()
    async with house.history.transaction() as connection:
        await connection.exec_driver_sql(
            f"UPDATE fills SET venue_time = venue_time + '{at - NOW - timedelta(minutes=5)}'"
        )
    found = (await house.ask.get("/analytics/validation?hours=1")).json()
    assert (found["exit_code"], found["simulated"], found["purchases"], found["sales"]) == (1, False, 1, 1)
    assert [(each["why"], each["seconds"]) for each in found["early"]] == [("time", 12.0)]
    wrong = await house.ask.get("/analytics/validation?hours=0")
    assert (wrong.status_code, wrong.json()["remedy"] != "") == (422, True)


async def test_a_settlement_the_other_way_round_breaks_a_rule(house: House) -> None:
    await deal(house.history)
    await settle(house.history, pays="0")
    incident = {**{name: ABOUT[name] for name in ("venue", "game_id")}, "kind": "contradiction", "account": "manual"}
    await put(house.history, IncidentRow, {**incident, "subject": CONTRACT, "detail": "0, not 1", "began_at": NOW})
    report = await made(house)
    assert [each["contract_id"] for each in report["validation"]["wrong"]] == [CONTRACT]
    assert [each["kind"] for each in report["incidents"]] == ["contradiction"]
    assert report["accounts"][0]["profit"]["mismatch"] == "-20"


async def test_days_are_listed_and_a_page_is_told_where_there_is_one(house: House) -> None:
    assert (await house.ask.get("/analytics/daily")).json()["days"] == []
    for path in (f"/analytics/daily/{TODAY}", f"/analytics/daily/{TODAY}/page", "/analytics/calibration"):
        missing = await house.ask.get(path)
        assert (missing.status_code, missing.json()["remedy"] != "") == (404, True), path
    await made(house)
    (day,) = (await house.ask.get("/analytics/daily")).json()["days"]
    assert (day["day"], day["page"]) == (str(TODAY), None)
    assert (await house.ask.get(f"/analytics/daily/{TODAY}/page")).status_code == 404
    folder = house.settings.data_dir / "reports"
    folder.mkdir()
    (folder / f"{TODAY}.html").write_text("<!doctype html>")
    (day,) = (await house.ask.get("/analytics/daily")).json()["days"]
    page = await house.ask.get(day["page"])
    assert (page.status_code, page.text) == (200, "<!doctype html>")
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert (await house.ask.get("/analytics/calibration")).json()["calibration"] == []


async def test_drills_stand_in_the_report_of_their_day_and_are_listed(house: House) -> None:
    assert (await house.ask.get("/analytics/drills")).json() == []
    for each in (SAFE, FAILED):
        await keep_drill(house.history, each)
    report = await made(house)
    assert [(each["name"], each["verdict"], each["safe_after"]) for each in report["drills"]] == [
        ("mute_kalshi", "safe", 2.31),
        ("kill_switch", "failed", None),
    ]
    (newest,) = (await house.ask.get("/analytics/drills?limit=1")).json()
    assert newest == report["drills"][-1]
