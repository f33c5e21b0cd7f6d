"""The fenced blocks of the pages that people read, and what a page says of those that are not run.

A comment in the line above a block says one of

    <!-- not run: REASON; REASON -->                  some of `reasons.REASONS`
    <!-- may end with 1, 2: crosscourt models train --> exit codes that are no fault, of the commands that begin so
    <!-- file: plan.json -->                          what the reader has in this file, for the commands of the page
"""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[2]
FENCE = re.compile(
    r"^(?:<!-- (?P<mark>[^\n]*?) -->\n)?```(?P<language>[^\s`]*)[^\n`]*\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL
)
SHELL, SESSION, PYTHON, JSON = "sh", "console", "python", "json"
SHOWN = {"text", "mermaid", "yaml", "toml", "html", "ini", "diff"}  # for the eye: nothing that anybody could run
LANGUAGES = {SHELL, SESSION, PYTHON, JSON, "sql"} | SHOWN


class Block(NamedTuple):
    """One of them; `line` is that of its fence."""

    page: str
    line: int
    language: str
    text: str
    mark: str

    @property
    def where(self) -> str:
        return f"{self.page}:{self.line}"

    @property
    def not_run(self) -> str:
        """The reason that is given, if one is."""
        kind, _, reason = self.mark.partition(": ")
        return reason if kind == "not run" else ""

    @property
    def file(self) -> str:
        """Whose contents it shows, if it does."""
        kind, _, name = self.mark.partition(": ")
        return name if kind == "file" else ""

    def codes(self, command: str) -> set[int]:
        """Exit codes of it that are no fault."""
        found = re.match(r"may end with ([\d, ]+): (.*)", self.mark)
        is_named = found is not None and command.startswith(tuple(found[2].split(", ")))
        return {0, *(int(code) for code in found[1].split(","))} if found and is_named else {0}

    @property
    def commands(self) -> list[str]:
        """What a person types, whole: a line that ends in a backslash goes on in the next."""
        lines = self.text.replace("\\\n", " ").splitlines()
        if self.language == SESSION:
            return [line[2:] for line in lines if line.startswith("$ ")]
        whole = [line for line in lines if line.strip() and not line.startswith("#")]
        return whole if self.language == SHELL else []


def pages(root: Path = ROOT) -> Sequence[str]:
    """Everything in Markdown that comes with the project for people who use it or work on it."""
    found = [root / "README.md", root / "CONTRIBUTING.md", *sorted((root / "docs").rglob("*.md"))]
    return [str(path.relative_to(root)) for path in found if path.is_file()]


def blocks(page: str, root: Path = ROOT) -> Iterator[Block]:
    text = (root / page).read_text(encoding="utf-8")
    for found in FENCE.finditer(text):
        line = text.count("\n", 0, found.start("language")) + 1
        yield Block(page, line, found["language"], found["text"], found["mark"] or "")


def spans(page: str, root: Path = ROOT) -> Iterator[str]:
    """What stands in a line of text as code."""
    text = FENCE.sub("", (root / page).read_text(encoding="utf-8"))
    yield from (" ".join(span.split()) for span in re.findall(r"`([^`]+)`", text))
