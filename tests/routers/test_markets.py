"""What a market costs, from what its monitor left in Redis."""

import pytest

from app.clock import nanos_clock, wall_clock
from app.domain.markets import ContractId, MarketId
from app.domain.money import Price, Size
from app.domain.prices import SECOND, Ladder, LaneId, Listed, Nanos, Quote, book_id
from app.hot.shown import book_shown, moment, quote_shown
from tests.app.hot.samples import CELTICS_GAME, KALSHI, left_out
from tests.routers.houses import House

YES, NO = ContractId("kalshi:KX-BOS:yes"), ContractId("kalshi:KX-BOS:no")
MARKET = MarketId("KX-BOS")
LISTED = Listed(book_id(KALSHI, MARKET), KALSHI, MARKET, CELTICS_GAME.id, YES, NO)
LANE = LaneId("kalshi:1")
PATH = "/markets/kalshi/KX-BOS"
FRESH = 2 * SECOND

now = nanos_clock(wall_clock)


async def hold_book(house: House, proved_at: Nanos, *, depth: int = 20) -> None:
    """As the monitor does."""
    bids = tuple((Price(5_300 - 100 * n), Size(10_000_000 * (n + 1))) for n in range(3))
    asks = ((Price(5_500), Size(310_500_000)),)
    ladder = Ladder(LISTED, bids, asks, proved_at, proved_at, proved_at, 48_211, "3", None, LANE)
    quote = Quote(YES, *bids[0], *asks[0], proved_at, proved_at, proved_at, 48_211, "3", None, LANE)
    mirror = await house.hot.open_mirror(KALSHI)
    quotes = [quote_shown(LISTED, each, now(), FRESH, 1) for each in (quote, quote.mirrored(NO))]
    await mirror.write([book_shown(ladder, now(), FRESH, depth, 1)], quotes, moment(now()))


async def test_a_ladder_carries_the_venues_number_and_its_age_at_reading_time(slate: House) -> None:
    await hold_book(slate, Nanos(now() - SECOND))
    answer = (await slate.ask.get(f"{PATH}/book")).json()
    assert answer["bids"] == [["0.5300", "10"], ["0.5200", "20"], ["0.5100", "30"]]
    assert answer["asks"] == [["0.5500", "310.5"]]
    assert (answer["sequence"], answer["mark"], answer["lane"], answer["state"]) == (48_211, "3", "kalshi:1", "fresh")
    assert (answer["contract_id"], answer["complement_id"]) == (YES, NO)
    assert 1_000 <= answer["age_ms"] < 2_000


async def test_a_ladder_that_was_fresh_when_it_was_written_is_stale_when_nobody_proved_it_since(slate: House) -> None:
    long_ago = Nanos(now() - 5 * SECOND)
    await hold_book(slate, long_ago)
    assert (await slate.ask.get(f"{PATH}/book")).json()["state"] == "stale"
    assert {each["state"] for each in (await slate.ask.get(PATH)).json()["quotes"]} == {"stale"}
    mirror = await slate.hot.open_mirror(KALSHI)
    await mirror.write_lanes({LANE: now()}, moment(now()) or wall_clock())
    proved = (await slate.ask.get(f"{PATH}/book")).json()
    assert (proved["state"], proved["received_at"]) != ("stale", proved["proved_at"])


@pytest.mark.parametrize("outcome", ["no", "NO", NO])
async def test_the_other_outcomes_ladder_is_the_mirror(slate: House, outcome: str) -> None:
    await hold_book(slate, now(), depth=2)
    answer = (await slate.ask.get(f"{PATH}/book", params={"outcome": outcome})).json()
    assert answer["bids"] == [["0.4500", "310.5"]]
    assert answer["asks"] == [["0.4700", "10"], ["0.4800", "20"]]
    assert (answer["bids_beyond"], answer["asks_beyond"]) == (0, 1)
    assert (answer["contract_id"], answer["complement_id"]) == (NO, YES)


async def test_a_market_shows_what_it_speaks_about_and_what_it_costs(slate: House) -> None:
    await hold_book(slate, now())
    answer = (await slate.ask.get(PATH)).json()
    assert answer["game"]["id"] == CELTICS_GAME.id
    assert {each["contract_id"] for each in answer["links"]} == {YES, NO}
    assert {each["contract_id"]: (each["bid"], each["ask"]) for each in answer["quotes"]} == {
        YES: ("0.5300", "0.5500"),
        NO: ("0.4500", "0.4700"),
    }


async def test_a_market_without_a_book_is_shown_without_prices(slate: House) -> None:
    answer = (await slate.ask.get("/markets/polymarket/0xml")).json()
    assert (answer["game"]["id"], answer["quotes"], len(answer["links"])) == (CELTICS_GAME.id, [], 1)


async def test_a_market_that_is_left_out_says_why(slate: House) -> None:
    await slate.hot.save_left_out(KALSHI, CELTICS_GAME.league, [left_out(1)])
    answer = (await slate.ask.get("/markets/kalshi/E-1")).json()
    assert (answer["game"], answer["links"], answer["left_out"][0]["code"]) == (None, [], "prop")


@pytest.mark.parametrize(
    ("path", "remedy"),
    [
        ("/markets/nowhere/KX-BOS", "kalshi"),
        ("/markets/kalshi/KX-NONE", "GET /games"),
        ("/markets/kalshi/KX-BOS/book", "GET /health/workers"),
        ("/markets/nowhere/KX-BOS/book", "kalshi"),
    ],
)
async def test_what_is_not_there_says_where_to_look(slate: House, path: str, remedy: str) -> None:
    answer = await slate.ask.get(path)
    assert answer.status_code == 404
    assert remedy in answer.json()["remedy"]


async def test_an_outcome_that_a_market_has_not_is_named_with_those_it_has(slate: House) -> None:
    await hold_book(slate, now())
    answer = await slate.ask.get(f"{PATH}/book?outcome=perhaps")
    assert (answer.status_code, answer.json()["remedy"]) == (404, "It has: no, yes.")
