"""Games that are linked and ready to be worked on, and workers whose rounds a test reads."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import aclosing, asynccontextmanager

import msgspec

from app.domain.games import Game
from app.domain.links import Link
from app.domain.markets import Event
from app.domain.operations import Round
from app.hot.view_shown import GameViewShown
from app.matching.linking import link_event
from app.matching.schedule import GameIndex
from app.resources import Resources
from tests.app.matching.listings import REGISTRY
from tests.workers.worlds import NOW, PADRES_GAME, World, on_kalshi, on_polymarket

LIVE_GAME = msgspec.structs.replace(PADRES_GAME, status="live", period=3, home_score=1, away_score=2)
YES = "kalshi:KXMLBGAME-26AUG092020HOUSD-SD:yes"  # San Diego, the home side
HOME_MARKET = "KXMLBGAME-26AUG092020HOUSD-SD"


def links_of(*events: Event, game: Game = PADRES_GAME) -> list[Link]:
    index = GameIndex([game])
    return [link for event in events for link in link_event(event, index, REGISTRY, NOW).links]


async def save_game(world: World, game: Game = LIVE_GAME, links: list[Link] | None = None) -> None:
    """As discovery would."""
    await world.hot.save_games([game])
    own = links_of(on_kalshi(), on_polymarket()) if links is None else links
    named = [
        msgspec.structs.replace(x, proposition=msgspec.structs.replace(x.proposition, game_id=game.id)) for x in own
    ]
    await world.hot.save_links(game.id, named)


@asynccontextmanager
async def working(
    worker: Callable[[Resources], AsyncGenerator[Round]], resources: Resources
) -> AsyncIterator[list[Round]]:
    """The worker's rounds as they come; it is ended well at the end."""
    rounds: list[Round] = []

    async def follow() -> None:
        async with aclosing(worker(resources)) as work:
            async for done in work:
                rounds.append(done)

    task = asyncio.create_task(follow())
    try:
        yield rounds
    finally:
        task.cancel()
        found = await asyncio.gather(task, return_exceptions=True)
        assert isinstance(found[0], asyncio.CancelledError | None), found


async def view(world: World, game: Game = LIVE_GAME) -> GameViewShown | None:
    body = await world.hot.view(game.id)
    return msgspec.json.decode(body, type=GameViewShown) if body else None
