import msgspec
import pytest

from app.domain.games import Game
from app.domain.links import Link
from app.hot.schemas import Markets, mapping_of, markets_of
from tests.app.hot.samples import (
    ARSENAL,
    ARSENAL_GAME,
    CELTICS_GAME,
    EVERTON,
    KALSHI,
    LAKERS,
    POLYMARKET,
    PROVISIONAL_GAME,
    link,
)

CASES: dict[str, tuple[Game, list[Link], Markets]] = {
    "nothing linked: no venue at all": (CELTICS_GAME, [], {}),
    "the home side's market, however thin": (
        CELTICS_GAME,
        [link(KALSHI, "LAL", team=LAKERS, liquidity=9), link(KALSHI, "BOS", liquidity=1)],
        {KALSHI: {"moneyline": "BOS"}},
    ),
    "the away side's market when there is no other": (
        CELTICS_GAME,
        [link(KALSHI, "LAL", team=LAKERS)],
        {KALSHI: {"moneyline": "LAL"}},
    ),
    "the most liquid line of each kind": (
        CELTICS_GAME,
        [
            link(POLYMARKET, "0xs3", "spread", points=-3.5, liquidity=10),
            link(POLYMARKET, "0xs4", "spread", points=-4.5, liquidity=20),
            link(POLYMARKET, "0xt", "total", points=220.5, team=None),
            link(POLYMARKET, "0xm"),
        ],
        {POLYMARKET: {"moneyline": "0xm", "spread": "0xs4", "total": "0xt"}},
    ),
    "equal lines: the same one each time": (
        CELTICS_GAME,
        [link(KALSHI, market, "spread", points=-3.5) for market in ("B", "C", "A")],
        {KALSHI: {"spread": "C"}},
    ),
    "rejected links never count": (CELTICS_GAME, [link(KALSHI, "BOS", verdict="rejected")], {}),
    "an event stands in until its markets are known": (
        CELTICS_GAME,
        [link(KALSHI, None), link(POLYMARKET, None), link(POLYMARKET, "0xm")],
        {KALSHI: {"moneyline": "event"}, POLYMARKET: {"moneyline": "0xm"}},
    ),
    "watched links count": (
        CELTICS_GAME,
        [link(KALSHI, "BOS", verdict="watch")],
        {KALSHI: {"moneyline": "BOS"}},
    ),
    "halves are no game": (CELTICS_GAME, [link(KALSHI, "BOS-1H", scope="1h")], {}),
    "soccer: home win, draw and lines of regulation": (
        ARSENAL_GAME,
        [
            link(KALSHI, "EVE", game=ARSENAL_GAME, scope="regulation", team=EVERTON, liquidity=3),
            link(KALSHI, "TIE", "draw", game=ARSENAL_GAME, scope="regulation", team=None),
            link(KALSHI, "ARS", game=ARSENAL_GAME, scope="regulation", team=ARSENAL),
            link(KALSHI, "ADVANCE", game=ARSENAL_GAME, scope="game", team=ARSENAL, liquidity=9),
        ],
        {KALSHI: {"moneyline": "ARS", "draw": "TIE"}},
    ),
    "both venues, in order": (
        CELTICS_GAME,
        [link(POLYMARKET, "0xm"), link(KALSHI, "BOS")],
        {KALSHI: {"moneyline": "BOS"}, POLYMARKET: {"moneyline": "0xm"}},
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_one_market_per_venue_and_kind(name: str) -> None:
    game, links, expected = CASES[name]
    assert markets_of(game, links) == expected
    assert markets_of(game, links[::-1]) == expected


def test_the_mapping_says_what_each_contract_means_in_points() -> None:
    fields = mapping_of(CELTICS_GAME, [link(KALSHI, "S3", "spread", points=-3.5, outcome="no", polarity="no")])
    assert list(fields) == ["kalshi:S3:no"]
    assert msgspec.json.decode(fields["kalshi:S3:no"]) == {
        "proposition": {"kind": "spread", "period": "game", "line": -3.5, "team": "nba:2"},
        "polarity": "no",
        "verdict": "tradable",
        "confidence": 0.99,
        "market_id": "S3",
        "event_id": "event",
        "venue": "kalshi",
    }


def test_the_mapping_holds_halves_and_watched_links_but_nothing_rejected() -> None:
    links = [link(KALSHI, "H", scope="1h"), link(KALSHI, "W", verdict="watch"), link(KALSHI, "R", verdict="rejected")]
    fields = mapping_of(CELTICS_GAME, [*links, link(KALSHI, None)])
    assert list(fields) == ["kalshi:H:yes", "kalshi:W:yes", "kalshi:event"]


def test_a_provisional_game_is_flagged_beside_its_contracts() -> None:
    fields = mapping_of(PROVISIONAL_GAME, [link(KALSHI, "BOS", game=PROVISIONAL_GAME)])
    assert fields["provisional"] == b"1"
    assert "provisional" not in mapping_of(CELTICS_GAME, [])
