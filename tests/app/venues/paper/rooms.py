"""A paper venue over the books of a real trading core, at a moment that the test moves."""

import asyncio
from collections.abc import Sequence

import msgspec

from app.domain.fees import FeeSchedule
from app.domain.games import GameId
from app.domain.inputs import Doubted, Dropped, Traded
from app.domain.leagues import LeagueCode
from app.domain.markets import ContractId, Handling, MarketId, VenueId
from app.domain.money import Money, Price, Size, price, size
from app.domain.orders import AccountId, Fill, Order, OrderChange, OrderId, Report, Standing, State, TradeId
from app.domain.prices import CENT_GRID, MILLISECOND, SECOND, Doubt, Grid, Ladder, Nanos, book_id, mirrored_levels
from app.settings import PaperSettings
from app.venues.paper import PaperGateway, Purse
from tests.app.pipeline.cores import KALSHI_FEES, POLYMARKET_FEES, Core, a_game, links_of, winner

ACCOUNT = AccountId("manual")
DOLLAR = 1_000_000
FEES = {"kalshi": KALSHI_FEES, "polymarket": POLYMARKET_FEES}
AT_ONCE = PaperSettings(polymarket_ms=0, kalshi_ms=0, fresh=3_600)


class Room:
    """One market of one venue, `X`, its contracts `{venue}:X:yes` and `{venue}:X:no`, and cash that the ledger has as
    soon as it is told of a fill. What the venue says besides its answers is in `heard`."""

    def __init__(
        self,
        venue: str = "kalshi",
        handling: Handling | None = None,
        cash: int = 1_000,
        settings: PaperSettings = AT_ONCE,
        grid: Grid = CENT_GRID,
    ) -> None:
        self.core = Core()
        self.core.follow(links_of(venue, "X", winner(a_game(), "BOS")))
        self.venue = VenueId(venue)
        self.yes, self.no = ContractId(f"{venue}:X:yes"), ContractId(f"{venue}:X:no")
        self.handling, self.grid = handling, grid
        self.starts_at: Nanos | None = None
        self.cash = Money(cash * DOLLAR)
        self.heard: list[Report] = []
        self.told = asyncio.Event()
        self.waited: list[float] = []
        self.names = iter(range(1_000_000))
        self.settings = settings
        self.gateway = self.another()

    def another(self, purse: Purse | None = None) -> PaperGateway:
        """A gateway that knows nothing of what was."""
        return PaperGateway(
            self.venue,
            self,
            lambda: self.core.now,
            self.settings,
            lambda _: self.handling,
            lambda _: self.grid,
            lambda _: self.cash,
            starts=lambda _: self.starts_at,
            purse=purse,
            wait=self.wait,
        )

    def ladder(self, contract_id: ContractId) -> Ladder | None:
        """As the executor's process has it: in the contract's own terms."""
        told = self.core.pipeline.ladder(book_id(self.venue, MarketId("X")))
        if told is None or contract_id == told.listed.first:
            return told
        bids, asks = mirrored_levels(told.asks), mirrored_levels(told.bids)
        return msgspec.structs.replace(told, bids=bids, asks=asks)

    async def wait(self, seconds: float) -> None:
        """The core goes on meanwhile."""
        self.waited.append(seconds)
        self.pass_time(seconds * 1_000)
        await asyncio.sleep(0)

    def show(self, bids: str, asks: str) -> None:
        """The whole book, of the first contract."""
        self.core.show(self.venue, "X", bids, asks)
        self.gateway.touch(self.yes)

    def drop(self) -> None:
        """Nobody follows the book any more."""
        self.core.put(Dropped(book_id(self.venue, MarketId("X")), self.core.now))

    def doubt(self, doubt: Doubt) -> None:
        self.core.put(Doubted(book_id(self.venue, MarketId("X")), doubt, self.core.now))
        self.gateway.touch(self.yes)

    def trade(self, text: str, *, is_buy: bool) -> None:
        """Others trade the first contract: `0.53x120`."""
        at, lies = text.split("x")
        book, now = book_id(self.venue, MarketId("X")), self.core.now
        self.gateway.note_trade(Traded(book, price(at), size(lies), is_buy, now, now))

    def pass_time(self, milliseconds: float) -> None:
        self.core.pass_time(milliseconds)
        self.gateway.tick(self.core.now)

    def listen(self) -> asyncio.Task[None]:
        """Until the task is cancelled."""
        return asyncio.create_task(self.gateway.hear(self.hear))

    def hear(self, report: Report) -> None:
        self.heard.append(report)
        self.told.set()
        self.book(report.fills)

    def book(self, fills: Sequence[Fill], side: str = "buy") -> None:
        """The ledger has these."""
        for fill in fills:
            worth = fill.price * fill.size // 10_000
            self.cash = Money(self.cash + (-worth if side == "buy" else worth) - fill.fee)
            self.gateway.note_booked(fill.id)

    async def ask(self, text: str, contract: ContractId | None = None, **more: object) -> Report:
        """`buy 0.53x120 ioc`: what the venue answers."""
        order = self.order(text, contract, **more)
        report = await self.gateway.submit(self.gateway.prepare(order))
        self.book(report.fills, order.side)
        return report

    def order(self, text: str, contract: ContractId | None = None, **more: object) -> Order:
        side, what, time_in_force = text.split()
        at, wanted = what.split("x")
        given = {"id": OrderId(f"o{next(self.names)}"), "account": ACCOUNT, "kind": "paper", "purpose": "manual"} | more
        fees: FeeSchedule = FEES[self.venue]
        return Order(
            venue=self.venue,
            market_id=MarketId("X"),
            contract_id=contract or self.yes,
            game_id=GameId("401"),
            league=LeagueCode("nba"),
            side=side,  # type: ignore[arg-type]
            limit=price(at),
            size=size(wanted),
            time_in_force=time_in_force,  # type: ignore[arg-type]
            trade_id=TradeId("t"),
            quoted=price(at),
            fees=given.pop("fees", fees),  # type: ignore[arg-type]
            wanted_at=self.core.now,
            send_before=Nanos(self.core.now + 10 * SECOND),
            **given,  # type: ignore[arg-type]
        )

    def later(self, seconds: float) -> Nanos:
        return Nanos(self.core.now + round(seconds * 1_000) * MILLISECOND)


def standing(order: Order, state: State = "open", filled: int = 0) -> Standing:
    """As our own books have it."""
    return Standing(
        order, OrderChange(order_id=order.id, number=2, state=state, at=order.wanted_at, filled=Size(filled))
    )


def got(report: Report) -> list[tuple[Price, Size]]:
    return [(fill.price, fill.size) for fill in report.fills]


def cents(*pairs: tuple[int, float]) -> list[tuple[Price, Size]]:
    """Cents and contracts."""
    return [(Price(at * 100), Size(round(count * 1_000_000))) for at, count in pairs]
