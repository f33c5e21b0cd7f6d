"""Has a study learned from by a process of its own: what it needs for that the platform never imports."""

import msgspec

from app.analytics.models.studies import Study
from app.analytics.models.trained import Trained
from app.chores import ChoreUnfinished, do
from app.errors import CrosscourtError

MODULE = "app.analytics.models.training"
ALONE = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}  # what is small is learned no faster by many at once
ENDS_WITHIN = 900.0  # seconds


class TrainingFailed(CrosscourtError):
    """The process that learns has ended without an answer."""

    remedy = "Run `crosscourt models train` by hand, and look at what it says."


async def trained(study: Study) -> Trained:
    """Raises TrainingFailed."""
    try:
        done = await do((MODULE,), within=ENDS_WITHIN, environment=ALONE, told=msgspec.msgpack.encode(study))
    except ChoreUnfinished as error:
        raise TrainingFailed(f"{study.league} was not learned: {error}") from None
    if done.code:
        raise TrainingFailed(f"{study.league} was not learned: {done.trouble}")
    return msgspec.msgpack.decode(done.said, type=Trained)
