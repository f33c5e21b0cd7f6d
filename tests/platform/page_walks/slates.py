"""The slate and a game on a running platform: what a person does there, and what must be seen."""

from playwright.sync_api import Page, expect

from tests.platform.platforms import PATIENCE

MOVES = "(before) => [...document.querySelectorAll('.slate .pair')].map((each) => each.textContent).join() !== before"
PAIRS = "[...document.querySelectorAll('.slate .pair')].map((each) => each.textContent).join()"
PATHS = "document.querySelector('.chart-figure')?.getAttribute('aria-label')"


def prices_move(page: Page) -> None:
    """By themselves, told over /ws, in rows that stay the same rows."""
    page.goto("/#/slate")
    page.locator(".live-state.is-live").first.wait_for()
    row = page.locator(".slate tr[data-key]:has(.dot.fresh)").first
    row.wait_for()
    kept = row.element_handle()
    assert kept is not None
    page.wait_for_function(MOVES, arg=page.evaluate(PAIRS))
    assert kept.evaluate("(row) => row.isConnected")


def a_game_is_opened_by_keys(page: Page) -> None:
    """The path of its price grows, both ladders stand side by side, and what is paid is told."""
    page.goto("/#/slate")
    row = page.locator(".slate tr[data-key]:has(.bar[data-venue='kalshi']):has(.bar[data-venue='polymarket'])").first
    row.wait_for()
    row.focus()
    page.keyboard.press("Enter")
    page.locator(".bug").wait_for()
    page.locator(".js-plotly-plot .main-svg").first.wait_for()
    path = page.evaluate(PATHS)
    expect(page.locator(".ladder .rungs")).to_have_count(2, timeout=PATIENCE * 1000)
    page.locator(".payoff .is-worst").first.wait_for()
    page.wait_for_function(f"(before) => {PATHS} !== before", arg=path)
    page.keyboard.press("Escape")
    page.locator("h1", has_text="Slate").wait_for()


def teams_are_searched_through_the_matcher(page: Page) -> None:
    """A nickname finds its game from wherever one is."""
    page.goto("/#/health")
    page.locator("h1", has_text="Health").wait_for()
    page.keyboard.press("/")
    page.locator("h1", has_text="Slate").wait_for()
    page.locator(".slate tr[data-key]").first.wait_for()
    page.keyboard.type("Celtics")
    page.wait_for_function(
        "[...document.querySelectorAll('.slate tr[data-key]')].every((row) => /Celtics/.test(row.textContent))"
    )


def the_theme_is_kept(page: Page) -> None:
    page.goto("/#/slate")
    before = page.evaluate("document.documentElement.dataset.theme")
    page.locator("#theme").click()
    page.reload()
    page.locator(".slate").wait_for()
    after = page.evaluate("document.documentElement.dataset.theme")
    assert after != before
    page.locator("#theme").click()


WALKS = (prices_move, a_game_is_opened_by_keys, teams_are_searched_through_the_matcher, the_theme_is_kept)
