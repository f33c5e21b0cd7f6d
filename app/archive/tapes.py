"""The tape: every input of the trading core, in order, and after each piece the hash of everything that was decided.

A tape is a folder of parts, one folder for each run of a process. A run begins with an empty core: who applies its
inputs to another empty core gets the same decisions. A part is a row of frames, each with its length before it and
compressed; a frame that was cut off while it was written ends the part, and nothing before it is lost.
"""

import zlib
from collections.abc import Iterator, Sequence
from contextlib import suppress
from hashlib import blake2b
from pathlib import Path
from typing import BinaryIO

import msgspec

from app.domain.decisions import Decision, Taped
from app.domain.inputs import Input
from app.errors import BadInput

FORMAT = 2  # the first one knew no signals
PART_BYTES = 32 * 1024 * 1024  # a part is not continued beyond this
SUFFIX = ".tape"
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


Frame = Header | Piece
_ENCODER = msgspec.msgpack.Encoder()
_DECODER = msgspec.msgpack.Decoder(Frame)


class DecisionHash:
    """Of all decisions in order, however they are cut into pieces."""

    def __init__(self) -> None:
        self._hash = blake2b(digest_size=16)

    def take(self, decisions: Sequence[Decision]) -> str:
        """These come next; the hash of all so far."""
        for decision in decisions:
            self._hash.update(_ENCODER.encode(decision))
        return self._hash.hexdigest()


class TapeWriter:
    """Writes one run. Every method may wait for the disk, and raises OSError."""

    def __init__(self, tapes: Path, name: str, world: str, patience: int, keep: int) -> None:
        self._tapes = tapes
        self._folder = tapes / name
        self._header = Header(FORMAT, world, name, 0, patience)
        self._keep = keep
        self._part: BinaryIO | None = None
        self._hash = DecisionHash()

    def write(self, piece: Taped) -> int:
        """Append a piece; its bytes. Begins another part when this one is long enough, and lets the oldest go. A piece
        that cannot be written is a hole."""
        if not piece.inputs:
            return 0
        decided = self._hash.take(piece.decisions)
        part = self._open_part()
        try:
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
        if part is not None:
            with suppress(OSError):  # what it had not written yet cannot be written now either
                part.close()
            self._header = msgspec.structs.replace(self._header, part=self._header.part + 1)

    def _open_part(self) -> BinaryIO:
        if self._part is None:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            with suppress(OSError):  # another process may let go of the same
                _let_go(self._tapes, self._keep)
            self._part = (self._folder / f"{self._header.part:05d}{SUFFIX}").open("xb")
            _append(self._part, self._header)
        return self._part


def read_tape(path: Path) -> Iterator[Frame]:
    """The frames of a part, or of a folder of parts in order. Raises BadInput for what is no tape of ours."""
    parts = sorted(path.glob(f"*{SUFFIX}")) if path.is_dir() else [path]
    if not parts or not parts[0].is_file():
        raise BadInput(f"there is no tape at {path}", remedy="Name a folder below `tape` in the data directory.")
    for part in parts:
        with part.open("rb") as file:
            yield from _read_part(part, file)


def _read_part(path: Path, file: BinaryIO) -> Iterator[Frame]:
    while len(head := file.read(_LENGTH_BYTES)) == _LENGTH_BYTES:
        length = int.from_bytes(head, "big")
        body = file.read(length) if length <= _LARGEST_FRAME else b""
        if length <= _LARGEST_FRAME and len(body) < length:
            return  # cut off while it was written
        try:
            yield _DECODER.decode(zlib.decompress(body))
        except (zlib.error, msgspec.MsgspecError) as error:
            raise BadInput(f"{path} is no tape that this version can read: {error}") from None


def _append(file: BinaryIO, frame: Frame) -> int:
    body = zlib.compress(_ENCODER.encode(frame), level=1)
    return file.write(len(body).to_bytes(_LENGTH_BYTES, "big") + body)


def _let_go(tapes: Path, keep: int) -> None:
    """The oldest parts, until the others fit into so many bytes."""
    parts = sorted(tapes.glob(f"*/*{SUFFIX}"), key=lambda part: part.stat().st_mtime)
    total = sum(part.stat().st_size for part in parts)
    for part in parts:
        if total <= keep:
            return
        total -= part.stat().st_size
        part.unlink()
        if not any(part.parent.iterdir()):
            part.parent.rmdir()
