"""Somebody halts everything, with an order resting."""

import asyncio

from app.drills.desks import FAR_BELOW, Desk
from app.drills.scenes import Scene
from app.drills.wire import Halts, Orders
from app.errors import DrillRefused

REASON = "a drill of the kill switch, which resumes by itself"
ALL = {"scope": "all", "name": ""}
UNREST = ("open", "partly_filled")


class KillSwitch:
    """Safe: nothing rests in any account, and a new order is refused."""

    def __init__(self, scene: Scene) -> None:
        self._scene = scene
        self._desk = Desk(scene)
        self._contract_id = ""
        self._is_halted = False
        self._safe_since = ""

    async def prepare(self) -> str:
        standing = (await self._scene.get("/risk", Halts)).halts
        if standing:
            named = " ".join(word for word in (standing[0].scope, standing[0].name) if word)
            raise DrillRefused(f"{named} is halted already ({standing[0].reason}), and a drill must not resume that")
        await self._desk.begin()
        self._contract_id = (await self._desk.contract()).contract_id
        asked = await self._ask()
        if asked:
            raise DrillRefused(f"no order could be made to rest: {asked}")
        return f"everything; resting orders: {await self._resting()}"

    async def break_it(self) -> None:
        self._is_halted = True  # whether or not it is answered
        await self._scene.post("/risk/halt", {**ALL, "reason": REASON})

    async def danger(self) -> str:
        refused, resting = await asyncio.gather(self._ask(), self._resting())
        if not refused or resting:
            return f"{resting} orders rest" if refused else "a new order was taken"
        if not self._safe_since:
            self._safe_since = self._scene.moment()
            return ""
        sent = await self._scene.sent_since(self._safe_since)
        return f"signal {sent[0].id} was sent" if sent else ""

    async def mend(self) -> None:
        if self._is_halted and any(each.reason == REASON for each in (await self._scene.get("/risk", Halts)).halts):
            await self._scene.post("/risk/resume", ALL)
        await self._desk.clear()

    async def lacking(self) -> str:
        refused = await self._ask()
        if not refused:
            await self._desk.clear()
        return refused

    async def _ask(self) -> str:
        """Why an order that would rest is refused; empty: it was taken."""
        order = await self._desk.ask(self._contract_id, FAR_BELOW, "gtc")
        if isinstance(order, str):
            return order
        return order.reason or order.state if order.state in ("rejected", "expired") else ""

    async def _resting(self) -> int:
        pages = await asyncio.gather(*(self._scene.get("/orders", Orders, state=each, limit=1) for each in UNREST))
        return sum(page.total for page in pages)
