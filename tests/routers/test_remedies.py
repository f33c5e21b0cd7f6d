"""What people are told to type can be typed."""

import re
import shlex
from pathlib import Path

import pytest
from typer.core import TyperGroup
from typer.main import get_command

from app.cli import command

ROOT = Path(__file__).resolve().parents[2]
TOLD = re.compile(r"`crosscourt ([a-z][^`]*)`")
WORDS = sorted(
    {
        re.sub(r"\{[^}]*\}", "admin", words)  # what is filled in while it runs
        for room in ("app", "routers", "workers")
        for path in (ROOT / room).rglob("*.py")
        for words in TOLD.findall(path.read_text(encoding="utf-8"))
    }
)


@pytest.mark.parametrize("words", WORDS)
def test_every_command_that_is_told_exists(words: str) -> None:
    found, rest = get_command(command), shlex.split(words)
    while isinstance(found, TyperGroup) and rest:
        inner = found.get_command(found.make_context("crosscourt", [], resilient_parsing=True), rest[0])
        assert inner is not None, f"there is no `crosscourt {words}`"
        found, rest = inner, rest[1:]
    known = {option for each in found.params for option in (*each.opts, *each.secondary_opts)}
    assert {word for word in rest if word.startswith("--")} <= known
