"""An evening of some thirty games at a hundred times their speed. A tied game and one that is put off are paid as their
venues say; everything that is traded adds up at every moment; what is reported of the evening is what Postgres holds;
and its tape, played again, comes to the same decisions."""

import json
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import sync_playwright

from app.embedded import embedded_servers
from tests.platform import accounts_of
from tests.platform.platforms import crosscourt, data_folder, running
from tests.platform.stakes import ENDS, GAMES, PUT_OFF, SEED, SIZE, SPEED, TIED, VENUES, Stakes
from tests.routers.browsers import CHROMIUM, HAS_CHROMIUM

pytestmark = pytest.mark.timeout(700)

LOOKS = 45  # at the least


@pytest.fixture(scope="module")
def stakes() -> Iterator[Stakes]:
    """On a platform that is there until the last test ends it."""
    asked = "--sandbox", "--games", GAMES, "--seed", SEED, "--speed", SPEED
    with data_folder() as data_dir, running(data_dir, *asked) as up, httpx.Client(timeout=60) as sandbox:
        sandbox.base_url = httpx.URL(up.sandbox_url())
        found = Stakes(up, sandbox)
        found.buy()
        found.end()
        yield found


@pytest.mark.parametrize(
    ("game", "venue", "expected"),
    [
        (TIED, "kalshi", "0.5"),
        (TIED, "polymarket", "0.5"),
        (PUT_OFF, "kalshi", None),  # a fair price, which nobody knows before
        (PUT_OFF, "polymarket", "0.5"),  # or nothing, where the score source was not asked again since it was given up
    ],
)
def test_a_stake_is_worth_what_its_venue_pays(stakes: Stakes, game: str, venue: str, expected: str | None) -> None:
    paid = stakes.paid(game, venue)
    after, settlement = paid.after, paid.after["settlement"]
    assert (Decimal(settlement["pays"]), Decimal(settlement["size"])) == (paid.pays, SIZE)
    known = settlement["expected"]
    assert Decimal(known) == Decimal(expected or "nan") if known is not None else game == PUT_OFF
    assert Decimal(after["realised"]) == SIZE * paid.pays - Decimal(paid.before["cost"])
    assert (after["size"], after["cost"], after["fees"]) == ("0", "0", paid.before["fees"])
    assert after["simulated"] is True


def test_nothing_was_odd_about_it_and_every_account_adds_up(stakes: Stakes) -> None:
    stakes.evening.audit()
    assert stakes.evening.breaches == []
    assert [one for one in stakes.evening.pages("/incidents") if one["account"] == "manual"] == []
    (manual,) = [one for one in stakes.up.get("/portfolio")["accounts"] if one["account"] == "manual"]
    closed = list(stakes.evening.pages("/positions", "&account=manual"))
    assert len(closed) == len(ENDS) * len(VENUES)
    profit = sum(Decimal(one["realised"]) - Decimal(one["fees"]) for one in closed)
    assert Decimal(manual["cash"]) == Decimal(manual["deposits"]) + profit == Decimal(manual["equity"])


def test_the_evening_is_reported_and_plays_again(stakes: Stakes, tmp_path: Path) -> None:
    up, evening = stakes.up, stakes.evening
    assert up.count("fills") > len(ENDS) * len(VENUES), "nothing was traded"
    assert evening.looks > LOOKS
    assert evening.counts["closed positions"] > 0
    assert up.interrupt() == 0
    with embedded_servers(up.data_dir, postgres=True, valkey=True) as servers:
        assert servers.database_url
        look_at_report(up.data_dir, servers.database_url, tmp_path / "day.html")
    look_at_tape(up.data_dir)


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
