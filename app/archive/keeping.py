"""One round of the archive: what is complete is put away, what is small is merged, what is old is let go, and what is
new is carried elsewhere."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import msgspec

from app.archive.compactions import complete_parts, put_away, tidy
from app.archive.merges import merge_small
from app.archive.prunings import prune
from app.archive.shelves import Shelf, opened_shelf
from app.archive.uploads import Target, carry, open_target
from app.errors import Conflict, CrosscourtError
from app.settings import ArchiveSettings


class ArchiveUnavailable(CrosscourtError):
    """The archive cannot be written now."""

    remedy = "Look at the disk of DATA_DIR; the tapes stay where they are until it can."


class Kept(msgspec.Struct, kw_only=True):
    """What was done. `left`: parts that are no tape of this version, and stay where they are; `busy`: another process
    does the same now, and this one has done nothing."""

    parts: int = 0
    left: int = 0
    inputs: int = 0
    files: int = 0
    bytes: int = 0
    merged: int = 0
    pruned: int = 0
    swept: int = 0
    carried: int = 0
    waiting: int = 0
    busy: int = 0
    trouble: str = ""


def keep_archive(
    data_dir: Path, settings: ArchiveSettings, at: datetime, reached: Callable[[str], None] = lambda _: None
) -> Kept:
    """Raises ArchiveUnavailable, Spoilt, BadInput for a manifest that is none, SettingsRefused."""
    target = _target(settings)
    try:
        with opened_shelf(data_dir / "archive", reached) as shelf:
            done = Kept(swept=shelf.sweep())  # what a process that was killed has left
            _put_away(shelf, data_dir / "tape", settings, at, done)
            done.merged = merge_small(shelf, at)
            if target is not None:
                done.carried, done.waiting, done.trouble = carry(shelf, target, at)
            done.pruned = prune(shelf, at, settings.keep_for, settings.keep, target.fingerprint if target else "")
            done.swept += shelf.sweep()
            shelf.manifest.shorten(at.isoformat(), reached)
    except Conflict:
        return Kept(busy=1)
    except OSError as error:
        raise ArchiveUnavailable(f"the archive cannot be written: {error}") from error
    contents = shelf.manifest.contents
    done.files, done.bytes = len(contents.files), contents.bytes
    return done


def _put_away(shelf: Shelf, tapes: Path, settings: ArchiveSettings, at: datetime, done: Kept) -> None:
    for path in complete_parts(tapes):
        part = put_away(shelf, path, at, keeps_decisions=settings.decisions)
        done.parts += part is not None
        done.left += part is None
        done.inputs += part.inputs if part else 0
    tidy(tapes, shelf.folder / "places")


def _target(settings: ArchiveSettings) -> Target | None:
    if settings.target is None:
        return None
    options = msgspec.json.decode(settings.target_options.get_secret_value(), type=dict[str, object])
    return open_target(settings.target.get_secret_value(), options)
