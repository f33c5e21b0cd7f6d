"""Pairs are played once, whatever happens in between; and what all of them say."""

from collections.abc import Callable
from concurrent.futures import Executor, Future
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import ParamSpec, TypeVar

import msgspec
import pytest
from pyarrow import parquet

from app.backtests.deflations import FEW
from app.backtests.pages import page_of
from app.backtests.pairs import Kept, Pair
from app.backtests.plans import Task, planned
from app.backtests.runs import local_cores, run
from app.backtests.scores import judged, observations
from app.backtests.tables import write_table
from app.domain.games import GameId
from app.domain.money import MONEY_UNITS, Money
from app.domain.prices import Nanos
from app.errors import BadInput
from app.replay.curves import Point
from app.replay.outcomes import GamePlayed
from tests.app.replay.tapes import EVENING

P = ParamSpec("P")
T = TypeVar("T")


class Here(Executor):
    """Plays in this process, so many times; then it falls."""

    def __init__(self, most: int = 100) -> None:
        self.played = 0
        self._most = most

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        done: Future[T] = Future()
        if self.played == self._most:
            done.set_exception(BadInput("fallen"))
        else:
            self.played += 1
            done.set_result(fn(*args, **kwargs))
        return done


TASKS = planned([EVENING], ["risk.max_stake=20,200"]).tasks()


def test_what_is_played_is_not_played_again(tmp_path: Path) -> None:
    path = tmp_path / "out" / "pairs.jsonl"
    with pytest.raises(BadInput, match="fallen"):
        run(TASKS, Kept(path), Here(most=1))
    kept = Kept(path)
    assert len(kept.pairs) == 1
    second = Here()
    pairs = run(TASKS, kept, second)
    assert second.played == 1
    assert [pair.key for pair in pairs] == [task.key for task in TASKS]
    third = Here()
    assert run(TASKS, Kept(path), third) == pairs
    assert third.played == 0


def test_a_line_that_was_cut_off_was_never_written(tmp_path: Path) -> None:
    path = tmp_path / "pairs.jsonl"
    run(TASKS[:1], Kept(path), Here())
    whole = path.read_bytes()
    path.write_bytes(whole + whole[: len(whole) // 2])
    assert len(Kept(path).pairs) == 1
    assert path.read_bytes() == whole
    run(TASKS, Kept(path), Here())
    assert len(Kept(path).pairs) == 2


def test_other_processes_come_to_the_same(tmp_path: Path) -> None:
    with local_cores(2) as executor:
        elsewhere = run(TASKS, Kept(tmp_path / "there.jsonl"), executor)
    here = run(TASKS, Kept(tmp_path / "here.jsonl"), Here())
    assert [(each.hash, each.trades_hash, each.gains) for each in elsewhere] == [
        (each.hash, each.trades_hash, each.gains) for each in here
    ]
    assert here[0].trades_hash != here[1].trades_hash


def pair(setting: str, gains: list[int], tape: str = "one") -> Pair:
    """Dollars by game."""
    games = tuple(
        GamePlayed(account="model", game_id=GameId(str(at)), league="nba", gain=Money(each * MONEY_UNITS), trades=1)
        for at, each in enumerate(gains)
    )
    return Pair(
        key=f"{tape}{setting}",
        tape=tape,
        world="simulated",
        setting=(setting,),
        gains={"model": Money(sum(gains) * MONEY_UNITS)},
        games=games,
        signals=len(gains),
        fills=len(gains),
        orders={"filled": len(gains)},
        trades={"filled": len(gains)},
        fell=Money(3 * MONEY_UNITS),
        curve=(Point(Nanos(0), Money(0)), Point(Nanos(60_000_000_000), Money(5))),
        hash="a",
        trades_hash="b",
        quotes=9,
        lasted=60.0,
        seconds=1.0,
    )


GOOD = [pair("risk.kelly=0.1", [3, 4, 2, 5] * 6), pair("risk.kelly=0.2", [3, -1, 2, 0] * 6)]
LUCK = [pair(f"risk.kelly=0.{at}", [at, -at, at - 3, 4 - at] * 6) for at in range(1, 9)]


def test_what_is_good_survives_and_what_is_luck_does_not() -> None:
    good, luck = judged(GOOD), judged(LUCK)
    assert (good.survives, good.best.setting, good.trials) == (True, ("risk.kelly=0.1",), 2)
    assert "survives" in good.words
    assert not luck.survives
    assert luck.words.startswith("Nothing survives")
    assert judged(LUCK, tried_before=500).luck > luck.luck


def test_of_few_games_nothing_is_said() -> None:
    few = judged([pair("risk.kelly=0.1", [3, 4, 5] * 3)])
    assert not few.survives
    assert few.best.games < FEW
    assert few.words.startswith("Nothing can be said")


def test_a_game_on_two_tapes_is_two_observations_and_two_accounts_are_one() -> None:
    one = pair("a", [1, 2])
    both = msgspec.structs.replace(
        one, games=(*one.games, msgspec.structs.replace(one.games[0], account="arbitrage", gain=Money(5 * MONEY_UNITS)))
    )
    assert observations([both]) == [6.0, 2.0]
    assert len(observations([one, pair("a", [1, 2], "two")])) == 4


def test_the_table_has_a_row_for_each_pair_in_exact_dollars(tmp_path: Path) -> None:
    write_table(GOOD, tmp_path / "results.parquet")
    table = parquet.read_table(tmp_path / "results.parquet")
    assert table.num_rows == 2
    row = table.to_pylist()[0]
    assert (row["gain"], row["fell"], row["hit_rate"]) == (Decimal(84), Decimal(3), 1.0)
    assert dict(row["trades"]) == {"filled": 24}
    assert list(tmp_path.iterdir()) == [tmp_path / "results.parquet"]


@pytest.mark.parametrize("pairs", [GOOD, LUCK, [pair("risk.kelly=0.1,paper.kalshi_ms=1", [])]])
def test_the_page_needs_nothing_else_and_says_what_it_is(pairs: list[Pair]) -> None:
    verdict = judged(pairs)
    page = page_of(verdict, pairs, datetime(2026, 11, 23, tzinfo=UTC))
    assert "SIMULATED" in page
    assert verdict.words.split(":")[0] in page
    assert "Plotly" in page
    assert 'src="http' not in page
    assert page.count("<tr><th>") == len(verdict.scores) + 1


def test_tasks_can_be_carried_elsewhere() -> None:
    task = TASKS[0]
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(task), type=Task) == task
