"""Asks the executor to sell what a rule sells: once for each state of a position, and again when nothing came of it.

Before that the unified matcher is asked whether the teams of the game are still those that the venue speaks of. A stop
waits for nobody: the answer is for people, and a position on the wrong game is the last one to keep.
"""

import asyncio
import logging
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import NamedTuple

import msgspec

from app.domain.games import Game, GameId
from app.domain.instructions import Instruction
from app.domain.links import Link
from app.domain.markets import ContractId
from app.domain.prices import SECOND, Nanos
from app.errors import Conflict, HotStoreUnavailable, Unavailable
from app.history.instructions import ask
from app.history.lookouts import Key, Lookout
from app.positions.exits import Exit
from app.resources import Resources
from workers.confirmations import Confirmations

NAME = "position_tracker"
LIFE = timedelta(seconds=10)  # of a wish: later the price is another
AGAIN_AFTER = 5 * SECOND  # when nothing came of it
CONFIRMED_FOR = 60 * SECOND
CONFIRMED_WITHIN = 0.5  # seconds
MOST_TRIES = 50  # that another process may have had before

log = logging.getLogger(__name__)


class Asked(NamedTuple):
    """The last wish about a position."""

    version: int
    tries: int
    at: Nanos


class ExitWishes:
    """What one process has asked for. `games`, `links`: what is known of what is held."""

    def __init__(
        self,
        resources: Resources,
        lookout: Lookout,
        games: Mapping[GameId, Game],
        links: Mapping[ContractId, Link],
    ) -> None:
        self.counts = Counter[str]()
        self._resources = resources
        self._lookout = lookout
        self._games = games
        self._links = links
        self._confirmations = Confirmations(resources, NAME)
        self._confirmed_at: dict[GameId, Nanos] = {}
        self._asked: dict[Key, Asked] = {}

    async def ask(self, exits: Sequence[Exit]) -> None:
        """Ask for those that nobody has asked for. Raises HistoryUnavailable: then the next round tries again."""
        due = [each for each in exits if self._is_due(each)]
        if not due:
            return
        selling = await self._lookout.selling(self._resources.clock())
        for each in due:
            if _key(each) in selling:
                self.counts["sold_already"] += 1
            else:
                await self._confirm(each)
                await self._ask(each)

    def forget(self, key: Key) -> None:
        """It is closed."""
        self._asked.pop(key, None)

    def _is_due(self, wanted: Exit) -> bool:
        asked = self._asked.get(_key(wanted))
        if asked is None or asked.version != wanted.position.version:
            return True
        return not 0 <= self._resources.intake.now() - asked.at < AGAIN_AFTER

    async def _ask(self, wanted: Exit) -> None:
        """Under the first name that nobody has used: what was asked for in vain stays as it was written."""
        version, now = wanted.position.version, self._resources.intake.now()
        asked = self._asked.get(_key(wanted))
        first = asked.tries + 1 if asked is not None and asked.version == version else 0
        for tries in range(first, first + MOST_TRIES):
            self._asked[_key(wanted)] = Asked(version, tries, now)
            if await self._is_written(msgspec.structs.replace(wanted, tries=tries)):
                return

    async def _is_written(self, wanted: Exit) -> bool:
        """Whether the wish stands: new, or on its way."""
        wish = self._wish(wanted)
        try:
            found = await ask(self._resources.history, wish)
        except Conflict:  # the same, at another price
            return False
        if found.state not in ("waiting", "taken"):
            return False
        held = wanted.position
        told = {
            "trace": held.trade_id,
            "account": held.account,
            "contract": held.contract_id,
            "rule": wanted.rule,
            "limit": wanted.limit,
        }
        log.info("exit", extra={"instruction": wish.id, **told})
        self.counts[f"exit_{wanted.rule}"] += 1
        try:
            await self._resources.hot.tell_order(wish.id)
        except HotStoreUnavailable as error:
            log.warning("an exit is not told; it is found in Postgres", extra={"error": str(error)})
        return True

    def _wish(self, wanted: Exit) -> Instruction:
        now = self._resources.clock()
        return Instruction(
            id=wanted.id,
            kind="close",
            account=wanted.position.account,
            body=msgspec.to_builtins(wanted.wanted),
            asked_by=NAME,
            asked_at=now,
            expires_at=now + LIFE,
        )

    async def _confirm(self, wanted: Exit) -> None:
        """Once a minute and game."""
        held, now = wanted.position, self._resources.intake.now()
        game, link = self._games.get(held.game_id), self._links.get(held.contract_id)
        if game is None or link is None or 0 <= now - self._confirmed_at.get(game.id, -CONFIRMED_FOR) < CONFIRMED_FOR:
            return
        self._confirmed_at[game.id] = now
        try:
            async with asyncio.timeout(CONFIRMED_WITHIN):
                denied = await self._confirmations.ask(game, [link])
        except (Unavailable, TimeoutError) as error:
            log.warning("an exit goes on without the matcher", extra={"game": game.id, "error": str(error)})
            self.counts["unconfirmed"] += 1
            return
        self.counts["contradicted" if any(denied.values()) else "confirmed"] += 1


def _key(wanted: Exit) -> Key:
    return wanted.position.account, wanted.position.contract_id
