import asyncio
import time
from contextlib import aclosing
from pathlib import Path

import pytest

from app.archive.tapes import Header, Piece, TapeWriter, read_tape
from app.cli.replaying import replayed
from app.domain.decisions import Taped
from app.settings import TapeSettings
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
