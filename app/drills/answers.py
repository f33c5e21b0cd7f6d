"""A venue takes an order, and its answer is lost."""

import secrets
from decimal import Decimal

from app.drills.desks import ACCOUNT, SIZE, Desk
from app.drills.scenes import Scene
from app.drills.wire import Orders, OrderSeen, Positions
from app.errors import DrillRefused

UNKNOWN = ("intent", "sending", "unknown")


class LostAnswer:
    """Safe: it is known how the order stands, it is there once although it was asked for twice, and what is held is
    what it got."""

    def __init__(self, scene: Scene) -> None:
        self._scene = scene
        self._desk = Desk(scene)
        self._contract_id = ""
        self._orders = 0  # of the account, before
        self._name = ""

    async def prepare(self) -> str:
        await self._desk.begin()
        self._orders = await self._count()
        await self._scene.means.lose_answer(ACCOUNT)
        return f"an order of {SIZE} on paper"

    async def break_it(self) -> None:
        """Asked for twice under one key, as whoever has heard nothing would."""
        contract = await self._desk.contract()
        self._contract_id, key = contract.contract_id, f"drill-{secrets.token_hex(8)}"
        for _ in range(2):
            order = await self._desk.ask(self._contract_id, contract.dearest, "ioc", key)
            if isinstance(order, str):
                raise DrillRefused(f"the order was refused: {order}")
            self._name = order.id

    async def danger(self) -> str:
        order = await self._desk.order(self._name)
        if all(change.state != "unknown" for change in order.changes):
            return f"no answer was lost: the order is {order.state} {order.reason}".rstrip()
        if order.state in UNKNOWN:
            return f"the order is {order.state}"
        return await self._doubled(order)

    async def mend(self) -> None:
        await self._desk.clear()

    async def lacking(self) -> str:
        return ""

    async def _doubled(self, order: OrderSeen) -> str:
        made = await self._count() - self._orders
        if made != 1:
            return f"{made} orders were made of one wish"
        positions = await self._scene.get("/positions", Positions, account=ACCOUNT)
        held = sum(Decimal(each.size) for each in positions.items if each.contract_id == self._contract_id)
        told = sum(Decimal(fill.size) for fill in order.fills)
        if not told == Decimal(order.filled) == held:
            return f"{order.filled} were filled, the fills say {told}, and {held} are held"
        return ""

    async def _count(self) -> int:
        return (await self._scene.get("/orders", Orders, account=ACCOUNT, limit=1)).total
