"""Rules of exits as people write them, and what they begin with."""

import msgspec
import pytest

from app.domain.exit_rules import (
    HELD,
    OF_MODEL,
    OF_PEOPLE,
    default_rules,
    read_rules,
    rules_changed,
    rules_shown,
    stored_rules,
)
from app.domain.orders import AccountId
from app.domain.positions import ExitRules
from app.domain.questions import QuestionRefused
from app.domain.signals import Detector


@pytest.mark.parametrize(
    ("account", "detector", "rules"),
    [
        ("arbitrage", "cross_venue", HELD),
        ("arbitrage", None, HELD),
        ("model", "fair_value", OF_MODEL),
        ("manual", None, OF_PEOPLE),
        ("somebody", None, OF_PEOPLE),
        ("somebody", "complement", HELD),  # a hedge is one in whatever account
    ],
)
def test_a_position_begins_with_the_rules_of_what_opened_it(
    account: str, detector: Detector | None, rules: ExitRules
) -> None:
    assert default_rules(AccountId(account), detector) == rules


@pytest.mark.parametrize("rules", [HELD, OF_MODEL, OF_PEOPLE, ExitRules(after_s=60, before_close_s=30, hold_s=0)])
def test_what_is_stored_is_read_again(rules: ExitRules) -> None:
    assert read_rules(msgspec.json.decode(msgspec.json.encode(stored_rules(rules)))) == rules


def test_what_a_later_version_knows_is_passed_over() -> None:
    assert read_rules({"stop": 0.2, "moon": "full"}) == ExitRules(stop=0.2)


def test_they_are_shown_as_they_are_written() -> None:
    assert rules_shown(OF_MODEL) == {
        "stop": 0.5,
        "trailing_stop": 0.35,
        "take_profit": 0.4,
        "after_s": None,
        "edge_gone": 0.02,
        "on_game_states": ["postponed", "suspended", "cancelled"],
        "before_close_s": None,
        "hold_s": 15,
        "slip": "0.0200",
    }
    assert rules_changed(HELD, rules_shown(OF_MODEL)) == OF_MODEL


def test_null_is_never() -> None:
    assert rules_changed(OF_MODEL, {"stop": None, "take_profit": 1}).stop is None


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("stop", 1.5, "must be a number from 0.01 to 1, or null"),
        ("stop", 0, "must be a number from 0.01 to 1, or null"),
        ("stop", "0.5", "must be a number"),
        ("stop", True, "must be a number"),
        ("stop", float("nan"), "must be a number"),
        ("after_s", 1.5, "must be a whole number from 1 to 3.1536e+07, or null"),
        ("hold_s", None, "must be a whole number from 0 to 3600"),
        ("slip", 0.02, "must be dollars below one as a decimal string"),
        ("slip", "1", "must be dollars"),
        ("slip", "0.00001", "must be dollars"),
        ("on_game_states", "postponed", "must be a list of: postponed, suspended, cancelled, delayed"),
        ("on_game_states", ["final"], "must be a list of"),
        ("stopp", 0.5, "no such field is known"),
    ],
)
def test_what_cannot_be_is_refused_by_name(name: str, value: object, says: str) -> None:
    with pytest.raises(QuestionRefused) as refused:
        rules_changed(HELD, {name: value})
    (fault,) = refused.value.faults
    assert fault.field == f"exit_rules.{name}"
    assert fault.expected.startswith(says)
