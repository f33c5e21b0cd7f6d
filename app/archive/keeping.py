"""One round of the archive: what is complete is put away, what is small is merged, what is old is let go, and what is
new is carried elsewhere."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import msgspec

from app.archive.compactions import complete_parts, put_away, tidy
from app.archive.merges import merge_small
from app.archive.prunings import prune
from app.archive.shelves import opened_shelf
from app.archive.uploads import Target, carry, open_target
from app.settings import ArchiveSettings


class Kept(msgspec.Struct, kw_only=True):
    """What was done. `left`: parts that are no tape of this version, and stay where they are."""

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
    trouble: str = ""


def keep_archive(
    data_dir: Path, settings: ArchiveSettings, at: datetime, reached: Callable[[str], None] = lambda _: None
) -> Kept:
    """Raises Conflict while another process does the same, BadInput for a manifest that is none, Spoilt, OSError."""
    done, tapes = Kept(), data_dir / "tape"
    with opened_shelf(data_dir / "archive", reached) as shelf:
        done.swept = shelf.sweep()  # what a process that was killed has left
        for path in complete_parts(tapes):
            part = put_away(shelf, path, at, keeps_decisions=settings.decisions)
            done.parts += part is not None
            done.left += part is None
            done.inputs += part.inputs if part else 0
        tidy(tapes, shelf.folder / "places")
        done.merged = merge_small(shelf, at)
        target = _target(settings)
        if target is not None:
            done.carried, done.waiting, done.trouble = carry(shelf, target, at)
        fingerprint = target.fingerprint if target else ""
        done.pruned = prune(shelf, at, settings.keep_for, settings.keep, fingerprint)
        done.swept += shelf.sweep()
        shelf.manifest.shorten(at.isoformat())
        contents = shelf.manifest.contents
        done.files, done.bytes = len(contents.files), contents.bytes
    return done


def _target(settings: ArchiveSettings) -> Target | None:
    if settings.target is None:
        return None
    options = msgspec.json.decode(settings.target_options.get_secret_value(), type=dict[str, object])
    return open_target(settings.target.get_secret_value(), options)
