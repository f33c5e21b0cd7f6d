"""Orders of an account of paper money that only drills use."""

import secrets
from collections.abc import Iterator, Sequence

import msgspec

from app.drills.scenes import Scene, why_not
from app.drills.wire import AccountSeen, ContractSeen, OrderSeen, Prices
from app.errors import DrillRefused

ACCOUNT = "drills"
BALANCE = "100"  # dollars
SIZE = "5"  # contracts: what every venue takes
DEAREST = 0.8  # dollars
FAR_BELOW = "0.01"  # dollars: rests for long
SEATED_WITHIN = 30.0  # seconds


class Desk:
    """What a person could do, too: an account, and orders for it."""

    def __init__(self, scene: Scene) -> None:
        self._scene = scene
        self._is_open = False

    async def begin(self) -> None:
        """The account is there, with its money and nothing else. Raises DrillRefused."""
        body = {"id": ACCOUNT, "kind": "paper", "note": "Orders of drills.", "deposit": BALANCE}
        opened = await self._scene.send("/accounts", body)
        if opened.status_code not in (201, 409):
            raise DrillRefused(f"the account of drills cannot be opened: {why_not(opened)}")
        self._is_open = True
        for _ in range(round(SEATED_WITHIN)):
            if (await self._scene.get(f"/accounts/{ACCOUNT}", AccountSeen)).holder:
                return await self.clear()
            await self._scene.pause(1.0)
        raise DrillRefused("nobody trades for the account of drills")

    async def clear(self) -> None:
        """Nothing rests and nothing is held; the account stands at its money."""
        if self._is_open:
            await self._scene.post(f"/accounts/{ACCOUNT}/reset", {"balance": BALANCE})

    async def contract(self) -> ContractSeen:
        """One that can be bought now, rather of a game that is not played yet. Raises DrillRefused."""
        games = sorted(await self._scene.games(), key=lambda game: game.status == "live")
        prices = await self._scene.prices([game.id for game in games])
        found = next(_buyable(prices), None)
        if found is None:
            raise DrillRefused("no contract can be bought now")
        return found

    async def ask(self, contract_id: str, limit: str, time_in_force: str, key: str = "") -> OrderSeen | str:
        """The order as it stands after at most a second; why not, where it was refused. Raises DrillRefused."""
        body = {"account": ACCOUNT, "contract_id": contract_id, "side": "buy", "limit": limit, "size": SIZE}
        answer = await self._scene.send(
            "/orders", {**body, "time_in_force": time_in_force}, key or secrets.token_hex(8)
        )
        if answer.status_code == 201:
            return msgspec.json.decode(answer.content, type=OrderSeen)
        if answer.status_code == 202:
            raise DrillRefused("nobody has taken up the order within a second")
        return why_not(answer)

    async def order(self, name: str) -> OrderSeen:
        """As it stands."""
        return await self._scene.get(f"/orders/{name}", OrderSeen)


def _buyable(prices: Sequence[Prices]) -> Iterator[ContractSeen]:
    for contract in (contract for game in prices for contract in game.contracts):
        quote = contract.quote
        if quote is None or not contract.is_fresh or contract.verdict != "tradable":
            continue
        bid, ask, size = (float(text or 0) for text in (quote.bid, quote.ask, quote.ask_size))
        if 2 * float(FAR_BELOW) < bid < ask <= DEAREST and size >= float(SIZE):
            yield contract
