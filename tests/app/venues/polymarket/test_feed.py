"""The feed over a real socket and real HTTP, into a real core: each failing of a venue is noticed and healed."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from functools import partial

import httpx
import pytest

from app.domain.decisions import Decision, Resync, Silent
from app.domain.inputs import Tick
from app.domain.prices import SECOND, Doubt, Nanos, Quote
from app.fetching import Fetcher
from app.intake import Intake
from app.pipeline import Pipeline
from app.settings import PolymarketSettings, PricesSettings
from app.venues.polymarket.feed import PolymarketFeed
from app.venues.polymarket.location import ask_location
from tests.app.venues.polymarket.clobs import Clob, Market, open_clob
from tests.app.venues.polymarket.frames import listed

QUIET = PricesSettings(silence=60, prove_after=0.2, compare_every=60)  # nobody trades, and that is no failing
SELDOM = PricesSettings(silence=1.0, prove_after=60, compare_every=60)  # what is noticed is noticed without REST


class House:
    """A core, its feed, and who obeys it."""

    def __init__(self, clob: Clob, prices: PricesSettings, client: httpx.AsyncClient, books_a_connection: int) -> None:
        self.clob = clob
        self.settings = PolymarketSettings(
            clob_url=clob.url,
            socket_url=clob.socket_url,
            location_url=f"{clob.url}/api/geoblock",
            books_a_connection=books_a_connection,
            per_second=500,
            tries=1,
        )
        self.intake = Intake(Pipeline(round(prices.silence * SECOND)), lambda: Nanos(time.time_ns()), keeps_tape=False)
        fetcher = Fetcher(client, clob.url, self.settings)
        location = partial(ask_location, Fetcher(client, self.settings.location_url, self.settings))
        self.feed = PolymarketFeed(self.settings, prices, fetcher, location, self.intake.put, self.intake.now)
        self.decided: list[Decision] = []
        self.intake.heed(self.obey)

    def obey(self, decision: Decision) -> None:
        self.decided.append(decision)
        if isinstance(decision, Resync):
            self.feed.resync(decision.book_id, decision.doubt)
        elif isinstance(decision, Silent):
            self.feed.reopen(decision.lane)

    async def keep_ticking(self) -> None:
        while True:
            await asyncio.sleep(0.02)
            self.intake.put(Tick(self.intake.now()))

    async def follow(self, numbers: Iterable[int]) -> None:
        wanted = [listed(number) for number in numbers]
        await self.feed.follow(wanted, frozenset(one.book_id for one in wanted))

    def quote(self, number: int = 0) -> Quote | None:
        return self.intake.pipeline.quote(listed(number).first)

    def is_right(self, number: int = 0) -> bool:
        """To the last level, and in no doubt."""
        ladder = self.intake.pipeline.ladder(listed(number).book_id)
        if ladder is None or ladder.doubt is not None:
            return False
        market = self.clob.markets[number]
        return (dict(ladder.bids), dict(ladder.asks)) == (units(market.bids), units(market.asks))

    async def until_right(self, number: int = 0) -> None:
        await until(partial(self.is_right, number))

    def doubts(self) -> set[Doubt]:
        return {decision.doubt for decision in self.decided if isinstance(decision, Resync)}


def units(levels: dict[str, str]) -> dict[int, int]:
    return {round(float(price) * 10_000): int(size) * 1_000_000 for price, size in levels.items()}


async def until(holds: Callable[[], object], within: float = 10.0) -> None:
    deadline = time.monotonic() + within
    while not holds():
        assert time.monotonic() < deadline, "did not come true"
        await asyncio.sleep(0.01)


@asynccontextmanager
async def open_house(
    markets: int = 1, prices: PricesSettings = SELDOM, books_a_connection: int = 100
) -> AsyncIterator[House]:
    async with open_clob(markets) as clob, httpx.AsyncClient() as client:
        house = House(clob, prices, client, books_a_connection)
        await house.follow(range(markets))
        tasks = [asyncio.create_task(house.feed.run()), asyncio.create_task(house.keep_ticking())]
        try:
            for number in range(markets):
                await house.until_right(number)
            yield house
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)


async def test_it_subscribes_to_both_tokens_and_hears_every_change() -> None:
    async with open_house() as house:
        market: Market = house.clob.markets[0]
        asked = house.clob.heard[0]
        assert asked["assets_ids"] == [market.first, market.second]
        assert (asked["type"], asked["custom_feature_enabled"], asked["initial_dump"]) == ("market", True, True)
        for side, price, size in (("BUY", "0.51", "3"), ("SELL", "0.52", "0"), ("BUY", "0.51", "0")):
            await house.clob.tell(market.replace(side, price, size))
            await house.until_right()
        assert house.doubts() == set()
        assert house.feed.trouble == ""
        assert house.feed.counts["frames"] >= 4


async def test_books_come_and_go_over_as_many_connections_as_they_need() -> None:
    async with open_house(markets=5, books_a_connection=2) as house:
        assert sorted(len(tokens) for tokens in house.clob.subscriptions) == [2, 4, 4]
        await house.follow([0, 1, 2])
        await until(lambda: sorted(len(tokens) for tokens in house.clob.subscriptions) == [2, 4])
        assert house.quote(4) is None
        await house.follow([0, 1, 2, 4])
        await house.until_right(4)
        assert house.clob.opened == 3  # on the place that was free


async def test_a_closed_connection_is_opened_again_and_what_changed_meanwhile_is_known() -> None:
    async with open_house() as house:
        market = house.clob.markets[0]
        market.replace("BUY", "0.51", "9")
        await house.clob.cut_off()
        await until(lambda: "disconnected" in house.doubts())
        await house.until_right()
        assert house.feed.counts["connections_lost"] == 1


async def test_silence_with_pings_still_answered_is_noticed_and_ended_by_another_connection() -> None:
    async with open_house() as house:
        house.clob.is_mute = True
        house.clob.markets[0].replace("BUY", "0.51", "9")
        await until(lambda: "silence" in house.doubts(), within=3)
        house.clob.is_mute = False
        await house.until_right()
        assert house.feed.counts["reopened"] >= 1


async def test_a_quiet_connection_is_proved_over_rest_and_stays_fresh() -> None:
    async with open_house(prices=QUIET) as house:
        fresh_within = round(0.7 * SECOND)
        ends = time.monotonic() + 2
        while time.monotonic() < ends:
            await asyncio.sleep(0.05)
            quote = house.quote()
            assert quote is not None
            assert quote.state(house.intake.now(), fresh_within) == "fresh"
        assert house.clob.asked >= 5
        house.clob.status = 503
        await until(lambda: "503" in house.feed.trouble)
        await until(lambda: house.quote().state(house.intake.now(), fresh_within) == "stale")


@pytest.mark.parametrize("text", ["\x00\x01", '{"event_type":"price_change","price_changes":[', "INVALID OPERATION"])
async def test_garbage_puts_books_in_doubt_until_they_are_told_anew(text: str) -> None:
    async with open_house(markets=3) as house:
        house.clob.markets[1].replace("BUY", "0.51", "9")  # what the garbage would have said
        await house.clob.send(text)
        await until(lambda: "garbage" in house.doubts())
        for number in range(3):
            await house.until_right(number)
        assert house.clob.opened == 1  # a subscription anew, not a connection
        assert house.feed.counts["refused_unreadable"] == 1


async def test_a_lost_message_is_noticed_by_the_best_that_the_next_one_names() -> None:
    async with open_house() as house:
        market = house.clob.markets[0]
        market.replace("BUY", "0.51", "9")  # never sent
        await house.clob.tell(market.replace("SELL", "0.55", "8"))
        await until(lambda: "best" in house.doubts(), within=3)
        await house.until_right()


async def test_a_lost_message_behind_the_best_is_noticed_over_rest() -> None:
    async with open_house(prices=QUIET) as house:
        house.clob.markets[0].replace("BUY", "0.48", "99")
        await until(lambda: "cross_check" in house.doubts(), within=8)
        await house.until_right()


async def test_a_second_token_that_is_no_mirror_is_noticed() -> None:
    async with open_house(prices=QUIET) as house:
        market = house.clob.markets[0]
        told = market.replace("BUY", "0.48", "8")
        told["price_changes"][1]["best_ask"] = "0.45"  # type: ignore[index]
        await house.clob.tell(told)
        await until(lambda: "complement" in house.doubts(), within=3)
        await house.until_right()


async def test_a_resolved_market_is_followed_no_longer_however_long_it_is_wanted() -> None:
    async with open_house(markets=2) as house:
        market = house.clob.markets[1]
        about = {"market": market.id, "assets_ids": [market.first, market.second], "timestamp": "1763850001000"}
        said = {"event_type": "market_resolved", **about, "winning_asset_id": market.first, "winning_outcome": "Yes"}
        await house.clob.send(json.dumps(said))
        await until(lambda: house.quote(1) is None)
        await house.follow([0, 1])
        assert house.quote(1) is None
        await until(lambda: {market.first} & house.clob.subscriptions[0] == set())
        assert house.is_right(0)


async def test_a_venue_that_is_away_is_waited_for() -> None:
    async with open_clob() as clob, httpx.AsyncClient() as client:
        house = House(clob, SELDOM, client, 100)
        house.settings = house.settings.model_copy(update={"socket_url": "ws://127.0.0.1:9/ws"})
        house.feed._settings = house.settings
        await house.follow([0])
        task = asyncio.create_task(house.feed.run())
        await until(lambda: "no connection" in house.feed.trouble)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        quote = house.quote()
        assert quote is not None
        assert quote.doubt == "waiting"


async def test_where_nobody_may_trade_prices_are_read_and_everybody_is_told() -> None:
    async with open_clob() as clob, httpx.AsyncClient() as client:
        clob.location = {"blocked": True, "country": "US", "region": "NY"}
        house = House(clob, SELDOM, client, 100)
        await house.follow([0])
        task = asyncio.create_task(house.feed.run())
        await house.until_right()
        await until(lambda: house.feed.counts["location_blocked"] == 1)
        words = "Polymarket says this location (US-NY) may not trade; prices are only read"
        assert house.feed.trouble == words
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def test_when_it_ends_nothing_that_it_told_stays_believed() -> None:
    async with open_house() as house:
        pass
    quote = house.quote()
    assert quote is not None
    assert quote.doubt == "disconnected"
    await house.follow([])
    assert house.quote() is None
