"""Pictures of every view of the page: light, dark and as wide as a phone.

`make screenshots` plays a seeded evening on the sandbox until there is something to see and writes them to
docs/screenshots; `--url` looks at a platform that runs already.
"""

import argparse
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

import httpx
from playwright.sync_api import sync_playwright

from tests.platform.platforms import Json, eventually, platform
from tests.routers.browsers import CHROMIUM, PATIENCE

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "screenshots"
WIDE, PHONE = {"width": 1440, "height": 900}, {"width": 390, "height": 844}
SHOTS = {"dark": ("dark", WIDE), "light": ("light", WIDE), "phone": ("dark", PHONE)}
SETTLES = 2_500  # milliseconds: every question of a view is answered
SEED, GAMES, SPEED = 7, 40, 10
PLAYED = 120  # seconds, so that the day has something to tell and the first games are still played
GIVEN = {"REPORTS__EVERY": "60s"}


def views_of(ask: httpx.Client) -> dict[str, str]:
    """What is looked at, by the name of its file."""
    views = {name: f"#/{name}" for name in ("slate", "signals", "positions", "match", "risk", "reports", "health")}
    views["match"] += "?target=Miami&candidate=Miami+(OH)&sport=ncaab"
    if game := busiest_game(ask):
        views["game"] = f"#/games/{quote(game)}"
    if kept := ask.get("/signals?kept=true&limit=1").json()["items"]:
        views["signal"] = f"#/signals/{quote(kept[0]['id'])}"
    return views


def busiest_game(ask: httpx.Client) -> str | None:
    """The one that most is held of; else one that is played."""
    held: list[Json] = ask.get("/positions?held=true&limit=500").json()["items"]
    names = [each["game_id"] for each in held]
    live = [each["id"] for each in ask.get("/games?limit=500").json()["items"] if each["status"] == "live"]
    return max(names, key=names.count) if names else next(iter(live), None)


def shoot(page: "Page", address: str, file: Path, *, whole: bool) -> None:
    page.goto("about:blank")
    page.goto(f"/{address}")
    page.wait_for_timeout(SETTLES)
    page.wait_for_function("!document.querySelector('.waiting')")
    page.wait_for_timeout(SETTLES / 5)
    page.screenshot(path=file, full_page=whole)


def shoot_all(browser: "Browser", url: str, folder: Path, only: set[str], *, whole: bool) -> None:
    """Every view in every way of looking at it."""
    with httpx.Client(base_url=url, timeout=60) as ask:
        views = {name: at for name, at in views_of(ask).items() if not only or name in only}
    for way, (theme, size) in SHOTS.items():
        page = browser.new_page(base_url=url, viewport=size, color_scheme=theme, reduced_motion="reduce")
        page.set_default_timeout(PATIENCE)
        for name, address in views.items():
            shoot(page, address, folder / f"{name}-{way}.png", whole=whole)
        page.close()


@contextmanager
def something_to_see(url: str | None) -> Iterator[str]:
    """The running platform, or one of our own that has played for a while."""
    if url:
        yield url
        return
    with platform("--sandbox", "--seed", SEED, "--games", GAMES, "--speed", SPEED, given=GIVEN) as up:
        eventually(lambda: up.get("/positions?limit=1")["items"])
        time.sleep(PLAYED)
        eventually(lambda: up.get("/analytics/daily")["days"])
        yield str(up.http.base_url)


def main() -> None:
    """Write them, and say where."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--url", help="a platform that runs already")
    asked.add_argument("--folder", type=Path, default=FOLDER)
    asked.add_argument("--only", action="append", default=[], help="one view by its name")
    asked.add_argument("--whole", action="store_true", help="as long as the view is, not as high as a screen")
    given = asked.parse_args()
    given.folder.mkdir(parents=True, exist_ok=True)
    with something_to_see(given.url) as url, sync_playwright() as p:
        browser = p.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox"])
        shoot_all(browser, url, given.folder, set(given.only), whole=given.whole)
        browser.close()
    print(f"{len(list(given.folder.glob('*.png')))} pictures in {given.folder}")


if __name__ == "__main__":
    main()
