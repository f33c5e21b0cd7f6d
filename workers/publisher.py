"""What bots read: each active game with its markets, refreshed while it is alive."""

from collections.abc import Mapping

from app.discovery.activity import is_active
from app.resources import Resources


async def publisher(resources: Resources) -> Mapping[str, int]:
    """Publish every active game with its links, and withdraw the games that are over."""
    now, hot = resources.clock(), resources.hot
    games = [game for game in await hot.active_games() if is_active(game, now, resources.settings.discovery)]
    changed = 0
    for game in games:
        changed += await hot.publish_game(game, await hot.links(game.id), now)
    withdrawn = await hot.withdraw_all_but({game.id for game in games}, now)
    return {"published": len(games), "changed": changed, "withdrawn": len(withdrawn)}
