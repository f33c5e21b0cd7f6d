"""Every game is worked on by one shard, whatever becomes of the shards."""

import asyncio
from collections.abc import Sequence

import msgspec
import pytest
from redis.asyncio import Redis

from app.domain.games import GameId
from app.domain.money import price, size
from app.domain.prices import SECOND, Nanos, Quote
from app.domain.views import GameView
from app.errors import Superseded
from app.hot.keys import HANDED_OUT, VIEW_LIFETIME, view_key
from app.hot.leases import Lease
from app.hot.state import HotState
from app.hot.view_shown import GameViewShown, view_shown
from app.prices.views import arrange, view_of
from tests.app.hot.samples import CELTICS_GAME, KALSHI, NOW, fence_of, life_of, link

LOST = 0.3  # seconds


def ids(*numbers: int) -> list[GameId]:
    return [GameId(str(number)) for number in numbers]


def games(held: Sequence[Lease]) -> list[str]:
    return [lease.game_id for lease in held]


class Shard:
    def __init__(self, hot: HotState, name: str, capacity: int = 100) -> None:
        self._hot, self.name, self._capacity = hot, name, capacity

    async def turn(self) -> Sequence[Lease]:
        return (await self._hot.renew_leases(self.name, self._capacity, LOST)).held

    async def games(self) -> list[str]:
        return games(await self.turn())


async def test_what_is_handed_out_is_taken_in_its_order_and_kept(hot: HotState) -> None:
    assert await hot.hand_out(ids(3, 1, 2)) == (3, 0)
    shard = Shard(hot, "a")
    first = await shard.turn()
    assert games(first) == ["3", "1", "2"]
    assert [lease.fence for lease in first] == sorted({lease.fence for lease in first})
    assert await shard.turn() == first
    assert await hot.hand_out(ids(1, 2, 3)) == (0, 0)
    assert await shard.turn() == first


async def test_a_game_that_is_over_is_taken_back(hot: HotState) -> None:
    await hot.hand_out(ids(1, 2))
    shard = Shard(hot, "a")
    await shard.turn()
    assert await hot.hand_out(ids(2, 3)) == (1, 1)
    assert await shard.games() == ["2", "3"]
    assert await hot.handed_out() == ids(2, 3)
    assert await hot.hand_out([]) == (0, 2)
    assert await shard.games() == []


async def test_two_shards_share_and_never_have_the_same_game(hot: HotState) -> None:
    a, b = Shard(hot, "a"), Shard(hot, "b")
    await a.turn()
    await b.turn()
    await hot.hand_out(ids(*range(5)))
    of_a, of_b = await a.games(), await b.games()
    assert (len(of_a), len(of_b)) == (3, 2)
    assert sorted(of_a + of_b) == ids(*range(5))


async def test_the_games_of_a_silent_shard_go_to_another_and_it_learns_so(hot: HotState) -> None:
    a, b = Shard(hot, "a"), Shard(hot, "b")
    await a.turn()
    await b.turn()
    await hot.hand_out(ids(1, 2, 3, 4))
    before = {lease.game_id: lease.fence for lease in await a.turn()}
    assert len(await b.turn()) == 2
    await asyncio.sleep(LOST * 1.2)
    held = await b.turn()
    assert len(held) == 4
    after = {lease.game_id: lease.fence for lease in held}
    assert all(after[game_id] > fence for game_id, fence in before.items())
    assert await a.games() == []


async def test_a_shard_that_says_that_it_lives_keeps_its_games(hot: HotState) -> None:
    a, b = Shard(hot, "a"), Shard(hot, "b")
    await hot.hand_out(ids(1, 2))
    await a.turn()
    for _ in range(6):
        await asyncio.sleep(LOST / 3)
        assert await b.games() == []
        assert await a.games() == ["1", "2"]


async def test_a_shard_takes_no_more_than_it_can(hot: HotState) -> None:
    a, b = Shard(hot, "a", capacity=2), Shard(hot, "b", capacity=2)
    await hot.hand_out(ids(*range(5)))
    assert len(await a.turn()) == 2
    assert len(await b.turn()) == 2
    assert (len(await a.turn()), len(await b.turn())) == (2, 2)
    c = Shard(hot, "c")
    assert len(await c.turn()) == 1


async def test_what_another_has_no_room_for_is_taken_beyond_the_share(hot: HotState) -> None:
    small, large = Shard(hot, "small", capacity=1), Shard(hot, "large")
    await small.turn()
    await large.turn()
    await hot.hand_out(ids(*range(6)))
    assert (len(await small.turn()), len(await large.turn())) == (1, 3)
    async with asyncio.timeout(20):
        while len(await large.turn()) < 5:
            await small.turn()
            await asyncio.sleep(LOST / 3)


async def test_what_is_given_back_goes_to_another(hot: HotState) -> None:
    a, b = Shard(hot, "a"), Shard(hot, "b")
    await hot.hand_out(ids(1, 2, 3, 4))
    of_a = await a.turn()
    assert len(of_a) == 4
    assert (await hot.renew_leases("b", 100, LOST)).share == 2
    await hot.give_back("a", [lease.entry for lease in of_a[:2]])
    assert await a.games() == ["3", "4"]
    assert await b.games() == ["1", "2"]
    await hot.give_back("a", [lease.entry for lease in await b.turn()])  # not its own to give
    assert await b.games() == ["1", "2"]


async def test_a_shard_that_leaves_frees_its_games_at_once(hot: HotState, fresh_redis_url: str) -> None:
    a, b = Shard(hot, "a"), Shard(hot, "b")
    await hot.hand_out(ids(1, 2, 3))
    await a.turn()
    assert await b.games() == []
    await hot.leave("a")
    assert await b.games() == ["1", "2", "3"]
    async with Redis.from_url(fresh_redis_url) as redis:
        assert [each["name"] for each in await redis.xinfo_consumers(HANDED_OUT, "shards")] == [b"b"]


async def test_an_entry_that_was_delivered_and_is_nobodys_is_put_in_anew(hot: HotState, fresh_redis_url: str) -> None:
    await hot.hand_out(ids(1, 2))
    (first, _) = await Shard(hot, "a").turn()
    async with Redis.from_url(fresh_redis_url) as redis:
        await redis.xack(HANDED_OUT, "shards", first.entry)
    await hot.hand_out(ids(1, 2))
    assert sorted(await Shard(hot, "a").games()) == ["1", "2"]


async def test_a_store_that_forgot_everything_is_filled_again(hot: HotState, fresh_redis_url: str) -> None:
    await hot.hand_out(ids(1))
    (before,) = await Shard(hot, "a").turn()
    async with Redis.from_url(fresh_redis_url) as redis:
        await redis.flushdb()
    assert await Shard(hot, "a").games() == []
    await hot.hand_out(ids(1))
    (after,) = await Shard(hot, "a").turn()
    assert after.fence > before.fence


def view(fence: int, shard: str = "a") -> GameViewShown:
    at = Nanos(1_786_000_000 * SECOND)
    boston = link(KALSHI, "BOS")
    assert boston.contract_id is not None
    quote = Quote(boston.contract_id, price("0.53"), size("1"), price("0.55"), size("2"), at, at, at)
    seen: GameView = view_of(CELTICS_GAME, arrange(CELTICS_GAME, [boston]), lambda _: quote, at, SECOND)
    return view_shown(seen, shard, fence, NOW, at, SECOND)


async def test_a_view_is_kept_and_said_with_its_shard_and_fence(hot: HotState, fresh_redis_url: str) -> None:
    async with hot.hear_views() as heard:
        await hot.save_view(view(7))
        async with asyncio.timeout(10):
            game_id, body = await anext(heard)
    assert game_id == CELTICS_GAME.id
    assert await hot.view(CELTICS_GAME.id) == body
    assert VIEW_LIFETIME - 5 < await life_of(fresh_redis_url, view_key(CELTICS_GAME.id)) <= VIEW_LIFETIME
    read = msgspec.json.decode(body, type=GameViewShown)
    (moneyline,) = read.propositions
    assert (read.shard, read.fence, moneyline.proposition.kind) == ("a", 7, "moneyline")
    assert moneyline.no_vig is not None
    assert (moneyline.no_vig.probability, moneyline.contracts[0].implied) == (0.54, 0.54)
    quote = moneyline.contracts[0].quote
    assert quote is not None
    assert (quote.bid, quote.ask, quote.state) == ("0.5300", "0.5500", "fresh")


async def test_a_paused_shard_says_nothing_more_once_another_has_the_game(hot: HotState) -> None:
    await hot.hand_out([CELTICS_GAME.id])
    (old,) = await Shard(hot, "a").turn()
    await hot.save_view(view(old.fence))
    await asyncio.sleep(LOST * 1.2)
    (new,) = await Shard(hot, "b").turn()
    with pytest.raises(Superseded):
        await hot.save_view(view(old.fence))  # before the new one has said anything
    await hot.save_view(view(new.fence, "b"))
    with pytest.raises(Superseded):
        await hot.save_view(view(old.fence))
    assert await fence_of(hot, f"view:{CELTICS_GAME.id}") == new.fence
