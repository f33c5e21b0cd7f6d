"""How many recorded markets have rules that are known, by league, venue and kind: no fewer than when it was counted."""

from collections import Counter
from pathlib import Path

import pytest

from app.domain.propositions import Scope
from tests.app.settlement.coverage import Recorded, recorded_terms

Place = tuple[str, str, str, str]

KNOWN: dict[Place, int] = {  # contracts, at least
    ("epl", "kalshi", "moneyline", "regulation"): 4,
    ("epl", "kalshi", "draw", "regulation"): 2,
    ("mls", "kalshi", "moneyline", "regulation"): 12,
    ("mls", "kalshi", "draw", "regulation"): 6,
    ("mlb", "kalshi", "moneyline", "game"): 74,
    ("nfl", "kalshi", "moneyline", "game"): 132,
    ("ncaaf", "kalshi", "moneyline", "game"): 12,
    ("wnba", "kalshi", "moneyline", "game"): 54,
    ("wnba", "kalshi", "spread", "game"): 60,
    ("wnba", "kalshi", "total", "game"): 54,
    ("nba", "polymarket", "moneyline", "game"): 100,
    ("nba", "polymarket", "spread", "game"): 106,
    ("nba", "polymarket", "total", "game"): 166,
    ("nba", "polymarket", "moneyline", "1h"): 32,
    ("nba", "polymarket", "spread", "1h"): 54,
    ("nba", "polymarket", "total", "1h"): 80,
}
UNKNOWN = {  # and why nothing else can be said of them
    ("mlb", "kalshi", "spread", "game"): "window",  # the text has nothing but the disclaimer
    ("mlb", "kalshi", "total", "game"): "window",
    ("ncaaf", "kalshi", "moneyline", "game"): "the text says 336 h, the card 48 h",  # the title game of January
    ("tennis", "kalshi", "moneyline", "game"): "not settled alike",
    ("lol", "kalshi", "moneyline", "game"): "not settled alike",
}


@pytest.fixture(scope="module")
def recorded(shared: Path) -> list[Recorded]:
    return recorded_terms(shared)


def place(found: Recorded) -> Place:
    said = found.link.proposition
    scope: Scope = said.scope
    return found.league, found.link.venue, said.kind, scope


def test_most_recorded_markets_are_known(recorded: list[Recorded]) -> None:
    known = Counter(place(found) for found in recorded if found.terms.is_known)
    assert known.keys() == KNOWN.keys()
    assert {each: number for each, number in KNOWN.items() if known[each] < number} == {}
    assert sum(known.values()) >= 0.88 * len(recorded)


def test_what_is_not_known_has_its_reason(recorded: list[Recorded]) -> None:
    for found in recorded:
        if not found.terms.is_known:
            told = [*found.terms.missing, *found.terms.unread]
            assert any(UNKNOWN[place(found)] in words for words in told), (place(found), told)


def test_nothing_is_known_that_its_text_and_card_do_not_say(recorded: list[Recorded]) -> None:
    for found in recorded:
        sources = dict(found.terms.sources)
        window = sources.get("window")
        assert window in (None, "text", "card")
        if window == "text":
            assert any(
                word in found.rules for word in ("within", "over two weeks away", "over 48 hours", "remain open")
            )
        if sources.get("cancelled") == "text":
            assert any(word in found.rules for word in ("cancel", "not started"))
