"""What is known of the games and contracts of open positions, however long ago they were followed: in the core of this
process, in Redis, or at last in Postgres, as they were when somebody last knew them."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import TypeVar

import msgspec

from app.domain.games import Game, GameId
from app.domain.inputs import GameTaken
from app.domain.leagues import LEAGUES
from app.domain.links import Link
from app.domain.markets import ContractId
from app.domain.positions import Position
from app.domain.prices import SECOND, Nanos
from app.domain.settlements import Approval
from app.history.approvals import list_approvals, read_texts
from app.history.queries import recorded_contracts, recorded_game
from app.resources import Resources
from app.settlement import approved_terms, terms_of

AGAIN_AFTER = 5 * SECOND  # what the core of this process does not know is asked for again

Name = TypeVar("Name", bound=str)


class ContractFacts:
    """Filled by `look`; what nobody holds any more is forgotten."""

    def __init__(self, resources: Resources) -> None:
        self.games: dict[GameId, Game] = {}
        self.links: dict[ContractId, Link] = {}
        self._resources = resources
        self._now = resources.intake.now
        self._taken: Mapping[GameId, GameTaken] = resources.intake.pipeline.taken
        self._seen: dict[GameId, GameTaken] = {}
        self._asked_at: dict[str, Nanos] = {}
        self._approvals: Mapping[str, Approval] = {}

    async def look(self, positions: Iterable[Position]) -> None:
        """Learn how these stand now. Raises HistoryUnavailable and HotStoreUnavailable; what was known stays."""
        held = defaultdict[GameId, list[Position]](list)
        for each in positions:
            held[each.game_id].append(each)
        self._forget(held.keys(), {each.contract_id for own in held.values() for each in own})
        if not held:
            return
        await self._read_approvals()
        for game_id, own in held.items():
            self._take(game_id, own)
        await self._read_games(self._due(game_id for game_id in held if game_id not in self._taken))
        lacking = {
            each.contract_id: each for own in held.values() for each in own if each.contract_id not in self.links
        }
        await self._read_links([lacking[name] for name in self._due(lacking)])

    def _take(self, game_id: GameId, own: Sequence[Position]) -> None:
        taken = self._taken.get(game_id)
        if taken is None:
            return
        self.games[game_id] = taken.game
        wanted = {each.contract_id for each in own}
        if self._seen.get(game_id) is not taken or not wanted <= self.links.keys():
            self._seen[game_id] = taken
            for link in taken.links:
                if link.contract_id in wanted and link.contract_id is not None:
                    self.links[link.contract_id] = self._as_approved(link)

    async def _read_games(self, game_ids: Sequence[GameId]) -> None:
        found = await self._resources.hot.games(game_ids) if game_ids else {}
        for game_id in game_ids:
            game = found.get(game_id) or await recorded_game(self._resources.history, game_id)
            if game is not None:
                self.games[game_id] = game

    async def _read_links(self, lacking: Sequence[Position]) -> None:
        """Postgres has no terms: they are read again out of the text that it has."""
        if not lacking:
            return
        history = self._resources.history
        links = await recorded_contracts(history, [each.contract_id for each in lacking])
        texts = await read_texts(history, [link.rules_hash for link in links.values()])
        for each in lacking:
            link = links.get(each.contract_id)
            if link is not None and link.rules_hash in texts:
                terms = terms_of(link, texts[link.rules_hash], LEAGUES[each.league])
                link = msgspec.structs.replace(link, terms=terms)
            if link is not None:
                self.links[each.contract_id] = self._as_approved(link)

    async def _read_approvals(self) -> None:
        if self._due(["approvals"]):
            self._approvals = {each.rules_hash: each for each in await list_approvals(self._resources.history)}

    def _as_approved(self, link: Link) -> Link:
        approval = self._approvals.get(link.rules_hash)
        return link if approval is None else msgspec.structs.replace(link, terms=approved_terms(link, approval))

    def _due(self, names: Iterable[Name]) -> list[Name]:
        """Those that were not asked for a moment ago; they are now."""
        now = self._now()
        due = [name for name in names if not 0 <= now - self._asked_at.get(name, now - AGAIN_AFTER) < AGAIN_AFTER]
        self._asked_at.update(dict.fromkeys(due, now))
        return due

    def _forget(self, games: Collection[GameId], contracts: Collection[ContractId]) -> None:
        for game_id in self.games.keys() - games:
            del self.games[game_id]
            self._seen.pop(game_id, None)
        for contract_id in self.links.keys() - contracts:
            del self.links[contract_id]
        for name in self._asked_at.keys() - {*games, *contracts, "approvals"}:
            del self._asked_at[name]
