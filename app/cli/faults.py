"""The usual faults, each found out with what it means and what to do: what `crosscourt doctor` looks for."""

import os
import shutil
import stat
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal

import msgspec
from pydantic import BaseModel

from app.clock import nanos_of
from app.domain.operations import Beat
from app.domain.prices import SECOND, LaneId, Nanos
from app.embedded import keeper
from app.history.migrations import Age
from app.settings import Settings

State = Literal["ok", "warning", "failed"]

LEAST_FREE = 200_000_000  # bytes: Postgres stops when there is none
LITTLE_FREE = 2_000_000_000
LITTLE_SHARE = 0.05  # of the disk
SKEW = timedelta(seconds=1)  # fresh quotes are two seconds old at most
OTHER_CLOCK = timedelta(minutes=10)  # longer than a beat is kept
SILENT_AFTER = 15 * SECOND
UNWRITTEN_AFTER = 60.0  # seconds
OLDEST_REDIS = (6, 2)  # XAUTOCLAIM
OLDEST_POSTGRES = 140_000
SERVERS = ("postgres", "valkey")


class Finding(msgspec.Struct):
    """One check: what came of it, why that matters, and what to do."""

    check: str
    state: State
    detail: str
    remedy: str = ""


def check_folder(folder: Path) -> Finding:
    """Whether the data directory can be written."""
    folder = folder.resolve()
    if not folder.exists():
        return Finding("data", "ok", f"{folder} (made at the first start)")
    if not folder.is_dir():
        return Finding("data", "failed", f"{folder} is a file", "Move it away, or take another --data-dir.")
    places = [folder, *(path for name in ("servers", "tape", "logs") if (path := folder / name).exists())]
    closed = next((path for path in places if not os.access(path, os.W_OK | os.X_OK)), None)
    if closed is not None:
        words = f"{closed} cannot be written by this user: nothing could be kept"
        return Finding("data", "failed", words, "Run as the user whose it is, or `chown -R` it.")
    return Finding("data", "ok", str(folder))


def check_disk(free: int, size: int) -> Finding:
    """Bytes."""
    told = f"{free / 1e9:.1f} GB of {size / 1e9:.0f} GB are free"
    if free < LEAST_FREE:
        words = f"{told}: Postgres and the tape stop when there is nothing left"
        return Finding("disk", "failed", words, "Make room, then start again.")
    if free < LITTLE_FREE or free < size * LITTLE_SHARE:
        words = f"{told}: the tape and the archive fill it"
        return Finding("disk", "warning", words, "Make room, or lower TAPE__KEEP and ARCHIVE__KEEP.")
    return Finding("disk", "ok", told)


def check_disk_of(folder: Path) -> Finding:
    """Where that folder is, or will be."""
    there = next(path for path in (folder.resolve(), *folder.resolve().parents) if path.exists())
    usage = shutil.disk_usage(there)
    return check_disk(usage.free, usage.total)


def check_secrets(settings: Settings) -> Iterator[Finding]:
    """Whether keys can be read by others."""
    files = (settings.data_dir / "admin.key", settings.kalshi.private_key_file, settings.polymarket.private_key_file)
    known = [Path(file) for file in files if file is not None and Path(file).is_file()]
    for file in known:
        mode = stat.S_IMODE(file.stat().st_mode)
        if mode & 0o077:
            words = f"{file} may be read by others (mode {mode:04o}): whoever reads it can trade"
            yield Finding("keys", "failed", words, f"chmod 600 {file}, and make a new key if others were there.")
        else:
            yield Finding("keys", "ok", f"{file} is its owner's alone")


def check_dotenv(file: Path) -> Iterator[Finding]:
    """Names of settings that nobody reads."""
    if not file.is_file():
        return
    known = set(_names_of(Settings))
    for number, line in enumerate(file.read_text(encoding="utf-8", errors="replace").splitlines(), 1):
        name = line.split("=", 1)[0].strip().removeprefix("export ").strip().upper()
        if "=" in line and not line.lstrip().startswith("#") and "__" in name and name not in known:
            last = name.rpartition("__")[2]
            meant = ", ".join(sorted(one for one in known if one.rpartition("__")[2] == last))
            remedy = f"Did you mean {meant}?" if meant else "`.env.example` has every name."
            yield Finding(".env", "failed", f"line {number}: there is no setting {name}, so it does nothing", remedy)


def check_leftovers(data_dir: Path) -> Iterator[Finding]:
    """Embedded servers that run although nobody keeps them."""
    locks = data_dir.resolve() / "servers" / "locks"
    for name in SERVERS:
        if _is_held(locks / f"{name}.alive") and not _is_held(locks / f"{name}.kept"):
            words = f"an embedded {name} was left behind: whoever kept it was killed"
            yield Finding("servers", "warning", words, "The next `crosscourt up` here stops it and starts another.")


def check_clock(whose: str, theirs: datetime, ours: datetime, *, within: timedelta = SKEW) -> Finding:
    """How far a clock is from ours; by it prices are fresh or stale."""
    skew = theirs - ours
    where = "ahead of" if skew > timedelta() else "behind"
    told = f"the clock of {whose} is {abs(skew.total_seconds()):.1f} s {where} ours"
    if abs(skew) > within:
        words = f"{told}: prices look older or newer than they are"
        return Finding("clock", "warning", words, "Let this machine keep time: NTP, chrony.")
    return Finding("clock", "ok", told)


def check_redis_version(said: str) -> Finding:
    """`said`: as its INFO has it."""
    parts = tuple(int(part) for part in said.split(".")[:2] if part.isdigit())
    if parts < OLDEST_REDIS:
        words = f"version {said or 'unknown'} is too old: streams of games need 6.2"
        return Finding("redis", "failed", words, "Use Redis 6.2, Valkey 7 or newer, or leave REDIS__URL unset.")
    return Finding("redis", "ok", f"answers, version {said}")


def check_postgres_version(number: int) -> Finding:
    """`number`: its `server_version_num`."""
    if number < OLDEST_POSTGRES:
        words = f"version {number // 10_000} is too old"
        return Finding("postgres", "failed", words, "Use Postgres 14 or newer, or leave DATABASE__URL unset.")
    return Finding("postgres", "ok", f"answers, version {number // 10_000}.{number % 10_000}")


def check_world(world: str | None, settings: Settings) -> Finding:
    """Whose games the stores hold."""
    if world == "simulated" and settings.trading.mode == "live":
        words = "the stores hold simulated games, and TRADING__MODE is live: it would refuse to start"
        return Finding("world", "failed", words, "Give real games a place of their own: --data-dir .crosscourt-real")
    return Finding("world", "ok", f"holds {world or 'no'} games; others need another --data-dir")


def check_schema(age: Age) -> Finding:
    """Which version of the program made the tables."""
    if age == "newer":
        words = "the tables were made by a newer version of Crosscourt: this one cannot use them"
        return Finding(
            "schema", "failed", words, "Run that version again, or take another --data-dir or DATABASE__URL."
        )
    if age == "older":
        words = "the tables were made by an older version; they have been brought up to date now"
        return Finding("schema", "warning", words, "Start no older version here any more.")
    return Finding("schema", "ok", "of this version" if age == "current" else "made now")


def now_of(beats: Sequence[Beat], ours: datetime) -> datetime:
    """The time that workers go by: a recorded slate has its own, and what is there of them was said a moment ago."""
    newest = max((beat.at for beat in beats), default=ours)
    return newest if abs(newest - ours) > OTHER_CLOCK else ours


def check_beats(beats: Sequence[Beat], lanes: dict[LaneId, Nanos], now: datetime) -> Iterator[Finding]:
    """Workers that are late, and venues that are silent; nothing, while no platform runs here."""
    if not beats:
        yield Finding("workers", "ok", "no platform runs on these stores now")
        return
    late = [beat for beat in beats if (now - beat.at).total_seconds() > beat.patience]
    for beat in late:
        age = (now - beat.at).total_seconds()
        why = f": {beat.last_error}" if beat.last_error else ""
        words = f"{beat.name} ended its last round {age:.0f} s ago, it runs each {beat.every:g} s{why}"
        yield Finding("workers", "failed", words, f"See process {beat.process_id} on {beat.host}, and its log.")
    if not late:
        yield Finding("workers", "ok", f"{len(beats)} beat in time")
    for venue in sorted({lane.partition(":")[0] for lane in lanes}):
        age = nanos_of(now) - max(at for lane, at in lanes.items() if lane.startswith(f"{venue}:"))
        if age > SILENT_AFTER:
            words = f"{venue} has been silent for {age // SECOND} s: none of its contracts is traded"
            yield Finding("feeds", "failed", words, "Ask the venue's status page; then `crosscourt doctor --venues`.")


def check_tape(data_dir: Path, beats: Sequence[Beat], at: float) -> Iterator[Finding]:
    """Whether what the core is told is written down. `at`: unix seconds."""
    if not any(beat.worker == "archiver" for beat in beats):
        return
    written = max((path.stat().st_mtime for path in (data_dir / "tape").rglob("*.tape")), default=0.0)
    if at - written > UNWRITTEN_AFTER:
        words = f"the tape in {data_dir / 'tape'} is not written: this time cannot be replayed"
        yield Finding("tape", "failed", words, "See the disk and the folder's rights, and what `archiver` says.")
    else:
        yield Finding("tape", "ok", f"written {max(0.0, at - written):.0f} s ago")


def _names_of(group: type[BaseModel], prefix: str = "") -> Iterator[str]:
    for name, field in group.model_fields.items():
        of_group = isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel)
        if of_group and isinstance(field.annotation, type):
            yield from _names_of(field.annotation, f"{prefix}{name.upper()}__")
        else:
            yield f"{prefix}{name.upper()}"


def _is_held(lock: Path) -> bool:
    if not lock.exists():
        return False
    try:
        mine = keeper.try_lock(lock)
    except OSError:
        return False  # somebody else's; the folder's own check says so
    if mine is not None:
        os.close(mine)
    return mine is None
