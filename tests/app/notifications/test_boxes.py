"""What waits is gathered, sent together, and seldom; alarms come first and are let go last."""

from datetime import timedelta

from app.notifications.boxes import MOST_WAITING, Box
from app.notifications.notes import MOST_LINES, Note, message_of
from app.settings import NotificationKind
from tests.app.hot.samples import NOW

ALL: frozenset[NotificationKind] = frozenset()


def note(number: int = 0, kind: NotificationKind = "fill") -> Note:
    return Note(kind, f"{kind} {number}", NOW + timedelta(seconds=number))


def test_what_happens_within_a_moment_is_one_message() -> None:
    box = Box(ALL, 5, 10, "SIMULATED")
    box.put(note(1), 0)
    box.put(note(2, "exit"), 4.9)
    assert box.take(4.9) is None
    message = box.take(5)
    assert message is not None
    assert message.title == "Crosscourt SIMULATED: 1 fill, 1 exit"
    assert message.body == "01:30:01 fill 1\n01:30:02 exit 2"
    assert not message.is_severe
    assert (box.take(10), len(box)) == (None, 0)


def test_only_what_is_wanted_is_kept() -> None:
    box = Box(frozenset({"halt"}), 0, 10, "")
    box.put(note(1), 0)
    box.put(note(2, "halt"), 0)
    message = box.take(0)
    assert message is not None
    assert (message.title, message.is_severe) == ("Crosscourt: 1 halt", True)


def test_more_than_is_allowed_waits_for_the_next_minute() -> None:
    box = Box(ALL, 0, 2, "")
    sent = []
    for second in range(62):
        box.put(note(second), second)
        if (message := box.take(second)) is not None:
            sent.append((second, message.body.count("\n") + 1))
    assert sent == [(0, 1), (1, 1), (60, 21), (61, 1)]


def test_a_flood_lets_the_oldest_go_and_no_alarm() -> None:
    box = Box(ALL, 0, 1, "")
    box.put(note(0, "exposed"), 0)
    for number in range(MOST_WAITING + 9):
        box.put(note(number), 0)
    assert len(box) == MOST_WAITING
    message = box.take(0)
    assert message is not None
    lines = message.body.split("\n")
    assert lines[0].endswith("exposed 0")
    assert lines[-1].startswith(f"and {MOST_WAITING - MOST_LINES + 10} more")


def test_alarms_come_first() -> None:
    message = message_of([note(1), note(2, "worker"), note(0, "fill")], 0, "")
    assert message.body.split("\n") == ["01:30:02 worker 2", "01:30:00 fill 0", "01:30:01 fill 1"]
    assert message.title == "Crosscourt: 1 word of a worker, 2 fills"
