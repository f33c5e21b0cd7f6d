"""What history forgets: current tables stay the size of what is current, and what was refused is of use for a while.
What only grows lies in months, which are made ahead here and let go whole."""

from datetime import timedelta

from app.domain.operations import Round
from app.history.instructions import forget_instructions
from app.history.months import LINK_DECISIONS, SIGNALS, drop_months, make_months, thin_equity
from app.history.signals import forget_refused
from app.resources import Resources

LEFT_OUT_KEPT = timedelta(days=7)
INSTRUCTIONS_KEPT = timedelta(days=30)  # of those that are done: as long as anybody may ask for the same again


async def history_pruner(resources: Resources) -> Round:
    """Make the months that come; forget the left-out listings that no search has seen for a week, and what is older
    than anybody wants. Orders and money are never forgotten. Raises HistoryUnavailable."""
    done, now = Round(), resources.clock()
    history, keep = resources.history, resources.settings.history
    done.counts["months_made"] = await make_months(history, now)
    done.counts["forgotten"] = await resources.recorder.forget_left_out(now - LEFT_OUT_KEPT)
    done.counts["refused_forgotten"] = await forget_refused(history, now - keep.keep_refused)
    done.counts["months_forgotten"] = await drop_months(history, SIGNALS, now - keep.keep_signals)
    done.counts["months_forgotten"] += await drop_months(history, LINK_DECISIONS, now - keep.keep_link_decisions)
    done.counts["equity_forgotten"] = await thin_equity(history, now - keep.keep_equity)
    done.counts["instructions_forgotten"] = await forget_instructions(history, now - INSTRUCTIONS_KEPT)
    return done
