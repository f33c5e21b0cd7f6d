"""What is refused at the gate, and what every answer carries."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from app.settings import ApiSettings
from routers import buckets
from routers.access import SESSION_COOKIE
from routers.gates import LARGEST_BODY, Call, comes_from_our_page, host_name, names_a_host_of_ours, session_token
from tests.routers.houses import House, open_house, settings_for


def call(**changes: str) -> Call:
    plain = {"method": "POST", "path": "/", "address": "127.0.0.1", "host": "localhost:8000", "origin": ""}
    return Call(**{**plain, "length": "", "key": "", "cookie": "", **changes})


@pytest.mark.parametrize(
    ("host", "name"),
    [
        ("localhost", "localhost"),
        ("LOCALHOST:8000", "localhost"),
        ("127.0.0.1:8000", "127.0.0.1"),
        ("[::1]:8000", "::1"),
        ("[::1]", "::1"),
        ("localhost.:80", "localhost"),
        ("evil.example:8000", "evil.example"),
        ("localhost.evil.example", "localhost.evil.example"),
        ("localhost@evil.example", "localhost@evil.example"),
    ],
)
def test_the_name_in_a_host_header(host: str, name: str) -> None:
    assert host_name(host) == name
    problem = names_a_host_of_ours(call(host=host), ApiSettings())
    assert (problem is None) == (name in ApiSettings().allowed_hosts)


def test_a_call_without_host_is_refused() -> None:
    problem = names_a_host_of_ours(call(host=""), ApiSettings())
    assert problem is not None
    assert problem.status == 400


def test_the_address_it_is_bound_to_is_a_name_of_its_own() -> None:
    assert names_a_host_of_ours(call(host="10.0.0.7:8000"), ApiSettings(host="10.0.0.7")) is None
    assert names_a_host_of_ours(call(host="10.0.0.8:8000"), ApiSettings(host="10.0.0.7")) is not None


@pytest.mark.parametrize(
    ("method", "origin", "is_refused"),
    [
        ("POST", "", False),
        ("POST", "http://localhost:8000", False),
        ("POST", "https://localhost:8000", False),
        ("POST", "http://localhost:9000", True),
        ("POST", "http://evil.example", True),
        ("POST", "http://localhost:8000.evil.example", True),
        ("POST", "null", True),
        ("POST", "https://desk.example", False),
        ("DELETE", "http://evil.example", True),
        ("GET", "http://evil.example", False),
        ("POST", "http://LOCALHOST:8000", False),
        ("POST", "http://[", True),
        ("POST", "localhost:8000", True),
    ],
)
def test_only_our_own_page_may_change_things(method: str, origin: str, is_refused: bool) -> None:
    settings = ApiSettings(allowed_origins=("https://desk.example",))
    problem = comes_from_our_page(call(method=method, origin=origin), settings)
    assert (problem is not None) == is_refused


async def test_a_foreign_host_is_misdirected(house: House) -> None:
    answer = await house.ask.get("/games", headers={"host": "evil.example"})
    assert answer.status_code == 421
    assert "API__ALLOWED_HOSTS" in answer.json()["remedy"]


async def test_a_long_body_is_refused_whether_it_says_its_length_or_not(house: House) -> None:
    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(LARGEST_BODY // 1024 + 1):
            yield b" " * 1024

    for body in (b" " * (LARGEST_BODY + 1), pieces()):
        answer = await house.ask.post("/match", content=body, headers={"content-type": "application/json"})
        assert answer.status_code == 413
        assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("is_behind_tls", [False, True])
async def test_only_behind_tls_browsers_are_told_to_keep_to_it(
    fresh_database_url: str, fresh_redis_url: str, tmp_path: Path, is_behind_tls: bool
) -> None:
    settings = settings_for(fresh_database_url, fresh_redis_url, tmp_path, behind_tls=is_behind_tls)
    async with open_house(settings) as house:
        answer = await house.ask.get("/open", params={"code": await house.hot.offer_code()})
        assert ("strict-transport-security" in answer.headers) is is_behind_tls
        assert ("Secure" in answer.headers["set-cookie"]) is is_behind_tls


async def test_pages_of_others_are_told_nothing_that_would_let_them_read(house: House) -> None:
    foreign = {"origin": "https://evil.example", "access-control-request-method": "POST"}
    for method, path in (("OPTIONS", "/orders"), ("GET", "/games"), ("GET", "/access")):
        answer = await house.ask.request(method, path, headers=foreign)
        assert not [name for name in answer.headers if name.startswith("access-control")]


@pytest.mark.parametrize("path", ["/", "/match?target=a", "/games", "/nothing", "/access"])
async def test_every_answer_is_guarded(house: House, path: str) -> None:
    headers = (await house.ask.get(path)).headers
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert "unsafe" not in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert int(headers["ratelimit-remaining"]) < int(headers["ratelimit-limit"])


async def test_who_calls_too_often_is_told_when_to_come_back(
    fresh_database_url: str, fresh_redis_url: str, tmp_path: Path
) -> None:
    settings = settings_for(fresh_database_url, fresh_redis_url, tmp_path, rate_per_minute=2)
    async with open_house(settings) as house:
        answers = [await house.ask.get("/access") for _ in range(3)]
        assert [answer.status_code for answer in answers] == [200, 200, 429]
        assert 0 < int(answers[2].headers["retry-after"]) <= 60
        assert answers[2].headers["ratelimit-remaining"] == "0"
        assert (await house.ask.get("/games", headers=house.as_admin)).status_code == 200  # a window of its own
        guessed = await house.ask.get("/games", headers={"X-API-Key": "cc_0_guess"})
        assert guessed.status_code == 429  # a guess is paid for by the address
        alive = await house.ask.get("/health/live")
        assert alive.status_code == 200  # whoever looks after the process is never told that it is gone
        assert "ratelimit-limit" not in alive.headers


async def test_who_guesses_keys_is_stopped_before_postgres_is_asked(
    fresh_database_url: str, fresh_redis_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(buckets, "GUESSES_A_MINUTE", 2)
    async with open_house(settings_for(fresh_database_url, fresh_redis_url, tmp_path)) as house:
        assert (await house.ask.get("/games", headers=house.as_admin)).status_code == 200
        guesses = [await house.ask.get("/games", headers={"X-API-Key": f"cc_{n}_guess"}) for n in (1, 1, 2, 3)]
        assert [answer.status_code for answer in guesses] == [401, 401, 401, 429]
        assert (await house.ask.get("/games", headers=house.as_admin)).status_code == 200


async def test_a_batch_is_worth_as_many_calls_as_it_has_tens(
    fresh_database_url: str, fresh_redis_url: str, tmp_path: Path
) -> None:
    pair = {"target": "Celtics", "candidate": "Boston Celtics", "sport": "nba"}
    settings = settings_for(fresh_database_url, fresh_redis_url, tmp_path, rate_per_minute=10)
    async with open_house(settings) as house:
        answers = [await house.ask.post("/match/batch", json={"pairs": [pair] * 51}) for _ in range(2)]
        assert [answer.status_code for answer in answers] == [200, 429]
        assert answers[0].headers["ratelimit-remaining"] == "4"
        assert 0 < int(answers[1].headers["retry-after"]) <= 60


@pytest.mark.parametrize(
    ("cookie", "token"),
    [
        (f"{SESSION_COOKIE}=abc", "abc"),
        (f'theirs=a b; json={{"x": 1}}; {SESSION_COOKIE}=abc; more=1', "abc"),
        (f"not_{SESSION_COOKIE}=abc", ""),
        (f'{SESSION_COOKIE}="abc"', "abc"),
        (SESSION_COOKIE, ""),
        ("", ""),
    ],
)
def test_our_cookie_is_found_among_any_others(cookie: str, token: str) -> None:
    assert session_token(cookie) == token


async def test_a_bug_is_answered_as_guarded_as_the_rest(house: House) -> None:
    @house.app.get("/bug")
    async def fall() -> None:
        raise ZeroDivisionError("secret words")

    answer = await house.ask.get("/bug")
    assert answer.status_code == 500
    assert "secret" not in answer.text
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
    assert answer.headers["ratelimit-limit"]


async def test_who_passed_once_opens_the_gate_to_no_other(house: House) -> None:
    page = {"origin": "http://localhost:8000"}
    for _ in range(2):
        assert (await house.ask.post("/match", json={}, headers=page)).status_code == 422
        assert (await house.ask.post("/match", json={}, headers={"origin": "http://evil.example"})).status_code == 403
        assert (await house.ask.post("/match", json={}, headers={**page, "host": "evil.example"})).status_code == 421
