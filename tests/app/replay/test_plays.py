import json
import subprocess
import sys
from pathlib import Path

import pytest

from app.archive.tapes import TapeWriter
from app.domain.decisions import Decision, Taped
from app.domain.inputs import Input
from app.domain.prices import SECOND, Nanos
from app.errors import BadInput
from app.pipeline import Pipeline
from app.replay.changes import changes_of
from app.replay.outcomes import Played
from app.replay.plays import Playing, play
from app.settings import environment_with
from tests.app.prices.boards import added, followed, levels, snapshot
from tests.app.replay.tapes import DECISIONS, EVENING, TRADES

INPUTS: tuple[Input, ...] = (
    followed(),
    snapshot(levels((40, 10)), levels((45, 10)), now=1),
    *(added(True, 40 + number % 5, 1, now=number) for number in range(40)),
)


def decided(inputs: tuple[Input, ...]) -> list[list[Decision]]:
    core = Pipeline(5 * SECOND)
    return [list(core.apply(told)) for told in inputs]


def taped(folder: Path, pieces: list[Taped]) -> Path:
    writer = TapeWriter(folder, "run", "simulated", 5 * SECOND, 1_000_000)
    for piece in pieces:
        writer.write(piece)
    writer.close()
    return folder / "run"


def cut(at: int, said: list[list[Decision]]) -> list[Taped]:
    """The same run in two pieces."""
    return [
        Taped(0, INPUTS[:at], [one for each in said[:at] for one in each]),
        Taped(at, INPUTS[at:], [one for each in said[at:] for one in each]),
    ]


def read(found: Played) -> tuple[bool | None, int, int]:
    return found.same, found.inputs, found.missed


def outline(found: Played) -> tuple[object, ...]:
    """Everything but how long it took."""
    return (found.hash, found.trades_hash, found.orders, found.trades, found.gain, found.inputs, found.curve)


@pytest.mark.parametrize("at", [1, 20, len(INPUTS)])
def test_however_a_tape_is_cut_it_replays_to_one_hash(tmp_path: Path, at: int) -> None:
    found = [play(taped(tmp_path / str(number), cut(at, decided(INPUTS)))) for number in range(3)]
    assert {read(one) for one in found} == {(True, len(INPUTS), 0)}
    assert len({one.hash for one in found} | {play(taped(tmp_path, cut(7, decided(INPUTS)))).hash}) == 1


def test_another_decision_is_found_at_its_piece(tmp_path: Path) -> None:
    said = decided(INPUTS)
    said[30].append(said[1][0])
    found = play(taped(tmp_path, cut(20, said)))
    assert (found.same, found.differs_at) == (False, 20)


def test_a_hole_leaves_nothing_to_compare_with(tmp_path: Path) -> None:
    found = play(taped(tmp_path, cut(20, decided(INPUTS))[1:]))
    assert read(found) == (None, len(INPUTS) - 20, 20)


def test_a_part_of_words_is_no_tape(tmp_path: Path) -> None:
    (tmp_path / "letter.tape").write_text("Dear core,")
    with pytest.raises(BadInput, match="letter"):
        play(tmp_path / "letter.tape")


def test_a_tape_of_nothing_plays_to_nothing(tmp_path: Path) -> None:
    found = play(taped(tmp_path, cut(0, decided(INPUTS))))
    assert found.inputs == len(INPUTS)


# The tape that ships with the project


def test_the_evening_is_decided_as_it_was_and_trades_to_pinned_figures() -> None:
    found = play(EVENING)
    assert (found.same, found.hash, found.trades_hash) == (True, DECISIONS, TRADES)
    assert found.signals == sum(found.trades.values())
    assert "open" not in found.trades
    for account in found.accounts:
        assert account.balances.is_balanced
        assert account.gain == account.balances.realised - account.balances.fees + account.value
    assert sum(game.gain for game in found.games) == found.gain
    assert found.curve[-1].at > found.began


def test_what_is_changed_changes_what_comes_of_it_and_the_same_each_time() -> None:
    as_it_went = play(EVENING)
    careful = Playing(changes_of(["risk.max_stake=20"]))
    found, again = play(EVENING, careful), play(EVENING, careful)
    assert outline(found) == outline(again)
    assert found.hash != as_it_went.hash
    assert (found.same, found.is_own) == (None, True)
    assert found.orders  # it goes on trading
    assert max(each.balances.fees for each in found.accounts) < max(each.balances.fees for each in as_it_went.accounts)


def test_slower_venues_fill_otherwise_although_the_core_decides_by_what_it_is_told() -> None:
    own = play(EVENING, Playing(is_own=True))
    slow = play(EVENING, Playing(changes_of(["paper.kalshi_ms=1500", "paper.polymarket_ms=1500"])))
    assert slow.trades_hash != own.trades_hash


def test_it_ends_where_it_is_to() -> None:
    found = play(EVENING, Playing(until=30))
    assert 29 < found.lasted <= 30
    assert found.same is True


def test_who_watches_sees_it_go_on() -> None:
    seen = list[Nanos]()
    play(EVENING, Playing(watching=lambda _, now: seen.append(now)))
    assert seen == sorted(seen)
    assert len(seen) > 3


def test_two_processes_that_hash_strings_otherwise_come_to_the_same() -> None:
    found = [in_another_process(seed, "risk.kelly=0.1") for seed in ("1", "2")]
    assert found[0] == found[1]
    assert found[0]["trades_hash"]


def in_another_process(seed: str, *changed: str) -> dict[str, object]:
    options = [part for one in changed for part in ("--set", one)]
    command = [sys.executable, "-m", "app.cli", "replay", str(EVENING), "--json", *options]
    environment = environment_with({"PYTHONHASHSEED": seed})
    done = subprocess.run(command, capture_output=True, check=True, env=environment, cwd=EVENING.parents[1])
    told = json.loads(done.stdout)
    return {name: value for name, value in told.items() if "second" not in name and name != "times_real_time"}
