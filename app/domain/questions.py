"""What the matcher may be asked, and what is wrong with a question: the same at every door it comes in by."""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Annotated, TypeVar

import msgspec

from app.domain.leagues import LEAGUES, League, find_league
from app.domain.parsing import NOT_READABLE
from app.domain.teams import MatchContext
from app.errors import BadInput

LONGEST_NAME = 200  # characters
LONGEST_SPORT = 40
MOST_PAIRS = 1_000  # of one batch
MOST_FAULTS = 20  # that are told: a question has fewer fields
UNSEEN = frozenset({"Cc", "Cf", "Cs"})  # Unicode's categories: control, format (direction among them), surrogate
SPACES = frozenset("\t\n\r\u200b\u200c\u200d\ufeff\u00ad")  # pasted with a name, and harmless: read as spaces
YEARS = range(2000, 2100)  # that a game could start in


class MatchRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Two names of one sport, as people write it: are they one team?"""

    target: str
    candidate: str
    sport: str
    context: MatchContext | None = None


class ResolveRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One name of a sport: which team is it?"""

    name: str
    sport: str
    context: MatchContext | None = None


class _Batch(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    pairs: Annotated[list[msgspec.Raw], msgspec.Meta(min_length=1, max_length=MOST_PAIRS)]


Asked = TypeVar("Asked", MatchRequest, ResolveRequest)


class Fault(msgspec.Struct, frozen=True):
    """One field that cannot be used as it is; what was sent is not repeated."""

    field: str  # "context.start"; empty: the whole
    expected: str


class QuestionRefused(BadInput):
    """What was sent cannot be understood."""

    remedy = "Mend the fields named in `errors` and send it again."

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__("; ".join(f"{each.field}: {each.expected}".removeprefix(": ") for each in faults[:3]))
        self.faults = tuple(faults[:MOST_FAULTS])


_MATCH = msgspec.json.Decoder(MatchRequest)
_RESOLVE = msgspec.json.Decoder(ResolveRequest)
_BATCH = msgspec.json.Decoder(_Batch)


def read_match_request(body: bytes | msgspec.Raw) -> MatchRequest:
    """A question out of its JSON, checked. Raises QuestionRefused with every field that is wrong."""
    return checked(_read(body, _MATCH))


def read_resolve_request(body: bytes | msgspec.Raw) -> ResolveRequest:
    """As `read_match_request`, about one name."""
    return checked(_read(body, _RESOLVE))


def match_request_of(texts: Mapping[str, str]) -> MatchRequest:
    """The same out of texts by name, as a URL has them; the context is JSON."""
    given: dict[str, object] = dict(texts)
    try:
        if "context" in texts:
            given["context"] = msgspec.json.decode(texts["context"])
    except NOT_READABLE as error:
        raise QuestionRefused([Fault("context", each.expected) for each in faults_of_decoding(error)]) from None
    try:
        return checked(msgspec.convert(given, MatchRequest))
    except NOT_READABLE as error:
        raise QuestionRefused(_faults_of_fields(given, MatchRequest) or faults_of_decoding(error)) from None


def read_pairs(body: bytes) -> list[msgspec.Raw]:
    """`{"pairs": [...]}`, for each to be read alone: what is wrong with one costs the others nothing."""
    try:
        return _BATCH.decode(body).pairs
    except NOT_READABLE as error:
        raise QuestionRefused(faults_of_decoding(error)) from None


def checked(asked: Asked) -> Asked:
    """The question with the codes that its sport and league are known by. Raises QuestionRefused."""
    league = _league(asked.sport)
    named = (asked.target, asked.candidate) if isinstance(asked, MatchRequest) else (asked.name,)
    if league is None or asked.context is not None or any(map(fault_of_name, named)):
        return _checked_in_full(asked)
    return asked if league.code == asked.sport else msgspec.structs.replace(asked, sport=league.code)


def _checked_in_full(asked: Asked) -> Asked:
    if faults := list(_faults(asked)):
        raise QuestionRefused(faults)
    sport, context = _code(asked.sport), asked.context
    if context is not None and context.league is not None:
        context = msgspec.structs.replace(context, league=_code(context.league))
    return msgspec.structs.replace(asked, sport=sport, context=context)


def faults_of_decoding(error: Exception) -> list[Fault]:
    """What msgspec says of JSON that is no question, as the field and what was expected of it."""
    words, _, place = str(error).partition(" - at `$")
    field = place.rstrip("`").removeprefix(".")
    if named := _FIELD_NAMED.fullmatch(words):
        field = f"{field}.{named['name']}".removeprefix(".")
        words = NOT_GIVEN if named["how"] == "missing required" else NOT_KNOWN
    elif isinstance(error, RecursionError):
        words = "must be JSON that is not nested hundreds of levels deep"
    elif not isinstance(error, msgspec.ValidationError):
        words = "must be JSON"
    return [Fault(field, words[:1].lower() + words[1:] if words.startswith("Expected") else words)]


NOT_GIVEN = "must be given"
NOT_KNOWN = "no such field is known"
_FIELD_NAMED = re.compile(r"Object (?P<how>missing required|contains unknown) field `(?P<name>.*)`", re.DOTALL)


def _read(body: bytes | msgspec.Raw, decoder: msgspec.json.Decoder[Asked]) -> Asked:
    try:
        return decoder.decode(body)
    except NOT_READABLE as error:
        raise QuestionRefused(_faults_of_shape(body, decoder.type) or faults_of_decoding(error)) from None


def _faults_of_shape(body: bytes | msgspec.Raw, kind: type[msgspec.Struct]) -> list[Fault]:
    try:
        given = msgspec.json.decode(body)
    except NOT_READABLE:
        return []
    return _faults_of_fields(given, kind) if isinstance(given, dict) else []


def _faults_of_fields(given: Mapping[str, object], kind: type[msgspec.Struct]) -> list[Fault]:
    """Every field that is wrong in itself: a decoder stops at the first."""
    known = {field.encode_name: field for field in msgspec.structs.fields(kind)}
    faults = [Fault(name, NOT_GIVEN) for name, field in known.items() if field.required and name not in given]
    for name, value in given.items():
        faults += (
            _faults_of_value(name, value, known[name].type)
            if name in known
            else [Fault(name[:LONGEST_NAME], NOT_KNOWN)]
        )
    return faults


def _faults_of_value(name: str, value: object, kind: object) -> list[Fault]:
    try:
        msgspec.convert(value, kind)
    except NOT_READABLE as error:
        return [Fault(f"{name}.{inner.field}".removesuffix("."), inner.expected) for inner in faults_of_decoding(error)]
    return []


def _faults(asked: MatchRequest | ResolveRequest) -> Iterator[Fault]:
    if isinstance(asked, MatchRequest):
        yield from _said("target", fault_of_name(asked.target))
        yield from _said("candidate", fault_of_name(asked.candidate))
    else:
        yield from _said("name", fault_of_name(asked.name))
    yield from _said("sport", fault_of_sport(asked.sport))
    if asked.context is not None:
        yield from _faults_of_context(asked.context)


def _faults_of_context(context: MatchContext) -> Iterator[Fault]:
    for field in ("opponent", "venue_id", "matched_side"):
        text: str | None = getattr(context, field)
        if text is not None:
            yield from _said(f"context.{field}", fault_of_text(text))
    if context.start is not None:
        yield from _said("context.start", fault_of_moment(context.start))
    if context.league is not None:
        yield from _said("context.league", fault_of_sport(context.league))


def _said(field: str, fault: str) -> Iterator[Fault]:
    if fault:
        yield Fault(field, fault)


def fault_of_name(name: str) -> str:
    """What is wrong with it; empty: nothing."""
    return "must not be blank" if not name or name.isspace() else fault_of_text(name)


def fault_of_text(text: str, longest: int = LONGEST_NAME) -> str:
    """As `fault_of_name`; it may be blank."""
    if len(text) > longest:
        return f"must have at most {longest:,} characters"
    return "" if is_readable(text) else "must not have control or direction characters"


def fault_of_sport(code: str) -> str:
    """As `fault_of_name`, of a code as people write it."""
    return "" if _league(code) else f"must be one of {', '.join(LEAGUES)} (cfb and cbb work too)"


def fault_of_moment(moment: datetime) -> str:
    """As `fault_of_name`, of a time that a game could start at."""
    if moment.tzinfo is None:
        return "must have its offset from UTC"
    return "" if moment.year in YEARS else f"must be between {YEARS.start} and {YEARS.stop}"


def is_readable(text: str) -> bool:
    """Without characters that no eye sees and no store keeps."""
    return text.isprintable() or all(
        each in SPACES or unicodedata.category(each) not in UNSEEN for each in text
    )  # printable is the common case, and quick


def _league(code: str) -> League | None:
    return find_league(code) if len(code) <= LONGEST_SPORT else None


def _code(sport: str) -> str:
    league = _league(sport)
    return sport if league is None else league.code
