"""Signals as a browser shows them: why there are none, the newest, one of them whole, and the button that ends it."""

import asyncio
from typing import TYPE_CHECKING

import msgspec
import pytest

from app.clock import moment_of, nanos_of
from app.domain.prices import Nanos
from app.domain.signals import Check
from app.history.risk import list_halts
from app.history.signals import Recorded, write_signals
from app.history.trading_tables import TradeRow
from app.hot.signal_shown import signal_shown
from tests.app.history.judged import FOUND_AT, funnel, judged, refused, signal
from tests.app.hot.samples import CELTICS_GAME
from tests.routers.dealings import put, trade_row
from tests.routers.houses import House

if TYPE_CHECKING:
    from playwright.async_api import Locator, Page

NASTY = "<img src=x onerror=\"document.title='owned'\"> & <b>bold</b>"
ROWS = ".signals tr[data-key]"


@pytest.fixture
async def found(slate: House) -> House:
    """One signal that was kept and one that was refused, of the sandbox."""
    over = msgspec.structs.replace(refused(2), detail=NASTY, checks=(Check("max_per_game", False, NASTY),))
    await write_signals(slate.history, [Recorded(judged(1)), Recorded(over, like_it=12)], "simulated")
    await slate.hot.save_funnel("one", funnel(3), seconds=600)
    return slate


async def say(house: House, number: int, **changed: object) -> None:
    """A kept signal, over /ws alone."""
    told = msgspec.json.encode(signal_shown(signal(number, **changed), is_simulated=True))
    await house.hot.say_update("signals", told)


async def names_of(stages: "Locator") -> list[str | None]:
    return [await stage.get_attribute("aria-label") for stage in await stages.all()]


@pytest.mark.usefixtures("found")
async def test_the_funnel_tells_what_gets_where_and_a_stage_its_reasons(page: "Page") -> None:
    await page.goto("/#/signals")
    stages = page.locator("button.stage")
    await page.get_by_role("button", name="edge: 6 combinations get here, 2 let go now, 6 since the start").wait_for()
    names = await names_of(stages)
    assert names[0] == "games: 3 games get here, 2 let go now, 2 since the start"
    assert names[1:3] == [
        "linked: 7 combinations get here, 0 let go now, 0 since the start",
        "fresh: 7 combinations get here, 1 let go now, 3 since the start",
    ]
    assert names[-2:] == [
        "sent: 4 combinations get here, 1 signals since the start",
        "filled: 0 of 1 signals that were sent since the start, 0 otherwise",
    ]
    await stages.nth(2).click()
    assert await stages.nth(2).get_attribute("aria-expanded") == "true"
    reason = page.locator(".stops tr[data-key]")
    said = await reason.inner_text()
    assert all(part in said for part in ("stale", "1", "3", "LAL at BOS", "polymarket is 3.1 s old")), said
    await reason.click()
    await page.get_by_text("No signal of this kind").wait_for()
    await page.get_by_role("button", name="Show all signals").click()
    await page.locator(ROWS).nth(1).wait_for()


async def test_the_funnel_ends_with_how_trades_ended_and_leads_to_the_last(page: "Page", found: House) -> None:
    said = {"signal_id": "a-1", "began_at": moment_of(Nanos(FOUND_AT + 1))}
    rows = [trade_row("t-1", "hedged", **said), trade_row("t-2", "missed", **said)]
    await put(found.history, TradeRow, *rows)
    await page.goto("/#/signals")
    await page.get_by_role("button", name="filled: 1 of 1 signals that were sent since the start, 1 otherwise").click()
    await page.locator(".stops tr[data-key=hedged]", has_text="every leg was bought").click()
    await page.get_by_role("heading", name="LAL at BOS").wait_for()


@pytest.mark.usefixtures("found")
async def test_the_newest_are_listed_in_short_kept_or_refused(page: "Page") -> None:
    await page.goto("/#/signals")
    await page.locator(ROWS, has_text="LAL at BOS").wait_for()
    (kept,) = await page.locator(ROWS).all_inner_texts()
    for part in ("cross venue", "BOS @ 46 K + LAL @ 50 P", "60", "$57.60", "+$0.60", "tail", "−$29.40", "✓ sent"):
        assert part in kept.replace("\n", " "), (part, kept)
    await page.get_by_role("button", name="Refused").click()
    row = page.locator(ROWS, has_text="risk: max per game")
    assert "+12" in await row.inner_text()
    await page.get_by_role("button", name="All", exact=True).click()
    await page.locator(ROWS).nth(1).wait_for()


@pytest.mark.usefixtures("found")
async def test_one_is_opened_by_keys_and_shown_whole(page: "Page") -> None:
    await page.goto("/#/signals")
    await page.locator(ROWS, has_text="LAL at BOS").wait_for()
    await page.keyboard.press("j")
    await page.keyboard.press("Enter")
    await page.get_by_role("heading", name="LAL at BOS").wait_for()
    assert await page.evaluate("location.hash") == "#/signals/a-1"
    whole = await page.locator("main").inner_text()
    parts = ("SIMULATED", "✓ sent", "+$0.60", "$59.40", "0.07 × p(1−p)", "series KXNBAGAME: quadratic", "250 ms")
    for part in (*parts, "46 ¢ × 80", "cancelled: 0.1 % of games", "a-1", "version 3", "58.99 of 250"):
        assert part in whole, part
    worst = page.locator(".payoffs .is-worst")
    assert "−$29.40" in await worst.inner_text()
    assert await worst.locator("b").inner_text() == "cancelled: half, fair as if away won (worst)"
    assert await page.locator(".checks .agrees").count() == await page.locator(".checks li").count() == 2
    clocks = await page.locator(".leg-table time").evaluate_all("(all) => all.map((each) => each.dateTime)")
    assert clocks == ["2026-01-11T01:30:00.123456Z"] * 6
    stages = page.locator("table.trace tbody th")
    assert await stages.all_inner_texts() == ["The venue's book became so", "Heard of", "Signal found", "Judged"]
    assert await page.get_by_role("meter", name="Signal found").get_attribute("high") == "0.5"
    await page.keyboard.press("Escape")
    await page.get_by_role("heading", name="Signals").wait_for()


@pytest.mark.usefixtures("found")
async def test_a_refused_one_names_its_control_and_words_stay_words(page: "Page") -> None:
    await page.goto("/#/signals/a-2")
    await page.locator(".checks .is-failed", has_text="<b>bold</b>").wait_for()
    assert "✗ risk: max per game" in await page.locator(".verdict-line").inner_text()
    assert await page.locator("main b", has_text="bold").count() == 0
    assert await page.title() == "Signal · Crosscourt"
    await page.goto("/#/signals/none")
    await page.locator(".notice", has_text="no signal none").wait_for()


async def test_one_that_is_found_now_comes_without_being_asked_for(page: "Page", found: House) -> None:
    await page.goto("/#/signals")
    await page.locator(".live-state", has_text="live").wait_for()
    await page.locator(ROWS).first.wait_for()
    await page.route("**/signals?*", lambda route: route.abort())
    await say(found, 7)
    row = page.locator(f"{ROWS}[data-key='a-7']")
    await row.wait_for()
    assert "is-struck" in (await row.get_attribute("class") or "")
    assert await page.locator(ROWS).first.get_attribute("data-key") == "a-7"


async def test_without_its_updates_the_view_says_that_it_asks(page: "Page", found: House) -> None:
    await page.route_web_socket("**/ws", lambda socket: asyncio.ensure_future(socket.close()))
    await page.goto("/#/signals")
    await page.locator(ROWS).first.wait_for()
    await page.locator(".live-state", has_text="asked every 4 s").wait_for()
    await write_signals(found.history, [Recorded(judged(8))], "simulated")
    await page.locator(f"{ROWS}[data-key='a-8']").wait_for()


@pytest.mark.parametrize(("motion", "animation"), [("no-preference", "strike"), ("reduce", "none")])
async def test_a_games_row_lights_up_once_and_says_the_edge(
    page: "Page", slate: House, motion: str, animation: str
) -> None:
    await page.emulate_media(reduced_motion=motion)
    await page.goto("/")
    row = page.locator(f"tr[data-key='{CELTICS_GAME.id}']")
    await row.wait_for()
    await page.evaluate("""() => new MutationObserver(() => {
        const row = document.querySelector("tr.is-struck");
        if (row) globalThis.struck = [row.dataset.key, getComputedStyle(row).animationName];
    }).observe(document.querySelector("main"), { childList: true, subtree: true, attributeFilter: ["class"] })""")
    await page.wait_for_timeout(500)  # until /ws is followed, which the slate does not show
    await say(slate, 7, found_at=nanos_of(slate.resources.clock()))  # the slate says it for a minute
    await row.locator(".edge", has_text="+1 ¢").wait_for()
    while (struck := await page.evaluate("globalThis.struck")) is None:
        await page.wait_for_timeout(50)  # the row is drawn in one frame, and lights up in the next
    assert struck == [CELTICS_GAME.id, animation]


async def test_where_nobody_looks_for_signals_the_view_says_so(page: "Page") -> None:
    await page.goto("/#/signals")
    await page.get_by_text("Nobody looks for signals now").wait_for()
    await page.get_by_text("No signal yet").wait_for()


@pytest.mark.usefixtures("found")
async def test_a_narrow_phone_shows_signals_whole(page: "Page") -> None:
    await page.set_viewport_size({"width": 360, "height": 780})
    for view, part in (("/#/signals", ROWS), ("/#/signals/a-1", ".leg-table"), ("/#/signals/a-2", ".checks")):
        await page.goto("about:blank")
        await page.goto(view)
        await page.locator(part).first.wait_for()
        assert await page.evaluate("document.documentElement.scrollWidth") <= 360, view


async def test_a_held_button_halts_everything_and_the_page_may_resume(page: "Page", slate: House) -> None:
    await page.goto(f"/open?code={await slate.hot.offer_code()}")
    button = page.locator("#halt")
    await button.click()
    await page.locator("#toast", has_text="Hold it for a second").wait_for()
    assert await list_halts(slate.history) == ()
    await button.hover()
    await page.mouse.down()
    chip = page.locator("#halted", has_text="HALTED everything by the page")
    await chip.wait_for()
    await page.mouse.up()
    (halt,) = await list_halts(slate.history)
    assert (halt.scope, halt.halted_by, halt.reason) == ("all", "the page", "halted by hand, on the page")
    assert await button.is_hidden()
    await chip.click()
    said = await page.locator("#halts").inner_text()
    assert all(part in said for part in ("everything", "by the page", "halted by hand, on the page"))
    await page.get_by_role("button", name="Resume").click()
    await page.get_by_text("Nothing is halted.").wait_for()
    await page.keyboard.press("Escape")
    await button.wait_for()
    assert await list_halts(slate.history) == ()


async def test_a_held_key_halts_too(page: "Page", slate: House) -> None:
    await page.goto(f"/open?code={await slate.hot.offer_code()}")
    await page.locator("tr[data-key]").first.wait_for()
    await page.keyboard.press("Shift+H")
    await page.locator("#toast", has_text="Hold it for a second").wait_for()
    await page.keyboard.down("Shift")
    await page.keyboard.down("H")
    await page.locator("#halted").wait_for()
    await page.keyboard.up("H")
    assert [halt.scope for halt in await list_halts(slate.history)] == ["all"]


async def test_who_has_no_session_sees_halts_and_learns_how_to_act(page: "Page", slate: House) -> None:
    await slate.ask.post("/risk/halt", json={"scope": "league", "name": "nba", "reason": NASTY}, headers=slate.as_admin)
    await page.goto("/")
    await page.locator("#halted", has_text="HALTED league nba by key admin").click()
    dialog = page.locator("#halts")
    await dialog.get_by_text("To resume, open the page by").wait_for()
    assert await page.get_by_role("button", name="Resume").is_disabled()
    assert "<b>bold</b>" in await dialog.inner_text()
    await page.keyboard.press("Escape")
    await page.locator("#halt").hover()
    await page.mouse.down()
    await page.locator("#toast", has_text="To halt, open the page by the page's one-time link").wait_for()
    await page.mouse.up()
    assert [halt.scope for halt in await list_halts(slate.history)] == ["league"]
