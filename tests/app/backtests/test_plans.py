import json
import shutil
from pathlib import Path

import pytest

from app.backtests.plans import Written, fingerprint, planned, read_plan
from app.domain.questions import QuestionRefused
from app.errors import BadInput
from tests.app.replay.tapes import EVENING


def test_each_value_is_played_with_each_other() -> None:
    plan = planned([EVENING], ["risk.kelly=0.05, 0.1", "paper.kalshi_ms=40,200"])
    assert len(plan.settings) == 4
    tasks = plan.tasks()
    assert len({task.key for task in tasks}) == len(tasks) == 4


def test_without_a_sweep_a_tape_is_played_as_it_is() -> None:
    assert planned([EVENING], []).settings == ((),)


def test_a_plan_names_tapes_beside_it_and_settings_of_their_own(tmp_path: Path) -> None:
    (tmp_path / "tapes").mkdir()
    shutil.copy(EVENING, tmp_path / "tapes" / "one.tape")
    path = tmp_path / "plan.json"
    path.write_text(
        json.dumps(
            {
                "tapes": ["tapes/one.tape"],
                "sweep": {"risk.kelly": [0.05, 0.1]},
                "settings": [{"risk.max_stake": "20", "exits.stop": "none"}],
                "tried_before": 7,
            }
        )
    )
    plan = planned([], [], read_plan(path), path.parent)
    assert plan.settings == (("risk.kelly=0.05",), ("risk.kelly=0.1",), ("risk.max_stake=20", "exits.stop=none"))
    assert plan.tried_before == 7
    assert len(plan.tasks()) == 3


def test_a_tape_is_the_same_wherever_it_lies_and_another_when_anything_in_it_is(tmp_path: Path) -> None:
    moved = tmp_path / "moved.tape"
    shutil.copy(EVENING, moved)
    assert fingerprint(moved) == fingerprint(EVENING)
    here, there = planned([EVENING], []).tasks(), planned([moved], []).tasks()
    assert here[0].key == there[0].key
    moved.write_bytes(moved.read_bytes()[:-1])
    assert planned([moved], []).tasks()[0].key != here[0].key


def test_the_same_setting_by_a_short_name_is_the_same() -> None:
    short, long = (planned([EVENING], [f"{name}=0.1"]).tasks()[0].key for name in ("risk.kelly", "risk.kelly_fraction"))
    assert short == long


def test_what_cannot_be_planned_is_refused(tmp_path: Path) -> None:
    with pytest.raises(QuestionRefused):
        planned([EVENING], ["risk.kely=1"])
    with pytest.raises(QuestionRefused, match="name=value,value"):
        planned([EVENING], ["risk.kelly"])
    with pytest.raises(BadInput, match="no tape is named"):
        planned([], [], Written())
    with pytest.raises(BadInput, match="no tape at"):
        planned([tmp_path / "nowhere"], []).tasks()
    with pytest.raises(BadInput, match="too many"):
        planned([EVENING], [f"risk.max_stake={','.join(map(str, range(1, 10_002)))}"]).tasks()
    (tmp_path / "plan.json").write_text('{"tape": 1}')
    with pytest.raises(BadInput, match="no plan"):
        read_plan(tmp_path / "plan.json")
