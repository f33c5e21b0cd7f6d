"""Names are taken apart alike, whoever writes them."""

import pytest

from app.matching.names import fold, initials, is_code, read_name

ALIKE = (
    ("Michigan St.", "MICHIGAN STATE"),
    ("Saint Louis", "St. Louis"),
    ("San José State", "san jose st"),
    ("Hawai'i", "Hawaii"),
    ("Texas A&M", "Texas A & M"),
    ("Texas A&M", "texas am"),
    ("William & Mary", "William and Mary"),
    ("N.C. State", "NC State"),
    ("D.C. United", "DC Utd"),
    ("L.A. Lakers", "Los Angeles Lakers"),
    ("New York Knicks", "NY Knicks"),
    ("Miami (OH)", "Miami-OH"),
    ("Brøndby IF", "Brondby IF"),
    ("Łódź", "lodz"),
    ("Grand View", "GRANDVIEW"),
    ("Brighton & Hove Albion", "Brighton Hove Albion"),
    ("Newell’s Old Boys", "Newells Old Boys"),
    ("portland-state", "Portland St"),
)

APART = (
    ("Arsenal", "Arsenal Women"),
    ("Arsenal", "Arsenal U21"),
    ("Spain U20", "Spain U-21"),
    ("Villarreal", "Villarreal B"),
    ("Real Sociedad", "Real Sociedad II"),
    ("Miami", "Miami (OH)"),
    ("Texas", "Texas Tech"),
    ("Boston College", "Boston University"),
)

MARKS = (
    ("Arsenal Women", {"women"}),
    ("Arsenal (W)", {"women"}),
    ("Lyon Féminin", {"women"}),
    ("Spain U21", {"u21"}),
    ("Brazil Sub20", {"u20"}),
    ("England Women U-19", {"women", "u19"}),
    ("Barcelona B", {"reserves"}),
    ("Benfica II", {"reserves"}),
    ("Barcelona C", {"thirds"}),
    ("B 36 Torshavn", set()),
    ("Young Boys", set()),
)


@pytest.mark.parametrize(("one", "other"), ALIKE)
def test_names_written_differently_have_one_key(one: str, other: str) -> None:
    assert read_name(one).key == read_name(other).key


@pytest.mark.parametrize(("one", "other"), APART)
def test_what_tells_teams_apart_stays_in_the_key(one: str, other: str) -> None:
    assert read_name(one).key != read_name(other).key


@pytest.mark.parametrize(("text", "marks"), MARKS)
def test_marks_tell_sister_teams_apart(text: str, marks: set[str]) -> None:
    assert read_name(text).marks == marks


def test_marks_are_of_soccer_only_when_asked_for() -> None:
    assert read_name("Los Angeles C", marked=False).marks == set()


def test_what_stands_in_brackets_or_after_a_dash_is_kept_aside() -> None:
    assert read_name("Racing (Córdoba)").aside == ("cordoba",)
    assert read_name("Ajax - Netherlands").aside == ("netherlands",)
    assert read_name("VCU (Va. Commonwealth", marked=False).aside == ("va", "commonwealth")
    assert read_name("(Reading)").words == ("reading",)


def test_fold_leaves_only_plain_letters() -> None:
    assert fold("1. FC KÖLN!").split() == ["1", "fc", "koln"]
    assert fold("東京").split() == []


def test_codes_look_like_tickers() -> None:
    assert is_code("GSW")
    assert is_code("TA&M")
    assert not is_code("Cavs")
    assert not is_code("LA RAMS")


def test_initials_are_first_letters() -> None:
    assert initials(("white", "sox")) == "ws"
