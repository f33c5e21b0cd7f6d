"""An evening of forty games in a minute: everything that is traded adds up at every moment; what is reported of it is
what Postgres holds; and its tape, played again, comes to the same decisions."""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import sync_playwright

from app.embedded import embedded_servers
from tests.platform import accounts_of
from tests.platform.evenings import Evening
from tests.platform.platforms import crosscourt, data_folder, eventually, running
from tests.routers.browsers import CHROMIUM, HAS_CHROMIUM

pytestmark = pytest.mark.timeout(500)

SECONDS = 45.0


def test_an_evening_adds_up_is_reported_and_plays_again(tmp_path: Path) -> None:
    with data_folder() as data_dir:
        with running(data_dir, "--sandbox", "--games", 40, "--seed", 7, "--speed", 60) as up:
            assert eventually(lambda: up.count("fills") > 0), "nothing was traded"
            evening = Evening(up)
            evening.watch(SECONDS)
            evening.audit()
            print(f"\n{evening.looks} looks, {dict(evening.counts)}")
            assert evening.breaches == []
            assert evening.counts["closed positions"] > 0
        with embedded_servers(data_dir, postgres=True, valkey=True) as servers:
            assert servers.database_url
            look_at_report(data_dir, servers.database_url, tmp_path / "day.html")
        look_at_tape(data_dir)


def look_at_report(data_dir: Path, url: str, page: Path) -> None:
    """Every figure, worked out again by SQL of its own; and the page, opened."""
    told = ("report", "daily", "--last", "3h", "--json", "--page", page, "--data-dir", data_dir)
    day = json.loads(crosscourt(*told, folder=page.parent).stdout)
    assert day["world"] == "simulated"
    accounts = {each["account"]: each for each in day["accounts"]}
    gained = accounts_of.ask_sums(url, accounts_of.GAINED)
    assert {name: Decimal(each["gained"]) for name, each in accounts.items()} == gained
    for name, amount in accounts_of.ask_sums(url, accounts_of.REALISED).items():
        profit = {cause: Decimal(each) for cause, each in accounts[name]["profit"].items()}
        assert profit.pop("realised") == sum(profit.values()) == amount, name
    assert counted(day["trades"], "status") == accounts_of.ask_sums(url, accounts_of.TRADES)
    assert counted(day["orders"], "state") == accounts_of.ask_sums(url, accounts_of.ORDERS)
    assert counted(day["signals"], "stage")["sent"] == accounts_of.ask_one(url, accounts_of.SENT)
    assert sum(each["at_both"] for each in day["coverage"]) == accounts_of.ask_one(url, accounts_of.TRADABLE) > 0
    look_at_fills(day, url)
    look_at_page(page)


def look_at_fills(day: Any, url: str) -> None:
    (slipped, fees), *_ = accounts_of.ask(url, accounts_of.SLIPPED)
    reported = sum(Decimal(each["slippage"]) for each in day["slippage"])
    orders = sum(each["orders"] for each in day["slippage"])
    assert abs(reported - slipped) <= orders * Decimal("0.000002")  # parts of a micro-dollar, twice an order
    assert sum(Decimal(each["fees"]) for each in day["slippage"]) == fees
    found = day["validation"]
    assert found["purchases"] == accounts_of.ask_one(url, accounts_of.BOUGHT) > 0
    assert (found["dear"] == []) is (accounts_of.ask_one(url, accounts_of.DEAREST) <= Decimal("0.85"))
    assert found["early"] == found["wrong"] == found["contradictions"] == []


def look_at_page(page: Path) -> None:
    if not HAS_CHROMIUM:
        return  # the tests of the page say so
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        shown, errors = browser.new_page(), list[str]()
        shown.on("pageerror", lambda error: errors.append(str(error)))
        shown.goto(page.as_uri())
        shown.wait_for_selector(".plotly-graph-div .main-svg")
        assert (shown.locator(".plotly-graph-div").count() >= 4, errors) == (True, [])
        assert "SIMULATED" in shown.inner_text("body")
        browser.close()


def look_at_tape(data_dir: Path) -> None:
    (tape,) = (data_dir / "tape").iterdir()
    played = crosscourt("replay", tape, "--json", folder=data_dir)
    found = json.loads(played.stdout)
    assert (found["same"], played.returncode) == (True, 0), played.stdout
    judged = crosscourt("report", "validate", "--last", "3h", "--json", "--data-dir", data_dir, folder=data_dir)
    assert json.loads(judged.stdout)["exit_code"] == judged.returncode != 1


def counted(rows: Any, name: str) -> dict[str, int]:
    """How many of each."""
    found: dict[str, int] = {}
    for row in rows:
        found[row[name]] = found.get(row[name], 0) + row["n"]
    return found
