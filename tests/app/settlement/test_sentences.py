import pytest

from app.settlement.sentences import split_sentences


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("", ()),
        (" \n\n ", ()),
        ("One. Two. Three", ("One.", "Two.", "Three")),
        ("One line\nand another", ("One line", "and another")),
        (
            "Michigan St. vs St. Louis by 20.5 points. It pays.",
            ("Michigan St. vs St. Louis by 20.5 points.", "It pays."),
        ),
        ('It resolves to "Yes." Otherwise to "No".', ('It resolves to "Yes."', 'Otherwise to "No".')),
        ("It pays “half”. It’s so.", ('It pays "half".', "It's so.")),
        ("A.\t\tB  wins   twice.", ("A. B wins twice.",)),  # a letter with a full stop is an initial
        ("It is (so.) But not (more).", ("It is (so.)", "But not (more).")),
        ("It pays. $0.50 is half.", ("It pays.", "$0.50 is half.")),
        ("It ends at 8 p.m. and goes on.", ("It ends at 8 p.m. and goes on.",)),
    ],
)
def test_a_text_falls_into_its_sentences(text: str, sentences: tuple[str, ...]) -> None:
    assert split_sentences(text) == sentences


def test_no_word_is_lost() -> None:
    text = 'If St. Louis wins (or "draws."), it pays $0.50. If not,\nit does\n\nnot! Is that so? "Yes." So be it'
    assert "".join("".join(split_sentences(text)).split()) == "".join(text.split())
