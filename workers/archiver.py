"""Writes to disk what the trading core of this process is told, off its path; and now and then has complete parts put
into the archive, by a process of its own."""

import asyncio
import os
from collections.abc import AsyncGenerator
from time import monotonic

import msgspec

from app.archive.tapes import TapeWriter
from app.chores import ChoreUnfinished, do, same_stores
from app.domain.operations import Round
from app.domain.prices import SECOND
from app.resources import Resources
from app.settings import Settings

COUNTED = ("parts", "left", "files", "merged", "pruned", "carried", "waiting")  # of what a compactor says
COMPACT = ("app.cli", "archive", "compact", "--json")
ENDS_WITHIN = 6 * 3600.0  # seconds: what lies far away takes its time


async def archiver(resources: Resources) -> AsyncGenerator[Round]:
    """A piece of the tape each time. What is told while nobody writes is kept by the intake for a while."""
    writer, pause = _writer(resources), resources.settings.tape.write_every
    compactor = Compactor(resources.settings)
    try:
        while True:
            await asyncio.sleep(pause)
            done = await _write(resources, writer)
            if compactor.is_due:
                writer.close()  # the part is complete
                compactor.start()
            compactor.look(done)
            yield done
    finally:  # at once: this loop may be ending
        writer.write(resources.intake.take_tape())
        writer.close()
        await compactor.stop()


class Compactor:
    """Runs `crosscourt archive compact` beside this process, one at a time. What one that is killed had begun did not
    happen, and is done by the next."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._every = settings.archive.every.total_seconds()
        self._due_at = monotonic() + self._every
        self._work: asyncio.Task[dict[str, int | str]] | None = None
        self._counts: dict[str, int] = {}
        self._trouble = ""

    @property
    def is_due(self) -> bool:
        """Whether it is time, and none runs."""
        return self._settings.archive.is_on and self._work is None and monotonic() >= self._due_at

    def start(self) -> None:
        """Begin to put away what is complete."""
        self._due_at = monotonic() + self._every
        self._work = asyncio.create_task(_compacted(same_stores(self._settings)))

    def look(self, done: Round) -> None:
        """Count what the last one has done, and say what stood in its way until the next one has ended."""
        if self._work is not None and self._work.done():
            told, self._work = self._work.result(), None
            self._counts = {f"archive_{name}": many for name in COUNTED if isinstance(many := told.get(name), int)}
            self._trouble = str(told.get("trouble", ""))
        done.counts.update(self._counts)
        if self._trouble:
            done.standing.append(self._trouble)

    async def stop(self) -> None:
        """End the one that runs."""
        if self._work is not None:
            self._work.cancel()
            await asyncio.wait([self._work])


async def _compacted(environment: dict[str, str]) -> dict[str, int | str]:
    """What one says that it has done, or why it has not."""
    try:
        done = await do(COMPACT, within=ENDS_WITHIN, environment=environment)
    except ChoreUnfinished as error:
        return {"trouble": f"nothing can be put into the archive: {error}"}
    try:
        return msgspec.json.decode(done.said, type=dict[str, int | str])
    except msgspec.MsgspecError:  # it fell
        return {"trouble": done.trouble or "the compactor did not say what it has done"}


def _writer(resources: Resources) -> TapeWriter:
    settings = resources.settings
    name = f"{resources.clock():%Y%m%dT%H%M%S}-{os.getpid()}"
    world = "simulated" if settings.simulation.is_on else "real"
    patience = round(settings.prices.silence * SECOND)
    place, keep = settings.data_dir / "tape", settings.tape.keep
    return TapeWriter(place, name, world, patience, keep, keeps_decisions=settings.archive.is_on)


async def _write(resources: Resources, writer: TapeWriter) -> Round:
    done, piece = Round(), resources.intake.take_tape()
    writing = asyncio.ensure_future(asyncio.to_thread(writer.write, piece))
    try:
        written = await asyncio.shield(writing)
        done.counts.update(bytes=written, inputs=len(piece.inputs), decisions=len(piece.decisions))
    except OSError as error:
        done.note("not_written", f"the tape cannot be written: {error}")
    except asyncio.CancelledError:  # the last piece comes after this one, not into the midst of it
        await asyncio.wait([writing])
        raise
    return done
