"""One tape played with one setting, and what is kept of it: a line in a file that outlives whoever writes it."""

import os
from collections.abc import Mapping
from pathlib import Path

import msgspec

from app.backtests.plans import Setting, Task
from app.domain.money import Money
from app.replay.changes import changes_of
from app.replay.curves import Point
from app.replay.outcomes import GamePlayed
from app.replay.plays import Playing, play


class Pair(msgspec.Struct, frozen=True, kw_only=True):
    """What came of a task. Money is simulated, in micro-dollars; `fell`: from the highest gain of all accounts."""

    key: str
    tape: str
    world: str
    setting: Setting
    gains: dict[str, Money]  # by account
    games: tuple[GamePlayed, ...]
    signals: int
    fills: int
    orders: dict[str, int]
    trades: dict[str, int]
    fell: Money
    curve: tuple[Point, ...]
    hash: str
    trades_hash: str
    quotes: int
    lasted: float
    seconds: float

    @property
    def gain(self) -> Money:
        """Of all accounts."""
        return Money(sum(self.gains.values()))


def play_pair(task: Task) -> Pair:
    """Play it, in whatever process this is. Raises BadInput for what is no tape."""
    found = play(Path(task.tape), Playing(changes_of(task.setting), is_own=True))
    return Pair(
        key=task.key,
        tape=task.tape,
        world=found.world,
        setting=task.setting,
        gains={each.account: each.gain for each in found.accounts},
        games=tuple(found.games),
        signals=found.signals,
        fills=found.fills,
        orders=found.orders,
        trades=found.trades,
        fell=found.fell,
        curve=tuple(found.curve),
        hash=found.hash,
        trades_hash=found.trades_hash,
        quotes=found.quotes,
        lasted=found.lasted,
        seconds=found.seconds,
    )


class Kept:
    """The pairs that are played already. A line is synced before it counts; one that was cut off was never written."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._pairs: dict[str, Pair] = {}
        whole = 0
        lines = path.read_bytes().splitlines(keepends=True) if path.is_file() else []
        for line in lines:
            try:
                pair = msgspec.json.decode(line, type=Pair)
            except msgspec.MsgspecError:
                break
            if not line.endswith(b"\n"):
                break
            whole += len(line)
            self._pairs[pair.key] = pair
        if path.is_file() and whole < path.stat().st_size:
            os.truncate(path, whole)

    @property
    def pairs(self) -> Mapping[str, Pair]:
        """By their keys."""
        return self._pairs

    def keep(self, pair: Pair) -> None:
        """It is played."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with self._path.open("ab") as file:
            file.write(msgspec.json.encode(pair) + b"\n")
            file.flush()
            os.fsync(file.fileno())
        self._pairs[pair.key] = pair
