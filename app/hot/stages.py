"""Moments of orders that nothing else notes: when one was sent, when its first fill was durable, when it was told."""

from collections.abc import Mapping, Sequence

import msgspec

from app.domain.orders import OrderId
from app.domain.parsing import NOT_READABLE
from app.domain.prices import Nanos
from app.hot.keys import STAGES_LIFETIME, stages_key
from app.hot.shelves import Keeper, milliseconds


class OrderStages(msgspec.Struct, frozen=True):
    """Of one order and its first fill."""

    sent_at: Nanos
    booked_at: Nanos
    told_at: Nanos


_ENCODER = msgspec.json.Encoder()
_DECODER = msgspec.json.Decoder(OrderStages)


class Stages(Keeper):
    """Written by the executor, after the fact."""

    async def note_stages(self, order_id: OrderId, stages: OrderStages) -> None:
        """Of an order that is noted already the first word stays."""
        words = ("SET", stages_key(order_id), _ENCODER.encode(stages), "NX", "PX", milliseconds(STAGES_LIFETIME))
        await self._door.transact(words)

    async def stages_of(self, orders: Sequence[OrderId]) -> Mapping[OrderId, OrderStages]:
        """Those that are remembered."""
        found = await self._door.values([stages_key(order) for order in orders])
        read = ((order, _read(body)) for order, body in zip(orders, found, strict=True))
        return {order: stages for order, stages in read if stages is not None}


def _read(body: bytes | None) -> OrderStages | None:
    try:
        return None if body is None else _DECODER.decode(body)
    except NOT_READABLE:
        return None
