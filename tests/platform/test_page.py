"""The page on the running platform, walked as a person does: each view is seen and keeps nobody out, prices move, and
halting, teaching and selling work; after a restart it goes on by itself.

One platform for all; the last test ends it.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from tests.platform.page_walks.slates import WALKS
from tests.platform.platforms import PATIENCE, Json, Platform, data_folder, eventually, running
from tests.routers.browsers import CHROMIUM, HAS_CHROMIUM

sync_api = pytest.importorskip("playwright.sync_api", reason="Playwright's Python package is not installed")
axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe's Python package is not installed")

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Locator, Page

pytestmark = pytest.mark.skipif(not HAS_CHROMIUM, reason=f"no Chromium at {CHROMIUM}")

CYCLE = 4  # seconds between two searches of one place
GIVEN = {"DISCOVERY__SEARCH_EVERY": str(CYCLE), "REPORTS__EVERY": "20s"}
SLATE = ("--games", 44, "--speed", 10, "--seed", 7)  # with a home side by a name that nobody knows
VIEWS = {
    "slate": ".slate tr[data-key]",
    "signals": "button.stage",
    "positions": ".waterfall",
    "match": ".unmatched tr[data-key]",
    "risk": ".caps",
    "reports": "h1",
    "health": ".workers tr[data-key]",
}


class Looked:
    """The running platform, and a browser's page of it that may do everything."""

    def __init__(self, up: Platform, page: "Page") -> None:
        self.up = up
        self.page = page
        self.complaints: list[str] = []
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", lambda said: self.complaints.append(said.text) if "Content Security" in said.text else None)

    def at(self, address: str, part: str) -> "Locator":
        """Go there, and wait for a part of it."""
        self.page.goto("about:blank")
        self.page.goto(f"/{address}")
        self.page.locator(part).first.wait_for()
        return self.page.locator(part)

    def addresses(self) -> dict[str, tuple[str, str]]:
        """Every view, a game and a signal, with a part that is there once it is drawn."""
        found = {name: (f"#/{name}", part) for name, part in VIEWS.items()}
        game = next(each["id"] for each in self.up.get("/games?limit=500")["items"] if each["status"] == "live")
        (signal,) = self.up.get("/signals?kept=true&limit=1")["items"]
        return {**found, "game": (f"#/games/{game}", "h1"), "signal": (f"#/signals/{signal['id']}", ".checks")}


@pytest.fixture(scope="module")
def up() -> Iterator[Platform]:
    with data_folder() as folder, running(folder, "--sandbox", *SLATE, given=GIVEN) as started:
        eventually(lambda: started.get("/positions?held=true&limit=1")["items"])
        eventually(lambda: radar(started))
        yield started


@pytest.fixture(scope="module")
def browser() -> Iterator["Browser"]:
    with sync_api.sync_playwright() as p:
        opened = p.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox"])
        yield opened
        opened.close()


@pytest.fixture(scope="module")
def session(up: Platform, browser: "Browser") -> Json:
    """What a browser keeps that has come in by the one-time link which the start has printed."""
    link = eventually(lambda: next((word for word in up.said.split() if "/open?code=" in word), ""))
    context = browser.new_context(base_url=str(up.http.base_url))
    context.new_page().goto(f"/open?{link.partition('?')[2]}")
    kept = context.storage_state()
    context.close()
    return kept


@contextmanager
def looking(up: Platform, browser: "Browser", session: Json, **given: Any) -> Iterator[Looked]:
    """Whatever the browser complains about fails the test."""
    url, size = str(up.http.base_url), {"width": 1440, "height": 900}
    context = browser.new_context(base_url=url, storage_state=session, **{"viewport": size, **given})
    page = context.new_page()
    page.set_default_timeout(PATIENCE * 1000)
    looked = Looked(up, page)
    yield looked
    context.close()
    assert looked.complaints == []


@pytest.fixture
def looked(up: Platform, browser: "Browser", session: Json) -> Iterator[Looked]:
    with looking(up, browser, session) as found:
        yield found


def radar(up: Platform) -> list[Json]:
    return list(up.get("/match/unmatched?code=unknown_team&limit=500")["items"])


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_no_view_keeps_anybody_out(up: Platform, browser: "Browser", session: Json, theme: str) -> None:
    wrong: dict[str, list[Json]] = {}
    with looking(up, browser, session, color_scheme=theme, reduced_motion="reduce") as looked:
        for name, (address, part) in looked.addresses().items():
            looked.at(address, part)
            found = axe.Axe().run(looked.page).response["violations"]
            wrong |= {f"{name} {each['id']}": [node["html"] for node in each["nodes"]][:3] for each in found}
    assert wrong == {}, json.dumps(wrong, indent=1)


def test_a_narrow_phone_shows_every_view_whole(up: Platform, browser: "Browser", session: Json) -> None:
    widths = {}
    with looking(up, browser, session, viewport={"width": 360, "height": 780}) as looked:
        for name, (address, part) in looked.addresses().items():
            looked.at(address, part)
            widths[name] = looked.page.evaluate("document.documentElement.scrollWidth")
    assert {name: width for name, width in widths.items() if width > 360} == {}


@pytest.mark.parametrize("walk", WALKS, ids=lambda walk: walk.__name__)
def test_the_slate_and_a_game_do_what_a_person_expects(looked: Looked, walk: Callable[["Page"], None]) -> None:
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


def test_a_name_that_is_taught_on_the_page_links_what_was_unmatched(looked: Looked) -> None:
    traps = httpx.get(f"{looked.up.sandbox_url()}/traps").json()["traps"]
    trap = next(each for each in traps if each["trap"] == "unknown_name")
    row = looked.at("#/match", ".unmatched tr[data-key]").filter(has_text=trap["alias"]).first
    row.click()
    form = looked.page.locator(".unmatched .detail form")
    assert form.get_by_label("Name").input_value() == trap["alias"]
    assert form.get_by_label("Sport").input_value() == trap["league"]
    form.get_by_label("Team").fill(trap["team"])
    form.get_by_role("button", name="Add alias").click()
    looked.page.locator(".aliases tr[data-key]", has_text=trap["alias"]).wait_for()
    assert eventually(lambda: looked.up.get(f"/games/{trap['game']}/links")["links"], 10 * CYCLE)
    assert eventually(lambda: not [each for each in radar(looked.up) if trap["alias"] in each["detail"]], 10 * CYCLE)


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


def test_the_page_goes_on_by_itself_after_a_restart(up: Platform, browser: "Browser", session: Json) -> None:
    with looking(up, browser, session) as looked:
        looked.at("#/slate", VIEWS["slate"])
        up.interrupt()
        looked.page.locator("#banner", has_text="Crosscourt does not answer").wait_for()
        with closing(Platform(up.data_dir, "--sandbox", *SLATE, "--port", up.port, given=GIVEN)) as again:
            again.http = httpx.Client(base_url=up.http.base_url, timeout=PATIENCE)
            again.wait()
            looked.page.locator("#banner").wait_for(state="hidden")
            looked.page.locator(VIEWS["slate"]).first.wait_for()
