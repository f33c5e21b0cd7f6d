"""The slate and a game as a browser shows them: both venues on one axis, the path of the price, ladders with what they
hold in common, and what is paid however it ends."""

from datetime import timedelta
from typing import TYPE_CHECKING

import msgspec
import pytest

from app.clock import wall_clock
from app.domain.fees import FeeSchedule
from app.domain.markets import MarketId, VenueId
from app.domain.money import Money, money, price, size
from app.domain.prices import SECOND, Ladder, LaneId, Level, Listed, State, book_id
from app.domain.settlements import Terms
from app.domain.views import Glance, VenueGlance
from app.hot.glances import Point, glance_shown
from app.hot.shown import book_shown, moment
from tests.app.hot.samples import ARSENAL_GAME, CELTICS_GAME, KALSHI, LAKERS, POLYMARKET, link
from tests.routers.houses import House
from tests.routers.test_markets import now

if TYPE_CHECKING:
    from playwright.async_api import Page

LIVE = msgspec.structs.replace(CELTICS_GAME, status="live", period=3, clock="7:42", home_score=78, away_score=75)
KNOWN = Terms(
    overtime=True,
    tie="result",
    window=48,
    late="fair",
    cancelled="fair",
    abandoned=("fair",),
    sources=(("tie", "text"),),
)
HALF = msgspec.structs.replace(KNOWN, cancelled="half")
FEES = {KALSHI: FeeSchedule(taker=70_000, step=10_000), POLYMARKET: FeeSchedule(taker=0)}
GAME = f"/#/games/{CELTICS_GAME.id}"
BEYOND = """[...document.querySelectorAll("main *")]
    .filter((each) => each.getBoundingClientRect().right > 361 && !each.closest(".scroll"))
    .map((each) => `${each.tagName} ${each.getAttribute("class")}`)"""
AXIS = "tr[data-key='{}'] svg.axis"


def glanced(kalshi: str, polymarket: str, edge: Money | None = None, state: State = "fresh") -> Glance:
    """`0.50/0.52`: bid and ask of the home side."""

    def seen(venue: VenueId, text: str) -> VenueGlance:
        bid, ask = text.split("/")
        return VenueGlance(venue, price(bid), price(ask), state)

    return Glance(LIVE, (seen(KALSHI, kalshi), seen(POLYMARKET, polymarket)), 0.53, 0.6, "espn", edge)


async def tell(house: House, glance: Glance) -> None:
    await house.hot.save_glances([glance_shown(glance, wall_clock())], {})


def levels(*told: str) -> tuple[Level, ...]:
    return tuple((price(each.partition("x")[0]), size(each.partition("x")[2])) for each in told)


async def hold(
    house: House,
    venue: VenueId,
    market: str,
    contracts: tuple[str, str],
    bids: tuple[Level, ...],
    asks: tuple[Level, ...],
) -> None:
    first, second = (f"{venue}:{market}:{each}" for each in contracts)
    listed = Listed(book_id(venue, MarketId(market)), venue, MarketId(market), LIVE.id, first, second)  # type: ignore[arg-type]
    at = now()
    ladder = Ladder(listed, bids, asks, at, at, at, lane=LaneId(f"{venue}:1"))
    mirror = await house.hot.open_mirror(venue)
    await mirror.write([book_shown(ladder, at, 3_600 * SECOND, 10, mirror.next_flush())], [], moment(at))
    await mirror.write_lanes({LaneId(f"{venue}:1"): at + 3_600 * SECOND}, wall_clock())  # type: ignore[dict-item]


@pytest.fixture
async def priced(slate: House) -> House:
    """A live game whose venues disagree by more than their fees, and how it came to that."""
    home = [
        msgspec.structs.replace(link(KALSHI, "KX-BOS"), terms=KNOWN, fees=FEES[KALSHI]),
        msgspec.structs.replace(link(KALSHI, "KX-BOS", outcome="no", polarity="no"), terms=KNOWN, fees=FEES[KALSHI]),
        msgspec.structs.replace(link(POLYMARKET, "0xg", outcome="Celtics"), terms=HALF, fees=FEES[POLYMARKET]),
        msgspec.structs.replace(
            link(POLYMARKET, "0xg", outcome="Lakers", team=LAKERS), terms=HALF, fees=FEES[POLYMARKET]
        ),
    ]
    await slate.hot.save_games([LIVE])
    await slate.hot.save_links(LIVE.id, home)
    await hold(slate, KALSHI, "KX-BOS", ("yes", "no"), levels("0.50x400"), levels("0.52x300", "0.53x500"))
    await hold(
        slate, POLYMARKET, "0xg", ("Celtics", "Lakers"), levels("0.57x100", "0.56x150", "0.54x900"), levels("0.58x50")
    )
    began = wall_clock() - timedelta(minutes=5)
    for number in range(20):
        at = int((began + timedelta(seconds=3 * number)).timestamp() * 1000)
        prices = {KALSHI: (5000 + 10 * number, 5200 + 10 * number), POLYMARKET: (5500, 5700)}
        point = Point(at, 70 + number // 5, 70, 3, "9:00", prices, 0.53, 0.6)
        await slate.hot.save_glances([glance_shown(glanced("0.50/0.52", "0.57/0.58"), wall_clock())], {LIVE.id: point})
    return slate


async def test_both_venues_lie_on_one_axis_and_a_gap_is_lit(page: "Page", slate: House) -> None:
    await page.goto("/")
    await page.locator(".live-state.is-live").wait_for()
    await tell(slate, glanced("0.50/0.52", "0.57/0.58", money("0.0321")))
    axis = page.locator(AXIS.format(LIVE.id))
    await axis.locator(".gap").wait_for()
    assert await axis.get_attribute("aria-label") == "Home win in cents: Polymarket 57/58, Kalshi 50/52"
    bars = await axis.locator(".bar").evaluate_all(
        "(all) => all.map((bar) => [bar.dataset.venue, bar.x.baseVal.value])"
    )
    assert sorted(bars) == [["kalshi", 50], ["polymarket", 57]]
    row = page.locator(f"tr[data-key='{LIVE.id}']")
    said = " ".join((await row.inner_text()).split())
    for part in ("LIVE Q3 7:42", "75 – 78", "57/58", "50/52", "▲+3.2 ¢"):
        assert part in said, (part, said)
    assert await row.locator(".dot.fresh").count() == 2
    await tell(slate, glanced("0.50/0.52", "0.51/0.53", money("-0.028")))
    await row.locator(".edge", has_text="−2.8 ¢").wait_for()
    assert await axis.locator(".gap").count() == 0


async def test_a_price_in_doubt_is_hatched_and_a_stale_one_is_a_ring(page: "Page", slate: House) -> None:
    await tell(slate, glanced("0.50/0.52", "0.57/0.58", state="quarantined"))
    await page.goto("/")
    row = page.locator(f"tr[data-key='{LIVE.id}']")
    await row.locator(".dot.quarantined").first.wait_for()
    assert await row.locator(".bar.quarantined").count() == 2
    assert await row.locator(".gap").count() == 0
    assert "in doubt" in str(await row.locator(".dot").first.get_attribute("aria-label"))
    assert await page.locator(f"tr[data-key='{ARSENAL_GAME.id}'] .axis-cell").inner_text() == "–"


async def test_the_path_of_the_price_is_drawn_with_the_scores(page: "Page", priced: House) -> None:
    assert priced.hot
    await page.goto(GAME)
    await page.locator(".js-plotly-plot .main-svg").first.wait_for()
    figure = page.locator(".chart-figure")
    said = str(await figure.get_attribute("aria-label"))
    assert "Boston Celtics winning cost over time, 20 points and 3 scores" in said
    names = await page.locator(".js-plotly-plot .legendtext").all_text_contents()
    assert names == ["Polymarket", "Kalshi", "Fair value", "Score"]
    assert await page.locator("style").count() == 0  # nothing is written into the page
    assert await page.title() == "LAL at BOS · Crosscourt"


async def test_what_both_ladders_hold_in_common_is_shaded_with_what_it_leaves(page: "Page", priced: House) -> None:
    assert priced.hot
    await page.goto(GAME)
    words = page.locator(".common-words", has_text="contracts in common")
    await words.wait_for()
    said = " ".join((await words.inner_text()).split())
    assert said.startswith("300 contracts in common: yes on K and no on P leave ▲+$6.76 after fees")
    shaded = await page.locator(".is-common .price").all_inner_texts()
    assert shaded == ["57", "56", "54", "52"]  # three bids there, one ask here: fees eat what the next would leave
    worst = page.locator(".payoff .is-worst")
    await worst.first.wait_for()
    assert await page.locator(".card tr", has_text="Cancelled").locator(".finding.differs").count() == 1
    assert await page.locator(".card tr", has_text="Overtime").locator(".finding.agrees").count() == 1
    weight = await worst.first.locator("td").first.evaluate("(cell) => getComputedStyle(cell).fontWeight")
    assert weight == "700"
    await page.select_option(".market select", "Los Angeles Lakers win")
    await page.get_by_text("One venue alone lists this").wait_for()


async def test_a_table_is_filtered_and_keeps_its_rows(page: "Page", priced: House) -> None:
    assert priced.hot
    await page.goto(GAME)
    rows = page.locator(".contracts tr[data-key]")
    await rows.first.wait_for()
    assert await rows.count() == 4
    await page.get_by_label("Filter contracts").fill("kalshi no")
    await page.wait_for_function("document.querySelectorAll('.contracts tr[data-key]').length === 1")
    await page.get_by_label("Filter contracts").fill("nothing at all")
    await page.get_by_text("None of 4 rows holds").wait_for()


async def test_a_game_fits_a_phone(page: "Page", priced: House) -> None:
    assert priced.hot
    await page.set_viewport_size({"width": 360, "height": 780})
    await page.goto(GAME)
    await page.locator(".js-plotly-plot .main-svg").first.wait_for()
    await page.locator(".payoff .is-worst").first.wait_for()
    assert await page.evaluate(BEYOND) == []


async def test_the_charts_library_comes_from_the_package_and_is_kept(house: House) -> None:
    found = await house.ask.get("/page/plotly.js")
    assert found.status_code == 307
    whole = await house.ask.get(found.headers["location"])
    assert (whole.status_code, "immutable" in whole.headers["cache-control"]) == (200, True)
    assert b"plotly.js v" in whole.content[:100]


async def test_what_nobody_repeats_grows_stale_before_our_eyes(page: "Page", slate: House) -> None:
    await page.goto("/")
    await page.locator(".live-state.is-live").wait_for()
    await tell(slate, glanced("0.50/0.52", "0.57/0.58", money("0.0321")))
    row = page.locator(f"tr[data-key='{LIVE.id}']")
    await row.locator(".dot.fresh").first.wait_for()
    await row.locator(".dot.stale").first.wait_for()
    assert await row.locator(".gap").count() == 0
    assert (await row.locator(".edge").inner_text()).strip() == "–"
