"""Everything followed at once: what the sandbox says in a second, and what that costs. Measured, not judged."""

import asyncio
import json
import time
from collections import Counter
from collections.abc import Iterator

import httpx
import psutil
import pytest

from tests.app.sandbox.followers import CLOB_SOCKET, KALSHI, KALSHI_SOCKET, clob_tokens, opened
from tests.app.sandbox.servers import started

SECONDS, TOKENS = 4.0, 200


async def open_tickers(client: httpx.AsyncClient) -> list[str]:
    page = (await client.get(f"{KALSHI}/markets", params={"status": "open", "limit": 1000})).json()
    return [market["ticker"] for market in page["markets"]]


async def listen(url: str, path: str, wish: dict, said: Counter) -> None:
    async with opened(url, path) as socket:
        await socket.send(json.dumps(wish))
        async for text in socket:
            read = json.loads(text)
            for message in read if isinstance(read, list) else [read]:
                said[message.get("event_type") or message["type"]] += 1


def wishes(tickers: list[str], tokens: list[str]) -> list[tuple[str, dict]]:
    """Everything, over one connection to Kalshi and as few to Polymarket as it takes."""
    params = {"channels": ["orderbook_delta", "ticker", "trade"], "market_tickers": tickers}
    parts = [tokens[first : first + TOKENS] for first in range(0, len(tokens), TOKENS)]
    clob = [(CLOB_SOCKET, {"assets_ids": part, "type": "market", "custom_feature_enabled": True}) for part in parts]
    return [(KALSHI_SOCKET, {"id": 1, "cmd": "subscribe", "params": params}), *clob]


@pytest.fixture(params=[100], ids=["100x"])
def sandbox(request: pytest.FixtureRequest) -> Iterator[tuple[str, int]]:
    with started(seed=7, speed=request.param) as found:
        yield found


@pytest.mark.slow
async def test_what_everything_at_once_costs(
    sandbox: tuple[str, int], request: pytest.FixtureRequest, capsys: pytest.CaptureFixture[str]
) -> None:
    url, process = sandbox[0], psutil.Process(sandbox[1])
    said: Counter[str] = Counter()
    async with httpx.AsyncClient(base_url=url, timeout=30) as client:
        tickers = await open_tickers(client)
        pairs = [pair for kind in ("moneyline", "spreads", "totals") for pair in await clob_tokens(client, kind)]
    tokens = [token for pair in pairs for token in pair]
    listening = [asyncio.create_task(listen(url, path, wish, said)) for path, wish in wishes(tickers, tokens)]
    await asyncio.sleep(3)
    said.clear()
    before, began = process.cpu_times(), time.monotonic()
    await asyncio.sleep(SECONDS)
    after, lasted = process.cpu_times(), time.monotonic() - began
    share = (after.user - before.user + after.system - before.system) / lasted
    for task in listening:
        task.cancel()
    await asyncio.gather(*listening, return_exceptions=True)
    with capsys.disabled():
        rates = ", ".join(f"{count / lasted:.0f} {kind}" for kind, count in said.most_common())
        print(
            f"\n{request.node.name}: {len(tickers)} tickers, {len(tokens)} tokens, {said.total() / lasted:.0f} a second"
        )
        print(f"({rates}): {share:.0%} of a core, {process.memory_info().rss / 2**20:.0f} MiB")
    assert said["orderbook_delta"]
    assert said["price_change"]
