"""Terms by text and card: what fills what, what contradicts what, and what is never known."""

import msgspec
import pytest

from app.domain.leagues import LEAGUES, LeagueCode
from app.domain.propositions import Kind, Scope
from app.domain.settlements import FOREVER, Approval, Payout, Terms
from app.settlement import approved_terms, terms_of
from tests.app.settlement.legs import EPL, KALSHI, NFL, POLYMARKET, game, leg, no
from tests.app.settlement.texts import (
    KALSHI_FOOTBALL_LATE,
    KALSHI_GAME,
    KALSHI_LATE,
    KALSHI_SOCCER_GAME,
    KALSHI_TAIL,
    KALSHI_TIE,
    KALSHI_WINNER,
    POLYMARKET_EVEN,
    POLYMARKET_INTRO,
    POLYMARKET_OPEN,
    POLYMARKET_OVERTIME,
    POLYMARKET_SOCCER,
    POLYMARKET_WINNER,
    joined,
)

NBA_LEAGUE, NFL_LEAGUE = LEAGUES[LeagueCode("nba")], LEAGUES[LeagueCode("nfl")]
EPL_LEAGUE, MLB_LEAGUE = LEAGUES[LeagueCode("epl")], LEAGUES[LeagueCode("mlb")]
MLB = game("mlb", "Padres", "Astros")
KALSHI_WHOLE = joined(KALSHI_WINNER, KALSHI_LATE, KALSHI_TAIL)
POLYMARKET_WHOLE = joined(POLYMARKET_WINNER, POLYMARKET_OPEN, POLYMARKET_EVEN)


def test_a_text_says_what_the_card_does_not_and_the_card_what_the_text_does_not() -> None:
    terms = terms_of(leg(KALSHI, None), KALSHI_WHOLE, NBA_LEAGUE)
    assert terms.is_known
    assert (terms.window, terms.late, terms.cancelled) == (48, "fair", "fair")
    assert dict(terms.sources) == {
        "overtime": "card",
        "tie": "meaning",
        "window": "text",
        "late": "text",
        "cancelled": "text",
        "abandoned": "card",
    }


def test_a_market_that_waits_as_long_as_it_takes() -> None:
    terms = terms_of(leg(POLYMARKET, None, outcome="Oaks"), POLYMARKET_WHOLE, NBA_LEAGUE)
    assert terms.is_known
    assert (terms.window, terms.late, terms.cancelled) == (FOREVER, "result", "half")


def test_what_neither_says_is_missing() -> None:
    terms = terms_of(leg(KALSHI, None), joined(KALSHI_WINNER, KALSHI_TAIL), NBA_LEAGUE)
    assert (terms.missing, terms.unread, terms.is_known) == (("window", "late", "cancelled"), (), False)
    by_card = terms_of(leg(KALSHI, None, of=MLB), joined(KALSHI_WINNER, KALSHI_TAIL), MLB_LEAGUE)
    assert by_card.is_known
    assert dict(by_card.sources)["window"] == "card"


def test_a_text_that_contradicts_the_card_is_for_a_person() -> None:
    text = joined(KALSHI_WINNER, KALSHI_TIE, KALSHI_LATE.replace("two days", "two weeks"))
    terms = terms_of(leg(KALSHI, None, of=NFL), text, NFL_LEAGUE)
    assert terms.unread == ("window: the text says 336 h, the card 48 h (rules_secondary of KXNFLGAME, 2026-09)",)
    assert terms_of(
        leg(KALSHI, None, of=NFL), joined(KALSHI_WINNER, KALSHI_TIE, KALSHI_FOOTBALL_LATE), NFL_LEAGUE
    ).is_known


def test_two_sentences_that_contradict_each_other() -> None:
    text = joined(KALSHI_WINNER, KALSHI_LATE, KALSHI_LATE.replace("two days", "two weeks"))
    assert "the text says of window 336 and 48" in terms_of(leg(KALSHI, None), text, NBA_LEAGUE).unread


@pytest.mark.parametrize("text", ["", "Nobody is paid.", "If Kansas City wins, this pays in 2031.", KALSHI_LATE])
def test_without_a_question_nothing_is_known(text: str) -> None:
    terms = terms_of(leg(KALSHI, None, of=NFL), text, NFL_LEAGUE)
    assert not terms.is_known
    assert "no sentence says when it pays" in terms.unread


@pytest.mark.parametrize(
    ("kind", "points", "scope", "words"),
    [
        ("spread", -3.5, "game", "the text asks for a moneyline, the contract is read as a spread"),
        ("moneyline", None, "1h", "the text is about the game, the contract about 1h"),
        ("moneyline", None, "regulation", "overtime counts, the contract is read as regulation"),
    ],
)
def test_a_text_about_something_else_than_its_contract(
    kind: Kind, points: float | None, scope: Scope, words: str
) -> None:
    text = joined(KALSHI_WHOLE, "Note: This market includes overtime.")
    terms = terms_of(leg(KALSHI, None, kind=kind, points=points, scope=scope), text, NBA_LEAGUE)
    assert words in terms.unread


def test_a_text_with_another_line_or_another_stretch() -> None:
    asked = f"If Oakville wins by more than 6.5 points in {KALSHI_GAME}, then the market resolves to Yes."
    said = terms_of(leg(KALSHI, None, kind="spread", points=-3.5), joined(asked, KALSHI_LATE), NBA_LEAGUE)
    assert said.unread == ("the text has a line of 6.5, the contract is read as 3.5",)
    assert terms_of(leg(KALSHI, None, kind="spread", points=-6.5), joined(asked, KALSHI_LATE), NBA_LEAGUE).is_known
    half = joined(f"If Oakville wins the first half of {KALSHI_GAME}, then the market resolves to Yes.", KALSHI_LATE)
    assert terms_of(leg(KALSHI, None), half, NBA_LEAGUE).unread == ("the text is about 1h, the contract about game",)


def test_a_stretch_of_the_game_needs_a_word_about_its_own_tie() -> None:
    half = joined(f"If Oakville wins the first half of {KALSHI_GAME}, then the market resolves to Yes.", KALSHI_LATE)
    contract = leg(KALSHI, None, scope="1h")
    assert terms_of(contract, half, NBA_LEAGUE).missing == ("tie",)
    level = "If the score is tied at halftime, this market will resolve 50-50."
    assert terms_of(contract, joined(half, level), NBA_LEAGUE).tie == "half"


@pytest.mark.parametrize(
    ("outcome", "words"),
    [("Oaks", None), ("Mills", None), ("Bears", "the contract is 'Bears'"), ("Yes", "the contract is 'Yes'")],
)
def test_a_contract_must_be_one_of_the_texts_answers(outcome: str, words: str | None) -> None:
    unread = terms_of(leg(POLYMARKET, None, outcome=outcome), POLYMARKET_WHOLE, NBA_LEAGUE).unread
    assert (unread == ()) if words is None else any(words in sentence for sentence in unread)


def test_an_answer_that_is_paid_for_somebody_else_is_not_understood() -> None:
    text = POLYMARKET_WHOLE.replace('resolve to "Oaks"', 'resolve to "Bears"')
    assert "the text pays Bears for Oaks" in terms_of(leg(POLYMARKET, None, outcome="Mills"), text, NBA_LEAGUE).unread


@pytest.mark.parametrize(("outcome", "cancelled"), [("Oaks", "win"), ("Mills", "lose")])
def test_a_named_side_that_is_paid_wins_and_the_other_one_loses(outcome: str, cancelled: Payout) -> None:
    text = joined(
        POLYMARKET_WINNER, POLYMARKET_OPEN, 'If the game is canceled entirely, this market will resolve to "Oaks".'
    )
    assert terms_of(leg(POLYMARKET, None, outcome=outcome), text, NBA_LEAGUE).cancelled == cancelled
    strange = text.replace('this market will resolve to "Oaks"', 'this market will resolve to "Nobody"')
    unread = terms_of(leg(POLYMARKET, None, outcome=outcome), strange, NBA_LEAGUE).unread
    assert "the text pays 'Nobody', and it is not said what that is" in unread


@pytest.mark.parametrize(("answer", "yes", "other"), [("No", "lose", "win"), ("Yes", "win", "lose")])
def test_soccer_cancelled_pays_one_answer(answer: str, yes: Payout, other: Payout) -> None:
    void = f'If the game is canceled entirely, with no make-up game, this market will resolve to "{answer}".'
    text = joined(POLYMARKET_INTRO, POLYMARKET_SOCCER, POLYMARKET_OPEN, void)
    contract = leg(POLYMARKET, None, of=EPL)
    terms, of_no = (terms_of(each, text, EPL_LEAGUE) for each in (contract, no(contract)))
    assert (terms.is_known, terms.cancelled, of_no.cancelled) == (True, yes, other)
    assert (terms.tie, of_no.tie, terms.overtime) == ("result", "result", False)


def test_cards_speak_about_yes() -> None:
    mls = LEAGUES[LeagueCode("mls")]
    contract = leg(POLYMARKET, None, of=game("mls", "Oaks", "Mills"))
    text = joined(POLYMARKET_INTRO, POLYMARKET_SOCCER)
    assert terms_of(contract, text, mls).cancelled == "lose"
    assert terms_of(no(contract), text, mls).cancelled == "win"


def test_a_draw_may_be_asked_by_name_or_by_what_happens() -> None:
    contract = leg(KALSHI, None, of=EPL, side="", kind="draw")
    late = "If the game is cancelled or rescheduled to over two weeks away, the market will resolve to a fair price."
    asked = f"If Tie is the result of {KALSHI_SOCCER_GAME}, then the market resolves to Yes."
    assert terms_of(contract, joined(asked, late), EPL_LEAGUE).is_known
    told = 'If the game ends in a draw, this market will resolve to "Yes". Otherwise, this market will resolve to "No".'
    ninety = POLYMARKET_SOCCER.split(". ")[-1]
    of_polymarket = leg(POLYMARKET, None, of=EPL, side="", kind="draw")
    void = 'If the game is canceled entirely, with no make-up game, this market will resolve to "Yes".'
    terms = terms_of(of_polymarket, joined(told, ninety, POLYMARKET_OPEN, void), EPL_LEAGUE)
    assert (terms.unread, terms.missing, terms.tie, terms.cancelled) == ((), (), "result", "win")


def test_a_tie_that_loses_a_spread_is_its_result() -> None:
    asked = 'This market will resolve to "Oaks" if the Oaks win the game by 4 or more points.'
    rest = 'Otherwise, this market will resolve to "Mills".'
    tie = 'If the game ends in a tie, this market will resolve to "Mills".'
    text = joined(POLYMARKET_INTRO, asked, rest, tie, POLYMARKET_OPEN, POLYMARKET_EVEN)
    for outcome in ("Oaks", "Mills"):
        polarity = "yes" if outcome == "Oaks" else "no"
        contract = leg(POLYMARKET, None, kind="spread", points=-3.5, outcome=outcome, polarity=polarity)  # type: ignore[arg-type]
        assert terms_of(contract, text, NBA_LEAGUE).tie == "result"


def test_over_is_asked_and_under_is_the_rest() -> None:
    asked = 'This market will resolve to "Over" if the Oaks and Mills combine to score 4 or more points in this game.'
    text = joined(POLYMARKET_INTRO, asked, POLYMARKET_OPEN, POLYMARKET_EVEN)
    for outcome in ("Over", "Under"):
        contract = leg(POLYMARKET, None, side="", kind="total", points=3.5, outcome=outcome)
        assert terms_of(contract, text, NBA_LEAGUE).is_known


@pytest.mark.parametrize("league", ["tennis", "ufc", "cs2", "lol"])
def test_competitors_of_their_own_are_never_known(league: str) -> None:
    text = joined(POLYMARKET_WHOLE, POLYMARKET_OVERTIME)
    terms = terms_of(leg(POLYMARKET, None, outcome="Oaks"), text, LEAGUES[LeagueCode(league)])
    assert any("not settled alike" in sentence for sentence in terms.unread)


def test_what_a_person_says_of_a_text_counts_for_both_contracts_of_its_market() -> None:
    said = Terms(True, "result", 48, "fair", "lose", ("win", "half"), ("If it rains, it pours.",))
    approval = Approval(rules_hash="0", terms=said, reason="read", approved_by="anna", approved_at="2026-11-22")
    yes = leg(KALSHI, Terms(unread=("not understood",)))
    assert approved_terms(yes, approval) == msgspec.structs.replace(
        said, unread=(), sources=tuple((clause, "anna") for clause in Terms.__struct_fields__[:6])
    )
    other = approved_terms(no(yes), approval)
    assert (other.cancelled, other.abandoned, other.late) == ("win", ("lose", "half"), "fair")
    assert other.is_known


def test_no_person_makes_a_text_ask_for_what_the_contract_was_read_as() -> None:
    """What was approved is what a text means; the same text under another line is read wrong by somebody."""
    text = joined(
        KALSHI_GAME,
        "If Lakers wins by more than 3.5 points in the Celtics vs Lakers game originally scheduled for "
        "Nov 22, 2026, then the market resolves to Yes.",
        KALSHI_LATE,
    )
    said = Terms(True, "result", 48, "fair", "half", ("half",))
    approval = Approval(rules_hash="0", terms=said, reason="read", approved_by="anna", approved_at="2026-11-22")
    right, wrong = (leg(KALSHI, None, kind="spread", points=points) for points in (-3.5, -4.5))
    read = [msgspec.structs.replace(each, terms=terms_of(each, text, NBA_LEAGUE)) for each in (right, wrong)]
    assert [approved_terms(each, approval).is_known for each in read] == [True, False]
