"""What a position is worth now, as followers of the channel `positions` are told of it."""

from datetime import datetime

import msgspec
from msgspec.structs import asdict

from app.clock import moment_of
from app.domain.money import Money, Price, money_text, price_text
from app.domain.positions import Position
from app.domain.prices import Nanos
from app.hot.trading_shown import PositionShown, position_shown


class PositionMarked(PositionShown, frozen=True, kw_only=True):
    """A position with what it is worth. `marked_by`: "bid"; "last", of a bid that is gone or in doubt; "expected", by
    the score and the rules of a game that is over; "cost", nobody has bid yet."""

    mark: str
    marked_by: str
    value: str
    unrealised: str
    marked_at: datetime


def position_marked(
    position: Position, price: Price, marked_by: str, value: Money, at: Nanos, *, is_simulated: bool
) -> PositionMarked:
    """A position at a price."""
    told = {
        "mark": price_text(price),
        "marked_by": marked_by,
        "value": money_text(value),
        "unrealised": money_text(Money(value - position.cost)),
        "marked_at": moment_of(at),
    }
    return msgspec.convert({**asdict(position_shown(position, is_simulated=is_simulated)), **told}, PositionMarked)
