"""The floor plan of the house as data, and the check that holds it. `python -m tests.floors` prints every breach.

Imports go down only. Rooms on one floor have no doors between them: a worker carries domain values from room to room.
A room is a module or package right under `app`, or the whole of `routers`, or the whole of `workers`.
"""

import ast
import re
import sys
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

FLOORS: tuple[tuple[str, ...], ...] = (  # top to bottom
    ("tests", "benchmarks", "examples", "scripts"),  # look at the house from outside; nothing in it knows them
    ("app.cli",),
    ("app.main",),
    ("routers", "workers"),
    ("app.resources",),
    ("app.backtests",),
    ("app.replay",),
    (
        "app.attributions",
        "app.corrections",
        "app.drills",
        "app.executor",
        "app.harvests",
        "app.keyrings",
        "app.reports",
        "app.restraints",
        "app.rulings",
        "app.traces",
        "app.valuations",
        "app.wishes",
    ),
    ("app.followings",),  # which games the core has to know
    ("app.intake",),  # numbers, tapes and tells the trading core
    ("app.pipeline",),
    ("app.team_matching",),  # asks the matcher, here or over Redis and HTTP
    (
        *("app.sources", "app.venues", "app.hot", "app.history", "app.archive", "app.sandbox", "app.embedded"),
        *("app.discovery", "app.matching", "app.settlement", "app.prices", "app.signals"),
        *("app.execution", "app.positions", "app.analytics", "app.notifications", "app.spans"),
    ),
    ("app.chores", "app.fetching", "app.sockets"),
    ("app.ports",),
    ("app.clock", "app.settings", "app.logs"),
    ("app.domain",),
    ("app.errors",),
    ("app",),  # the package's own __init__: anyone may read it, it reads nothing
)
FLOOR_OF = {room: floor for floor, rooms in enumerate(FLOORS) for room in rooms}

CLOSED_DOORS = {("app.cli", "routers"), ("app.cli", "workers")}  # downwards, yet only app.main knows both
HOUSE = ("app", "routers", "workers")
AROUND = ("alembic", "benchmarks", "examples", "scripts", "tests")  # where only the rules of the one matcher hold

# There is one matcher: nobody else compares names, by a library or by the registry's files.
ONLY_IN = {"rapidfuzz": ("app.matching", "benchmarks"), "difflib": ("app.matching",)}  # as the reference to beat, too
REGISTRY_FILES = {"teams.csv", "known_names.csv", "affixes.csv", "places.csv", "states.csv", "words.csv"}
REGISTRY_PLACES = re.compile(r"(app[./])?matching[./]data([./]\S*)?|app[./]matching/?")
FILES_OF_THEIR_OWN = {("app.sandbox", "teams.csv")}
OTHER_MATCHERS = ("TeamValidator", "_get_team_aliases")  # of the bots that this one replaces
NAMES_THEM = {"tests.floors", "tests.test_floors"}
ENVIRONMENT_READERS = {"app.settings": "the one door to the environment"}  # module: why it may

# Between a frame and a decision nothing waits, is logged, validated or drawn, and no clock is read: a tape must replay.
CORE = ("app.pipeline", "app.intake", "app.prices", "app.settlement", "app.signals", "app.execution")
NOT_IN_CORE = {"asyncio", "datetime", "decimal", "logging", "pydantic", "random", "secrets", "time", "uuid"}

FORBIDDEN_WORDS = {"util", "helper", "common", "manager", "service"}  # in a room's or module's name, plural or not
LONGEST_FILE = 400  # lines
LONGEST_FUNCTION = 40  # lines, from `def` to the last one

ENVIRONMENT = {"environ", "environb", "getenv", "getenvb"}  # of module os
Function = ast.FunctionDef | ast.AsyncFunctionDef


class Breach(NamedTuple):
    """One place where the house is not as planned."""

    path: str  # from the root, with forward slashes
    line: int
    rule: str
    detail: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.rule}: {self.detail}"


class Source(NamedTuple):
    """One parsed file of the house."""

    path: str
    module: str
    text: str
    nodes: tuple[ast.AST, ...]

    def breach(self, node: ast.AST | None, rule: str, detail: str) -> Breach:
        return Breach(self.path, getattr(node, "lineno", 1), rule, detail)


Check = Callable[[Source], Iterator[Breach]]


def room_of(module: str) -> str:
    """The room a module is in: `app.hot.keys` is in `app.hot`, `routers.match` in `routers`."""
    parts = module.split(".")
    return ".".join(parts[:2]) if parts[0] == "app" else parts[0]


def imports_of(source: Source) -> Iterator[tuple[ast.stmt, str]]:
    """Every imported name with its statement: `from app import hot` gives `app.hot`. Relative ones are left out."""
    for node in source.nodes:
        if isinstance(node, ast.Import):
            yield from ((node, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            yield from ((node, f"{node.module}.{alias.name}") for alias in node.names)


def imports_go_down(source: Source) -> Iterator[Breach]:
    here = room_of(source.module)
    for node, name in imports_of(source):
        there = room_of(name) if room_of(name) in FLOOR_OF else name.split(".")[0]
        if here not in FLOOR_OF or there not in FLOOR_OF or here == there:
            continue
        if FLOOR_OF[there] < FLOOR_OF[here]:
            yield source.breach(node, "upward import", f"{here} imports {there}")
        elif FLOOR_OF[there] == FLOOR_OF[here]:
            yield source.breach(node, "sideways import", f"{here} imports {there}")
        elif (here, there) in CLOSED_DOORS:
            yield source.breach(node, "closed door", f"{here} imports {there}; only app.main may")


def rooms_are_listed(source: Source) -> Iterator[Breach]:
    if room_of(source.module) not in FLOOR_OF:
        yield source.breach(None, "unlisted room", f"{room_of(source.module)} has no floor in tests/floors.py")


def names_say_what_is_inside(source: Source) -> Iterator[Breach]:
    for part in source.module.split("."):
        if any(word.removesuffix("s") in FORBIDDEN_WORDS for word in part.split("_")):
            yield source.breach(None, "forbidden name", f"{part} does not say what is in it")


def files_are_short(source: Source) -> Iterator[Breach]:
    lines = len(source.text.splitlines())
    if lines > LONGEST_FILE:
        yield source.breach(None, "fat file", f"{lines} lines, {LONGEST_FILE} are allowed")


def functions_are_short(source: Source) -> Iterator[Breach]:
    for node in source.nodes:
        if isinstance(node, Function):
            lines = (node.end_lineno or node.lineno) - node.lineno + 1
            if lines > LONGEST_FUNCTION:
                yield source.breach(node, "long function", f"{node.name}: {lines} lines, not {LONGEST_FUNCTION}")


def imports_stand_on_top(source: Source) -> Iterator[Breach]:
    functions = [node for node in source.nodes if isinstance(node, Function)]
    inner = {node: function for function in functions for node in ast.walk(function)}  # the innermost comes last
    for node, function in inner.items():
        if isinstance(node, ast.Import | ast.ImportFrom):
            yield source.breach(node, "import inside a function", f"in {function.name}")


def imports_are_absolute(source: Source) -> Iterator[Breach]:
    for node in source.nodes:
        if isinstance(node, ast.ImportFrom) and node.level:
            yield source.breach(node, "relative import", f"from {'.' * node.level}{node.module or ''}")


def libraries_keep_their_room(source: Source) -> Iterator[Breach]:
    here = room_of(source.module)
    for node, name in imports_of(source):
        library = name.split(".")[0]
        if here not in ONLY_IN.get(library, (here,)):
            yield source.breach(node, "library out of its room", f"{library} belongs to {ONLY_IN[library][0]} alone")


def registry_is_read_in_its_room(source: Source) -> Iterator[Breach]:
    here = room_of(source.module)
    if here == "app.matching" or source.module in NAMES_THEM or source.module.startswith("tests.app.matching."):
        return
    for node in source.nodes:
        if not isinstance(node, ast.Constant) or not isinstance(node.value, str):
            continue
        is_file = node.value in REGISTRY_FILES and (here, node.value) not in FILES_OF_THEIR_OWN
        if is_file or REGISTRY_PLACES.fullmatch(node.value):
            yield source.breach(node, "registry read outside", f"{node.value} belongs to app.matching alone")


def there_is_one_matcher(source: Source) -> Iterator[Breach]:
    if source.module in NAMES_THEM:
        return
    for number, line in enumerate(source.text.splitlines(), 1):
        for name in OTHER_MATCHERS:
            if name in line:
                yield Breach(source.path, number, "another matcher", f"{name}; ask app.matching")


def environment_has_one_door(source: Source) -> Iterator[Breach]:
    if source.module in ENVIRONMENT_READERS:
        return
    modules = [alias for node in source.nodes if isinstance(node, ast.Import) for alias in node.names]
    called_os = {alias.asname or "os" for alias in modules if alias.name == "os"}
    for node in source.nodes:
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            names = {node.attr} if node.value.id in called_os else set()
        elif isinstance(node, ast.ImportFrom) and node.module == "os":
            names = {alias.name for alias in node.names}
        else:
            continue
        for name in sorted(names & ENVIRONMENT):
            yield source.breach(node, "environment read", f"os.{name}; settings come in as an argument")


def core_is_synchronous(source: Source) -> Iterator[Breach]:
    if room_of(source.module) not in CORE:
        return
    for node, name in imports_of(source):
        if name.split(".")[0] in NOT_IN_CORE:
            yield source.breach(node, "core that waits", f"{name.split('.')[0]} has no place in the trading core")
    for node in source.nodes:
        if isinstance(node, ast.AsyncFunctionDef | ast.Await):
            yield source.breach(node, "core that waits", "the trading core is synchronous")


CHECKS: tuple[Check, ...] = (
    core_is_synchronous,
    imports_go_down,
    rooms_are_listed,
    names_say_what_is_inside,
    files_are_short,
    functions_are_short,
    imports_stand_on_top,
    imports_are_absolute,
    environment_has_one_door,
)
OF_ONE_MATCHER: tuple[Check, ...] = (libraries_keep_their_room, registry_is_read_in_its_room, there_is_one_matcher)


def breaches(root: Path) -> list[Breach]:
    """Everything under `root` that is not as planned, in the order of the files."""
    found: list[Breach] = []
    for path in sorted(path for part in (*HOUSE, *AROUND) for path in (root / part).rglob("*.py")):
        found += breaches_of(path.relative_to(root), path.read_text(encoding="utf-8"))
    if (root / "alembic" / "__init__.py").exists():
        found.append(Breach("alembic/__init__.py", 1, "hidden library", "this file would hide the alembic package"))
    return found


@cache  # a tree is checked again and again with one file changed
def breaches_of(place: Path, text: str) -> tuple[Breach, ...]:
    """Everything that is not as planned in the file at `place`, counted from the root."""
    parts = place.with_suffix("").parts
    module = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
    try:
        source = Source(place.as_posix(), module, text, tuple(ast.walk(ast.parse(text))))
    except SyntaxError as error:
        return (Breach(place.as_posix(), error.lineno or 1, "not Python", error.msg),)
    checks = (*CHECKS, *OF_ONE_MATCHER) if parts[0] in HOUSE else OF_ONE_MATCHER
    return tuple(breach for check in checks for breach in check(source))


def main() -> int:
    """Print every breach under the folder given, or under this checkout; 1 if there is one."""
    found = breaches(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).resolve().parents[1])
    for breach in found:
        print(breach)
    print(f"floors: {len(found)} to mend" if found else "floors: as planned")
    return min(len(found), 1)


if __name__ == "__main__":
    sys.exit(main())
