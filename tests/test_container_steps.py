"""No engine here builds images, so what the Dockerfile says is done by hand: COPY lines, RUN scripts, health check."""

import os
import re
import shutil
import subprocess
import sys
import sysconfig
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
CONFINED = ROOT / "tests" / "confined.sh"
OURS = {name: service for name, service in COMPOSE["services"].items() if service["image"] == "crosscourt"}


def runs(stage: str) -> list[list[str]]:
    """The words of each RUN line; an argument of the build is empty unless somebody gives it."""
    lines = [line.split() for line in re.findall(r"^RUN (.+)$", stage, re.MULTILINE)]
    return [[word for word in line if not word.startswith("$")] for line in lines]


def copies(stage: str) -> list[tuple[str, str]]:
    """What each COPY line takes out of the source tree, and where it lies then."""
    lines = [line.split() for line in re.findall(r"^COPY (?!--from)(.+)$", stage, re.MULTILINE)]
    return [(source, target) for *sources, target in lines for source in sources]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The build stage in a directory: the copied tree in `srv`, what the RUN lines made in `opt`."""
    root = tmp_path_factory.mktemp("image")
    for source, target in copies(BUILD):
        there = root / target[1:] if target.startswith("/") else root / "srv" / source
        if (ROOT / source).is_dir():
            shutil.copytree(ROOT / source, there, ignore=shutil.ignore_patterns("__pycache__", "*.whl", "complete"))
        else:
            there.parent.mkdir(exist_ok=True)
            shutil.copy(ROOT / source, there)
    path = f"{Path(sys.base_prefix) / 'bin'}{os.pathsep}{os.environ['PATH']}"
    for script, *arguments in runs(BUILD):
        there = [f"{root}{argument}" if argument.startswith("/") else argument for argument in arguments]
        if not (venv := Path(there[0])).exists():
            lend_packages(venv)
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


def confinable() -> bool:
    return os.geteuid() == 0 and all(map(shutil.which, ("unshare", "setpriv", "ip", "useradd")))


def options_of(*command: str | Path) -> str:
    return subprocess.run([*command, "--help"], capture_output=True, text=True, check=True, env=WIDE).stdout


WIDE = {**os.environ, "COLUMNS": "200", "NO_COLOR": "1", "TERM": "dumb"}


def test_every_run_step_is_a_script_that_can_be_executed() -> None:
    steps = [script for stage in (BUILD, FINAL) for script, *_ in runs(stage)]
    assert len(steps) == 3
    for script in steps:
        assert script.startswith("scripts/container/")
        assert os.access(ROOT / script, os.X_OK)


def test_build_context_holds_what_is_copied() -> None:
    let_in = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    for source, _ in copies(BUILD):
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
    assert not found & {"pytest", "mypy", "playwright", "ruff", "pip", "setuptools"}


def test_thinning_takes_what_is_never_run_and_nothing_that_lies_elsewhere(tmp_path: Path) -> None:
    packages, elsewhere = tmp_path / "venv" / "lib" / "python3.11" / "site-packages", tmp_path / "elsewhere"
    kept = ("numbers/core.py", "numbers/testing/tools.py", "numbers/lib.so", "numbers-1.dist-info/METADATA")
    gone = (
        "numbers/tests/test_core.py",
        "numbers/include/core.h",
        "numbers/core.pyi",
        "pip/main.py",
        "pip-9.dist-info/M",
    )
    for name in (*kept, *gone):
        (packages / name).parent.mkdir(parents=True, exist_ok=True)
        (packages / name).touch()
    (elsewhere / "tests").mkdir(parents=True)
    (packages / "lent").symlink_to(elsewhere)
    subprocess.run([ROOT / "scripts" / "container" / "thin.sh", tmp_path / "venv"], check=True)
    assert {name for name in (*kept, *gone) if (packages / name).exists()} == {*kept}
    assert (elsewhere / "tests").is_dir()


def test_wheels_that_are_there_are_not_asked_for_again(tmp_path: Path) -> None:
    locked = subprocess.run(["sha256sum", "requirements-run.lock"], cwd=ROOT, capture_output=True, check=True).stdout
    (tmp_path / "complete").write_bytes(locked)
    fetch = [ROOT / "scripts" / "container" / "fetch.sh", tmp_path]
    subprocess.run(fetch, cwd=ROOT, check=True, env={**os.environ, "PYTHON": "false"})
    (tmp_path / "complete").write_text("of another lock")
    assert subprocess.run(fetch, cwd=ROOT, env={**os.environ, "PYTHON": "false"}).returncode != 0


def test_where_nothing_builds_images_the_script_says_so(tmp_path: Path) -> None:
    for name in ("dirname", "sh"):
        (tmp_path / name).symlink_to(shutil.which(name) or "")
    build = [ROOT / "scripts" / "container" / "build.sh"]
    done = subprocess.run(build, capture_output=True, text=True, env={"PATH": str(tmp_path)})
    assert (done.returncode, done.stderr) == (1, "Nothing here builds images: start docker, podman or buildah.\n")


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.skipif(not confinable(), reason="needs root, and unshare, setpriv and ip")
def test_it_gets_healthy_as_its_user_with_nothing_to_write_to_and_no_network(built: Path, tmp_path: Path) -> None:
    (tmp_path / "etc").mkdir()
    built.chmod(0o755)  # as / is
    ((user, *_),) = runs(FINAL)
    subprocess.run([ROOT / user, tmp_path], check=True, capture_output=True)
    crosscourt = built / "opt" / "venv" / "bin" / "crosscourt"
    lender = sysconfig.get_path("purelib")
    words = [CONFINED, tmp_path, "10001", built, lender, crosscourt, "up", "--workers", "none", "--host", "0.0.0.0"]
    done = subprocess.run(["unshare", "--mount", "--net", "--pid", "--fork", "--mount-proc", "--kill-child", *words])
    assert done.returncode == 0


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
