"""The house is as planned, and the check that says so sees every planted breach."""

import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.floors import AROUND, FLOORS, HOUSE, LONGEST_FILE, LONGEST_FUNCTION, Breach, breaches

ROOT = Path(__file__).resolve().parents[1]
Plant = Callable[[str, str], list[Breach]]
LONG = "def long() -> None:\n" + "    pass\n" * (LONGEST_FUNCTION - 1) + "    pass"

PLANTED = [  # the breach, the file that has it, its text, what the check must say
    ("upward import", "app/domain/planted.py", "from app.hot.state import HotState", "app.domain imports app.hot"),
    ("upward import", "app/errors.py", "import app.domain.games", "app.errors imports app.domain"),
    ("upward import", "app/fetching.py", "from app import venues", "app.fetching imports app.venues"),
    ("upward import", "app/hot/planted.py", "from app.resources import x", "app.hot imports app.resources"),
    ("upward import", "routers/planted.py", "from app.main import create_app", "routers imports app.main"),
    ("upward import", "workers/planted.py", "from app import main", "workers imports app.main"),
    ("upward import", "app/resources.py", "from workers.roster import ROSTER", "app.resources imports workers"),
    ("upward import", "app/main.py", "from app.cli import command", "app.main imports app.cli"),
    ("upward import", "app/clock.py", "from tests.floors import FLOORS", "app.clock imports tests"),
    ("upward import", "app/__init__.py", "from app.errors import NotFound", "app imports app.errors"),
    (
        "sideways import",
        "app/venues/planted.py",
        "from app.matching import registry",
        "app.venues imports app.matching",
    ),
    ("sideways import", "app/hot/planted.py", "import app.history.tables as t", "app.hot imports app.history"),
    ("sideways import", "app/settings.py", "from app.clock import Clock", "app.settings imports app.clock"),
    ("sideways import", "routers/planted.py", "from workers import roster", "routers imports workers"),
    ("sideways import", "workers/planted.py", "import routers.match", "workers imports routers"),
    ("closed door", "app/cli.py", "from workers.roster import ROSTER", "app.cli imports workers"),
    ("closed door", "app/cli/planted.py", "import routers", "app.cli imports routers"),
    (
        "upward import",
        "app/domain/planted.py",
        "if TYPE_CHECKING:\n    import app.ports",
        "app.domain imports app.ports",
    ),
    ("core that waits", "app/prices/planted.py", "import logging", "logging has no place"),
    ("core that waits", "app/pipeline.py", "from decimal import Decimal", "decimal has no place"),
    ("core that waits", "app/intake.py", "from time import time_ns", "time has no place"),
    ("core that waits", "app/signals/planted.py", "async def late():\n    pass", "synchronous"),
    ("unlisted room", "app/attic.py", "", "app.attic has no floor"),
    ("unlisted room", "app/attic/boxes.py", "", "app.attic has no floor"),
    ("forbidden name", "app/hot/helpers.py", "", "helpers"),
    ("forbidden name", "app/venues/order_manager.py", "", "order_manager"),
    ("forbidden name", "routers/common/__init__.py", "", "common"),
    ("fat file", "workers/planted.py", "x = 1\n" * LONGEST_FILE + "x = 1", f"{LONGEST_FILE + 1} lines"),
    ("long function", "app/hot/planted.py", LONG, f"long: {LONGEST_FUNCTION + 1} lines"),
    ("long function", "app/hot/planted.py", f"async {LONG}", "long: "),
    ("import inside a function", "app/hot/planted.py", "def late():\n    import json", "in late"),
    (
        "import inside a function",
        "app/hot/planted.py",
        "async def late():\n    if x:\n        from json import dumps",
        "in late",
    ),
    ("relative import", "app/hot/planted.py", "from .keys import GAMES", "from .keys"),
    ("relative import", "app/hot/planted.py", "from .. import hot", "from .."),
    (
        "library out of its room",
        "app/discovery/planted.py",
        "from rapidfuzz import fuzz",
        "rapidfuzz belongs to app.matching",
    ),
    ("library out of its room", "routers/planted.py", "import difflib", "difflib belongs to app.matching"),
    (
        "library out of its room",
        "examples/planted.py",
        "from rapidfuzz import fuzz",
        "rapidfuzz belongs to app.matching",
    ),
    ("library out of its room", "scripts/planted.py", "import difflib", "difflib belongs to app.matching"),
    ("library out of its room", "benchmarks/planted.py", "import difflib", "difflib belongs to app.matching"),
    ("library out of its room", "tests/planted.py", "import rapidfuzz.fuzz", "rapidfuzz belongs to app.matching"),
    ("registry read outside", "app/hot/planted.py", "open('known_names.csv')", "known_names.csv belongs to"),
    ("registry read outside", "app/cli/planted.py", "x = 'app/matching/data/teams.csv'", "app/matching/data/teams.csv"),
    ("registry read outside", "routers/planted.py", "files('app.matching')", "app.matching belongs to"),
    ("registry read outside", "app/discovery/planted.py", "read('teams.csv')", "teams.csv belongs to"),
    ("registry read outside", "examples/planted.py", "Path('app/matching/data')", "app/matching/data belongs to"),
    ("another matcher", "workers/planted.py", "class TeamValidator: ...", "TeamValidator"),
    ("another matcher", "app/matching/planted.py", "def _get_team_aliases(team): ...", "_get_team_aliases"),
    ("another matcher", "examples/planted.py", "x = bot.TeamValidator()", "TeamValidator"),
    ("another matcher", "alembic/planted.py", "from bot import _get_team_aliases", "_get_team_aliases"),
    ("environment read", "app/hot/planted.py", "import os\nos.environ['HOME']", "os.environ"),
    ("environment read", "app/hot/planted.py", "import os as o\no.getenv('HOME')", "os.getenv"),
    ("environment read", "workers/planted.py", "from os import environ", "os.environ"),
    ("hidden library", "alembic/__init__.py", "", "hide the alembic package"),
    ("not Python", "app/hot/planted.py", "def broken(:", "invalid syntax"),
]

ALLOWED = [
    ("app/cli/planted.py", "from app.main import create_app\nfrom app.domain.games import Game"),
    ("app/main/planted.py", "from routers import match\nfrom workers.roster import ROSTER"),
    ("routers/planted.py", "from routers.errors import answer\nfrom app.resources import Resources"),
    ("workers/planted.py", "from app.discovery import x\nfrom app.matching import y"),
    ("app/venues/planted.py", "from app import errors\nfrom app.fetching import Fetcher"),
    ("app/matching/planted.py", "from rapidfuzz import fuzz\nimport difflib"),
    ("app/matching/planted.py", "open('known_names.csv')"),
    ("app/sandbox/planted.py", "read_rows('teams.csv')"),
    ("app/hot/planted.py", '"""What app/matching says, kept; see teams.csv."""'),
    ("benchmarks/planted.py", "from rapidfuzz import fuzz\n" + LONG),
    ("app/hot/planted.py", "import os\nos.getpid()\nif True:\n    import json"),
    ("app/hot/planted.py", "x = 1\n" * (LONGEST_FILE - 1) + "x = 1"),
    ("app/hot/planted.py", LONG.removesuffix("\n    pass")),
    ("app/hot/planted.py", "from alembic import command\nimport redis.asyncio"),
]


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the tree."""
    root = tmp_path_factory.mktemp("house")
    for part in (*HOUSE, *(part for part in AROUND if part != "tests")):
        if (ROOT / part).is_dir():
            shutil.copytree(ROOT / part, root / part, ignore=shutil.ignore_patterns("__pycache__"))
    return root


@pytest.fixture(scope="module")
def known(copy: Path) -> set[Breach]:
    """What was wrong before anything was planted: nothing, but that is another test's matter."""
    return set(breaches(copy))


@pytest.fixture
def plant(copy: Path, known: set[Breach]) -> Iterator[Plant]:
    """Write a text at the end of a file of the copy and see what the check finds there; taken out afterwards."""
    with ExitStack() as afterwards:

        def write(place: str, text: str) -> list[Breach]:
            file = copy / place
            afterwards.callback(restore, file, file.read_bytes() if file.exists() else None)
            file.parent.mkdir(parents=True, exist_ok=True)
            with file.open("a", encoding="utf-8") as end:
                end.write(f"{text}\n" if text else "")
            return [breach for breach in breaches(copy) if breach not in known]

        yield write


def restore(file: Path, content: bytes | None) -> None:
    if content is None:
        file.unlink()
    else:
        file.write_bytes(content)


def test_house_is_as_planned() -> None:
    assert "\n".join(str(breach) for breach in breaches(ROOT)) == ""


@pytest.mark.parametrize(("rule", "place", "text", "says"), PLANTED)
def test_planted_breach_is_named(plant: Plant, rule: str, place: str, text: str, says: str) -> None:
    assert [(found.rule, found.path) for found in plant(place, text) if says in found.detail] == [(rule, place)]


@pytest.mark.parametrize(("place", "text"), ALLOWED)
def test_what_the_plan_allows_is_not_a_breach(plant: Plant, place: str, text: str) -> None:
    assert plant(place, text) == []


def test_every_room_stands_on_one_floor() -> None:
    rooms = [room for rooms in FLOORS for room in rooms]
    assert len(rooms) == len(set(rooms))


def test_script_fails_and_names_the_planted_breach(copy: Path, plant: Plant) -> None:
    plant("app/domain/planted.py", "from app.hot.state import HotState")
    check = [sys.executable, "-m", "tests.floors", str(copy)]
    answer = subprocess.run(check, cwd=ROOT, capture_output=True, text=True, check=False)
    assert answer.returncode == 1
    assert "app/domain/planted.py:1: upward import: app.domain imports app.hot" in answer.stdout.splitlines()
