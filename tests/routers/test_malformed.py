"""Malformed input at every route of the API's own document, family by family: never a bug, always a problem with what
to do about it."""

import json
from collections.abc import Iterator
from urllib.parse import quote, quote_from_bytes

import httpx
import pytest

from tests.routers.calls import Call, calls_of
from tests.routers.dealings import deal
from tests.routers.houses import House

JSON = {"content-type": "application/json"}
DEEP = 50_000
Shot = tuple[str, bytes | None, dict[str, str]]  # the path with its query, the body, more headers

VALUES: dict[str, tuple[object, ...]] = {  # in each field of a body, in each parameter, in each part of a path
    "wrong types": ([], {}, 1.5, True, None, [[None]], {"a": {"b": []}}),
    "huge": (10**400, 1e308, "9" * 4_000, "x" * 4_000),
    "negative": (-1, -(10**30), "-0", "-1e9", 0),
    "no numbers": ("NaN", "Infinity", "-Infinity", "1e999", "0x10", "١٢٣"),
    "NUL and controls": ("\0", "a\0b", "\x01\x1f\x7f", "a\r\nset-cookie: x=1", "\u202e\u2066"),
    "SQL and HTML": ("'; DROP TABLE orders; --", "1 OR 1=1", "<script>alert(1)</script>", "${jndi:x}", "../../etc"),
    "strange moments": ("2026-02-30T00:00:00Z", "0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59", "1e18"),
    "wrong cursors": ("WyJ4Il0", "e30", "bnVsbA==", "====", "WzFlOTk5XQ", "W1tbW1tb"),
}
RAW_BODIES: dict[str, tuple[bytes, ...]] = {
    "broken JSON": (b"", b"{", b'{"a":', b"nul", b"{'a': 1}", b'{"a": 1,}', b"\x00"),
    "no object": (b"null", b"[]", b"0", b'"text"', b"true", b"[{}]"),
    "deep JSON": (b"[" * DEEP, b'{"a":' * DEEP + b"1" + b"}" * DEEP, b"[" * DEEP + b"]" * DEEP),
    "wrong encodings": (b"\xff\xfe{\x00}\x00", b'{"name": "\xc3\x28"}', "{}".encode("utf-16"), b"\xef\xbb\xbf{}"),
    "numbers of thousands of digits": (b'{"amount": ' + b"9" * 5_000 + b"}", b'{"size": 1e999, "limit": NaN}'),
}
HEADERS: dict[str, dict[str, str]] = {
    "no content type": {},
    "another content type": {"content-type": "text/xml"},
    "a form": {"content-type": "application/x-www-form-urlencoded"},
    "parts": {"content-type": "multipart/form-data; boundary=x"},
    "nonsense": {"content-type": ";;;/"},
    "compressed": {"content-type": "application/json", "content-encoding": "gzip"},
}
FAMILIES = (*VALUES, "surrogates", "duplicate keys", "wrong content types", *RAW_BODIES)


def shots(call: Call, family: str) -> Iterator[Shot]:
    path, fields = call.at(), call.fields or ()
    if family in VALUES:
        yield from _with_values(call, VALUES[family])
    elif family == "surrogates":
        yield from _raw(call, "".join(f'"{name}": "\\ud800"' for name in fields[:1]))
        yield (f"{path}?" + "&".join(f"{name}=%ed%a0%80" for name in call.query), None, {})
        yield (call.at(dict.fromkeys(call.parts, "%ed%a0%80")), None, {})
    elif family == "duplicate keys":
        yield from _raw(call, ", ".join(f'"{name}": 1, "{name}": "x"' for name in fields))
        yield (f"{path}?" + "&".join(f"{name}=1&{name}=x" for name in call.query), None, {})
    elif family == "wrong content types" and call.fields is not None:
        yield from ((path, b'{"a": 1}', headers) for headers in HEADERS.values())
    elif family in RAW_BODIES and call.fields is not None:
        yield from ((path, body, JSON) for body in RAW_BODIES[family])


def _with_values(call: Call, values: tuple[object, ...]) -> Iterator[Shot]:
    for value in values:
        text = value if isinstance(value, str) else json.dumps(value)
        shown = quote(text[:2_000], safe="")
        query = "?" + "&".join(f"{name}={shown}" for name in call.query) if call.query else ""
        body = None if call.fields is None else json.dumps(dict.fromkeys(call.fields, value)).encode()
        if query or body:
            yield (call.at() + query, body, JSON if body else {})
        if call.parts:
            yield (call.at(dict.fromkeys(call.parts, shown or "x")), body, JSON if body else {})


def _raw(call: Call, inside: str) -> Iterator[Shot]:
    if call.fields is not None:
        yield (call.at(), b"{" + inside.encode() + b"}", JSON)


def fault_of(answer: httpx.Response) -> str:
    """What is wrong with an answer to nonsense; empty: nothing."""
    if answer.status_code < 400:
        return ""
    if answer.status_code == 500 or answer.headers["content-type"] != "application/problem+json":
        return f"{answer.status_code} {answer.text[:200]}"
    problem = answer.json()
    return "" if problem["remedy"] and problem["detail"] and problem["status"] == answer.status_code else answer.text


@pytest.fixture
async def asked(house: House) -> House:
    await deal(house.history)
    return house


@pytest.mark.timeout(180)
async def test_no_nonsense_meets_a_bug_anywhere(asked: House) -> None:
    wrong = []
    for call in calls_of(asked.app.openapi()):
        for family in FAMILIES:
            for path, body, headers in shots(call, family):
                answer = await asked.ask.request(
                    call.method, path, content=body, headers={**asked.as_admin, "idempotency-key": "k", **headers}
                )
                if fault := fault_of(answer):
                    wrong.append(f"{call.method} {path[:200]} ({family}) {(body or b'')[:80]!r}: {fault}")
    assert wrong == []


async def test_headers_of_nonsense_meet_no_bug(asked: House) -> None:
    strange = quote_from_bytes(bytes(range(256)))
    for name in ("x-api-key", "cookie", "origin", "content-length", "if-none-match", "accept", "idempotency-key"):
        for value in (b"\xff\xfe", b"x" * 8_000, b"", b"-1", strange.encode(), "ключ".encode()):
            for method, path in (("GET", "/games"), ("POST", "/match"), ("DELETE", "/orders/x")):
                answer = await asked.ask.request(method, path, headers={name.encode(): value})
                assert not fault_of(answer), f"{method} {path} {name}: {value[:40]!r}"
