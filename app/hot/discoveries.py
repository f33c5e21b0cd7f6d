"""Publishes what was discovered: each game with its markets, every change announced."""

from collections.abc import AsyncGenerator, AsyncIterator, Collection, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import datetime

import msgspec

from app.domain.games import Game, GameId
from app.domain.links import Link
from app.domain.parsing import NOT_READABLE
from app.hot.connections import Command, Door
from app.hot.keys import DISCOVERED, DISCOVERED_LIFETIME, DISCOVERY_UPDATES, discovered_key, mapping_key
from app.hot.schemas import Change, Discovered, Update, mapping_of, markets_of
from app.hot.shelves import Keeper, Shelf, expire_command


class Discoveries(Keeper):
    """Publishes games with their markets, and takes them back."""

    def __init__(self, door: Door) -> None:
        super().__init__(door)
        self._discovered = Shelf(door, DISCOVERED, lambda name: discovered_key(GameId(name)), Discovered)

    async def publish_game(
        self, game: Game, links: Sequence[Link], now: datetime, seconds: float = DISCOVERED_LIFETIME
    ) -> bool:
        """Write or refresh the game's keys in one transaction.

        True, and announced, when anything but the time changed; the game may have expired meanwhile."""
        fresh = Discovered(game.id, game.league, markets_of(game, links), int(now.timestamp()))
        fields = mapping_of(game, links)
        change = await self._change(fresh, fields)
        await self._door.transact(
            *self._discovered.commands({game.id: fresh}, seconds),
            *_hash_commands(mapping_key(game.id), fields, seconds),
            *([_announce(game.id, change, now)] if change else ()),
        )
        return change is not None

    async def withdraw_all_but(self, game_ids: Collection[GameId], now: datetime) -> list[GameId]:
        """Take back every game published before that is not among these, expired ones too; each is announced."""
        published = await self._door.names(DISCOVERED)
        gone = [GameId(name) for name in published if name not in game_ids]
        if gone:
            await self._door.transact(
                *self._discovered.drop_commands(gone),
                ("DEL", *(mapping_key(game_id) for game_id in gone)),
                *(_announce(game_id, "removed", now) for game_id in gone),
            )
        return gone

    async def discovered(self, game_id: GameId) -> bytes | None:
        """The owner's JSON as it stands in Redis."""
        return (await self._door.values([discovered_key(game_id)]))[0]

    async def discovered_games(self) -> dict[GameId, Discovered]:
        """Every game's JSON that is alive, by id."""
        return {GameId(name): found for name, found in sorted((await self._discovered.all()).items())}

    async def mapping(self, game_id: GameId) -> dict[str, bytes]:
        """The mapping hash as it stands in Redis: contract id → JSON, and the field `provisional`."""
        answer = (await self._door.try_each(("HGETALL", mapping_key(game_id))))[0]
        return {name.decode(): value for name, value in answer.items()} if isinstance(answer, Mapping) else {}

    @asynccontextmanager
    async def subscribe_updates(self) -> AsyncGenerator[AsyncIterator[Update]]:
        """The announcements from the moment of entering:
        `async with hot.subscribe_updates() as updates: async for update in updates`."""
        async with self._door.hearing(DISCOVERY_UPDATES) as messages:
            yield _updates(messages)

    async def _change(self, fresh: Discovered, fields: Mapping[str, bytes]) -> Change | None:
        before = (await self._discovered.get([fresh.game_id])).get(fresh.game_id)
        if before is None:
            return "added"
        is_same = (before.sport, before.markets) == (fresh.sport, fresh.markets)
        return None if is_same and await self.mapping(fresh.game_id) == fields else "changed"


def _hash_commands(key: str, fields: Mapping[str, bytes], seconds: float) -> list[Command]:
    replaced: list[Command] = [("DEL", key)]  # fields of contracts that are no longer linked disappear
    if fields:
        pairs = tuple(argument for pair in fields.items() for argument in pair)
        replaced += [("HSET", key, *pairs), expire_command(key, seconds)]
    return replaced


def _announce(game_id: GameId, change: Change, now: datetime) -> Command:
    update = Update(game_id, change, int(now.timestamp()))
    return ("PUBLISH", DISCOVERY_UPDATES, msgspec.json.encode(update))


async def _updates(messages: AsyncIterator[bytes]) -> AsyncIterator[Update]:
    decoder = msgspec.json.Decoder(Update)
    async for message in messages:
        try:
            yield decoder.decode(message)
        except NOT_READABLE:
            continue  # anyone may publish on a channel; what is not ours is no reason to stop
