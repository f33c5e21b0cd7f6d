"""Positions: marked at what is paid for them, read with everything behind them, sold, and given other rules."""

import httpx
import msgspec
import pytest

from app.history.keys import create_key
from app.history.trading_tables import PositionRow
from app.hot.shown import QuoteShown
from routers.order_questions import CloseQuestion, ExitsQuestion
from routers.trading_examples import POSITION_ID
from tests.app.hot.samples import CELTICS_GAME, KALSHI, link
from tests.routers.dealings import CONTRACT, deal, obeyed, open_account, position_row, put, settle
from tests.routers.houses import House

HELD = f"manual:{CONTRACT}"


async def quote(house: House, bid: str | None, state: str = "fresh") -> None:
    """What is bid for the contract."""
    told = {"contract_id": CONTRACT, "venue": "kalshi", "market_id": "KX-BOS", "game_id": CELTICS_GAME.id}
    now = house.resources.clock()
    shown = msgspec.convert({**told, "bid": bid, "bid_size": "5", "proved_at": now, "state": state}, QuoteShown)
    mirror = await house.hot.open_mirror(KALSHI)
    await mirror.write((), [shown], now)


async def send(
    house: House, method: str, path: str, body: object = None, scope: str = "paper", **headers: str
) -> httpx.Response:
    key = {"X-API-Key": await create_key(house.history, scope, (scope,))}  # type: ignore[arg-type]
    return await house.ask.request(method, path, json=body, headers={**key, **headers})


def worth(held: dict[str, object]) -> tuple[object, ...]:
    return tuple(held[name] for name in ("mark", "marked_by", "value", "unrealised"))


async def test_a_position_is_marked_at_the_bid(house: House) -> None:
    await deal(house.history)
    (unmarked,) = (await house.ask.get("/positions")).json()["items"]
    assert worth(unmarked) == (None, "cost", "9", "0")
    await quote(house, "0.48")
    (marked,) = (await house.ask.get("/positions?held=true")).json()["items"]
    assert worth(marked) == ("0.4800", "bid", "9.6", "0.6")
    assert (marked["average"], marked["cost"], marked["fees"], marked["is_won"]) == ("0.4500", "9", "0.35", False)
    await quote(house, "0.48", "quarantined")
    assert (await house.ask.get("/positions")).json()["items"][0]["marked_by"] == "last"


async def test_what_is_won_is_worth_what_will_be_paid(house: House) -> None:
    await deal(house.history)
    ended = msgspec.structs.replace(CELTICS_GAME, status="final", home_score=101, away_score=99, period=4)
    await house.hot.save_games([ended])
    await house.hot.save_links(ended.id, [link(KALSHI, "KX-BOS", outcome="yes")])
    held = (await house.ask.get(f"/positions/{HELD}")).json()
    assert (held["mark"], held["marked_by"], held["is_won"], held["value"]) == ("1.0000", "expected", True, "20")


async def test_one_is_read_with_everything_behind_it(house: House) -> None:
    await deal(house.history)
    held = (await house.ask.get(f"/positions/{HELD}")).json()
    assert ([each["id"] for each in held["orders"]], [each["id"] for each in held["fills"]]) == (["o-1"], ["kalshi:f1"])
    assert held["settlement"] is None
    assert [each["rule"] for each in held["triggers"]] == ["stop"]
    assert held["triggers"][0]["price"] == "0.2250"
    await settle(house.history)
    closed = (await house.ask.get(f"/positions/{HELD}")).json()
    assert (closed["size"], closed["realised"], closed["triggers"]) == ("0", "11", [])
    assert (closed["settlement"]["pays"], closed["settlement"]["source"]) == ("1.0000", "finalized yes")
    assert (await house.ask.get("/positions?held=true")).json()["total"] == 0
    assert (await house.ask.get("/positions?held=false")).json()["total"] == 1


@pytest.mark.parametrize(("name", "status"), [("manual:none", 404), ("manual", 422), ("%00:x", 404), ("x:%00", 404)])
async def test_one_that_is_not_there_is_not_found(house: House, name: str, status: int) -> None:
    assert (await house.ask.get(f"/positions/{name}")).status_code == status


async def test_a_position_is_sold_once(house: House) -> None:
    await deal(house.history)
    path, wish = f"/positions/{HELD}/close", {"size": "20", "limit": "0.4", "version": 1}
    async with obeyed(house.history) as executor:
        answer = await send(house, "POST", path, wish, **{"Idempotency-Key": "a"})
        assert (answer.status_code, answer.json()["id"]) == (200, HELD)
        again = await send(house, "POST", path, wish, **{"Idempotency-Key": "a"})
        assert (again.status_code, len(executor.obeyed)) == (200, 1)
        assert (await send(house, "POST", path)).status_code == 200
    for body, status in (({"size": "21"}, 422), ({"version": 7}, 409), ({"limit": "2"}, 422)):
        assert (await send(house, "POST", path, body)).status_code == status, body
    await settle(house.history)
    assert (await send(house, "POST", path)).status_code == 404


async def test_a_close_that_nobody_obeys_is_answered_with_where_to_look(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("routers.positions.WORD_WITHIN", 0.05)
    await deal(house.history)
    answer = await send(house, "POST", f"/positions/{HELD}/close")
    assert (answer.status_code, answer.json()["kind"]) == (202, "close")
    assert (await house.ask.get(answer.headers["location"])).json()["state"] == "waiting"


async def test_rules_are_changed_one_by_one_and_taken_back(house: House) -> None:
    await deal(house.history)
    path = f"/positions/{HELD}/exits"
    changed = (await send(house, "PUT", path, {"exit_rules": {"take_profit": 0.2, "slip": "0.01"}})).json()
    assert (changed["exit_rules"]["take_profit"], changed["exit_rules"]["slip"]) == (0.2, "0.0100")
    assert (changed["exit_rules"]["stop"], changed["has_own_rules"]) == (0.5, True)
    assert {each["rule"]: each["price"] for each in changed["triggers"]} == {"stop": "0.2250", "take_profit": "0.5400"}
    back = (await send(house, "PUT", path, {"is_default": True})).json()
    assert (back["exit_rules"]["take_profit"], back["has_own_rules"]) == (None, False)
    deeds = (await house.ask.get("/audit?what=position.exits_changed", headers=house.as_admin)).json()
    assert (deeds["total"], deeds["items"][1]["detail"]["rules"]["take_profit"]) == (2, 0.2)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "body"),
        ({"exit_rules": {"stop": 2}}, "body.exit_rules.stop"),
        ({"exit_rules": {"stops": 0.1}}, "body.exit_rules.stops"),
        ({"exit_rules": {"stop": 0.1}, "is_default": True}, "body"),
    ],
)
async def test_rules_that_cannot_be_are_named(house: House, body: object, field: str) -> None:
    await deal(house.history)
    answer = await send(house, "PUT", f"/positions/{HELD}/exits", body)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, field), answer.text


async def test_positions_of_real_money_need_their_own_scope(house: House) -> None:
    await open_account(house.history, "kalshi-main", "live")
    await put(house.history, PositionRow, position_row("kalshi-main"))
    path = f"/positions/kalshi-main:{CONTRACT}"
    assert (await send(house, "POST", f"{path}/close")).status_code == 403
    assert (await send(house, "PUT", f"{path}/exits", {"exit_rules": {"stop": 0.1}})).status_code == 403
    assert (await send(house, "PUT", f"{path}/exits", {"exit_rules": {"stop": 0.1}}, "live")).status_code == 200


def test_examples_can_be_asked() -> None:
    CloseQuestion.model_validate(CloseQuestion.model_json_schema()["example"])
    ExitsQuestion.model_validate(ExitsQuestion.model_json_schema()["example"])
    assert POSITION_ID.startswith("manual:")
