"""Carries the archive elsewhere: each file once, the manifest last. Who reads there finds what the manifest names."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from hashlib import blake2b
from pathlib import Path
from time import sleep
from typing import NamedTuple
from urllib.parse import urlsplit

import fsspec
from fsspec.spec import AbstractFileSystem

from app.archive.manifests import MANIFEST, Step
from app.archive.shelves import Shelf
from app.errors import SettingsRefused

TRIES = 3
FIRST_WAIT = 0.5  # seconds before the second try; doubled each time
AT_ONCE = 64  # files; then it is written down that they are there


class Target(NamedTuple):
    """Somewhere else. `shown`: without what may be secret in its address."""

    files: AbstractFileSystem
    root: str
    shown: str

    @property
    def fingerprint(self) -> str:
        """By which the manifest remembers what is there."""
        return blake2b(self.shown.encode(), digest_size=8).hexdigest()


class Carried(NamedTuple):
    """How many files were carried, how many wait, and what stood in the way."""

    files: int = 0
    waiting: int = 0
    trouble: str = ""


def open_target(url: str, options: Mapping[str, object]) -> Target:
    """`s3://bucket/folder`, `file:///folder` and whatever else fsspec knows. Raises SettingsRefused."""
    address = urlsplit(url)
    shown = f"{address.scheme}://{address.netloc.rpartition('@')[2]}{address.path}"
    try:
        files, root = fsspec.core.url_to_fs(url, **options)
    except (ImportError, ValueError, TypeError, OSError) as error:
        raise SettingsRefused(
            f"ARCHIVE__TARGET: {shown} cannot be opened ({type(error).__name__})",
            remedy="Install what fsspec needs for it (s3fs, gcsfs, adlfs), and look at ARCHIVE__TARGET_OPTIONS.",
        ) from None
    return Target(files, root.rstrip("/"), shown)


def carry(shelf: Shelf, target: Target, at: datetime, pause: Callable[[float], None] = sleep) -> Carried:
    """Bring every file there that is not there yet, then the manifest; then take away there what was merged since."""
    contents = shelf.manifest.contents
    wanted = sorted(contents.files.keys() - contents.carried[target.fingerprint])
    many, trouble = 0, ""
    while many < len(wanted) and not trouble:
        done, trouble = _bring_some(shelf, target, wanted[many : many + AT_ONCE], pause)
        many += len(done)
        if done:
            _remember(shelf, target, at, carried=done)
    trouble = trouble or _bring(target, shelf.folder / MANIFEST, MANIFEST, pause)
    if not trouble and (merged := tuple(sorted(contents.merged_away[target.fingerprint]))):
        trouble = _take_away(target, merged)
        _remember(shelf, target, at, gone=merged)
    return Carried(many, len(wanted) - many, trouble)


def _bring_some(
    shelf: Shelf, target: Target, names: Sequence[str], pause: Callable[[float], None]
) -> tuple[tuple[str, ...], str]:
    """Those that are there now, and what stood in the way of the others."""
    done: list[str] = []
    for name in names:
        if trouble := _bring(target, shelf.folder / name, name, pause):
            return tuple(done), trouble
        done.append(name)
        shelf.reached(f"carried {name}")
    return tuple(done), ""


def _remember(
    shelf: Shelf, target: Target, at: datetime, *, carried: tuple[str, ...] = (), gone: tuple[str, ...] = ()
) -> None:
    number, there = shelf.manifest.next_number, target.fingerprint
    step = Step(number=number, why="carried", at=at.isoformat(), carried=carried, gone=gone, target=there)
    shelf.manifest.take(step)
    shelf.reached("written down what is there")


def _take_away(target: Target, names: Sequence[str]) -> str:
    """What cannot be taken away stays: the manifest there no longer names it."""
    for name in names:
        try:
            target.files.rm_file(f"{target.root}/{name}")
        except FileNotFoundError:
            continue
        except Exception as error:
            return f"{name} cannot be taken away at {target.shown}: {type(error).__name__}"
    return ""


def _bring(target: Target, path: Path, name: str, pause: Callable[[float], None]) -> str:
    """One file; what stood in the way, empty when it is there."""
    there, wait = f"{target.root}/{name}", FIRST_WAIT
    for left in reversed(range(TRIES)):
        try:
            if not _is_there(target, there, path.stat().st_size):
                target.files.makedirs(there.rpartition("/")[0], exist_ok=True)
                target.files.put_file(str(path), there)
            return ""
        except Exception as error:  # each kind of target has its own; their words may hold secrets, so the kind is said
            if not left:
                return f"{name} cannot be carried to {target.shown}: {type(error).__name__}"
        pause(wait)
        wait *= 2
    return ""


def _is_there(target: Target, there: str, size: int) -> bool:
    """What was carried whole by a process that could not write it down."""
    return bool(target.files.exists(there)) and target.files.size(there) == size
