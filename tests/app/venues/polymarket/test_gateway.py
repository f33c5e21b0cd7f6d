"""Orders at the simulated Polymarket over real HTTP and its user channel."""

import asyncio
import itertools
import time
from collections.abc import AsyncIterator, Callable, Iterator

import httpx
import msgspec
import pytest

from app.domain.fees import FeeSchedule
from app.domain.markets import Handling, MarketId
from app.domain.money import Size, money, size
from app.domain.orders import AccountId, Fill, Order
from app.domain.prices import SECOND, Nanos
from app.errors import FeedUnavailable, OrderRejected, OutcomeUnknown
from app.venues.polymarket.gateway import SHOWN_WITHIN
from tests.app.sandbox.servers import running
from tests.app.venues.live_orders import NOW, order, standing
from tests.app.venues.polymarket.tills import NBA, NFL, Till, held_market, open_till

FEES = FeeSchedule(50_000, step=10, least=10)
_numbers = itertools.count(1000)
Wish = Callable[..., Order]


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
async def till(client: httpx.AsyncClient) -> Till:
    return await open_till(client, next(_numbers))


async def wish_at(client: httpx.AsyncClient, game: str = NBA) -> Wish:
    """Writes orders for the first token of a held market, or for the second."""
    market, *tokens = await held_market(client, game)

    def write(limit: str, count: str, *, token: int = 0, **more: object) -> Order:
        return order(f"polymarket:{tokens[token]}", limit, count, market_id=MarketId(market), fees=FEES, **more)

    return write


@pytest.fixture
async def wish(client: httpx.AsyncClient) -> Wish:
    """50 at 0.40 and 80 at 0.39 are bid for the first token, 30 at 0.42 and 100 at 0.43 are offered."""
    return await wish_at(client)


def paid(fills: tuple[Fill, ...]) -> list[tuple[Size, int]]:
    return sorted((fill.size, int(fill.price)) for fill in fills)


async def test_buys(till: Till, wish: Wish) -> None:
    wanted = wish("0.43", "40")
    report = await till.send(wanted)
    assert (report.order_id, report.state, report.filled) == (wanted.id, "filled", size("40"))
    found = await till.gateway.look_up(standing(wanted, report))
    assert found is not None
    assert paid(found.fills) == [(size("10"), 4300), (size("30"), 4200)]
    assert {(fill.order_id, fill.is_maker) for fill in found.fills} == {(wanted.id, False)}
    theirs = await till.gateway.at_venue(AccountId("manual"), Nanos(NOW() - 60 * SECOND))
    assert theirs.positions == {wanted.contract_id: size("40")}
    assert theirs.balance == money("1000") - money("16.9") - sum(fill.fee for fill in found.fills)
    assert {fill.id for fill in theirs.fills} == {fill.id for fill in found.fills}
    assert theirs.orders == ()


async def test_an_order_is_named_before_it_is_sent(till: Till, wish: Wish) -> None:
    await till.gateway._be_tried()
    prepared = till.gateway.prepare(wish("0.42", "10"))
    report = await till.gateway.submit(prepared)
    assert report.ref == prepared.ref
    assert [one["id"] for one in (await till.truth())["all_orders"]] == [prepared.ref]
    assert till.gateway.prepare(wish("0.42", "10")).ref != prepared.ref


async def test_buys_the_other_token(till: Till, wish: Wish) -> None:
    wanted = wish("0.61", "60", token=1)
    report = await till.send(wanted)
    found = await till.gateway.look_up(standing(wanted, report))
    assert found is not None
    assert paid(found.fills) == [(size("10"), 6100), (size("50"), 6000)]
    theirs = await till.gateway.at_venue(AccountId("manual"), Nanos(NOW() - 60 * SECOND))
    assert theirs.positions == {wanted.contract_id: size("60")}


async def test_sells(till: Till, wish: Wish) -> None:
    await till.send(wish("0.42", "20"))
    wanted = wish("0.39", "15", side="sell", purpose="exit")
    report = await till.send(wanted)
    assert (report.state, report.filled) == ("filled", size("15"))
    with pytest.raises(OrderRejected, match="balance"):
        await till.send(wish("0.39", "15", side="sell", purpose="exit"))


async def test_what_is_bought_at_once_never_rests_and_is_never_more(till: Till, wish: Wish) -> None:
    wanted = wish("0.42", "37.5")
    report = await till.send(wanted)
    assert (report.state, report.filled, paid(report.fills)) == ("cancelled", size("30"), [(size("30"), 4200)])
    nothing = await till.send(wish("0.41", "10"))
    assert (nothing.state, nothing.filled) == ("cancelled", 0)
    assert (await till.gateway.at_venue(AccountId("manual"), Nanos(NOW()))).orders == ()


async def test_what_is_sold_at_once_may_be_sold_in_part(till: Till, wish: Wish) -> None:
    await till.send(wish("0.43", "70"))
    report = await till.send(wish("0.40", "60", side="sell"))
    assert (report.state, report.filled) == ("cancelled", size("50"))
    nothing = await till.send(wish("0.45", "10", side="sell"))
    assert (nothing.state, nothing.filled) == ("cancelled", 0)
    assert "FAK" in nothing.reason


async def test_all_or_nothing(till: Till, wish: Wish) -> None:
    nothing = await till.send(wish("0.42", "31", time_in_force="fok"))
    assert (nothing.state, nothing.filled) == ("cancelled", 0)
    assert "FOK" in nothing.reason
    everything = await till.send(wish("0.42", "30", time_in_force="fok"))
    assert (everything.state, everything.filled) == ("filled", size("30"))


async def test_a_resting_order_is_seen_and_taken_back(till: Till, wish: Wish) -> None:
    wanted = wish("0.40", "7", time_in_force="gtc", is_post_only=True)
    report = await till.send(wanted)
    assert (report.state, report.filled) == ("open", 0)
    theirs = await till.gateway.at_venue(AccountId("manual"), Nanos(NOW()))
    assert [(one.order_id, one.state, one.ref) for one in theirs.orders] == [(wanted.id, "open", report.ref)]
    taken_back = await till.gateway.cancel(standing(wanted, report))
    assert (taken_back.state, taken_back.filled) == ("cancelled", 0)
    with pytest.raises(OrderRejected, match="already canceled"):
        await till.gateway.cancel(standing(wanted, report))


async def test_an_order_until_a_moment_needs_three_minutes(till: Till, wish: Wish) -> None:
    soon, late = NOW() + 60 * SECOND, NOW() + 300 * SECOND
    with pytest.raises(OrderRejected, match="three minutes"):
        await till.send(wish("0.30", "5", time_in_force="gtd", expires_at=soon))
    report = await till.send(wish("0.30", "5", time_in_force="gtd", expires_at=late))
    assert report.state == "open"
    await till.gateway.cancel_all(AccountId("manual"))
    assert (await till.gateway.at_venue(AccountId("manual"), Nanos(NOW()))).orders == ()


async def test_post_only_is_refused_where_it_would_take(till: Till, wish: Wish) -> None:
    with pytest.raises(OrderRejected, match="crosses book"):
        await till.send(wish("0.42", "10", time_in_force="gtc", is_post_only=True))


async def test_the_same_bytes_are_taken_once(till: Till, wish: Wish) -> None:
    wanted = wish("0.42", "10")
    await till.gateway._be_tried()
    prepared = till.gateway.prepare(wanted)
    await till.gateway.submit(prepared)
    again = await till.gateway.submit(prepared)
    assert (again.state, again.filled, len(again.fills)) == ("filled", size("10"), 1)
    assert till.gateway.counts["duplicates"] == 1
    assert (await till.truth())["orders"] == 1


async def test_an_order_whose_answer_is_lost_is_found_by_its_hash(till: Till, wish: Wish) -> None:
    wanted = wish("0.42", "10")
    await till.gateway._be_tried()
    prepared = till.gateway.prepare(wanted)
    await till.fail("lost", method="POST")
    with pytest.raises(OutcomeUnknown):
        await till.gateway.submit(prepared)
    found = await till.gateway.look_up(standing(wanted, ref=prepared.ref))
    assert found is not None
    assert (found.state, found.filled, paid(found.fills)) == ("filled", size("10"), [(size("10"), 4200)])


async def test_what_was_to_be_bought_at_once_is_taken_back_however_it_is_found(till: Till, wish: Wish) -> None:
    wanted = wish("0.41", "10")
    await till.gateway._be_tried()
    prepared = till.gateway.prepare(wanted)
    await till.fail("lost", method="POST")
    with pytest.raises(OutcomeUnknown):
        await till.gateway.submit(prepared)
    assert len((await till.gateway.at_venue(AccountId("manual"), Nanos(NOW()))).orders) == 1
    found = await till.gateway.look_up(standing(wanted, ref=prepared.ref))
    assert found is not None
    assert (found.state, found.filled) == ("cancelled", 0)
    assert (await till.gateway.at_venue(AccountId("manual"), Nanos(NOW()))).orders == ()


@pytest.mark.parametrize("kind", ["500", "503", "timeout", "garbage", "html", "cut", "down"])
async def test_no_accident_is_taken_for_an_answer(till: Till, wish: Wish, kind: str) -> None:
    await till.gateway._be_tried()
    await till.fail(kind, method="POST", **({"count": 1} if kind != "down" else {"for_seconds": 0.5}))
    with pytest.raises(OutcomeUnknown):
        await till.send(wish("0.42", "10"))


async def test_what_never_arrived_is_not_there_and_only_later_called_so(till: Till, wish: Wish) -> None:
    await till.gateway._be_tried()
    with pytest.raises(FeedUnavailable, match="yet"):
        await till.gateway.look_up(standing(wish("0.42", "10"), ref="0x" + 64 * "1"))
    assert await till.gateway.look_up(standing(wish("0.42", "10"), ref="0x" + 64 * "1", ago=SHOWN_WITHIN)) is None


async def test_asked_too_often_means_not_taken(till: Till, wish: Wish) -> None:
    await till.gateway._be_tried()
    await till.fail("429", method="POST")
    with pytest.raises(OrderRejected, match="too often"):
        await till.send(wish("0.42", "10"))
    assert (await till.truth())["orders"] == 0


async def test_an_order_that_the_venue_holds_back_is_open_until_it_is_decided(
    client: httpx.AsyncClient, till: Till
) -> None:
    wish = await wish_at(client, NFL)
    async with till.listening():
        taking, resting = wish("0.42", "10"), wish("0.42", "40")
        first = await till.send(taking)
        assert (first.state, first.filled) == ("open", 0)
        with pytest.raises(OrderRejected, match="delayed"):
            await till.gateway.cancel(standing(taking, first))
        await till.send(resting)
        await till.until(lambda: {"filled", "cancelled"} <= {one.state for one in till.told})
        await till.until(lambda: sum(fill.size for fill in different(till)) == size("30"))
    last = {one.order_id: one.state for one in till.told}
    assert last == {taking.id: "filled", resting.id: "cancelled"}
    assert (await till.gateway.at_venue(AccountId("manual"), Nanos(NOW()))).orders == ()


async def test_trades_are_heard_and_confirmed_later(till: Till, wish: Wish) -> None:
    async with till.listening():
        wanted = wish("0.43", "40")
        report = await till.send(wanted)
        await till.until(
            lambda: {fill.stage for fill in different(till)} == {"confirmed"} and len(different(till)) == 2
        )
    stages = [fill.stage for one in till.told for fill in one.fills]
    assert "provisional" in stages
    assert paid(tuple(different(till))) == [(size("10"), 4300), (size("30"), 4200)]
    found = await till.gateway.look_up(standing(wanted, report))
    assert found is not None
    assert {fill.id for fill in found.fills} == {fill.id for fill in different(till)}


async def test_a_trade_that_fails_on_the_chain_is_undone(till: Till, wish: Wish) -> None:
    async with till.listening():
        await till.fail("ghost", match="polymarket", seconds=0.5)
        wanted = wish("0.42", "10")
        await till.send(wanted)
        await till.until(lambda: any(fill.stage == "undone" for fill in different(till)))
    theirs = await till.gateway.at_venue(AccountId("manual"), Nanos(NOW() - 60 * SECOND))
    assert theirs.positions == {}


def different(till: Till) -> list[Fill]:
    """Each as it was told last."""
    return list({fill.id: fill for one in till.told for fill in one.fills}.values())


async def test_what_happened_while_nobody_listened_is_told_afterwards(till: Till, wish: Wish) -> None:
    async with till.listening():
        await till.fail("disconnect", match="/ws/user", on="socket", market="trade")
        await till.send(wish("0.43", "40"))
        await till.until(lambda: sum(fill.size for fill in different(till)) == size("40"))


async def test_a_resting_order_is_kept_alive_and_dies_with_us(till: Till, wish: Wish) -> None:
    wanted = wish("0.30", "10", time_in_force="gtc")
    async with till.listening():
        await till.send(wanted)
        await till.until(lambda: till.gateway.counts.get("heartbeats", 0) >= 2)
        assert len((await till.gateway.at_venue(AccountId("manual"), Nanos(NOW()))).orders) == 1
    async with asyncio.timeout(20):
        while (await till.gateway.at_venue(AccountId("manual"), Nanos(NOW()))).orders:  # noqa: ASYNC110
            await asyncio.sleep(0.5)


async def test_an_order_right_after_a_start_waits_for_the_first_look(till: Till, wish: Wish) -> None:
    with pytest.raises(OrderRejected, match="not tried yet"):
        till.gateway.prepare(wish("0.42", "10"))
    await till.gateway.be_tried(10)
    assert till.gateway.prepare(wish("0.42", "10")).ref


async def test_a_first_look_that_takes_too_long_is_not_waited_for(till: Till, wish: Wish) -> None:
    await till.fail("slow", match="/polymarket/api/geoblock", for_seconds=0.5)
    began = time.monotonic()
    await till.gateway.be_tried(0.05)
    assert time.monotonic() - began < 0.4
    with pytest.raises(OrderRejected, match="not tried yet"):
        till.gateway.prepare(wish("0.42", "10"))


async def test_a_place_that_may_not_trade_does_not(till: Till, wish: Wish) -> None:
    await till.gateway._be_tried()
    prepared = till.gateway.prepare(wish("0.42", "10"))
    await till.fail("blocked", match="/polymarket/api/geoblock")
    await till.gateway._try()
    assert "may not trade" in till.gateway.trouble
    with pytest.raises(OrderRejected, match="may not trade"):
        await till.gateway.submit(prepared)
    await till.fail("500", match="/polymarket/api/geoblock", for_seconds=5)
    await till.gateway._try()
    assert "does not say whether" in till.gateway.trouble
    assert (await till.truth())["orders"] == 0


async def test_what_does_not_fit_is_not_even_signed(till: Till, wish: Wish) -> None:
    await till.gateway._be_tried()
    for wanted, why in (
        (wish("0.425", "10"), "no price of this market"),
        (wish("0.42", "4.99"), "fewer than 5"),
        (wish("0.42", "10.005"), "no multiple"),
    ):
        with pytest.raises(OrderRejected, match=why):
            till.gateway.prepare(wanted)
    till.handling = None
    with pytest.raises(OrderRejected, match="which of Polymarket's exchanges"):
        till.gateway.prepare(wish("0.42", "10"))


async def test_an_order_signed_for_the_other_exchange_is_refused(till: Till, wish: Wish) -> None:
    await till.gateway._be_tried()
    till.handling = Handling(least=size("5"), is_neg_risk=True)
    with pytest.raises(OrderRejected, match="invalid signature"):
        await till.send(wish("0.42", "10"))


async def test_a_tampered_order_is_refused(till: Till, wish: Wish) -> None:
    await till.gateway._be_tried()
    prepared = till.gateway.prepare(wish("0.42", "10"))
    tampered = msgspec.structs.replace(prepared, body=prepared.body.replace(b'"takerAmount":"10', b'"takerAmount":"20'))
    assert tampered.body != prepared.body
    with pytest.raises(OrderRejected, match="invalid signature"):
        await till.gateway.submit(tampered)


async def test_a_stranger_is_not_let_in(client: httpx.AsyncClient, till: Till, wish: Wish) -> None:
    stranger = Till(client, (7).to_bytes(32, "big").hex(), till.permit.settings)
    await stranger.gateway._be_tried()
    assert "does not let us in" in stranger.gateway.trouble
    with pytest.raises(OrderRejected, match="does not let us in"):
        stranger.gateway.prepare(wish("0.42", "10"))


async def test_an_order_that_was_there_and_is_shown_no_more_is_over_with_what_it_got(till: Till, wish: Wish) -> None:
    wanted = wish("0.42", "40", time_in_force="gtc")
    report = await till.send(wanted)
    assert (report.state, report.filled) == ("partly_filled", size("30"))
    assert (await till.gateway.cancel(standing(wanted, report))).state == "cancelled"
    again = await open_till(till.client, int.from_bytes(bytes.fromhex(till.key), "big"))
    await again.gateway._be_tried()
    again.gateway._account.order = _shows_nothing
    found = await again.gateway.look_up(standing(wanted, report))
    assert found is not None
    assert (found.state, found.filled, paid(found.fills)) == ("cancelled", size("30"), [(size("30"), 4200)])


async def _shows_nothing(_: str) -> None:
    return None


async def test_a_region_that_the_venue_refuses_stops_everything(till: Till, wish: Wish) -> None:
    await till.gateway._be_tried()
    await till.fail("blocked", match="polymarket", method="POST")
    with pytest.raises(OrderRejected, match="restricted in your region"):
        await till.send(wish("0.42", "10"))
    assert "takes no orders from here" in till.gateway.trouble
