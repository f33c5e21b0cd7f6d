import asyncio
import subprocess
import sys
import time
from contextlib import aclosing
from datetime import timedelta
from pathlib import Path

import pytest
from pydantic import SecretStr

from app.archive.proofs import prove
from app.archive.tapes import Header, Piece, TapeWriter, read_tape
from app.domain.decisions import Taped
from app.settings import ArchiveSettings, TapeSettings
from tests.app.archive.evenings import replayed
from tests.app.prices.boards import added, followed, levels, snapshot
from tests.workers.worlds import World
from workers.archiver import archiver

SOON = TapeSettings(write_every=0.01)


async def test_a_run_is_written_piece_by_piece_and_replays_to_its_own_hash(world: World, tmp_path: Path) -> None:
    resources = world.process(data_dir=tmp_path, tape=SOON)
    intake = resources.intake
    intake.put(followed())
    intake.put(snapshot(levels((40, 10)), levels((45, 10)), now=1))
    async with aclosing(archiver(resources)) as rounds:
        first = await anext(rounds)
        for number in range(100):
            intake.put(added(True, 40 + number % 4, 1, now=number))
        await anext(rounds)
        intake.put(added(True, 45, 1, now=200))  # written when the worker ends
    assert first.counts["inputs"] == 2
    (run,) = (tmp_path / "tape").iterdir()
    header, *pieces = read_tape(run)
    assert isinstance(header, Header)
    assert sum(len(piece.inputs) for piece in pieces if isinstance(piece, Piece)) == 103
    replays = [replayed(run) for _ in range(3)]
    assert {found.hash for found in replays} == {replays[0].hash}
    assert (replays[0].same, replays[0].inputs, replays[0].missed) == (True, 103, 0)


async def test_a_writer_that_is_cut_off_while_it_writes_tears_nothing(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    resources = world.process(data_dir=tmp_path, tape=SOON)
    write = TapeWriter.write

    def slowly(writer: TapeWriter, piece: Taped) -> int:
        time.sleep(0.2 if len(piece.inputs) == 2 else 0)
        return write(writer, piece)

    monkeypatch.setattr(TapeWriter, "write", slowly)
    intake = resources.intake
    intake.put(followed())
    intake.put(snapshot(levels((40, 10)), levels((45, 10)), now=1))

    async def run() -> None:
        async with aclosing(archiver(resources)) as rounds:
            async for _ in rounds:
                pass

    task = asyncio.create_task(run())
    await asyncio.sleep(0.1)  # it writes
    intake.put(added(True, 41, 1, now=2))
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    (tape,) = (tmp_path / "tape").iterdir()
    found = replayed(tape)
    assert (found.same, found.inputs) == (True, 3)


async def test_complete_parts_are_put_away_by_a_process_of_its_own(world: World, tmp_path: Path) -> None:
    archive = ArchiveSettings(every=timedelta(seconds=0.05), target=SecretStr(f"file://{tmp_path}/elsewhere"))
    resources = world.process(data_dir=tmp_path, tape=SOON, archive=archive)
    intake = resources.intake
    intake.put(followed())
    intake.put(snapshot(levels((40, 10)), levels((45, 10)), now=1))
    async with aclosing(archiver(resources)) as rounds:
        async for done in rounds:
            intake.put(added(True, 41, 1, now=2))
            if done.counts["archive_files"]:
                break
    assert done.counts["archive_carried"] >= 3
    assert done.trouble == ""
    assert prove(tmp_path / "archive").is_right
    assert prove(tmp_path / "elsewhere").is_right
    (run,) = (tmp_path / "tape").iterdir()
    numbers = [piece.first for piece in read_tape(run) if isinstance(piece, Piece)]
    assert numbers[0] == 0
    assert numbers == sorted(set(numbers))


async def test_what_stands_in_the_way_of_the_archive_is_told_and_the_tape_goes_on(world: World, tmp_path: Path) -> None:
    (tmp_path / "archive").write_text("in the way")
    archive = ArchiveSettings(every=timedelta(seconds=0.05))
    resources = world.process(data_dir=tmp_path, tape=SOON, archive=archive)
    async with aclosing(archiver(resources)) as rounds:
        async for done in rounds:
            resources.intake.put(followed())
            if done.trouble:
                break
    assert "archive" in done.trouble
    assert done.counts["inputs"] == 1


def test_the_platform_itself_does_without_the_library_of_the_archive() -> None:
    code = "import sys, app.main; sys.exit('pyarrow' in sys.modules or 'fsspec' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=Path(__file__).parents[2], check=False).returncode == 0
