"""`docs/checklist.md` names nothing that is not there."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
TEXT = (ROOT / "docs" / "checklist.md").read_text(encoding="utf-8")
PATHS = sorted(set(re.findall(r"(?:tests|benchmarks|docs)/[\w/]+(?:\.\w+)?", TEXT)))
HEADS = ("|---", "| asked", "| stage", "| service |", "| promised |")
ROWS = [line for line in TEXT.splitlines() if line.startswith("|") and not line.startswith(HEADS)]


@pytest.mark.parametrize("path", PATHS)
def test_what_shows_a_line_is_there(path: str) -> None:
    assert (ROOT / path).exists()


def test_each_line_has_something_that_shows_it() -> None:
    assert len(ROWS) > 40
    assert [row for row in ROWS if "`" not in row.rstrip("| ").rpartition("|")[2]] == []
