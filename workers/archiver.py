"""Writes to disk what the trading core of this process is told, off its path."""

import asyncio
import os
from collections.abc import AsyncGenerator

from app.archive.tapes import TapeWriter
from app.domain.operations import Round
from app.domain.prices import SECOND
from app.resources import Resources


async def archiver(resources: Resources) -> AsyncGenerator[Round]:
    """A piece of the tape each time. What is told while nobody writes is kept by the intake for a while."""
    writer, pause = _writer(resources), resources.settings.tape.write_every
    try:
        while True:
            await asyncio.sleep(pause)
            yield await _write(resources, writer)
    finally:  # at once: this loop may be ending
        writer.write(resources.intake.take_tape())
        writer.close()


def _writer(resources: Resources) -> TapeWriter:
    settings = resources.settings
    name = f"{resources.clock():%Y%m%dT%H%M%S}-{os.getpid()}"
    world = "simulated" if settings.simulation.is_on else "real"
    patience = round(settings.prices.silence * SECOND)
    return TapeWriter(settings.data_dir / "tape", name, world, patience, settings.tape.keep)


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
