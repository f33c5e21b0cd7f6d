"""The page on the running platform, walked as a person does: each view is seen and keeps nobody out, prices move, and
halting and selling work; after a restart it goes on by itself. That a name is taught there: test_corrections.py.

The last of the two files that share a small platform: its last test ends it.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import closing

import httpx
import pytest
from axe_playwright_python.sync_playwright import DEFAULT_OPTIONS, Axe
from playwright.sync_api import Browser, Page

from tests.platform.page_walks.slates import WALKS
from tests.platform.platforms import PATIENCE, SMALL, Json, Platform, eventually
from tests.platform.purchases import buys
from tests.platform.viewings import Looked, browsing, let_in, looking, with_chromium

pytestmark = with_chromium

VIEWS = {
    "slate": ".slate tr[data-key]",
    "signals": "button.stage",
    "positions": ".waterfall",
    "match": ".unmatched tr[data-key]",
    "risk": ".caps",
    "reports": "h1",
    "health": ".workers tr[data-key]",
}
PHONE = {"width": 360, "height": 780}
THEMED = {"resultTypes": ["violations"], "runOnly": ["color-contrast"]}  # all that depends on the theme
IN_THE_LIGHT = "document.documentElement.dataset.theme = 'light'"


@pytest.fixture(scope="module")
def up(small: Platform) -> Platform:
    assert eventually(lambda: buys(small), every=1)
    assert eventually(lambda: small.get("/signals?kept=true&limit=1")["items"])
    return small


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with browsing() as opened:
        yield opened


@pytest.fixture(scope="module")
def session(up: Platform, browser: Browser) -> Json:
    """Of one who has come in by the link which the start has printed."""
    return let_in(
        up, browser, eventually(lambda: next((word for word in up.said.split() if "/open?code=" in word), ""))
    )


@pytest.fixture
def looked(up: Platform, browser: Browser, session: Json) -> Iterator[Looked]:
    with looking(up, browser, session) as found:
        yield found


def addresses(up: Platform) -> dict[str, tuple[str, str]]:
    """Every view, a game and a signal, with a part that is there once it is drawn."""
    found = {name: (f"#/{name}", part) for name, part in VIEWS.items()}
    game = next(each["id"] for each in up.get("/games?limit=500")["items"] if each["status"] == "live")
    (signal,) = up.get("/signals?kept=true&limit=1")["items"]
    return {**found, "game": (f"#/games/{game}", "h1"), "signal": (f"#/signals/{signal['id']}", ".checks")}


@pytest.mark.timeout(700)
def test_no_view_keeps_anybody_out(up: Platform, browser: Browser, session: Json) -> None:
    """In the dark; and in the light, as far as that is another thing."""
    wrong: dict[str, list[str]] = {}
    with looking(up, browser, session, color_scheme="dark", reduced_motion="reduce") as looked:
        for name, (address, part) in addresses(up).items():
            looked.at(address, part)
            wrong |= violations(looked.page, name)
            looked.page.evaluate(IN_THE_LIGHT)
            wrong |= violations(looked.page, f"{name} in the light", THEMED)
    assert wrong == {}, json.dumps(wrong, indent=1)


def violations(page: Page, name: str, options: Json = DEFAULT_OPTIONS) -> dict[str, list[str]]:
    found = Axe().run(page, options=options).response["violations"]
    return {f"{name} {each['id']}": [node["html"] for node in each["nodes"]][:3] for each in found}


def test_a_narrow_phone_shows_every_view_whole(up: Platform, browser: Browser, session: Json) -> None:
    widths = {}
    with looking(up, browser, session, viewport=PHONE) as looked:
        for name, (address, part) in addresses(up).items():
            looked.at(address, part)
            widths[name] = looked.page.evaluate("document.documentElement.scrollWidth")
    assert {name: width for name, width in widths.items() if width > PHONE["width"]} == {}


@pytest.mark.parametrize("walk", WALKS, ids=lambda walk: walk.__name__)
def test_the_slate_and_a_game_do_what_a_person_expects(looked: Looked, walk: Callable[[Page], None]) -> None:
    walk(looked.page)


def test_keys_walk_the_views_and_the_rows(looked: Looked) -> None:
    looked.at("#/slate", VIEWS["slate"])
    for number, name in enumerate(VIEWS, start=1):
        looked.page.keyboard.press(str(number))
        looked.page.locator(f".rail a[aria-current=page][data-view={name}]").wait_for()
        looked.page.locator(VIEWS[name]).first.wait_for()
    looked.page.keyboard.press("?")
    looked.page.locator("#help[open]").wait_for()
    looked.page.keyboard.press("Escape")
    looked.page.keyboard.press("2")
    looked.page.locator(".signals tr[data-key]").first.wait_for()
    looked.page.keyboard.press("j")
    looked.page.keyboard.press("Enter")
    looked.page.locator(".checks").wait_for()
    looked.page.keyboard.press("Escape")
    looked.page.locator("button.stage").first.wait_for()


def test_everything_is_halted_by_a_held_button_and_goes_on(looked: Looked) -> None:
    looked.at("#/risk", ".caps")
    looked.page.locator("#halt").hover()
    looked.page.mouse.down()
    looked.page.locator("#halted").wait_for()
    looked.page.mouse.up()
    assert [each["scope"] for each in looked.up.get("/risk")["halts"]] == ["all"]
    listed = looked.page.locator(".halted-list .is-halted", has_text="everything")
    listed.get_by_role("button", name="Resume").click()
    looked.page.get_by_text("Nothing is halted.").wait_for()
    assert looked.up.get("/risk")["halts"] == []


def test_a_position_is_closed_where_it_is_shown(looked: Looked) -> None:
    rows = looked.at("#/positions", ".held tr[data-key]")
    closed = looked.up.get("/positions?held=false&limit=1")["total"]
    for at in range(min(rows.count(), 10)):
        rows.nth(at).get_by_role("button", name="Close").click()
        looked.page.locator("#toast", has_not_text="Asked").wait_for()
        if looked.up.get("/positions?held=false&limit=1")["total"] > closed:
            break
    assert eventually(lambda: looked.up.get("/positions?held=false&limit=1")["total"] > closed, 30)
    looked.page.get_by_role("button", name="Closed").click()
    looked.page.locator(".closed tr[data-key]").first.wait_for()


def test_a_report_of_the_day_is_shown_as_soon_as_it_is_made(looked: Looked) -> None:
    assert eventually(lambda: looked.up.get("/analytics/daily")["days"])
    looked.at("#/reports", ".acceptance")
    said = looked.page.locator(".reports-view").inner_text()
    assert all(part in said for part in ("SIMULATED", "Acceptance", "Where it came from", "Cost a month")), said


def test_the_page_goes_on_by_itself_after_a_restart(up: Platform, browser: Browser, session: Json) -> None:
    with looking(up, browser, session) as looked:
        looked.at("#/slate", VIEWS["slate"])
        up.interrupt()
        looked.page.locator("#banner", has_text="Crosscourt does not answer").wait_for()
        with closing(Platform(up.data_dir, *SMALL, "--port", up.port)) as again:
            again.http = httpx.Client(base_url=up.http.base_url, timeout=PATIENCE)
            again.wait()
            looked.page.locator("#banner").wait_for(state="hidden")
            looked.page.locator(VIEWS["slate"]).first.wait_for()
