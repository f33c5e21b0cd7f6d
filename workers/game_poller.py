"""Which games exist now, and how they stand."""

import asyncio
from collections import Counter
from collections.abc import Mapping

from app.discovery.activity import days_to_ask, is_active
from app.domain.leagues import LeagueCode
from app.errors import FeedError
from app.resources import Resources


async def game_poller(resources: Resources) -> Mapping[str, int]:
    """Ask the score source about each league that is due; busy leagues are due more often."""
    counts: Counter[str] = Counter()
    due = resources.polling.due(resources.leagues_polled, resources.clock())
    await asyncio.gather(*(_poll(resources, league, counts) for league in due))
    return counts


async def _poll(resources: Resources, league: LeagueCode, counts: Counter[str]) -> None:
    now, settings = resources.clock(), resources.settings.discovery
    try:
        games = await resources.source.games(league, days_to_ask(now, settings))
    except FeedError as error:
        counts["leagues_failed"] += 1
        resources.note_trouble(f"{league}: {error}")
        return
    resources.matching.learn_teams(team for game in games for team in (game.home, game.away))
    await resources.hot.save_games(games)
    active = [game for game in games if is_active(game, now, settings)]
    resources.polling.asked(league, active, now)
    counts["leagues_polled"] += 1
    counts["games"] += len(games)
    counts["active"] += len(active)
    await resources.keep(resources.recorder.record_games(games, now), counts)
