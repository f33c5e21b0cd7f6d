"""What `.ci/run` says of a project whose tests fail always, once or in numbers."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
MAKEFILE = f"""
floors lint types:
\t@true
test:
\t@PYTEST_DISABLE_PLUGIN_AUTOLOAD=1 {sys.executable} -m pytest -p xdist -q -n 2 --dist loadfile $(ARGS)
"""
ALWAYS = "def test_always(): assert False\n"
ONCE = """
from pathlib import Path
def test_once():
    seen = Path("seen")
    assert seen.exists() or seen.write_text("now") < 0
"""
MANY = "import pytest\n@pytest.mark.parametrize('each', range(4))\ndef test_many(each): assert False\n"
BROKEN = "import nothing_of_this_name\n"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """One with a test that holds, and `.ci/run`."""
    (tmp_path / ".ci").mkdir()
    shutil.copy(ROOT / ".ci" / "run", tmp_path / ".ci" / "run")
    (tmp_path / "Makefile").write_text(MAKEFILE)
    (tmp_path / "test_well.py").write_text("def test_well(): pass\n")
    (tmp_path / "chromium").symlink_to("/bin/true")  # so that nothing is installed
    return tmp_path


def run(project: Path) -> tuple[int, str]:
    """How it ended and what it said."""
    plain = {name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "PYTEST"))}
    there = {**plain, "PATH": f"{project}:{plain['PATH']}"}
    done = subprocess.run(
        [project / ".ci" / "run"], env=there, capture_output=True, text=True, timeout=120, check=False
    )
    return done.returncode, done.stdout


def test_what_holds_is_asked_once(project: Path) -> None:
    code, said = run(project)
    assert (code, said.count("passed")) == (0, 2), said  # the tests, and all checks
    assert "once more" not in said


def test_what_fails_once_is_asked_again_and_both_answers_stand(project: Path) -> None:
    (project / "test_once.py").write_text(ONCE)
    code, said = run(project)
    assert code == 0, said
    assert "once more for the 1 that failed" in said
    assert "1 failed, 1 passed" in said
    assert said.rstrip().endswith("all checks passed")


@pytest.mark.parametrize(("text", "again"), [(ALWAYS, True), (BROKEN, True), (MANY, False)])
def test_what_fails_twice_or_in_numbers_fails(project: Path, text: str, again: bool) -> None:
    (project / "test_ill.py").write_text(text)
    code, said = run(project)
    assert code == 1, said
    assert ("once more" in said) is again
    assert "all checks passed" not in said


def test_what_failed_before_this_run_does_not_count(project: Path) -> None:
    (project / "test_ill.py").write_text(ALWAYS)
    run(project)
    (project / "test_ill.py").unlink()
    (project / "Makefile").write_text(MAKEFILE.replace("$(ARGS)", "--no-such-option"))
    code, said = run(project)
    assert (code, "once more" in said) == (1, False), said
