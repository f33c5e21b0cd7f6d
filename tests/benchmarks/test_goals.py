"""Every goal has a script that measures it, and every script is run by `make bench`."""

import re
from pathlib import Path

import pytest

from benchmarks.__main__ import GOALS, HERE, Row, rows_of, scripts, table

GOAL = re.compile(r"^\| (G\d+) \|", re.MULTILINE)
FIGURES = '"value": 700.0, "unit": "us", "baseline": 500.0, "ratio": 1.4, "target": 1.6, "holds": true'
A_ROW = f'{{"goal": "G9", "what": "an order", {FIGURES}}}'


@pytest.mark.parametrize(("goal", "name"), [(goal, name) for goal, (_, names) in GOALS.items() for name in names])
def test_every_goal_is_reported_by_a_script_that_is_run(goal: str, name: str) -> None:
    assert name in scripts()
    assert f'"{goal}"' in (HERE / f"{name}.py").read_text()


def test_no_goal_is_left_out(shared: Path) -> None:
    assert set(GOALS) == set(GOAL.findall((shared / "perf.md").read_text()))


def test_rows_are_told_from_what_is_for_people() -> None:
    assert [row["goal"] for line in (A_ROW, "G9  an order", "[]", '{"goal": "G7"}') for row in rows_of(line)] == ["G9"]


def test_the_table_has_every_goal_and_says_which_was_missed() -> None:
    (row,) = rows_of(A_ROW)
    missed: Row = {**row, "goal": "G1", "ratio": 5.0, "holds": False}
    lines = table([row, missed]).splitlines()[2:]
    assert len(lines) == len(GOALS)
    assert lines[0].endswith("| **missed** |")
    assert lines[1].endswith("| not measured |")
    assert lines[8] == "| G9 | an order | 700 us | 500 | 1.4 | 1.6 | holds |"
