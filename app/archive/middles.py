"""What the markets of some contracts stood at, moment by moment, as the archive has it."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Collection, Mapping
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from app.archive.manifests import read_manifest
from app.archive.shelves import reading
from app.domain.money import ONE_DOLLAR
from app.domain.prices import Nanos

COLUMNS = ["contract_id", "received_at", "bid", "ask", "doubt"]


class Middles:
    """Between best bid and best ask, of one contract; only where neither was in doubt."""

    def __init__(self) -> None:
        self._moments: list[int] = []  # nanoseconds, growing
        self._prices: list[float] = []

    def add(self, at: int, price: float) -> None:
        self._moments.append(at)
        self._prices.append(price)

    def sort(self) -> None:
        """Several runs of the platform may have followed it at once."""
        together = sorted(zip(self._moments, self._prices, strict=True))
        self._moments, self._prices = [at for at, _ in together], [price for _, price in together]

    def at(self, moment: Nanos) -> float | None:
        """In dollars; None before the first one."""
        place = bisect_right(self._moments, moment)
        return self._prices[place - 1] if place else None


def read_middles(folder: Path, contracts: Collection[str], begin: Nanos, end: Nanos) -> Mapping[str, Middles]:
    """Of these contracts, from a moment up to another. What is on the tape and not put away yet is not in it."""
    found: defaultdict[str, Middles] = defaultdict(Middles)
    if not contracts or not folder.is_dir():
        return found
    wanted = pc.field("contract_id").isin(sorted(contracts))
    with reading(folder):
        for file in read_manifest(folder).files.values():
            if file.dataset == "quotes" and file.began < end and file.ended >= begin:
                table = pq.read_table(folder / file.name, columns=COLUMNS, filters=wanted, partitioning=None)
                _take(table, begin, end, found)
    for each in found.values():
        each.sort()
    return found


def _take(table: pa.Table, begin: Nanos, end: Nanos, found: Mapping[str, Middles]) -> None:
    moments = pc.cast(table["received_at"], pa.int64())
    columns = (table["contract_id"], moments, table["bid"], table["ask"], table["doubt"])
    for contract, at, bid, ask, doubt in zip(*(column.to_pylist() for column in columns), strict=True):
        if bid is not None and ask is not None and not doubt and begin <= at < end:
            found[contract].add(at, (bid + ask) / (2 * ONE_DOLLAR))
