"""Trades that ended with one leg longer than another: an incident, and no new pair of that game until it is over."""

import logging
from collections.abc import Iterator

import msgspec

from app.clock import moment_of
from app.domain.games import GameId
from app.domain.orders import AccountId
from app.domain.prices import Nanos
from app.domain.signals import Signal
from app.errors import HistoryUnavailable
from app.execution.trades import Plan
from app.executor.trading import Outcome
from app.history.database import Database
from app.history.incidents import Seen, begin_incident, end_incident
from app.history.ledger import Ledger
from app.history.trades import exposed_trades

log = logging.getLogger(__name__)


class Exposures:
    """Those of one process's accounts. An incident ends by itself when as much is held of one leg as of the others:
    when what was too much is sold, or the game is paid out."""

    def __init__(self, history: Database, ledger: Ledger) -> None:
        self._history = history
        self._ledger = ledger
        self._open: dict[str, Plan] = {}
        self._unwritten: list[Outcome] = []

    def __len__(self) -> int:
        return len(self._open)

    def blocks(self, signal: Signal) -> str | None:
        """Why nothing is opened in its game now."""
        places = {(plan.account, plan.game_id) for plan in self._open.values()}
        is_blocked = (AccountId(signal.account), GameId(signal.game_id)) in places
        return "a trade of this game is exposed: one of its legs has no other" if is_blocked else None

    def note(self, outcome: Outcome) -> None:
        """A trade ended so."""
        self._open[outcome.plan.trade_id] = outcome.plan
        self._unwritten.append(outcome)

    async def recall(self, account: AccountId) -> None:
        """What another executor of the account has left. Raises HistoryUnavailable."""
        for trade in await exposed_trades(self._history, account):
            self._open[trade.id] = msgspec.convert(trade.detail["plan"], Plan)

    async def look(self, now: Nanos) -> None:
        """Write down what is new, and end what is over."""
        try:
            while self._unwritten:
                await begin_incident(self._history, _seen(self._unwritten[0], now))
                self._unwritten.pop(0)
            for plan in list(self._level()):
                await end_incident(self._history, "exposed", plan.account, plan.trade_id, moment_of(now))
                del self._open[plan.trade_id]
        except HistoryUnavailable as error:
            log.warning("incidents wait", extra={"error": str(error)})

    def _level(self) -> Iterator[Plan]:
        for plan in self._open.values():
            positions = self._ledger.positions(plan.account)
            held = [positions[leg.contract_id].size if leg.contract_id in positions else 0 for leg in plan.legs]
            if max(held) - min(held) < max(leg.handling.least for leg in plan.legs):
                yield plan


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
