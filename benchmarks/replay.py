"""R1: an evening of 60 games replayed with its trading, exits and accounts, beside the time that it took. CPU of this
process, reading the tape included.

`--quotes 1000000` plays as many as a whole evening has; by default it is twenty minutes of one.
"""

import argparse
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from _rows import report

from app.replay.plays import Playing, play

GAMES = 60
MOVES = 60  # a second; books are set right again in between, and that moves the best, too
QUOTES_A_SECOND = 93  # a million in three hours
ROOT = Path(__file__).resolve().parents[1]
TARGET = 1 / 50  # of real time


def main() -> None:
    """Write one, play it."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--quotes", type=int, default=100_000)
    quotes = options.parse_args().quotes
    with tempfile.TemporaryDirectory(prefix="crosscourt-bench-") as folder:
        asked = map(str, (GAMES, quotes // QUOTES_A_SECOND, MOVES))
        subprocess.run([sys.executable, "-m", "benchmarks._evenings", folder, *asked], cwd=ROOT, check=True)
        began = time.process_time()
        found = play(Path(folder) / "evening", Playing(is_own=True))
        spent = time.process_time() - began
    what = f"replay of {found.quotes:,} quotes, {found.inputs:,} inputs"
    report("R1", what, spent, found.lasted, TARGET, "s")
    paces = (found.quotes / spent, found.inputs / spent, found.lasted / spent)
    told = "     {:,.0f} quotes/s, {:,.0f} inputs/s, {:,.0f} x real time".format(*paces)
    print(f"{told}; {found.signals} signals, {sum(found.trades.values())} trades", file=sys.stderr)


if __name__ == "__main__":
    main()
