"""Whether any fill was lost, doubled or changed between the venue on paper and the ledger: what a follower was told,
what `/fills` lists, what each order says that it got, and what was posted, each read by a way of its own."""

import csv
import io
from collections import defaultdict
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import NamedTuple

from tests.platform.evenings import Evening
from tests.platform.platforms import Json

SAME = ("order_id", "price", "size", "fee", "stage")  # of a fill, wherever it is told
POSTED = "fill:"  # before the name of a fill, in that of its posting


class Books(NamedTuple):
    """What is written down: fills by name, contracts filled by order, cash by posting of a fill."""

    fills: dict[str, Json]
    filled: dict[str, Decimal]
    cash: dict[str, Decimal]


def read_books(evening: Evening) -> Books:
    """Everything there is now."""
    fills = {fill["id"]: fill for fill in evening.pages("/fills")}
    filled = {order["id"]: Decimal(order["filled"]) for order in evening.pages("/orders")}
    answer = evening.up.http.get("/ledger?book=cash", headers=evening.up.key)
    rows = csv.DictReader(io.StringIO(answer.text))
    cash = {row["posting"]: Decimal(row["amount"]) for row in rows if row["posting"].startswith(POSTED)}
    return Books(fills, filled, cash)


def differences(told: Mapping[str, Json], books: Books) -> list[str]:
    """In words; empty when every fill that was told is in the books, and no other, and each as it was told."""
    found = [f"{name} was told, and is not among the fills" for name in told.keys() - books.fills.keys()]
    found += [f"{name} was booked, and not told" for name in books.fills.keys() - told.keys()]
    for name in told.keys() & books.fills.keys():
        found += [
            f"{name}: {what} {told[name][what]} was told, {books.fills[name][what]} booked"
            for what in SAME
            if not _is_same(told[name][what], books.fills[name][what])
        ]
    return [*found, *_by_order(told.values(), books.filled), *_by_posting(told, books.cash)]


def _is_same(one: str, other: str) -> bool:
    try:
        return Decimal(one) == Decimal(other)
    except ArithmeticError:
        return one == other


def _by_order(fills: Iterable[Json], filled: Mapping[str, Decimal]) -> list[str]:
    sums: defaultdict[str, Decimal] = defaultdict(Decimal)
    for fill in fills:
        sums[fill["order_id"]] += Decimal(fill["size"]) if fill["stage"] != "undone" else 0
    names = sums.keys() | {name for name, size in filled.items() if size}
    return [
        f"{name}: {sums[name]} was told, the order says {filled.get(name)}"
        for name in names
        if sums[name] != filled.get(name)
    ]


def _by_posting(told: Mapping[str, Json], cash: Mapping[str, Decimal]) -> list[str]:
    found = [f"{name} was posted, and not told" for name in cash if name.removeprefix(POSTED) not in told]
    for name, fill in told.items():
        worth = Decimal(fill["price"]) * Decimal(fill["size"])
        due = (worth if fill["side"] == "sell" else -worth) - Decimal(fill["fee"])
        if fill["stage"] != "undone" and cash.get(POSTED + name, Decimal(0)) != due:
            found.append(f"{name}: {due} is due, {cash.get(POSTED + name)} was posted")
    return found
