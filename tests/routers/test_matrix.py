"""Who may call what: every route of the API's own document by every kind of caller, from this machine and elsewhere."""

from datetime import timedelta
from pathlib import Path

import pytest

from app.clock import wall_clock
from app.history.keys import create_key, list_keys, revoke_key
from tests.routers.calls import Call, calls_of
from tests.routers.houses import House, open_house, settings_for

SCOPES = ("read", "match", "paper", "live", "admin")
READ, ASK, TEACH, TRADE = ("read",), ("read", "match"), ("match",), ("paper", "live")
ANYBODY, KNOWN, ADMIN = ("anybody",), ("read", "match", "paper", "live"), ()

OPENED_BY: dict[str, tuple[str, ...]] = {  # besides the admin's key, which opens everything
    "POST /match": ASK,
    "GET /match": ASK,
    "POST /match/batch": ASK,
    "POST /match/resolve": ASK,
    "POST /match/listing": ASK,
    "GET /match/aliases": ASK,
    "POST /match/aliases": TEACH,
    "DELETE /match/aliases": TEACH,
    "GET /match/overrides": ASK,
    "POST /match/links/{contract_id}/override": TEACH,
    "DELETE /match/links/{contract_id}/override": TEACH,
    "GET /match/links/{contract_id}/decisions": ASK,
    "GET /match/unmatched": ASK,
    "GET /discovery/games": READ,
    "GET /discovery/games/{game_id}": READ,
    "POST /discovery/refresh": TEACH,
    "GET /games": READ,
    "GET /games/{game_id}": READ,
    "GET /games/{game_id}/links": READ,
    "GET /games/{game_id}/prices": READ,
    "GET /games/{game_id}/prices/history": READ,
    "GET /games/{game_id}/payoffs": READ,
    "GET /markets/{venue}/{market_id}": READ,
    "GET /markets/{venue}/{market_id}/book": READ,
    "GET /signals": READ,
    "GET /signals/funnel": READ,
    "GET /signals/{signal_id}": READ,
    "GET /signals/{signal_id}/replay": READ,
    "GET /orders": READ,
    "POST /orders": TRADE,
    "GET /orders/{order_id}": READ,
    "DELETE /orders/{order_id}": TRADE,
    "GET /fills": READ,
    "GET /trades": READ,
    "GET /incidents": READ,
    "GET /instructions/{instruction_id}": READ,
    "GET /positions": READ,
    "GET /positions/{position_id}": READ,
    "POST /positions/{position_id}/close": TRADE,
    "PUT /positions/{position_id}/exits": TRADE,
    "GET /portfolio": READ,
    "GET /portfolio/curve": READ,
    "GET /accounts": READ,
    "POST /accounts": ADMIN,
    "GET /accounts/{account}": READ,
    "POST /accounts/{account}/deposits": ADMIN,
    "POST /accounts/{account}/reset": ADMIN,
    "GET /ledger": READ,
    "GET /ledger/entries": READ,
    "GET /risk": READ,
    "PUT /risk/limits": ADMIN,
    "GET /risk/limits/history": READ,
    "POST /risk/halt": TRADE,
    "POST /risk/resume": ADMIN,
    "GET /rules": ASK,
    "GET /rules/rates": ASK,
    "GET /rules/texts": ASK,
    "GET /rules/approvals": ASK,
    "POST /rules/approvals": ADMIN,
    "DELETE /rules/approvals/{rules_hash}": ADMIN,
    "GET /health/live": ANYBODY,
    "GET /health/ready": READ,
    "GET /health/workers": READ,
    "GET /metrics": READ,
    "GET /audit": ADMIN,
    "GET /keys": ADMIN,
    "POST /keys": ADMIN,
    "POST /keys/{key_id}/rotate": ADMIN,
    "DELETE /keys/{key_id}": ADMIN,
    "GET /open": ANYBODY,
    "GET /access": KNOWN,
    "GET /analytics/daily": READ,
    "GET /analytics/daily/{day}": READ,
    "GET /analytics/daily/{day}/page": READ,
    "GET /analytics/calibration": READ,
    "GET /analytics/validation": READ,
    "GET /analytics/drills": READ,
}


def expected(opened_by: tuple[str, ...], caller: str, *, is_loopback: bool) -> int:
    """401, 403, or 0 for one who is let in."""
    if opened_by == ANYBODY:
        return 0
    if caller in SCOPES:
        return 0 if caller in (*opened_by, "admin") else 403
    if caller == "nobody":
        return 0 if is_loopback and "read" in opened_by else 401
    return 401  # expired, revoked, wrong


async def keys_of(house: House) -> dict[str, str]:
    """One of each kind."""
    soon = wall_clock() + timedelta(hours=1)
    found = {scope: await create_key(house.history, f"of {scope}", (scope,), expires_at=soon) for scope in SCOPES}
    found["revoked"] = await create_key(house.history, "revoked", SCOPES)
    await revoke_key(house.history, (await list_keys(house.history))[-1].id)
    long_ago = wall_clock() - timedelta(days=2)
    ended = long_ago + timedelta(days=1)
    found["expired"] = await create_key(house.history, "expired", SCOPES, long_ago, expires_at=ended)
    found["wrong"] = found["admin"][:-1] + ("x" if found["admin"][-1] != "x" else "y")
    return {**found, "nobody": ""}


async def status(house: House, call: Call, key: str) -> int:
    body = None if call.fields is None else {}
    answer = await house.ask.request(call.method, call.at(), json=body, headers={"x-api-key": key} if key else {})
    if answer.status_code >= 400:
        assert answer.headers["content-type"] == "application/problem+json", f"{call.name}: {answer.text[:200]}"
        assert answer.json()["remedy"]
    return answer.status_code


async def wrong_cells(house: House, *, is_loopback: bool) -> list[str]:
    keys = await keys_of(house)
    wrong = []
    for call in calls_of(house.app.openapi()):
        for caller, key in keys.items():
            found = await status(house, call, key)
            wanted = expected(OPENED_BY[call.name], caller, is_loopback=is_loopback)
            is_right = found == wanted if wanted else found not in (401, 403) or call.path == "/open"
            if not is_right:
                wrong.append(f"{call.name} by {caller}: {found}, not {wanted or 'let in'}")
    return wrong


def test_every_route_has_its_row(house: House) -> None:
    assert {call.name for call in calls_of(house.app.openapi())} == set(OPENED_BY)


@pytest.mark.timeout(120)
async def test_every_cell_on_this_machine(house: House) -> None:
    assert await wrong_cells(house, is_loopback=True) == []


@pytest.mark.timeout(120)
async def test_every_cell_from_elsewhere(fresh_database_url: str, fresh_redis_url: str, tmp_path: Path) -> None:
    settings = settings_for(fresh_database_url, fresh_redis_url, tmp_path, host="0.0.0.0", allowed_hosts=("localhost",))
    async with open_house(settings) as abroad:
        assert await wrong_cells(abroad, is_loopback=False) == []
