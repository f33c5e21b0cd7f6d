"""Orders and fills to write down, and a look at whether the books balance."""

import msgspec
from sqlalchemy import text

from app.clock import nanos_of
from app.domain.fees import FeeSchedule
from app.domain.games import GameId
from app.domain.leagues import LeagueCode
from app.domain.markets import ContractId, MarketId, VenueId
from app.domain.money import Money, Price, Size
from app.domain.orders import AccountId, Fill, FillId, Order, OrderChange, OrderId, Side, Standing, State, TradeId
from app.domain.prices import SECOND, Nanos
from app.execution.journals import first_standing
from app.history.accounts import Seat, open_account, take_seat
from app.history.database import Database
from tests.app.history.samples import NOW

PAPER = AccountId("arbitrage")
CONTRACT = ContractId("kalshi:GAME-BOS:yes")
CENT, CONTRACTS, DOLLARS = 100, 1_000_000, 1_000_000
T0 = nanos_of(NOW)


def order(number: int = 1, side: Side = "buy", **given: object) -> Order:
    asked = Order(
        id=OrderId(f"o-{number}"),
        account=PAPER,
        kind="paper",
        venue=VenueId("kalshi"),
        market_id=MarketId("GAME-BOS"),
        contract_id=CONTRACT,
        game_id=GameId("401"),
        league=LeagueCode("nba"),
        side=side,
        limit=Price(45 * CENT),
        size=Size(100 * CONTRACTS),
        time_in_force="ioc",
        purpose="entry",
        trade_id=TradeId(f"t-{number}"),
        quoted=Price(44 * CENT),
        fees=FeeSchedule(taker=70_000, step=10_000, source="series"),
        wanted_at=Nanos(T0 + number * SECOND),
        send_before=Nanos(T0 + number * SECOND + 2 * SECOND),
    )
    return msgspec.structs.replace(asked, **given)


def fill(number: int = 1, of: int = 1, cents: int = 40, contracts: int = 10, **given: object) -> Fill:
    got = Fill(
        id=FillId(f"kalshi:f-{number}"),
        order_id=OrderId(f"o-{of}"),
        price=Price(cents * CENT),
        size=Size(contracts * CONTRACTS),
        fee=Money(170_000),
        venue_time=Nanos(T0 + number * SECOND),
        received_at=Nanos(T0 + number * SECOND + 40_000_000),
    )
    return msgspec.structs.replace(got, **given)


def change(number: int, state: State, of: int = 1, filled: int = 0, **given: object) -> OrderChange:
    told = OrderChange(
        order_id=OrderId(f"o-{of}"),
        number=number,
        state=state,
        at=Nanos(T0 + number * SECOND),
        filled=Size(filled * CONTRACTS),
    )
    return msgspec.structs.replace(told, **given)


def asked(number: int = 1, side: Side = "buy", ref: str = "", **given: object) -> Standing:
    """An order as it is first written down: about to be sent."""
    return first_standing(order(number, side, **given), ref)


async def seated(history: Database, account: AccountId = PAPER) -> Seat:
    await open_account(history, account, "paper", "", "tests", NOW)
    return await take_seat(history, account, "tests", NOW)


async def unbalanced(history: Database) -> list[str]:
    """Postings whose entries do not add up to nothing, and accounts whose positions differ from their entries."""
    async with history.transaction() as connection:
        found = await connection.execute(
            text("""
                SELECT posting_id FROM entries GROUP BY posting_id HAVING sum(amount) <> 0
                UNION ALL
                SELECT account || ' ' || contract_id FROM (
                    SELECT account, contract_id, cost AS positions, fees, -realised AS realised FROM positions
                    UNION ALL
                    SELECT account, contract_id, -sum(amount) FILTER (WHERE book = 'positions'),
                           -sum(amount) FILTER (WHERE book = 'fees'), -sum(amount) FILTER (WHERE book = 'realised')
                    FROM entries WHERE contract_id <> '' GROUP BY account, contract_id
                ) AS both_sides
                GROUP BY account, contract_id
                HAVING (sum(COALESCE(positions, 0)), sum(COALESCE(fees, 0)), sum(COALESCE(realised, 0))) <> (0, 0, 0)
            """)
        )
        return [row[0] for row in found]
