"""What single sentences say, and which ones nobody may take as understood."""

import pytest

from app.domain.propositions import HalfPoints
from app.domain.settlements import FOREVER
from app.settlement.clauses import LONGEST_RULES, read_rules, read_sentence
from app.settlement.grammar import Asked, Fact, Said
from tests.app.settlement.texts import KALSHI_GAME, KALSHI_LATE, KALSHI_SOCCER_GAME, KALSHI_TAIL, KALSHI_WINNER

YES = "then the market resolves to Yes."
LINE = HalfPoints(7)


@pytest.mark.parametrize(
    ("sentence", "asked"),
    [
        (KALSHI_WINNER, Asked("moneyline", "Yes", "Oakville")),
        (
            f"If Oakville wins the first half of {KALSHI_GAME}, {YES}",
            Asked("moneyline", "Yes", "Oakville", scope="1h"),
        ),
        (f"If Oakville wins by more than 3.5 points in {KALSHI_GAME}, {YES}", Asked("spread", "Yes", "Oakville", LINE)),
        (
            f"If the teams in {KALSHI_GAME} collectively score more than 3.5 runs, {YES}",
            Asked("total", "Yes", "", LINE),
        ),
        (
            f"If Oakville and Milltown collectively score more 3.5 runs in {KALSHI_GAME}, {YES}",  # as it is written
            Asked("total", "Yes", "", LINE),
        ),
        (f"If Oakville scores 4+ runs in {KALSHI_GAME}, {YES}", Asked("team_total", "Yes", "Oakville", LINE)),
        (f"If both teams score at least one goal in {KALSHI_GAME}, {YES}", Asked("both_to_score", "Yes")),
        ('If the Oaks win, the market will resolve to "Oaks".', Asked("moneyline", "Oaks", "Oaks")),
        ('If Oakville wins, this market will resolve to "Yes."', Asked("moneyline", "Yes", "Oakville")),
        (
            'This market will resolve to "Oaks" if the Oaks win the game by 4 or more points.',
            Asked("spread", "Oaks", "Oaks", LINE),
        ),
        (
            'This market will resolve to "Oaks" if the Oaks are winning by 4 or more points at halftime.',
            Asked("spread", "Oaks", "Oaks", LINE, "1h"),
        ),
        (
            'This market will resolve to "Over" if the Oaks and Mills combine to score 4 or more points in this game.',
            Asked("total", "Over", "", LINE),
        ),
        (
            'If the combined first half total is less than 4, this market will resolve to "Under".',
            Asked("total", "Under", "", LINE, "1h"),
        ),
    ],
)
def test_a_question_is_read_with_its_line_and_its_stretch_of_the_game(sentence: str, asked: Asked) -> None:
    said = read_sentence(sentence)
    assert said is not None
    assert [each for each in said if isinstance(each, Asked)] == [asked]


@pytest.mark.parametrize(
    ("sentence", "facts"),
    [
        (
            "If the game is not started within 48 hours, the market will resolve to a fair market price.",
            [Fact("window", 48), Fact("late", "fair"), Fact("cancelled", "fair")],
        ),
        (
            "If the game is postponed from its originally scheduled date but begins within 48 hours, the market will "
            "remain open and resolve based on the official final result.",
            [Fact("window", 48)],
        ),
        (
            "If the cancelled game is not played or is rescheduled further than 2 days out, all markets will resolve "
            "to a fair price in accordance with the rules.",
            [Fact("cancelled", "fair"), Fact("window", 48), Fact("late", "fair")],
        ),
        (
            "If the game is cancelled or rescheduled to over two weeks away, the market will resolve to a fair price "
            "in accordance with the rules.",
            [Fact("cancelled", "fair"), Fact("window", 336), Fact("late", "fair")],
        ),
        (
            "If this game is postponed or delayed, the market will remain open and close after the rescheduled game "
            "has finished (within two weeks).",
            [Fact("window", 336)],
        ),
        (
            "If the game is postponed, this market will remain open until the game has been completed.",
            [Fact("window", FOREVER), Fact("late", "result")],
        ),
        (
            "If the game is canceled entirely, with no make-up game, or ends in a tie, this market will resolve 50-50.",
            [Fact("cancelled", "half"), Fact("tie", "half")],
        ),
        (
            'If the game is canceled entirely, with no make-up game, this market will resolve to "No".',
            [Fact("cancelled", "", "No")],
        ),
        ("If the game ends in a tie, the market will resolve to $0.50 for each team.", [Fact("tie", "half")]),
        ("If the game is declared a tie, the market will resolve to 50/50 for both teams.", [Fact("tie", "half")]),
        ('If the game ends in a tie, the market called "Tie" resolves to Yes.', [Fact("tie", "result")]),
        (
            "If the score is tied at halftime, this market will resolve 50-50.",
            [Fact("tie", "half"), Fact("scope", "1h")],
        ),
        (
            "If the game is suspended and not resumed, the market will resolve to a fair price.",
            [Fact("abandoned", "fair")],
        ),
        ('Otherwise, this market will resolve to "No".', [Fact("otherwise", answer="No")]),
        ("Note: This market includes overtime.", [Fact("overtime", True)]),
        (
            "This market refers only to the outcome within the first 90 minutes of regular play plus stoppage time.",
            [Fact("overtime", False), Fact("scope", "regulation")],
        ),
        (
            f"The following market refers to {KALSHI_SOCCER_GAME}.",
            [Fact("scope", "regulation"), Fact("overtime", False)],
        ),
        (f"The following market refers to {KALSHI_GAME}.", []),
        ("The resolution source will be the official box score as published on the league's site.", []),
    ],
)
def test_a_clause_is_read(sentence: str, facts: list[Said]) -> None:
    said = read_sentence(sentence)
    assert said is not None
    assert [each for each in said if isinstance(each, Fact)] == facts


@pytest.mark.parametrize(
    "sentence",
    [
        "If Kansas City wins, this pays in 2031.",
        "Nobody is paid.",
        f"If Oakville wins {KALSHI_GAME}",
        f"If Oakville wins {KALSHI_GAME}, then the market resolves to No.",
        f"If Oakville wins {KALSHI_GAME} and it does not rain, {YES}",
        f"If Oakville wins or draws {KALSHI_GAME}, {YES}",
        f"If Oakville wins the first inning of {KALSHI_GAME}, {YES}",
        f"If Oakville wins by more than 3 points in {KALSHI_GAME}, then the market resolves to Yes unless it rains.",
        "If the game is postponed, this market will resolve 50-50.",  # by how much?
        "If the game is postponed or cancelled, the market will resolve to a fair price.",
        "If the game is cancelled or moved to another city, the market will resolve to a fair price.",
        "If the game is cancelled, the market will resolve to a fair price or 50-50.",
        "If the game is cancelled, the market will resolve to a fair price unless the league declares a winner.",
        "If the game is forfeited, this market will resolve to the other team.",
        "If this game is postponed or delayed, the market will remain open and close after the rescheduled game has "
        "finished (within a while).",
        "The resolution source will be the official site and if the game is cancelled this market resolves to No.",
        "If the game is canceled entirely, with no make-up game, this market will resolve to whatever is fair.",
        'If the Oaks win in regulation, the market will resolve to "Oaks".',
        "If the game is moved to another arena, this market will resolve in favor of the visiting team.",
        "This market includes overtime in the second half.",
    ],
)
def test_what_is_only_half_understood_is_not_understood(sentence: str) -> None:
    assert read_sentence(sentence) is None
    assert read_rules(f"{KALSHI_WINNER}\n{sentence}").unread == (sentence,)


def test_a_whole_text_is_understood_to_its_last_word() -> None:
    reading = read_rules(f"{KALSHI_WINNER}\n{KALSHI_LATE}\n\n{KALSHI_TAIL}")
    assert reading.unread == ()
    assert {(fact.topic, fact.value) for fact in reading.facts} == {
        ("window", 48),
        ("late", "fair"),
        ("cancelled", "fair"),
    }


def test_a_text_that_is_too_long_to_be_one_is_not_read() -> None:
    assert read_rules(KALSHI_WINNER + " " * LONGEST_RULES).unread[0].startswith("a text of")
