"""Whatever is sent to the matcher over HTTP is answered, or refused with what to do about it; soon, never by a bug."""

import json
import time
from urllib.parse import quote

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.domain.questions import LONGEST_NAME, MOST_FAULTS
from tests.routers.houses import House

JSON = {"content-type": "application/json"}
PATHS = ("/match", "/match/batch", "/match/resolve")
WITHIN = 1.0  # seconds: a hundred times what the slowest of them takes

MANY = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])

NAMES = [
    "x",
    " " * 200,
    "a" * LONGEST_NAME,
    "a b c d e f g h i j k l m n o p q r s t u v w x y z " * 3,
    "\u202eitleC",
    "\u0627\u0644\u0646\u0635\u0631 \u0627\u0644\u0633\u0639\u0648\u062f\u064a",
    "🏀" * 100,
    "👨‍👩‍👧‍👦 United",
    "e\u0301" * 100,
    "'; DROP TABLE teams; --",
    "<script>alert(1)</script>",
    "{{7*7}} ${jndi:ldap://x} %s %n ../../etc/passwd",
    "\ufdfa" * 60,  # folds to eighteen letters each
    "İ" * 100,
    "\u0000",
    "NaN",
]
BODIES = [
    b"",
    b" ",
    b"null",
    b"[]",
    b"0",
    b'"Celtics"',
    b"{",
    b"}" * 1_000,
    b'{"target":',
    b"\xff\xfe\x00",
    b"\xef\xbb\xbf{}",
    b'{"target": "\xc3\x28"}',
    b'{"target": "\\ud800", "candidate": "\\udfff", "sport": "nba"}',
    b'{"target": "a", "target": "b", "candidate": "b", "sport": "nba"}',
    b'{"name": 1e999, "sport": NaN}',
    b'{"name": ' + b"9" * 5_000 + b', "sport": "nba"}',
    b"[" * 100_000,
    b'{"a":' * 50_000 + b"1" + b"}" * 50_000,
    b'{"pairs": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    b'{"pairs": [' + b"[" * 50_000 + b"]" * 50_000 + b"]}",
    b'{"pairs": {}}',
    b'{"pairs": [1, null, "x", [], {}, {"target": {}}]}',
    b'{"pairs": [{"target": "\xc3\x28", "candidate": "b", "sport": "nba"}]}',
    b'{"target": "a", "candidate": "b", "sport": "nba", "context": {"start": "2026-02-30T00:00:00Z"}}',
    b'{"target": "a", "candidate": "b", "sport": "nba", "context": {"start": 1e300}}',
    json.dumps({str(number): number for number in range(50_000)}).encode(),
]


def told(answer: httpx.Response) -> None:
    """It is an answer, or a problem that says what to do about it."""
    if answer.status_code == 200:
        assert answer.json()
        return
    assert answer.status_code in (413, 422), answer.text[:500]
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert problem["remedy"]
    assert problem["detail"]
    assert len(problem["errors"]) <= MOST_FAULTS


@pytest.mark.parametrize("path", PATHS)
async def test_bodies_that_are_no_question(house: House, path: str) -> None:
    for body in BODIES:
        began = time.process_time()
        told(await house.ask.post(path, content=body, headers=JSON))
        assert time.process_time() - began < WITHIN, body[:40]


async def test_names_that_are_no_names(house: House) -> None:
    for name in [*NAMES, "x" * 10_000, "\u202e" * 10_000, "🏀" * 10_000]:
        began = time.process_time()
        pair = {"target": name, "candidate": "Boston Celtics", "sport": "soccer"}
        for body in (pair, {**pair, "context": {"opponent": name}}, {**pair, "sport": name}):
            told(await house.ask.post("/match", json=body))
        told(await house.ask.post("/match/resolve", json={"name": name, "sport": "ncaab"}))
        told(await house.ask.get("/match", params={**pair, "target": name[:2_000]}))  # an address can be only so long
        assert time.process_time() - began < WITHIN, name[:40]


async def test_a_name_of_ten_kilobytes_is_told_how_long_it_may_be(house: House) -> None:
    answer = await house.ask.post("/match", json={"target": "x" * 10_000, "candidate": "y", "sport": "nba"})
    assert answer.status_code == 422
    assert answer.json()["errors"] == [{"field": "body.target", "expected": "must have at most 200 characters"}]
    assert len(answer.content) < 1_000


@pytest.mark.parametrize(
    "query",
    [
        "",
        "target",
        "target=%ff%fe&candidate=%00&sport=nba",
        "target=a&target=b&candidate=b&sport=nba&sport=nfl",
        "target=a&candidate=b&sport=nba&context=",
        "target=a&candidate=b&sport=nba&context=[]",
        "target=a&candidate=b&sport=nba&context=" + "[" * 5_000,
        "target=a&candidate=b&sport=nba&context=" + "9" * 5_000,
        "target=a&candidate=b&sport=nba&context=" + quote('{"opponent": "\\ud800"}'),
        "target=a&candidate=b&sport=nba&context=" + quote('{}, "target": "c"'),
        "&".join(f"x{number}=1" for number in range(1_000)),
    ],
)
async def test_queries_that_are_no_question(house: House, query: str) -> None:
    told(await house.ask.get(f"/match?{query}"))


@MANY
@given(target=st.text(max_size=300), candidate=st.text(max_size=300), sport=st.sampled_from(["nba", "soccer", "x"]))
async def test_no_name_is_answered_by_a_bug(house: House, target: str, candidate: str, sport: str) -> None:
    pair = {"target": target, "candidate": candidate, "sport": sport}
    body = json.dumps(pair).encode()  # surrogates as escapes, which json takes for text
    told(await house.ask.post("/match", content=body, headers=JSON))
    told(await house.ask.post("/match/resolve", content=json.dumps({"name": target, "sport": sport}), headers=JSON))


WORDS = st.sampled_from(["target", "candidate", "sport", "context", "pairs", "name", "opponent", "start", "league"])
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=20)
    | st.sampled_from(["nba", "Celtics"]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(WORDS | st.text(max_size=5), inner, max_size=5),
)


@MANY
@given(value=VALUES, path=st.sampled_from(PATHS))
async def test_no_json_is_answered_by_a_bug(house: House, value: object, path: str) -> None:
    told(await house.ask.post(path, content=json.dumps(value).encode(), headers=JSON))


@MANY
@given(body=st.binary(max_size=200), path=st.sampled_from(PATHS))
async def test_no_bytes_are_answered_by_a_bug(house: House, body: bytes, path: str) -> None:
    told(await house.ask.post(path, content=body, headers=JSON))
