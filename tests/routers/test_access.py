"""Who may do what: the table of scopes and routes, and what is remembered of a key."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from app.errors import HistoryUnavailable, HotStoreUnavailable
from app.history.keys import create_key
from app.hot.sessions import PageSessions
from routers import access
from routers.access import REMEMBERED_FOR, SESSION_COOKIE, SPARED_FOR, Caller, Callers, Scope
from tests.app.hot.samples import KALSHI, NOW, link
from tests.routers.dealings import CONTRACT, deal, obeyed
from tests.routers.houses import House, open_house, settings_for

PAIR = {"target": "Celtics", "candidate": "Boston Celtics", "sport": "nba"}
ALIAS = {"sport": "nba", "team": "Boston Celtics", "name": "The Shamrocks"}
READS = (
    "GET /games",
    "GET /discovery/games",
    "GET /health/workers",
    "GET /access",
    "GET /risk",
    "GET /match/aliases",
    "GET /match/overrides",
    "GET /orders",
    "GET /orders/o-1",
    "GET /fills",
    "GET /trades",
    "GET /incidents",
    "GET /positions",
    f"GET /positions/manual:{CONTRACT}",
    "GET /portfolio",
    "GET /portfolio/curve",
    "GET /accounts",
    "GET /accounts/manual",
    "GET /ledger",
    "GET /ledger/entries",
    "GET /",
)
ASKS = ("POST /match", "POST /match/batch", "POST /match/resolve", "GET /match/unmatched")
CHANGES = ("POST /discovery/refresh", "POST /match/aliases")
TRADES = (
    "POST /orders",
    f"PUT /positions/manual:{CONTRACT}/exits",
    f"POST /positions/manual:{CONTRACT}/close",
    "DELETE /orders/o-1",
)
ADMINS = ("GET /audit", "POST /accounts/manual/deposits", "POST /accounts/manual/reset")
BODIES: dict[str, object] = {
    "POST /match": PAIR,
    "POST /match/batch": {"pairs": [PAIR]},
    "POST /match/resolve": {"name": "Celtics", "sport": "nba"},
    "POST /match/aliases": ALIAS,
    "POST /orders": {"contract_id": CONTRACT, "side": "sell", "limit": "0.4", "size": 5},
    f"PUT /positions/manual:{CONTRACT}/exits": {"exit_rules": {"stop": 0.1}},
    "POST /accounts/manual/deposits": {"amount": 5},
    "POST /accounts/manual/reset": {"balance": 5},
}
ALLOWED: dict[Scope | None, tuple[str, ...]] = {  # None: a caller on this machine without a key
    None: (*READS, *ASKS),
    "read": (*READS, *ASKS),
    "match": ("GET /access", "GET /match/aliases", "GET /match/overrides", "GET /", *ASKS, *CHANGES),
    "paper": ("GET /access", "GET /", *TRADES),
    "live": ("GET /access", "GET /"),  # no live account is open
    "admin": (*READS, *ASKS, *CHANGES, *TRADES, *ADMINS),
}


async def call(house: House, route: str, **headers: str) -> int:
    method, path = route.split()
    return (await house.ask.request(method, path, json=BODIES.get(route), headers=headers)).status_code


@pytest.mark.parametrize("scope", ALLOWED)
async def test_each_scope_opens_its_routes_and_no_others(house: House, scope: Scope | None) -> None:
    headers = {"X-API-Key": await create_key(house.history, f"of {scope}", (scope,))} if scope else {}
    refused = 403 if scope else 401
    await deal(house.history)
    links = [link(KALSHI, "KX-BOS", outcome="yes")]
    await house.resources.recorder.record_links(links, NOW)
    for route in (*READS, *ASKS, *CHANGES, *TRADES, *ADMINS):
        async with obeyed(house.history):
            status = await call(house, route, **headers)
        assert (status < 300) if route in ALLOWED[scope] else (status == refused), f"{scope}: {route} gave {status}"


async def test_an_unknown_key_is_refused_even_where_none_is_needed(house: House) -> None:
    assert await call(house, "GET /games", **{"X-API-Key": "cc_0_guess"}) == 401


async def test_every_call_from_elsewhere_needs_a_key(
    house: House, fresh_database_url: str, fresh_redis_url: str, tmp_path: Path
) -> None:
    key = house.as_admin  # made by the start on loopback, over the same stores
    settings = settings_for(fresh_database_url, fresh_redis_url, tmp_path, host="0.0.0.0", allowed_hosts=("localhost",))
    async with open_house(settings) as abroad:
        for route in (
            *READS,
            *ASKS,
            *CHANGES,
            *TRADES,
            *ADMINS,
            "GET /docs",
            "GET /openapi.json",
            "GET /page/page.js",
            "GET /nothing",
        ):
            assert await call(abroad, route) == 401, route
        assert await call(abroad, "GET /health/live") == 200
        assert await call(abroad, "GET /games", **key) == 200
        assert await call(abroad, "POST /match", **key) == 200


async def test_a_first_start_with_an_open_door_writes_the_key_that_it_needs(
    fresh_database_url: str, fresh_redis_url: str, tmp_path: Path
) -> None:
    settings = settings_for(fresh_database_url, fresh_redis_url, tmp_path, host="0.0.0.0", allowed_hosts=("localhost",))
    async with open_house(settings) as abroad:
        assert await call(abroad, "GET /games") == 401
        assert await call(abroad, "GET /games", **abroad.as_admin) == 200


class Store:
    """Keys and whether the store answers."""

    def __init__(self) -> None:
        self.keys: dict[str, Caller] = {"good": Caller("bot", frozenset({"read"}), has_key=True)}
        self.trouble: Exception | None = None
        self.is_mute = False
        self.asked: list[str] = []

    def finder(self) -> Callable[[str], Awaitable[Caller | None]]:
        async def find(secret: str) -> Caller | None:
            self.asked.append(secret)
            if self.is_mute:
                await asyncio.Event().wait()
            if self.trouble is not None:
                raise self.trouble
            return self.keys.get(secret)

        return find


def callers(store: Store, *, is_loopback: bool = True) -> Callers:
    return Callers(store.finder(), store.finder(), is_loopback=is_loopback)


async def test_a_revoked_key_stops_working_within_seconds() -> None:
    store = Store()
    known = callers(store)
    assert await known.by_key("good", 0)
    store.keys.clear()
    assert await known.by_key("good", REMEMBERED_FOR - 0.1)
    assert await known.by_key("good", REMEMBERED_FOR) is None


async def test_a_key_expires_to_the_second_even_while_postgres_is_away() -> None:
    store = Store()
    store.keys["good"] = Caller("bot", frozenset({"read"}), has_key=True, lives=REMEMBERED_FOR * 2)
    known = callers(store)
    assert await known.by_key("good", 0)
    store.trouble = HistoryUnavailable()
    assert await known.by_key("good", REMEMBERED_FOR * 2 - 0.1)
    assert await known.by_key("good", REMEMBERED_FOR * 2) is None


async def test_a_key_that_is_over_by_word_is_asked_for_again() -> None:
    store = Store()
    store.keys["good"] = Caller("bot", frozenset({"read"}), has_key=True, key_id="0f")
    known = callers(store)
    await known.by_key("good", 0)
    store.keys.clear()
    known.forget("another")
    assert await known.by_key("good", 0.1)
    known.forget("0f")
    assert await known.by_key("good", 0.1) is None


async def test_after_a_silence_everybody_is_asked_for_again_and_known_while_postgres_is_away() -> None:
    store = Store()
    known = callers(store)
    await known.by_key("good", 0)
    known.forget("")
    store.trouble = HistoryUnavailable()
    assert await known.by_key("good", 0.1)
    store.trouble = None
    store.keys.clear()
    known.forget("")
    assert await known.by_key("good", SPARED_FOR + 2) is None


async def test_a_known_key_stays_good_while_postgres_is_away() -> None:
    store = Store()
    known = callers(store)
    await known.by_key("good", 0)
    store.trouble = HistoryUnavailable()
    assert await known.by_key("good", 3600)
    with pytest.raises(HistoryUnavailable):
        await known.by_key("never seen", 3600)


async def test_a_mute_store_is_waited_for_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(access, "FOUND_WITHIN", 0.01)
    store = Store()
    known = callers(store)
    await known.by_key("good", 0)
    store.is_mute = True
    assert await known.by_key("good", REMEMBERED_FOR)
    assert await known.by_key("good", REMEMBERED_FOR + 1)
    with pytest.raises(HistoryUnavailable):
        await known.by_key("never seen", REMEMBERED_FOR + 1)
    assert store.asked == ["good", "good"]
    store.is_mute = False
    assert await known.by_key("good", REMEMBERED_FOR + SPARED_FOR + 1)
    assert len(store.asked) == 3


async def test_guesses_push_no_known_key_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(access, "KEPT", 2)
    store = Store()
    known = callers(store)
    await known.by_key("good", 0)
    for number in range(5):
        assert await known.by_key(f"guess {number}", 0) is None
    assert known.has_met("good", 3600)
    assert known.has_met("guess 4", 0)
    assert not known.has_met("guess 4", REMEMBERED_FOR)
    assert not known.has_met("guess 0", 0)


async def test_without_redis_a_browser_is_nobody_in_particular() -> None:
    store = Store()
    store.trouble = HotStoreUnavailable()
    assert await callers(store).by_session("token", 0) is None


def test_who_comes_from_elsewhere_without_key_may_nothing() -> None:
    assert callers(Store()).visitor("10.0.0.7") == Caller("10.0.0.7", frozenset({"read"}))
    assert not callers(Store(), is_loopback=False).visitor("10.0.0.7").scopes


async def test_a_session_counts_as_the_admin(house: House) -> None:
    sessions: PageSessions = house.hot
    token = await sessions.redeem_code(await sessions.offer_code())
    assert await call(house, "POST /discovery/refresh", cookie=f"{SESSION_COOKIE}={token}") == 202
    assert await call(house, "POST /discovery/refresh", cookie=f"{SESSION_COOKIE}=guess") == 401
