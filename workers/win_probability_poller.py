"""Asks for the source's win probability where its scoreboard tells none: a page a game, so few of them and seldom.

Scores never wait for it: it is a worker of its own, asks for one page after the other, and stops for this round with
the first that fails.
"""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from datetime import datetime, timedelta

from app.domain.games import Game, GameId
from app.domain.operations import Round
from app.errors import FeedError
from app.fetching import is_unknown
from app.resources import Resources

EVERY = 5.0  # seconds
MOST = 2  # pages a round, of more than half a megabyte each
AGAIN = timedelta(seconds=15)
AGAIN_WITHOUT = timedelta(minutes=10)  # where there was no page, or no probability in it


async def win_probability_poller(resources: Resources) -> AsyncGenerator[Round]:
    """For as long as games are played."""
    pages = Pages(resources)
    while True:
        yield await pages.round()
        await asyncio.sleep(EVERY)


class Pages:
    """When each game's page may be asked for."""

    def __init__(self, resources: Resources) -> None:
        self._resources = resources
        self._next: dict[GameId, datetime] = {}

    async def round(self) -> Round:
        """Ask for those that have waited longest."""
        done = Round()
        games = [game for game in await self._resources.hot.active_games() if self._is_wanting(game)]
        self._next = {game.id: self._next[game.id] for game in games if game.id in self._next}
        done.counts["games_without"] = len(games)
        for game in self._due(games, self._resources.clock()):
            try:
                await self._ask(game, done)
            except FeedError as error:
                done.note("pages_failed", f"{game.league}: {error}")
                break
        return done

    def _is_wanting(self, game: Game) -> bool:
        if self._resources.settings.simulation.is_on:
            return False  # a slate has scoreboards and no pages
        is_told = game.home_win_probability is not None or game.is_provisional
        return game.status == "live" and not is_told and game.league in self._resources.source.leagues_with_pages

    def _due(self, games: Sequence[Game], now: datetime) -> Sequence[Game]:
        due = [game for game in games if self._next.get(game.id, now) <= now]
        return sorted(due, key=lambda game: (game.id in self._next, self._next.get(game.id, now), game.id))[:MOST]

    async def _ask(self, game: Game, done: Round) -> None:
        now = self._resources.clock()
        self._next[game.id] = now + AGAIN
        try:
            said = await self._resources.source.win_probability(game)
        except FeedError as error:
            if not is_unknown(error):
                raise
            said = None
        done.counts["pages_asked"] += 1
        if said is None:
            self._next[game.id] = now + AGAIN_WITHOUT
        else:
            await self._resources.hot.save_win_probability(game.id, said)
            done.counts["probabilities"] += 1
