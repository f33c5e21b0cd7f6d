"""Asking for orders: what is refused, what is asked once, and what is answered; reading them whole."""

import httpx
import msgspec
import pytest

from app.domain.inputs import Followed
from app.domain.instructions import OrderWanted
from app.domain.markets import ContractId, Handling, MarketId
from app.domain.money import size
from app.domain.prices import CENT_GRID, Listed, book_id
from app.history.instructions import find_instruction
from app.history.keys import create_key
from app.history.trading_tables import FillRow, OrderRow, PositionRow
from routers.order_questions import OrderQuestion
from tests.app.hot.samples import CELTICS_GAME, KALSHI, NOW, link
from tests.routers.dealings import CONTRACT, deal, fill_row, obeyed, open_account, order_row, position_row, put
from tests.routers.houses import House

BUY = {"contract_id": CONTRACT, "side": "buy", "limit": "0.46", "size": "60"}


@pytest.fixture
async def market(house: House) -> House:
    """An account, and one market of a game with what its venue asks of orders."""
    await open_account(house.history)
    handling = Handling(least=size(5), step=size(1))
    links = [
        msgspec.structs.replace(link(KALSHI, "KX-BOS", outcome="yes"), handling=handling),
        link(KALSHI, "KX-SPR", "spread", points=-3.5, outcome="yes", verdict="watch"),
    ]
    await house.hot.save_games([CELTICS_GAME])
    await house.hot.save_links(CELTICS_GAME.id, links)
    await house.resources.recorder.record_links(links, NOW)
    return house


async def ask(house: House, body: object = BUY, key: str = "", scope: str = "paper") -> httpx.Response:
    secret = await create_key(house.history, f"of {scope}", (scope,))
    headers = {"X-API-Key": secret, **({"Idempotency-Key": key} if key else {})}
    return await house.ask.post("/orders", json=body, headers=headers)


async def names_at(house: House, path: str) -> list[str]:
    return [each["id"] for each in (await house.ask.get(path)).json()["items"]]


async def test_an_order_is_answered_as_it_stands(market: House) -> None:
    async with obeyed(market.history):
        answer = await ask(market)
    assert answer.status_code == 201, answer.text
    order = answer.json()
    assert (order["state"], order["limit"], order["size"], order["left"]) == ("open", "0.4600", "60", "60")
    assert (order["outcome"], order["proposition"]["statement"]) == ("yes", "Boston Celtics win")
    assert answer.headers["location"] == f"/orders/{order['id']}"
    assert (await market.ask.get(answer.headers["location"])).json() == order
    assert (await market.ask.get("/orders")).json()["items"][0]["id"] == order["id"]


async def test_where_nobody_trades_one_is_told_where_to_look(market: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("routers.orders.WORD_WITHIN", 0.05)
    answer = await ask(market)
    assert answer.status_code == 202
    told = (await market.ask.get(answer.headers["location"])).json()
    assert told == answer.json()
    assert (told["kind"], told["account"], told["state"], told["order_id"]) == ("order", "manual", "waiting", None)
    written = await find_instruction(market.history, told["id"])
    assert written is not None
    wanted = msgspec.convert(written.body, OrderWanted)
    assert (wanted.contract_id, wanted.limit, wanted.size) == (CONTRACT, 4_600, 60_000_000)
    assert (written.asked_by, written.expires_at > written.asked_at) == ("key of paper", True)


async def test_the_same_key_asks_once_and_for_nothing_else(market: House) -> None:
    async with obeyed(market.history) as executor:
        first = await ask(market, key="a1")
        again = await ask(market, {**BUY, "limit": 0.46, "size": 60}, key="a1")
        other = await ask(market, {**BUY, "size": "61"}, key="a1")
        new = await ask(market, key="a2")
    assert again.json() == first.json()
    assert (other.status_code, other.json()["type"]) == (409, "urn:crosscourt:conflict")
    assert "Idempotency-Key" in other.json()["remedy"]
    assert new.json()["id"] != first.json()["id"]
    assert len(executor.obeyed) == 2


async def test_what_was_asked_is_answered_though_nobody_could_ask_it_now(market: House) -> None:
    async with obeyed(market.history):
        first = await ask(market, key="a1")
        await market.hot.save_links(CELTICS_GAME.id, [link(KALSHI, "KX-BOS", verdict="rejected")])
        assert (await ask(market, key="a1")).json() == first.json()
        assert (await ask(market, key="a2")).status_code == 422


async def test_a_team_is_found_by_any_of_its_names(market: House) -> None:
    by_team = {"game": CELTICS_GAME.id, "venue": "kalshi", "team": "Celtics", "side": "buy", "limit": "0.4", "size": 5}
    async with obeyed(market.history):
        answer = await ask(market, by_team)
    assert answer.json()["contract_id"] == CONTRACT
    assert (await ask(market, {**by_team, "team": "Knicks"})).json()["errors"][0]["field"] == "body.team"
    assert (await ask(market, {**by_team, "venue": "polymarket"})).json()["errors"][0]["field"] == "body.venue"
    assert (await ask(market, {**by_team, "game": "none"})).status_code == 404


async def test_a_refusal_is_told_with_its_reason(market: House) -> None:
    async with obeyed(market.history, "halted: league nba"):
        answer = await ask(market)
    assert (answer.status_code, answer.json()["detail"]) == (422, "halted: league nba")
    assert answer.json()["type"] == "urn:crosscourt:order-rejected"


@pytest.mark.parametrize(
    ("changed", "field", "expected"),
    [
        ({"contract_id": "kalshi:none:yes"}, "contract_id", "linked to a game"),
        ({"contract_id": None}, "contract_id", "game, venue and team"),
        ({"contract_id": "kalshi:KX-SPR:yes"}, "contract_id", "it is watch"),
        ({"contract_id": "a\u0000b"}, "contract_id", "control"),
        ({"account": "none"}, "account", "open account: manual"),
        ({"account": "../x"}, "account", "pattern"),
        ({"limit": "0.46001"}, "limit", "does not fit the grid"),
        ({"limit": "1.2"}, "limit", "outside 0..1"),
        ({"limit": "0"}, "limit", "above 0"),
        ({"limit": True}, "limit", "a number, or a decimal text"),
        ({"limit": "NaN"}, "limit", "grid"),
        ({"size": "4"}, "size", "at least 5"),
        ({"size": "7.5"}, "size", "multiple of 1"),
        ({"size": "-5"}, "size", "negative"),
        ({"size": "1000001"}, "size", "at most 1000000"),
        ({"side": "sell"}, "size", "nothing is sold short"),
        ({"side": "yes"}, "side", "'buy' or 'sell'"),
        ({"is_post_only": True}, "is_post_only", "false"),
        ({"time_in_force": "gtd"}, "expires_at", "for gtd"),
        ({"expires_at": "2026-01-01T00:00:00Z"}, "expires_at", "nothing else"),
        ({"time_in_force": "gtd", "expires_at": "2001-01-01T00:00:00Z"}, "expires_at", "later than now"),
        ({"limits": "0.4"}, "limits", "no such field"),
    ],
)
async def test_faults_are_named_by_field(market: House, changed: dict[str, object], field: str, expected: str) -> None:
    answer = await ask(market, {**BUY, **changed})
    assert answer.status_code == 422, answer.text
    (fault,) = answer.json()["errors"]
    assert fault["field"] == f"body.{field}"
    assert expected in fault["expected"], fault


async def test_a_price_between_two_ticks_is_refused_where_they_are_known(market: House) -> None:
    name = MarketId("KX-BOS")
    listed = Listed(book_id(KALSHI, name), KALSHI, name, CELTICS_GAME.id, ContractId(CONTRACT))
    market.resources.intake.put(Followed(listed, CENT_GRID, market.resources.intake.now()))
    (fault,) = (await ask(market, {**BUY, "limit": "0.465"})).json()["errors"]
    assert fault == {"field": "body.limit", "expected": "must lie on the market's grid, whose step is 0.0100 dollars"}


async def test_what_is_held_may_be_sold(market: House) -> None:
    await put(market.history, PositionRow, position_row())
    async with obeyed(market.history):
        assert (await ask(market, {**BUY, "side": "sell", "size": "20"})).status_code == 201
        assert (await ask(market, {**BUY, "side": "sell", "size": "21"})).status_code == 422


async def test_real_money_needs_its_own_scope(market: House) -> None:
    await open_account(market.history, "kalshi-main", "live")
    body = {**BUY, "account": "kalshi-main"}
    refused = await ask(market, body, scope="paper")
    assert (refused.status_code, "scope live" in refused.json()["detail"]) == (403, True)
    assert (await ask(market, scope="live")).status_code == 403
    async with obeyed(market.history):
        assert (await ask(market, body, scope="live")).status_code == 201
        assert (await ask(market, body, scope="admin")).status_code == 201


async def test_an_order_is_read_with_its_story(house: House) -> None:
    await deal(house.history)
    order = (await house.ask.get("/orders/o-1")).json()
    assert [(each["number"], each["state"]) for each in order["changes"]] == [
        (0, "intent"),
        (1, "sending"),
        (2, "open"),
        (3, "partly_filled"),
    ]
    (fill,) = order["fills"]
    assert (fill["price"], fill["size"], fill["fee"], fill["simulated"]) == ("0.4500", "20", "0.35", False)
    assert (order["average"], order["fees"], order["left"]) == ("0.4500", "0.35", "40")
    assert (await house.ask.get("/orders/none")).status_code == 404
    assert (await house.ask.get("/orders/%00")).status_code == 404


async def test_an_order_is_taken_back_once_it_is_not_settled(house: House) -> None:
    await deal(house.history)
    async with obeyed(house.history) as executor:
        first = await house.ask.delete("/orders/o-1", headers=house.as_admin)
        again = await house.ask.delete("/orders/o-1", headers=house.as_admin)
    assert (first.status_code, first.json()["state"]) == (200, "cancelled")
    assert (again.status_code, again.json()) == (200, first.json())
    assert len(executor.obeyed) == 1
    assert (await house.ask.delete("/orders/none", headers=house.as_admin)).status_code == 404


async def test_lists_come_in_pages_and_by_what_is_asked(house: House) -> None:
    rows = [order_row(f"o-{n}", "filled" if n % 2 else "open", trade_id=f"t-{n}") for n in range(5)]
    await put(house.history, OrderRow, *rows)
    found, cursor = [], ""
    for _ in range(3):
        page = (await house.ask.get(f"/orders?limit=2{cursor}")).json()
        found += [each["id"] for each in page["items"]]
        cursor = f"&cursor={page['next_cursor']}"
        assert page["total"] == 5
    assert (found, page["next_cursor"]) == ([f"o-{n}" for n in (4, 3, 2, 1, 0)], None)
    for query, names in (
        ("unsettled=true", ["o-4", "o-2", "o-0"]),
        ("state=filled", ["o-3", "o-1"]),
        ("trade=t-3", ["o-3"]),
    ):
        assert [each["id"] for each in (await house.ask.get(f"/orders?{query}")).json()["items"]] == names
    for query in ("account=x", "game=%00", "venue=x", "sport=nfl", "contract=x", "signal=x"):
        assert (await house.ask.get(f"/orders?{query}")).json() == {"items": [], "total": 0, "next_cursor": None}
    mangled = (await house.ask.get("/orders?cursor=WyJ4Il0")).json()
    assert (mangled["status"], "next_cursor" in mangled["remedy"]) == (422, True)


async def test_fills_are_listed_the_last_booked_first(house: House) -> None:
    await put(house.history, FillRow, *(fill_row(f"kalshi:f{n}", f"o-{n % 2}") for n in range(3)))
    assert [each["id"] for each in (await house.ask.get("/fills")).json()["items"]] == [
        "kalshi:f2",
        "kalshi:f1",
        "kalshi:f0",
    ]
    assert (await house.ask.get("/fills?order=o-1")).json()["total"] == 1


def test_the_example_can_be_asked() -> None:
    OrderQuestion.model_validate(OrderQuestion.model_json_schema()["example"])
