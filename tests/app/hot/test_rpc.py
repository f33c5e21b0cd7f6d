"""What is written is read back; what cannot be read is told apart from what cannot be answered."""

import msgspec
import pytest

from app.domain.answers import encode_match
from app.domain.questions import MOST_PAIRS, MatchRequest, QuestionRefused
from app.domain.teams import MatchContext, Reason, TeamMatch
from app.errors import BadInput, MatchingUnavailable
from app.hot.rpc import LARGEST_REQUEST, encode_call, encode_failure, encode_reply, read_call, read_reply

CELTICS = MatchRequest("Celtics", "Boston Celtics", "nba")
MIAMI = MatchRequest("Miami", "Miami Hurricanes", "ncaab", MatchContext(opponent="Duke", league="ncaab"))
FOUND = TeamMatch(True, 0.98, "alias", None, None, (Reason("team", "agrees", "both are Boston Celtics"),))


@pytest.mark.parametrize("asked", [[CELTICS], [CELTICS, MIAMI]])
def test_a_call_is_read_as_it_was_written(asked: list[MatchRequest]) -> None:
    call = read_call(encode_call("a:1", asked))
    assert call is not None
    assert (call.request_id, list(call.asked), call.is_single) == ("a:1", asked, len(asked) == 1)


@pytest.mark.parametrize("count", [1, 3])
def test_a_reply_is_read_as_it_was_written(count: int) -> None:
    call = read_call(encode_call("a:1", [CELTICS] * count))
    assert call is not None
    assert read_reply(encode_reply(call, [encode_match(FOUND)] * count), count) == [FOUND] * count


def test_codes_are_those_of_the_house() -> None:
    call = read_call(b'{"request_id": 7, "target": "a", "candidate": "b", "sport": "CBB"}')
    assert call is not None
    assert (call.request_id, list(call.asked)) == (7, [MatchRequest("a", "b", "ncaab")])


@pytest.mark.parametrize(
    "body",
    [b"", b"[]", b"{}", b"\xff", b'{"request_id": null}', b'{"request_id": ""}', b'{"request_id": {}}',
     b'{"request_id": "x"', b'{"request_id": "%b"}' % (b"x" * 201), b"[" * 100_000, b" " * (LARGEST_REQUEST + 1),
     b'{"request_id": 7.5}', b'{"target": "\\"request_id\\": 7, ', b'{"request_id": "\\q", ', b'{"request_id": "", ',
     b'{"more": "%b", "request_id": 7, ' % (b"x" * 2_048)]
)  # fmt: skip
def test_who_names_no_channel_cannot_be_answered(body: bytes) -> None:
    assert read_call(body) is None


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b'{"request_id": "a", not JSON', "must be JSON"),
        (b'{"target": "b", "request_id" : "a" }}', "must be JSON"),
        (b'{"request_id":"a","target":' + b"[" * 100_000, "nested hundreds of levels deep"),
        (b'{"request_id":"a","target":"%b"}' % (b"x" * LARGEST_REQUEST), "must have at most 4,194,304 bytes"),
    ],
)
def test_who_names_a_channel_is_answered_also_when_the_rest_cannot_be_read(body: bytes, expected: str) -> None:
    call = read_call(body)
    assert call is not None
    (refused,) = call.asked
    assert isinstance(refused, QuestionRefused)
    assert (call.request_id, call.is_single) == ("a", True)
    assert expected in str(refused)


@pytest.mark.parametrize(
    ("rest", "fields"),
    [
        (b"", ["target", "candidate", "sport"]),
        (b',"target":1,"candidate":2,"sport":"nba"', ["target", "candidate"]),
        (b',"target":"","candidate":"b","sport":"chess"', ["target", "sport"]),
        (b',"target":"a","candidate":"b","sport":"nba","more":1', ["more"]),
        (b',"pairs":{}', ["pairs"]),
        (b',"pairs":[]', ["pairs"]),
        (b',"pairs":[%b]' % b",".join([b"1"] * (MOST_PAIRS + 1)), ["pairs"]),
        (b',"pairs":[1],"target":"a"', ["target"]),
    ],
)
def test_what_is_wrong_with_a_call_is_told(rest: bytes, fields: list[str]) -> None:
    call = read_call(b'{"request_id":"a"' + rest + b"}")
    assert call is not None
    (refused,) = call.asked
    assert isinstance(refused, QuestionRefused)
    assert [fault.field for fault in refused.faults] == fields
    (heard,) = read_reply(encode_reply(call, [encode_failure(refused)]), 1)
    assert isinstance(heard, QuestionRefused)
    assert (heard.faults, str(heard)) == (refused.faults, str(refused))


def test_a_pair_that_cannot_be_read_costs_the_others_nothing() -> None:
    call = read_call(b'{"request_id":"a","pairs":[5,%b]}' % msgspec.json.encode(CELTICS))
    assert call is not None
    bad, good = call.asked
    assert isinstance(bad, BadInput)
    assert good == CELTICS


def test_a_refusal_of_the_whole_is_one_of_each() -> None:
    heard = read_reply(b'{"request_id":"a",' + encode_failure(BadInput("too much", remedy="less"))[1:], 3)
    assert [(str(each), each.remedy) for each in heard if isinstance(each, BadInput)] == [("too much", "less")] * 3


@pytest.mark.parametrize(
    "body", [b"", b"{}", b'{"answers":[]}', b'{"is_match":1}', encode_failure(ZeroDivisionError())]
)
@pytest.mark.parametrize("asked", [1, 2])
def test_what_is_no_answer_is_not_taken_for_one(body: bytes, asked: int) -> None:
    with pytest.raises(MatchingUnavailable):
        read_reply(body, asked)
