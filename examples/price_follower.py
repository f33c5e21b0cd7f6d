"""A bot that follows one game: what both venues ask for the same thing, as it moves.

    make run                                               # in one terminal
    .venv/bin/python examples/price_follower.py            # in another: the game that is played now
    .venv/bin/python examples/price_follower.py 401810365  # or one of GET /games

It needs nothing of Crosscourt but the address: one call over HTTP says what each contract is about, the rest comes
over `/ws` (docs/websocket.md). When the connection is lost it comes again: prices are shown anew, and fills and signals
(of all games) go on after the last one it has seen.
"""

import argparse
import asyncio
import itertools
import json
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

import httpx
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake

Json = dict[str, Any]

LASTING = ("signals", "fills")
FRESH = timedelta(seconds=2)
FIRST_WAIT, LONGEST_WAIT = 0.2, 5.0  # seconds before it connects again
AHEAD_OF_ALL = {"live": 0, "scheduled": 1}


class Follower:
    """What it knows of one game."""

    def __init__(self, game: Json) -> None:
        self.game = game
        self.name = f"{game['game']['away']['name']} at {game['game']['home']['name']}"
        self.quotes: dict[str, Json] = {}
        self.lanes: dict[str, datetime] = {}
        self.cursor: Json = {}  # where it goes on
        self.lines: dict[str, str] = {}  # the last one printed about each proposition
        self._said = {
            contract["contract_id"]: (said["proposition"]["statement"], contract)
            for said in game["propositions"]
            for contract in said["contracts"]
            if contract["polarity"] == "yes"  # pays when it is so; the others cost a dollar less
        }

    @property
    def subscription(self) -> Json:
        return {"op": "subscribe", "channels": [f"prices:{self.game['game']['id']}", *LASTING], **self.cursor}

    def take(self, message: Json) -> None:
        """Whatever comes."""
        kind = message["type"]
        if kind == "prices":
            self.quotes.update((quote["contract_id"], quote) for quote in message["quotes"])
            self.show(message["at"])
        elif kind == "lanes":
            self.lanes = {lane: moment(at) for lane, at in message["lanes"].items() if at}
            self.show(message["at"])
        elif kind == "update" and message["channel"] == "signals":
            print(f"signal {message['seq']}: {in_words(message['data'])}")
        elif kind == "update":
            print(f"{message['channel']} {message['seq']}: {json.dumps(message['data'])}")
        elif kind not in ("subscribed", "live", "cursor", "welcome"):
            print(json.dumps(message))
        if kind in ("update", "live", "cursor", "epoch"):
            self.cursor = {"since": message.get("seq", 0), "epoch": message["epoch"]}
        elif kind == "subscribed" and not self.cursor:
            self.cursor = {"since": message["seq"], "epoch": message["epoch"]}

    def show(self, at: str) -> None:
        """A line for each proposition whose prices have moved, or are no longer to be trusted."""
        now = moment(at)
        known = [(*self._said[name], quote) for name, quote in self.quotes.items() if name in self._said]
        known.sort(key=lambda each: (each[0], each[1]["venue"]))
        for statement, each in itertools.groupby(known, key=lambda one: one[0]):
            line = "   ".join(f"{contract['venue']:10} {self.price(quote, now)}" for _, contract, quote in each)
            if self.lines.get(statement) != line:
                self.lines[statement] = line
                print(f"{now:%H:%M:%S}  {statement:52.52} {line}")

    def price(self, quote: Json, now: datetime) -> str:
        """Bid and ask. It is fresh as long as its lane carries data, whether or not it moves."""
        state = quote["state"]
        if state in ("fresh", "stale") and quote["proved_at"]:
            proved_at = max(moment(quote["proved_at"]), self.lanes.get(quote["lane"], moment(quote["proved_at"])))
            state = "fresh" if now - proved_at <= FRESH else "stale"
        mark = "" if state == "fresh" else f" ({quote['doubt'] or state})"
        return f"{quote['bid'] or '-':>6} / {quote['ask'] or '-':<6}{mark}"


def in_words(signal: Json) -> str:
    """What is to be bought, and what comes of it. The whole record is at /signals/{id}; one may come twice."""
    legs = " + ".join(f"{leg['venue']} {leg['outcome']} at {leg['limit']}" for leg in signal["legs"])
    made = f"{signal['size']} of {legs} for ${signal['cost']} and ${signal['fees']} of fees: ${signal['profit']}"
    at_worst = f"at worst ${signal['worst']} ({signal['worst_scenario']})"
    simulated = ", simulated" if signal["simulated"] else ""
    return f"{signal['detector']} {signal['id']} on {signal['game_id']}{simulated}: {made}, {at_worst}"


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


async def find_game(http: httpx.AsyncClient, game_id: str | None) -> Json:
    """The prices of the named game, or of the one that is played now and has most to buy at both venues."""
    if game_id is None:
        games = (await asked(http, "/games?limit=500"))["items"]
        linked = [game for game in games if len(game["venues"]) > 1]
        if not linked:
            raise SystemExit("No game has contracts at both venues now. Wait a little, or name a game of GET /games.")
        game_id = min(linked, key=_rank)["id"]
    return await asked(http, f"/games/{game_id}/prices")


def _rank(game: Json) -> tuple[int, int]:
    return AHEAD_OF_ALL.get(game["status"], 2), -min(venue["tradable"] for venue in game["venues"].values())


async def asked(http: httpx.AsyncClient, path: str) -> Json:
    answer = await http.get(path)
    if answer.is_error:
        problem = answer.json()
        raise SystemExit(f"{problem['detail']}\n→ {problem['remedy']}")
    found: Json = answer.json()
    return found


async def follow(follower: Follower, url: str, headers: dict[str, str]) -> None:
    """Until interrupted; over every loss of the connection."""
    wait = FIRST_WAIT
    while True:
        try:
            async with connect(f"{url.replace('http', 'ws', 1)}/ws", additional_headers=headers) as connection:
                await connection.send(json.dumps(follower.subscription))
                wait = FIRST_WAIT
                await listen(follower, connection)
        except (OSError, InvalidHandshake, ConnectionClosed) as error:
            print(f"connecting again in {wait:g} s: {error}")
            await asyncio.sleep(wait)
            wait = min(wait * 2, LONGEST_WAIT)


async def listen(follower: Follower, connection: ClientConnection) -> None:
    async for text in connection:
        message = json.loads(text)
        if message["type"] == "error" and message["code"] == "bad_since":
            follower.cursor = {}  # nobody knows the place any more: begin with what comes
            await connection.send(json.dumps(follower.subscription))
        else:
            follower.take(message)
    raise ConnectionError(f"closed by the platform ({connection.close_code} {connection.close_reason})")


async def run(game_id: str | None, url: str, api_key: str | None) -> None:
    headers = {"X-API-Key": api_key} if api_key else {}
    async with httpx.AsyncClient(base_url=url, headers=headers) as http:
        follower = Follower(await find_game(http, game_id))
    print(f"following {follower.name}")
    await follow(follower, url, headers)


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description="What do both venues ask for the same thing, now?")
    parser.add_argument("game", nargs="?", help="its id; the one that is played now unless named")
    parser.add_argument("--url", default="http://127.0.0.1:8000", help="the platform's API")
    parser.add_argument("--api-key", help="for an API on another machine")
    given = parser.parse_args(arguments)
    try:
        asyncio.run(run(given.game, given.url.rstrip("/"), given.api_key))
    except httpx.HTTPError as error:
        raise SystemExit(
            f"{given.url} does not answer: {error}\n→ Start it with `make run`, or name it with --url."
        ) from None


if __name__ == "__main__":
    with suppress(KeyboardInterrupt, BrokenPipeError):  # the reader of what it prints may go
        main()
