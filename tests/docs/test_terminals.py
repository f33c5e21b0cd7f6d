"""What is typed in the terminal of a page is judged by what comes of it."""

import os
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.docs.terminals import Terminal


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Terminal]:
    with closing(Terminal(tmp_path, tmp_path, dict(os.environ))) as terminal:
        yield terminal


def test_a_shell_goes_on_from_command_to_command(terminal: Terminal) -> None:
    assert terminal.type("KEY=abc").code == 0
    assert terminal.type("echo $KEY  # a comment").out.strip() == "abc"
    assert terminal.type("false | cat").code == 1
    assert "nowhere" in terminal.type("cat nowhere").err


def test_a_command_of_ours_needs_no_shell(terminal: Terminal) -> None:
    assert terminal.type("crosscourt --version").out.strip()
    assert terminal.type("crosscourt keys make my-bot").code == 2


def test_python_is_run_with_its_awaits_and_ended_when_it_goes_on(terminal: Terminal) -> None:
    assert terminal.run("import asyncio\nawait asyncio.sleep(0)\nprint(1)").out == "1\n"
    assert terminal.run("while True: print(1)").code == 0
    assert "ZeroDivisionError" in terminal.run("1 / 0").err
