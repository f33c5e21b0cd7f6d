"""A first bot: asks the matcher which side of a live game its team is, follows both venues, and buys ten on paper.

crosscourt keys create first-bot --scope read,match,paper > first-bot.key
.venv/bin/python examples/first_bot.py --key-file first-bot.key
"""

import argparse
import asyncio
import json
from contextlib import aclosing
from pathlib import Path

import httpx
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

OVER = ("filled", "cancelled", "rejected", "expired")
NUMBERED = ("update", "live", "cursor", "epoch")


async def ask(http, method, path, **given):
    answer = await http.request(method, path, **given)
    if answer.is_error:
        raise SystemExit("{detail}\n→ {remedy}".format(**answer.json()))
    return answer.json()


async def find_team(http, name):
    """A live game at both venues, and the team in it that is meant; without a name, the home side of the first one."""
    for game in (await ask(http, "GET", "/games?status=live&limit=500"))["items"]:
        for side, other in (("home", "away"), ("away", "home")):
            team, context = game[side]["name"], {"opponent": game[other]["name"]}
            question = {"target": name or team, "candidate": team, "sport": game["league"], "context": context}
            verdict = await ask(http, "POST", "/match", json=question)
            if verdict["is_match"] and len(game["venues"]) > 1:
                print(f"{name or team} is {team}, confidence {verdict['confidence']}: game {game['id']}")
                return game["id"], verdict["candidate_team"]["id"]
    raise SystemExit("No live game of that team is listed at both venues now.")


async def find_contracts(http, game, team):
    """What surely pays a dollar if the team wins."""
    links = (await ask(http, "GET", f"/games/{game}/links"))["links"]
    wins = [one for one in links if one["proposition"]["kind"] == "moneyline" and one["proposition"]["team_id"] == team]
    return game, {one["contract_id"] for one in wins if (one["polarity"], one["verdict"]) == ("yes", "tradable")}


async def buy(http, quote):
    """Ten contracts at what is asked now. However often this is sent under the key of its quote, it is one order."""
    wish = {"contract_id": quote["contract_id"], "side": "buy", "limit": quote["ask"], "size": "10"}
    key = f"{quote['contract_id']}@{quote['received_at']}"
    said = await ask(http, "POST", "/orders", json=wish, headers={"Idempotency-Key": key})
    while said.get("order_id", "") is None:  # it was asked, and nobody has taken it up yet
        await asyncio.sleep(0.5)
        said = await ask(http, "GET", f"/instructions/{said['id']}")
    return await ask(http, "GET", f"/orders/{said.get('order_id', said['id'])}")


async def told(url, headers, channels, cursor):
    """Every message, over every loss of the connection: it goes on after the last update that it has seen."""
    async for socket in connect(f"{url.replace('http', 'ws', 1)}/ws", additional_headers=headers):  # again and again
        try:
            await socket.send(json.dumps({"op": "subscribe", "channels": channels, **cursor}))
            async for message in (json.loads(text) async for text in socket):
                if message["type"] in NUMBERED or (message["type"] == "subscribed" and not cursor):
                    cursor = {"since": message.get("seq", 0), "epoch": message["epoch"]}
                if message["type"] == "error":
                    raise SystemExit("{message}\n→ {remedy}".format(**message))
                yield message
        except ConnectionClosed as error:
            print(f"cut off, to go on after {cursor.get('since')}: {error}")


async def bought(http, messages, contracts, dearest, order=None):
    """The order that got something: asked for at the first price that may be paid; when it has moved, at the next."""
    async for message in messages:
        if message["type"] == "prices" and order is None:
            mine = [each for each in message["quotes"] if each["contract_id"] in contracts and each["ask"]]
            asks = {float(each["ask"]): each for each in mine if each["state"] == "fresh"}
            order = await buy(http, asks[min(asks)]) if asks and min(asks) <= dearest else None
        elif message["type"] == "update" and order and message["data"]["id"] == order["id"]:
            order = message["data"]
        if order and order["state"] in OVER:
            print(f"{order['state']}: {order['filled']} of 10 at ${order['limit']}")
            if float(order["filled"]) > 0:
                break
            order = None
    return order


async def trade(url, headers, name):
    async with httpx.AsyncClient(base_url=url, headers=headers) as http:
        game, contracts = await find_contracts(http, *await find_team(http, name))
        dearest = float((await ask(http, "GET", "/risk"))["limits"]["max_entry_price"])  # the platform buys no dearer
        async with aclosing(told(url, headers, [f"prices:{game}", "orders"], {})) as messages:
            order = await bought(http, messages, contracts, dearest)
        for fill in (await ask(http, "GET", f"/orders/{order['id']}"))["fills"]:
            print(f"got {fill['size']} at ${fill['price']} for ${fill['fee']} of fees; simulated: {fill['simulated']}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("team", nargs="?", help="by any name; unless named, the home side of the first live game")
    parser.add_argument("--url", default="http://127.0.0.1:8000", help="the platform's API")
    parser.add_argument("--key-file", type=Path, default="first-bot.key", help="a key with read, match and paper")
    given = parser.parse_args()
    asyncio.run(trade(given.url, {"X-API-Key": given.key_file.read_text().strip()}, given.team))
