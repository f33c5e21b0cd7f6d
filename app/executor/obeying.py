"""What people and other workers ask of an account: each instruction is carried out once, whoever began it."""

import hashlib
from collections.abc import Callable
from typing import NamedTuple

import msgspec

from app.clock import moment_of
from app.domain.fees import FeeSchedule
from app.domain.games import GameId
from app.domain.instructions import (
    BODIES,
    CancelWanted,
    CloseWanted,
    Instruction,
    InstructionState,
    LoseAnswerWanted,
    OrderWanted,
    ResetWanted,
    SettleWanted,
)
from app.domain.leagues import LeagueCode
from app.domain.markets import ContractId, MarketId, VenueId
from app.domain.money import Money, Price, Size
from app.domain.orders import AccountId, AccountKind, Order, OrderId, Purpose, Side, Standing, TradeId
from app.domain.positions import Position, Settlement
from app.domain.prices import SECOND, Nanos
from app.errors import CrosscourtError, OrderError
from app.executor.desks import Desk
from app.executor.trading import Market

SENT_WITHIN = 5 * SECOND
SLIP = Price(200)  # below the best bid, of a position that is closed at what is paid now

_STATES: dict[str, InstructionState] = {"rejected": "refused", "expired": "refused"}


class Facts(NamedTuple):
    """What a contract is."""

    venue: VenueId
    market_id: MarketId
    game_id: GameId
    league: LeagueCode
    fees: FeeSchedule


class Done(NamedTuple):
    """What became of an instruction."""

    state: InstructionState
    outcome: str
    order_id: OrderId | None = None


class Obeying:
    """The instructions of one account. `facts`: of a contract, None of one that nobody follows; `market`: as of
    `Trading`; `refusal`: why somebody may not buy this now, or None; `begin_anew`: hears that the account has;
    `lose_answer`: hears that the answer to its next order is to be lost."""

    def __init__(
        self,
        desk: Desk,
        kind: AccountKind,
        facts: Callable[[ContractId], Facts | None],
        market: Callable[[ContractId], Market],
        refusal: Callable[[Order], str | None],
        begin_anew: Callable[[AccountId], object],
        lose_answer: Callable[[AccountId], object],
    ) -> None:
        self._desk = desk
        self._kind = kind
        self._facts = facts
        self._market = market
        self._refusal = refusal
        self._begin_anew = begin_anew
        self._lose_answer = lose_answer

    async def obey(self, wanted: Instruction) -> Done:
        """Do it, or say why not. Raises HistoryUnavailable, Superseded: it waits for another turn."""
        if moment_of(self._desk.now()) > wanted.expires_at and wanted.state == "waiting":
            return Done("expired", "nobody could do it in time")
        try:
            body = msgspec.convert(wanted.body, BODIES[wanted.kind])
        except msgspec.ValidationError as error:
            return Done("refused", f"it cannot be read: {error}")
        match body:
            case OrderWanted():
                return await self._order(wanted, body)
            case CancelWanted():
                return await self._cancel(body)
            case CloseWanted():
                return await self._close(wanted, body)
            case SettleWanted():
                return await self._settle(body)
            case ResetWanted():
                return await self._reset(wanted, body)
            case LoseAnswerWanted():
                return self._lose()

    async def _order(self, wanted: Instruction, body: OrderWanted) -> Done:
        facts = self._facts(ContractId(body.contract_id))
        if facts is None:
            return Done("refused", f"nobody follows {body.contract_id} now")
        order = self._made(wanted, body.contract_id, facts, body.side, body.limit, body.size, "manual", "manual")
        order = msgspec.structs.replace(
            order,
            time_in_force=body.time_in_force,
            is_post_only=body.is_post_only,
            expires_at=Nanos(body.expires_at),
        )
        reason = self._refusal(order) if body.side == "buy" else self._lacking(order)
        return Done("refused", reason) if reason else await self._place(order)

    async def _cancel(self, body: CancelWanted) -> Done:
        name = OrderId(body.order_id)
        if self._desk.standing(name) is None:
            return Done("refused", f"{name} is no order of this account that could be taken back")
        try:
            standing = await self._desk.cancel(name, "taken back")
        except OrderError as error:
            return Done("refused", str(error), name)
        return Done("done", standing.last.state, name)

    async def _close(self, wanted: Instruction, body: CloseWanted) -> Done:
        contract_id = ContractId(body.contract_id)
        position = self._desk.ledger.positions(self._desk.account).get(contract_id)
        if position is None or not position.size:
            return Done("refused", "nothing is held of it")
        if body.version and body.version != position.version:
            return Done("refused", "the position has changed since")
        free = position.size - self._being_sold(contract_id)
        size = min(free, body.size) if body.size is not None else free
        limit = body.limit if body.limit is not None else self._limit(contract_id)
        if size <= 0 or limit is None:
            return Done("refused", "all of it is being sold already" if size <= 0 else "nobody bids for it")
        facts = self._facts_of(position)
        purpose: Purpose = "manual" if body.rule == "manual" else "exit"
        order = self._made(wanted, contract_id, facts, "sell", limit, size, purpose, body.rule)
        bid = self._market(contract_id).bid  # what is counted with: how far below it was sold is slippage
        return await self._place(order if bid is None else msgspec.structs.replace(order, quoted=bid))

    async def _settle(self, body: SettleWanted) -> Done:
        contract_id = ContractId(body.contract_id)
        position = self._desk.ledger.positions(self._desk.account).get(contract_id)
        if position is None or not position.size:
            return Done("done", "nothing is held of it")
        settlement = Settlement(
            account=self._desk.account,
            contract_id=contract_id,
            pays=Price(body.pays),
            size=position.size,
            at=self._desk.now(),
            expected=None if body.expected is None else Price(body.expected),
            source=body.source,
        )
        await self._desk.settle(settlement)
        return Done("done", f"paid {body.pays / 10_000:.4f} for each of {position.size / 1_000_000:g}")

    async def _reset(self, wanted: Instruction, body: ResetWanted) -> Done:
        if self._kind != "paper":
            return Done("refused", "only accounts of paper money begin anew")
        for standing in self._desk.unsettled:
            try:
                await self._desk.cancel(standing.order.id, "the account begins anew")
            except CrosscourtError as error:
                return Done("refused", f"{standing.order.id} could not be taken back: {error}")
        at = moment_of(self._desk.now())
        await self._desk.ledger.reset(self._desk.seat, Money(body.balance), wanted.asked_by, wanted.id, at)
        self._begin_anew(self._desk.account)
        return Done("done", "begun anew")

    def _lose(self) -> Done:
        if self._kind != "paper":
            return Done("refused", "only answers to orders on paper are lost on purpose")
        self._lose_answer(self._desk.account)
        return Done("done", "the answer to the next order is lost")

    async def _place(self, order: Order) -> Done:
        standing: Standing = await self._desk.place(order)
        last = standing.last
        return Done(_STATES.get(last.state, "done"), last.reason or last.state, order.id)

    def _made(
        self,
        wanted: Instruction,
        contract_id: str,
        facts: Facts,
        side: Side,
        limit: int,
        size: int,
        purpose: Purpose,
        rule: str,
    ) -> Order:
        now = self._desk.now()
        return Order(
            id=order_id_of(wanted),
            account=self._desk.account,
            kind=self._kind,
            venue=facts.venue,
            market_id=facts.market_id,
            contract_id=ContractId(contract_id),
            game_id=facts.game_id,
            league=facts.league,
            side=side,
            limit=Price(limit),
            size=Size(size),
            time_in_force="ioc",
            purpose=purpose,
            trade_id=TradeId(order_id_of(wanted)),
            rule=rule,
            quoted=Price(limit),
            fees=facts.fees,
            wanted_at=now,
            send_before=Nanos(now + SENT_WITHIN),
        )

    def _lacking(self, order: Order) -> str | None:
        position = self._desk.ledger.positions(self._desk.account).get(order.contract_id)
        held = position.size if position is not None else 0
        free = held - self._being_sold(order.contract_id)
        return None if order.size <= free else f"only {max(free, 0) / 1_000_000:g} of it can be sold"

    def _being_sold(self, contract_id: ContractId) -> int:
        selling = (each for each in self._desk.unsettled if each.order.side == "sell")
        return sum(each.left for each in selling if each.order.contract_id == contract_id)

    def _limit(self, contract_id: ContractId) -> int | None:
        market = self._market(contract_id)
        if market.bid is None:
            return None
        least = max(market.bid - SLIP, market.grid.unit)
        return next((price for price in range(least, market.bid + 1) if market.grid.holds(price)), market.bid)

    def _facts_of(self, position: Position) -> Facts:
        known = self._facts(position.contract_id)
        fees = known.fees if known is not None else self._desk.fees_of(position.contract_id)
        return Facts(position.venue, position.market_id, position.game_id, position.league, fees)


def order_id_of(wanted: Instruction) -> OrderId:
    """The order of an instruction: always the same one, and no longer than venues take."""
    return OrderId(f"i-{hashlib.sha256(wanted.id.encode()).hexdigest()[:32]}")
