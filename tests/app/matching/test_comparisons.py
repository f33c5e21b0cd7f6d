"""One word standing for another, and the pairing of two lists of words."""

import pytest

from app.matching.comparisons import contracts, cover, is_contracted_to, is_spelt_by, sound

SPELLINGS = (
    ("nc", ("north", "carolina"), True),
    ("ndak", ("north", "dakota"), True),
    ("txam", ("tx", "am"), True),
    ("usv", ("universitair", "sport", "vereniging"), True),
    ("nc", ("north",), False),
    ("nd", ("north", "carolina"), False),
    ("", (), True),
)


@pytest.mark.parametrize(("code", "words", "spells"), SPELLINGS)
def test_a_code_is_a_beginning_of_each_word(code: str, words: tuple[str, ...], spells: bool) -> None:
    assert is_spelt_by(code, words) is spells


def test_spellings_of_one_sound_are_one() -> None:
    assert sound("koeln") == sound("koln")
    assert sound("mohammedan") == sound("mohamedan")


def test_words_pair_off_the_surest_first() -> None:
    found = cover(("n", "carolina"), ("north", "carolina", "central"), [{"north": 0.97}, {"carolina": 1.0}])
    assert found.met == {0: 0.97, 1: 1.0}
    assert not found.left_over
    assert list(found.unsaid) == [2]


def test_one_word_stands_for_the_initials_of_several() -> None:
    found = cover(("nc", "state"), ("north", "carolina", "state"), [{}, {"state": 1.0}])
    assert not found.left_over
    assert not found.unsaid


def test_a_contraction_keeps_the_order_of_letters() -> None:
    assert contracts("nrthrge", "northridge")
    assert not contracts("nrhtrge", "northridge")
    assert not contracts("nor", "northridge")


@pytest.mark.parametrize(
    ("code", "words", "stands"),
    [
        ("drk", ("drake",), True),
        ("jvst", ("jacksonville", "st"), True),
        ("prtst", ("portland", "st"), True),
        ("umlw", ("umass", "lowell"), True),
        ("drk", ("duke",), False),
        ("jv", ("jacksonville", "st"), False),
        ("rk", ("drake",), False),
    ],
)
def test_a_code_may_drop_letters_inside_words_but_no_first_one(code: str, words: tuple[str, ...], stands: bool) -> None:
    assert is_contracted_to(code, words) is stands
