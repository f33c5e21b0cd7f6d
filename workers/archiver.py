"""Writes to disk what the trading core of this process is told, off its path; and now and then has complete parts put
into the archive, by a process of its own."""

import asyncio
import os
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncGenerator
from contextlib import suppress
from time import monotonic

import msgspec

from app.archive.tapes import TapeWriter
from app.domain.operations import Round
from app.domain.prices import SECOND
from app.resources import Resources
from app.settings import Settings, as_environment, environment_with

COUNTED = ("parts", "left", "files", "merged", "pruned", "carried", "waiting")  # of what a compactor says
BEHIND = 10  # its niceness: what trades goes first


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
                await compactor.start()
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
        self._process: Process | None = None
        self._ending: asyncio.Task[tuple[bytes, bytes]] | None = None
        self._counts: dict[str, int] = {}
        self._trouble = ""

    @property
    def is_due(self) -> bool:
        """Whether it is time, and none runs."""
        return self._settings.archive.is_on and self._ending is None and monotonic() >= self._due_at

    async def start(self) -> None:
        """Begin to put away what is complete."""
        self._due_at = monotonic() + self._every
        command = (sys.executable, "-m", "app.cli", "archive", "compact", "--json")
        given = {"env": _environment(self._settings), "stdin": DEVNULL, "stdout": PIPE, "stderr": PIPE}
        try:
            self._process = await asyncio.create_subprocess_exec(*command, **given)  # type: ignore[arg-type]
        except OSError as error:
            self._trouble = f"nothing can be put into the archive: {error}"
            return
        with suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, self._process.pid, BEHIND)
        self._ending = asyncio.create_task(self._process.communicate())

    def look(self, done: Round) -> None:
        """Count what the last one has done, and say what stood in its way until the next one has ended."""
        if self._process is not None and self._ending is not None and self._ending.done():
            said, trouble = self._ending.result()
            self._take(said, trouble.decode(errors="replace").strip(), self._process.returncode)
            self._process = self._ending = None
        done.counts.update(self._counts)
        if self._trouble:
            done.standing.append(self._trouble)

    async def stop(self) -> None:
        """End the one that runs."""
        if self._process is not None and self._ending is not None:
            with suppress(ProcessLookupError):
                self._process.terminate()
            await self._ending

    def _take(self, said: bytes, trouble: str, code: int | None) -> None:
        try:
            told = msgspec.json.decode(said, type=dict[str, int | str])
        except msgspec.MsgspecError:  # it fell
            told = {"trouble": trouble.partition("\n")[0] or f"the compactor ended with {code}"}
        self._counts = {f"archive_{name}": many for name in COUNTED if isinstance(many := told.get(name), int)}
        self._trouble = str(told.get("trouble", ""))


def _environment(settings: Settings) -> dict[str, str]:
    """For a process that has the same data and the same archive."""
    given = settings.archive
    target = given.target.get_secret_value() if given.target else ""
    told = {"decisions": str(given.decisions), "keep_for": f"{given.keep_for.total_seconds():.0f}s"}
    told |= {"keep": str(given.keep), "target": target, "target_options": given.target_options.get_secret_value()}
    return environment_with({"DATA_DIR": str(settings.data_dir), **as_environment({"archive": told})})


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
