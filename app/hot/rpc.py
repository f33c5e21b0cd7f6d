"""The matcher over pub/sub: `team:match:request` is asked, `team:match:response:{request_id}` answers.

    {"request_id": "7", "target": "Celtics", "candidate": "Boston Celtics", "sport": "nba", "context": {...}?}
    → {"request_id": "7", "is_match": true, "confidence": 0.98, ...}               as REST answers, after the id
    → {"request_id": "7", "error": {"type", "title", "detail", "remedy", "errors": [{"field", "expected"}]}}

Many at once: `pairs` in place of the pair → {"request_id": "7", "answers": [...]}, an answer or `{"error"}` for each.
Who asks subscribes to the answer first. A pair that cannot be read costs the others nothing. Several may answer.
"""

import re
from collections.abc import Sequence
from typing import NamedTuple

import msgspec

from app.domain.answers import decode_match
from app.domain.parsing import NOT_READABLE
from app.domain.questions import (
    MOST_PAIRS,
    Fault,
    MatchRequest,
    QuestionRefused,
    checked,
    faults_of_decoding,
    read_match_request,
)
from app.domain.teams import TeamMatch
from app.errors import BadInput, CrosscourtError, MatchingUnavailable

LARGEST_REQUEST = 4 * 1024 * 1024  # bytes
LONGEST_ID = 200  # characters
FURTHEST_ID = 2_048  # bytes of a request that cannot be read, in which its id is looked for

VALIDATION = "urn:crosscourt:validation"  # as REST names the same problem
FAILED = "urn:crosscourt:internal-server-error"

RequestId = str | int  # as it was sent; the channel has it in letters
Answer = TeamMatch | BadInput


class Call(NamedTuple):
    """One request: what it asks, or what is wrong with each question."""

    request_id: RequestId
    asked: Sequence[MatchRequest | BadInput]
    is_single: bool


class Problem(msgspec.Struct, frozen=True):
    """Why a question has no answer, and what to do about it."""

    type: str
    title: str
    detail: str
    remedy: str
    errors: tuple[Fault, ...] = ()


class _Heading(msgspec.Struct, frozen=True):
    request_id: RequestId
    pairs: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET


class _Single(MatchRequest, frozen=True, forbid_unknown_fields=True, kw_only=True):
    request_id: RequestId


class _Many(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    request_id: RequestId
    pairs: list[msgspec.Raw]


class _Failure(msgspec.Struct, frozen=True):
    error: Problem


class _Answers(msgspec.Struct, frozen=True):
    answers: list[msgspec.Raw]


_JSON = msgspec.json.Encoder()
_ID = msgspec.json.Decoder(RequestId)
_ID_SAID = re.compile(rb'"request_id"\s*:\s*("(?:[^"\\]|\\.)*"|-?\d+)\s*[,}]')
_HEADING = msgspec.json.Decoder(_Heading)
_SINGLE = msgspec.json.Decoder(_Single)
_MANY = msgspec.json.Decoder(_Many)
_FAILURE = msgspec.json.Decoder(_Failure)
_ANSWERS = msgspec.json.Decoder(_Answers)


def encode_call(request_id: str, asked: Sequence[MatchRequest]) -> bytes:
    """The request about one pair or about many."""
    if len(asked) == 1:
        return _with_id(request_id, _JSON.encode(asked[0]))
    return _with_id(request_id, _JSON.encode({"pairs": asked}))


def read_call(body: bytes) -> Call | None:
    """A request, its questions checked; None when it does not say where its answer would be heard."""
    if len(body) > LARGEST_REQUEST:
        return _refused_unread(body, f"must have at most {LARGEST_REQUEST:,} bytes")
    try:
        heading = _HEADING.decode(body)
    except NOT_READABLE as error:
        return _refused_unread(body, faults_of_decoding(error)[0].expected)
    if not _can_be_heard(heading.request_id):
        return None
    is_single = heading.pairs is msgspec.UNSET
    try:
        asked = [_read_single(body)] if is_single else [_read_pair(pair) for pair in _pairs_of(body)]
    except NOT_READABLE as error:
        return Call(heading.request_id, [QuestionRefused(faults_of_decoding(error))], True)
    except BadInput as error:
        return Call(heading.request_id, [error], True)
    return Call(heading.request_id, asked, is_single)


def encode_reply(call: Call, answers: Sequence[bytes]) -> bytes:
    """The reply to a call: one JSON object for each of its questions."""
    return _with_id(call.request_id, answers[0] if call.is_single else b'{"answers":[' + b",".join(answers) + b"]}")


def encode_failure(error: Exception) -> bytes:
    """Why a question has no answer: what its asker can mend, or that something failed here."""
    if isinstance(error, BadInput):
        faults = error.faults if isinstance(error, QuestionRefused) else ()
        return _JSON.encode(_Failure(Problem(VALIDATION, _title(BadInput), str(error), error.remedy, faults)))
    detail = "something failed here that should not; it was logged"
    return _JSON.encode(_Failure(Problem(FAILED, "Internal Server Error", detail, CrosscourtError.remedy)))


def read_reply(body: bytes, asked: int) -> list[Answer]:
    """The answers to so many questions, in their order. Raises MatchingUnavailable when they are not that."""
    if asked == 1:
        return [_read_answer(body)]
    try:
        answers = [_read_answer(each) for each in _ANSWERS.decode(body).answers]
    except NOT_READABLE:
        answers = [_read_answer(body)] * asked  # the whole of it was refused
    if len(answers) != asked:
        raise MatchingUnavailable(f"{len(answers)} answers to {asked} questions")
    return answers


def _refused_unread(body: bytes, expected: str) -> Call | None:
    """For what is no JSON, or too much of it: its beginning may still say where an answer would be heard."""
    said = _ID_SAID.search(body, 0, FURTHEST_ID)
    if said is None:
        return None
    try:
        request_id = _ID.decode(said[1])
    except NOT_READABLE:
        return None
    return Call(request_id, [QuestionRefused([Fault("", expected)])], True) if _can_be_heard(request_id) else None


def _can_be_heard(request_id: RequestId) -> bool:
    return 0 < len(str(request_id)) <= LONGEST_ID


def _read_single(body: bytes) -> MatchRequest:
    try:
        said = _SINGLE.decode(body)
        return checked(MatchRequest(said.target, said.candidate, said.sport, said.context))
    except NOT_READABLE:  # without the id it is a question as any other, and refused in the same words
        named = msgspec.json.decode(body, type=dict[str, msgspec.Raw])
        return read_match_request(_JSON.encode({name: value for name, value in named.items() if name != "request_id"}))


def _pairs_of(body: bytes) -> list[msgspec.Raw]:
    pairs = _MANY.decode(body).pairs
    if not 0 < len(pairs) <= MOST_PAIRS:
        raise QuestionRefused([Fault("pairs", f"must have 1 to {MOST_PAIRS:,} pairs")])
    return pairs


def _read_pair(pair: msgspec.Raw) -> MatchRequest | BadInput:
    try:
        return read_match_request(pair)
    except BadInput as error:
        return error


def _read_answer(body: bytes | msgspec.Raw) -> Answer:
    try:
        return decode_match(bytes(body))
    except NOT_READABLE:
        return _read_failure(body)


def _read_failure(body: bytes | msgspec.Raw) -> BadInput:
    try:
        problem = _FAILURE.decode(body).error
    except NOT_READABLE as error:
        raise MatchingUnavailable(f"the reply is neither an answer nor a problem: {error}") from None
    if problem.type != VALIDATION:
        raise MatchingUnavailable(problem.detail, remedy=problem.remedy)
    return QuestionRefused(problem.errors) if problem.errors else BadInput(problem.detail, remedy=problem.remedy)


def _with_id(request_id: RequestId, body: bytes) -> bytes:
    """The same JSON object with the id before everything else: not a byte of it is another."""
    return b'{"request_id":%b,%b' % (_JSON.encode(request_id), body[1:])


def _title(kind: type[CrosscourtError]) -> str:
    return (kind.__doc__ or "").strip().partition("\n")[0]
