"""A venue says nothing any more: its sockets are silent, and its books cannot be asked for either."""

from functools import partial

from app.drills.leases import Lease
from app.drills.scenes import Scene
from app.drills.wire import Prices
from app.errors import DrillRefused

BOOKS = {"kalshi": "/orderbook", "polymarket": "/clob/book"}  # part of the paths at which books are asked for
LASTS = 2.0  # seconds, unless it is renewed
WHOLE = 0.9  # of what was fresh in games that are not over: markets pause
READY_WITHIN = 30.0  # seconds, for anything to be fresh


class Mute:
    """Safe: none of its contracts counts as fresh, and no signal with a leg there is sent."""

    def __init__(self, venue: str, scene: Scene) -> None:
        self._venue = venue
        self._scene = scene
        self._fresh: dict[str, set[str]] = {}  # contracts that were, by game
        self._safe_since = ""
        silence = {"match": venue, "on": "socket", "kind": "silence"}
        refusal = {"match": BOOKS[venue], "on": "http", "kind": "503"}
        self._lease = Lease([partial(self._plant, silence), partial(self._plant, refusal)], LASTS)

    async def prepare(self) -> str:
        for _ in range(round(READY_WITHIN)):
            self._fresh = {name: fresh for name, fresh in (await self._look()).items() if fresh}
            if self._fresh or self._scene.stopped.is_set():
                break
            await self._scene.pause(1.0)
        if not self._fresh:
            raise DrillRefused(f"no contract of {self._venue} is fresh, so there is nothing to mute")
        return f"{sum(map(len, self._fresh.values()))} contracts of {len(self._fresh)} games at {self._venue}"

    async def break_it(self) -> None:
        await self._lease.take()

    async def danger(self) -> str:
        if fresh := sum(map(len, (await self._look()).values())):
            return f"{fresh} contracts of {self._venue} count as fresh"
        if not self._safe_since:
            self._safe_since = self._scene.moment()
            return ""
        sent = await self._scene.sent_since(self._safe_since)
        wrong = [signal.id for signal in sent if any(leg.venue == self._venue for leg in signal.legs)]
        return f"signal {wrong[0]} was sent with a leg at {self._venue}" if wrong else ""

    async def mend(self) -> None:
        await self._lease.end()

    async def lacking(self) -> str:
        seen = [each for each in await self._scene.prices(list(self._fresh)) if each.game.is_open]
        before = set[str]().union(*(self._fresh[each.game.id] for each in seen))
        again = before & set[str]().union(*(self._fresh_of(each) for each in seen))
        return "" if len(again) >= WHOLE * len(before) else f"{len(again)} of {len(before)} contracts are fresh again"

    async def _look(self) -> dict[str, set[str]]:
        """The contracts of the venue that are fresh now, by game."""
        names = list(self._fresh) or [game.id for game in await self._scene.games()]
        return {each.game.id: self._fresh_of(each) for each in await self._scene.prices(names)}

    def _fresh_of(self, game: Prices) -> set[str]:
        return {one.contract_id for one in game.contracts if one.venue == self._venue and one.is_fresh}

    async def _plant(self, fault: dict[str, str], seconds: float) -> None:
        await self._scene.tell_sandbox("/faults", {**fault, "for_seconds": seconds})
