"""The columns of the archive's files. Every row begins with its run, its number in it, and a moment."""

from collections.abc import Sequence
from typing import NamedTuple

import pyarrow as pa

from app.archive.manifests import SCHEMA, Dataset

Row = tuple[object, ...]

_MOMENT = pa.timestamp("ns", tz="UTC")
_TYPES = {
    "moment": _MOMENT,
    "long": pa.int64(),
    "int": pa.int32(),
    "bool": pa.bool_(),
    "chance": pa.float64(),
    "word": pa.string(),  # one of few
    "text": pa.string(),
    "body": pa.binary(),  # MessagePack; of a frame what the venue sent
}


class Layout(NamedTuple):
    """Of one dataset. `words`: columns with few different values; `counting`: those that mostly grow."""

    schema: pa.Schema
    words: list[str]
    counting: dict[str, str]

    def table(self, rows: Sequence[Row]) -> pa.Table:
        """Rows in the order of the columns."""
        return self.table_of(list(zip(*rows, strict=True)))

    def table_of(self, columns: Sequence[Sequence[object] | pa.Array]) -> pa.Table:
        """The same column by column; some are made already."""
        made = [
            column if isinstance(column, pa.Array) else pa.array(column, kind)
            for column, kind in zip(columns, self.schema.types, strict=True)
        ]
        return pa.Table.from_arrays(made, schema=self.schema)

    @property
    def number(self) -> str:
        """The name of the column by which rows of a run are in order."""
        return str(self.schema.names[1])

    @property
    def moment(self) -> str:
        """The name of the column that says when."""
        return str(self.schema.names[2])


def _layout(*columns: tuple[str, str]) -> Layout:
    fields = [pa.field("run", pa.string()), *(pa.field(name, _TYPES[kind]) for name, kind in columns)]
    growing = {name: "DELTA_BINARY_PACKED" for name, kind in columns if kind in ("moment", "long")}
    words = ["run", *(name for name, kind in columns if kind == "word")]
    return Layout(pa.schema(fields, {"crosscourt.schema": str(SCHEMA)}), words, growing)


LAYOUTS: dict[Dataset, Layout] = {
    "inputs": _layout(
        *(("sequence", "long"), ("received_at", "moment"), ("kind", "word"), ("venue", "word"), ("game_id", "word")),
        *(("book_id", "word"), ("body", "body")),
    ),
    "quotes": _layout(
        *(("number", "long"), ("received_at", "moment"), ("piece", "long"), ("venue", "word"), ("game_id", "word")),
        *(("contract_id", "word"), ("bid", "int"), ("bid_size", "long"), ("ask", "int"), ("ask_size", "long")),
        *(("venue_time", "moment"), ("proved_at", "moment"), ("venue_sequence", "long"), ("mark", "text")),
        *(("doubt", "word"), ("lane", "word")),
    ),
    "signals": _layout(
        *(("number", "long"), ("at", "moment"), ("piece", "long"), ("id", "text"), ("detector", "word")),
        *(("account", "word"), ("game_id", "word"), ("stage", "word"), ("reason", "word"), ("detail", "text")),
        *(("is_final", "bool"), ("limits", "int"), ("legs", "int"), ("size", "long"), ("cost", "long")),
        *(("fees", "long"), ("profit", "long"), ("worst", "long"), ("worst_scenario", "word"), ("unit_edge", "long")),
        *(("worth", "long"), ("tail_cost", "long"), ("skew", "long"), ("found_at", "moment"), ("expires_at", "moment")),
        *(("locked_until", "moment"), ("return_per_day", "chance"), ("probability", "chance"), ("source", "word")),
        ("body", "body"),
    ),
    "decisions": _layout(
        *(("number", "long"), ("at", "moment"), ("piece", "long"), ("kind", "word"), ("venue", "word")),
        *(("game_id", "word"), ("book_id", "word"), ("body", "body")),
    ),
    "frames": _layout(
        *(
            ("number", "long"),
            ("received_at", "moment"),
            ("sequence", "long"),
            ("venue", "word"),
            ("connection", "int"),
        ),
        ("body", "body"),
    ),
    "checks": _layout(
        *(("first", "long"), ("received_at", "moment"), ("part", "int"), ("count", "long"), ("decided", "text")),
    ),
}
