"""Which listings of each venue speak about the games."""

import asyncio
from collections.abc import Iterable, Sequence

from app.discovery.activity import days_to_ask, is_active
from app.discovery.findings import Findings
from app.domain.games import Game
from app.domain.leagues import LeagueCode
from app.domain.links import Link
from app.domain.markets import Event
from app.domain.operations import Round
from app.errors import FeedError
from app.matching.linking import link_event
from app.matching.schedule import GameIndex
from app.ports import VenueCatalogue
from app.resources import Resources

EVENTS_AT_ONCE = 20  # linked before anything else gets its turn on the loop


async def market_searcher(resources: Resources) -> Round:
    """Read the listings of each league that is due at both venues, link them, and keep what was found."""
    leagues = resources.searching.due(resources.leagues_searched, resources.clock())
    findings = Findings()
    if not leagues:
        return findings.round
    pages = await _read_listings(resources, leagues, findings)
    known = await resources.hot.active_games()
    games = GameIndex(known)
    for venue, league, events in pages:
        await _link_all(resources, (venue, league), events, games, findings)
    active = [game for game in games if is_active(game, resources.clock(), resources.settings.discovery)]
    await resources.hot.drop_games([game.id for game in known if game not in games])  # merged into the source's own
    links = await _keep(resources, leagues, active, findings)
    await _record(resources, [event for *_, events in pages for event in events], active, links, findings)
    return findings.round


_Page = tuple[VenueCatalogue, LeagueCode, Sequence[Event]]


async def _read_listings(resources: Resources, leagues: Sequence[LeagueCode], findings: Findings) -> list[_Page]:
    """Every venue and league at once, as many requests under way as the settings allow; in a steady order."""
    gate = asyncio.Semaphore(resources.settings.discovery.concurrency)
    days = days_to_ask(resources.clock(), resources.settings.discovery)

    async def read(venue: VenueCatalogue, league: LeagueCode) -> _Page | None:
        async with gate:
            try:
                events = await venue.events(league, days)
            except FeedError as error:
                findings.round.note("searches_failed", f"{venue.venue} {league}: {error}")
                return None
        findings.answered((venue.venue, league))
        findings.counts["searches"] += 1
        return venue, league, events

    wanted = [(venue, league) for league in leagues for venue in resources.venues if league in venue.leagues]
    pages = await asyncio.gather(*(read(venue, league) for venue, league in wanted))
    return [page for page in pages if page is not None]


async def _link_all(
    resources: Resources,
    place: tuple[VenueCatalogue, LeagueCode],
    events: Sequence[Event],
    games: GameIndex,
    findings: Findings,
) -> None:
    venue, league = place
    now = resources.clock()
    for number, event in enumerate(sorted(events, key=lambda event: event.id)):
        linked = link_event(event, games, resources.matching.registry, now)
        findings.add((venue.venue, league), linked.links, linked.left_out)
        findings.counts["events"] += 1
        if number % EVENTS_AT_ONCE == 0:
            await asyncio.sleep(0)


async def _keep(
    resources: Resources, leagues: Sequence[LeagueCode], active: Sequence[Game], findings: Findings
) -> list[Link]:
    """Hot first: what is true now must not wait for what is written down. Every link of the active games."""
    now, hot = resources.clock(), resources.hot
    await hot.save_games([game for game in active if game.is_provisional])
    links = {game.id: findings.joined(game, await hot.links(game.id)) for game in active if game.league in leagues}
    for game_id, found in links.items():
        await hot.save_links(game_id, found)
    for venue, league in findings.places:
        await hot.save_left_out(venue, league, findings.left_out.get((venue, league), []))
    for league in leagues:
        resources.searching.asked(league, [game for game in active if game.league == league], now)
    findings.counts["games_linked"] = sum(bool(found) for found in links.values())
    return [link for found in links.values() for link in found]


async def _record(
    resources: Resources, events: Sequence[Event], games: Sequence[Game], links: Iterable[Link], findings: Findings
) -> None:
    """What happened: listings with their rules, provisional games, decisions, and what was left out."""
    now, recorder, done = resources.clock(), resources.recorder, findings.round
    left_out = [item for items in findings.left_out.values() for item in items]
    await resources.keep(recorder.record_listings(events, now), done)
    await resources.keep(recorder.record_games([game for game in games if game.is_provisional], now), done)
    await resources.keep(recorder.record_links(links, now), done)
    await resources.keep(recorder.record_left_out(left_out, now), done)
