"""The statements of the ledger: fill, position, posting, entries and the order's transition in one, or none of it.

Each goes through the same steps, and each step writes only when the one before did: the `seat` is still ours, what is
`asked` of the order and of the position's version holds, the position is `moved`, and with it everything else. What is
written twice meets a primary key, and then nothing of the statement stays.
"""

from functools import lru_cache

from app.history.accounts import SEATED
from app.history.orders import EVENT_IS_ADDED, ORDER_MOVES
from app.history.parameters import EXACT, LONG, MOMENT, PRICE, TEXT, Statement, assigned, given, kinds_of
from app.history.trading_tables import FillRow, OrderEventRow, PositionRow, SettlementRow
from app.history.upserts import listed

BOOKS = ("cash", "positions", "fees", "realised")  # in the order of a posting's entries
POSITION = tuple(name for name in PositionRow.model_fields if name != "exit_rules")  # people change those
FIXED = ("account", "contract_id", "venue", "market_id", "game_id", "league")  # for as long as there is the position
FILL = tuple(FillRow.model_fields)
SETTLEMENT = tuple(SettlementRow.model_fields)
OF_ANOTHER = {name: f"fill_{name}" for name in ("id", "price", "size", "fee")}  # parameters of a fill by other names

_KINDS = {
    **kinds_of(OrderEventRow),
    **kinds_of(FillRow),
    **kinds_of(PositionRow),
    **{OF_ANOTHER[name]: kind for name, kind in kinds_of(FillRow).items() if name in OF_ANOTHER},
    **{f"to_{book}": EXACT for book in BOOKS},
    **{"fence": LONG, "posting_id": TEXT, "posting_kind": TEXT, "posted_at": MOMENT, "note": TEXT},
    **{"pays": PRICE, "expected": PRICE, "source": TEXT, "settled_size": EXACT, "settled_at": MOMENT},
}

_ASKED = "asked AS (SELECT FROM seat, orders WHERE orders.id = :order_id AND orders.account = :account{next})"
_IS_NEXT = " AND orders.number = :number - 1"
_OPENED = f"moved AS (INSERT INTO positions ({listed(POSITION)}) SELECT {given(POSITION)} FROM asked RETURNING version)"
_MOVED = f"""moved AS (
    UPDATE positions SET {assigned([name for name in POSITION if name not in FIXED])}
    WHERE account = :account AND contract_id = :contract_id AND version = :version - 1 AND EXISTS (SELECT FROM asked)
    RETURNING version
)"""
_FILLED = f"""filled AS (
    INSERT INTO fills ({listed(FILL)}) SELECT {given([OF_ANOTHER.get(name, name) for name in FILL])} FROM moved
)"""
_UNDONE = "undone AS (UPDATE fills SET stage = 'undone' WHERE id = :fill_id AND EXISTS (SELECT FROM moved))"
_CHANGED = f"""changed AS ({ORDER_MOVES} WHERE id = :order_id AND EXISTS (SELECT FROM moved)),
noted AS ({EVENT_IS_ADDED} FROM moved)"""
_SETTLED = f"""settled AS (
    INSERT INTO settlements ({listed(SETTLEMENT)})
    SELECT :account, :contract_id, :pays, :settled_size, :expected, :source, :settled_at FROM moved
)"""
_RESETTLED = """resettled AS (
    UPDATE settlements SET size = :settled_size
    WHERE account = :account AND contract_id = :contract_id AND EXISTS (SELECT FROM moved)
)"""
_POSTED = f"""posted AS (
    INSERT INTO postings (id, account, kind, at, note)
    SELECT :posting_id, :account, :posting_kind, :posted_at, :note FROM moved
    WHERE ({given([f"to_{book}" for book in BOOKS])}) <> (0, 0, 0, 0)
),
entered AS (
    INSERT INTO entries (posting_id, place, account, book, contract_id, amount)
    SELECT :posting_id, place, :account, book, contract_id, amount
    FROM moved, (VALUES
        (0, 'cash', '', :to_cash), (1, 'positions', :contract_id, :to_positions),
        (2, 'fees', :contract_id, :to_fees), (3, 'realised', :contract_id, :to_realised)
    ) AS each (place, book, contract_id, amount)
    WHERE amount <> 0
)"""
_HOW_FAR = "SELECT EXISTS (SELECT FROM seat), EXISTS (SELECT FROM asked), EXISTS (SELECT FROM moved)"


@lru_cache
def book_fill(is_first: bool, has_change: bool, is_settled: bool) -> Statement:
    """A fill of a contract that the account never had, or had; with a transition of its order, or without; and of one
    that is settled already."""
    asked = _ASKED.format(next=_IS_NEXT if has_change else "")
    steps = [SEATED, asked, _OPENED if is_first else _MOVED, _FILLED, _POSTED]
    return _statement(*steps, *([_CHANGED] if has_change else ()), *([_RESETTLED] if is_settled else ()))


@lru_cache
def undo_fill(is_settled: bool) -> Statement:
    """A fill that its venue has taken back."""
    steps = [SEATED, _ASKED.format(next=""), _MOVED, _UNDONE, _POSTED]
    return _statement(*steps, *([_RESETTLED] if is_settled else ()))


def _statement(*steps: str) -> Statement:
    return Statement(f"WITH {', '.join(steps)} {_HOW_FAR}", _KINDS)


SETTLE = _statement(SEATED, "asked AS (SELECT FROM seat)", _MOVED, _SETTLED, _POSTED)

# A fill that is known to be undone before it was ever counted: kept, so that it is not counted when it is told again.
NEVER_COUNTED = Statement(
    f"""
    WITH {SEATED}, {_ASKED.format(next="")}, moved AS (SELECT FROM asked), {_FILLED} {_HOW_FAR}
    """,
    _KINDS,
)
CONFIRM = Statement(
    f"""
    WITH {SEATED},
    moved AS (
        UPDATE fills SET stage = 'confirmed'
        WHERE id = :fill_id AND account = :account AND stage = 'provisional' AND EXISTS (SELECT FROM seat)
        RETURNING id
    )
    SELECT EXISTS (SELECT FROM seat), true, EXISTS (SELECT FROM moved)
    """,
    _KINDS,
)
