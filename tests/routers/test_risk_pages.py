"""Risk as a browser shows it: how full each limit is, what is halted and by whom, and changing a limit."""

from typing import TYPE_CHECKING

import pytest

from app.domain.inputs import Halted, Held, Limited
from app.domain.money import Money
from app.domain.risks import Holdings, RiskLimits
from app.history.risk import list_halts
from app.history.signals import Recorded, write_signals
from tests.app.history.judged import refused
from tests.app.hot.samples import CELTICS_GAME
from tests.routers.houses import House

if TYPE_CHECKING:
    from playwright.async_api import Page

DOLLAR = 1_000_000


@pytest.fixture
async def trading(slate: House) -> House:
    """A process that trades: 2,100 of 2,500 dollars of one game are at stake."""
    put, now = slate.resources.intake.put, slate.resources.intake.now()
    put(Limited(RiskLimits(), now))
    put(Halted((), now))
    by_game = {CELTICS_GAME.id: Money(2_100 * DOLLAR)}
    put(Held(Holdings(account="model", by_game=by_game, equity=Money(950 * DOLLAR), peak=Money(1_000 * DOLLAR)), now))
    await write_signals(slate.history, [Recorded(refused(2))], "simulated")
    return slate


@pytest.mark.usefixtures("trading")
async def test_every_limit_says_how_full_it_is_and_which_is_nearly_full(page: "Page") -> None:
    await page.goto("/#/risk")
    gauge = page.locator(".caps > div", has_text="Drawdown, model")
    assert "5 % of 10 %" in (await gauge.inner_text()).replace("\n", " ")
    row = page.locator(".places-used tr[data-key]")
    said = (await row.inner_text()).replace("\n", " ")
    assert all(part in said for part in ("LAL at BOS", "$2,100.00", "$2,500", "84 %")), said
    assert await row.get_attribute("class") == "is-near"
    refusal = page.locator(".refusals tr[data-key]")
    assert "max per game" in await refusal.inner_text()
    await refusal.click()
    await page.get_by_role("heading", name="LAL at BOS").wait_for()


async def test_a_league_is_halted_and_goes_on_where_limits_are_seen(page: "Page", trading: House) -> None:
    await page.goto(f"/open?code={await trading.hot.offer_code()}")
    await page.goto("/#/risk")
    await page.get_by_text("Nothing is halted.").wait_for()
    await page.locator("#halt-scope").select_option("league")
    await page.locator("#halt-name").select_option("nba")
    await page.locator("#halt-reason").fill("two venues disagree")
    await page.locator(".halt-form button").click()
    await page.locator("#toast", has_text="Halted").wait_for()
    (halt,) = await list_halts(trading.history)
    assert (halt.scope, halt.name, halt.reason, halt.halted_by) == ("league", "nba", "two venues disagree", "the page")


async def test_a_limit_is_changed_and_its_version_says_what_who_and_why(page: "Page", trading: House) -> None:
    await page.goto(f"/open?code={await trading.hot.offer_code()}")
    await page.goto("/#/risk")
    await page.get_by_text("Nobody has changed the limits").wait_for()
    await page.locator(".limits tr[data-key=max_entry_price]").click()
    await page.get_by_label("Paid for a contract, at most, in ¢").fill("80")
    await page.locator(".limits .detail").get_by_label("Reason").fill("a quiet week")
    await page.locator(".limits .detail button").click()
    version = page.locator(".versions tr[data-key]")
    said = await version.inner_text()
    assert all(part in said for part in ("max entry price 85 ¢ → 80 ¢", "the page", "a quiet week")), said
    assert (await trading.ask.get("/risk")).json()["limits"]["max_entry_price"] == "0.8000"


@pytest.mark.usefixtures("slate")
async def test_where_nobody_trades_the_view_says_so(page: "Page") -> None:
    await page.goto("/#/risk")
    await page.get_by_text("What is used is not known here").wait_for()
