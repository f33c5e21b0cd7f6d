"""`make bench`: every script one after the other, each row as it comes, and at the end a table of all goals.

A row is a line of JSON to standard output, all else goes to standard error: `make bench > rows.jsonl` keeps the rows. A
goal that is missed is told, and is no error; the exit code is 1 when a script falls, and the others run all the same.
`python -m benchmarks ticks durable` runs only those.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
GOALS = {  # what each is about, and who measures it
    "G1": ("a whole tick in the production callback", ("ticks",)),
    "G2": ("a book's change and its best", ("books",)),
    "G3": ("nothing slow between socket and decision", ("hot_path",)),
    "G4": ("a name among 5,000", ("matcher_speed",)),
    "G5": ("a name that is known", ("matcher_speed",)),
    "G6": ("`POST /match` and what stands before it", ("api",)),
    "G7": ("prices told over `/ws`", ("fanout",)),
    "G8": ("a question to the matcher over Valkey", ("rpc",)),
    "G9": ("an order on paper, durable", ("durable",)),
    "G10": ("rows into the archive", ("archive",)),
    "G11": ("ten thousand positions", ("positions",)),
    "G12": ("memory of the whole platform", ("memory",)),
    "G13": ("until it is ready to serve", ("start",)),
    "G14": ("from a quote to the signal and to the fill", ("ticks", "trades")),
    "G15": ("each stage of an opportunity", ("matcher_speed", "ticks", "trades", "positions")),
}

Row = dict[str, Any]


def scripts() -> list[str]:
    """All there are; last the tables of matchers and linkers, which no goal is about."""
    return [*sorted(path.stem for path in HERE.glob("[!_]*.py")), "matching"]


def run(name: str, rows: list[Row]) -> bool:
    """One script in a process of its own, its rows passed on; whether it ran to its end."""
    print(f"\n{name}", file=sys.stderr, flush=True)
    environment = {**os.environ, "PYTHONPATH": str(HERE.parent)}
    where = ["-m", f"{HERE.name}.{name}"] if (HERE / name).is_dir() else [str(HERE / f"{name}.py")]
    command = [sys.executable, *where]
    with subprocess.Popen(command, env=environment, cwd=HERE.parent, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        for line in process.stdout:
            print(line, end="", flush=True, file=sys.stdout if line.startswith("{") else sys.stderr)
            rows += rows_of(line)
    return process.returncode == 0


def rows_of(line: str) -> list[Row]:
    """What is a row of a goal; other lines are for people."""
    try:
        told = json.loads(line)
    except ValueError:
        return []
    return [told] if isinstance(told, dict) and "holds" in told else []


def table(rows: Iterable[Row]) -> str:
    """Markdown, in the order of the goals; a goal without a row says so."""
    found = {goal: [row for row in rows if row["goal"] == goal] for goal in dict.fromkeys((*GOALS, *_goals(rows)))}
    lines = ["| goal | what | measured | beside | ratio | target | |", "|---|---|---:|---:|---:|---:|---|"]
    for goal, its in found.items():
        lines += map(_line, its) if its else [f"| {goal} | {GOALS[goal][0]} | | | | | not measured |"]
    return "\n".join(lines)


def _goals(rows: Iterable[Row]) -> list[str]:
    return [row["goal"] for row in rows]


def _line(row: Row) -> str:
    verdict = "holds" if row["holds"] else "**missed**"
    figures = f"{row['value']:,g} {row['unit']}".strip(), f"{row['baseline']:,g}", f"{row['ratio']:.3g}"
    return f"| {row['goal']} | {row['what']} | {' | '.join(figures)} | {row['target']:g} | {verdict} |"


def main(asked: Sequence[str]) -> int:
    """All scripts, or those asked for."""
    rows: list[Row] = []
    fallen = [name for name in asked or scripts() if not run(name, rows)]
    print(f"\n{table(rows)}", file=sys.stderr)
    for name in fallen:
        print(f"benchmarks/{name}.py fell", file=sys.stderr)
    return 1 if fallen else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
