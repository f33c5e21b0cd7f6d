"""Which games are worked on, and what is tied to each."""

from collections.abc import Sequence

import msgspec

from app.domain.games import Game, GameId
from app.domain.links import Link, Verdict
from app.domain.markets import ContractId, EventId, MarketId, VenueId
from app.domain.parsing import NOT_READABLE
from app.domain.propositions import Kind, Scope
from app.domain.teams import Reason
from app.hot.connections import Door
from app.hot.keys import GAME_LIFETIME, GAMES, LINKED_GAMES, LINKS_LIFETIME, game_key, links_key
from app.hot.shelves import Keeper, Shelf

_LINKS = msgspec.json.Decoder(tuple[Link, ...])


class ActiveGames(Keeper):
    """Games as the score source last told them."""

    def __init__(self, door: Door) -> None:
        super().__init__(door)
        self._games = Shelf(door, GAMES, lambda name: game_key(GameId(name)), Game)

    async def save_games(self, games: Sequence[Game], seconds: float = GAME_LIFETIME) -> None:
        """Keep these as active; each is gone after `seconds` unless it is saved again."""
        await self._games.put({game.id: game for game in games}, seconds)

    async def active_games(self) -> list[Game]:
        """Every active game, by start."""
        games = (await self._games.all()).values()
        return sorted(games, key=lambda game: (game.start, game.id))

    async def games(self, game_ids: Sequence[GameId]) -> dict[GameId, Game]:
        """Those of these that are active."""
        return {game.id: game for game in (await self._games.get(game_ids)).values()}

    async def game(self, game_id: GameId) -> Game | None:
        return (await self._games.get([game_id])).get(game_id)

    async def drop_games(self, game_ids: Sequence[GameId]) -> None:
        """These are over, or were provisional and have a game of the score source now."""
        await self._games.drop(game_ids)


class Said(msgspec.Struct, frozen=True):
    """What a link is about, in a word."""

    kind: Kind
    scope: Scope


class LinkMark(msgspec.Struct, frozen=True):
    """What a list of games shows of a link; the rest of it is skipped unread, which is most of the work."""

    venue: VenueId
    verdict: Verdict
    proposition: Said


class LinkedContract(msgspec.Struct, frozen=True):
    """What whoever follows prices needs of a link; the rest is skipped unread."""

    venue: VenueId
    event_id: EventId
    market_id: MarketId | None
    contract_id: ContractId | None
    verdict: Verdict


class DoubtedLink(msgspec.Struct, frozen=True):
    """What is said against the links of a game; the rest is skipped unread."""

    venue: VenueId
    contract_id: ContractId | None
    verdict: Verdict
    reasons: tuple[Reason, ...]


def read_links(body: bytes) -> tuple[Link, ...]:
    """None of them when they cannot be read: a version that described links differently wrote them."""
    try:
        return _LINKS.decode(body)
    except NOT_READABLE:
        return ()


class GameLinks(Keeper):
    """The links of each game, rejected ones included."""

    def __init__(self, door: Door) -> None:
        super().__init__(door)
        self._links = Shelf(door, LINKED_GAMES, lambda name: links_key(GameId(name)), tuple[Link, ...])
        self._marks = Shelf(door, LINKED_GAMES, lambda name: links_key(GameId(name)), tuple[LinkMark, ...])
        self._doubted = Shelf(door, LINKED_GAMES, lambda name: links_key(GameId(name)), tuple[DoubtedLink, ...])
        self._contracts = Shelf(door, LINKED_GAMES, lambda name: links_key(GameId(name)), tuple[LinkedContract, ...])

    async def save_links(self, game_id: GameId, links: Sequence[Link], seconds: float = LINKS_LIFETIME) -> None:
        """These, and no others, are the game's links now."""
        await self._links.put({game_id: tuple(links)}, seconds)

    async def links(self, game_id: GameId) -> list[Link]:
        """The game's links; empty when there are none or nobody refreshed them."""
        return list((await self._links.get([game_id])).get(game_id, ()))

    async def link_marks(self, game_ids: Sequence[GameId]) -> dict[GameId, tuple[LinkMark, ...]]:
        """What is tied to each of many games, in brief; games without links are absent."""
        found = await self._marks.get(game_ids)
        return {GameId(name): marks for name, marks in found.items()}

    async def linked_contracts(self, game_ids: Sequence[GameId]) -> dict[GameId, tuple[LinkedContract, ...]]:
        """The contracts that are tied to each of many games, those of a market in the venue's order; games without
        links are absent."""
        found = await self._contracts.get(game_ids)
        return {GameId(name): contracts for name, contracts in found.items()}

    async def doubted_links(self, game_ids: Sequence[GameId]) -> dict[GameId, tuple[DoubtedLink, ...]]:
        """The reasons of the links of many games, those that speak for them included; games without links are
        absent."""
        found = await self._doubted.get(game_ids)
        return {GameId(name): links for name, links in found.items()}

    async def link_bodies(self, game_ids: Sequence[GameId]) -> dict[GameId, bytes]:
        """The links of many games as they are written, to see whether they changed; `read_links` reads one."""
        found = await self._door.values([links_key(game_id) for game_id in game_ids])
        return {game_id: body for game_id, body in zip(game_ids, found, strict=True) if body is not None}

    async def drop_links(self, game_ids: Sequence[GameId]) -> None:
        await self._links.drop(game_ids)
