"""The tape: every input of the trading core, in order, and after each piece the hash of everything that was decided.

A tape is a folder of parts, one folder for each run of a process. A run begins with an empty core: who applies its
inputs to another empty core gets the same decisions. A part is a row of frames, each with its length before it and
compressed; a frame that was cut off while it was written ends the part, and nothing before it is lost.

Parts that are complete are put into the archive beside the tapes, piece by piece the same, and taken away here: who
reads a run reads both.
"""

import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from fcntl import LOCK_EX, LOCK_NB, flock
from hashlib import blake2b
from importlib import import_module
from pathlib import Path
from typing import BinaryIO, TypeVar, cast

import msgspec

from app.archive.manifests import MANIFEST, archived_parts
from app.domain.decisions import Decision, Healed, Resync, Silent, Taped
from app.domain.frames import RawFrame
from app.domain.inputs import Input
from app.domain.parsing import NOT_READABLE
from app.domain.prices import Quote
from app.domain.signals import Judged
from app.errors import BadInput

FORMAT = 2  # the first one knew no signals
PART_BYTES = 32 * 1024 * 1024  # a part is not continued beyond this
SUFFIX = ".tape"
DECIDED_SUFFIX = ".decided"  # what was decided, beside the part of the same number
FRAMES_SUFFIX = ".frames"  # what the venues said meanwhile, where that is kept; beside it, too
BESIDE = (DECIDED_SUFFIX, FRAMES_SUFFIX)
NEW_SUFFIX = ".new"  # a part that nobody has locked yet
_LENGTH_BYTES = 4
_LARGEST_FRAME = 256 * 1024 * 1024  # bytes; more is no length that we have written


class Header(msgspec.Struct, frozen=True, tag="header"):
    """Begins each part. `patience`: of the core, nanoseconds."""

    format: int
    world: str  # "real", "simulated"
    began: str  # the moment and the process, as the folder is called
    part: int
    patience: int


class Piece(msgspec.Struct, frozen=True, tag="piece"):
    """Inputs in order. `first`: the number of the first one. `decided`: the hash of all decisions of the run up to the
    last of these inputs."""

    first: int
    inputs: tuple[Input, ...]
    decided: str


class Decided(msgspec.Struct, frozen=True, tag="decided"):
    """What was decided upon a piece. `first`: the number of its first input; `number`: of the first decision, counted
    over the run. `judged` stand at these places among the others: the two are packed differently."""

    first: int
    number: int
    said: tuple[Quote | Resync | Healed | Silent, ...]
    judged: tuple[tuple[int, Judged], ...]

    @property
    def decisions(self) -> Sequence[Decision]:
        """In the order in which they were decided."""
        found: list[Decision] = [*self.said]
        for place, judged in self.judged:
            found.insert(place, judged)
        return found


class _Packed(msgspec.Struct, frozen=True, tag="decided"):
    """The same as it is written: each decision is packed once, to be hashed and to be kept."""

    first: int
    number: int
    said: list[msgspec.Raw]
    judged: list[tuple[int, msgspec.Raw]]


Frame = Header | Piece
_ENCODER = msgspec.msgpack.Encoder()
_FRAMES = msgspec.msgpack.Decoder(Frame)
_DECIDED = msgspec.msgpack.Decoder(Decided)
_SAID = msgspec.msgpack.Decoder(list[RawFrame])
T = TypeVar("T")


class DecisionHash:
    """Of all decisions in order, however they are cut into pieces."""

    def __init__(self) -> None:
        self._hash = blake2b(digest_size=16)

    def take(self, decisions: Sequence[Decision]) -> str:
        """These come next; the hash of all so far."""
        return self.take_packed([_ENCODER.encode(decision) for decision in decisions])

    def take_packed(self, decisions: Sequence[bytes]) -> str:
        """The same of decisions that are packed already."""
        for decision in decisions:
            self._hash.update(decision)
        return self._hash.hexdigest()


class TapeWriter:
    """Writes one run. Every method may wait for the disk, and raises OSError. `keeps_decisions`: beside the inputs, for
    the archive. The part that is written is locked: whoever else can lock a part knows that it is complete."""

    def __init__(
        self, tapes: Path, name: str, world: str, patience: int, keep: int, *, keeps_decisions: bool = False
    ) -> None:
        self._tapes = tapes
        self._folder = tapes / name
        self._header = Header(FORMAT, world, name, 0, patience)
        self._keep = keep
        self._keeps_decisions = keeps_decisions
        self._part: BinaryIO | None = None
        self._beside: BinaryIO | None = None
        self._said: BinaryIO | None = None
        self._hash = DecisionHash()
        self._decisions = 0

    def write(self, piece: Taped) -> int:
        """Append a piece; its bytes. Begins another part when this one is long enough, and lets the oldest go. A piece
        that cannot be written is a hole."""
        if not piece.inputs:
            return 0
        packed = [_ENCODER.encode(decision) for decision in piece.decisions]
        decided, number = self._hash.take_packed(packed), self._decisions
        self._decisions += len(packed)
        part = self._open_part()
        try:
            if self._beside is not None and packed:
                _append(self._beside, _together(piece, number, packed))
                self._beside.flush()
            if piece.frames:
                self._keep_frames(piece.frames)
            size = _append(part, Piece(piece.first, tuple(piece.inputs), decided))
            part.flush()
        except OSError:
            self.close()  # what is cut off ends a part
            raise
        if part.tell() > PART_BYTES:
            self.close()
        return size

    def close(self) -> None:
        """The next piece begins another part."""
        part, self._part = self._part, None
        beside, self._beside = self._beside, None
        said, self._said = self._said, None
        for file in (beside, said, part):  # with the part goes its lock
            if file is not None:
                with suppress(OSError):  # what it had not written yet cannot be written now either
                    file.close()
        if part is not None:
            self._header = msgspec.structs.replace(self._header, part=self._header.part + 1)

    def _keep_frames(self, frames: Sequence[RawFrame]) -> None:
        if self._said is None:
            place = part_of(self._folder, self._header.part)
            self._said = place.with_suffix(FRAMES_SUFFIX).open("wb")
        _append(self._said, list(frames))
        self._said.flush()

    def _open_part(self) -> BinaryIO:
        if self._part is None:
            with suppress(OSError):  # another process may let go of the same
                _let_go(self._tapes, self._keep)
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            place = self._folder / f"{self._header.part:05d}{SUFFIX}"
            if self._keeps_decisions:
                self._beside = place.with_suffix(DECIDED_SUFFIX).open("wb")
            self._part = _open_locked(place)
            _append(self._part, self._header)
        return self._part


def read_tape(path: Path) -> Iterator[Frame]:
    """The frames of a part, or of a folder of parts in order, wherever they lie by now. Raises BadInput for what is no
    tape of ours."""
    if path.is_file():
        yield from read_part(path)
        return
    number, shelf = -1, shelf_of(path)
    while True:  # looks anew for each part: what is complete moves to the archive meanwhile
        kept = archived_parts(shelf, path.name)
        here = {number_of(part) for part in path.glob(f"*{SUFFIX}")}
        later = sorted(one for one in {*kept, *here} if one > number)
        if not later:
            break
        number = later[0]
        if number in kept:
            yield from read_archived(shelf, path.name, number)
            continue
        try:
            yield from read_part(part_of(path, number))
        except FileNotFoundError:  # let go, or it has moved before it was opened
            number -= number in archived_parts(shelf, path.name)
    if number < 0:
        raise BadInput(f"there is no tape at {path}", remedy="Name a folder below `tape` in the data directory.")


def read_part(path: Path) -> Iterator[Frame]:
    """The frames of one part of a journal."""
    with path.open("rb") as file:
        yield from _read(path, file, _FRAMES)


def read_decided(part: Path) -> Iterator[Decided]:
    """What was decided upon the pieces of a part, as far as it was kept."""
    path = part.with_suffix(DECIDED_SUFFIX)
    if path.is_file():
        with path.open("rb") as file:
            yield from _read(path, file, _DECIDED)


def read_said(part: Path) -> Iterator[list[RawFrame]]:
    """What the venues said while a part was written, as far as it was kept."""
    path = part.with_suffix(FRAMES_SUFFIX)
    if path.is_file():
        with path.open("rb") as file:
            yield from _read(path, file, _SAID)


def read_archived(shelf: Path, run: str, part: int) -> Iterator[Frame]:
    """The frames of a part that is in the archive. Its library is loaded with the first one: the platform itself reads
    and writes tapes without it."""
    read = cast("Callable[[Path, str, int], Iterator[Frame]]", import_module("app.archive.readings").read_part)
    return read(shelf, run, part)


def shelf_of(folder: Path) -> Path:
    """Where the archive of a run lies: around it, or beside the tapes."""
    return folder.parent if (folder.parent / MANIFEST).is_file() else folder.parent.parent / "archive"


def part_of(folder: Path, number: int) -> Path:
    """The file of a part."""
    return folder / f"{number:05d}{SUFFIX}"


def number_of(part: Path) -> int:
    """The reverse; -1 for a file that is called otherwise."""
    return int(part.stem) if part.stem.isdecimal() else -1


def _read(path: Path, file: BinaryIO, decoder: msgspec.msgpack.Decoder[T]) -> Iterator[T]:
    while len(head := file.read(_LENGTH_BYTES)) == _LENGTH_BYTES:
        length = int.from_bytes(head, "big")
        body = file.read(length) if length <= _LARGEST_FRAME else b""
        if length <= _LARGEST_FRAME and len(body) < length:
            return  # cut off while it was written
        try:
            yield decoder.decode(_unpacked(body))
        except (zlib.error, *NOT_READABLE) as error:
            raise BadInput(f"{path} is no tape that this version can read: {error}") from None


def _unpacked(body: bytes) -> bytes:
    """No more than a frame may have, whatever a few bytes would swell to."""
    unpacking = zlib.decompressobj()
    whole = unpacking.decompress(body, _LARGEST_FRAME)
    if not unpacking.eof:
        raise zlib.error("a frame without an end")
    return whole


def _append(file: BinaryIO, frame: Frame | _Packed | list[RawFrame]) -> int:
    body = zlib.compress(_ENCODER.encode(frame), level=1)
    return file.write(len(body).to_bytes(_LENGTH_BYTES, "big") + body)


def _together(piece: Taped, number: int, packed: Sequence[bytes]) -> _Packed:
    beside = _Packed(piece.first, number, [], [])
    for place, (decision, body) in enumerate(zip(piece.decisions, packed, strict=True)):
        if isinstance(decision, Judged):
            beside.judged.append((place, msgspec.Raw(body)))
        else:
            beside.said.append(msgspec.Raw(body))
    return beside


def _open_locked(place: Path) -> BinaryIO:
    """A part that is there under its name is locked already."""
    new = place.with_suffix(NEW_SUFFIX)
    file = new.open("wb")
    flock(file, LOCK_EX | LOCK_NB)
    new.rename(place)
    return file


def _let_go(tapes: Path, keep: int) -> None:
    """The oldest parts, until the others fit into so many bytes."""
    files = [file for suffix in (SUFFIX, *BESIDE) for file in tapes.glob(f"*/*{suffix}")]
    files.sort(key=lambda file: file.stat().st_mtime)
    total = sum(file.stat().st_size for file in files)
    for file in files:
        if total <= keep:
            return
        total -= file.stat().st_size
        file.unlink()
        if not any(file.parent.iterdir()):
            file.parent.rmdir()
