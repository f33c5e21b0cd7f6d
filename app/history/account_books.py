"""What accounts have, all of one moment: their books, what they hold, what their open orders may still cost, and what
each of their contracts was dealt with. An account that was reset begins with that: what was before counts no more."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import NamedTuple

from sqlalchemy import RowMapping
from sqlalchemy.sql import text
from sqlalchemy.sql.elements import TextClause

from app.domain.folds import Dealt
from app.domain.games import GameId
from app.domain.ledgers import Balances
from app.domain.markets import ContractId
from app.domain.money import Money, Price, Size, money
from app.domain.orders import AccountId, Purpose
from app.history.database import Database
from app.history.trading_tables import UNSETTLED

MOST_POINTS = 1_000  # of a curve
AT_ONCE = 500  # positions that are read, before anybody else has a turn
OVERLAP = timedelta(minutes=1)  # a change may be visible so much later than it happened

# All that is asked below sees the same moment.
_ONE_MOMENT = text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
_RESETS = """
    resets AS (SELECT account, max(number) AS number, max(at) AS at FROM postings WHERE kind = 'reset' GROUP BY account)
"""
_BOOKS = text("SELECT account, book, sum(amount) AS amount FROM entries GROUP BY account, book")
_RESERVED = text(f"""
    SELECT account, sum((size - filled) * limit_price) AS amount
    FROM orders WHERE side = 'buy' AND {UNSETTLED.text} GROUP BY account
""")
_OPEN = text("""
    SELECT account, contract_id, game_id, league, venue,
           CAST(size * 1000000 AS bigint) AS size, CAST(cost * 1000000 AS bigint) AS cost
    FROM positions WHERE closed_at IS NULL
""")
_PLACES = text("""
    SELECT account, league, venue, sum(realised) AS realised, sum(fees) AS fees
    FROM positions WHERE realised <> 0 OR fees <> 0 GROUP BY account, league, venue
""")
_VERSIONS = text("SELECT account, contract_id, version, changed_at FROM positions WHERE changed_at >= :since")
_ASKED = "unnest(CAST(:accounts AS text[]), CAST(:contracts AS text[])) AS asked (account, contract_id)"
_FILLS = text(f"""
    WITH {_RESETS}
    SELECT asked.account, asked.contract_id, CAST(extract(epoch FROM venue_time) * 1000000 AS bigint) AS at, fills.id,
           fills.side = 'buy' AS is_buy, CAST(price * 10000 AS integer) AS price,
           CAST(fills.size * 1000000 AS bigint) AS size, CAST(fee * 1000000 AS bigint) AS fee,
           CAST(quoted * 10000 AS integer) AS quoted, purpose
    FROM {_ASKED} JOIN fills ON fills.account = asked.account AND fills.contract_id = asked.contract_id
         JOIN orders ON orders.id = order_id JOIN postings ON postings.id = 'fill:' || fills.id
         LEFT JOIN resets ON resets.account = asked.account
    WHERE stage <> 'undone' AND postings.number > COALESCE(resets.number, 0)
""")
_PAID = text(f"""
    WITH {_RESETS}
    SELECT account, contract_id, CAST(pays * 10000 AS integer) AS pays, CAST(expected * 10000 AS integer) AS expected
    FROM {_ASKED} JOIN settlements USING (account, contract_id) LEFT JOIN resets USING (account)
    WHERE resets.at IS NULL OR settlements.at > resets.at
""")
_BEFORE = text("""
    SELECT DISTINCT ON (account) account, cash + value - deposits AS amount
    FROM equity WHERE at < :since ORDER BY account, at DESC
""")
_PEAKS = text(f"""
    WITH {_RESETS}
    SELECT account, max(cash + value - deposits) AS amount
    FROM equity LEFT JOIN resets USING (account)
    WHERE resets.at IS NULL OR equity.at >= resets.at GROUP BY account
""")
_SPAN = text("SELECT min(at) AS first, max(at) AS last FROM equity WHERE at >= :since")
_CURVE = text("""
    SELECT DISTINCT ON (account, date_bin(:step, at, :since)) account, at, cash, value, unpaid, deposits
    FROM equity WHERE at >= :since
    ORDER BY account, date_bin(:step, at, :since), at DESC
""")

Amounts = Mapping[str, Money]  # by account
Key = tuple[str, str]  # account and contract


class PlaceSum(NamedTuple):
    """What an account has earned in a league at a venue, by what was sold and settled of it."""

    account: str
    league: str
    venue: str
    realised: Money
    fees: Money


class OpenRow(NamedTuple):
    """What an account holds of a contract: there may be many thousands, so it is no more than is needed."""

    account: AccountId
    contract_id: ContractId
    game_id: GameId
    league: str
    venue: str
    size: Size
    cost: Money


class Dealing(NamedTuple):
    """What an account has done with a contract, up to a version of its position. `fills`: those that count, each with
    the price that was counted with and what its order was for; `pays`, `expected`: of its settlement."""

    version: int
    fills: Sequence[tuple[Dealt, Price, Purpose]] = ()
    pays: Price | None = None
    expected: Price | None = None


class AccountBooks(NamedTuple):
    """Everything of one moment. `dealings`: those that the caller did not know yet; `changed_at`: the last change of
    any of them; `before`: profit at the beginning of the day; `peaks`: the most it ever was."""

    balances: Mapping[str, Balances]
    reserved: Amounts  # of cash, by open orders
    positions: Sequence[OpenRow]
    places: Sequence[PlaceSum]
    dealings: Mapping[Key, Dealing]
    changed_at: datetime | None
    before: Amounts
    peaks: Amounts


class Point(NamedTuple):
    """What an account was worth at a moment."""

    account: str
    at: datetime
    cash: Money
    value: Money
    unpaid: Money
    deposits: Money


async def read_books(database: Database, day: datetime, known: Mapping[Key, int], since: datetime) -> AccountBooks:
    """As it is now. `day`: when the day began; `known`: versions of positions whose dealings need not be told, and
    `since`: of none that has not changed since then."""
    async with database.transaction() as connection:
        await connection.execute(_ONE_MOMENT)

        async def rows(statement: TextClause, **values: object) -> Sequence[RowMapping]:
            return (await connection.execute(statement, values)).mappings().all()

        moved = (await connection.execute(_VERSIONS, {"since": since - OVERLAP})).all()
        changed = {(row[0], row[1]): row[2] for row in moved if known.get((row[0], row[1])) != row[2]}
        asked = {"accounts": [key[0] for key in changed], "contracts": [key[1] for key in changed]}
        fills, paid = (await rows(_FILLS, **asked), await rows(_PAID, **asked)) if changed else ((), ())
        held = [OpenRow(*row) async for part in (await connection.stream(_OPEN)).partitions(AT_ONCE) for row in part]
        return AccountBooks(
            balances=_balances(await rows(_BOOKS)),
            reserved=_amounts(await rows(_RESERVED)),
            positions=held,
            places=[_place(row) for row in await rows(_PLACES)],
            dealings=_dealings(changed, fills, paid),
            changed_at=max((row[3] for row in moved), default=None),
            before=_amounts(await rows(_BEFORE, since=day)),
            peaks=_amounts(await rows(_PEAKS)),
        )


async def read_curve(database: Database, since: datetime, points: int) -> Sequence[Point]:
    """What each account was worth since then, the last of each of so many spans, the oldest first."""
    async with database.transaction() as connection:
        span = (await connection.execute(_SPAN, {"since": since})).mappings().one()
        if span["first"] is None or points < 1:
            return ()
        lasted: timedelta = span["last"] - span["first"]
        step = max(lasted / min(points, MOST_POINTS), timedelta(milliseconds=1))
        found = await connection.execute(_CURVE, {"since": span["first"], "step": step})
        read = [_point(row) for row in found.mappings()]
    return sorted(read, key=lambda point: (point.at, point.account))


def exact(amount: Decimal) -> Money:
    """Dollars of a NUMERIC column."""
    return money(str(amount))


def _balances(rows: Sequence[RowMapping]) -> Mapping[str, Balances]:
    books: dict[str, dict[str, Money]] = {}
    for row in rows:
        books.setdefault(row["account"], {})[row["book"]] = exact(row["amount"])
    return {
        account: Balances(
            cash=found.get("cash", Money(0)),
            positions=found.get("positions", Money(0)),
            fees=found.get("fees", Money(0)),
            realised=Money(-found.get("realised", 0)),
            deposits=Money(-found.get("deposits", 0)),
        )
        for account, found in books.items()
    }


def _amounts(rows: Sequence[RowMapping]) -> Amounts:
    """Sums of prices times sizes have ten decimals; what is below a micro-dollar is let go."""
    return {row["account"]: Money(int(row["amount"] * 1_000_000)) for row in rows}


def _dealings(
    versions: Mapping[Key, int], fills: Iterable[RowMapping], paid: Iterable[RowMapping]
) -> dict[Key, Dealing]:
    dealt: dict[Key, list[tuple[Dealt, Price, Purpose]]] = {key: [] for key in versions}
    for row in fills:
        fill = Dealt(*(row[name] for name in Dealt._fields))
        dealt[row["account"], row["contract_id"]].append((fill, row["quoted"], row["purpose"]))
    ends = {(row["account"], row["contract_id"]): (row["pays"], row["expected"]) for row in paid}
    return {key: Dealing(versions[key], did, *ends.get(key, (None, None))) for key, did in dealt.items()}


def _place(row: RowMapping) -> PlaceSum:
    return PlaceSum(row["account"], row["league"], row["venue"], exact(row["realised"]), exact(row["fees"]))


def _point(row: RowMapping) -> Point:
    amounts = (exact(row[name]) for name in ("cash", "value", "unpaid", "deposits"))
    return Point(row["account"], row["at"], *amounts)
