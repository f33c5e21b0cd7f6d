"""A feed that is muted, by what a platform answers and a sandbox is told."""

import asyncio
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest

from app.clock import wall_clock
from app.drills import feeds
from app.drills.feeds import Mute
from app.drills.scenes import Means, Scene
from app.errors import DrillRefused

GAME = {"id": "1", "status": "live", "start": "2026-01-09T00:30:00Z", "is_provisional": False}


class House:
    """A platform that shows two contracts, and a sandbox that takes faults."""

    def __init__(self) -> None:
        self.states = {"kalshi": "fresh", "polymarket": "fresh"}
        self.status = "live"
        self.signals: list[dict[str, Any]] = []
        self.faults: list[dict[str, Any]] = []

    def answer(self, request: httpx.Request) -> httpx.Response:
        path = request.url.path
        if path == "/faults":
            self.faults.append(msgspec.json.decode(request.content))
            return httpx.Response(200, json={})
        game = GAME | {"status": self.status}
        if path == "/games":
            return httpx.Response(200, json={"items": [game], "next_cursor": None})
        if path == "/signals":
            return httpx.Response(200, json={"items": self.signals})
        said = {"proposition": {"kind": "moneyline", "period": "game"}, "contracts": self.contracts()}
        return httpx.Response(200, json={"game": game, "shard": "host:1:a", "propositions": [said]})

    def contracts(self) -> list[dict[str, Any]]:
        return [
            {"venue": venue, "contract_id": f"{venue}:X:yes", "verdict": "tradable", "quote": {"state": state}}
            for venue, state in self.states.items()
        ]


@pytest.fixture
def house() -> House:
    return House()


async def lose_nothing(_: str) -> None:
    raise AssertionError("nobody asked for it")


def muted(house: House) -> Mute:
    client = httpx.AsyncClient(transport=httpx.MockTransport(house.answer), base_url="http://platform")
    return Mute("kalshi", Scene(client, client, Means(lose_nothing, {}, Path()), wall_clock, asyncio.Event()))


async def test_it_is_safe_when_nothing_of_the_venue_is_fresh_and_nothing_is_sent(house: House) -> None:
    mute = muted(house)
    assert await mute.prepare() == "1 contracts of 1 games at kalshi"
    assert await mute.danger() == "1 contracts of kalshi count as fresh"
    house.states["kalshi"] = "stale"
    assert await mute.danger() == ""
    house.signals = [{"id": "s-1", "legs": [{"venue": "polymarket", "market_id": "m"}]}]
    assert await mute.danger() == ""
    house.signals = [{"id": "s-2", "legs": [{"venue": "kalshi", "market_id": "m"}]}]
    assert await mute.danger() == "signal s-2 was sent with a leg at kalshi"


async def test_sockets_and_books_are_mute_for_as_long_as_it_is_kept(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feeds, "LASTS", 0.05)
    mute = muted(house)
    await mute.prepare()
    await mute.break_it()
    await mute.mend()
    assert {(each["match"], each["on"], each["kind"]) for each in house.faults} == {
        ("kalshi", "socket", "silence"),
        ("/orderbook", "http", "503"),
    }
    assert {each["for_seconds"] for each in house.faults} == {0.05}


async def test_it_is_whole_when_what_was_fresh_is_so_again_unless_its_game_is_over(house: House) -> None:
    mute = muted(house)
    await mute.prepare()
    house.states["kalshi"] = "stale"
    assert await mute.lacking() == "0 of 1 contracts are fresh again"
    house.status = "final"
    assert await mute.lacking() == ""


async def test_where_nothing_is_fresh_there_is_nothing_to_mute(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feeds, "READY_WITHIN", 1.0)
    house.states["kalshi"] = "stale"
    with pytest.raises(DrillRefused, match="nothing to mute"):
        await muted(house).prepare()
