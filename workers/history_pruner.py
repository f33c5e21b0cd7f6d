"""What history forgets: current tables stay the size of what is current."""

from datetime import timedelta

from app.domain.operations import Round
from app.resources import Resources

LEFT_OUT_KEPT = timedelta(days=7)


async def history_pruner(resources: Resources) -> Round:
    """Forget the left-out listings that no search has seen for a week. Raises HistoryUnavailable."""
    done = Round()
    done.counts["forgotten"] = await resources.recorder.forget_left_out(resources.clock() - LEFT_OUT_KEPT)
    return done
