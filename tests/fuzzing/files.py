"""What is read from files: tapes, the archive's manifest, plans of the sandbox and of backtests."""

import atexit
import shutil
import tempfile
import zlib
from datetime import UTC, datetime
from pathlib import Path

from app.archive.manifests import MANIFEST, archived_parts, read_manifest
from app.archive.tapes import Header, Piece, read_decided, read_part
from app.backtests.plans import Written, planned, read_plan
from app.errors import BadInput, StartRefused
from app.pipeline import Pipeline
from app.sandbox.plans import entries_of
from app.sandbox.scripts import Script
from app.sandbox.slates import make_slate
from app.sandbox.stagings import odd_slate, stage_plan
from tests.fuzzing.cores import PATIENCE

PLACE = Path(tempfile.mkdtemp(prefix="crosscourt-fuzz-", dir="/dev/shm" if Path("/dev/shm").is_dir() else None))
atexit.register(shutil.rmtree, PLACE, ignore_errors=True)
BEGAN = datetime(2026, 11, 22, 23, tzinfo=UTC)
SLATE = make_slate(7, BEGAN, 30.0, games=12)


def read_tape(packed: bytes) -> None:
    """A part of a tape with one frame in MessagePack; what is read is played, as replay does it."""
    _read_part(framed(packed), "00000.tape")


def read_torn_tape(content: bytes) -> None:
    """A file that somebody calls a part of a tape."""
    _read_part(content, "00001.tape")


def _read_part(content: bytes, name: str) -> None:
    part = PLACE / name
    part.write_bytes(content)
    part.with_suffix(".decided").write_bytes(content)
    try:
        for frame in read_part(part):
            assert isinstance(frame, Header | Piece)
            if isinstance(frame, Piece):
                _play(frame)
    except BadInput:
        pass
    try:
        for decided in read_decided(part):
            assert decided.decisions is not None
    except BadInput:
        pass


def _play(piece: Piece) -> None:
    core = Pipeline(PATIENCE)
    for told in piece.inputs:
        core.apply(told)


def framed(packed: bytes) -> bytes:
    body = zlib.compress(packed, level=1)
    return len(body).to_bytes(4, "big") + body


def read_archive(content: bytes) -> None:
    """The archive's list of what it holds."""
    (PLACE / MANIFEST).write_bytes(content)
    try:
        contents = read_manifest(PLACE)
    except BadInput:
        return
    assert contents.lines <= content.count(b"\n")
    archived_parts(PLACE, "run")


def read_sandbox_plan(content: bytes) -> None:
    """A plan, staged on a slate."""
    try:
        entries = entries_of(content, "plan")
        staged = stage_plan(entries, odd_slate(entries, SLATE), BEGAN)
    except StartRefused:
        return
    Script(staged.acts)
    for held in staged.acts.held:
        assert all(0 < price < 10_000 and size > 0 for price, size in (*held.bids.items(), *held.asks.items()))
    assert all(0 <= priced.chance <= 1 for priced in staged.acts.priced)


def read_backtest_plan(content: bytes) -> None:
    """A plan of a backtest, with the settings that it names."""
    file = PLACE / "plan.json"
    file.write_bytes(content)
    try:
        written = read_plan(file)
        assert isinstance(written, Written)
        plan = planned([PLACE / "00000.tape"], (), written, PLACE)
        assert plan.settings
        plan.tasks()
    except BadInput:
        return
