"""Grids and pauses, from the listings and from what Kalshi says of a market's life."""

from pathlib import Path

from app.domain.prices import FINEST_GRID, even_grid
from tests.app.venues.kalshi.desks import A, B, desk, listed
from tests.app.venues.kalshi.hosts import Host, Message, until


async def test_a_market_that_is_paused_is_doubted_until_it_goes_on(host: Host, key_file: Path) -> None:
    async with desk(host, key_file) as at:
        await at.follow(A, B)
        await until(lambda: at.is_exact(A, B))
        await host.say(lifecycle(A, "deactivated"))
        await until(lambda: at.doubt(A) == "paused")
        await host.change(A, "yes", "0.4000", -100)
        await host.change(B, "yes", "0.4000", 1)
        await until(lambda: at.is_exact(B))
        await host.say(lifecycle(A, "activated"))
        await until(lambda: at.is_exact(A, B))
        await host.say(lifecycle(B, "determined"))
        await until(lambda: at.doubt(B) == "paused")
        await host.say(lifecycle("KXOTHER", "created"))
        assert at.feed.counts["lifecycle_deactivated"] == 1


def lifecycle(ticker: str, event_type: str) -> Message:
    return {"type": "market_lifecycle_v2", "sid": 4, "msg": {"market_ticker": ticker, "event_type": event_type}}


async def test_grids_come_from_the_listing_and_nothing_is_assumed_until_then(host: Host, key_file: Path) -> None:
    host.ranges[B] = [{"start": "0.0000", "end": "1.0000", "step": "0.0010"}]
    host.books[B].set("yes", "0.4010", 5)
    async with desk(host, key_file) as at:
        await at.follow(A, B)
        await until(lambda: at.is_exact(A, B))
        await until(lambda: at.folded.kinds().count("Followed") == 4)
        grids = [one.grid for one in at.folded.told if type(one).__name__ == "Followed" and one.listed == listed(B)]
        assert grids == [FINEST_GRID, even_grid(10)]
        host.ranges[A] = host.ranges[B]
        await host.say(lifecycle(A, "price_level_structure_updated"))
        await until(lambda: at.folded.kinds().count("Followed") == 5)


async def test_a_market_that_is_not_active_when_it_is_followed_is_doubted(host: Host, key_file: Path) -> None:
    host.statuses[A] = "determined"
    async with desk(host, key_file) as at:
        await at.follow(A, B)
        await until(lambda: at.doubt(A) == "paused" and at.is_exact(B))
