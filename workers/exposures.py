"""Trades that ended with one leg longer than another: an incident, and no new pair of that game until it is over."""

import logging

import msgspec

from app.clock import moment_of
from app.domain.orders import AccountId
from app.domain.prices import Nanos
from app.errors import HistoryUnavailable
from app.execution.trades import Plan
from app.executor.exposed import Exposed
from app.executor.trading import Outcome
from app.history.database import Database
from app.history.incidents import Seen, begin_incident, end_incident
from app.history.ledger import Ledger
from app.history.trades import exposed_trades

log = logging.getLogger(__name__)


class Exposures:
    """Those of one process's accounts, each an incident that ends by itself when the trade is level again."""

    def __init__(self, history: Database, ledger: Ledger) -> None:
        self._history = history
        self._open = Exposed(ledger)
        self._unwritten: list[Outcome] = []
        self.blocks = self._open.blocks

    def __len__(self) -> int:
        return len(self._open)

    def note(self, outcome: Outcome) -> None:
        """A trade ended so."""
        self._open.note(outcome.plan)
        self._unwritten.append(outcome)

    async def recall(self, account: AccountId) -> None:
        """What another executor of the account has left. Raises HistoryUnavailable."""
        for trade in await exposed_trades(self._history, account):
            self._open.note(msgspec.convert(trade.detail["plan"], Plan))

    async def look(self, now: Nanos) -> None:
        """Write down what is new, and end what is over."""
        try:
            while self._unwritten:
                await begin_incident(self._history, _seen(self._unwritten[0], now))
                self._unwritten.pop(0)
            for plan in self._open.level():
                await end_incident(self._history, "exposed", plan.account, plan.trade_id, moment_of(now))
                self._open.forget(plan)
        except HistoryUnavailable as error:
            log.warning("incidents wait", extra={"error": str(error)})


def _seen(outcome: Outcome, now: Nanos) -> Seen:
    plan = outcome.plan
    longest = max(range(len(plan.legs)), key=lambda leg: outcome.held[leg])
    held = ", ".join(
        f"{size / 1_000_000:g} of {leg.contract_id}" for leg, size in zip(plan.legs, outcome.held, strict=True)
    )
    return Seen(
        kind="exposed",
        account=plan.account,
        venue=plan.legs[longest].venue,
        subject=plan.trade_id,
        game_id=plan.game_id,
        detail=f"held: {held}; the rest could not be had or sold again",
        at=moment_of(now),
    )
