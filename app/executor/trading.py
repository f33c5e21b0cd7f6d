"""Signals become trades, and trades are carried to their end, whoever began them."""

import asyncio
import logging
from collections.abc import Callable, Iterable
from typing import NamedTuple

import msgspec

from app.domain.markets import ContractId, Handling
from app.domain.money import Price, Size
from app.domain.orders import AccountKind, Order, OrderId, Standing, TradeId
from app.domain.prices import CENT_GRID, SECOND, Grid
from app.domain.signals import Leg, Signal
from app.errors import HistoryUnavailable
from app.execution.trades import Ended, Plan, PlannedLeg, Status, Wait, next_step, planned
from app.executor.desks import Desk
from app.history.trades import Trade

TRIES_EVERY = 0.5  # seconds, while Postgres is away
MOST_REMEMBERED = 10_000  # trades that are over

log = logging.getLogger(__name__)


class Market(NamedTuple):
    """What is known here of a contract's market now."""

    bid: Price | None
    depth: Size  # at the best ask
    handling: Handling
    grid: Grid


class Outcome(NamedTuple):
    """How a trade has ended."""

    plan: Plan
    status: Status
    held: tuple[Size, ...]


NO_MARKET = Market(None, Size(0), Handling(), CENT_GRID)


class Trading:
    """The trades of one account. `market`: what is known of a contract; `may_open`: why nothing is opened for a signal
    now, or None; `most`: what may be paid for a contract; `tell` hears how each has ended."""

    def __init__(
        self,
        desk: Desk,
        kind: AccountKind,
        market: Callable[[ContractId], Market],
        may_open: Callable[[Signal], str | None],
        most: Callable[[], Price],
        tell: Callable[[Outcome], object],
    ) -> None:
        self._desk = desk
        self._kind = kind
        self._market = market
        self._may_open = may_open
        self._most = most
        self._tell = tell
        self._tasks: dict[TradeId, asyncio.Task[None]] = {}
        self._orders: dict[TradeId, list[OrderId]] = {}
        self._done: dict[TradeId, None] = {}

    @property
    def under_way(self) -> int:
        return len(self._tasks)

    def begin(self, signal: Signal) -> bool:
        """Trade it, in a task of its own; False when it is traded already."""
        if TradeId(signal.id) in self._orders or TradeId(signal.id) in self._done:
            return False
        plan = self._planned(signal)
        self._orders[plan.trade_id] = []
        self._start(plan, signal)
        return True

    def go_on(self, trades: Iterable[Trade], orders: Iterable[Standing]) -> None:
        """Carry on what another executor has left."""
        of_trade: dict[TradeId, list[OrderId]] = {}
        for standing in orders:
            of_trade.setdefault(standing.order.trade_id, []).append(standing.order.id)
        for trade in trades:
            self._orders[trade.id] = of_trade.get(trade.id, [])
            self._start(msgspec.convert(trade.detail["plan"], Plan))

    async def end(self) -> None:
        """Leave them as they are, for whoever comes next."""
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def fallen(self) -> BaseException | None:
        """What a trade fell over, once: the account is in nobody's hands then."""
        for name, task in list(self._tasks.items()):
            if task.done():
                del self._tasks[name]
                if not task.cancelled() and task.exception() is not None:
                    return task.exception()
        return None

    def _planned(self, signal: Signal) -> Plan:
        markets = [self._market(leg.contract_id) for leg in signal.legs]
        legs = map(_planned_leg, signal.legs, markets)
        depths = [market.depth for market in markets]
        return planned(signal, self._desk.account, self._kind, legs, depths, self._most(), self._desk.now())

    def _start(self, plan: Plan, signal: Signal | None = None) -> None:
        task = asyncio.create_task(self._carry_out(plan, signal), name=f"trade {plan.trade_id}")
        self._tasks[plan.trade_id] = task

    async def _carry_out(self, plan: Plan, signal: Signal | None) -> None:
        reason = self._refusal(signal) if signal is not None else None
        ended = None
        while ended is None and reason is None:
            try:
                ended = await self._step(plan)
            except HistoryUnavailable as error:
                if self._orders[plan.trade_id]:
                    await asyncio.sleep(TRIES_EVERY)
                else:
                    reason = str(error)
        self._forget(plan, reason)
        if ended is not None:
            self._tell(Outcome(plan, ended.status, ended.held))

    def _refusal(self, signal: Signal) -> str | None:
        """Why nothing is opened for it now."""
        stopped = next((leg.contract_id for leg in signal.legs if self._desk.is_stopped_out(leg.contract_id)), None)
        return self._may_open(signal) if stopped is None else f"a stop has just sold {stopped}"

    def _forget(self, plan: Plan, reason: str | None) -> None:
        """It is over; for some time its signal is not traded again. `reason`: why nothing was done."""
        if reason is not None:
            log.info("not traded", extra={"trace": plan.trade_id, "account": plan.account, "reason": reason})
        del self._orders[plan.trade_id]
        self._done[plan.trade_id] = None
        if len(self._done) > MOST_REMEMBERED:
            del self._done[next(iter(self._done))]

    async def _step(self, plan: Plan) -> Ended | None:
        names = self._orders[plan.trade_id]
        step = next_step(plan, self._desk.of_trade(names), self._bid, self._desk.now())
        if isinstance(step, Order):
            await self._desk.place(step, plan.detector, _trade(plan) if not names else None)
            if step.id not in names:
                names.append(step.id)
        elif isinstance(step, Wait):
            await self._desk.wait(max(0.0, (step.until - self._desk.now()) / SECOND))
        else:
            await self._desk.finish_trade(plan.trade_id, step.status, step.held)
            return step
        return None

    def _bid(self, contract_id: ContractId) -> Price | None:
        return self._market(contract_id).bid


def _planned_leg(leg: Leg, market: Market) -> PlannedLeg:
    return PlannedLeg(
        contract_id=leg.contract_id,
        venue=leg.venue,
        market_id=leg.market_id,
        quoted=leg.quote.ask if leg.quote.ask is not None else leg.limit,
        limit=leg.limit,
        fees=leg.schedule,
        handling=market.handling,
        grid=market.grid,
    )


def _trade(plan: Plan) -> Trade:
    return Trade(
        id=plan.trade_id,
        account=plan.account,
        signal_id=plan.signal_id,
        detector=plan.detector,
        game_id=plan.game_id,
        league=plan.league,
        status="open",
        detail={"plan": msgspec.to_builtins(plan)},
        began_at=plan.began_at,
    )
