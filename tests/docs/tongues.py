"""Whether a command says what its program understands: names and options that exist, files that are there. For what is
written within a line of text, and for what is not run."""

import re
from importlib.util import find_spec
from pathlib import Path

import typer
from typer.core import TyperGroup

from app.cli import command
from tests.docs.blocks import ROOT
from tests.docs.reasons import words_of

TARGETS = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
SPOKEN = ("crosscourt ", "make ", "pytest ", "python ", ".venv/bin/python ", ".venv/bin/pytest ")


def misspoken(line: str, root: Path = ROOT) -> str:
    """What of it does not exist; nothing when all does, or when the program is not ours to know."""
    words = words_of(line)
    program, rest = Path(words[0]).name, words[1:]
    if program == "crosscourt":
        return _unknown_to_us(rest)
    if program == "make":
        return ", ".join(word for word in rest if "=" not in word and word not in TARGETS)
    if program == "python" and rest[:1] == ["-m"]:
        return "" if find_spec(rest[1]) else f"no module {rest[1]}"
    if program in ("python", "pytest"):
        files = [word.partition("::")[0] for word in rest if word.endswith((".py", "/")) or "/" in word]
        return ", ".join(
            file for file in files if not (root / file).exists() and not list((root / "tests").rglob(file))
        )
    return ""


def _unknown_to_us(words: list[str]) -> str:
    found = typer.main.get_command(command)
    while isinstance(found, TyperGroup) and words:
        inner = found.get_command(typer.Context(found), words[0])
        if inner is None:
            return "" if words[0].startswith("-") else f"no command {words[0]}"
        found, words = inner, words[1:]
    known = {"--help"} | {name for each in found.params for name in (*each.opts, *each.secondary_opts)}
    given = {word.partition("=")[0] for word in words if re.match(r"--?[a-z]", word)}
    return ", ".join(sorted(given - known))
