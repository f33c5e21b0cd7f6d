"""Prices followed over a socket become a tape of quotes."""

import json
from pathlib import Path

import pytest
from websockets.asyncio.server import ServerConnection, serve

from app.domain.games import GameId
from app.errors import BadInput, FeedUnavailable
from app.replay.listening import listen
from app.replay.quotes import is_of_quotes, play_quotes

GAMES = [GameId("401")]


def prices(bid: str, state: str = "fresh") -> str:
    told = {"bid": bid, "bid_size": "10", "ask": "0.5500", "ask_size": "20", "state": state}
    quote = {"contract_id": "kalshi:KX-A:yes", "received_at": f"2026-01-09T01:12:0{bid[3]}Z", **told}
    return json.dumps({"type": "prices", "channel": "prices:401", "quotes": [quote]})


async def test_what_is_told_is_written_over_every_loss_of_the_connection(tmp_path: Path) -> None:
    asked: list[str] = []

    async def tell(socket: ServerConnection) -> None:
        asked.append(str(await socket.recv()))
        await socket.send('{"type":"welcome","version":1}')
        await socket.send(prices(f"0.5{len(asked)}00"))
        await socket.send(prices("0.5900", "quarantined"))

    lines: list[str] = []
    async with serve(tell, "127.0.0.1", 0) as server:
        port = next(iter(server.sockets)).getsockname()[1]
        quotes = await listen(f"http://127.0.0.1:{port}", None, GAMES, 1.6, lines.append)
    assert json.loads(asked[0]) == {"op": "subscribe", "channels": ["prices:401"]}
    assert quotes == len(asked) == len(lines) == 2
    out = tmp_path / "prices.jsonl"
    out.write_text("".join(lines))
    assert is_of_quotes(out)
    found = play_quotes(out)
    assert (found.quotes, found.books) == (2, 1)


async def test_where_nobody_tells_anything_that_is_said() -> None:
    with pytest.raises(FeedUnavailable, match="no prices"):
        await listen("http://127.0.0.1:9", None, GAMES, 0.2, print)
    with pytest.raises(BadInput, match="no game"):
        await listen("http://127.0.0.1:9", None, [], 0.2, print)
