"""What Kalshi says of a market's end → what its contracts are paid, and when that is certain."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import msgspec
import pytest
import respx

from app.domain.markets import MarketId
from app.domain.money import ONE_DOLLAR
from app.domain.parsing import WrongField
from app.domain.prices import Nanos
from app.errors import PayloadRefused
from app.fetching import Fetcher
from app.settings import FeedSettings
from app.venues.kalshi import wire
from app.venues.kalshi.resolutions import KalshiResolver, resolution

Json = dict[str, object]
NOW = Nanos(1_763_850_000_000_000_000)
URL = "https://kalshi.test/trade-api/v2"
T = "KXNBAGAME-26NOV22LALBOS-BOS"


def read(**said: object) -> tuple[str, list[int], str]:
    told = resolution(wire.MARKET_END.decode(msgspec.json.encode({"ticker": T, **said})), NOW)
    assert list(told.pays) in ([], [f"kalshi:{T}:yes", f"kalshi:{T}:no"])
    return told.status, [*told.pays.values()], told.words


ENDS: list[tuple[Json, tuple[str, list[int], str]]] = [
    ({"status": "initialized"}, ("open", [], "initialized")),
    ({"status": "inactive"}, ("open", [], "inactive")),
    ({"status": "active", "result": ""}, ("open", [], "active")),
    ({"status": "closed"}, ("closed", [], "closed")),
    ({"status": "determined", "result": "yes"}, ("determined", [], "determined yes")),
    ({"status": "amended", "result": "no"}, ("determined", [], "amended no")),
    ({"status": "disputed", "result": "yes"}, ("disputed", [], "disputed yes")),
    ({"status": "finalized", "result": "yes"}, ("final", [10_000, 0], "finalized yes")),
    ({"status": "settled", "result": "yes"}, ("final", [10_000, 0], "settled yes")),
    (
        {"status": "finalized", "result": "no", "settlement_value_dollars": "0.0000"},
        ("final", [0, 10_000], "finalized no"),
    ),
    (
        {"status": "finalized", "result": "scalar", "settlement_value_dollars": "0.5000"},
        ("final", [5_000, 5_000], "finalized scalar 0.5000"),
    ),
    (
        {"status": "finalized", "result": "scalar", "settlement_value_dollars": 0.29},
        ("final", [2_900, 7_100], "finalized scalar 0.29"),
    ),
    (
        {"status": "finalized", "result": "scalar", "settlement_value_dollars": "0.333333"},
        ("final", [3_333, 6_666], "finalized scalar 0.333333"),
    ),
    ({"status": "finalized", "result": "scalar"}, ("determined", [], "finalized scalar")),
    (
        {"status": "finalized", "result": "scalar", "settlement_value_dollars": "1.5"},
        ("determined", [], "finalized scalar 1.5"),
    ),
    (
        {"status": "finalized", "result": "yes", "settlement_value_dollars": "0.0000"},
        ("determined", [], "finalized yes"),
    ),
    ({"status": "finalized", "result": ""}, ("determined", [], "finalized")),
    ({"status": "finalized", "result": "perhaps"}, ("determined", [], "finalized perhaps")),
]


@pytest.mark.parametrize(("said", "expected"), ENDS)
def test_what_is_said_of_an_end(said: Json, expected: tuple[str, list[int], str]) -> None:
    assert read(**said) == expected


@pytest.mark.parametrize(
    "said", [{}, {"status": None}, {"status": "melted"}, {"status": "closed", "settlement_ts": "?"}]
)
def test_what_says_nothing_is_refused(said: Json) -> None:
    with pytest.raises(WrongField):
        read(**said)


def test_it_ended_when_the_venue_says_so() -> None:
    said = {"ticker": T, "status": "finalized", "result": "yes", "settlement_ts": "2025-11-22T22:20:00.5Z"}
    assert resolution(wire.MARKET_END.decode(msgspec.json.encode(said)), NOW).at == NOW + 500_000_000


@pytest.fixture
async def resolver() -> AsyncIterator[KalshiResolver]:
    async with httpx.AsyncClient() as client:
        yield KalshiResolver(Fetcher(client, URL, FeedSettings(per_second=1000, tries=1)), lambda: NOW)


async def test_recorded_ends(resolver: KalshiResolver, shared: Path) -> None:
    payload = msgspec.json.decode((shared / "data/kalshi/mlb-wnba-nfl-2026-08/markets_settled.json").read_bytes())
    with respx.mock:
        respx.get(f"{URL}/markets").respond(json={"markets": payload["markets"], "cursor": ""})
        told = await resolver.resolutions([MarketId(market["ticker"]) for market in payload["markets"]])
    by_result = {"yes": [ONE_DOLLAR, 0], "no": [0, ONE_DOLLAR], "": []}
    expected = {market["ticker"]: by_result[market["result"]] for market in payload["markets"]}
    assert {one.market_id: [*one.pays.values()] for one in told} == expected
    assert {(one.status, bool(one.pays)) for one in told} == {("final", True), ("closed", False)}


async def test_many_are_asked_for_in_several_calls_and_each_once(resolver: KalshiResolver) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        tickers = request.url.params["tickers"].split(",")
        return httpx.Response(200, json={"markets": [{"ticker": one, "status": "active"} for one in tickers]})

    with respx.mock:
        asked = respx.get(f"{URL}/markets").mock(side_effect=answer)
        told = await resolver.resolutions([MarketId(f"T-{number % 150}") for number in range(300)])
    assert [one.market_id for one in told] == [f"T-{number}" for number in range(150)]
    assert asked.call_count == 2


async def test_a_bad_market_costs_no_other(resolver: KalshiResolver) -> None:
    markets = [{"ticker": "A", "status": "melted"}, {"ticker": "B", "status": 5}, {"ticker": "C", "status": "active"}]
    with respx.mock:
        respx.get(f"{URL}/markets").respond(json={"markets": markets})
        told = await resolver.resolutions([MarketId(name) for name in "ABC"])
    assert [one.market_id for one in told] == ["C"]


async def test_what_is_no_answer_is_refused(resolver: KalshiResolver) -> None:
    with respx.mock:
        respx.get(f"{URL}/markets").respond(json={"events": []})
        with pytest.raises(PayloadRefused):
            await resolver.resolutions([MarketId("A")])
