"""A market trades as if its outcomes had changed places: so does one whose link is the wrong way round."""

from typing import NamedTuple

from app.drills.leases import Lease
from app.drills.scenes import Scene
from app.drills.wire import LadderSeen, Links, Positions, Prices
from app.errors import DrillRefused

VENUE, OTHER = "polymarket", "kalshi"
WINNER = ("moneyline", "game")
CLEAR = {"scheduled": 0.18, "live": 0.33}  # from even: less tells nothing, and prices move
LONGEST = 0.45  # so far from even markets are about to end
LASTS = 30.0  # seconds, unless it is renewed: each time all books are looked at anew
NOTE = "its links come back by themselves when prices have agreed for ten minutes"


class Market(NamedTuple):
    """A winner's market that can be turned round. `chance`: of its first outcome."""

    game_id: str
    market_id: str
    chance: float


class WrongLink:
    """Safe: every link of the market is rejected, and no signal with it was sent."""

    def __init__(self, scene: Scene) -> None:
        self._scene = scene
        self._market: Market | None = None
        self._since = ""
        self._lease = Lease([self._turn], LASTS)

    async def prepare(self) -> str:
        self._market = await self._find()
        chance = self._market.chance
        told = f"{VENUE}'s market {self._market.market_id[:14]} of game {self._market.game_id}"
        return f"{told} at {1 - chance:.2f} in place of {chance:.2f}; {NOTE}"

    async def break_it(self) -> None:
        self._since = self._scene.moment()
        await self._lease.take()

    async def danger(self) -> str:
        assert self._market is not None  # it was found
        sent = await self._scene.sent_since(self._since, game=self._market.game_id)
        wrong = [one.id for one in sent if any(leg.market_id == self._market.market_id for leg in one.legs)]
        if wrong:
            return f"signal {wrong[0]} was sent with the market that is turned round"
        links = (await self._scene.get(f"/games/{self._market.game_id}/links", Links)).links
        left = {link.verdict for link in links if link.market_id == self._market.market_id} - {"rejected"}
        return f"its links are {' and '.join(sorted(left))}" if left else ""

    async def mend(self) -> None:
        await self._lease.end()

    async def lacking(self) -> str:
        return ""

    async def _turn(self, seconds: float) -> None:
        assert self._market is not None  # it was found
        price = f"{1 - self._market.chance:.2f}"
        entry = {"at": 0, "for_seconds": seconds, "market": self._market.market_id, "price": price}
        await self._scene.tell_sandbox("/plan", [entry])

    async def _find(self) -> Market:
        """Of a game in which nobody holds anything: prices that are made up must not sell it."""
        held = {each.game_id for each in (await self._scene.get("/positions", Positions, held="true", limit=500)).items}
        games = [game for game in await self._scene.games() if game.id not in held]
        quiet = sorted(games, key=lambda game: game.start, reverse=True)
        for game in await self._scene.prices([game.id for game in quiet]):
            if (market_id := turnable(game)) and (found := await self._clear(game, market_id)):
                return found
        raise DrillRefused("no winner's market at both venues is far enough from even, in a game where nothing is held")

    async def _clear(self, game: Prices, market_id: str) -> Market | None:
        ladder = await self._scene.ask_sandbox(f"/ladders/{VENUE}/{market_id}", LadderSeen)
        if not ladder.bids or not ladder.asks:
            return None
        chance = (float(ladder.bids[0][0]) + float(ladder.asks[0][0])) / 2
        far = CLEAR.get(game.game.status, 1.0) <= abs(chance - 0.5) <= LONGEST
        return Market(game.game.id, market_id, chance) if far else None


def turnable(game: Prices) -> str:
    """The winner's market of a game of two ways, where both venues have one that is tradable; empty: it has none."""
    said = [each for each in game.propositions if (each.proposition.kind, each.proposition.period) == WINNER]
    contracts = [one for each in said for one in each.contracts if one.verdict == "tradable" and one.is_fresh]
    markets = [one.market_id for one in contracts if one.venue == VENUE and one.market_id]
    return markets[0] if markets and any(one.venue == OTHER for one in contracts) else ""
