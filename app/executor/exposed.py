"""Trades that ended with one leg longer than another: no new pair of that game is opened until it is level again."""

from collections.abc import Sequence

from app.domain.games import GameId
from app.domain.orders import AccountId, TradeId
from app.domain.signals import Signal
from app.execution.trades import Plan
from app.executor.stores import Ledger


class Exposed:
    """Those of one process's accounts."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._open: dict[TradeId, Plan] = {}

    def __len__(self) -> int:
        return len(self._open)

    def note(self, plan: Plan) -> None:
        """A trade ended so."""
        self._open[plan.trade_id] = plan

    def forget(self, plan: Plan) -> None:
        """It is over."""
        del self._open[plan.trade_id]

    def blocks(self, signal: Signal) -> str | None:
        """Why nothing is opened in its game now."""
        places = {(plan.account, plan.game_id) for plan in self._open.values()}
        is_blocked = (AccountId(signal.account), GameId(signal.game_id)) in places
        return "a trade of this game is exposed: one of its legs has no other" if is_blocked else None

    def level(self) -> Sequence[Plan]:
        """Those of which as much is held of one leg as of the others: what was too much is sold, or paid out."""
        return [plan for plan in self._open.values() if self._is_level(plan)]

    def _is_level(self, plan: Plan) -> bool:
        positions = self._ledger.positions(plan.account)
        held = [positions[leg.contract_id].size if leg.contract_id in positions else 0 for leg in plan.legs]
        return max(held) - min(held) < max(leg.handling.least for leg in plan.legs)
