"""What somebody has bought of a tied game and of one that is put off, at both venues, and how they are paid."""

import time
from decimal import Decimal
from typing import NamedTuple

import httpx

from app.sandbox.simulations import Simulation
from app.sandbox.stagings import name_of
from tests.platform.evenings import EVERY, Evening
from tests.platform.planned_books import Pair
from tests.platform.platforms import Json, Platform, eventually

SEED, GAMES, SPEED = 11, 31, 100  # the last of them is the first of the NFL that is still to come
TIED, PUT_OFF = "nfl:WSH@JAX", "nba:LAC@LAL"
ENDS: dict[str, Json] = {TIED: {"final": {"home": 20, "away": 20}}, PUT_OFF: {"status": "postponed"}}
ENDED = "filled", "cancelled", "rejected", "expired"
VENUES = "kalshi", "polymarket"
SIZE, PRICE = Decimal(20), Decimal("0.52")
PAID_WITHIN = 300.0  # seconds: Polymarket waits two hours of the game, and is asked once a minute by then


class Stake(NamedTuple):
    """What was bought of the home side of a game at one venue; `pays`: what its venue says it does."""

    path: str
    before: Json
    after: Json
    pays: Decimal


class Stakes:
    """Bought on a running platform, and paid out by its venues."""

    def __init__(self, up: Platform, sandbox: httpx.Client) -> None:
        self.up, self.sandbox = up, sandbox
        self.evening = Evening(up)
        slate = Simulation(SEED, SPEED, games=GAMES).slate
        self._games = {name: next(one for one in slate.contests if name_of(one) == name) for name in ENDS}
        self._told = {game["game"]: game for game in sandbox.get("/games").json()["games"]}
        self._bought: dict[tuple[str, str], Json] = {}
        self._ended_at = 0.0

    def buy(self) -> None:
        self._tell([ladders.entry(name, 0, None) for name in ENDS for ladders in Pair(self._games[name]).calm()])
        for game in ENDS:
            for venue in VENUES:
                contract_id = eventually(lambda game=game, venue=venue: self._contract(game, venue))
                assert eventually(lambda contract_id=contract_id: self._is_bought(contract_id)), contract_id
                path = f"/positions/manual:{contract_id}"
                rules = {"exit_rules": {"stop": None}}  # a void game's book may fall as it likes
                assert self.up.http.put(f"{path}/exits", json=rules, headers=self.up.key).status_code == 200
                self._bought[game, venue] = self.up.get(path)

    def end(self) -> None:
        self._tell([{"at": 0, "game": game, **end} for game, end in ENDS.items()])
        self._ended_at = time.monotonic()

    def paid(self, game: str, venue: str) -> Stake:
        """Once it is, with a look at every account's books each time that it is not yet."""
        before = self._bought[game, venue]
        path = f"/positions/{before['id']}"

        def is_paid() -> bool:
            self.evening.look()
            time.sleep(EVERY)
            return self.up.get(path)["closed_at"] is not None

        assert eventually(is_paid, PAID_WITHIN), self.up.get(path)
        print(f"{game} at {venue}: booked {time.monotonic() - self._ended_at:.0f} s after the end")
        return Stake(path, before, self.up.get(path), self._pays(game, venue))

    def _contract(self, game: str, venue: str) -> str | None:
        told = self._told[game]
        home = self._games[game].home
        market = told[venue]["moneyline" if venue == "polymarket" else f"GAME-{home.kalshi_code}"]
        links = self.up.get(f"/games/{told['id']}/links")["links"]
        of_home = (one for one in links if one["market_id"] == market and one["outcome"] in ("Yes", home.nickname))
        return next((one["contract_id"] for one in of_home), None)

    def _is_bought(self, contract_id: str) -> bool:
        wish = {"contract_id": contract_id, "side": "buy", "limit": str(PRICE), "size": str(SIZE)}
        answer = self.up.http.post("/orders", json=wish, headers={**self.up.key, "Idempotency-Key": str(time.time())})
        if answer.status_code != 201:
            return False
        path = f"/orders/{answer.json()['id']}"
        eventually(lambda: self.up.get(path)["state"] in ENDED)
        return bool(self.up.get(path)["state"] == "filled")

    def _pays(self, game: str, venue: str) -> Decimal:
        told, home = self._told[game][venue], self._games[game].home
        if venue == "polymarket":
            market = self.sandbox.get(f"/clob/markets/{told['moneyline']}").json()
            return Decimal("0.5") if market["is_50_50_outcome"] else Decimal(-1)
        tickers = {"tickers": told[f"GAME-{home.kalshi_code}"]}
        market = self.sandbox.get("/kalshi/trade-api/v2/markets", params=tickers).json()["markets"][0]
        return Decimal(market["settlement_value_dollars"])

    def _tell(self, entries: list[Json]) -> None:
        assert self.sandbox.post("/plan", json=entries).status_code == 200
