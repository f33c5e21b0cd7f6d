"""Prices of a running platform: both venues move together on /ws, and each ladder is the venue's own at its very
number. That what the core was told replays to what it decided: test_endings.py."""

import asyncio
import json
import time
from collections import defaultdict
from decimal import Decimal

import httpx
import pytest
from websockets.sync.client import connect

from tests.platform.platforms import PATIENCE, Json, Platform, eventually

LADDERS = 1_000
AT_ONCE = 8
LOOKED_EVERY = 0.1  # seconds
VENUES = ("kalshi", "polymarket")


def quoted(up: Platform) -> Json | None:
    """A live game whose winner both venues quote, with both sides, and fresh."""
    for game in up.get("/games?status=live&limit=500")["items"]:
        if set(game["venues"]) != set(VENUES):
            continue
        prices = up.get(f"/games/{game['id']}/prices")
        for said in prices["propositions"]:
            fresh = {
                each["venue"]: each
                for each in said["contracts"]
                if (quote := each["quote"]) and quote["state"] == "fresh" and quote["bid"] and quote["ask"]
                if each["polarity"] == "yes"
            }
            if said["proposition"]["kind"] == "moneyline" and fresh.keys() == set(VENUES):
                return {"id": game["id"], "contracts": fresh, "proposition": said}
    return None


@pytest.fixture(scope="module")
def live(up: Platform) -> Json:
    found = eventually(lambda: quoted(up))
    assert found, "no live game is quoted by both venues"
    return found


def test_both_venues_quotes_of_a_live_game_move_together(up: Platform, live: Json) -> None:
    """A client's own eyes: prices of both change, and never are they ordered otherwise than they were told."""
    seen: defaultdict[str, list[Json]] = defaultdict(list)
    ids = {each["contract_id"]: venue for venue, each in live["contracts"].items()}
    with connect(f"ws://127.0.0.1:{up.port}/ws") as socket:
        socket.send(json.dumps({"op": "subscribe", "channels": [f"prices:{live['id']}"]}))
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline and any(len(told(seen[venue])) < 3 for venue in VENUES):
            for quote in json.loads(socket.recv(10)).get("quotes", ()):
                if quote["contract_id"] in ids:
                    seen[ids[quote["contract_id"]]].append(quote)
    for venue in VENUES:
        assert len(told(seen[venue])) >= 3, f"{venue} does not move"
        at = [quote["received_at"] for quote in seen[venue]]
        assert at == sorted(at)
        assert {quote["state"] for quote in seen[venue]} == {"fresh"}
    middles = [(Decimal(seen[venue][-1]["bid"]) + Decimal(seen[venue][-1]["ask"])) / 2 for venue in VENUES]
    assert abs(middles[0] - middles[1]) < Decimal("0.15"), "one of them speaks about something else"


def told(quotes: list[Json]) -> set[tuple[str, ...]]:
    """The different tops of a book."""
    return {(quote["bid"], quote["bid_size"], quote["ask"], quote["ask_size"]) for quote in quotes}


async def fresh_book(api: httpx.AsyncClient, path: str) -> Json:
    """A book as it is shown while somebody vouches for it: on a busy machine proofs come late now and then."""
    for _ in range(round(PATIENCE / LOOKED_EVERY)):
        shown: Json = (await api.get(path)).json()
        if shown["state"] == "fresh":
            return shown
        await asyncio.sleep(LOOKED_EVERY)
    raise AssertionError(f"nobody vouches for {path}")


async def test_each_ladder_is_the_venues_own_at_its_very_number(up: Platform, live: Json) -> None:
    markets = [(venue, each["market_id"], each["contract_id"]) for venue, each in live["contracts"].items()]
    numbers: defaultdict[str, set[object]] = defaultdict(set)

    async def compare(api: httpx.AsyncClient, truth: httpx.AsyncClient, turn: int) -> None:
        for each in range(LADDERS // AT_ONCE):
            venue, market, contract = markets[(turn + each) % len(markets)]
            shown = await fresh_book(api, f"/markets/{venue}/{market}/book")
            if venue == "kalshi":
                frame = {"sid": shown["mark"], "seq": shown["sequence"]}
                name = market
            else:
                frame, name = {"hash": shown["mark"]}, shown["contract_id"].removeprefix("polymarket:")
            answer = await truth.get(f"/ladders/{venue}/{name}", params=frame)
            assert answer.status_code == 200, (frame, answer.text)
            for side in ("bids", "asks"):
                ours = [(Decimal(price), Decimal(size)) for price, size in shown[side]]
                theirs = [(Decimal(price), Decimal(size)) for price, size in answer.json()[side]]
                assert ours == theirs[: len(ours)], (venue, market, contract, frame)
                assert len(theirs) == len(ours) + shown[f"{side}_beyond"]
            numbers[venue].add(str(frame))

    async with (
        httpx.AsyncClient(base_url=up.http.base_url, timeout=30) as api,
        httpx.AsyncClient(base_url=up.sandbox_url(), timeout=30) as truth,
    ):
        await asyncio.gather(*(compare(api, truth, turn) for turn in range(AT_ONCE)))
    assert all(len(numbers[venue]) > 5 for venue in VENUES), "the books stand still"
