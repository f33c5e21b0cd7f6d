"""Accounts that hold something: bought over the real ledger, as an executor would."""

from datetime import timedelta

import msgspec

from app.clock import nanos_of
from app.domain.games import GameId
from app.domain.leagues import LeagueCode
from app.domain.markets import ContractId, MarketId, VenueId
from app.domain.money import Money, Price, Size, money
from app.domain.orders import AccountId, OrderId, TradeId
from app.domain.positions import Position, Settlement
from app.domain.prices import Nanos
from app.domain.signals import Detector
from app.history.accounts import Seat
from app.history.ledger import Ledger
from app.history.orders import Journal
from tests.app.history.trading import CENT, CONTRACTS, asked, change, fill, order, seated
from tests.workers.shards import HOME_MARKET, LIVE_GAME, YES
from tests.workers.worlds import World

MODEL, ARBITRAGE = AccountId("model"), AccountId("arbitrage")
NOBODYS_FEE = Money(0)


class Owner:
    """One account of paper money, with a thousand dollars."""

    def __init__(self, world: World, account: AccountId, seat: Seat) -> None:
        self.account = account
        self.ledger = Ledger(world.resources.history, "real")
        self._world = world
        self.seat = seat
        self._journal = Journal(world.resources.history, "real")
        self._number = 0

    async def deal(self, side: str = "buy", contracts: int = 100, cents: int = 50, **more: object) -> Position | None:
        """A minute ago, of San Diego to win unless said otherwise."""
        self._number += 1
        number, at = self._number, Nanos(nanos_of(self._world.now - timedelta(minutes=1)) + self._number)
        detector: Detector | None = more.pop("detector", "fair_value")  # type: ignore[assignment]
        its = {
            "id": OrderId(f"{self.account}-{number}"),
            "account": self.account,
            "venue": VenueId("kalshi"),
            "market_id": MarketId(HOME_MARKET),
            "contract_id": ContractId(YES),
            "game_id": GameId(LIVE_GAME.id),
            "league": LeagueCode("mlb"),
            "size": Size(contracts * CONTRACTS),
            "limit": Price(cents * CENT),
            "trade_id": TradeId(f"{self.account}-t"),
            "wanted_at": at,
        }
        wanted = order(number, side, **(its | more))  # type: ignore[arg-type]
        await self._journal.intend(self.seat, msgspec.structs.replace(asked(), order=wanted))
        got = fill(number, 1, cents, contracts, order_id=wanted.id, fee=NOBODYS_FEE, venue_time=at, received_at=at)
        got = msgspec.structs.replace(got, id=f"{self.account}-{got.id}")
        filled = msgspec.structs.replace(change(2, "filled", 1, contracts), order_id=wanted.id, at=at)
        return await self.ledger.book(self.seat, wanted, got, filled, detector)

    async def settle(self, pays: int = 10_000, contract_id: str = YES) -> Position | None:
        at = nanos_of(self._world.now)
        name = ContractId(contract_id)
        paid = Settlement(account=self.account, contract_id=name, pays=Price(pays), size=Size(0), at=at)
        return await self.ledger.settle(self.seat, paid)


async def owner(world: World, account: AccountId = MODEL) -> Owner:
    owner = Owner(world, account, await seated(world.resources.history, account))
    await owner.ledger.deposit(account, money("1000"), "tests", f"first-{account}", world.now)
    return owner
