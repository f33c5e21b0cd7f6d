"""How orders go from one state to the next: what a report changes, and what it can no longer change.

How much an order has got is what was booked of it, fill by fill, and never what somebody says in a sum: an order whose
fills are not all here stays unsettled until they are.
"""

from collections.abc import Mapping

from app.domain.money import Size
from app.domain.orders import UNSETTLED, Order, OrderChange, Report, Standing, State
from app.domain.prices import Nanos

_ALIVE: frozenset[State] = frozenset({"open", "partly_filled", "filled", "cancelled", "rejected", "expired"})
NEXT: Mapping[State, frozenset[State]] = {
    "intent": frozenset({"sending", "cancelled", "rejected", "expired"}),
    "sending": _ALIVE | {"unknown"},
    "unknown": _ALIVE,
    "open": _ALIVE - {"rejected"},
    "partly_filled": _ALIVE - {"rejected"},
    # A fill that comes after its order was thought to be over is a fill all the same, and one may be undone.
    "filled": frozenset({"filled", "cancelled"}),
    "cancelled": frozenset({"cancelled", "filled"}),
    "rejected": frozenset({"cancelled", "filled"}),
    "expired": frozenset({"expired", "filled"}),
}


def advanced(standing: Standing, report: Report, booked: Size) -> OrderChange | None:
    """The change that a report makes, when so much of the order is booked; None when it says nothing new."""
    last = standing.last
    state = _settled_state(last.state, booked, standing.order.size)
    if last.state in UNSETTLED:
        said = _state(report, booked, standing.order.size)
        state = said if said in NEXT[last.state] else last.state
    ref = last.ref or report.ref
    if (state, booked, ref) == (last.state, last.filled, last.ref):
        return None
    return _next(last, state, report.at, booked, report.reason, ref)


def moved(standing: Standing, state: State, at: Nanos, reason: str = "", ref: str = "") -> OrderChange:
    """A change that we make ourselves."""
    return _next(standing.last, state, at, standing.last.filled, reason, ref or standing.last.ref)


def _next(last: OrderChange, state: State, at: Nanos, filled: Size, reason: str, ref: str) -> OrderChange:
    return OrderChange(
        order_id=last.order_id, number=last.number + 1, state=state, at=at, ref=ref, filled=filled, reason=reason
    )


def _state(report: Report, booked: Size, size: Size) -> State:
    """What was told, set right by what was booked."""
    if booked >= size:
        return "filled"
    are_missing = report.filled > booked or report.state == "filled"
    if are_missing or report.state in ("open", "partly_filled", "sending", "unknown"):
        return "partly_filled" if booked else "open"
    return "cancelled" if booked and report.state == "rejected" else report.state


def _settled_state(state: State, booked: Size, size: Size) -> State:
    if booked >= size:
        return "filled"
    return "cancelled" if state == "filled" or (state == "rejected" and booked) else state


def first_standing(order: Order, ref: str) -> Standing:
    """An order that is written down and about to be sent. `ref`: the venue's name for it, where that is known."""
    return Standing(order, OrderChange(order_id=order.id, number=1, state="sending", at=order.wanted_at, ref=ref))
