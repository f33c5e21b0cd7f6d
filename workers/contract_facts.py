"""What is known of the games and contracts of open positions, however long ago they were followed: in the core of this
process, in Redis, or at last in Postgres, as they were when somebody last knew them."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
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

MOST_ASKED = 50_000  # names that are remembered

Name = TypeVar("Name", bound=str)
Held = Mapping[GameId, Mapping[ContractId, Position]]


class ContractFacts:
    """Filled by `look`; what nobody holds any more is forgotten."""

    def __init__(self, resources: Resources) -> None:
        self.games: dict[GameId, Game] = {}
        self.links: dict[ContractId, Link] = {}
        self._resources = resources
        self._now = resources.intake.now
        self._taken: Mapping[GameId, GameTaken] = resources.intake.pipeline.taken
        self._seen: dict[GameId, GameTaken] = {}
        self._counts: dict[GameId, int] = {}  # of contracts, when it was taken in
        self._changed: set[GameId] = set()
        self._asked_at: dict[str, Nanos] = {}
        self._approvals: Mapping[str, Approval] = {}

    async def look(self, held: Held) -> set[GameId]:
        """Learn how these stand now; the games of which anything is another than before. Raises HistoryUnavailable and
        HotStoreUnavailable; what was known stays."""
        self._forget(held)
        self._changed = set()
        if held:
            await self._read_approvals()
            for game_id in held:
                self._take(game_id, held[game_id])
            await self._read_games(self._due(game_id for game_id in held if game_id not in self._taken))
            await self._read_links(held)
        return self._changed

    def _take(self, game_id: GameId, own: Mapping[ContractId, Position]) -> None:
        taken = self._taken.get(game_id)
        if taken is None or (self._seen.get(game_id) is taken and self._counts.get(game_id) == len(own)):
            return
        self._seen[game_id], self._counts[game_id] = taken, len(own)
        self.games[game_id] = taken.game
        self._changed.add(game_id)
        for link in taken.links:
            if link.contract_id is not None and link.contract_id in own:
                self.links[link.contract_id] = self._as_approved(link)

    async def _read_games(self, game_ids: Sequence[GameId]) -> None:
        found = await self._resources.hot.games(game_ids) if game_ids else {}
        for game_id in game_ids:
            game = found.get(game_id) or await recorded_game(self._resources.history, game_id)
            if game is not None and self.games.get(game_id) != game:
                self.games[game_id] = game
                self._changed.add(game_id)

    async def _read_links(self, held: Held) -> None:
        """Postgres has no terms: they are read again out of the text that it has."""
        untaken = {game_id: own for game_id, own in held.items() if game_id not in self._taken}
        unknown = {name: each for own in untaken.values() for name, each in own.items() if name not in self.links}
        lacking = [unknown[name] for name in self._due(unknown)]
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
                self._changed.add(each.game_id)

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

    def _forget(self, held: Held) -> None:
        for game_id in self.games.keys() - held.keys():
            del self.games[game_id]
            self._seen.pop(game_id, None)
            self._counts.pop(game_id, None)
        if len(self.links) > sum(map(len, held.values())):
            kept = {name for own in held.values() for name in own}
            for contract_id in self.links.keys() - kept:
                del self.links[contract_id]
        if len(self._asked_at) > MOST_ASKED:
            self._asked_at.clear()


def by_game(positions: Iterable[Position]) -> Held:
    """Positions by their games."""
    held = defaultdict[GameId, dict[ContractId, Position]](dict)
    for each in positions:
        held[each.game_id][each.contract_id] = each
    return held
