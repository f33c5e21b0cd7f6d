"""One terminal beside a running platform: what a page says is typed there, in a folder that looks like the checkout.

`crosscourt` alone on a line runs in this process: it is the same command, without the seconds that it takes to start.
"""

import re
import shlex
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import chdir
from pathlib import Path
from typing import NamedTuple

from typer.testing import CliRunner

from app.cli import command
from tests.docs.blocks import ROOT
from tests.docs.reasons import words_of

LINKED = ("examples", "docs", "benchmarks", "tests", "app", "Makefile")
CURLRC = "fail-with-body\nmax-time = 60\n"  # an answer that says no is a failed command
SHELL_SIGNS = re.compile(r"[|<>;&*$`]")
ALONE = {"backtest", "archive"}  # what has processes and libraries that this one does without
CURSOR_MOVES = re.compile(r"\x1b(?:[78]|\[[A-Z])")
MARK = "the-command-has-ended"
ENOUGH = 3  # lines of a program that goes on for ever
AWAITED = """
import ast, asyncio, inspect, sys
code = compile(sys.argv[1], "block", "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
made = eval(code, {"__name__": "__main__"})
asyncio.run(made) if inspect.iscoroutine(made) else None
"""


class Ended(NamedTuple):
    """What came of a command."""

    code: int
    out: str
    err: str


class Terminal:
    """A folder, and a shell in it that goes on from command to command."""

    def __init__(self, folder: Path, data_dir: Path, environment: Mapping[str, str]) -> None:
        self.folder = folder
        self._environment = {**environment, "CURL_HOME": str(folder), "PATH": f"{sys.prefix}/bin:{environment['PATH']}"}
        for name in LINKED:
            (folder / name).symlink_to(ROOT / name)
        (folder / ".venv").symlink_to(sys.prefix)
        (folder / ".crosscourt").symlink_to(data_dir)
        (folder / ".curlrc").write_text(CURLRC)
        self._errors = folder / ".errors"
        self._shell = subprocess.Popen(
            ["bash"],
            cwd=folder,
            env=self._environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._in_shell(f"exec 2>>{self._errors}; set -o pipefail")

    def type(self, line: str) -> Ended:
        """One command, until it ends."""
        words = words_of(line)
        if words[0] == "crosscourt" and words[1] not in ALONE and not SHELL_SIGNS.search(line.partition("  #")[0]):
            with chdir(self.folder):
                done = CliRunner().invoke(command, words[1:], env={"COLUMNS": "160"})
            return Ended(done.exit_code, done.stdout, f"{done.stderr} {done.exception or ''}")
        return self._in_shell(line)

    def _in_shell(self, line: str) -> Ended:
        assert self._shell.stdin is not None
        assert self._shell.stdout is not None
        self._errors.write_text("")
        self._shell.stdin.write(f"{line}\nprintf '\\n{MARK} %s\\n' $?\n")
        self._shell.stdin.flush()
        lines: list[str] = []
        for said in self._shell.stdout:
            if said.startswith(MARK):
                return Ended(int(said.split()[1]), "".join(lines), self._errors.read_text())
            lines.append(said)
        raise AssertionError(f"the shell ended at {line}: {self._errors.read_text()}")

    def run(self, program: str) -> Ended:
        """Python, as `python -m asyncio` would take it; one that goes on is ended when it has said enough."""
        words = [sys.executable, "-u", "-c", AWAITED, program]
        return self._watch(words, [], lambda lines: len(lines) >= ENOUGH)

    def talk(self, line: str, told: Sequence[str], is_enough: Callable[[Sequence[str]], bool]) -> Ended:
        """A session: so much is typed once it has begun."""
        return self._watch([*shlex.split(line)], told, is_enough)

    def _watch(self, words: Sequence[str], told: Sequence[str], is_enough: Callable[[Sequence[str]], bool]) -> Ended:
        self._errors.write_text("")
        with (
            self._errors.open("w") as errors,
            subprocess.Popen(
                words,
                cwd=self.folder,
                env=self._environment,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
            ) as process,
        ):
            assert process.stdin is not None
            assert process.stdout is not None
            for each in told:
                process.stdin.write(f"{each}\n")
            process.stdin.flush()
            lines: list[str] = []
            for said in process.stdout:
                lines.append(CURSOR_MOVES.sub("", said))
                if is_enough(lines):
                    process.kill()
                    break
            code = process.wait()
        return Ended(max(code, 0), "".join(lines), self._errors.read_text())  # what was ended by us did not fail

    def close(self) -> None:
        self._shell.communicate(timeout=10)
