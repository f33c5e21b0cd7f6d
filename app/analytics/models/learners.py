"""Has a study learned from by a process of its own: what it needs for that the platform never imports."""

import asyncio
import sys
from asyncio.subprocess import PIPE

import msgspec

from app.analytics.models.studies import Study
from app.analytics.models.trained import Trained
from app.errors import CrosscourtError
from app.settings import environment_with

MODULE = "app.analytics.models.training"
ALONE = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}  # what is small is learned no faster by many at once
ENDS_WITHIN = 900.0  # seconds


class TrainingFailed(CrosscourtError):
    """The process that learns has ended without an answer."""

    remedy = "Run `crosscourt models train` by hand, and look at what it says."


async def trained(study: Study) -> Trained:
    """Raises TrainingFailed."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", MODULE), env=environment_with(ALONE), stdin=PIPE, stdout=PIPE, stderr=PIPE
    )
    try:
        async with asyncio.timeout(ENDS_WITHIN):
            answer, said = await process.communicate(msgspec.msgpack.encode(study))
    except TimeoutError:
        raise TrainingFailed(f"{study.league} was not learned within {ENDS_WITHIN:g} s") from None
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if process.returncode:
        lines = said.decode(errors="replace").strip().splitlines()
        raise TrainingFailed(f"{study.league} was not learned: {lines[-1] if lines else process.returncode}")
    return msgspec.msgpack.decode(answer, type=Trained)
