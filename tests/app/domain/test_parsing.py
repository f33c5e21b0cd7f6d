"""Reading one element at a time, and saying what was wrong with the others."""

from datetime import UTC, datetime

import msgspec
import pytest

from app.domain.parsing import (
    Refusal,
    WrongField,
    decode,
    decode_element,
    describe_other_than_json,
    first_of_each,
    parsed,
    read_moment,
    read_number,
    refused_where,
)
from app.errors import PayloadRefused


class Thing(msgspec.Struct):
    id: str
    size: int | None = None


THINGS = msgspec.json.Decoder(list[msgspec.Raw])
THING = msgspec.json.Decoder(Thing)

NOT_JSON = [
    (b"", "nothing"),
    (b"\xef\xbb\xbf  ", "nothing"),
    (b"<!DOCTYPE html><html></html>", "an HTML or XML page of 28 bytes"),
    (b"too many requests", "text of 17 bytes"),
    (b'[{"id": "1"}, {"id"', "JSON cut off after 19 bytes"),
]


@pytest.mark.parametrize(("payload", "words"), NOT_JSON)
def test_what_is_no_json_is_named(payload: bytes, words: str) -> None:
    assert describe_other_than_json(payload) == words
    with pytest.raises(PayloadRefused, match=words):
        decode(payload, THINGS)


def test_a_byte_order_mark_is_no_obstacle() -> None:
    assert len(decode(b'\xef\xbb\xbf[{"id": "1"}]', THINGS)) == 1


def test_a_payload_of_another_shape_is_refused_with_the_place() -> None:
    with pytest.raises(PayloadRefused, match="Expected `array`, got `object`"):
        decode(b'{"error": "maintenance"}', THINGS)


def test_too_deep_a_payload_is_refused_and_breaks_nothing() -> None:
    with pytest.raises(PayloadRefused, match="recursion"):
        decode(b"[" * 100_000 + b"]" * 100_000, THINGS)


def test_a_bad_element_names_its_field_and_itself() -> None:
    raw = msgspec.Raw(b'{"id": "7", "size": "big"}')
    assert decode_element(raw, THING, "things[3]") == Refusal("things[3] 7", "size", "Expected `int | null`, got `str`")


def test_broken_text_inside_an_element_refuses_the_element() -> None:
    assert isinstance(decode_element(msgspec.Raw(b'{"id": "\xff"}'), THING, "things[0]"), Refusal)


def test_the_second_of_one_id_is_refused() -> None:
    refusal = Refusal("things[1]", "id", "missing")
    read = parsed(first_of_each([Thing("a"), refusal, Thing("a", 2), Thing("b")]))
    assert [thing.id for thing in read.items] == ["a", "b"]
    assert read.refused == (refusal, Refusal("a", "id", "appears twice"))


def test_a_wrong_field_becomes_a_refusal() -> None:
    def fail() -> Thing:
        raise WrongField("team.id")

    assert refused_where("things[0]", fail) == Refusal("things[0]", "team.id", "missing")


MOMENTS = [
    "2026-11-23T00:30Z",
    "2026-11-23T00:30:00Z",
    "2026-11-23 00:30:00+00",
    "2026-11-22T19:30:00-05:00",
    "2026-11-23T00:30:00",
]


@pytest.mark.parametrize("text", MOMENTS)
def test_every_way_of_writing_a_moment_is_read_as_utc(text: str) -> None:
    assert read_moment(text, "date") == datetime(2026, 11, 23, 0, 30, tzinfo=UTC)


@pytest.mark.parametrize("text", ["soon", "2026-13-01T00:00Z", "0001-01-01T00:00Z", "9999-12-31T23:59:59-05:00"])
def test_no_moment_names_the_field(text: str) -> None:
    with pytest.raises(WrongField, match="startTime"):
        read_moment(text, "startTime")


NUMBERS = [(0.5, 0.5), ("0.5300", 0.53), (1, 1.0), ("1e-3", 0.001)]
NO_NUMBERS: list[object] = [None, "", "half", "nan", float("inf"), True, [1], {"a": 1}, 10**400]


@pytest.mark.parametrize(("written", "number"), NUMBERS)
def test_a_number_may_stand_in_quotes(written: object, number: float) -> None:
    assert read_number(written) == number


@pytest.mark.parametrize("written", NO_NUMBERS)
def test_what_is_no_number_is_none(written: object) -> None:
    assert read_number(written) is None
