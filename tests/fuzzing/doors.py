"""What people and bots send us: over `/ws`, over Redis, and in the addresses and bodies of calls."""

import base64
from collections.abc import AsyncIterator, Collection, Sequence
from contextlib import asynccontextmanager
from typing import cast

import msgspec

from app.domain.answers import encode_match
from app.domain.prices import Nanos
from app.domain.questions import match_request_of, read_match_request, read_pairs, read_resolve_request
from app.errors import BadInput, MatchingUnavailable
from app.hot.rpc import encode_failure, encode_reply, read_call, read_reply
from app.hot.updates import Cursor
from app.matching.unified import TeamMatcher
from routers.access import Caller
from routers.cursors import cut_page, number_at, place_after
from routers.sockets.clients import Client
from routers.sockets.hubs import Hub
from routers.sockets.sequences import Sequences
from routers.sockets.visits import Visit
from tests.fuzzing.catalogues import REGISTRY
from tests.fuzzing.cores import BEGAN, MOST
from tests.fuzzing.feeds import LOOP
from tests.fuzzing.payloads import each_line

END = Cursor(7, 1_000)
PLACES = [(f"{number:03d}", "nba") for number in range(20)]

_MATCHER = TeamMatcher(REGISTRY)


class Follows:
    """What a visit asks of the hub, done by nobody."""

    def now(self) -> Nanos:
        return BEGAN

    @asynccontextmanager
    async def ready(self, channels: Collection[str]) -> AsyncIterator[None]:
        for channel in channels:
            channel.encode()  # it becomes the name of a channel of Redis
        yield

    def note(self, *_: object) -> None:
        """Follow, leave, show."""

    follow = leave = show = follow_marks = leave_marks = note


class Numbers(Sequences):
    """Updates, of which the last one is END."""

    def __init__(self) -> None:
        self.asked: list[Cursor] = []

    async def end(self) -> Cursor:
        return END

    def is_followed_by(self, client: Client) -> bool:
        return False

    def join(self, client: Client, channels: Sequence[str], end: Cursor) -> bool:
        return True

    def leave(self, client: Client, channels: Sequence[str]) -> None:
        assert channels

    async def resume(self, client: Client, channels: Sequence[str], since: Cursor) -> None:
        assert 0 <= since.seq < MOST
        assert 0 <= since.epoch < MOST


class Ear:
    """A client that keeps what it is told."""

    after = END

    def __init__(self) -> None:
        self.told: list[object] = []

    def tell(self, message: object) -> None:
        self.told.append(message)


async def _recall(_: float) -> Caller:
    return ANYBODY


async def _introduce(key: str, _: float) -> Caller:
    key.encode()
    return ANYBODY


ANYBODY = Caller(name="local", scopes=frozenset({"read"}))


def hear_visitor(messages: bytes) -> None:
    """What a client says over `/ws`, one message a line: each but a subscription has one answer at most."""
    LOOP.run_until_complete(_hear_visitor(messages))


async def _hear_visitor(messages: bytes) -> None:
    hub, ear = Follows(), Ear()
    hub.sequences = Numbers()  # type: ignore[attr-defined]
    visit = Visit(cast("Hub", hub), ANYBODY, _recall, _introduce)
    visit.begin(cast("Client", ear))
    for count, message in enumerate(each_line(messages), 1):
        try:
            text: str | None = message.decode()
        except UnicodeDecodeError:
            text = None
        await visit.hear(text)
        assert len(ear.told) <= 1 + count


def answer_call(body: bytes) -> None:
    """A request to the matcher over Redis, from its reading to the reply; and the same as a reply."""
    call = read_call(body)
    if call is not None:
        answers = []
        for asked in call.asked[:20]:
            try:
                found = asked if isinstance(asked, BadInput) else _MATCHER.match(*msgspec.structs.astuple(asked))
            except BadInput as error:
                found = error
            answers.append(encode_failure(found) if isinstance(found, BadInput) else encode_match(found))
        if answers:
            msgspec.json.decode(encode_reply(call, answers))
    for asked_for in (1, 2):
        try:
            read_reply(body, asked_for)
        except MatchingUnavailable:
            continue


def read_questions(body: bytes) -> None:
    """Bodies and queries of the calls about names."""
    for read in (read_match_request, read_resolve_request):
        try:
            asked = read(body)
        except BadInput:
            continue
        if hasattr(asked, "candidate"):
            found = _MATCHER.match(*msgspec.structs.astuple(asked))
            assert 0 <= found.confidence <= 1
            encode_match(found)
        else:
            _MATCHER.resolve(*msgspec.structs.astuple(asked))
    text = body.decode(errors="surrogateescape")
    for query in (
        {"target": text, "candidate": text, "sport": "nba"},
        {"target": "a", "candidate": "b", "sport": "nba", "context": text},
    ):
        try:
            match_request_of(query)
        except BadInput:
            continue
    try:
        for pair in read_pairs(body)[:20]:
            read_match_request(pair)
    except BadInput:
        return


def read_cursors(data: bytes) -> None:
    """A cursor as it comes in an address: as it is, and as if it were one of ours."""
    for cursor in (data.decode(errors="replace")[:500], base64.urlsafe_b64encode(data).decode().rstrip("=")[:500]):
        try:
            page, total, following = cut_page(PLACES, lambda place: place, cursor, 5)
            assert len(page) <= 5
            assert total == len(PLACES)
            assert following is None or len(page) == 5
        except BadInput:
            pass
        try:
            number = number_at(cursor)
            assert number is None or 0 <= number < MOST
        except BadInput:
            pass
        try:
            place = place_after(cursor, 2)
            assert place is None or len(place) == 2
            "".join(place or ()).encode()  # Postgres is asked with it
        except BadInput:
            pass
