"""Ctrl-C is an end like any other, whatever it comes into."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.platform.platforms import environment

INTERRUPTED = """
import signal, sys
from app import cli
from app.cli.endings import ending_well

def command():
    with ending_well():
        {where}
    sys.exit(0)

cli.command = command
cli.main()
"""
INTO = {
    "a call": "signal.raise_signal(signal.SIGINT)",
    "a text that is run, as a dataclass is made of one": 'exec("signal.raise_signal(signal.SIGINT)")',
}


@pytest.mark.parametrize("where", INTO.values(), ids=INTO)
def test_who_interrupts_ends_it_without_an_error(tmp_path: Path, where: str) -> None:
    (tmp_path / "interrupted.py").write_text(INTERRUPTED.format(where=where))
    command = [sys.executable, "-m", "interrupted"]  # as a module: a text's own end would hide what is looked for
    ended = subprocess.run(command, cwd=tmp_path, env=environment(), capture_output=True, check=False)
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, b"", b"")
