"""Whether what we have is what the venues have, as the executor has said it last."""

from app.clock import moment_of
from app.domain.prices import Nanos
from app.hot.state import HotState
from routers.portfolio_answers import ReconciledAnswer


async def read_reconciled(hot: HotState) -> ReconciledAnswer:
    """What is known of it. Raises HotStoreUnavailable."""
    shown = await hot.reconciled()
    if shown is None:
        return ReconciledAnswer(is_clean=None, at=None, differences=[])
    told = [f"{where}: {words}" for where, several in shown.differences.items() for words in several]
    return ReconciledAnswer(is_clean=shown.is_clean, at=moment_of(Nanos(shown.at)), differences=told)
