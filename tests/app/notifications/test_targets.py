"""Targets are told over real HTTP; a slow or failing one holds nobody, and no address is ever written down."""

import time

import pytest

from app.errors import SettingsRefused
from app.notifications.notes import Message
from app.notifications.targets import Target, TargetUnavailable
from tests.app.notifications.places import SECRET, opened

ALARM = Message("Crosscourt: 1 halt", "01:30:00 halted: all", is_severe=True)


async def test_a_message_arrives_as_it_is() -> None:
    async with opened() as place:
        await Target(place.address, 10).send(ALARM)
    (told,) = place.told
    assert (told["title"], told["message"], told["type"]) == (ALARM.title, ALARM.body, "warning")


async def test_one_that_is_not_taken_is_said_without_its_address(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    async with opened() as place:
        place.answer = 500
        with pytest.raises(TargetUnavailable) as refused:
            await Target(place.address, 10).send(ALARM)
    assert SECRET not in str(refused.value) + refused.value.remedy + caplog.text
    assert str(refused.value).startswith("json ")


async def test_a_mute_target_is_given_up_and_asked_nothing_more_meanwhile() -> None:
    async with opened() as place:
        place.is_mute = True
        target, began = Target(place.address, 0.2), time.monotonic()
        with pytest.raises(TargetUnavailable, match=r"within 0\.2 s"):
            await target.send(ALARM)
        with pytest.raises(TargetUnavailable, match="before"):
            await target.send(ALARM)
        assert time.monotonic() - began < 2


async def test_nobody_there_is_not_taken() -> None:
    async with opened() as place:
        address = place.address
    with pytest.raises(TargetUnavailable):
        await Target(address, 10).send(ALARM)


def test_an_address_that_nobody_can_read_is_refused_unsaid() -> None:
    with pytest.raises(SettingsRefused) as refused:
        Target(f"no-such-thing://{SECRET}", 10, 3)
    assert "rule 3" in str(refused.value)
    assert SECRET not in str(refused.value) + refused.value.remedy


def test_a_name_is_the_same_for_the_same_address_and_tells_nothing() -> None:
    names = [Target(f"json://localhost/{path}", 1).name for path in (SECRET, SECRET, "other")]
    assert names[0] == names[1] != names[2]
    assert not any(SECRET in name for name in names)
