"""Our messages hold the keys and types of the recordings of the same endpoint."""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Protocol

import httpx
import pytest

from app.sandbox.leagues import LEAGUES

# Known from the fact sheets only: the recordings are older than these fields.
GAMMA_FROM_THE_SHEET = {"teams", "homeTeamName", "awayTeamName"}
KALSHI_FROM_THE_SHEET = {"fee_multiplier_override", "markets.fee_waiver_expiration_time"}
# Free-form: their keys are data.
OPEN_MAPS = {"markets.custom_strike"}
# Places and single plays are not simulated.
ESPN_LEFT_OUT = {"competitions.venue.address.state", "competitions.venue.address.country"}
ESPN_PLAYS = "competitions.situation"

SPORT_IDS = {"s:1": "baseball", "s:20": "football", "s:40": "basketball", "s:70": "hockey", "s:600": "soccer"}
ESPN = "/espn/apis/site/v2/sports"


class Shape:
    """Which JSON types each path holds, and which keys every object at a path has."""

    def __init__(self, objects: Iterable[dict]) -> None:
        self.types: dict[str, set[str]] = defaultdict(set)
        self.keys: dict[str, set[str]] = {}
        for one in objects:
            self._add("", one)

    def _add(self, path: str, value: object) -> None:
        self.types[path].add(kind_of(value))
        if isinstance(value, list):
            for element in value:
                self._add(path, element)
        elif isinstance(value, dict) and path not in OPEN_MAPS:
            self.keys[path] = self.keys.get(path, set(value)) & set(value)
            for key, inner in value.items():
                self._add(f"{path}.{key}".lstrip("."), inner)


def kind_of(value: object) -> str:
    kinds = {bool: "bool", int: "number", float: "number", str: "string", list: "array", dict: "object"}
    return kinds.get(type(value), "null")


def unknown_fields(ours: Shape, recorded: Shape, allowed: set[str]) -> list[str]:
    return sorted(
        f"{path}: {', '.join(sorted(types - recorded.types.get(path, set())))}"
        for path, types in ours.types.items()
        if types - recorded.types.get(path, set()) and not {path, path.partition(".")[0]} & allowed
    )


def missing_fields(ours: Shape, recorded: Shape, allowed: set[str] = frozenset()) -> list[str]:
    return sorted(
        f"{path}.{key}".lstrip(".")
        for path, keys in ours.keys.items()
        for key in recorded.keys.get(path, set()) - keys
        if f"{path}.{key}".lstrip(".") not in allowed
    )


class HeldClock(Protocol):
    def pass_time(self, **span: float) -> None: ...


@pytest.fixture(scope="module")
def boards(shared: Path) -> list[dict]:
    return list(recorded_scoreboards(shared))


def recorded_scoreboards(shared: Path) -> Iterator[dict]:
    for folder in ("data/espn/scoreboards-2022", "data/espn/soccer-all-2026-03-21", "data/tape/espn-worldcup-2026"):
        yield from (json.loads(path.read_bytes()) for path in sorted((shared / folder).glob("*.json")))
    yield from (json.loads(path.read_bytes()) for path in sorted(shared.glob("slates/*/espn/*.json")))


def sport_of(event: dict) -> str | None:
    has_teams = all("team" in side for game in event.get("competitions", []) for side in game.get("competitors", []))
    return SPORT_IDS.get(event["uid"].partition("~")[0]) if has_teams else None


@pytest.fixture(params=[0, 1.7, 3.3], ids=lambda hours: f"after {hours} h")
async def later(request: pytest.FixtureRequest, clock: HeldClock, sandbox: httpx.AsyncClient) -> httpx.AsyncClient:
    """The sandbox as it is then: scheduled, under way, ended, settled."""
    clock.pass_time(hours=request.param)
    return sandbox


@pytest.mark.parametrize("sport", sorted(set(SPORT_IDS.values())))
async def test_scoreboards_hold_the_recorded_keys_and_types(
    sport: str, later: httpx.AsyncClient, boards: list[dict]
) -> None:
    recorded = Shape(event for board in boards for event in board["events"] if sport_of(event) == sport)
    everywhere = Shape(event for board in boards for event in board["events"] if sport_of(event))
    leagues = [league for league in LEAGUES.values() if league.sport == sport]
    answers = [
        (await later.get(f"{ESPN}/{league.espn}/scoreboard?dates=20261120-20261126")).json() for league in leagues
    ]
    ours = Shape(event for board in answers for event in board["events"])
    assert ours.types
    assert unknown_fields(ours, everywhere, set()) == []
    missing = missing_fields(ours, recorded, ESPN_LEFT_OUT)
    assert [field for field in missing if not field.startswith(ESPN_PLAYS)] == []


async def test_envelopes_of_scoreboards_are_the_recorded_ones(sandbox: httpx.AsyncClient, boards: list[dict]) -> None:
    recorded = Shape({**board, "events": []} for board in boards if board["leagues"])
    answers = [(await sandbox.get(f"{ESPN}/{league.espn}/scoreboard")).json() for league in LEAGUES.values()]
    ours = Shape({**board, "events": []} for board in answers)
    assert unknown_fields(ours, recorded, set()) == []
    assert missing_fields(ours, recorded) == []


async def test_team_lists_hold_the_recorded_keys_and_types(sandbox: httpx.AsyncClient, shared: Path) -> None:
    files = sorted((shared / "data/espn/teams").glob("*.json"))
    recorded = Shape(json.loads(path.read_text(encoding="utf-8-sig")) for path in files)
    ours = Shape([(await sandbox.get(f"{ESPN}/{league.espn}/teams")).json() for league in LEAGUES.values()])
    assert unknown_fields(ours, recorded, set()) == []
    assert missing_fields(ours, recorded) == []


def gamma_recordings(shared: Path) -> Iterator[dict]:
    yield from json.loads((shared / "slates/nba-2026-01-09/polymarket/events.json").read_bytes())


def other_gamma_recordings(shared: Path) -> Iterator[dict]:
    messages = shared / "data/polymarket/messages"
    yield from json.loads((messages / "rs_gamma_event.json").read_bytes())
    for path in sorted(messages.glob("rs_gamma_market*.json")):
        market = json.loads(path.read_bytes())
        market = market[0] if isinstance(market, list) else market
        yield {"markets": [{key: value for key, value in market.items() if key != "events"}]}
        yield from market.get("events", [])


async def test_gamma_events_hold_the_recorded_keys_and_types(later: httpx.AsyncClient, shared: Path) -> None:
    games = Shape(gamma_recordings(shared))
    everything = Shape([*gamma_recordings(shared), *other_gamma_recordings(shared)])
    events = (await later.get("/gamma/events?limit=1000")).json()
    events += (await later.get("/gamma/events?limit=1000&closed=true")).json()
    assert unknown_fields(Shape(events), everything, GAMMA_FROM_THE_SHEET) == []
    assert missing_fields(Shape(event for event in events if "gameId" in event), games) == []


def kalshi_recordings(shared: Path) -> Iterator[dict]:
    folder = shared / "data/kalshi/mlb-wnba-nfl-2026-08"
    yield from json.loads((shared / "slates/mlb-wnba-2026-08-09/kalshi/events.json").read_bytes())
    yield from json.loads((folder / "events_nfl_preseason.json").read_bytes())["events"]
    for events in json.loads((folder / "events_mlb_props_nested.json").read_bytes())["events_by_series"].values():
        yield from events


def other_kalshi_recordings(shared: Path) -> Iterator[dict]:
    folder = shared / "data/kalshi/mlb-wnba-nfl-2026-08"
    yield {"markets": json.loads((folder / "markets_settled.json").read_bytes())["markets"]}
    yield {"markets": json.loads((folder / "combo_priced_markets.json").read_bytes())["combos"]}


async def test_kalshi_events_hold_the_recorded_keys_and_types(later: httpx.AsyncClient, shared: Path) -> None:
    recorded = list(kalshi_recordings(shared))
    everything = Shape([*recorded, *other_kalshi_recordings(shared)])
    events = await every_kalshi_event(later)
    assert unknown_fields(Shape(events), everything, KALSHI_FROM_THE_SHEET) == []
    games = [event for event in events if not event["series_ticker"].startswith("KXMVE")]
    assert missing_fields(Shape(games), Shape(recorded)) == []
    combos = {"markets": [market for event in events for market in event["markets"] if "mve_selected_legs" in market]}
    assert missing_fields(Shape([combos]), Shape([list(other_kalshi_recordings(shared))[1]])) == []


async def every_kalshi_event(sandbox: httpx.AsyncClient) -> list[dict]:
    found, cursor = [], ""
    while True:
        url = f"/kalshi/trade-api/v2/events?with_nested_markets=true&cursor={cursor}"
        page = (await sandbox.get(url)).json()
        found += page["events"]
        cursor = page["cursor"]
        if not cursor:
            return found


async def test_kalshi_series_hold_the_recorded_keys_and_types(sandbox: httpx.AsyncClient, shared: Path) -> None:
    file = shared / "data/kalshi/mlb-wnba-nfl-2026-08/series_fee_fields.json"
    recorded = Shape(json.loads(file.read_bytes())["payloads"].values())
    ours = Shape([(await sandbox.get("/kalshi/trade-api/v2/series/KXMLBGAME")).json()])
    assert unknown_fields(ours, recorded, set()) == []
    assert missing_fields(ours, recorded) == []
