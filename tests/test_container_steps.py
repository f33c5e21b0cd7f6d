"""No engine here builds images, so what the Dockerfile says is done by hand: COPY lines, RUN scripts, health check."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from threading import Thread

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[1]
BUILD, FINAL = (ROOT / "Dockerfile").read_text(encoding="utf-8").split("\nFROM ")[1:]
COMPOSE = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))
OURS = {name: service for name, service in COMPOSE["services"].items() if service["image"] == "crosscourt"}


def runs(stage: str) -> list[list[str]]:
    """The words of each RUN line."""
    return [line.split() for line in re.findall(r"^RUN (.+)$", stage, re.MULTILINE)]


def copies(stage: str) -> list[str]:
    """What each COPY line takes out of the source tree."""
    lines = [line.split() for line in re.findall(r"^COPY (?!--from)(.+)$", stage, re.MULTILINE)]
    return [source for *sources, _ in lines for source in sources]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The build stage in a directory: the copied tree in `srv`, what the RUN lines made in `opt`."""
    root = tmp_path_factory.mktemp("image")
    for source in copies(BUILD):
        if (ROOT / source).is_dir():
            shutil.copytree(ROOT / source, root / "srv" / source, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            (root / "srv").mkdir(exist_ok=True)
            shutil.copy(ROOT / source, root / "srv" / source)
    path = f"{Path(sys.base_prefix) / 'bin'}{os.pathsep}{os.environ['PATH']}"
    for script, *arguments in runs(BUILD):
        there = [f"{root}{argument}" if argument.startswith("/") else argument for argument in arguments]
        lend_packages(Path(there[0]))
        subprocess.run([script, *there], cwd=root / "srv", env={**os.environ, "PATH": path}, check=True)
    return root


def lend_packages(venv: Path) -> None:
    """What the lock pins and this environment has, so that pip need not fetch and unpack it again: `make install` has
    seen that it can. What is missing here, pip fetches."""
    packages = venv / "lib" / f"python{sys.version_info.major}.{sys.version_info.minor}" / "site-packages"
    packages.mkdir(parents=True)
    for name in pinned("requirements-run.lock"):
        with suppress(PackageNotFoundError):
            files = distribution(name).files or ()
            for entry in {file.parts[0] for file in files} - {"..", "__pycache__"}:
                if not (packages / entry).is_symlink():
                    (packages / entry).symlink_to(distribution(name).locate_file(entry))


def pinned(lock: str) -> dict[str, str]:
    """Versions by name."""
    text = (ROOT / lock).read_text(encoding="utf-8")
    return dict(re.findall(r"^([\w.-]+)==(\S+)", text, re.MULTILINE))


def options_of(*command: str | Path) -> str:
    return subprocess.run([*command, "--help"], capture_output=True, text=True, check=True, env=WIDE).stdout


WIDE = {**os.environ, "COLUMNS": "200", "NO_COLOR": "1", "TERM": "dumb"}


def test_every_run_step_is_a_script_that_can_be_executed() -> None:
    steps = [script for stage in (BUILD, FINAL) for script, *_ in runs(stage)]
    assert len(steps) == 2
    for script in steps:
        assert script.startswith("scripts/container/")
        assert os.access(ROOT / script, os.X_OK)


def test_build_context_holds_what_is_copied() -> None:
    let_in = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    for source in copies(BUILD):
        assert (ROOT / source).exists()
        assert f"!{source}" in let_in


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_built_tree_runs_the_commands_of_image_and_compose(built: Path) -> None:
    crosscourt = built / "opt" / "venv" / "bin" / "crosscourt"
    assert "up" in options_of(crosscourt)
    known = options_of(crosscourt, "up")
    asked = re.findall(r"--[a-z-]+", f"{FINAL.rpartition('CMD')[2]} {[one['command'] for one in OURS.values()]}")
    assert [option for option in asked if option not in known] == []


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_built_tree_carries_no_tools_of_development(built: Path) -> None:
    found = {path.name for path in (built / "opt" / "venv").glob("lib/*/site-packages/*")}
    assert "uvicorn" in found
    assert not found & {"pytest", "mypy", "playwright", "ruff"}


@pytest.mark.skipif(os.geteuid() != 0 or not shutil.which("useradd"), reason="needs root and useradd")
def test_user_owns_a_private_data_directory(tmp_path: Path) -> None:
    (tmp_path / "etc").mkdir()
    ((script, *_),) = runs(FINAL)
    subprocess.run([ROOT / script, tmp_path], check=True, capture_output=True)
    name, _, user, *_ = (tmp_path / "etc" / "passwd").read_text(encoding="utf-8").split(":")
    data = (tmp_path / "var" / "lib" / "crosscourt").stat()
    assert (name, int(user)) == ("crosscourt", data.st_uid)
    assert data.st_mode & 0o777 == 0o700


class _Answer(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200 if self.path == "/health/live" else 404)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def port() -> Iterator[int]:
    """A server that says it lives."""
    with ThreadingHTTPServer(("127.0.0.1", 0), _Answer) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield server.server_port
        server.shutdown()
        thread.join()


def health_check(port: int) -> int:
    script = re.findall(r'CMD \["python", "(.+)"\]', FINAL)[0]
    environment = {**os.environ, "API__PORT": str(port)}
    return subprocess.run([sys.executable, ROOT / script], env=environment, stderr=subprocess.DEVNULL).returncode


def test_health_check_tells_a_live_server_from_none(port: int) -> None:
    assert health_check(port) == 0
    assert health_check(1) != 0


def test_both_locks_pin_the_same_versions_and_name_no_host() -> None:
    assert pinned("requirements-run.lock").items() < pinned("requirements.lock").items()
    for name in ("requirements.lock", "requirements-run.lock"):
        assert not re.search(r"://|--(extra-)?index-url|--find-links|--trusted-host", (ROOT / name).read_text("utf-8"))
