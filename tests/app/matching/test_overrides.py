"""What a person may say against the matcher: doubts are cleared, facts are not, and nothing outlives its text."""

from datetime import UTC, datetime

import msgspec
import pytest

from app.domain.games import Game
from app.domain.links import Link, Verdict
from app.domain.overrides import Override
from app.domain.teams import Reason
from app.errors import BadInput, Conflict
from app.matching.overrides import as_matched, doubts_of, judge, overruled, read_reason, state_of
from tests.app.hot.samples import CELTICS_GAME, KALSHI, PROVISIONAL_GAME, link

DELAY = Reason("start", "differs", "listing 00:30, game 01:30: 60 min later")
WITNESS = Reason("side", "unknown", "the title alone; a second witness is missing")
CLOSED = Reason("status", "differs", "closed: left out of pairing")
PAUSED = Reason("status", "unknown", "the venue takes no orders now")
OVER = Reason("game", "unknown", "the game is postponed")
CROSSED = Reason("team", "differs", "'Boston' is Boston Celtics, but code LAL is Los Angeles Lakers")
INVERTED = Reason("price", "differs", "opposite contracts trade at the same price")


def found(*doubts: Reason, verdict: Verdict | None = None, **more: object) -> Link:
    """A link with these doubts, and the verdict they make."""
    plain = link(KALSHI, "KX-BOS", verdict=verdict or ("watch" if doubts else "tradable"))
    given = {"reasons": (*plain.reasons, *doubts), "rules_hash": "abc", **more}
    return msgspec.structs.replace(plain, **given)


def say(verdict: Verdict, of: Link) -> Override:
    assert of.contract_id is not None
    return Override(
        contract_id=of.contract_id,
        verdict=verdict,
        reason="seen by eye",
        proposition=of.proposition,
        polarity=of.polarity,
        doubts=doubts_of(of),
        rules_hash=of.rules_hash,
        said_by="anna",
        said_at=datetime(2026, 1, 9, tzinfo=UTC),
    )


@pytest.mark.parametrize("doubt", [DELAY, WITNESS])
def test_a_person_clears_a_doubt_that_they_saw(doubt: Reason) -> None:
    watched = found(doubt)
    judge(watched, CELTICS_GAME, "tradable")
    now = overruled(watched, say("tradable", watched))
    assert (now.verdict, now.matched_verdict, now.overridden_by) == ("tradable", "watch", "anna")
    assert now.reasons[-1] == Reason("override", "agrees", "anna says tradable: seen by eye")
    assert overruled(now, say("tradable", watched)) == now
    assert as_matched(now) == overruled(now, None) == watched


@pytest.mark.parametrize(
    ("refused", "game", "words"),
    [
        (found(WITNESS, polarity=None), CELTICS_GAME, "which side it pays on"),
        (found(WITNESS, market_id=None), CELTICS_GAME, "its markets are not known"),
        (found(WITNESS), PROVISIONAL_GAME, "provisional"),
        (found(WITNESS), msgspec.structs.replace(CELTICS_GAME, status="final"), "the game is final"),
        (found(WITNESS, OVER), CELTICS_GAME, "the game is postponed"),
        (found(CLOSED, verdict="rejected"), CELTICS_GAME, "closed: left out"),
        (found(PAUSED), CELTICS_GAME, "takes no orders"),
        (found(CROSSED), CELTICS_GAME, "code LAL"),
        (found(INVERTED, verdict="rejected"), CELTICS_GAME, "same price"),
        (found(), CELTICS_GAME, "tradable already"),
    ],
)
def test_no_person_makes_this_tradable(refused: Link, game: Game, words: str) -> None:
    with pytest.raises(Conflict, match=words):
        judge(refused, game, "tradable")


def test_whoever_is_careful_is_never_refused_but_to_bring_back_what_is_rejected() -> None:
    for game in (CELTICS_GAME, PROVISIONAL_GAME):
        for restricted in (found(), found(WITNESS), found(WITNESS, polarity=None)):
            judge(restricted, game, "watch")
            judge(restricted, game, "rejected")
    with pytest.raises(Conflict, match="closed"):
        judge(found(CLOSED, verdict="rejected"), CELTICS_GAME, "watch")


@pytest.mark.parametrize("verdict", ["watch", "rejected"])
def test_a_restriction_holds_whatever_the_matcher_finds_later(verdict: Verdict) -> None:
    said = say(verdict, found(WITNESS))
    for later in (found(), found(DELAY), found(WITNESS, polarity="no")):
        assert overruled(later, said).verdict == verdict
    assert overruled(found(CLOSED, verdict="rejected"), said).verdict == "rejected"


@pytest.mark.parametrize("new", [DELAY, PAUSED, CROSSED, INVERTED, OVER])
def test_what_came_up_since_is_not_cleared(new: Reason) -> None:
    said = say("tradable", found(WITNESS))
    now = overruled(found(WITNESS, new), said)
    assert (now.verdict, now.overridden_by) == ("watch", "")
    assert now.reasons[-1].finding == "unknown"
    assert new.detail in now.reasons[-1].detail
    assert state_of(found(WITNESS, new), said)[0] == "waits"
    assert overruled(now, None) == found(WITNESS, new)


@pytest.mark.parametrize("verdict", ["tradable", "watch", "rejected"])
def test_what_was_said_about_another_text_is_void_and_the_contract_watched(verdict: Verdict) -> None:
    said = say(verdict, found(WITNESS))
    for later in (found(WITNESS, rules_hash="def"), found(rules_hash="def")):
        now = overruled(later, said)
        assert (now.verdict, now.overridden_by, state_of(now, said)[0]) == ("watch", "", "stale")
        assert "rules text has changed" in now.reasons[-1].detail
        assert overruled(now, None) == later
    assert overruled(found(CLOSED, verdict="rejected", rules_hash="def"), said).verdict == "rejected"


def test_a_contract_that_is_read_otherwise_is_not_the_one_that_was_cleared() -> None:
    said = say("tradable", found(WITNESS))
    turned = found(WITNESS, polarity="no")
    assert state_of(turned, said) == ("stale", "the contract is read as another statement")
    assert overruled(turned, said).verdict == "watch"
    assert state_of(None, said)[0] == "not_linked"


@pytest.mark.parametrize("text", ["", "  \n ", "x" * 501, "no\0", "turned \u202e round"])
def test_a_reason_says_something_that_can_be_kept(text: str) -> None:
    with pytest.raises(BadInput, match="reason"):
        read_reason(text)
    assert read_reason("  the rules \n name another game ") == "the rules name another game"
