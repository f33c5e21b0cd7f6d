"""What Polymarket tells of a wallet, page by page."""

from collections import Counter
from collections.abc import AsyncIterator

import httpx
import pytest
import respx

from app.domain.money import money, size
from app.domain.prices import SECOND, Nanos
from app.errors import FeedUnavailable, OrderRejected, OutcomeUnknown
from app.fetching import Fetcher
from app.settings import FeedSettings
from app.venues.calls import Caller
from app.venues.polymarket.accounts import Account
from app.venues.polymarket.typed_data import EXCHANGE, NEG_RISK_EXCHANGE

CLOB, DATA = "https://clob.test", "https://data.test"
HOLDER = "0xA"
TRADE = {"taker_order_id": "0x1", "size": "5", "price": "0.5", "status": "MATCHED"}


@pytest.fixture
async def account() -> AsyncIterator[Account]:
    settings = FeedSettings(per_second=1000, tries=1)
    async with httpx.AsyncClient(trust_env=False) as client:
        caller = Caller(client, CLOB, settings, 1000, lambda *_: {}, Counter())
        with respx.mock:
            yield Account(caller, Fetcher(client, DATA, settings), HOLDER, 2)


@pytest.mark.parametrize("answer", [httpx.Response(404), httpx.Response(200, text="null"), httpx.Response(200)])
async def test_an_order_that_is_not_there(account: Account, answer: httpx.Response) -> None:
    respx.get(f"{CLOB}/data/order/0x1").mock(return_value=answer)
    assert await account.order("0x1") is None


@pytest.mark.parametrize("answer", [httpx.Response(401), httpx.Response(200, text="[]"), httpx.Response(200, json={})])
async def test_an_order_of_which_nothing_is_told(account: Account, answer: httpx.Response) -> None:
    respx.get(f"{CLOB}/data/order/0x1").mock(return_value=answer)
    with pytest.raises(FeedUnavailable):
        await account.order("0x1")


async def test_pages_are_read_to_the_last(account: Account) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        cursor = request.url.params["next_cursor"]
        pages = {"MA==": ("a", "Mg=="), "Mg==": ("b", "LTE=")}
        name, after = pages[cursor]
        return httpx.Response(200, json={"data": [{"id": name, **TRADE}], "next_cursor": after})

    asked = respx.get(f"{CLOB}/data/trades").mock(side_effect=answer)
    trades = await account.trades(Nanos(1_763_850_000 * SECOND))
    assert [trade.id for trade in trades] == ["a", "b"]
    assert asked.calls[0].request.url.params["after"] == "1763849940"


ALLOWED = [({EXCHANGE.lower(): "5", NEG_RISK_EXCHANGE: "0"}, True), ({EXCHANGE: "0"}, False), ({}, True)]


@pytest.mark.parametrize(("allowances", "may_take"), ALLOWED)
async def test_what_is_owned_and_what_may_be_taken_of_it(account: Account, allowances: dict, may_take: bool) -> None:
    told = {"balance": "982410000", "allowances": allowances}
    balance = respx.get(f"{CLOB}/balance-allowance").respond(json=told)
    assert await account.balance() == (money("982.41"), may_take)
    assert balance.calls[0].request.url.params["signature_type"] == "2"


async def test_what_is_held(account: Account) -> None:
    held = [{"asset": "1119", "size": 40.25}, {"asset": "2228", "size": 0}]
    asked = respx.get(f"{DATA}/positions").respond(json=held)
    assert await account.positions() == {"polymarket:1119": size("40.25")}
    assert asked.calls[0].request.url.params["user"] == HOLDER


TAKEN_BACK = [
    ({"canceled": ["0x1"]}, ""),
    ({"canceled": [], "not_canceled": {"0x1": "matched"}}, "matched"),
    ({"canceled": []}, "not among those"),
]


@pytest.mark.parametrize(("said", "why"), TAKEN_BACK)
async def test_what_is_taken_back(account: Account, said: dict, why: str) -> None:
    respx.delete(f"{CLOB}/order").respond(json=said)
    told = await account.take_back("0x1")
    assert told == "" if not why else why in told


@pytest.mark.parametrize(("status", "error"), [(400, OrderRejected), (500, OutcomeUnknown), (408, OutcomeUnknown)])
async def test_what_cannot_be_taken_back(account: Account, status: int, error: type[Exception]) -> None:
    respx.delete(f"{CLOB}/cancel-all").respond(status, json={"error": "no"})
    with pytest.raises(error):
        await account.take_all_back()
