"""Ctrl-C is an end like any other, whatever it comes into."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.platform.platforms import environment

INTERRUPTED = """
import os, signal, sys
from app import cli
from app.cli.endings import ending_well

def command():
    with ending_well():
        {where}
        print("nobody was heard")
    sys.exit(0)

cli.command = command
cli.main()
"""
INTO = {
    "a call": "signal.raise_signal(signal.SIGINT)",
    "a text that is run, as a dataclass is made of one": 'exec("signal.raise_signal(signal.SIGINT)")',
    "a call, as SIGTERM": "os.kill(os.getpid(), signal.SIGTERM)",
}
AS_STARTED = {"in a terminal": (), "by a script, with &": ("sh", "-c", "trap '' INT QUIT; exec \"$@\"", "sh")}


@pytest.mark.parametrize("started", AS_STARTED.values(), ids=AS_STARTED)
@pytest.mark.parametrize("where", INTO.values(), ids=INTO)
def test_who_interrupts_ends_it_without_an_error(tmp_path: Path, where: str, started: tuple[str, ...]) -> None:
    (tmp_path / "interrupted.py").write_text(INTERRUPTED.format(where=where))
    as_module = (sys.executable, "-m", "interrupted")  # a text's own end would hide what is looked for
    ended = subprocess.run([*started, *as_module], cwd=tmp_path, env=environment(), capture_output=True, check=False)
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, b"", b"")
