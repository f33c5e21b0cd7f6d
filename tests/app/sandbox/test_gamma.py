"""Gamma's endpoints over HTTP."""

import json
import re
from datetime import datetime

import httpx
import pytest


async def every_event(sandbox: httpx.AsyncClient, query: str = "", limit: int = 7) -> list[dict]:
    found: list[dict] = []
    cursor = ""
    while True:
        url = f"/gamma/events/keyset?limit={limit}{query}" + (f"&after_cursor={cursor}" if cursor else "")
        page = (await sandbox.get(url)).json()
        found += page["events"]
        if "next_cursor" not in page:
            return found
        cursor = page["next_cursor"]


async def test_paging_to_the_end_gives_every_event_once(sandbox: httpx.AsyncClient) -> None:
    by_key = await every_event(sandbox)
    at_once = (await sandbox.get("/gamma/events?limit=1000")).json()
    assert [event["id"] for event in by_key] == [event["id"] for event in at_once]
    assert len({event["id"] for event in by_key}) == len(by_key) > 40
    by_offset = [(await sandbox.get(f"/gamma/events?limit=10&offset={offset}")).json() for offset in range(0, 60, 10)]
    assert [event["id"] for page in by_offset for event in page] == [event["id"] for event in by_key]


async def test_page_size_is_20_by_itself_and_100_at_most(sandbox: httpx.AsyncClient) -> None:
    assert len((await sandbox.get("/gamma/events/keyset")).json()["events"]) == 20
    assert len((await sandbox.get("/gamma/markets/keyset?limit=5000")).json()["markets"]) == 100


@pytest.mark.parametrize(
    "query", ["offset=0", "after_cursor=nonsense", "limit=x", "start_time_min=yesterday", "limit=0"]
)
async def test_bad_parameters_are_422(sandbox: httpx.AsyncClient, query: str) -> None:
    assert (await sandbox.get(f"/gamma/events/keyset?{query}")).status_code == 422


async def test_filters_keep_what_fits(sandbox: httpx.AsyncClient) -> None:
    sports = {row["sport"]: row for row in (await sandbox.get("/gamma/sports")).json()}
    nba = await every_event(sandbox, f"&series_id={sports['nba']['series']}")
    assert {event["slug"].partition("-")[0] for event in nba} == {"nba"}
    soon = "&start_time_min=2026-11-22T23:10:00Z&start_time_max=2026-11-23T00:10:00Z&order=startTime&ascending=true"
    starts = [event["startTime"] for event in await every_event(sandbox, soon)]
    assert starts == sorted(starts)
    assert starts[0] >= "2026-11-22T23:10:00Z"
    assert starts[-1] <= "2026-11-23T00:10:00Z"
    assert [event["slug"] for event in await every_event(sandbox, "&slug=nfl-mvp-2027")] == ["nfl-mvp-2027"]
    one = nba[0]
    assert [event["id"] for event in await every_event(sandbox, f"&game_id={one['gameId']}")] == [one["id"]]
    two = await every_event(sandbox, f"&id={nba[0]['id']}&id={nba[1]['id']}")
    assert len(two) == 2


async def test_closed_events_are_apart_from_open_ones(sandbox: httpx.AsyncClient) -> None:
    closed = await every_event(sandbox, "&closed=true")
    assert closed
    assert all(event["closed"] for event in closed)
    assert not any(event["closed"] for event in await every_event(sandbox))


async def test_sports_write_tags_and_series_as_text_with_commas(sandbox: httpx.AsyncClient) -> None:
    for row in (await sandbox.get("/gamma/sports")).json():
        assert re.fullmatch(r"\d+(,\d+)*", row["tags"])
        assert re.fullmatch(r"\d+(,\d+)*", row["series"])


async def test_ids_of_markets_and_tokens_are_unique(sandbox: httpx.AsyncClient) -> None:
    markets = [market for event in await every_event(sandbox) for market in event["markets"]]
    for field in ("id", "conditionId", "slug", "questionID"):
        assert len({market[field] for market in markets}) == len(markets)
    tokens = [token for market in markets for token in json.loads(market["clobTokenIds"])]
    assert len(set(tokens)) == 2 * len(markets)
    assert all(re.fullmatch(r"0x[0-9a-f]{64}", market["conditionId"]) for market in markets)


async def test_prices_are_on_the_tick_and_asks_are_above_bids(sandbox: httpx.AsyncClient) -> None:
    for event in await every_event(sandbox):
        for market in event["markets"]:
            ticks = [market[side] / market["orderPriceMinTickSize"] for side in ("bestBid", "bestAsk")]
            assert ticks == [pytest.approx(round(tick)) for tick in ticks]
            assert 0 <= market["bestBid"] < market["bestAsk"] <= 1
            assert sum(float(price) for price in json.loads(market["outcomePrices"])) == pytest.approx(1)


async def test_more_points_are_less_likely(sandbox: httpx.AsyncClient) -> None:
    event = next(event for event in await every_event(sandbox) if event["slug"].startswith("nba-lac-lal"))
    totals = sorted((m["line"], m["bestAsk"]) for m in event["markets"] if m["sportsMarketType"] == "totals")
    asks = [ask for _, ask in totals]
    assert asks == sorted(asks, reverse=True)


async def test_game_events_have_their_lines_halves_and_props(sandbox: httpx.AsyncClient) -> None:
    event = next(event for event in await every_event(sandbox) if event["slug"].startswith("nba-lac-lal"))
    kinds = [market["sportsMarketType"] for market in event["markets"]]
    assert kinds.count("moneyline") == 1
    assert kinds.count("spreads") == kinds.count("totals") == 3
    assert {"first_half_moneyline", "first_half_spreads", "first_half_totals", "points"} < set(kinds)


async def test_first_half_line_has_the_other_sign_than_its_question(sandbox: httpx.AsyncClient) -> None:
    for event in await every_event(sandbox):
        for market in event["markets"]:
            asked = re.search(r"\((-[\d.]+)\)", market["question"])
            if asked:
                is_half = market["sportsMarketType"] == "first_half_spreads"
                assert market["line"] == (-float(asked[1]) if is_half else float(asked[1]))


async def test_soccer_is_three_yes_no_questions(sandbox: httpx.AsyncClient) -> None:
    event = next(event for event in await every_event(sandbox) if event["slug"].startswith("epl-ars-che"))
    winners = [market for market in event["markets"] if market["sportsMarketType"] == "moneyline"]
    assert [market["groupItemTitle"] for market in winners] == [
        "Arsenal FC",
        "Chelsea FC",
        "Draw (Arsenal FC vs. Chelsea FC)",
    ]
    assert all(market["outcomes"] == '["Yes", "No"]' and market["negRisk"] for market in winners)


async def test_planted_oddities_are_there(sandbox: httpx.AsyncClient) -> None:
    events = {event["title"]: event for event in reversed(await every_event(sandbox))}
    assert events["Lions vs. Bills"]["slug"].endswith("2026-11-23")
    assert events["Lions vs. Bills"]["eventDate"] == "2026-11-22"
    baseball = events["Chicago White Sox vs. Arizona Diamondbacks"]
    starts = {datetime.fromisoformat(market["gameStartTime"] + ":00") for market in baseball["markets"]}
    assert (max(starts) - min(starts)).days == 96
    assert any(market["line"] % 1 == 0 for market in events["76ers vs. Raptors"]["markets"] if "line" in market)
    settled = [market for market in events["Warriors vs. Spurs"]["markets"] if market["closed"]]
    assert [market["umaResolutionStatus"] for market in settled] == ["resolved"]
    assert "teams" not in events["Wizards vs. Pelicans"]
    assert "UConn Huskies vs. St. John's Red Storm" in events
    assert "2027 NBA Champion" in events
