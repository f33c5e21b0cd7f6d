"""Private calls: what changes something is sent once, and what is asked may be asked again."""

from collections import Counter
from collections.abc import AsyncIterator, Mapping

import httpx
import msgspec
import pytest
import respx

from app.errors import FeedUnavailable, OutcomeUnknown
from app.settings import FeedSettings
from app.venues.calls import Caller, NotSent

URL = "https://venue.test/trade-api/v2"
NUMBER = msgspec.json.Decoder(dict[str, int])


class Desk:
    def __init__(self, client: httpx.AsyncClient) -> None:
        self.counts: Counter[str] = Counter()
        self.signed: list[tuple[str, str, bytes]] = []
        settings = FeedSettings(per_second=1000, timeout=1)
        self.caller = Caller(client, URL, settings, 1000, self.sign, self.counts)

    def sign(self, method: str, path: str, body: bytes) -> Mapping[str, str]:
        self.signed.append((method, path, body))
        return {"X-Signature": str(len(self.signed))}


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    async with httpx.AsyncClient(trust_env=False) as client:
        with respx.mock:
            yield Desk(client)


async def test_each_call_is_signed_as_it_is_sent(desk: Desk) -> None:
    asked = respx.get(f"{URL}/orders").respond(json={"n": 1})
    sent = respx.post(f"{URL}/orders").respond(201, json={"n": 2})
    assert await desk.caller.read("/orders", NUMBER, {"limit": 5, "ticker": "A B"}) == {"n": 1}
    answer = await desk.caller.send("POST", "/orders", b'{"a":1}')
    assert (answer.status, answer.body, answer.is_good) == (201, b'{"n":2}', True)
    assert desk.signed == [
        ("GET", "/trade-api/v2/orders?limit=5&ticker=A+B", b""),
        ("POST", "/trade-api/v2/orders", b'{"a":1}'),
    ]
    assert sent.calls.last.request.content == b'{"a":1}'
    assert [each.calls.last.request.headers["X-Signature"] for each in (asked, sent)] == ["1", "2"]


NEVER_LEFT = [httpx.ConnectError("no"), httpx.ConnectTimeout("no"), httpx.PoolTimeout("no")]
MAY_HAVE_ARRIVED = [
    *(httpx.ReadTimeout("no"), httpx.WriteTimeout("no"), httpx.ReadError("no"), httpx.WriteError("no")),
    httpx.RemoteProtocolError("Server disconnected without sending a response."),
]


@pytest.mark.parametrize("error", NEVER_LEFT)
async def test_what_never_left_is_known_to_be_nothing(desk: Desk, error: Exception) -> None:
    sent = respx.post(f"{URL}/orders").mock(side_effect=error)
    with pytest.raises(NotSent):
        await desk.caller.send("POST", "/orders", b"{}")
    assert (sent.call_count, desk.counts["not_sent"]) == (1, 1)


@pytest.mark.parametrize("error", MAY_HAVE_ARRIVED)
async def test_what_may_have_arrived_is_not_sent_again(desk: Desk, error: Exception) -> None:
    sent = respx.post(f"{URL}/orders").mock(side_effect=error)
    with pytest.raises(OutcomeUnknown):
        await desk.caller.send("POST", "/orders", b"{}")
    assert (sent.call_count, desk.counts["unanswered"]) == (1, 1)


async def test_a_bad_answer_is_an_answer(desk: Desk) -> None:
    respx.post(f"{URL}/orders").respond(503, text="busy")
    answer = await desk.caller.send("POST", "/orders", b"{}")
    assert (answer.status, answer.is_good) == (503, False)


async def test_asked_too_often_is_turned_away_and_rests(desk: Desk) -> None:
    sent = respx.post(f"{URL}/orders").respond(429, headers={"Retry-After": "30"})
    with pytest.raises(NotSent) as refused:
        await desk.caller.send("POST", "/orders", b"{}")
    assert (refused.value.status, refused.value.retry_after) == (429, 30)
    with pytest.raises(NotSent, match="not asked for another"):
        await desk.caller.send("POST", "/orders", b"{}", within=5)
    assert sent.call_count == 1


async def test_what_only_asks_is_asked_again(desk: Desk) -> None:
    told = [httpx.Response(503), httpx.ReadTimeout("no"), httpx.Response(200, json={"n": 3})]
    asked = respx.get(f"{URL}/balance").mock(side_effect=told)
    assert await desk.caller.read("/balance", NUMBER) == {"n": 3}
    assert asked.call_count == 3
    assert [headers for _, headers, _ in desk.signed] == ["/trade-api/v2/balance"] * 3


async def test_a_no_is_not_asked_again(desk: Desk) -> None:
    asked = respx.get(f"{URL}/balance").respond(401, json={"error": "who?"})
    with pytest.raises(FeedUnavailable, match=r'answered 401 {"error":"who\?"}') as refused:
        await desk.caller.ask("/balance")
    assert (asked.call_count, refused.value.status) == (1, 401)


@pytest.mark.parametrize("body", ["", "<html>", '{"n":', '{"n":"x"}'])
async def test_what_cannot_be_read_was_not_told(desk: Desk, body: str) -> None:
    respx.get(f"{URL}/balance").respond(200, text=body)
    with pytest.raises(FeedUnavailable):
        await desk.caller.read("/balance", NUMBER)
    assert desk.counts["not_as_described"] == 1


async def test_no_redirect_is_followed_with_a_signature(desk: Desk) -> None:
    respx.get(f"{URL}/balance").respond(302, headers={"Location": "https://elsewhere.test/"})
    with pytest.raises(FeedUnavailable, match="answered 302"):
        await desk.caller.ask("/balance")
