"""What the matcher may be asked, and what is wrong with a question: the same at every door it comes in by."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import TypeVar

import msgspec

from app.domain.leagues import LEAGUES, find_league
from app.domain.teams import MatchContext
from app.errors import BadInput

LONGEST_NAME = 200  # characters
LONGEST_SPORT = 40
MOST_PAIRS = 1_000  # of one batch
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
        self.faults = tuple(faults)


_MATCH = msgspec.json.Decoder(MatchRequest)
_RESOLVE = msgspec.json.Decoder(ResolveRequest)


def read_match_request(body: bytes | msgspec.Raw) -> MatchRequest:
    """A question out of its JSON, checked. Raises QuestionRefused with every field that is wrong."""
    return checked(_read(body, _MATCH))


def read_resolve_request(body: bytes | msgspec.Raw) -> ResolveRequest:
    """As `read_match_request`, about one name."""
    return checked(_read(body, _RESOLVE))


def checked(asked: Asked) -> Asked:
    """The question with the codes that its sport and league are known by. Raises QuestionRefused."""
    if faults := list(_faults(asked)):
        raise QuestionRefused(faults)
    sport, context = _code(asked.sport), asked.context
    if context is not None and context.league is not None:
        context = msgspec.structs.replace(context, league=_code(context.league))
    is_as_it_was = sport == asked.sport and context is asked.context
    return asked if is_as_it_was else msgspec.structs.replace(asked, sport=sport, context=context)


def faults_of_decoding(error: Exception) -> list[Fault]:
    """What msgspec says of JSON that is no question, as the field and what was expected of it."""
    words, _, place = str(error).partition(" - at `$")
    field = place.rstrip("`").removeprefix(".")
    if named := _FIELD_NAMED.fullmatch(words):
        field = f"{field}.{named['name']}".removeprefix(".")
        words = "must be given" if named["how"] == "missing required" else "no such field is known"
    elif not isinstance(error, msgspec.ValidationError):
        words = "must be JSON"
    return [Fault(field, words[:1].lower() + words[1:] if words.startswith("Expected") else words)]


_FIELD_NAMED = re.compile(r"Object (?P<how>missing required|contains unknown) field `(?P<name>.*)`", re.DOTALL)
NOT_READABLE = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)  # whatever a decoder may raise


def _read(body: bytes | msgspec.Raw, decoder: msgspec.json.Decoder[Asked]) -> Asked:
    try:
        return decoder.decode(body)
    except NOT_READABLE as error:
        raise QuestionRefused(faults_of_decoding(error)) from None


def _faults(asked: MatchRequest | ResolveRequest) -> Iterator[Fault]:
    if isinstance(asked, MatchRequest):
        yield from _faults_of_name("target", asked.target)
        yield from _faults_of_name("candidate", asked.candidate)
    else:
        yield from _faults_of_name("name", asked.name)
    yield from _faults_of_sport("sport", asked.sport)
    if asked.context is not None:
        yield from _faults_of_context(asked.context)


def _faults_of_context(context: MatchContext) -> Iterator[Fault]:
    for field in ("opponent", "venue_id", "matched_side"):
        text: str | None = getattr(context, field)
        if text is not None:
            yield from _faults_of_text(f"context.{field}", text)
    if context.start is not None:
        yield from _faults_of_moment("context.start", context.start)
    if context.league is not None:
        yield from _faults_of_sport("context.league", context.league)


def _faults_of_name(field: str, name: str) -> Iterator[Fault]:
    if not name.strip():
        yield Fault(field, "must not be blank")
    yield from _faults_of_text(field, name)


def _faults_of_text(field: str, text: str) -> Iterator[Fault]:
    if len(text) > LONGEST_NAME:
        yield Fault(field, f"must have at most {LONGEST_NAME} characters")
    elif not is_readable(text):
        yield Fault(field, "must not have control or direction characters")


def _faults_of_sport(field: str, code: str) -> Iterator[Fault]:
    if len(code) > LONGEST_SPORT or find_league(code) is None:
        yield Fault(field, f"must be one of {', '.join(LEAGUES)} (cfb and cbb work too)")


def _faults_of_moment(field: str, moment: datetime) -> Iterator[Fault]:
    if moment.tzinfo is None:
        yield Fault(field, "must have its offset from UTC")
    if moment.year not in YEARS:
        yield Fault(field, f"must be between {YEARS.start} and {YEARS.stop}")


def is_readable(text: str) -> bool:
    """Without characters that no eye sees and no store keeps."""
    return text.isprintable() or all(
        each in SPACES or unicodedata.category(each) not in UNSEEN for each in text
    )  # printable is the common case, and quick


def _code(sport: str) -> str:
    league = find_league(sport)
    return sport if league is None else league.code
