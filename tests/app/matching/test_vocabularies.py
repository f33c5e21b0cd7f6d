"""Which words of a pool a word can stand for."""

import pytest

from app.matching.comparisons import MEANS, MISSPELT, SOUNDS
from app.matching.vocabularies import Vocabulary

WORDS = Vocabulary(["northern", "north", "kobe", "kobenhavn", "villarreal", "munchen", "michigan", "mich"])


def test_a_word_that_is_known_stands_for_itself_and_for_what_it_means() -> None:
    assert WORDS.stand_ins("kobe") == {"kobe": 1.0}
    assert WORDS.stand_ins("mich") == {"mich": 1.0, "michigan": MEANS}


def test_a_short_form_stands_for_all_it_can_mean() -> None:
    assert set(WORDS.stand_ins("n")) >= {"north", "northern"}


def test_a_misspelt_word_is_found_under_any_first_letter() -> None:
    assert WORDS.stand_ins("villareal")["villarreal"] == SOUNDS
    assert WORDS.stand_ins("nunchen")["munchen"] == MISSPELT


def test_a_word_of_the_whole_pool_is_no_misspelling_of_the_few() -> None:
    few = Vocabulary(["kobenhavn"], WORDS)
    assert few.stand_ins("kobe") == {}
    assert few.stand_ins("kobenhagn") == {"kobenhavn": MISSPELT}


STANDS_FOR = (
    ("n", "northern"),
    ("miss", "mississippi"),
    ("dep", "deportivo"),
    ("wich", "wichita"),
    ("koeln", "koln"),
    ("nrthrge", "northridge"),
    ("munich", "munchen"),
    ("c", "cerro"),
    ("utrechtse", "utrecht"),
    ("middlesborough", "middlesbrough"),
)
STANDS_NOT_FOR = (("ohio", "oregon"), ("east", "west"), ("rangers", "rovers"), ("ab", "cd"), ("x", "y"))


@pytest.mark.parametrize(("query", "word"), STANDS_FOR)
def test_a_word_stands_for_another(query: str, word: str) -> None:
    assert word in Vocabulary([word]).stand_ins(query)


@pytest.mark.parametrize(("query", "word"), STANDS_NOT_FOR)
def test_lookalikes_do_not_stand_for_each_other(query: str, word: str) -> None:
    assert Vocabulary([word]).stand_ins(query) == {}
