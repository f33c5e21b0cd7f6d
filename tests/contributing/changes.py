"""Takes the changes out of CONTRIBUTING.md and makes them in a copy of the house, as a reader would.

A change is a block of `diff`. Its lines without a mark must stand together in the file exactly once.
"""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

HOUSE = ("app", "routers", "workers", "alembic", "tests", "examples", "benchmarks", "scripts", "compose.yaml")
FILES = (*HOUSE, "pyproject.toml", ".env.example", "docs")
NOT_COPIED = shutil.ignore_patterns("__pycache__", "screenshots", "*.png")

_BLOCK = re.compile(r"^```diff\n(?P<body>.*?)^```$", re.MULTILINE | re.DOTALL)
_FILE = re.compile(r"^--- ", re.MULTILINE)


class Change(NamedTuple):
    """One place in one file."""

    path: str
    old: str
    new: str


def copy_house(root: Path, to: Path) -> None:
    """Everything that is needed to run it, and its tests."""
    for name in FILES:
        if (root / name).is_dir():
            shutil.copytree(root / name, to / name, ignore=NOT_COPIED)
        else:
            shutil.copy(root / name, to / name)


def changes_of(text: str) -> Iterator[Change]:
    """Every change that a page shows, in its order."""
    for block in _BLOCK.finditer(text):
        for part in _FILE.split(block["body"])[1:]:
            path, _, hunks = part.partition("\n")
            yield from (_change(path, hunk) for hunk in hunks.split("@@\n")[1:])


def _change(path: str, hunk: str) -> Change:
    lines = hunk.splitlines(keepends=True)
    return Change(path, *("".join(line[1:] for line in lines if line[0] in marks) for marks in (" -", " +")))


def make(change: Change, root: Path) -> None:
    """In the copy. Raises AssertionError when the file is not as the page says."""
    file = root / change.path
    text = file.read_text(encoding="utf-8")
    assert text.count(change.old) == 1, f"CONTRIBUTING.md and {change.path} differ: {change.old!r}"
    file.write_text(text.replace(change.old, change.new), encoding="utf-8")
