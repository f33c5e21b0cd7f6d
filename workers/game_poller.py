"""Which games exist now, and how they stand."""

from app.discovery.activity import days_to_ask, is_active
from app.domain.leagues import LeagueCode
from app.domain.operations import Round
from app.errors import FeedError
from app.ports import GamesIncomplete
from app.resources import Resources
from workers.turns import together


async def game_poller(resources: Resources) -> Round:
    """Ask the score source about each league that is due; busy leagues are due more often, failing ones less."""
    done = Round()
    if await resources.hot.enter_slate(resources.slate):
        await _forget_games(resources)
    due = resources.polling.due(resources.leagues_polled, resources.clock())
    done.standing += resources.polling.troubles_of_others(due)
    await together(_poll(resources, league, done) for league in due)
    return done


async def _poll(resources: Resources, league: LeagueCode, done: Round) -> None:
    now, settings = resources.clock(), resources.settings.discovery
    trouble = ""
    try:
        games = await resources.source.games(league, days_to_ask(now, settings))
    except GamesIncomplete as error:
        games, trouble = error.games, f"{league}: {error}"
    except FeedError as error:
        done.note("leagues_failed", f"{league}: {error}")
        resources.polling.failed(league, f"{league}: {error}", resources.clock())
        return
    await resources.learn_teams([team for game in games for team in (game.home, game.away)])
    await resources.hot.save_games(games)
    active = [game for game in games if is_active(game, now, settings)]
    if trouble:
        done.note("leagues_incomplete", trouble)
        resources.polling.failed(league, trouble, now, active)
    else:
        resources.polling.asked(league, active, now)
    done.counts["leagues_polled"] += 1
    done.counts["games"] += len(games)
    done.counts["active"] += len(active)
    await resources.keep(resources.recorder.record_games(games, now), done)


async def _forget_games(resources: Resources) -> None:
    """Another sandbox is played now: the games of the one before must not wait for their keys to expire."""
    game_ids = [game.id for game in await resources.hot.active_games()]
    await resources.hot.drop_games(game_ids)
    await resources.hot.drop_links(game_ids)
    await resources.hot.drop_pregames(game_ids)
    await resources.hot.withdraw_all_but((), resources.clock())
