"""The outside world of the toys: a score source, Gamma and the toy venue, over real HTTP and a real WebSocket."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from app.domain.games import EASTERN

Json = Mapping[str, object]

NOW = datetime.now(UTC).replace(microsecond=0)
START = NOW - timedelta(minutes=30)
DAY = START.astimezone(EASTERN).date()
TEAMS = {
    "nba": (("13", "Los Angeles Lakers", "LAL"), ("2", "Boston Celtics", "BOS")),
    "tbl": (("1", "Springfield Comets", "SPR"), ("2", "Shelbyville Rockets", "SHB")),
}
GAMES = {"nba": "401", "tbl": "402"}
PATHS = {"basketball/nba": "nba", "basketball/tbl": "tbl"}
SLUG = f"nba-lal-bos-{DAY}"
TOKENS = ("101", "102")  # Lakers, Celtics
GAMMA_RULES = (
    f"In the upcoming NBA game, scheduled for {DAY:%B} {DAY.day}:\n"
    'If the Lakers win, the market will resolve to "Lakers".\n'
    'If the Celtics win, the market will resolve to "Celtics".'
)
BOOKS = {  # YES at the toy venue: bids, asks
    "nba-bos": ([("0.38", "300")], [("0.40", "300")]),
    "nba-low": ([("0.38", "300")], [("0.40", "300")]),
    "nba-high": ([("0.55", "300")], [("0.70", "300")]),
    "tbl-shb": ([("0.50", "300")], [("0.52", "300")]),
}


def scoreboard(league: str) -> Json:
    """One game that is being played."""
    competitors = [
        {"homeAway": side, "score": score, "team": {"id": team, "displayName": name, "abbreviation": code}}
        for side, score, (team, name, code) in zip(("away", "home"), ("20", "22"), TEAMS[league], strict=True)
    ]
    status = {"period": 1, "displayClock": "4:00", "type": {"name": "STATUS_IN_PROGRESS", "state": "in"}}
    game = {"id": GAMES[league], "date": written(START), "status": status}
    return {"events": [{**game, "competitions": [{**game, "competitors": competitors}]}]}


def gamma_event() -> Json:
    """Who wins the NBA's game."""
    market = {
        "conditionId": "0x1",
        "slug": SLUG,
        "question": "Lakers vs. Celtics",
        "description": GAMMA_RULES,
        "sportsMarketType": "moneyline",
        "outcomes": ["Lakers", "Celtics"],
        "clobTokenIds": TOKENS,
        "gameStartTime": written(START),
        "active": True,
        "acceptingOrders": True,
        "enableOrderBook": True,
        "orderMinSize": 5,
        "feesEnabled": False,
    }
    return {"id": "1", "slug": SLUG, "title": "Lakers vs. Celtics", "startTime": written(START), "markets": [market]}


def toy_event(league: str) -> Json:
    """A market of who wins; of the NBA's game two lines beside it."""
    (_, away, _), (_, home, code) = TEAMS[league]
    game = f"{away} at {home} game originally scheduled for {DAY:%b} {DAY.day}, {DAY.year}"
    won = f"If {home} wins the {game}, then the market resolves to Yes."
    winner = {"id": f"{league}-{code.lower()}", "asks": "winner", "subject": home, "rules": won}
    lines = [
        {
            "id": f"{league}-{name}",
            "asks": "total",
            "points": points,
            "rules": f"If the teams in the {game} collectively score more than {points} points, "
            "then the market resolves to Yes.",
        }
        for name, points in (("low", 200.5), ("high", 210.5))
        if league == "nba"
    ]
    about = {"league": league, "home": home, "away": away, "starts": written(START)}
    return {"id": f"toy-{league}", **about, "markets": [winner, *lines]}


def written(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


async def tell_scores(request: Request) -> JSONResponse:
    league = PATHS.get(request.path_params["path"])
    return JSONResponse(scoreboard(league) if league else {"events": []})


async def tell_gamma(request: Request) -> JSONResponse:
    return JSONResponse({"events": [gamma_event()] if request.query_params.get("tag_slug") == "nba" else []})


async def tell_sports(_: Request) -> JSONResponse:
    return JSONResponse([])


async def tell_kalshi(request: Request) -> JSONResponse:
    return JSONResponse({"events": [], "milestones": [], "cursor": ""})


async def tell_toy(request: Request) -> JSONResponse:
    league = request.query_params["league"]
    return JSONResponse({"events": [toy_event(league), {"id": 5}] if league in TEAMS else []})


async def tell_ends(_: Request) -> JSONResponse:
    return JSONResponse({"paid": {"tbl-shb": "1.00"}})


async def tell_prices(socket: WebSocket) -> None:
    """Each book as often as it is asked for, and a word in between."""
    await socket.accept()
    talking = asyncio.create_task(_keep_talking(socket))
    try:
        while True:
            for market in (await socket.receive_json())["follow"]:
                await socket.send_text(json.dumps(book(market)))
    except WebSocketDisconnect:
        pass
    finally:
        talking.cancel()


async def _keep_talking(socket: WebSocket) -> None:
    while True:
        await asyncio.sleep(0.2)
        await socket.send_text('{"type": "alive"}')


def book(market: str) -> Json:
    bids, asks = BOOKS[market]
    return {
        "type": "book",
        "market": market,
        "bids": bids,
        "asks": asks,
        "at": round(datetime.now(UTC).timestamp() * 1e3),
    }


ROUTES: Sequence[Route | WebSocketRoute] = (
    Route("/espn/{path:path}/scoreboard", tell_scores),
    Route("/gamma/sports", tell_sports),
    Route("/gamma/events/keyset", tell_gamma),
    Route("/kalshi/{path:path}", tell_kalshi),
    Route("/toy/events", tell_toy),
    Route("/toy/ends", tell_ends),
    WebSocketRoute("/toy/prices", tell_prices),
)


@asynccontextmanager
async def open_world() -> AsyncIterator[str]:
    """All of them on one port of this machine."""
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        config = uvicorn.Config(Starlette(routes=ROUTES), log_level="error", lifespan="off", ws="websockets-sansio")
        server = uvicorn.Server(config)
        serving = asyncio.create_task(server.serve([bound]))
        yield f"http://127.0.0.1:{bound.getsockname()[1]}"
        server.should_exit = True
        await serving
