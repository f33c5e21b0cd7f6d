"""Runs in the copy: the real workers and the real API of a house that has the toys, against a world that has them too.
Prints as JSON what was seen. `python -m tests.contributing.plays DATABASE_URL REDIS_URL DATA_DIR`
"""

import asyncio
import json
import sys
from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path

from app.domain.games import GameId
from app.domain.inputs import Followed, Snapshot
from app.domain.markets import ContractId, MarketId, VenueId
from app.domain.money import price, size
from app.domain.prices import CENT_GRID, Listed, book_id, lane_id
from app.settings import Settings, load_settings
from tests.contributing.hosts import GAMES, TOKENS, open_world
from tests.routers.houses import House, open_house

WORKERS = [
    "game_poller",
    "market_searcher",
    "risk_watcher",
    "orchestrator",
    "toy_monitor",
    "game_shard",
    "signal_recorder",
]
WITHIN = 60.0  # seconds, on a busy machine
LOOK_EVERY = 0.25
HALT = {"scope": "venue", "name": "toy", "reason": "the play is over"}

Json = Mapping[str, object]


def settings_at(url: str, database_url: str, redis_url: str, data_dir: Path) -> Settings:
    """The world instead of every outside host."""
    sockets = url.replace("http", "ws", 1)
    pace = {"per_second": 500, "tries": 1}
    return load_settings(
        _env_file=None,
        data_dir=data_dir,
        database={"url": database_url},
        redis={"url": redis_url},
        discovery={"leagues": ["nba", "tbl"]},
        espn={"base_url": f"{url}/espn", **pace},
        polymarket={"gamma_url": f"{url}/gamma", **pace},
        kalshi={"base_url": f"{url}/kalshi", **pace},
        toy={"base_url": f"{url}/toy", "socket_url": f"{sockets}/toy/prices", **pace},
    )


async def keep_telling(house: House) -> None:
    """Polymarket's book, as its monitor would tell it: somebody sells the Lakers for 45 cents."""
    intake, polymarket = house.resources.intake, VenueId("polymarket")
    market, contracts = MarketId("0x1"), [ContractId(f"polymarket:{each}") for each in TOKENS]
    name, lane = book_id(polymarket, market), lane_id(polymarket, 1, intake.now())
    listed = Listed(name, polymarket, market, GameId(GAMES["nba"]), *contracts)
    intake.put(Followed(listed, CENT_GRID, intake.now()))
    while True:
        now = intake.now()
        intake.put(Snapshot(name, lane, ((price("0.42"), size(300)),), ((price("0.45"), size(300)),), now, now))
        await asyncio.sleep(LOOK_EVERY)


async def until(ask: Callable[[], Awaitable[Json]], is_so: Callable[[Json], object]) -> Json:
    """The first answer that is so; after WITHIN the last one that was not."""
    deadline = asyncio.get_running_loop().time() + WITHIN
    answer = await ask()
    while not is_so(answer) and asyncio.get_running_loop().time() < deadline:
        await asyncio.sleep(LOOK_EVERY)
        answer = await ask()
    return answer


def counts_ladder(funnel: Json) -> bool:
    """The recorder has told of it since it was found."""
    return bool(dict(funnel.get("combinations", ())).get("ladder"))


async def see(house: House) -> Json:
    """What the house says of each toy."""

    async def ask(path: str) -> Json:
        return (await house.ask.get(path)).json()

    def having(path: str) -> Awaitable[Json]:
        return until(lambda: ask(path), lambda answer: answer.get("items") or answer.get("asks"))

    seen = {
        "cross_venue": await having("/signals?detector=cross_venue&kept=true"),
        "ladder": await having("/signals?detector=ladder&kept=true"),
        "no_detector": await ask("/signals?detector=stepladder"),
        "funnel": await until(lambda: ask("/signals/funnel"), counts_ladder),
        "games": await ask("/games"),
        "toy_league": await until(lambda: ask(f"/games/{GAMES['tbl']}/links"), lambda answer: answer.get("links")),
        "unmatched": await ask("/match/unmatched"),
        "book": await having("/markets/toy/nba-bos/book"),
        "workers": await ask("/health/workers"),
        "ends": await ends_of(house),
    }
    question = {"target": "Comets", "candidate": "Springfield Comets", "sport": "tbl"}
    seen["match"] = (await house.ask.post("/match", json=question)).json()
    seen["halt"] = (await house.ask.post("/risk/halt", json=HALT, headers=house.as_admin)).json()
    seen["halted"] = await having("/signals?detector=ladder&reason=halted")
    return seen


async def ends_of(house: House) -> Sequence[object]:
    """How a market of the toy venue ended, by its own word."""
    (resolver,) = (each for each in house.resources.resolvers if each.venue == "toy")
    (end,) = await resolver.resolutions([MarketId("tbl-shb")])
    return [end.market_id, end.status, end.pays]


async def play(database_url: str, redis_url: str, data_dir: Path) -> Json:
    async with open_world() as url, open_house(settings_at(url, database_url, redis_url, data_dir), WORKERS) as house:
        telling = asyncio.create_task(keep_telling(house))
        try:
            return await see(house)
        finally:
            telling.cancel()


if __name__ == "__main__":
    print(json.dumps(asyncio.run(play(sys.argv[1], sys.argv[2], Path(sys.argv[3])))))
