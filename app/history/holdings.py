"""What accounts hold, read back from Postgres as it was written: positions, and the fills that they are folded from."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import msgspec

from app.domain.folds import Dealings, Dealt, dealings
from app.domain.games import GameId
from app.domain.markets import ContractId
from app.domain.money import Money, Price
from app.domain.orders import AccountId, FillId
from app.domain.positions import Position
from app.history.database import Database

NAMES = ("account", "contract_id", "venue", "market_id", "game_id", "league", "trade_id", "detector", "version")
AMOUNTS = ("size", "cost", "fees", "realised")
MOMENTS = ("opened_at", "changed_at", "closed_at")

_MILLIONTHS = "({} * 1000000)::bigint"
_NANOS = "COALESCE((extract(epoch FROM {}) * 1000000)::bigint * 1000, 0)"
_POSITION = ", ".join(
    (*NAMES, *(_MILLIONTHS.format(name) for name in AMOUNTS), *(_NANOS.format(name) for name in MOMENTS))
)
_OPEN = f"SELECT {_POSITION} FROM positions WHERE account = $1::text AND closed_at IS NULL"
_ONE = f"SELECT {_POSITION} FROM positions WHERE account = $1::text AND contract_id = $2::text"

# What was posted before its account was reset counts no more, as if it had been undone; and what never counted has no
# posting.
_FILLS = f"""
    SELECT contract_id, CASE WHEN EXISTS (
               SELECT FROM postings WHERE postings.id = 'fill:' || fills.id AND number > COALESCE(
                   (SELECT max(number) FROM postings WHERE account = $1::text AND kind = 'reset'), 0)
           ) THEN stage ELSE 'undone' END,
           (extract(epoch FROM venue_time) * 1000000)::bigint, fills.id, side = 'buy',
           (price * 10000)::integer, {_MILLIONTHS.format("size")}, {_MILLIONTHS.format("fee")}
    FROM fills WHERE account = $1::text AND contract_id = ANY($2::text[])
"""
_PAYS = """
    SELECT contract_id, (pays * 10000)::integer FROM settlements
    WHERE account = $1::text AND contract_id = ANY($2::text[])
"""
# It waits for every statement of the account that is still on its way; what is read after it is all there is.
_QUIET = "SELECT FROM accounts WHERE id = $1::text FOR NO KEY UPDATE"
_MONEY = """
    SELECT COALESCE(sum(amount) FILTER (WHERE book = 'cash') * 1000000, 0)::bigint,
           COALESCE(-sum(amount) FILTER (WHERE book = 'deposits') * 1000000, 0)::bigint
    FROM entries WHERE account = $1::text AND book IN ('cash', 'deposits')
"""


class Held(NamedTuple):
    """What an account has done with a contract, and its position as it is written; None: there was never one.
    `provisional`: fills that a venue may still take back."""

    dealings: Dealings
    position: Position | None
    provisional: frozenset[FillId] = frozenset()


class Purse(NamedTuple):
    """What can be used, and what was put in."""

    cash: Money
    deposits: Money


UNKNOWN = Held(Dealings(), None)


async def read_open(database: Database, account: AccountId) -> list[Held]:
    """Everything that the account holds, once all that it was writing is written."""
    await database.run(_QUIET, account)
    positions = [_position(row) for row in await database.run(_OPEN, account)]
    return await _held(database, account, {each.contract_id: each for each in positions})


async def read_contract(database: Database, account: AccountId, contract_id: ContractId) -> Held:
    """One contract of an account, whether it still holds any of it or not."""
    found = [_position(row) for row in await database.run(_ONE, account, contract_id)]
    return (await _held(database, account, {contract_id: next(iter(found), None)}))[0]


async def read_purse(database: Database, account: AccountId) -> Purse:
    """The money of an account."""
    ((cash, deposits),) = await database.run(_MONEY, account)
    return msgspec.convert((cash, deposits), Purse)


async def _held(database: Database, account: AccountId, positions: dict[ContractId, Position | None]) -> list[Held]:
    names = list(positions)
    told: dict[object, list[Sequence[object]]] = defaultdict(list)
    for row in await database.run(_FILLS, account, names):
        told[row[0]].append(row[1:])
    pays = {row[0]: Price(int(str(row[1]))) for row in await database.run(_PAYS, account, names)}
    return [_folded(positions[name], told[name], pays.get(name)) for name in names]


def _folded(position: Position | None, rows: Iterable[Sequence[object]], pays: Price | None) -> Held:
    staged = [(row[0], msgspec.convert(tuple(row[1:]), Dealt)) for row in rows]
    counted = [each for stage, each in staged if stage != "undone"]
    undone = frozenset(each.id for stage, each in staged if stage == "undone")
    provisional = frozenset(each.id for stage, each in staged if stage == "provisional")
    return Held(dealings(counted, undone, pays), position, provisional)


def _position(row: Sequence[object]) -> Position:
    return msgspec.convert(dict(zip((*NAMES, *AMOUNTS, *MOMENTS), row, strict=True)), Position)


async def held_games(database: Database) -> frozenset[GameId]:
    """The games that somebody holds something of."""
    rows = await database.run("SELECT DISTINCT game_id FROM positions WHERE closed_at IS NULL")
    return frozenset(GameId(str(row[0])) for row in rows)
