"""What a page shows of an answer is held against the answer."""

import pytest

from tests.docs.answers import answers_in, is_borne_out, shown_in

ANSWER = {"items": [{"id": "1", "price": "0.5", "size": None}], "total": 1}


def test_what_is_left_out_is_left_out() -> None:
    assert shown_in('{"a": {…}, "b": [1, …], "c": "x…", …}\n[…]') == [{"a": {}, "b": [1], "c": "x…"}, []]


@pytest.mark.parametrize(
    ("shown", "is_so"),
    [
        ({"items": [{"id": "7"}]}, True),
        ({"id": "7", "price": "0.1"}, True),  # a part of it
        ({"id": "7", "size": "3"}, True),  # null there now
        ({"id": 7}, False),
        ({"id": "7", "cost": "3"}, False),
        ({"type": "prices", "id": "7"}, False),
    ],
)
def test_names_and_kinds_of_values_are_those_of_the_answer(shown: object, is_so: bool) -> None:
    assert is_borne_out(shown, [ANSWER]) is is_so


def test_answers_are_found_among_other_lines() -> None:
    assert list(answers_in('Connected\n< {"type":"welcome"}\n{"a":\n 1}\nbye [1]')) == [{"type": "welcome"}, {"a": 1}]
