"""The front door of the sandbox."""

import asyncio
import socket
from datetime import datetime

import httpx
import pytest

from app.errors import StartRefused
from app.sandbox.server import build, serve
from tests.app.sandbox.servers import running


async def test_index_says_what_is_here(sandbox: httpx.AsyncClient) -> None:
    index = (await sandbox.get("/")).json()
    assert index["simulated"] is True
    assert {"espn", "gamma", "clob", "kalshi", "kalshi_socket", "clob_socket", "clock", "faults", "games"} <= set(index)


async def test_games_are_named_as_plans_name_them(sandbox: httpx.AsyncClient) -> None:
    games = {game["game"]: game for game in (await sandbox.get("/games")).json()["games"]}
    game = games["nba:NY@BOS"]
    assert {"GAME-BOS", "GAME-NYK"} <= set(game["kalshi"])
    assert "moneyline" in game["polymarket"]
    assert games["mlb:NYY@BOS#2"]["start"] > games["mlb:NYY@BOS"]["start"]


async def test_clock_is_the_real_one_for_a_simulated_slate(sandbox: httpx.AsyncClient) -> None:
    clock = (await sandbox.get("/clock")).json()
    assert clock == {"now": "2026-11-22T23:10:00.000000Z", "simulated": True, "slate": "simulated-7"}
    assert datetime.fromisoformat(clock["now"]).tzinfo is not None


async def test_traps_say_which_game_is_odd_and_why(sandbox: httpx.AsyncClient) -> None:
    traps = (await sandbox.get("/traps")).json()["traps"]
    assert {trap["trap"] for trap in traps} >= {"inverted", "swapped_sides", "wrong_start"}
    assert all(trap["game"] and trap["means"] for trap in traps)


def test_other_addresses_than_loopback_are_refused() -> None:
    with pytest.raises(StartRefused, match="loopback only"):
        serve("0.0.0.0", 0)


def test_taken_port_is_named() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(StartRefused, match=f"Port {port} cannot be had"):
            serve("127.0.0.1", port)


def test_speed_must_be_above_zero() -> None:
    with pytest.raises(StartRefused, match="stands still"):
        build(speed=0)


async def test_a_connection_stays_open_for_longer_than_clients_wait() -> None:
    with running(seed=7) as url:
        reader, writer = await asyncio.open_connection("127.0.0.1", httpx.URL(url).port)
        for pause in (5.5, 0):  # seconds: httpx keeps a connection for five, and so does uvicorn unless told
            writer.write(b"GET /clock HTTP/1.1\r\nhost: x\r\n\r\n")
            head = await reader.readuntil(b"\r\n\r\n")
            assert head.startswith(b"HTTP/1.1 200 ")
            (length,) = (line.split()[1] for line in head.lower().splitlines() if line.startswith(b"content-length"))
            await reader.readexactly(int(length))
            await asyncio.sleep(pause)
        writer.close()
