"""What bots read: each active game with its markets, refreshed while it is alive."""

from app.discovery.activity import is_active
from app.domain.operations import Round
from app.resources import Resources


async def publisher(resources: Resources) -> Round:
    """Publish every active game with its links, and withdraw the games that are over."""
    now, hot, done = resources.clock(), resources.hot, Round()
    games = [game for game in await hot.active_games() if is_active(game, now, resources.settings.discovery)]
    done.counts["published"] = len(games)
    for game in games:
        links = await hot.links(game.id)
        done.counts["changed"] += await hot.publish_game(game, links, now)
        done.counts["contracts_tradable"] += sum(link.verdict == "tradable" for link in links)
    done.counts["withdrawn"] = len(await hot.withdraw_all_but({game.id for game in games}, now))
    return done
