"""The page as a browser sees it, over a real server: rows, keys, escaping, states; and what it is made of."""

import re
from importlib.resources import files
from typing import TYPE_CHECKING

import msgspec

from app.domain.teams import Reason
from app.matching.inversions import rejected
from tests.app.hot.samples import CELTICS_GAME, KALSHI, NBA, NOW, POLYMARKET, PROVISIONAL_GAME, left_out, link
from tests.routers.houses import House

if TYPE_CHECKING:
    from playwright.async_api import Page

NASTY = "<img src=x onerror=\"document.title='owned'\"> & <b>bold</b>"


async def test_a_game_is_opened_by_keys_and_shows_why(page: "Page") -> None:
    await page.goto("/")
    row = page.locator("tr[data-key]", has_text="Boston Celtics").first
    await row.wait_for()
    assert await page.locator("tr[data-key]").count() == 3
    assert await page.locator("#mode").inner_text() == "PAPER"
    await page.keyboard.press("j")
    assert await page.evaluate("document.activeElement.dataset.key") is not None
    await page.locator(f"tr[data-key='{CELTICS_GAME.id}']").focus()
    await page.keyboard.press("Enter")
    await page.locator(".bug").wait_for()
    assert await page.locator(".group").first.inner_text() == "Boston Celtics win"
    await page.keyboard.press("j")
    await page.keyboard.press("Enter")
    assert "Boston = Boston Celtics" in await page.locator(".reasons").first.inner_text()
    await page.keyboard.press("Escape")
    await page.locator("h1", has_text="Slate").wait_for()


async def test_a_venues_title_stays_text(page: "Page", slate: House) -> None:
    nasty = msgspec.structs.replace(link(KALSHI, "KX-BAD"), title=NASTY, outcome=NASTY)
    await slate.hot.save_links(CELTICS_GAME.id, [nasty])
    await slate.hot.save_left_out(
        KALSHI, NBA, [msgspec.structs.replace(left_out(1), title=NASTY, detail=NASTY, game_id=CELTICS_GAME.id)]
    )
    await page.goto(f"/#/games/{CELTICS_GAME.id}")
    await page.get_by_text("<b>bold</b>").first.wait_for()
    await page.goto("/#/match")
    await page.get_by_text("<b>bold</b>").first.wait_for()
    assert await page.locator("main b", has_text="bold").count() == 0
    assert await page.title() == "Match · Crosscourt"


async def test_what_overrules_a_link_is_seen_beside_it_and_with_who_said_so(page: "Page", slate: House) -> None:
    alarm = Reason("price", "differs", "trades at 0.85: one of them is on the wrong side")
    said, rung = link(POLYMARKET, "0xml", outcome="Celtics"), rejected(link(KALSHI, "KX-ML"), alarm)
    await slate.hot.save_links(CELTICS_GAME.id, [said, rung])
    await slate.resources.recorder.record_links([said, rung], NOW)
    path = "/match/links/polymarket:0xml:Celtics/override"
    given = {"verdict": "rejected", "reason": NASTY}
    assert (await slate.ask.post(path, json=given, headers=slate.as_admin)).status_code == 200
    await page.goto(f"/#/games/{CELTICS_GAME.id}")
    await page.get_by_text("price: trades at 0.85: one of them").first.wait_for()
    await page.get_by_text("override: key admin says rejected: <img").first.wait_for()
    await page.goto("/#/match")
    row = await page.locator(".overrides tr[data-key]").inner_text()
    assert all(part in row for part in ("rejected", "Boston Celtics win", "<b>bold</b>", "in force", "key admin"))
    assert await page.locator("main b", has_text="bold").count() == 0


async def test_news_leave_a_half_typed_alias_alone(page: "Page", slate: House) -> None:
    unknown = [left_out(number, "unknown_team") for number in (1, 2)]
    await slate.hot.save_left_out(KALSHI, NBA, unknown)
    await page.clock.install()
    await page.goto("/#/match")
    rows = page.locator(".unmatched tr[data-key]")
    await rows.first.wait_for()
    for at in (0, 1):
        await rows.nth(at).click()
    ids = await page.evaluate("[...document.querySelectorAll('[id]')].map((each) => each.id)")
    assert len(ids) == len(set(ids))
    box = page.get_by_placeholder("Name as the venue writes it").first
    await box.fill("The Sham")
    told = [msgspec.structs.replace(each, detail="told anew") for each in (*unknown, left_out(3, "future"))]
    await slate.hot.save_left_out(KALSHI, NBA, told)
    await page.clock.run_for(16_000)
    await page.get_by_text("told anew").first.wait_for()
    assert await box.input_value() == "The Sham"
    assert await box.evaluate("(element) => element === document.activeElement")


async def test_an_address_that_is_no_proper_escape_is_answered(page: "Page") -> None:
    await page.goto("/#/games/%E0%A4%A")
    await page.locator(".notice h2", has_text="no such thing").wait_for()


async def test_live_games_come_first_and_a_long_name_keeps_off_the_score(page: "Page", slate: House) -> None:
    live = msgspec.structs.replace(
        PROVISIONAL_GAME, status="live", home_score=128, away_score=131, start=PROVISIONAL_GAME.start.replace(year=2027)
    )
    await slate.hot.save_games([live])
    await page.set_viewport_size({"width": 360, "height": 780})
    await page.goto("/")
    row = page.locator("tr[data-key]").first
    await row.wait_for()
    assert await row.get_attribute("data-key") == live.id
    gaps = await row.evaluate(
        """(row) => {
            const range = document.createRange();
            const box = (name) => {
                const cell = row.querySelector(name);
                range.selectNodeContents(cell);
                const [text, own] = [range.getBoundingClientRect(), cell.getBoundingClientRect()];
                const style = getComputedStyle(cell);
                return [
                    Math.max(text.left, own.left + parseFloat(style.paddingLeft)),
                    Math.min(text.right, own.right - parseFloat(style.paddingRight)),
                ];
            };
            const [away, score, home] = [box(".away"), box(".score"), box(".home")];
            return [score[0] - away[1], home[0] - score[1]];
        }"""
    )
    assert min(gaps) >= 6, gaps


async def test_the_matcher_answers_as_one_types(page: "Page") -> None:
    await page.goto("/#/match")
    await page.fill("#target", "Celtics")
    await page.fill("#candidate", "Boston Celtics")
    assert "One team" in await page.locator(".decision").inner_text()
    await page.select_option("#sport", "ncaab")
    await page.fill("#target", "Miami")
    await page.fill("#candidate", "Miami Hurricanes")
    await page.locator(".decision", has_text="Ambiguous").wait_for()
    assert await page.locator(".chips button", has_text="Miami (OH) RedHawks").count() == 1


async def test_a_silent_worker_and_a_silent_server_are_seen(page: "Page") -> None:
    await page.goto("/#/health")
    await page.get_by_text("Not ready").wait_for()
    assert await page.locator("#feed.is-stale").count() == 1
    assert await page.locator(".beat.missing").count() == await page.locator(".workers tr[data-key]").count() > 0
    await page.context.set_offline(True)
    await page.locator("#banner", has_text="does not answer").wait_for()
    await page.context.set_offline(False)
    await page.locator("#banner").wait_for(state="hidden")


async def test_search_finds_teams_through_the_matcher(page: "Page") -> None:
    await page.goto("/")
    await page.locator("tr[data-key]").first.wait_for()
    await page.keyboard.press("/")
    await page.keyboard.type("Gunners")
    await page.locator(".count", has_text="1 games").wait_for()
    assert "Arsenal" in await page.locator("tr[data-key]").inner_text()


async def test_a_narrow_phone_shows_every_view_whole(page: "Page") -> None:
    await page.set_viewport_size({"width": 360, "height": 780})
    for view in ("/", f"/#/games/{CELTICS_GAME.id}", "/#/match", "/#/health", "/docs"):
        await page.goto("about:blank")  # so that nothing of the view before is taken for this one
        await page.goto(view)
        await page.locator("main h1, main h2, main .bug").first.wait_for()
        assert await page.evaluate("document.documentElement.scrollWidth") <= 360, view


async def test_the_document_is_read_aloud_with_no_other_host(page: "Page") -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    await page.goto("/docs")
    await page.locator("article").first.wait_for()
    assert await page.locator("article").count() > 15
    await page.locator("#match_pair button.run").click()
    await page.locator("#match_pair h4", has_text="200 OK").wait_for()
    assert all(url.startswith("http://127.0.0.1:") for url in asked)


async def test_parts_are_served_with_their_type_and_tag(house: House) -> None:
    for path, kind in (("/", "text/html"), ("/page/page.js", "text/javascript"), ("/page/icon.svg", "image/svg+xml")):
        answer = await house.ask.get(path)
        assert answer.headers["content-type"].startswith(kind)
        again = await house.ask.get(path, headers={"if-none-match": answer.headers["etag"]})
        assert again.status_code == 304
    assert (await house.ask.get("/page/..%2f..%2fpyproject.toml")).status_code == 404
    assert (await house.ask.get("/page/none.js")).status_code == 404


def test_no_part_reads_markup_or_names_another_host() -> None:
    for part in files("routers").joinpath("page").iterdir():
        text = part.read_text()
        assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(", text), part.name
        hosts = set(re.findall(r"https?://[\w.]+", text)) - {"http://www.w3.org"}
        assert not hosts, f"{part.name} names {hosts}"


async def test_a_name_is_taught_where_it_is_missing_and_taken_back_from_the_book(page: "Page", slate: House) -> None:
    said = "'Leprechaun Squad / LSQ' answers to no known team"
    await slate.hot.save_left_out(
        KALSHI, NBA, [msgspec.structs.replace(left_out(1, "unknown_team"), detail=said, event_id="KXNBAGAME-26JAN09")]
    )
    await page.goto(f"/open?code={await slate.hot.offer_code()}")
    await page.goto("/#/match")
    await page.locator(".unmatched tr[data-key]").click()
    form = page.locator(".unmatched .detail form")
    assert await form.get_by_label("Name").input_value() == "Leprechaun Squad"
    assert await form.get_by_label("Sport").input_value() == "nba"
    await form.get_by_label("Team").fill("Celtics")
    await form.get_by_text("Boston Celtics").wait_for()
    await form.get_by_role("button", name="Add alias").click()
    taught = page.locator(".aliases tr[data-key]", has_text="Leprechaun Squad")
    row = await taught.inner_text()
    assert all(part in row for part in ("Boston Celtics", "the page")), row
    await taught.get_by_role("button", name="Take Leprechaun Squad back").click()
    await page.get_by_text("Nobody has taught a name yet").wait_for()
