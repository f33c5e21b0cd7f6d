"""What the archive lets go: the oldest first, by age and by how much there may be."""

from datetime import datetime, timedelta

from app.archive.manifests import File, Step
from app.archive.shelves import Shelf
from app.clock import nanos_of


def prune(shelf: Shelf, at: datetime, keep_for: timedelta, keep: int, target: str = "") -> int:
    """Let go of files that have been there for `keep_for`, and of the oldest until the others fit into `keep` bytes;
    how many. What must go to `target`, and is not there yet, stays."""
    contents = shelf.manifest.contents
    held_back = contents.files.keys() - contents.carried[target] if target else frozenset[str]()
    before, many = nanos_of(at - keep_for), contents.bytes
    gone: list[File] = []
    for file in sorted(contents.files.values(), key=lambda file: (file.since, file.ended)):
        if file.since >= before and many <= keep:
            break
        if file.name not in held_back:
            gone.append(file)
            many -= file.bytes
    if gone:
        names = tuple(file.name for file in gone)
        number = shelf.manifest.next_number
        shelf.manifest.take(Step(number=number, why="pruned", at=at.isoformat(), gone=names))
        shelf.reached("pruned")
    return len(gone)
