"""Limits, halts and what is used: who may change them, what is refused, and what is on record."""

import asyncio
from typing import Any

import httpx
import pytest

from app.domain.inputs import Halted, Held, Limited
from app.domain.limits import limits_shown
from app.domain.money import Money
from app.domain.risks import DOLLAR, Halt, Holdings, RiskLimits
from app.errors import HotStoreUnavailable
from app.history.database import Database
from app.history.keys import create_key
from app.history.signals import Recorded, write_signals
from app.hot.risk import RiskUpdate
from routers.risk import HaltQuestion, LimitsQuestion, ResumeQuestion
from routers.risk_answers import RISK, RiskAnswer
from tests.app.history.judged import judged, refused
from tests.app.hot.samples import CELTICS_GAME
from tests.routers.houses import House

WHY = "a test"


async def send(house: House, method: str, path: str, body: object, scope: str = "admin") -> httpx.Response:
    headers = house.as_admin if scope == "admin" else {"X-API-Key": await create_key(house.history, scope, (scope,))}
    return await house.ask.request(method, path, json=body, headers=headers)


async def change(house: House, version: int = 0, reason: str = WHY, **limits: object) -> httpx.Response:
    return await send(house, "PUT", "/risk/limits", {"version": version, "limits": limits, "reason": reason})


async def halt(
    house: House, scope: str = "all", name: str = "", reason: str = WHY, by: str = "paper"
) -> httpx.Response:
    return await send(house, "POST", "/risk/halt", {"scope": scope, "name": name, "reason": reason}, by)


async def resume(house: House, scope: str = "all", name: str = "", by: str = "admin") -> httpx.Response:
    return await send(house, "POST", "/risk/resume", {"scope": scope, "name": name}, by)


async def risk(house: House) -> Any:
    return (await house.ask.get("/risk")).json()


async def deeds(house: House) -> list[Any]:
    found = (await house.ask.get("/audit", headers=house.as_admin)).json()["items"]
    return [each for each in found if each["what"].startswith("risk.")]


async def test_the_built_in_limits_are_shown_as_people_write_them(house: House) -> None:
    shown = await risk(house)
    assert shown["limits"] == dict(limits_shown(RiskLimits()))
    assert (shown["limits"]["max_stake"], shown["limits"]["max_entry_price"]) == ("250", "0.8500")
    assert (shown["version"], shown["changed_by"], shown["changed_at"]) == (0, "", None)
    assert (shown["halts"], shown["is_here"], shown["used"], shown["accounts"]) == ([], False, [], [])
    assert (shown["orders"], shown["built_in"]) == (None, shown["limits"])
    assert shown["simulated"] is False


async def test_what_is_used_on_the_sandbox_is_simulated(house: House) -> None:
    settings = house.resources.settings
    simulation = settings.simulation.model_copy(update={"clock_url": "http://localhost/clock"})
    house.resources.settings = settings.model_copy(update={"simulation": simulation})
    assert (await risk(house))["simulated"] is True


async def test_a_change_makes_another_version_with_its_line_in_the_audit(house: House) -> None:
    answer = await change(house, max_stake="99.5", min_edge=0.01, kelly_fraction=0, max_age_ms=1_500)
    assert answer.status_code == 200, answer.text
    shown = await risk(house)
    changed = {"max_stake": "99.5", "min_edge": "0.0100", "kelly_fraction": 0, "max_age_ms": 1_500}
    assert shown["limits"] == {**limits_shown(RiskLimits()), **changed}
    assert (shown["version"], shown["reason"], shown["changed_by"]) == (1, WHY, "key admin")
    assert answer.json() == {name: shown[name] for name in answer.json()}
    (deed,) = await deeds(house)
    assert (deed["who"], deed["what"]) == ("key admin", "risk.limits_changed")
    assert deed["detail"]["changed"]["max_stake"] == {"before": "250", "after": "99.5"}


async def test_every_version_is_on_record(house: House) -> None:
    for version in range(3):
        assert (await change(house, version, max_stake=version + 1)).status_code == 200
    first = (await house.ask.get("/risk/limits/history?limit=2")).json()
    rest = (await house.ask.get(f"/risk/limits/history?limit=2&cursor={first['next_cursor']}")).json()
    assert [each["version"] for each in first["items"] + rest["items"]] == [3, 2, 1]
    assert (first["total"], rest["next_cursor"]) == (3, None)
    assert [each["limits"]["max_stake"] for each in first["items"]] == ["3", "2"]


async def test_a_change_made_from_another_version_is_refused(house: House) -> None:
    assert (await change(house, max_stake=1)).status_code == 200
    for version in (0, 2):
        late = await change(house, version, max_stake=2)
        assert late.status_code == 409
        assert "GET /risk" in late.json()["remedy"]
    answers = await asyncio.gather(*(change(house, 1, max_stake=n) for n in range(2, 6)))
    assert sorted(each.status_code for each in answers) == [200, 409, 409, 409]
    assert (await risk(house))["version"] == len(await deeds(house)) == 2


@pytest.mark.parametrize(
    ("limits", "field", "expected"),
    [
        ({"max_stakes": "5"}, "limits.max_stakes", "no such field"),
        ({"version": 5}, "limits.version", "no such field"),
        ({"max_stake": "-1"}, "limits.max_stake", "not negative"),
        ({"max_stake": "1e9"}, "limits.max_stake", "plain decimal"),
        ({"max_stake": "NaN"}, "limits.max_stake", "plain decimal"),
        ({"max_stake": "0.0000001"}, "limits.max_stake", "six decimals"),
        ({"max_stake": "1000000001"}, "limits.max_stake", "between 0 and 1000000000"),
        ({"max_stake": True}, "limits.max_stake", "a number, or a decimal text"),
        ({"max_stake": None}, "limits.max_stake", "a number, or a decimal text"),
        ({"max_stake": "\u0663"}, "limits.max_stake", "plain decimal"),
        ({"max_entry_price": "1.01"}, "limits.max_entry_price", "0..1"),
        ({"max_entry_price": "0.00001"}, "limits.max_entry_price", ""),
        ({"min_size": "0.5"}, "limits.min_size", "between 1 and"),
        ({"kelly_fraction": 1.01}, "limits.kelly_fraction", "between 0 and 1"),
        ({"kelly_fraction": "0.5"}, "limits.kelly_fraction", "number"),
        ({"max_age_ms": 1.5}, "limits.max_age_ms", "whole number"),
        ({"max_age_ms": 0}, "limits.max_age_ms", "between 1 and"),
        ({"soft_drawdown": 0.2}, "limits.soft_drawdown", "at most hard_drawdown, 0.1"),
        ({"hard_drawdown": 0.01}, "limits.soft_drawdown", "at most hard_drawdown, 0.01"),
        ({"max_stake": "250"}, "limits", "differ"),
        ({}, "limits", ""),
    ],
)
async def test_limits_that_make_no_sense_are_refused_with_their_names(
    house: House, limits: dict[str, object], field: str, expected: str
) -> None:
    answer = await send(house, "PUT", "/risk/limits", {"version": 0, "limits": limits, "reason": WHY})
    assert answer.status_code == 422, answer.text
    (fault, *_) = answer.json()["errors"]
    assert fault["field"].startswith(f"body.{field}")
    assert expected in fault["expected"]
    assert (await risk(house))["version"] == 0
    assert not await deeds(house)


@pytest.mark.parametrize("number", ["NaN", "Infinity", "1e999"])
async def test_what_is_no_number_is_no_limit(house: House, number: str) -> None:
    body = f'{{"version": 0, "limits": {{"kelly_fraction": {number}}}, "reason": "a"}}'
    headers = {**house.as_admin, "content-type": "application/json"}
    answer = await house.ask.put("/risk/limits", content=body, headers=headers)
    assert answer.status_code in (400, 422), answer.text


async def test_every_fault_is_told_at_once(house: House) -> None:
    answer = await change(house, max_stake="x", max_open="y", shrinkage=2)
    assert [each["field"] for each in answer.json()["errors"]] == [
        "body.limits.max_stake",
        "body.limits.max_open",
        "body.limits.shrinkage",
    ]


@pytest.mark.parametrize("reason", ["", "   ", "x" * 501, "a\u202eb"])
async def test_a_change_and_a_halt_need_a_reason(house: House, reason: str) -> None:
    assert (await change(house, reason=reason, max_stake=1)).status_code == 422
    assert (await halt(house, reason=reason)).status_code == 422
    assert not await deeds(house)


@pytest.mark.parametrize(
    ("scope", "name", "named"), [("all", "", ""), ("venue", "kalshi", "kalshi"), ("league", "CFB", "ncaaf")]
)
async def test_a_halt_is_told_at_once_kept_and_ended_by_an_admin(
    house: House, scope: str, name: str, named: str
) -> None:
    async with house.hot.hear_risk() as updates:
        done = (await halt(house, scope, name)).json()
        heard = await asyncio.wait_for(anext(updates), 10)
    assert (done["halt"]["scope"], done["halt"]["name"], done["halt"]["halted_by"]) == (scope, named, "key paper")
    assert (done["is_new"], done["is_told"]) == (True, True)
    assert done["halts"] == (await risk(house))["halts"] == [done["halt"]]
    assert isinstance(heard, RiskUpdate)
    assert heard.halts == await house.hot.halts()
    assert heard.halts is not None
    assert (heard.halts[0].scope, heard.halts[0].name) == (scope, named)

    again = (await halt(house, scope, name, "another reason", by="live")).json()
    assert (again["is_new"], again["halt"]) == (False, done["halt"])

    ended = await resume(house, scope, name)
    assert (ended.status_code, ended.json()["halts"]) == (200, [])
    assert await house.hot.halts() == ()
    assert [each["what"] for each in await deeds(house)] == ["risk.resumed", "risk.halted"]
    assert (await resume(house, scope, name)).status_code == 404


async def test_one_halt_ends_alone(house: House) -> None:
    await halt(house)
    await halt(house, "league", "nba")
    (left,) = (await resume(house)).json()["halts"]
    assert (left["scope"], left["name"]) == ("league", "nba")


@pytest.mark.parametrize(
    ("scope", "name", "status"),
    [
        ("all", "nba", 422),
        ("venue", "nowhere", 422),
        ("venue", "", 422),
        ("league", "cricket", 422),
        ("game", "", 422),
        ("game", "a\0b", 422),
        ("game", "999", 404),
        ("moon", "", 422),
    ],
)
async def test_a_halt_that_would_halt_nothing_is_refused(house: House, scope: str, name: str, status: int) -> None:
    answer = await halt(house, scope, name)
    assert (answer.status_code, bool(answer.json()["remedy"])) == (status, True)
    assert not (await risk(house))["halts"]


async def test_a_game_is_halted_while_anybody_knows_it(slate: House) -> None:
    assert (await halt(slate, "game", CELTICS_GAME.id)).status_code == 200


@pytest.mark.parametrize(("by", "may_halt"), [("read", False), ("match", False), ("paper", True), ("live", True)])
async def test_who_trades_may_halt_and_an_admin_alone_lets_it_go_on(house: House, by: str, may_halt: bool) -> None:
    assert (await halt(house, by=by)).status_code == (200 if may_halt else 403)
    await halt(house)
    denied = await resume(house, by=by)
    assert denied.status_code == 403
    assert "crosscourt keys create" in denied.json()["remedy"]
    body = {"version": 0, "limits": {"max_stake": 1}, "reason": WHY}
    assert (await send(house, "PUT", "/risk/limits", body, by)).status_code == 403
    assert len((await risk(house))["halts"]) == 1
    assert (await house.ask.post("/risk/halt", json={"reason": WHY})).status_code == 401


async def test_where_this_process_trades_what_is_used_is_shown(house: House) -> None:
    put, now = house.resources.intake.put, house.resources.intake.now()
    put(Limited(RiskLimits(version=4), now))
    put(Halted((), now))
    more = {"by_game": {CELTICS_GAME.id: Money(96 * DOLLAR)}, "equity": Money(950 * DOLLAR)}
    put(Held(Holdings(account="model", peak=Money(1_000 * DOLLAR), **more), now))  # type: ignore[arg-type]
    shown = await risk(house)
    assert (shown["is_here"], shown["orders"]) == (True, 0)
    assert shown["used"] == [
        {"limit": "max_per_game", "kind": "game", "name": CELTICS_GAME.id, "used": "96", "allowed": "2500"}
    ]
    assert shown["accounts"] == [
        {"account": "arbitrage", "equity": "100000", "drawdown": 0.0},
        {"account": "model", "equity": "950", "drawdown": 0.05},
    ]


async def test_the_last_refusals_are_shown(house: House) -> None:
    await write_signals(house.history, [Recorded(refused(1)), Recorded(judged(2))], "simulated")
    (shown,) = (await risk(house))["refusals"]
    assert (shown["reason"], shown["detail"]) == ("max_per_game", "too much")
    assert (shown["signal_id"], shown["limits_version"]) == (refused(1).signal.id, 3)


async def test_a_halt_while_redis_is_away_is_kept_and_says_so(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    async def refuse(_: object) -> None:
        raise HotStoreUnavailable

    for name in ("tell_halt", "save_halts"):
        monkeypatch.setattr(house.hot, name, refuse)
    done = (await halt(house)).json()
    assert (done["is_told"], done["is_written"], len(done["halts"])) == (False, True, 1)
    assert len((await risk(house))["halts"]) == 1


async def test_a_halt_while_postgres_is_away_counts_all_the_same_and_says_so(house: House) -> None:
    await house.hot.save_games([CELTICS_GAME])
    key = await create_key(house.history, "paper", ("paper",))
    headers = {"X-API-Key": key}
    await house.ask.post("/risk/halt", json={"scope": "venue", "name": "kalshi", "reason": WHY}, headers=headers)
    history, house.resources.history = house.history, Database("postgresql://nobody@localhost:1/none")
    body = {"scope": "game", "name": CELTICS_GAME.id, "reason": "now"}
    async with house.hot.hear_risk() as updates:
        done = (await house.ask.post("/risk/halt", json=body, headers=headers)).json()
        heard = await asyncio.wait_for(anext(updates), 10)
    assert (done["is_told"], done["is_written"], done["is_new"]) == (True, False, True), done
    assert [each["name"] for each in done["halts"]] == ["kalshi", CELTICS_GAME.id]
    assert heard.halts is not None
    assert [each.name for each in heard.halts] == [CELTICS_GAME.id]
    house.resources.history = history
    assert len((await risk(house))["halts"]) == 1  # for the watchers to write
    assert [each.reason for each in await house.hot.owed_halts()] == ["now"]


async def test_without_both_a_halt_is_refused_and_nothing_goes_on_by_itself(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def refuse(_: object) -> None:
        raise HotStoreUnavailable

    key = await create_key(house.history, "paper", ("paper",))
    headers = {"X-API-Key": key}
    await house.ask.post("/risk/halt", json={"scope": "venue", "name": "kalshi", "reason": WHY}, headers=headers)
    monkeypatch.setattr(house.hot, "tell_halt", refuse)
    house.resources.history = Database("postgresql://nobody@localhost:1/none")
    answer = await house.ask.post("/risk/halt", json={"reason": WHY}, headers=headers)
    assert (answer.status_code, bool(answer.json()["remedy"])) == (503, True)


async def test_what_was_written_is_owed_no_more(house: House) -> None:
    for number in range(2):
        assert (await halt(house)).json()["is_new"] == (not number)
        assert await house.hot.owed_halts() == ()
    await house.hot.tell_halt(Halt(scope="all", reason="late", halted_by="anna", halted_at="2026-11-23T00:00:00+00:00"))
    assert (await resume(house)).status_code == 200
    assert await house.hot.owed_halts() == ()


async def test_examples_of_questions_and_answers_hold(house: House) -> None:
    RiskAnswer.model_validate(RISK)
    for number in range(3):
        assert (await change(house, number, max_open=number)).status_code == 200
    for question, method, path in (
        (LimitsQuestion, "PUT", "/risk/limits"),
        (HaltQuestion, "POST", "/risk/halt"),
        (ResumeQuestion, "POST", "/risk/resume"),
    ):
        answer = await send(house, method, path, question.model_json_schema()["example"])
        assert answer.status_code == 200, answer.text
