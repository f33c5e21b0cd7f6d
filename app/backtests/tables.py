"""What was played as a table: a row for each tape and setting, in Parquet."""

import os
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path

import msgspec
import pyarrow as pa
from pyarrow import parquet

from app.backtests.deflations import shape_of
from app.backtests.pairs import Pair
from app.backtests.scores import observations
from app.domain.money import Money

DOLLARS = pa.decimal128(20, 6)
SCHEMA = pa.schema(
    [
        ("tape", pa.string()),
        ("world", pa.string()),
        ("setting", pa.list_(pa.string())),
        ("gain", DOLLARS),  # of all accounts, in dollars; simulated
        ("gains", pa.map_(pa.string(), DOLLARS)),  # by account
        ("games", pa.int32()),
        ("hits", pa.int32()),  # games with a gain
        ("hit_rate", pa.float64()),
        ("sharpe", pa.float64()),  # of one game
        ("fell", DOLLARS),  # from the highest gain
        ("signals", pa.int32()),
        ("fills", pa.int32()),
        ("orders", pa.map_(pa.string(), pa.int32())),
        ("trades", pa.map_(pa.string(), pa.int32())),
        ("game_gains", pa.map_(pa.string(), DOLLARS)),  # account and game
        ("quotes", pa.int64()),
        ("seconds_of_tape", pa.float64()),
        ("seconds", pa.float64()),
        ("decisions_hash", pa.string()),
        ("trades_hash", pa.string()),
    ]
)


def write_table(pairs: Sequence[Pair], path: Path) -> None:
    """All of it, or none: a half-written file is never seen under its name."""
    new = path.with_suffix(".new")
    parquet.write_table(pa.Table.from_pylist([_row(pair) for pair in pairs], schema=SCHEMA), new, compression="zstd")
    os.replace(new, path)


def _row(pair: Pair) -> dict[str, object]:
    observed = observations([pair])
    hits = sum(one > 0 for one in observed)
    same = msgspec.structs.asdict(pair)
    return {
        **{name: same[name] for name in ("tape", "world", "signals", "fills", "quotes", "seconds", "trades_hash")},
        "setting": list(pair.setting),
        "gain": _dollars(pair.gain),
        "gains": [(name, _dollars(gain)) for name, gain in sorted(pair.gains.items())],
        "games": len(observed),
        "hits": hits,
        "hit_rate": hits / len(observed) if observed else None,
        "sharpe": shape_of(observed).sharpe,
        "fell": _dollars(pair.fell),
        "orders": sorted(pair.orders.items()),
        "trades": sorted(pair.trades.items()),
        "game_gains": [(f"{game.account}:{game.game_id}", _dollars(game.gain)) for game in pair.games],
        "seconds_of_tape": pair.lasted,
        "decisions_hash": pair.hash,
    }


def _dollars(amount: Money) -> Decimal:
    return Decimal(amount).scaleb(-6)
