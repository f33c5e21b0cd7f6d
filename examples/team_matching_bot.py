"""A bot that knows its teams by whatever names it likes, and finds the contracts that speak about them.

    make run                                                         # in one terminal
    .venv/bin/python examples/team_matching_bot.py Celtics "Man Utd"  # in another

It reads the games from the API and has the platform's matcher say which of them its names mean: over Redis when it can
be found, else over HTTP. `--follow` goes on, and looks again whenever a game is announced on `discovery:updates`.
"""

import argparse
import asyncio
import logging
from collections.abc import AsyncIterator, Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path

import httpx
import msgspec

from app.domain.leagues import LeagueCode
from app.domain.questions import MatchRequest
from app.domain.teams import MatchContext, TeamMatch
from app.embedded import running_redis_url
from app.errors import CrosscourtError, HotStoreUnavailable, Unavailable
from app.hot.state import open_hot_state
from app.ports import TeamMatching
from app.team_matching import TeamMatchingClient

LOOK_EVERY = 15.0  # seconds, where nothing is announced
WAIT = 1.0  # seconds, where nothing answers now


class Team(msgspec.Struct):
    name: str


class Summary(msgspec.Struct):
    """What a bot wants to know of a game; the API says more."""

    league: LeagueCode
    home: Team
    away: Team
    start: datetime


class Found(msgspec.Struct):
    """A game with its markets: venue, kind, the venue's id."""

    game_id: str
    sport: str
    markets: dict[str, dict[str, str]]
    game: Summary | None = None


class Page(msgspec.Struct):
    items: list[Found]
    next_cursor: str | None = None


async def games(http: httpx.AsyncClient) -> list[Found]:
    """Every game that has markets now, page after page."""
    found: list[Found] = []
    cursor: dict[str, str] = {}
    while True:
        answer = await http.get("/discovery/games", params={"limit": "100", **cursor})
        answer.raise_for_status()
        page = msgspec.json.decode(answer.content, type=Page)
        found += page.items
        if page.next_cursor is None:
            return found
        cursor = {"cursor": page.next_cursor}


async def of_mine(found: Sequence[Found], names: Sequence[str], matching: TeamMatching) -> list[tuple[str, Found]]:
    """The games in which one of the names plays. The game itself is the context that decides an ambiguous name."""
    asked: list[MatchRequest] = []
    about: list[tuple[str, Found]] = []
    for each in found:
        if each.game is None:
            continue
        sides = (each.game.home.name, each.game.away.name)
        for side, opponent in (sides, sides[::-1]):
            context = MatchContext(opponent, each.game.start, each.game.league)
            for name in names:
                asked.append(MatchRequest(name, side, each.sport, context))
                about.append((f"{name} is {side}", each))
    answers = await matching.match_many(asked)
    return [
        one for one, answer in zip(about, answers, strict=True) if isinstance(answer, TeamMatch) and answer.is_match
    ]


def show(mine: Sequence[tuple[str, Found]], of: int) -> None:
    print(f"{len(mine)} of {of} games are mine")
    for who, found in mine:
        print(f"  {who} (game {found.game_id}, {found.sport})")
        for venue, kinds in found.markets.items():
            print(f"    {venue}: {', '.join(f'{kind} {market}' for kind, market in kinds.items())}")


async def occasions(redis_url: str | None) -> AsyncIterator[None]:
    """When to look: now, and then whenever something is announced; by the clock where no Redis says so."""
    yield
    while True:
        try:
            async with asyncio.timeout(LOOK_EVERY):
                await _announcement(redis_url)
        except TimeoutError:
            pass
        except HotStoreUnavailable:
            await asyncio.sleep(WAIT)
        yield


async def _announcement(redis_url: str | None) -> None:
    if redis_url is None:
        await asyncio.Event().wait()
    else:
        async with open_hot_state(redis_url) as hot, hot.subscribe_updates() as updates:
            await anext(updates)


def is_passing(error: Exception) -> bool:
    """A platform that starts again is back in a moment; what it refuses now it refuses then too."""
    if isinstance(error, httpx.HTTPStatusError):
        return error.response.is_server_error
    return isinstance(error, (httpx.TransportError, Unavailable))


async def run(names: Sequence[str], url: str, redis_url: str | None, api_key: str | None, *, follows: bool) -> None:
    headers = {"X-API-Key": api_key} if api_key else {}
    async with (
        httpx.AsyncClient(base_url=url, headers=headers) as http,
        TeamMatchingClient(redis_url, url, api_key) as matching,
    ):
        print(f"asking over {'Redis' if redis_url else 'HTTP'}")
        async for _ in occasions(redis_url):
            await look(names, http, matching, is_patient=follows)
            if not follows:
                return


async def look(names: Sequence[str], http: httpx.AsyncClient, matching: TeamMatching, *, is_patient: bool) -> None:
    while True:
        try:
            found = await games(http)
            show(await of_mine(found, names, matching), len(found))
            return
        except (httpx.HTTPError, CrosscourtError) as error:
            if not (is_patient and is_passing(error)):
                raise
            print(f"looking again, for {http.base_url} does not answer: {error}")
            await asyncio.sleep(WAIT)


def main() -> None:
    parser = argparse.ArgumentParser(description="Which games and contracts speak about my teams?")
    parser.add_argument("names", nargs="+", help="as you like to call them: Celtics, 'Man Utd', BOS")
    parser.add_argument("--url", default="http://127.0.0.1:8000", help="the platform's API")
    parser.add_argument("--redis", help="its Redis, if it is not the embedded one")
    parser.add_argument(
        "--data-dir", type=Path, default=Path(".crosscourt"), help="where the embedded one is looked for"
    )
    parser.add_argument("--api-key", help="for an API on another machine")
    parser.add_argument("--follow", action="store_true", help="go on")
    given = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    logging.getLogger("httpx").setLevel(logging.WARNING)
    redis_url = given.redis or running_redis_url(given.data_dir)
    try:
        asyncio.run(run(given.names, given.url, redis_url, given.api_key, follows=given.follow))
    except CrosscourtError as error:
        raise SystemExit(f"{error}\n→ {error.remedy}") from None
    except httpx.HTTPError as error:
        raise SystemExit(
            f"{given.url} does not answer: {error}\n→ Start it with `make run`, or name it with --url."
        ) from None


if __name__ == "__main__":
    with suppress(KeyboardInterrupt):
        main()
