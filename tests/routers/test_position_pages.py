"""Positions as a browser shows them: what is held, what it is worth and where that came from; selling, taking back, and
every entry behind a figure."""

from datetime import timedelta
from typing import TYPE_CHECKING

import msgspec
import pytest

from app.domain.markets import ContractId
from app.domain.money import money, price, size
from app.domain.orders import OrderChange, Standing
from app.history.trading_tables import EquityRow, IncidentRow, OrderRow, TradeRow
from app.hot.marks_shown import position_marked
from app.hot.reconciled import ReconciledShown
from app.hot.trading_shown import order_shown
from tests.app.hot.samples import KALSHI, NOW, link
from tests.app.hot.test_trading_shown import AT, ORDER, POSITION
from tests.routers.dealings import CONTRACT, deal, equity_row, incident_row, obeyed, order_row, put, settle, trade_row
from tests.routers.houses import House
from tests.routers.test_positions import quote

if TYPE_CHECKING:
    from playwright.async_api import Page

NASTY = "<img src=x onerror=\"document.title='owned'\"> & <b>bold</b>"
VIEW = "/#/positions"


@pytest.fixture
async def dealt(slate: House) -> House:
    """Twenty contracts for nine dollars, bid for at 48 cents, and what the account was worth."""
    await deal(slate.history)
    await slate.resources.recorder.record_links([link(KALSHI, "KX-BOS", outcome="yes")], NOW)
    await quote(slate, "0.48")
    now = slate.resources.clock()
    worths = (("100", "0"), ("90.65", "12"), ("90.65", "9.6"))
    rows = [equity_row(now - timedelta(minutes=3 - at), *worth) for at, worth in enumerate(worths)]
    await put(slate.history, EquityRow, *rows)
    return slate


@pytest.mark.usefixtures("dealt")
async def test_what_is_held_is_shown_with_what_it_is_worth_and_what_sells_it(page: "Page") -> None:
    await page.goto(VIEW)
    row = page.locator(".held tr[data-key]")
    await row.filter(has_text="▲+$0.60").wait_for()
    said = (await row.inner_text()).replace("\n", " ").replace("\t", " ")
    for part in ("YES BOS", "LAL at BOS", "manual", "20", "45", "48", "$9.60", "stop at 22.5 ¢"):
        assert part in said, (part, said)
    await row.click()
    detail = page.locator(".held-detail")
    await detail.locator("td", has_text="45 ¢").wait_for()
    assert "it brings at most 0.2250 dollars a contract" in await detail.inner_text()
    assert await page.locator(".tagged").inner_text() == "PAPER"


@pytest.mark.usefixtures("dealt")
async def test_money_is_told_figure_by_figure(page: "Page") -> None:
    await page.goto(VIEW)
    await page.locator(".figures.money").wait_for()
    figures = (await page.locator(".figures.money").inner_text()).replace("\n", " ")
    for part in ("$100.25", "▲+$0.25 in all", "$72.25", "$18.40 more for open orders", "Won, not paid $0.00", "$0.35"):
        assert part in figures, (part, figures)
    assert await page.locator(".waterfall li").all_inner_texts() == [
        "Edge\n$0.00",
        "Slippage\n$0.00",
        "Fees\n▼−$0.35",
        "Missed legs\n$0.00",
        "Settlements\n$0.00",
        "Still held\n▲+$0.60",
        "Profit\n▲+$0.25",
    ]
    named = await page.locator("svg.curve").get_attribute("aria-label")
    assert named == "Profit: $0.25 now, at best $2.65, from $0.00 to $2.65"
    top = (await page.locator("#worth").inner_text()).replace("\n", " ")
    assert "$100.25 paper" in top
    assert "today" in top


@pytest.mark.usefixtures("dealt")
async def test_every_entry_behind_a_figure_is_listed(page: "Page") -> None:
    await page.goto(VIEW)
    await page.get_by_role("button", name="Audit usable cash").click()
    await page.get_by_text("2 of 2 entries, the newest first; together $90.65").wait_for()
    texts = await page.locator(".entries tr[data-key]").all_inner_texts()
    assert ["fill:kalshi:f1" in texts[0], "−$9.35" in texts[0], "$100.00" in texts[1]] == [True, True, True]
    assert await page.locator("#audit a").get_attribute("href") == "/ledger?book=cash"
    await page.keyboard.press("Escape")


async def test_a_position_is_sold_only_when_the_server_says_so(page: "Page", dealt: House) -> None:
    await page.goto(VIEW)
    close = page.get_by_role("button", name="Close manual:kalshi:KX-BOS:yes")
    await close.click()
    await page.locator("#toast", has_text="To sell, open the page by the page's one-time link").wait_for()
    await page.goto(f"/open?code={await dealt.hot.offer_code()}")
    await page.goto(VIEW)
    async with obeyed(dealt.history) as executor:
        await close.click()
        await page.locator("#toast", has_text="Done").wait_for()
    assert [name.partition(":")[0] for name in executor.obeyed] == ["close"]
    assert await page.locator(".held tr[data-key]").count() == 1  # nobody has sold it yet
    await settle(dealt.history)
    await page.get_by_text("Nothing is held").wait_for()
    await page.get_by_role("button", name="Closed").click()
    row = page.locator(".closed tr[data-key]", has_text="▲+$10.65")
    await row.click()
    await page.get_by_text("Paid 100 ¢ each for 20: finalized yes").wait_for()


async def test_its_rules_are_changed_in_place(page: "Page", dealt: House) -> None:
    await page.goto(f"/open?code={await dealt.hot.offer_code()}")
    await page.goto(VIEW)
    await page.locator(".held tr[data-key]").click()
    await page.get_by_text("Rules of its kind of bet").click()
    await page.locator("input[name='take_profit']").fill("20")
    await page.get_by_role("button", name="Change").click()
    await page.locator(".held tr[data-key]", has_text="stop at 22.5 ¢ (+1)").wait_for()
    await page.locator(".triggers", has_text="it brings at least 0.5400 dollars").wait_for()


async def test_orders_show_their_story_and_are_taken_back(page: "Page", dealt: House) -> None:
    await page.goto(f"/open?code={await dealt.hot.offer_code()}")
    await page.goto(VIEW)
    await page.get_by_role("button", name="Orders", exact=True).click()
    row = page.locator(".orders tr[data-key]")
    await row.wait_for()
    await page.keyboard.press("j")
    await page.keyboard.press("Enter")
    await page.locator(".steps li", has_text="partly filled").wait_for()
    assert await page.locator(".steps b").all_inner_texts() == ["intent", "sending", "open", "partly filled"]
    async with obeyed(dealt.history):
        await page.get_by_role("button", name="Cancel o-1").click()
        await page.locator("#toast", has_text="It is cancelled").wait_for()
    await page.locator(".orders tr[data-key]", has_text="– cancelled").wait_for()


async def test_news_come_without_being_asked_for(page: "Page", dealt: House) -> None:
    await page.goto(VIEW)
    await page.get_by_role("button", name="Orders", exact=True).click()
    await page.locator(".live-state", has_text="live").wait_for()
    await page.locator(".orders tr[data-key]").wait_for()
    await put(dealt.history, OrderRow, order_row("o-2", "rejected", reason=NASTY))
    told = order_shown(
        Standing(ORDER, OrderChange(order_id=ORDER.id, number=1, state="rejected", at=AT)), is_simulated=False
    )
    await dealt.hot.say_update("orders", msgspec.json.encode(told))
    await page.locator(".orders tr[data-key]", has_text="<b>bold</b>").wait_for()
    assert await page.locator("main b", has_text="bold").count() == 0
    assert await page.title() == "Positions · Crosscourt"


async def test_a_mark_moves_as_it_is_told(page: "Page", dealt: House) -> None:
    await page.goto(VIEW)
    await page.locator(".live-state", has_text="live").wait_for()
    await page.locator(".held tr[data-key]", has_text="▲+$0.60").wait_for()
    await page.route("**/positions?*", lambda route: route.abort())
    await page.wait_for_timeout(1_000)  # what was asked before is answered
    held = msgspec.structs.replace(POSITION, contract_id=ContractId(CONTRACT), size=size(20), cost=money(9))
    told = position_marked(held, price("0.40"), "bid", money(8), AT, is_simulated=False)
    await dealt.hot.tell_marks({told.id: told})
    row = page.locator(".held tr[data-key]", has_text="▼−$1.00")
    await row.wait_for()
    assert "$8.00" in await row.inner_text()


async def test_what_should_not_be_is_said_on_every_view(page: "Page", dealt: House) -> None:
    await put(dealt.history, IncidentRow, incident_row(), incident_row("overdue", subject="KX"))
    await put(dealt.history, TradeRow, trade_row("t-9", "exposed"))
    await dealt.hot.save_reconciled(ReconciledShown(False, AT, {"manual at kalshi": ["ghost: o-1 is not there"]}))
    await page.goto("/")
    banner = page.locator("#incidents")
    await banner.filter(has_text="differ").wait_for()
    said = await banner.inner_text()
    assert "(and 1 more)" in said
    assert "ghost: o-1 is not there" in said
    await banner.locator("a").click()
    await page.get_by_role("button", name="Incidents").click()
    await page.locator(".incidents tr[data-key]", has_text="one leg has 60").first.wait_for()
    await page.get_by_role("button", name="Trades").click()
    await page.locator(".trades tr[data-key]", has_text="◐ exposed").wait_for()


async def test_with_nothing_the_view_says_what_to_do(page: "Page") -> None:
    await page.goto(VIEW)
    await page.get_by_text("No account is open yet").wait_for()
    await page.get_by_text("Nothing is held").wait_for()
    assert await page.locator("#worth").is_hidden()


@pytest.mark.usefixtures("dealt")
async def test_a_narrow_phone_shows_money_whole(page: "Page") -> None:
    await page.set_viewport_size({"width": 360, "height": 780})
    await page.goto(VIEW)
    await page.locator(".held tr[data-key]").click()
    await page.locator(".held-detail td", has_text="45 ¢").wait_for()
    assert await page.evaluate("document.documentElement.scrollWidth") <= 360
    await page.get_by_role("button", name="Orders", exact=True).click()
    await page.locator(".orders tr[data-key]").wait_for()
    assert await page.evaluate("document.documentElement.scrollWidth") <= 360


async def test_an_incident_of_a_long_word_is_no_wider_than_a_phone(page: "Page", dealt: House) -> None:
    await put(dealt.history, IncidentRow, incident_row(detail=f"polymarket:{'7' * 77} pays 0, expected 1"))
    await page.set_viewport_size({"width": 360, "height": 780})
    await page.goto("/#/risk")
    await page.locator("#incidents", has_text="expected 1").wait_for()
    assert await page.evaluate("document.documentElement.scrollWidth") <= 360
