"""Kalshi's endpoints over HTTP."""

import re
from datetime import datetime
from zoneinfo import ZoneInfo

import httpx
import pytest

from app.sandbox.fixtures import FIXTURES
from app.sandbox.leagues import TEAMS

PATH = "/kalshi/trade-api/v2"
TICKER = re.compile(r"KX[A-Z0-9]+-(\d{2}[A-Z]{3}\d{2})(\d{4})?([A-Z0-9]+?)(G[12])?")
ALIASED = {TEAMS[each.league, each.home].called(each.alias) for each in FIXTURES}
CODES = {team.kalshi_code for team in {*TEAMS.values(), *ALIASED}}


async def every_event(sandbox: httpx.AsyncClient, query: str = "", limit: int = 25) -> list[dict]:
    found: list[dict] = []
    cursor = ""
    while True:
        url = f"{PATH}/events?limit={limit}&with_nested_markets=true&cursor={cursor}{query}"
        page = (await sandbox.get(url)).json()
        found += page["events"]
        cursor = page["cursor"]
        if not cursor:
            return found


def is_game(event: dict) -> bool:
    return event["series_ticker"].endswith("GAME")


async def test_paging_to_the_end_gives_every_event_once(sandbox: httpx.AsyncClient) -> None:
    events = await every_event(sandbox)
    at_once = (await sandbox.get(f"{PATH}/events")).json()
    assert [event["event_ticker"] for event in events][:200] == [event["event_ticker"] for event in at_once["events"]]
    assert len({event["event_ticker"] for event in events}) == len(events) > 120
    assert "markets" not in at_once["events"][0]


@pytest.mark.parametrize("path", ["/events?limit=201", "/events?status=finalized", "/milestones", "/events?cursor=x"])
async def test_bad_parameters_are_400(sandbox: httpx.AsyncClient, path: str) -> None:
    answer = await sandbox.get(PATH + path)
    assert answer.status_code == 400
    assert answer.json()["error"]["code"] == "bad_request"


async def test_tickers_follow_the_grammar(sandbox: httpx.AsyncClient) -> None:
    for event in filter(is_game, await every_event(sandbox)):
        found = TICKER.fullmatch(event["event_ticker"])
        assert found, event["event_ticker"]
        assert bool(found[2]) == event["series_ticker"].startswith("KXMLB")
        codes = event["sub_title"].partition(" (")[0].replace(" vs ", " at ").split(" at ")
        assert "".join(codes) == found[3]
        assert set(codes) <= CODES
        suffixes = {market["ticker"].removeprefix(event["event_ticker"] + "-") for market in event["markets"]}
        assert suffixes - {"TIE"} == set(codes)


async def test_ticker_carries_the_eastern_start_of_the_milestone(sandbox: httpx.AsyncClient) -> None:
    milestones = (await sandbox.get(f"{PATH}/milestones?limit=500&category=Sports")).json()["milestones"]
    assert len(milestones) > 35
    for milestone in milestones:
        start = datetime.fromisoformat(milestone["start_date"]).astimezone(ZoneInfo("America/New_York"))
        found = TICKER.fullmatch(milestone["primary_event_tickers"][0])
        assert found is not None
        assert found[1] == f"{start:%y%b%d}".upper()
        assert found[2] in (None, f"{start:%H%M}")


async def test_milestone_names_its_sides_by_the_ids_of_the_winner_markets(sandbox: httpx.AsyncClient) -> None:
    page = (
        await sandbox.get(f"{PATH}/events?with_nested_markets=true&with_milestones=true&series_ticker=KXNBAGAME")
    ).json()
    events = {event["event_ticker"]: event for event in page["events"]}
    assert page["milestones"]
    for milestone in page["milestones"]:
        event = events[milestone["primary_event_tickers"][0]]
        targets = {market["custom_strike"]["basketball_team"] for market in event["markets"]}
        assert targets == {milestone["details"]["home_team_id"], milestone["details"]["away_team_id"]}


async def test_doubleheader_games_have_their_own_tickers(sandbox: httpx.AsyncClient) -> None:
    games = [event["event_ticker"] for event in await every_event(sandbox, "&series_ticker=KXMLBGAME")]
    yankees = [ticker for ticker in games if "NYYBOS" in ticker]
    assert [ticker[-2:] for ticker in yankees] == ["G1", "G2"]


def is_on_grid(market: dict, price: str) -> bool:
    """Counted in 1/10,000 dollar within the range that holds it."""
    units = round(float(price) * 10_000)
    ranges = [
        [round(float(each[field]) * 10_000) for field in ("start", "end", "step")] for each in market["price_ranges"]
    ]
    return any(start <= units <= end and (units - start) % step == 0 for start, end, step in ranges)


async def test_prices_lie_on_the_grid_of_the_market_and_no_mirrors_yes(sandbox: httpx.AsyncClient) -> None:
    for event in await every_event(sandbox):
        for market in event["markets"]:
            bid, ask = market["yes_bid_dollars"], market["yes_ask_dollars"]
            assert float(bid) < float(ask)
            assert re.fullmatch(r"[01]\.\d{4}", bid)
            assert is_on_grid(market, bid)
            assert is_on_grid(market, ask)
            assert float(market["no_ask_dollars"]) == pytest.approx(1 - float(bid))
            assert float(market["no_bid_dollars"]) == pytest.approx(1 - float(ask))


async def test_settled_markets_have_a_result_and_open_ones_none(sandbox: httpx.AsyncClient) -> None:
    settled = [market for event in await every_event(sandbox, "&status=settled") for market in event["markets"]]
    assert {market["result"] for market in settled} == {"yes", "no"}
    assert {market["status"] for market in settled} == {"finalized"}
    opened = [market for event in await every_event(sandbox, "&status=open") for market in event["markets"]]
    assert {market["result"] for market in opened} == {""}


async def test_inverted_listing_names_one_team_and_codes_the_other(sandbox: httpx.AsyncClient) -> None:
    events = await every_event(sandbox, "&series_ticker=KXNBAGAME")
    event = next(event for event in events if event["title"] == "Utah at Phoenix")
    named = {market["ticker"].rpartition("-")[2]: market["yes_sub_title"] for market in event["markets"]}
    assert named == {"PHX": "Utah", "UTA": "Phoenix"}


async def test_futures_awards_and_combos_are_listed_too(sandbox: httpx.AsyncClient) -> None:
    series = {event["series_ticker"] for event in await every_event(sandbox)}
    assert {"KXNBA", "KXNFLMVP", "KXMVESPORTSMULTIGAMEEXTENDED", "KXNBAPTS", "KXNBA1HSPREAD"} <= series


async def test_texts_tell_teams_of_one_city_apart(sandbox: httpx.AsyncClient) -> None:
    titles = {event["title"] for event in await every_event(sandbox)}
    assert {"Los Angeles C at Los Angeles L", "New York Y vs Boston", "Los Angeles F vs Los Angeles G"} & titles


async def test_single_objects_are_found_by_ticker(sandbox: httpx.AsyncClient) -> None:
    event = (await every_event(sandbox, "&series_ticker=KXEPLGAME"))[0]
    ticker = event["event_ticker"]
    assert (await sandbox.get(f"{PATH}/events/{ticker}")).json()["event"]["title"] == event["title"]
    market = event["markets"][0]["ticker"]
    assert (await sandbox.get(f"{PATH}/markets/{market}")).json()["market"]["ticker"] == market
    assert (await sandbox.get(f"{PATH}/series/KXEPLGAME")).json()["series"]["ticker"] == "KXEPLGAME"
    assert (await sandbox.get(f"{PATH}/events/KXNONE-1")).status_code == 404


async def test_structured_targets_name_every_team(sandbox: httpx.AsyncClient) -> None:
    url = f"{PATH}/structured_targets?page_size=2000&type=basketball_team"
    targets = {target["id"]: target["name"] for target in (await sandbox.get(url)).json()["structured_targets"]}
    assert targets[TEAMS["nba", "LAL"].target] == "Los Angeles L"


async def test_no_series_and_no_event_is_to_charge_otherwise(sandbox: httpx.AsyncClient) -> None:
    told = [
        (await sandbox.get(f"{PATH}/{what}/fee_changes?show_historical=true")).json() for what in ("series", "events")
    ]
    assert told == [{"series_fee_change_arr": []}, {"event_fee_changes": [], "cursor": ""}]
