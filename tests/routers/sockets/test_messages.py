"""Whatever is sent is read, or refused by name with what to do about it."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import AccessDenied, HotStoreUnavailable, KeyRequired, TooManyCalls
from app.hot.updates import Said
from routers.sockets.messages import (
    LARGEST_MESSAGE,
    Ping,
    SocketRefused,
    Subscribe,
    code_of,
    kind_of,
    read_op,
    written_update,
)

REFUSED = [
    ("", "not_json"),
    ("{", "not_json"),
    ("\ud800", "not_json"),
    ("[" * 10_000, "unknown_op"),
    ("null", "unknown_op"),
    ("[]", "unknown_op"),
    ("{}", "unknown_op"),
    ('{"op":5}', "unknown_op"),
    ('{"op":"shout"}', "unknown_op"),
    ('{"op":"subscribe"}', "bad_field"),
    ('{"op":"subscribe","channels":"games"}', "bad_field"),
    ('{"op":"subscribe","channels":[5]}', "bad_field"),
    ('{"op":"ping","extra":1}', "bad_field"),
    ('{"op":"ping","id":{}}', "bad_field"),
    ('{"op":"ping","id":"' + "x" * 101 + '"}', "bad_field"),
    ('{"op":"auth"}', "bad_field"),
    ('{"op":"subscribe","channels":["fills"],"since":-1}', "bad_since"),
    ('{"op":"subscribe","channels":["fills"],"since":"7"}', "bad_since"),
    ('{"op":"subscribe","channels":["fills"],"since":true}', "bad_since"),
    ('{"op":"subscribe","channels":["fills"],"since":1e99}', "bad_since"),
    ('{"op":"subscribe","channels":["fills"],"epoch":-1,"since":1}', "bad_since"),
    ('{"op":"subscribe","channels":["fills"],"epoch":5}', "bad_since"),
    ('{"op":"ping","id":"' + "x" * LARGEST_MESSAGE + '"}', "too_large"),
]


@pytest.mark.parametrize(("text", "code"), REFUSED, ids=range(len(REFUSED)))
def test_what_cannot_be_read_is_refused_by_name(text: str, code: str) -> None:
    with pytest.raises(SocketRefused) as refused:
        read_op(text)
    assert refused.value.code == code
    assert refused.value.remedy


@given(st.text(max_size=200))
def test_nothing_that_is_sent_is_a_bug(text: str) -> None:
    with suppress(SocketRefused):
        read_op(text)


def test_what_is_asked_is_read() -> None:
    assert read_op('{"op":"ping","id":7}') == Ping(id=7)
    asked = read_op('{"op":"subscribe","channels":["fills","games"],"since":7,"epoch":8}')
    assert asked == Subscribe(channels=["fills", "games"], since=7, epoch=8)


@pytest.mark.parametrize(
    ("channel", "kind"), [("games", "games"), ("fills", "lasting"), ("prices:x:nba:2026-01-10:lal-bos", "prices")]
)
def test_channels_are_known_by_kind(channel: str, kind: str) -> None:
    assert kind_of(channel) == kind


@pytest.mark.parametrize("channel", ["", "prices:", "prices:*", "prices", "FILLS", "views:401", "prices:" + "x" * 300])
def test_a_channel_that_does_not_exist_is_refused(channel: str) -> None:
    with pytest.raises(SocketRefused, match="no channel"):
        kind_of(channel)


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (KeyRequired(), "key_required"),
        (AccessDenied(), "not_allowed"),
        (TooManyCalls(), "too_many_messages"),
        (HotStoreUnavailable(), "unavailable"),
    ],
)
def test_errors_of_ours_have_a_code(error: Exception, code: str) -> None:
    assert code_of(error) == code  # type: ignore[arg-type]


def test_an_update_leaves_with_what_was_said_as_it_was_said() -> None:
    told = written_update(Said(8, 7, "fills", 5, b'{"price": "0.50"}'))
    assert told == '{"type":"update","channel":"fills","epoch":8,"seq":7,"before":5,"data":{"price": "0.50"}}'
