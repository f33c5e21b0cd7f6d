"""`crosscourt archive` puts complete tapes away, lists them, and says by its exit code whether they are as written."""

import json
import subprocess
import sys
from fcntl import LOCK_EX, flock
from pathlib import Path

from tests.app.archive.evenings import record

ROOT = Path(__file__).resolve().parents[3]


def run(data: Path, *words: str) -> tuple[int, str]:
    command = [sys.executable, "-m", "app.cli", "archive", *words, "--data-dir", str(data)]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=100, check=False)
    return ran.returncode, ran.stdout + ran.stderr


def test_what_is_put_away_is_listed_and_verified_and_what_is_changed_is_found(tmp_path: Path) -> None:
    record(tmp_path / "tape")
    code, said = run(tmp_path, "compact", "--json")
    done = json.loads(said)
    assert (code, done["parts"], done["inputs"], done["trouble"]) == (0, 4, 416, "")
    code, said = run(tmp_path, "list", "--json")
    rows = {(row["dataset"], row["league"]): row["rows"] for row in map(json.loads, said.splitlines())}
    assert code == 0
    assert sum(many for (dataset, _), many in rows.items() if dataset == "inputs") == 416
    assert {league for _, league in rows} == {"nba", "nhl", "all"}
    assert "quotes" in run(tmp_path, "list")[1]
    assert run(tmp_path, "verify")[0] == 0
    next((tmp_path / "archive").glob("quotes/*/*/*")).unlink()
    code, said = run(tmp_path, "verify")
    assert code == 1
    assert "is not there" in said


def test_one_process_at_a_time(tmp_path: Path) -> None:
    (tmp_path / "archive").mkdir()
    with (tmp_path / "archive" / ".writing").open("w") as file:
        flock(file, LOCK_EX)
        assert run(tmp_path, "compact") == (0, "Another process does the same now.\n")


def test_what_cannot_be_done_is_said(tmp_path: Path) -> None:
    (tmp_path / "archive").write_text("in the way")
    code, said = run(tmp_path, "compact", "--json")
    assert code == 1
    assert said.startswith("ArchiveUnavailable: the archive cannot be written")
