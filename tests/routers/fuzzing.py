"""Calls made up from the API's own document, against a house behind a real server.

`python -m tests.routers.fuzzing --minutes 10` goes on with other seeds until its time is over, and names each call that
met a bug. No venue is asked: nobody listens where they would be.
"""

import argparse
import asyncio
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from pydantic import SecretStr
from schemathesis import Case

from app.embedded import embedded_servers
from app.settings import DatabaseSettings, RedisSettings, Settings
from tests.routers.browsers import served
from tests.routers.dealings import deal
from tests.routers.houses import House, open_house

NOBODY = "http://127.0.0.1:9"  # where nothing listens
FAST = {"timeout": 0.5, "tries": 1}
EXAMPLES = 25  # of one operation with one seed
MOST_SHOWN = 300  # characters

Told = Callable[[str], object]


def settings_without_venues(given: Settings) -> Settings:
    """The same, with venues that nobody can reach."""
    nowhere = dict.fromkeys(("gamma_url", "clob_url", "data_url", "location_url"), NOBODY)
    feeds = {
        "polymarket": given.polymarket.model_copy(update={**nowhere, **FAST}),
        "kalshi": given.kalshi.model_copy(update={"base_url": NOBODY, **FAST}),
        "espn": given.espn.model_copy(update={"base_url": NOBODY, **FAST}),
    }
    return given.model_copy(update=feeds)


def fuzz(document: dict[str, Any], url: str, key: str, seeds: Iterator[int], examples: int, told: Told) -> Counter[int]:
    """Every operation with each seed; how often each status came. `told`: of each bug."""
    schema = schemathesis.openapi.from_dict(document)
    operations = [found.ok() for found in schema.get_all_operations()]
    statuses: Counter[int] = Counter()
    for number in seeds:
        for operation in operations:
            statuses += _fuzz_one(operation, url, key, number, examples, told)
    return statuses


def _fuzz_one(operation: Any, url: str, key: str, number: int, examples: int, told: Told) -> Counter[int]:
    statuses: Counter[int] = Counter()

    @seed(number)
    @settings(
        max_examples=examples,
        deadline=None,
        database=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy())
    def ask(case: Case) -> None:
        answer = case.call(base_url=url, headers={"X-API-Key": key})
        statuses[answer.status_code] += 1
        is_problem = answer.headers.get("content-type", [""])[0] == "application/problem+json"
        if answer.status_code == 500 or (answer.status_code >= 400 and not is_problem):
            told(f"{answer.status_code} {case.as_curl_command().replace(key, '...')[:MOST_SHOWN]}")

    ask()
    return statuses


def until(deadline: float) -> Iterator[int]:
    """Seeds without end, as long as there is time."""
    number = 0
    while time.monotonic() < deadline:
        yield number
        number += 1


async def fuzz_for(minutes: float) -> int:
    """How many bugs were met."""
    bugs: dict[str, None] = {}
    with (
        tempfile.TemporaryDirectory(prefix="crosscourt-fuzz-") as place,
        embedded_servers(Path(place), postgres=True, valkey=True) as servers,
    ):
        assert servers.database_url
        assert servers.redis_url
        wanted = Settings(
            _env_file=None,  # type: ignore[call-arg]
            data_dir=Path(place),
            database=DatabaseSettings(url=SecretStr(servers.database_url)),
            redis=RedisSettings(url=SecretStr(servers.redis_url)),
        )
        async with open_house(settings_without_venues(wanted)) as house:
            statuses = await fuzzed(house, until(time.monotonic() + minutes * 60), EXAMPLES, bugs.setdefault)
    print(f"{statuses.total()} calls: {dict(sorted(statuses.items()))}; {len(bugs)} met a bug")
    for bug in bugs:
        print(bug)
    return len(bugs)


async def fuzzed(house: House, seeds: Iterator[int], examples: int, told: Told) -> Counter[int]:
    """The house behind a real server; who asks it is a thread."""
    await deal(house.history)
    async with served(house) as url:
        return await asyncio.to_thread(fuzz, house.app.openapi(), url, house.admin_key, seeds, examples, told)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=10.0)
    sys.exit(min(1, asyncio.run(fuzz_for(parser.parse_args().minutes))))
