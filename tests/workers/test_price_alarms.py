"""Links whose prices contradict them are rejected before anybody hears of them, and come back when they may."""

import pytest

from app.domain.links import Link
from tests.workers.worlds import MLB, PADRES_GAME, World, on_kalshi, on_polymarket, priced
from workers.market_searcher import market_searcher

HONEST = (0.31, 0.70)  # Kalshi's Houston and San Diego; Polymarket's Astros are the first outcome
A_MINUTE = 61  # seconds, when every venue is read again


@pytest.fixture
async def inverted(world: World) -> World:
    """Polymarket's two tokens are priced as each other."""
    await world.hot.save_games([PADRES_GAME])
    world.kalshi.listings[MLB] = [priced(on_kalshi(), *HONEST)]
    world.polymarket.listings[MLB] = [priced(on_polymarket(), 0.70)]
    return world


async def told(world: World) -> dict[str, Link]:
    return {str(link.contract_id): link for link in await world.hot.links(PADRES_GAME.id)}


async def verdicts(world: World) -> set[str]:
    return {link.verdict for link in (await told(world)).values()}


async def test_honest_prices_change_nothing(inverted: World) -> None:
    inverted.polymarket.listings[MLB] = [priced(on_polymarket(), 0.30)]
    done = await market_searcher(inverted.resources)
    assert await verdicts(inverted) == {"tradable"}
    assert (done.counts["price_alarms"], done.counts["price_alarms_raised"]) == (0, 0)


async def test_one_venue_against_the_other_rejects_both_at_once(
    inverted: World, caplog: pytest.LogCaptureFixture
) -> None:
    done = await market_searcher(inverted.resources)
    links = await told(inverted)
    assert {link.verdict for link in links.values()} == {"rejected"}
    reason = links["polymarket:mlb-hou-sd-2026-08-09:Astros"].reasons[-1]
    assert (reason.field, reason.finding) == ("price", "differs")
    assert "trades at 0.70" in reason.detail
    assert (done.counts["price_alarms"], done.counts["price_alarms_raised"]) == (6, 6)
    assert [record.message for record in caplog.records].count("price alarm: link rejected") == 6


async def test_a_standing_alarm_is_counted_in_each_round_and_logged_once(
    inverted: World, caplog: pytest.LogCaptureFixture
) -> None:
    await market_searcher(inverted.resources)
    inverted.pass_time(A_MINUTE)
    done = await market_searcher(inverted.resources)
    assert (done.counts["price_alarms"], done.counts["price_alarms_raised"]) == (6, 0)
    assert [record.message for record in caplog.records].count("price alarm: link rejected") == 6


async def test_the_odd_market_alone_is_rejected(inverted: World) -> None:
    inverted.kalshi.listings[MLB] = [priced(on_kalshi(), 0.69, 0.70)]
    inverted.polymarket.listings[MLB] = [priced(on_polymarket(), 0.30)]
    await market_searcher(inverted.resources)
    rejected = {name for name, link in (await told(inverted)).items() if link.verdict == "rejected"}
    assert rejected == {f"kalshi:KXMLBGAME-26AUG092020HOUSD-HOU:{side}" for side in ("yes", "no")}


async def test_it_comes_back_when_prices_have_agreed_for_a_while(inverted: World) -> None:
    await market_searcher(inverted.resources)
    inverted.polymarket.listings[MLB] = [priced(on_polymarket(), 0.30)]
    for _ in range(10):
        inverted.pass_time(A_MINUTE)
        await market_searcher(inverted.resources)
        assert await verdicts(inverted) == {"rejected"}
    inverted.pass_time(A_MINUTE)
    done = await market_searcher(inverted.resources)
    assert await verdicts(inverted) == {"tradable"}
    assert done.counts["price_alarms"] == 0


async def test_a_venue_that_is_wrong_throughout_does_not_come_back_while_the_other_is_silent(inverted: World) -> None:
    inverted.kalshi.listings[MLB] = [priced(on_kalshi(), 0.70, 0.31)]
    inverted.polymarket.listings[MLB] = [priced(on_polymarket(), 0.30)]
    await market_searcher(inverted.resources)
    inverted.polymarket.listings[MLB] = [on_polymarket()]  # without prices
    for _ in range(15):
        inverted.pass_time(A_MINUTE)
        await market_searcher(inverted.resources)
    assert await verdicts(inverted) == {"rejected"}


async def test_near_even_it_stays_as_it_is(inverted: World) -> None:
    await market_searcher(inverted.resources)
    inverted.kalshi.listings[MLB] = [priced(on_kalshi(), 0.49, 0.52)]
    inverted.polymarket.listings[MLB] = [priced(on_polymarket(), 0.51)]
    for _ in range(15):
        inverted.pass_time(A_MINUTE)
        await market_searcher(inverted.resources)
    assert await verdicts(inverted) == {"rejected"}


async def test_a_new_process_keeps_the_alarm(inverted: World) -> None:
    await market_searcher(inverted.resources)
    inverted.kalshi.listings[MLB] = [on_kalshi()]
    inverted.polymarket.listings[MLB] = [on_polymarket()]
    await market_searcher(inverted.process())
    assert await verdicts(inverted) == {"rejected"}


async def test_old_prices_are_not_held_against_new_ones(inverted: World) -> None:
    inverted.polymarket.listings[MLB] = [priced(on_polymarket(), 0.30)]
    await market_searcher(inverted.resources)
    inverted.polymarket.is_down = True
    inverted.kalshi.listings[MLB] = [priced(on_kalshi(), 0.70, 0.31)]  # the favourite has changed
    inverted.pass_time(180)
    await market_searcher(inverted.resources)
    assert await verdicts(inverted) == {"tradable"}


async def test_in_play_a_lead_that_changed_hands_is_no_inversion(inverted: World) -> None:
    inverted.kalshi.listings[MLB] = [priced(on_kalshi(), 0.35, 0.66)]
    inverted.polymarket.listings[MLB] = [priced(on_polymarket(), 0.65)]
    inverted.pass_time(2 * 3600)
    await market_searcher(inverted.resources)
    assert await verdicts(inverted) == {"tradable"}


async def test_the_alarm_is_written_down_with_the_links(inverted: World) -> None:
    await market_searcher(inverted.resources)
    async with inverted.resources.history.transaction() as connection:
        rows = await connection.exec_driver_sql("SELECT DISTINCT verdict FROM links")
        assert [row[0] for row in rows] == ["rejected"]
