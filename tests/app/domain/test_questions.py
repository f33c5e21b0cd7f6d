"""A question is read whole or refused with every field that is wrong, in words that tell what to do."""

from datetime import UTC, datetime

import msgspec
import pytest

from app.domain.questions import (
    LONGEST_NAME,
    MOST_FAULTS,
    Fault,
    MatchRequest,
    QuestionRefused,
    checked,
    match_request_of,
    read_match_request,
    read_pairs,
    read_resolve_request,
)
from app.domain.teams import MatchContext

PLAIN = {"target": "Celtics", "candidate": "Boston Celtics", "sport": "nba"}


def body(**given: object) -> bytes:
    return msgspec.json.encode({**PLAIN, **given})


def refused(asked: bytes) -> tuple[Fault, ...]:
    with pytest.raises(QuestionRefused) as found:
        read_match_request(asked)
    assert found.value.remedy
    assert str(found.value)
    return found.value.faults


def test_a_plain_question_is_what_it_says() -> None:
    assert read_match_request(body()) == MatchRequest("Celtics", "Boston Celtics", "nba")
    assert read_match_request(body(context=None)) == read_match_request(body())


def test_codes_are_those_of_the_house() -> None:
    asked = read_match_request(body(sport=" CFB ", context={"league": "cbb"}))
    assert (asked.sport, asked.context) == ("ncaaf", MatchContext(league="ncaab"))


def test_all_of_the_context_is_read() -> None:
    given = {"opponent": "Duke", "start": "2026-02-07T12:00:00-05:00", "venue_id": "7", "matched_side": "Duke"}
    context = read_match_request(body(context=given)).context
    assert context == MatchContext("Duke", datetime(2026, 2, 7, 17, tzinfo=UTC), None, "7", "Duke")


@pytest.mark.parametrize(
    "name", ["Atlético  Madrid", "大阪", "مصر", "76ers 🏀", "a\tb\nc", "x\u200by", "'; DROP TABLE--"]
)
def test_names_of_the_world_are_read(name: str) -> None:
    assert read_match_request(body(target=name)).target == name


@pytest.mark.parametrize(
    ("given", "field", "expected"),
    [
        ({"target": ""}, "target", "must not be blank"),
        ({"target": " \t"}, "target", "must not be blank"),
        ({"candidate": "x" * (LONGEST_NAME + 1)}, "candidate", "at most 200"),
        ({"target": "a\x00b"}, "target", "control"),
        ({"target": "a\u202eb"}, "target", "direction"),
        ({"target": 5}, "target", "expected `str`"),
        ({"sport": "chess"}, "sport", "must be one of nba"),
        ({"sport": "x" * 50}, "sport", "must be one of nba"),
        ({"spotr": "nba"}, "spotr", "no such field"),
        ({"context": []}, "context", "object"),
        ({"context": {"oponent": "Duke"}}, "context.oponent", "no such field"),
        ({"context": {"opponent": "x" * 201}}, "context.opponent", "at most 200"),
        ({"context": {"venue_id": "\x07"}}, "context.venue_id", "control"),
        ({"context": {"league": "chess"}}, "context.league", "must be one of nba"),
        ({"context": {"start": "2026-02-07T12:00:00"}}, "context.start", "timezone"),
        ({"context": {"start": "1026-02-07T12:00:00Z"}}, "context.start", "between 2000 and 2100"),
        ({"context": {"start": 5}}, "context.start", "expected `datetime"),
    ],
)
def test_what_is_wrong_is_named_by_its_field(given: dict[str, object], field: str, expected: str) -> None:
    (fault,) = refused(body(**given))
    assert fault.field == field
    assert expected in fault.expected


def test_a_missing_field_is_named() -> None:
    assert refused(b'{"target": "a", "candidate": "b"}') == (Fault("sport", "must be given"),)


def test_every_wrong_field_is_named_at_once() -> None:
    wrong = body(target="", candidate="", sport="chess", context={"opponent": "\x01"})
    assert [fault.field for fault in refused(wrong)] == ["target", "candidate", "sport", "context.opponent"]


@pytest.mark.parametrize("asked", [b"", b"{", b"\xff", b'{"target":"\\ud800"}', b"[" * 100_000, b'{"target":"\xff"}'])
def test_what_is_no_json_is_refused(asked: bytes) -> None:
    (fault,) = refused(asked)
    assert not fault.field or fault.field == "target"


def test_what_was_sent_is_not_repeated() -> None:
    assert "secret" not in str(refused(body(target="secret\x00", sport="secret")))


def test_a_name_alone_is_read_by_the_same_rules() -> None:
    assert read_resolve_request(b'{"name": "Celtics", "sport": "NBA"}').sport == "nba"
    with pytest.raises(QuestionRefused, match="name: must not be blank"):
        read_resolve_request(b'{"name": " ", "sport": "nba"}')


def test_a_question_of_this_process_is_checked_too() -> None:
    asked = MatchRequest("Celtics", "Boston Celtics", "nba")
    assert checked(asked) is asked
    with pytest.raises(QuestionRefused, match="offset from UTC"):
        checked(MatchRequest("a", "b", "nba", MatchContext(start=datetime(2026, 1, 1))))


def test_every_field_of_another_kind_is_named_at_once() -> None:
    faults = refused(b'{"target": 5, "context": {"start": "soon"}, "colour": 1}')
    assert [fault.field for fault in faults] == ["candidate", "sport", "target", "context.start", "colour"]


def test_only_so_many_faults_are_told() -> None:
    assert len(refused(body(**{f"x{number}": 1 for number in range(1_000)}))) == MOST_FAULTS


def test_what_is_nested_too_deeply_is_told_so() -> None:
    with pytest.raises(QuestionRefused, match="not nested hundreds of levels deep"):
        read_pairs(b'{"pairs": [' + b"[" * 100_000)


def test_texts_of_a_url_are_read_by_the_same_rules() -> None:
    asked = match_request_of({**PLAIN, "context": '{"opponent": "Duke", "start": "2026-02-07T17:00:00Z"}'})
    assert asked == MatchRequest(**PLAIN, context=MatchContext("Duke", datetime(2026, 2, 7, 17, tzinfo=UTC)))
    for given, field in (({"target": "a"}, "candidate"), ({**PLAIN, "context": "{"}, "context")):
        with pytest.raises(QuestionRefused) as found:
            match_request_of(given)
        assert found.value.faults[0].field == field


def test_pairs_are_taken_apart_unread() -> None:
    assert [bytes(pair) for pair in read_pairs(b'{"pairs": [{"target": 1}, 7]}')] == [b'{"target": 1}', b"7"]
    for asked in (b"{}", b'{"pairs": []}', b'{"pairs": 1}', b'{"pairs": [1], "more": 1}', b"["):
        with pytest.raises(QuestionRefused):
            read_pairs(asked)
