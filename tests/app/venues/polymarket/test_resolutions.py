"""What Gamma says of a market's end → what its outcomes are paid, and when that is certain."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import msgspec
import pytest
import respx

from app.clock import nanos_of
from app.domain.markets import MarketId
from app.domain.parsing import WrongField, read_moment
from app.domain.prices import Nanos
from app.errors import PayloadRefused
from app.fetching import Fetcher
from app.settings import FeedSettings
from app.venues.polymarket import wire
from app.venues.polymarket.resolutions import PolymarketResolver, resolution

Json = dict[str, object]
NOW = Nanos(1_763_850_000_000_000_000)
URL = "https://gamma.test"
MARKET: Json = {"conditionId": "0x1", "outcomes": '["Knicks", "Celtics"]', "clobTokenIds": '["11", "22"]'}


def read(**said: object) -> tuple[str, list[int], str]:
    told = resolution(wire.MARKET.decode(msgspec.json.encode({**MARKET, **said})), NOW)
    assert list(told.pays) in ([], ["polymarket:11", "polymarket:22"])
    return told.status, [*told.pays.values()], told.words


OVER: Json = {"closed": True, "umaResolutionStatus": "resolved"}
ENDS: list[tuple[Json, tuple[str, list[int], str]]] = [
    ({}, ("open", [], "open")),
    ({"closed": False, "outcomePrices": '["0.4", "0.6"]'}, ("open", [], "open 0.4,0.6")),
    ({"closed": True, "outcomePrices": '["1", "0"]'}, ("closed", [], "closed 1,0")),
    ({"umaResolutionStatus": "requested"}, ("closed", [], "requested")),
    ({"umaResolutionStatus": "proposed", "outcomePrices": '["1", "0"]'}, ("determined", [], "proposed 1,0")),
    ({"umaResolutionStatus": "disputed", "closed": True}, ("disputed", [], "disputed")),
    ({**OVER, "outcomePrices": '["1", "0"]'}, ("final", [10_000, 0], "resolved 1,0")),
    ({**OVER, "outcomePrices": '["0", "1"]'}, ("final", [0, 10_000], "resolved 0,1")),
    ({**OVER, "outcomePrices": '["0.5", "0.5"]'}, ("final", [5_000, 5_000], "resolved 0.5,0.5")),
    ({**OVER, "outcomePrices": ["1.0", "0.0"]}, ("final", [10_000, 0], "resolved 1.0,0.0")),
    ({**OVER, "umaResolutionStatus": "SETTLED", "outcomePrices": '["1", "0"]'}, ("final", [10_000, 0], "settled 1,0")),
    ({**OVER, "closed": False, "outcomePrices": '["1", "0"]'}, ("determined", [], "resolved 1,0")),
    ({**OVER, "outcomePrices": '["0", "0"]'}, ("determined", [], "resolved 0,0")),
    ({**OVER, "outcomePrices": '["0.9995", "0.0005"]'}, ("determined", [], "resolved 0.9995,0.0005")),
    ({**OVER, "outcomePrices": '["1"]'}, ("determined", [], "resolved 1")),
    ({**OVER, "outcomePrices": '["much", "0"]'}, ("determined", [], "resolved much,0")),
    ({**OVER}, ("determined", [], "resolved")),
]


@pytest.mark.parametrize(("said", "expected"), ENDS)
def test_what_is_said_of_an_end(said: Json, expected: tuple[str, list[int], str]) -> None:
    assert read(**said) == expected


@pytest.mark.parametrize(
    "said", [{"conditionId": None}, {"clobTokenIds": "x"}, {**OVER, "outcomePrices": '["1","0"]', "closedTime": "?"}]
)
def test_what_says_nothing_is_refused(said: Json) -> None:
    with pytest.raises(WrongField):
        read(**said)


RECORDED = {
    "rs_gamma_market": ("open", []),
    "rs_gamma_market_sports_market_money_line": ("final", [10_000, 0]),
    "rs_gamma_market_sports_market_map_handicap": ("final", [10_000, 0]),
    "rs_gamma_market_closed_binary_accepting_false": ("final", [0, 10_000]),
    "rs_gamma_market_closed_binary_accepting_true": ("closed", []),  # nobody has answered, whatever the prices say
    "rs_gamma_market_closed_zero_zero_legacy": ("closed", []),
    "rs_gamma_market_closed_nonbinary_legacy": ("closed", []),
}


@pytest.mark.parametrize("name", RECORDED)
def test_recorded_ends(shared: Path, name: str) -> None:
    payload = (shared / "data/polymarket/messages" / f"{name}.json").read_bytes()
    told = resolution(wire.MARKET.decode(payload), NOW)
    assert (told.status, [*told.pays.values()]) == RECORDED[name]


def test_it_ended_when_the_venue_says_so(shared: Path) -> None:
    file = shared / "data/polymarket/messages/rs_gamma_market_sports_market_money_line.json"
    told = resolution(wire.MARKET.decode(file.read_bytes()), NOW)
    assert told.at == nanos_of(read_moment("2026-04-05 19:37:33+00", ""))


@pytest.fixture
async def resolver() -> AsyncIterator[PolymarketResolver]:
    async with httpx.AsyncClient() as client:
        yield PolymarketResolver(Fetcher(client, URL, FeedSettings(per_second=1000, tries=1)), lambda: NOW)


def gamma(open_ones: set[str], closed_ones: set[str], asked: list[int]) -> respx.Route:
    def answer(request: httpx.Request) -> httpx.Response:
        ids = request.url.params.get_list("condition_ids")
        asked.append(len(ids))
        is_closed = request.url.params["closed"] == "true"
        known = [one for one in ids if one in (closed_ones if is_closed else open_ones)]
        return httpx.Response(
            200, json={"markets": [{**MARKET, "conditionId": one, "closed": is_closed} for one in known]}
        )

    return respx.get(f"{URL}/markets/keyset").mock(side_effect=answer)


async def test_open_and_closed_ones_are_asked_for_each_once(resolver: PolymarketResolver) -> None:
    ids, asked = [MarketId(f"0x{number}") for number in range(70)], list[int]()
    with respx.mock:
        gamma({*ids[20:69]}, {*ids[:20]}, asked)
        told = await resolver.resolutions([*ids, *ids])
    assert {one.market_id: one.status for one in told} == {
        **dict.fromkeys(ids[:20], "closed"),
        **dict.fromkeys(ids[20:69], "open"),
    }
    assert asked == [50, 30, 20, 20]


async def test_a_bad_market_costs_no_other(resolver: PolymarketResolver) -> None:
    with respx.mock:
        respx.get(f"{URL}/markets/keyset").respond(json={"markets": [{"conditionId": "0x2"}, MARKET]})
        told = await resolver.resolutions([MarketId("0x1"), MarketId("0x2")])
    assert {one.market_id for one in told} == {"0x1"}


async def test_what_is_no_answer_is_refused(resolver: PolymarketResolver) -> None:
    with respx.mock:
        respx.get(f"{URL}/markets/keyset").respond(json={"events": []})
        with pytest.raises(PayloadRefused):
            await resolver.resolutions([MarketId("0x1")])
