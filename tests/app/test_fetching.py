"""Politeness, patience and what is counted, over a mocked transport and a clock that moves by itself."""

import asyncio
import contextlib
import json
from collections.abc import Iterator

import httpx
import pytest
import respx

from app.domain.parsing import Page, Refusal
from app.errors import FeedUnavailable, PayloadRefused, PayloadTooLarge
from app.fetching import (
    FAILURES_IN_A_ROW,
    LONGEST_PAUSE,
    LONGEST_PAUSE_TOLD,
    MOST_PAGES,
    PATIENCE,
    Fetcher,
    all_that_answer,
    is_unknown,
)
from app.settings import FeedSettings
from tests.app.desks import HOST, Desk


@pytest.fixture
async def desk() -> Iterator[Desk]:
    async with httpx.AsyncClient() as client:
        with respx.mock(assert_all_called=False) as router:
            yield Desk(client, router)


def ok(body: object = None, **headers: str) -> httpx.Response:
    return httpx.Response(200, json=body if body is not None else [], headers=headers)


async def test_an_answer_comes_as_it_is(desk: Desk) -> None:
    route = desk.answers(ok([1]))
    fetcher = desk.fetcher()
    assert json.loads(await fetcher.get("/events", {"limit": 5, "id": ["a", "b"]})) == [1]
    request = route.calls.last.request
    assert request.url.query == b"limit=5&id=a&id=b"
    assert "Crosscourt" in request.headers["User-Agent"]
    assert fetcher.counts == {"requests": 1, "bytes": 3, "answers": 1}


PASSING = [
    ("rate_limited", httpx.Response(429, json={"error": "too many requests"})),
    ("server_errors", httpx.Response(503)),
    ("server_errors", httpx.Response(500, text="<html>")),
    ("forbidden", httpx.Response(403)),
    ("timeouts", httpx.ReadTimeout),
    ("network", httpx.ConnectError),
    ("network", httpx.RemoteProtocolError),
]


@pytest.mark.parametrize(("kind", "trouble"), PASSING)
async def test_trouble_that_passes_is_tried_again_and_counted(
    desk: Desk, kind: str, trouble: httpx.Response | type[httpx.TransportError]
) -> None:
    desk.answers(trouble, ok())
    fetcher = desk.fetcher()
    assert await fetcher.get("/events") == b"[]"
    assert (fetcher.counts[kind], fetcher.counts["retries"]) == (1, 1)
    assert desk.time.slept


@pytest.mark.parametrize(("kind", "trouble"), PASSING)
async def test_trouble_that_stays_is_unavailable_after_the_last_try(
    desk: Desk, kind: str, trouble: httpx.Response | type[httpx.TransportError]
) -> None:
    desk.answers(*[trouble] * 5)
    fetcher = desk.fetcher()
    with pytest.raises(FeedUnavailable, match=r"^feed\.example/events: "):
        await fetcher.get("/events", {"key": "secret"})
    assert (fetcher.counts[kind], fetcher.counts["requests"]) == (3, 3)


@pytest.mark.parametrize("status", [301, 400, 401, 404, 422])
async def test_a_request_that_is_wrong_is_not_repeated(desk: Desk, status: int) -> None:
    desk.answers(httpx.Response(status))
    fetcher = desk.fetcher()
    with pytest.raises(FeedUnavailable) as caught:
        await fetcher.get("/events", {"key": "secret"})
    assert (caught.value.status, fetcher.counts["other_statuses"]) == (status, 1)
    assert "secret" not in str(caught.value)
    assert is_unknown(caught.value) == (status == 404)


RETRY_AFTER = [("3", 3.0), ("Sun, 22 Nov 2026 12:00:04 GMT", 4.0), ("Sun, 22 Nov 2026 11:00:00 GMT", 1.0), ("0", 1.0)]


@pytest.mark.parametrize(("told", "seconds"), RETRY_AFTER)
async def test_the_wait_the_host_asks_for_is_kept(desk: Desk, told: str, seconds: float) -> None:
    desk.answers(httpx.Response(429, headers={"Retry-After": told}), ok())
    before = desk.time.now
    await desk.fetcher().get("/events")
    assert desk.time.now - before >= seconds


async def test_one_told_to_wait_makes_all_wait(desk: Desk) -> None:
    desk.answers(httpx.Response(429, headers={"Retry-After": "3"}), ok(), ok())
    fetcher = desk.fetcher()
    before = desk.time.now
    await asyncio.gather(fetcher.get("/events"), fetcher.get("/events"))
    assert desk.time.now - before >= 3


async def test_a_wait_longer_than_ours_is_left_to_the_caller(desk: Desk) -> None:
    route = desk.answers(httpx.Response(429, headers={"Retry-After": "90"}), ok())
    fetcher = desk.fetcher()
    with pytest.raises(FeedUnavailable, match="answered 429") as first:
        await fetcher.get("/events")
    with pytest.raises(FeedUnavailable, match="not asked for another 90 s") as second:
        await fetcher.get("/events")
    assert (first.value.retry_after, second.value.retry_after) == (90, 90)
    assert (route.call_count, fetcher.counts["held_back"], desk.time.slept) == (1, 1, [])
    desk.time.now += 90
    assert await fetcher.get("/events") == b"[]"


NO_TIMES = ["30000", "1" + "0" * 20, "9" * 400, "Sun, 22 Nov 9999 11:00:00 GMT"]


@pytest.mark.parametrize("told", NO_TIMES)
async def test_no_host_closes_itself_for_long(desk: Desk, told: str) -> None:
    desk.answers(httpx.Response(429, headers={"Retry-After": told}), ok())
    fetcher = desk.fetcher()
    with pytest.raises(FeedUnavailable) as caught:
        await fetcher.get("/events")
    assert caught.value.retry_after == LONGEST_PAUSE_TOLD
    desk.time.now += LONGEST_PAUSE_TOLD
    assert await fetcher.get("/events") == b"[]"


async def ask_for(desk: Desk, fetcher: Fetcher, seconds: float, every: float = 1.0) -> None:
    """Ask like one who does not care what comes."""
    end = desk.time.now + seconds
    while desk.time.now < end:
        with contextlib.suppress(FeedUnavailable):
            await fetcher.get("/events")
        desk.time.now += every


@pytest.mark.parametrize("status", [403, 429])
async def test_who_is_turned_away_asks_ever_more_seldom(desk: Desk, status: int) -> None:
    route = desk.router.get(f"{HOST}/v1/events").mock(return_value=httpx.Response(status))
    fetcher = desk.fetcher()
    await ask_for(desk, fetcher, 60)
    assert 4 <= route.call_count <= 7
    await ask_for(desk, fetcher, 3600)
    asked = route.call_count
    await ask_for(desk, fetcher, 3600)
    assert route.call_count - asked <= 3600 / LONGEST_PAUSE


async def test_an_answer_ends_the_asking_more_seldom(desk: Desk) -> None:
    route = desk.router.get(f"{HOST}/v1/events").mock(return_value=httpx.Response(429))
    fetcher = desk.fetcher()
    await ask_for(desk, fetcher, 60)
    route.mock(side_effect=[ok(), httpx.Response(429), ok()])
    desk.time.now += LONGEST_PAUSE
    assert await fetcher.get("/events") == b"[]"
    before = desk.time.now
    assert await fetcher.get("/events") == b"[]"
    assert desk.time.now - before <= PATIENCE


async def test_many_turned_away_at_once_are_one_refusal(desk: Desk) -> None:
    under_way = asyncio.Barrier(8)

    async def turn_away_the_first_eight(_: httpx.Request) -> httpx.Response:
        number = route.call_count
        await under_way.wait()
        return httpx.Response(429) if number < 8 else ok()

    route = desk.router.get(f"{HOST}/v1/events").mock(side_effect=turn_away_the_first_eight)
    fetcher = desk.fetcher()
    assert await asyncio.gather(*(fetcher.get("/events") for _ in range(8))) == [b"[]"] * 8


@pytest.mark.parametrize("trouble", [httpx.ConnectError, httpx.ReadTimeout, httpx.Response(502)])
async def test_a_host_that_is_down_is_found_out_once_and_not_by_each_caller(
    desk: Desk, trouble: httpx.Response | type[httpx.TransportError]
) -> None:
    effect = {"return_value": trouble} if isinstance(trouble, httpx.Response) else {"side_effect": trouble}
    route = desk.router.get(f"{HOST}/v1/events").mock(**effect)
    fetcher = desk.fetcher()
    answers = await asyncio.gather(*(fetcher.get("/events") for _ in range(100)), return_exceptions=True)
    assert all(isinstance(answer, FeedUnavailable) for answer in answers)
    assert route.call_count <= 2 * FAILURES_IN_A_ROW
    await ask_for(desk, fetcher, 3600)
    assert route.call_count < 40
    route.mock(side_effect=None, return_value=ok())
    desk.time.now += LONGEST_PAUSE
    assert await fetcher.get("/events") == b"[]"


async def test_one_bad_path_does_not_close_a_host_that_answers(desk: Desk) -> None:
    desk.router.get(f"{HOST}/v1/bad").mock(return_value=httpx.Response(500))
    desk.router.get(f"{HOST}/v1/events").mock(return_value=ok())
    fetcher = desk.fetcher()
    for _ in range(5):
        with pytest.raises(FeedUnavailable, match="answered 500"):
            await fetcher.get("/bad")
        assert await fetcher.get("/events") == b"[]"
    assert "held_back" not in fetcher.counts


async def test_the_rate_of_the_host_is_kept(desk: Desk) -> None:
    desk.answers(*[ok() for _ in range(12)])
    fetcher = desk.fetcher(FeedSettings(per_second=4))
    before = desk.time.now
    for _ in range(12):
        await fetcher.get("/events")
    assert desk.time.now - before == pytest.approx(2.0)  # four at once, then one each quarter of a second


async def test_what_has_not_changed_is_not_sent_again(desk: Desk) -> None:
    route = desk.answers(
        ok([1], ETag='"a"', **{"Last-Modified": "Sun, 22 Nov 2026 11:00:00 GMT"}), httpx.Response(304), ok([2])
    )
    fetcher = desk.fetcher()
    assert [await fetcher.get("/events") for _ in range(2)] == [b"[1]", b"[1]"]
    asked = route.calls.last.request.headers
    assert (asked["If-None-Match"], asked["If-Modified-Since"]) == ('"a"', "Sun, 22 Nov 2026 11:00:00 GMT")
    assert fetcher.counts["not_modified"] == 1
    await fetcher.get("/events", {"page": 2})
    assert "If-None-Match" not in route.calls.last.request.headers


async def test_memory_is_bounded(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.fetching.REMEMBERED_BYTES", 10)
    route = desk.answers(ok(["1234567"], ETag="a"), ok(["1234567"], ETag="b"), ok())
    fetcher = desk.fetcher()
    for page in (1, 2, 1):
        await fetcher.get("/events", {"page": page})
    assert "If-None-Match" not in route.calls.last.request.headers


async def test_too_large_an_answer_is_not_read_to_its_end(desk: Desk) -> None:
    desk.answers(ok(["x" * 5000]))
    fetcher = desk.fetcher(FeedSettings(largest_answer=1024))
    with pytest.raises(PayloadTooLarge, match="more than 1024 bytes"):
        await fetcher.get("/events")
    assert fetcher.counts["too_large"] == 1


@pytest.mark.parametrize("body", ["<html>maintenance</html>", '{"events": [{"id"', "", "Bad gateway"])
async def test_what_is_no_json_is_refused_at_the_door(desk: Desk, body: str) -> None:
    desk.answers(httpx.Response(200, text=body))
    fetcher = desk.fetcher()
    with pytest.raises(PayloadRefused, match=r"^feed\.example/events: expected JSON, got "):
        await fetcher.get("/events")
    assert fetcher.counts["not_json"] == 1


def page_of(payload: bytes) -> Page[str]:
    read = json.loads(payload)
    if "events" not in read:
        raise PayloadRefused("events: missing")
    good: Iterator[str | Refusal] = (one or Refusal("events", "id", "missing") for one in read["events"])
    return Page(good, read.get("next", ""))


async def test_refused_elements_are_counted_and_the_others_kept(desk: Desk) -> None:
    desk.answers(ok({"events": ["a", "", "b"], "next": "2"}))
    fetcher = desk.fetcher()
    assert await fetcher.read("/events", None, page_of) == (["a", "b"], "2")
    assert fetcher.counts["refused_elements"] == 1


async def test_an_answer_of_another_shape_is_counted_with_host_and_path(desk: Desk) -> None:
    desk.answers(ok({"code": 7}))
    fetcher = desk.fetcher()
    with pytest.raises(PayloadRefused, match=r"^feed\.example/events: events: missing$"):
        await fetcher.read("/events", None, page_of)
    assert fetcher.counts["not_as_described"] == 1


async def test_pages_are_read_to_the_last(desk: Desk) -> None:
    route = desk.answers(ok({"events": ["a"], "next": "2"}), ok({"events": ["b"], "next": "3"}), ok({"events": ["c"]}))
    assert await desk.fetcher().read_all("/events", {"limit": 1}, page_of, "after") == ["a", "b", "c"]
    assert [call.request.url.params.get("after") for call in route.calls] == [None, "2", "3"]


async def test_a_cursor_that_comes_again_ends_the_reading(desk: Desk) -> None:
    desk.answers(*[ok({"events": ["a"], "next": "2"}) for _ in range(3)])
    fetcher = desk.fetcher()
    assert await fetcher.read_all("/events", {}, page_of, "after") == ["a", "a"]
    assert fetcher.counts["endless_pages"] == 1


async def test_pages_without_end_are_given_up(desk: Desk) -> None:
    desk.answers(*[ok({"events": ["a"], "next": str(number)}) for number in range(MOST_PAGES + 1)])
    fetcher = desk.fetcher()
    assert len(await fetcher.read_all("/events", {}, page_of, "after")) == MOST_PAGES
    assert fetcher.counts["endless_pages"] == 1


async def test_long_reading_lets_the_loop_breathe(desk: Desk) -> None:
    desk.answers(ok({"events": [str(number) for number in range(10)]}))
    breaths = 0

    def slow_page(payload: bytes) -> Page[str]:
        def elements() -> Iterator[str | Refusal]:
            for one in page_of(payload).elements:
                desk.time.now += 0.01  # parsing takes time, too
                yield one

        return Page(elements())

    async def breathe() -> None:
        nonlocal breaths
        while True:
            breaths += 1
            await asyncio.sleep(0)

    other = asyncio.create_task(breathe())
    fetcher = desk.fetcher()
    payload = await fetcher.get("/events")
    desk.answers(httpx.Response(200, content=payload))
    before = breaths
    await fetcher.read("/events", None, slow_page)
    other.cancel()
    assert breaths - before >= 10


async def test_one_failure_does_not_cost_the_others_unless_it_must() -> None:
    async def answer(value: int | Exception) -> int:
        if isinstance(value, Exception):
            raise value
        return value

    busy, unknown = FeedUnavailable("busy", status=503), FeedUnavailable("unknown", status=404)
    cut_off = PayloadRefused("cut off")
    assert await all_that_answer([answer(1), answer(unknown), answer(2)], is_unknown) == [1, 2]
    for failure in (busy, cut_off, FeedUnavailable("wrong", status=400)):
        with pytest.raises(type(failure), match=str(failure)):
            await all_that_answer([answer(1), answer(failure)], is_unknown)
    with pytest.raises(FeedUnavailable, match="unknown"):
        await all_that_answer([answer(unknown), answer(unknown)], is_unknown)
    with pytest.raises(ZeroDivisionError):
        await all_that_answer([answer(1), answer(ZeroDivisionError())], is_unknown)
    assert await all_that_answer([], is_unknown) == []


async def test_a_long_question_is_sent_and_tried_again_and_its_answer_is_not_remembered(desk: Desk) -> None:
    route = desk.router.post(f"{HOST}/v1/books")
    route.mock(side_effect=[httpx.Response(503), ok([1], ETag="a"), ok([2])])
    fetcher = desk.fetcher()
    assert await fetcher.post("/books", b'["x"]') == b"[1]"
    assert await fetcher.post("/books", b'["x"]') == b"[2]"
    sent = [call.request for call in route.calls]
    assert [request.content for request in sent] == [b'["x"]'] * 3
    assert all(request.headers["Content-Type"] == "application/json" for request in sent)
    assert not any("If-None-Match" in request.headers for request in sent)
