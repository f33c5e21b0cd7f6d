"""What a booking changes, and how it is sent: the statement, its values, and what the account holds after it."""

from typing import NamedTuple

from app.clock import moment_of
from app.domain.folds import Dealings, dealt
from app.domain.ledgers import PostingKind
from app.domain.money import Money
from app.domain.orders import Fill, FillId, Order, OrderChange
from app.domain.positions import Position, Settlement
from app.domain.postings import moved
from app.domain.prices import Nanos
from app.domain.signals import Detector
from app.history.bookings import CONFIRM, NEVER_COUNTED, SETTLE, book_fill, undo_fill
from app.history.holdings import Held
from app.history.orders import change_sent
from app.history.parameters import Statement
from app.history.upserts import storable

Values = dict[str, object]


class Booking(NamedTuple):
    """What is to be written, and what is so once it is."""

    statement: Statement
    values: Values
    after: Held
    cash: Money = Money(0)  # that comes in
    moves: bool = True  # False: the position stays as it is


def hear_fill(
    held: Held, order: Order, fill: Fill, change: OrderChange | None, detector: Detector | None
) -> Booking | None:
    """A fill that is told, perhaps again; None: nothing comes of it."""
    at = fill.received_at if change is None else change.at
    if fill.stage == "undone":
        return take_out(held, order, fill.id, at) or _keep_out(held, order, fill, at)
    if held.dealings.knows(fill.id):
        return _confirm(held, order, fill)
    after = _with_fill(held, order, fill, at, detector)
    values = _fill_sent(order, fill, at)
    values |= _posting_sent("fill", fill.id, at)
    if change is not None:
        values |= change_sent(change)
    statement = book_fill(held.position is None, change is not None, held.dealings.pays is not None)
    return _booking(statement, values, held, after)


def take_out(held: Held, order: Order, fill_id: FillId, at: Nanos) -> Booking | None:
    """A fill that its venue takes back; None: it does not count."""
    if held.position is None or fill_id not in held.dealings.ids:
        return None
    dealings = held.dealings.without(fill_id)
    after = Held(dealings, _moved_to(held.position, dealings, at), held.provisional - {fill_id})
    values = {"fill_id": fill_id, "order_id": order.id, **_posting_sent("undo", fill_id, at)}
    return _booking(undo_fill(held.dealings.pays is not None), values, held, after)


def pay_out(held: Held, settlement: Settlement) -> Booking | None:
    """A contract that its venue turns to cash; None: the account never had it, or that is done."""
    if held.position is None or held.dealings.pays is not None:
        return None
    dealings = held.dealings.paid_out(settlement.pays)
    after = Held(dealings, _moved_to(held.position, dealings, settlement.at), held.provisional)
    values = {
        "pays": settlement.pays,
        "expected": settlement.expected,
        "source": storable(settlement.source),
        "settled_at": moment_of(settlement.at),
        **_posting_sent("settlement", f"{settlement.account}:{settlement.contract_id}", settlement.at),
    }
    return _booking(SETTLE, values, held, after)


def _booking(statement: Statement, values: Values, before: Held, after: Held) -> Booking:
    values |= _difference_sent(before, after)
    return Booking(statement, values, after, Money(after.dealings.holding.cash - before.dealings.holding.cash))


def _keep_out(held: Held, order: Order, fill: Fill, at: Nanos) -> Booking | None:
    if held.dealings.knows(fill.id):
        return None
    after = Held(held.dealings.without(fill.id), held.position, held.provisional)
    return Booking(NEVER_COUNTED, _fill_sent(order, fill, at), after, moves=False)


def _confirm(held: Held, order: Order, fill: Fill) -> Booking | None:
    if fill.stage != "confirmed" or fill.id not in held.provisional:
        return None
    after = Held(held.dealings, held.position, held.provisional - {fill.id})
    return Booking(CONFIRM, {"fill_id": fill.id, "account": order.account}, after, moves=False)


def _with_fill(held: Held, order: Order, fill: Fill, at: Nanos, detector: Detector | None) -> Held:
    """And this fill. A position that held nothing before is opened by it anew."""
    dealings = held.dealings.with_fill(dealt(fill, order.side))
    before, opens = held.position, dealings.holding.size > 0
    if before is None or (opens and before.size <= 0):
        version = 0 if before is None else before.version
        before = _opened(order, detector, Nanos(fill.venue_time // 1_000 * 1_000), version)
    provisional = held.provisional | {fill.id} if fill.stage == "provisional" else held.provisional
    return Held(dealings, _moved_to(before, dealings, at), provisional)


def _moved_to(before: Position, dealings: Dealings, at: Nanos) -> Position:
    """The position as the dealings leave it, in microseconds."""
    holding, moment = dealings.holding, Nanos(at // 1_000 * 1_000)
    return Position(
        account=before.account,
        contract_id=before.contract_id,
        venue=before.venue,
        market_id=before.market_id,
        game_id=before.game_id,
        league=before.league,
        size=holding.size,
        cost=holding.cost,
        fees=holding.fees,
        realised=holding.realised,
        trade_id=before.trade_id,
        detector=before.detector,
        opened_at=before.opened_at,
        changed_at=moment,
        closed_at=Nanos(0) if holding.size else before.closed_at or moment,
        version=before.version + 1,
    )


def _fill_sent(order: Order, fill: Fill, at: Nanos) -> Values:
    """The columns of `fills`."""
    return {
        "fill_id": fill.id,
        "order_id": order.id,
        "account": order.account,
        "venue": order.venue,
        "market_id": order.market_id,
        "contract_id": order.contract_id,
        "game_id": order.game_id,
        "league": order.league,
        "side": order.side,
        "fill_price": fill.price,
        "fill_size": fill.size,
        "fill_fee": fill.fee,
        "is_maker": fill.is_maker,
        "stage": fill.stage,
        "venue_time": moment_of(fill.venue_time),
        "received_at": moment_of(fill.received_at),
        "booked_at": moment_of(at),
    }


def _difference_sent(before: Held, after: Held) -> Values:
    """The position after, and what goes into each book."""
    position = after.position
    assert position is not None  # what is booked leaves one
    books = moved(before.dealings.holding, after.dealings.holding)
    return {
        "account": position.account,
        "contract_id": position.contract_id,
        "venue": position.venue,
        "market_id": position.market_id,
        "game_id": position.game_id,
        "league": position.league,
        "size": position.size,
        "cost": position.cost,
        "fees": position.fees,
        "realised": position.realised,
        "trade_id": position.trade_id,
        "detector": position.detector,
        "opened_at": moment_of(position.opened_at),
        "changed_at": moment_of(position.changed_at),
        "closed_at": moment_of(position.closed_at) if position.closed_at else None,
        "version": position.version,
        "settled_size": after.dealings.unsettled.size,
        **{f"to_{book}": amount for book, amount in books.items()},
    }


def _posting_sent(kind: PostingKind, subject: str, at: Nanos) -> Values:
    """What happened to money, named by its cause."""
    return {"posting_id": f"{kind}:{subject}", "posting_kind": kind, "posted_at": moment_of(at), "note": ""}


def _opened(order: Order, detector: Detector | None, at: Nanos, version: int) -> Position:
    return Position(
        account=order.account,
        contract_id=order.contract_id,
        venue=order.venue,
        market_id=order.market_id,
        game_id=order.game_id,
        league=order.league,
        trade_id=order.trade_id,
        detector=detector,
        opened_at=at,
        changed_at=at,
        version=version,
    )
