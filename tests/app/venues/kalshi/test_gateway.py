"""Orders at the simulated Kalshi over real HTTP and its private channels."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx
import pytest
import respx

from app.domain.money import Size, money, price, size
from app.domain.orders import AccountId, Fill
from app.domain.prices import SECOND, Nanos
from app.errors import FeedUnavailable, OrderRejected, OutcomeUnknown
from app.settings import TradingSettings
from app.venues.kalshi.gateway import SHOWN_WITHIN
from tests.app.sandbox.servers import running
from tests.app.venues.kalshi.tills import Till, held_market, open_till, write_key
from tests.app.venues.live_orders import NOW, order, standing


@pytest.fixture(scope="module")
def base_url() -> Iterator[str]:
    with running(seed=7, speed=1) as url:
        yield url


@pytest.fixture
async def client(base_url: str) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=base_url, timeout=10, trust_env=False) as client:
        yield client
        await client.delete("/faults")


@pytest.fixture
async def till(client: httpx.AsyncClient, tmp_path: Path, request: pytest.FixtureRequest) -> Till:
    return await open_till(client, tmp_path, f"key-{abs(hash(request.node.name))}")


@pytest.fixture
async def market(client: httpx.AsyncClient) -> str:
    """YES: 50 at 0.40 and 80 at 0.39 are bid, 30 at 0.42 and 100 at 0.43 are offered."""
    return f"kalshi:{await held_market(client)}"


def paid(fills: tuple[Fill, ...]) -> list[tuple[Size, int]]:
    return sorted((fill.size, int(fill.price)) for fill in fills)


async def test_buys_yes(till: Till, market: str) -> None:
    wish = order(f"{market}:yes", "0.43", "40")
    report = await till.send(wish)
    assert (report.order_id, report.state, report.filled) == (wish.id, "filled", size("40"))
    assert report.ref
    found = await till.gateway.look_up(standing(wish, report))
    assert found is not None
    assert paid(found.fills) == [(size("10"), 4300), (size("30"), 4200)]
    assert {fill.order_id for fill in found.fills} == {wish.id}
    assert sum(fill.fee for fill in found.fills) == money("0.69")
    assert {fill.is_maker for fill in found.fills} == {False}
    theirs = await till.gateway.at_venue(AccountId("manual"), Nanos(NOW() - 60 * SECOND))
    assert theirs.positions == {wish.contract_id: size("40")}
    assert theirs.balance == money("982.41")
    assert sorted(fill.id for fill in theirs.fills) == sorted(fill.id for fill in found.fills)
    assert theirs.orders == ()


async def test_buys_no_by_offering_yes(till: Till, market: str) -> None:
    wish = order(f"{market}:no", "0.61", "60")
    report = await till.send(wish)
    assert (report.state, report.filled) == ("filled", size("60"))
    found = await till.gateway.look_up(standing(wish, report))
    assert found is not None
    assert paid(found.fills) == [(size("10"), 6100), (size("50"), 6000)]
    theirs = await till.gateway.at_venue(AccountId("manual"), Nanos(NOW() - 60 * SECOND))
    assert theirs.positions == {wish.contract_id: size("60")}


@pytest.mark.parametrize(("contract", "bought", "sold"), [("yes", "0.42", "0.40"), ("no", "0.60", "0.58")])
async def test_sells_what_it_has_and_never_more(till: Till, market: str, contract: str, bought: str, sold: str) -> None:
    await till.send(order(f"{market}:{contract}", bought, "20"))
    report = await till.send(order(f"{market}:{contract}", sold, "25", side="sell", purpose="exit"))
    assert (report.state, report.filled) == ("cancelled", size("20"))
    theirs = await till.gateway.at_venue(AccountId("manual"), Nanos(NOW() - 60 * SECOND))
    assert theirs.positions == {}
    with pytest.raises(OrderRejected, match="reduce_only"):
        await till.send(order(f"{market}:{contract}", sold, "1", side="sell", purpose="exit"))


async def test_what_is_left_of_an_order_at_once_is_cancelled(till: Till, market: str) -> None:
    report = await till.send(order(f"{market}:yes", "0.42", "31.5"))
    assert (report.state, report.filled) == ("cancelled", size("30"))
    nothing = await till.send(order(f"{market}:yes", "0.41", "1"))
    assert (nothing.state, nothing.filled) == ("cancelled", 0)


async def test_all_or_nothing_may_be_nothing(till: Till, market: str) -> None:
    report = await till.send(order(f"{market}:yes", "0.42", "31", time_in_force="fok"))
    assert (report.state, report.filled) == ("cancelled", 0)
    assert "fill_or_kill" in report.reason
    assert (await till.truth())["orders"] == 0


async def test_a_resting_order_is_seen_and_taken_back(till: Till, market: str) -> None:
    wish = order(f"{market}:yes", "0.40", "5", time_in_force="gtc", is_post_only=True)
    report = await till.send(wish)
    assert (report.state, report.filled) == ("open", 0)
    theirs = await till.gateway.at_venue(AccountId("manual"), Nanos(NOW()))
    assert [(one.order_id, one.state, one.ref) for one in theirs.orders] == [(wish.id, "open", report.ref)]
    taken_back = await till.gateway.cancel(standing(wish, report))
    assert (taken_back.state, taken_back.filled) == ("cancelled", 0)
    with pytest.raises(OrderRejected, match="order_not_found"):
        await till.gateway.cancel(standing(wish, report))


async def test_an_order_is_taken_back_by_our_own_name_alone(till: Till, market: str) -> None:
    wish = order(f"{market}:yes", "0.10", "5", time_in_force="gtd", expires_at=NOW() + 60 * SECOND)
    await till.send(wish)
    another = await open_till(till.client, till.settings.private_key_file.parent, till.key_id)  # after a restart
    assert (await another.gateway.cancel(standing(wish))).state == "cancelled"
    with pytest.raises(OrderRejected, match="never had it"):
        await another.gateway.cancel(standing(order(f"{market}:yes", "0.10", "5"), ago=SHOWN_WITHIN))


async def test_everything_that_rests_is_taken_back(till: Till, market: str) -> None:
    for limit in ("0.10", "0.11"):
        await till.send(order(f"{market}:yes", limit, "5", time_in_force="gtc"))
    await till.gateway.cancel_all(AccountId("manual"))
    assert (await till.gateway.at_venue(AccountId("manual"), Nanos(NOW()))).orders == ()


async def test_a_name_is_taken_once_and_its_order_is_what_is_told(till: Till, market: str) -> None:
    wish = order(f"{market}:yes", "0.42", "3")
    await till.send(wish)
    again = await till.send(wish)
    assert (again.state, again.filled, len(again.fills)) == ("filled", size("3"), 1)
    assert (await till.truth())["orders"] == 1


async def test_an_order_whose_answer_is_lost_is_found_by_its_name(till: Till, market: str) -> None:
    await till.fail("lost", method="POST")
    wish = order(f"{market}:yes", "0.42", "3")
    with pytest.raises(OutcomeUnknown):
        await till.send(wish)
    found = await till.gateway.look_up(standing(wish, state="unknown"))
    assert found is not None
    assert (found.state, found.filled, paid(found.fills)) == ("filled", size("3"), [(size("3"), 4200)])
    assert (await till.truth())["orders"] == 1


@pytest.mark.parametrize("kind", ["500", "503", "timeout", "garbage", "html", "cut", "down"])
async def test_no_accident_is_taken_for_an_answer(till: Till, market: str, kind: str) -> None:
    wish = order(f"{market}:yes", "0.42", "1")
    assert till.gateway.trouble == "the venue was not tried yet"
    await till.send(order(f"{market}:yes", "0.42", "1"))
    assert till.gateway.trouble == ""
    await till.fail(kind, method="POST", **({"count": 1} if kind != "down" else {"for_seconds": 0.5}))
    with pytest.raises(OutcomeUnknown):
        await till.send(wish)


async def test_what_never_arrived_is_not_there_and_only_later_called_so(till: Till, market: str) -> None:
    wish = order(f"{market}:yes", "0.42", "3")
    with pytest.raises(FeedUnavailable, match="yet"):
        await till.gateway.look_up(standing(wish, state="unknown"))
    assert await till.gateway.look_up(standing(wish, state="unknown", ago=SHOWN_WITHIN)) is None


async def test_asked_too_often_means_not_taken_and_a_rest(till: Till, market: str) -> None:
    await till.send(order(f"{market}:yes", "0.42", "1"))
    await till.fail("429", method="POST")
    with pytest.raises(OrderRejected, match="too often"):
        await till.send(order(f"{market}:yes", "0.42", "1"))
    with pytest.raises(OrderRejected, match="not asked for another"):
        await till.send(order(f"{market}:yes", "0.42", "1", send_before=NOW() + SECOND // 10))
    assert (await till.send(order(f"{market}:yes", "0.42", "1"))).state == "filled"
    assert (await till.truth())["orders"] == 2


async def test_a_host_that_nobody_reaches_was_not_asked(till: Till, market: str) -> None:
    await till.send(order(f"{market}:yes", "0.42", "1"))
    till.gateway._caller._base_url = httpx.URL("http://127.0.0.1:9/kalshi/trade-api/v2")
    with pytest.raises(OrderRejected, match="ConnectError"):
        await till.send(order(f"{market}:yes", "0.42", "1"))


async def test_what_comes_too_late_is_not_sent(till: Till, market: str) -> None:
    with pytest.raises(OrderRejected, match="too late"):
        await till.send(order(f"{market}:yes", "0.42", "1", send_before=NOW() - 1))
    assert (await till.truth())["orders"] == 0


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"limit": "0.425"}, "invalid_price"),
        ({"contract_id": "kalshi:KX-1-A:yes"}, "market_not_found"),
    ],
)
async def test_the_venue_says_why_not(till: Till, market: str, given: dict, said: str) -> None:
    with pytest.raises(OrderRejected, match=said):
        await till.send(order(**{"contract_id": f"{market}:yes", "limit": "0.42", "count": "1", **given}))


async def test_money_that_is_not_there(till: Till, market: str) -> None:
    await till.fail("short", match="kalshi")
    with pytest.raises(OrderRejected, match="insufficient_balance"):
        await till.send(order(f"{market}:yes", "0.42", "1"))


async def test_fills_and_orders_are_heard(till: Till, market: str) -> None:
    async with till.listening():
        wish = order(f"{market}:yes", "0.43", "40")
        report = await till.send(wish)
        await till.until(lambda: len({fill.id for one in till.told for fill in one.fills}) == 2)
    fills = {fill.id: fill for one in till.told for fill in one.fills}
    assert paid(tuple(fills.values())) == [(size("10"), 4300), (size("30"), 4200)]
    assert {one.order_id for one in till.told} == {wish.id}
    assert till.told[-1].ref == report.ref
    found = await till.gateway.look_up(standing(wish, report))
    assert found is not None
    assert {fill.id for fill in found.fills} == set(fills)  # both ways have one name for it


async def test_what_happened_while_nobody_listened_is_told_afterwards(till: Till, market: str) -> None:
    async with till.listening():
        wish = order(f"{market}:yes", "0.43", "40")
        await till.fail("silence", match="kalshi", market="fill", for_seconds=30)
        await till.send(wish)
        await till.until(lambda: sum(fill.size for fill in _different(till)) == size("40"))
        await till.fail("disconnect", match="/ws/v2", on="socket", market="fill")
        await till.send(order(f"{market}:no", "0.60", "1"))
        await till.until(lambda: sum(fill.size for fill in _different(till)) == size("41"))


def _different(till: Till) -> list[Fill]:
    return list({fill.id: fill for one in till.told for fill in one.fills}.values())


async def test_fills_of_another_process_are_ours_where_it_is_remembered(till: Till, market: str) -> None:
    wish = order(f"{market}:no", "0.60", "4")
    report = await till.send(wish)
    another = await open_till(till.client, till.settings.private_key_file.parent, till.key_id)
    since = Nanos(NOW() - 60 * SECOND)
    assert (await another.gateway.at_venue(AccountId("manual"), since)).fills == ()
    assert another.gateway.counts["fills_of_others"] == 1
    third = await open_till(till.client, till.settings.private_key_file.parent, till.key_id)
    third.others = {wish.id: wish, report.ref: wish}
    (fill,) = (await third.gateway.at_venue(AccountId("manual"), since)).fills
    assert (fill.order_id, fill.price, fill.size) == (wish.id, price("0.60"), size("4"))


async def test_a_key_that_is_not_known_lets_nothing_through(client: httpx.AsyncClient, tmp_path: Path) -> None:
    till = await open_till(client, tmp_path, "known-key")
    stranger = Till(client, till.settings.private_key_file, "unknown-key", till.permit.settings)
    with pytest.raises(OrderRejected, match="does not let us in"):
        await stranger.send(order("kalshi:KX-1-A:yes", "0.42", "1"))
    assert "401" in stranger.gateway.trouble


async def test_one_order_after_another_from_many_tasks(till: Till, market: str) -> None:
    reports = await asyncio.gather(*(till.send(order(f"{market}:yes", "0.43", "1")) for _ in range(30)))
    assert {report.state for report in reports} == {"filled"}
    assert (await till.truth())["orders"] == 30


async def test_a_call_that_was_signed_for_another_is_refused(till: Till, market: str) -> None:
    await till.send(order(f"{market}:yes", "0.42", "1"))
    sign = till.gateway._caller._sign
    till.gateway._caller._sign = lambda method, path, body: sign("GET", path, body)
    with pytest.raises(OrderRejected, match="authentication_error"):
        await till.send(order(f"{market}:yes", "0.42", "1"))
    assert (await till.truth())["orders"] == 1


LATE = [  # what the list says, what the order itself says; whether it rests
    ("resting", "resting", True),
    ("resting", "canceled", False),
    ("", "resting", True),
    ("", "executed", False),
]


@pytest.mark.respx(assert_all_called=False)
@pytest.mark.parametrize(("listed", "shown", "rests"), LATE)
async def test_a_list_of_resting_orders_may_be_late(
    tmp_path: Path, listed: str, shown: str, rests: bool, respx_mock: respx.MockRouter
) -> None:
    async with httpx.AsyncClient(base_url="http://kalshi.test", trust_env=False) as client:
        till = Till(client, write_key(tmp_path), "late", TradingSettings())
        wanted = order("kalshi:T:yes", "0.4", "5", time_in_force="gtc")
        known = till.gateway._known.note(wanted, "8c2a")
        known.note("cancelled" if shown == "canceled" else "open", Size(0))
        placed = {"order_id": "8c2a", "client_order_id": wanted.id, "ticker": "T", "initial_count_fp": "5.00"}
        portfolio = f"{till.settings.base_url}/portfolio"
        one = [{**placed, "status": listed}] if listed else []
        respx_mock.get(f"{portfolio}/orders", params={"status": "resting"}).respond(json={"orders": one})
        respx_mock.get(f"{portfolio}/orders/8c2a").respond(json={"order": {**placed, "status": shown}})
        respx_mock.get(f"{portfolio}/fills").respond(json={"fills": []})
        respx_mock.get(f"{portfolio}/positions").respond(json={"market_positions": []})
        respx_mock.get(f"{portfolio}/balance").respond(json={"balance": 5})
        theirs = await till.gateway.at_venue(AccountId("manual"), Nanos(NOW()))
        assert [one.order_id for one in theirs.orders] == ([wanted.id] if rests else [])
