"""A monitor over real stores and a real socket: what it follows, what it counts, and what is left when it ends."""

import time
from collections.abc import AsyncGenerator, AsyncIterator, Mapping, Sequence
from contextlib import aclosing, asynccontextmanager

import msgspec
import pytest

from app.domain.games import Game
from app.domain.inputs import Cut, Dropped
from app.domain.links import Link, Verdict
from app.domain.markets import ContractId, EventId, MarketId, VenueId
from app.domain.operations import Round
from app.domain.prices import BookId
from app.domain.propositions import Proposition
from app.ports import PriceFeed
from app.settings import PolymarketSettings, PricesSettings
from app.venues.roster import KALSHI, POLYMARKET
from tests.app.venues.polymarket.clobs import Clob, open_clob
from tests.app.venues.polymarket.frames import names
from tests.workers.worlds import PADRES_GAME, World
from workers.monitors import Watched, monitor

GAME = PADRES_GAME.id


def links(venue: str, market: str, *contracts: str | None, verdict: Verdict = "tradable") -> list[Link]:
    """One for each contract, in the venue's order."""
    about = Proposition(game_id=GAME, kind="moneyline", scope="game", team_id="mlb:25")
    return [
        Link(
            venue=VenueId(venue),
            event_id=EventId("e"),
            market_id=MarketId(market),
            contract_id=None if contract is None else ContractId(contract),
            outcome="Padres",
            proposition=about,
            polarity="yes",
            verdict=verdict,
            confidence=1.0,
            reasons=(),
        )
        for contract in contracts
    ]


def on_clob(number: int, **more: Verdict) -> list[Link]:
    market, first, second = names(number)
    return links("polymarket", market, f"polymarket:{first}", f"polymarket:{second}", **more)


class Feed:
    """Keeps what it is told to follow."""

    venue = VenueId("kalshi")
    counts: Mapping[str, int] = {"frames": 7}
    trouble = ""

    def __init__(self) -> None:
        self.listed: Sequence[str] = ()
        self.live: frozenset[BookId] = frozenset()

    async def follow(self, listed: Sequence[object], live: frozenset[BookId]) -> None:
        self.listed, self.live = [one.first for one in listed], live


async def save(world: World, said: Sequence[Link], game: Game = PADRES_GAME) -> None:
    await world.hot.save_games([game])
    await world.hot.save_links(game.id, said)


async def test_it_follows_what_anybody_may_use_or_watch_of_its_own_venue(world: World) -> None:
    said = [
        *links("kalshi", "A", "kalshi:A:no", "kalshi:A:yes"),
        *links("kalshi", "B", "kalshi:B:yes", "kalshi:B:no", verdict="watch"),
        *links("kalshi", "C", "kalshi:C:yes", "kalshi:C:no", verdict="rejected"),
        *links("kalshi", "D", "kalshi:D:yes"),
        *links("kalshi", "E", None),
        *on_clob(0),
    ]
    await save(world, said)
    feed = Feed()
    watched = Watched(world.resources, KALSHI, feed)
    done = await watched.round()
    assert feed.listed == ["kalshi:A:yes", "kalshi:B:yes"]
    assert feed.live == frozenset()
    assert done.counts["frames"] == 7


async def test_games_that_are_played_are_live_and_those_that_are_gone_are_let_go(world: World) -> None:
    feed = Feed()
    watched = Watched(world.resources, KALSHI, feed)
    await watched.round()
    await save(world, links("kalshi", "A", "kalshi:A:yes", "kalshi:A:no"))
    await watched.round()
    assert feed.live == frozenset()
    await save(
        world, links("kalshi", "A", "kalshi:A:yes", "kalshi:A:no"), msgspec.structs.replace(PADRES_GAME, status="live")
    )
    await watched.round()
    assert feed.live == {"kalshi:A"}
    await world.hot.drop_games([GAME])
    await watched.round()
    assert feed.listed == []


async def test_a_link_that_is_rejected_later_ends_it_within_seconds(world: World) -> None:
    feed = Feed()
    watched = Watched(world.resources, KALSHI, feed)
    await save(world, links("kalshi", "A", "kalshi:A:yes", "kalshi:A:no"))
    await watched.round()
    await save(world, links("kalshi", "A", "kalshi:A:yes", "kalshi:A:no", verdict="rejected"))
    for _ in range(5):
        await watched.round()
    assert feed.listed == []


async def test_a_trouble_is_said_once_in_the_log_and_stands_in_every_round(world: World) -> None:
    feed = Feed()
    watched = Watched(world.resources, KALSHI, feed)
    feed.trouble = "no key"
    rounds = [await watched.round() for _ in range(2)]
    assert [done.trouble for done in rounds] == ["no key", "no key"]
    assert [done.troubles for done in rounds] == [["no key"], []]


@asynccontextmanager
async def watching(world: World, clob: Clob) -> AsyncIterator[AsyncGenerator[Round]]:
    """The real monitor of Polymarket on this venue."""
    at = PolymarketSettings(
        clob_url=clob.url, socket_url=clob.socket_url, location_url=f"{clob.url}/api/geoblock", per_second=500
    )
    prices = PricesSettings(silence=60, prove_after=0.3)
    world.resources.settings = world.resources.settings.model_copy(update={"polymarket": at, "prices": prices})
    async with aclosing(monitor(world.resources, POLYMARKET)) as rounds:
        yield rounds


async def until(rounds: AsyncGenerator[Round], **counts: int) -> Round:
    deadline = time.monotonic() + 15
    async for done in rounds:
        if all(done.counts[name] == n for name, n in counts.items()):
            return done
        assert time.monotonic() < deadline, dict(done.counts)
    raise AssertionError("it ended")


async def test_prices_are_fresh_and_mirrored_and_when_it_ends_nothing_is_left(world: World) -> None:
    async with open_clob(markets=2) as clob:
        clob.location = {"blocked": True, "country": "US", "region": "NY"}
        await save(world, [*on_clob(0), *on_clob(1)], msgspec.structs.replace(PADRES_GAME, status="live"))
        pipeline = world.resources.intake.pipeline
        async with watching(world, clob) as rounds:
            done = await until(rounds, books=2, fresh=2, location_blocked=1)
            assert done.trouble == "Polymarket says this location (US-NY) may not trade; prices are only read"
            assert done.counts["connections"] == 1
            assert len(pipeline.listed) == 2
        taped = [type(told) for told in world.resources.intake.take_tape().inputs]
        assert taped.index(Cut) < taped.index(Dropped)
        assert len(pipeline.listed) == 0


async def test_what_it_follows_changes_with_the_links(world: World) -> None:
    async with open_clob(markets=2) as clob:
        await save(world, on_clob(0))
        async with watching(world, clob) as rounds:
            await until(rounds, books=1, fresh=1)
            await save(world, [*on_clob(0), *on_clob(1)])
            await until(rounds, books=2)
            await save(world, on_clob(1, verdict="watch"))
            await until(rounds, books=1)


async def test_a_fall_of_what_runs_beside_it_is_its_own(world: World) -> None:
    class Falling(Feed):
        async def run(self) -> None:
            raise ZeroDivisionError("a slip")

    @asynccontextmanager
    async def open_feed(*_: object) -> AsyncIterator[PriceFeed]:
        yield Falling()  # type: ignore[misc]

    async with aclosing(monitor(world.resources, KALSHI._replace(open_feed=open_feed))) as rounds:
        await anext(rounds)
        with pytest.raises(ZeroDivisionError):
            await anext(rounds)
