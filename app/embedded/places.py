"""Where the embedded servers keep their files, and that nobody else gets at them."""

import os
import re
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from app.errors import StartRefused

LONGEST_SOCKET = 103  # bytes; the kernel's limit is 107 on Linux and 103 on macOS
LONGEST_SOCKET_NAME = ".s.PGSQL.5432"
PLAIN = re.compile(r"[A-Za-z0-9_./+-]+")  # a comma or a space would be read as syntax in one URL or setting or another


@dataclass(frozen=True, slots=True)
class Places:
    """The folders of one data directory. All but the logs lie in `servers`, which only its owner may enter."""

    servers: Path
    logs: Path

    @property
    def locks(self) -> Path:
        return self.servers / "locks"

    @property
    def sockets(self) -> Path:
        return self.servers / "sockets"


def open_places(data_dir: Path) -> Places:
    """The folders, made where they are missing. Raises StartRefused when they cannot be, or belong to somebody else."""
    places = Places(servers=data_dir.resolve() / "servers", logs=data_dir.resolve() / "logs")
    with refusing(data_dir):
        data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        for folder in (places.servers, places.locks, places.logs):
            folder.mkdir(mode=0o700, exist_ok=True)
    owner = places.servers.stat().st_uid
    if owner != os.geteuid():
        raise StartRefused(
            f"{places.servers} belongs to user id {owner}, and this process runs as {os.geteuid()}",
            remedy="Run as that user, hand the whole directory over with `chown -R`, or take another --data-dir.",
        )
    with refusing(data_dir):
        places.servers.chmod(0o700)
    return places


def open_sockets(places: Places) -> Path:
    """A folder for the sockets whose path is short and plain; call it with the transition lock held.

    Where the data directory's own path is neither, `servers/sockets` is a link to a folder of a fresh, unguessable name
    below /tmp; if what it links to is gone, or somebody else put something there, another is made.
    """
    link = places.sockets
    if PLAIN.fullmatch(str(link)) and len(str(link / LONGEST_SOCKET_NAME)) <= LONGEST_SOCKET:
        link.mkdir(mode=0o700, exist_ok=True)
        return link
    if link.is_symlink() and _is_private(Path(os.readlink(link))):
        return Path(os.readlink(link))
    link.unlink(missing_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="crosscourt-", dir="/tmp"))  # TMPDIR may be as deep as the data
    link.symlink_to(folder)
    return folder


def _is_private(folder: Path) -> bool:
    try:
        found = folder.lstat()
    except OSError:
        return False
    return stat.S_ISDIR(found.st_mode) and found.st_uid == os.geteuid() and not found.st_mode & 0o077


@contextmanager
def refusing(data_dir: Path) -> Iterator[None]:
    """Say what a newcomer can do when the file system says no."""
    try:
        yield
    except (FileExistsError, NotADirectoryError) as error:
        file = next((path for path in (data_dir, *data_dir.parents) if path.is_file()), error.filename)
        raise StartRefused(
            f"the data directory {data_dir} cannot be used: {file} is a file, not a directory",
            remedy="Move that file away, or take another --data-dir.",
        ) from error
    except OSError as error:
        raise StartRefused(
            f"the data directory {data_dir} cannot be written: {error.filename or data_dir}: {error.strerror}",
            remedy="Make it writable for this user and mind the free space, or take another --data-dir.",
        ) from error
