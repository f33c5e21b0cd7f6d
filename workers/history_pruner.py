"""What history forgets: current tables stay the size of what is current, and what was refused is of use for a while."""

from datetime import timedelta

from app.domain.operations import Round
from app.history.instructions import forget_instructions
from app.history.signals import forget_refused
from app.resources import Resources

LEFT_OUT_KEPT = timedelta(days=7)
REFUSED_KEPT = timedelta(days=3)
INSTRUCTIONS_KEPT = timedelta(days=30)  # of those that are done: as long as anybody may ask for the same again


async def history_pruner(resources: Resources) -> Round:
    """Forget the left-out listings that no search has seen for a week, and signals that were refused and instructions
    that were done longer ago. Raises HistoryUnavailable."""
    done, now = Round(), resources.clock()
    done.counts["forgotten"] = await resources.recorder.forget_left_out(now - LEFT_OUT_KEPT)
    done.counts["refused_forgotten"] = await forget_refused(resources.history, now - REFUSED_KEPT)
    done.counts["instructions_forgotten"] = await forget_instructions(resources.history, now - INSTRUCTIONS_KEPT)
    return done
