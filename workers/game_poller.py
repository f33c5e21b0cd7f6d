"""Which games exist now, and how they stand."""

import asyncio

from app.discovery.activity import days_to_ask, is_active
from app.domain.leagues import LeagueCode
from app.domain.operations import Round
from app.errors import FeedError
from app.resources import Resources


async def game_poller(resources: Resources) -> Round:
    """Ask the score source about each league that is due; busy leagues are due more often."""
    done = Round()
    due = resources.polling.due(resources.leagues_polled, resources.clock())
    await asyncio.gather(*(_poll(resources, league, done) for league in due))
    return done


async def _poll(resources: Resources, league: LeagueCode, done: Round) -> None:
    now, settings = resources.clock(), resources.settings.discovery
    try:
        games = await resources.source.games(league, days_to_ask(now, settings))
    except FeedError as error:
        done.note("leagues_failed", f"{league}: {error}")
        return
    resources.matching.learn_teams(team for game in games for team in (game.home, game.away))
    await resources.hot.save_games(games)
    active = [game for game in games if is_active(game, now, settings)]
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
    await resources.hot.withdraw_all_but((), resources.clock())
