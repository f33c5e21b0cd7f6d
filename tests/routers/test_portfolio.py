"""The portfolio is the ledger, to the micro-dollar; its causes add up to it, and paper is never added to real money."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from app.history.trading_tables import EquityRow, PositionRow
from app.hot.reconciled import ReconciledShown
from routers.portfolio_answers import PortfolioAnswer
from tests.app.hot.samples import NOW
from tests.routers.dealings import CONTRACT, deal, equity_row, open_account, position_row, post, put, settle
from tests.routers.houses import House
from tests.routers.test_positions import quote


async def portfolio(house: House, query: str = "") -> Any:
    answer = await house.ask.get(f"/portfolio{query}")
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_every_figure_is_a_sum_of_the_ledger(house: House) -> None:
    await deal(house.history)
    await quote(house, "0.48")
    (total,) = (found := await portfolio(house))["totals"]
    (account,) = found["accounts"]
    assert (total["cash"], total["cost"], total["fees"], total["deposits"]) == ("90.65", "9", "0.35", "100")
    assert (total["value"], total["equity"], total["unrealised"]) == ("9.6", "100.25", "0.6")
    assert (total["profit"], total["peak_profit"], total["drawdown"]) == ("0.25", "0.25", 0.0)
    assert (total["reserved"], total["usable"]) == ("18.4", "72.25")  # forty more at 46 cents
    assert (account["account"], account["is_balanced"], account["positions"]) == ("manual", True, 1)
    assert (found["mode"], found["simulated"], total["kind"]) == ("paper", False, "paper")
    assert found["places"] == [
        {"account": "manual", "league": "nba", "venue": "kalshi", "profit": "0.25", "fees": "0.35"}
    ]


async def test_causes_add_up_to_the_profit(house: House) -> None:
    await deal(house.history)
    await settle(house.history, pays="0")
    (account,) = (await portfolio(house))["accounts"]
    causes = {name: Decimal(amount) for name, amount in account["causes"].items()}
    assert sum(causes.values()) == Decimal(account["profit"]) == Decimal("-9.35")
    assert (causes["mismatch"], causes["fees"], causes["unrealised"]) == (Decimal(-20), Decimal("-0.35"), Decimal(0))
    again = (await portfolio(house))["accounts"][0]["causes"]  # remembered
    assert again == account["causes"]


async def test_paper_is_never_added_to_real_money(house: House) -> None:
    await deal(house.history)
    await open_account(house.history, "kalshi-main", "live")
    await post(house.history, "deposit:l", "deposit", [("cash", "7", ""), ("deposits", "-7", "")], "kalshi-main")
    found = await portfolio(house)
    assert {each["kind"]: each["deposits"] for each in found["totals"]} == {"paper": "100", "live": "7"}


async def test_what_was_before_a_reset_counts_no_more(house: House) -> None:
    await deal(house.history)
    await put(house.history, EquityRow, equity_row(NOW - timedelta(seconds=5), "150", "0"))
    await post(
        house.history,
        "reset:1",
        "reset",
        [("cash", "-40.65", ""), ("positions", "-9", CONTRACT), ("fees", "-0.35", CONTRACT), ("deposits", "50", "")],
    )
    async with house.history.transaction() as connection:
        gone = {"size": 0, "cost": 0, "fees": 0, "closed_at": NOW, "version": 2}
        await connection.execute(PositionRow.__table__.update().values(gone))  # type: ignore[attr-defined]
    (account,) = (await portfolio(house))["accounts"]
    assert (account["equity"], account["deposits"], account["profit"], account["is_balanced"]) == (
        "50",
        "50",
        "0",
        True,
    )
    assert set(account["causes"].values()) == {"0"}
    assert (account["drawdown"], account["peak_profit"]) == (0.0, "0")


async def test_a_position_that_is_not_in_the_ledger_is_seen(house: House) -> None:
    await open_account(house.history)
    await put(house.history, PositionRow, position_row())
    assert (await portfolio(house))["accounts"][0]["is_balanced"] is False


async def test_the_days_profit_and_the_drawdown_come_from_what_it_was_worth(house: House) -> None:
    await deal(house.history)
    now = house.resources.clock()
    yesterday = now.replace(hour=0, minute=0, second=0) - timedelta(hours=1)
    rows = [equity_row(yesterday, "95", "0"), equity_row(now - timedelta(seconds=1), "100", "25")]
    await put(house.history, EquityRow, *rows)
    found = await portfolio(house)
    (account,) = found["accounts"]
    assert (account["profit"], account["day_profit"]) == ("-0.35", "4.65")
    assert (account["peak_profit"], account["drawdown"]) == ("25", round(25.35 / 125, 6))
    assert [each["equity"] for each in found["curve"]][-1] == "125"
    assert (await portfolio(house, "?points=0"))["curve"] == []
    whole = (await house.ask.get("/portfolio/curve", params={"since": "2020-01-01T00:00:00Z"})).json()
    assert [each["profit"] for each in whole] == ["-5", "25"]


async def test_the_banner_says_what_differs_from_the_venues(house: House) -> None:
    assert (await portfolio(house))["reconciled"] == {"is_clean": None, "at": None, "differences": []}
    told = ReconciledShown(False, 1_768_095_000_000_000_000, {"manual at kalshi": ["ghost: o-1 is not there"]})
    await house.hot.save_reconciled(told)
    shown = (await portfolio(house))["reconciled"]
    assert (shown["is_clean"], shown["at"]) == (False, "2026-01-11T01:30:00Z")
    assert shown["differences"] == ["manual at kalshi: ghost: o-1 is not there"]
    checks = (await house.ask.get("/health/ready")).json()
    assert "ghost: o-1 is not there" in checks["detail"]


async def test_the_sandbox_says_so_everywhere(house: House) -> None:
    await deal(house.history)
    settings = house.resources.settings
    simulation = settings.simulation.model_copy(update={"clock_url": "http://localhost/clock"})
    house.resources.settings = settings.model_copy(update={"simulation": simulation})
    found = await portfolio(house)
    assert (found["mode"], found["simulated"]) == ("simulated", True)
    assert all(each["simulated"] for each in (*found["totals"], *found["accounts"]))
    for path in ("/positions", "/orders", "/fills"):
        assert (await house.ask.get(path)).json()["items"][0]["simulated"] is True, path
    assert all(each["simulated"] for each in (await house.ask.get("/accounts")).json())
    assert ",simulated" in (await house.ask.get("/ledger")).text


async def test_an_empty_house_has_nothing(house: House) -> None:
    found = await portfolio(house)
    assert (found["totals"], found["accounts"], found["places"], found["curve"]) == ([], [], [], [])


def test_the_example_holds() -> None:
    PortfolioAnswer.model_validate(PortfolioAnswer.model_json_schema()["example"])
