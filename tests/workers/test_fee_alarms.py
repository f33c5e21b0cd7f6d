"""A venue that charges something else than before is noticed within a round, and told."""

import logging

import msgspec
import pytest

from app.domain.fees import FeeSchedule
from app.domain.games import GameId
from app.domain.markets import Event
from tests.workers.worlds import KALSHI, MLB, PADRES_GAME, World, on_kalshi
from workers.fee_alarms import describe
from workers.market_searcher import market_searcher

HALF = FeeSchedule(taker=35_000, maker=8_750, step=10_000, source="quadratic_with_maker_fees x 0.5")
WHOLE = FeeSchedule(taker=70_000, maker=17_500, step=10_000, source="quadratic_with_maker_fees x 1")
FROM_HALF_TO_WHOLE = (
    "fees changed from taker 0.035, maker 0.00875 (quadratic_with_maker_fees x 0.5) "
    "to taker 0.07, maker 0.0175 (quadratic_with_maker_fees x 1)"
)


@pytest.fixture
async def listed(world: World) -> World:
    await world.hot.save_games([PADRES_GAME])
    world.kalshi.listings[MLB] = [charging(HALF)]
    return world


def charging(fees: FeeSchedule | None) -> Event:
    event = on_kalshi()
    markets = tuple(msgspec.structs.replace(market, fees=fees) for market in event.markets or ())
    return msgspec.structs.replace(event, markets=markets)


async def test_links_say_what_is_charged_and_the_first_figure_is_no_alarm(listed: World) -> None:
    done = await market_searcher(listed.resources)
    assert (done.trouble, done.counts["fee_changes"]) == ("", 0)
    assert {link.fees for link in await listed.hot.links(GameId("401")) if link.venue == KALSHI} == {HALF}


async def test_another_figure_is_counted_told_and_logged_once_for_all_markets_alike(
    listed: World, caplog: pytest.LogCaptureFixture
) -> None:
    await market_searcher(listed.resources)
    listed.kalshi.listings[MLB] = [charging(WHOLE)]
    listed.pass_time(61)
    done = await market_searcher(listed.process())  # whoever comes next knows it too
    assert done.counts["fee_changes"] == 2
    assert done.trouble == f"kalshi KXMLBGAME-26AUG092020HOUSD-HOU and 1 more: {FROM_HALF_TO_WHOLE}"
    (record,) = [record for record in caplog.records if record.message == "fee schedule changed"]
    assert record.levelno == logging.WARNING
    said = vars(record)
    assert (said["venue"], said["markets"]) == ("kalshi", 2)
    assert (said["before"], said["after"]) == (describe(HALF), describe(WHOLE))
    assert {link.fees for link in await listed.hot.links(GameId("401")) if link.venue == KALSHI} == {WHOLE}
    listed.pass_time(61)
    assert (await market_searcher(listed.resources)).trouble == ""


async def test_fees_that_are_not_told_for_a_while_are_no_change(listed: World) -> None:
    for fees in (HALF, None, HALF):
        listed.kalshi.listings[MLB] = [charging(fees)]
        done = await market_searcher(listed.resources)
        assert (done.trouble, done.counts["fee_changes"]) == ("", 0)
        listed.pass_time(61)


DESCRIBED = [
    (FeeSchedule(taker=50_000, step=10, least=10, source="sports_fees_v3"), "taker 0.05, maker 0 (sports_fees_v3)"),
    (FeeSchedule(taker=30_000, exponent=2), "taker 0.03, maker 0, exponent 2"),
    (FeeSchedule(taker=70_000, waived_until=60 * 10**9), "taker 0.07, maker 0, none until 1970-01-01 00:01 UTC"),
]


@pytest.mark.parametrize(("fees", "words"), DESCRIBED)
def test_a_schedule_in_words(fees: FeeSchedule, words: str) -> None:
    assert describe(fees) == words
