"""A game in one line: both venues' prices of the home side on one axis, and what both sides leave of a dollar."""

import msgspec
import pytest

from app.domain.fees import FeeSchedule
from app.domain.links import Link
from app.domain.money import money
from app.domain.prices import SECOND, Quote
from app.domain.views import VenueGlance
from app.prices.glances import by_venue, edge_of, looked_at, venue_glances
from tests.app.hot.samples import CELTICS_GAME, KALSHI, LAKERS, POLYMARKET, link
from tests.app.prices.test_views import FRESH, K_HOME, K_HOME_NO, NOW, P_HOME, quote

FREE = FeeSchedule(taker=0)
SEVEN = FeeSchedule(taker=70_000, step=10_000)  # 7 % of p (1 - p)


def charged(fees: FeeSchedule | None, given: Link) -> Link:
    return msgspec.structs.replace(given, fees=fees)


LINKS = [
    charged(SEVEN, link(KALSHI, "BOS")),
    charged(SEVEN, link(KALSHI, "BOS", outcome="no", polarity="no")),
    charged(SEVEN, link(KALSHI, "LAL", team=LAKERS)),
    charged(FREE, link(POLYMARKET, "0xg", outcome="home")),
]


def glanced(quotes: dict[str, Quote], links: list[Link] = LINKS) -> dict[str, tuple[int | None, int | None, str]]:
    looked = looked_at(CELTICS_GAME, links)
    found = venue_glances(looked, lambda each: quotes.get(each), NOW, FRESH)
    return {each.venue: (each.bid, each.ask, each.state) for each in found}


@pytest.mark.parametrize(
    ("quotes", "expected"),
    [
        ({}, {}),
        ({K_HOME: quote("0.53/0.55")}, {KALSHI: (5300, 5500, "fresh")}),
        ({K_HOME_NO: quote("0.45/0.48")}, {KALSHI: (5200, 5500, "fresh")}),  # turned round
        ({K_HOME: quote("0.50/0.55"), K_HOME_NO: quote("0.45/0.46")}, {KALSHI: (5400, 5500, "fresh")}),  # the tighter
        ({K_HOME: quote("0.50/0.51", age=9), K_HOME_NO: quote("0.40/0.50")}, {KALSHI: (5000, 6000, "fresh")}),
        ({K_HOME: quote("0.53/0.55", doubt="gap")}, {KALSHI: (5300, 5500, "quarantined")}),
        ({K_HOME: quote("-/0.02")}, {KALSHI: (None, 200, "fresh")}),
        ({K_HOME_NO: quote("-/0.02")}, {KALSHI: (9800, None, "fresh")}),
        (
            {K_HOME: quote("0.53/0.55"), P_HOME: quote("0.52/0.54")},
            {KALSHI: (5300, 5500, "fresh"), POLYMARKET: (5200, 5400, "fresh")},
        ),
        ({"kalshi:LAL:yes": quote("0.45/0.46")}, {}),  # the rival's market is another statement
    ],
)
def test_each_venue_is_seen_by_its_best_contract_about_the_home_side(
    quotes: dict[str, Quote], expected: dict[str, tuple[int | None, int | None, str]]
) -> None:
    assert glanced(quotes) == expected


def test_a_rejected_link_is_not_looked_at() -> None:
    assert looked_at(CELTICS_GAME, [link(KALSHI, "BOS", verdict="rejected"), link(KALSHI, None)]) == []


@pytest.mark.parametrize(
    ("kalshi", "polymarket", "expected"),
    [
        ("0.50/0.52", "0.55/0.57", money("0.012528")),  # 1 - 0.52 - 0.45 and a fee of 0.07 x 0.52 x 0.48, rounded up
        ("0.55/0.57", "0.50/0.52", money("0.012675")),  # the other way round: NO at Kalshi costs 0.45
        ("0.50/0.52", "0.51/0.53", money("-0.027472")),
        ("0.50/0.52", "-/0.53", money("-0.0475")),
        ("-/0.52", "-/0.53", None),
    ],
)
def test_the_edge_is_what_both_sides_leave_of_a_dollar_after_fees(
    kalshi: str, polymarket: str, expected: int | None
) -> None:
    looked = looked_at(CELTICS_GAME, LINKS)
    quotes = {K_HOME: quote(kalshi), P_HOME: quote(polymarket)}
    glances = venue_glances(looked, lambda each: quotes.get(each), NOW, FRESH)
    assert edge_of(glances, looked, NOW) == expected


def test_without_freshness_or_fees_there_is_no_edge() -> None:
    stale = {K_HOME: quote("0.50/0.52", age=5), P_HOME: quote("0.55/0.57")}
    looked = looked_at(CELTICS_GAME, LINKS)
    assert edge_of(venue_glances(looked, lambda each: stale.get(each), NOW, FRESH), looked, NOW) is None
    untold = looked_at(CELTICS_GAME, [charged(None, each) for each in LINKS])
    both = (VenueGlance(KALSHI, None, None, "fresh"), VenueGlance(POLYMARKET, None, None, "fresh"))
    assert edge_of(both, untold, NOW) is None


def test_a_waived_fee_is_not_taken_off() -> None:
    waived = msgspec.structs.replace(SEVEN, waived_until=NOW + SECOND)
    looked = looked_at(CELTICS_GAME, [charged(waived, link(KALSHI, "BOS")), LINKS[3]])
    quotes = {K_HOME: quote("0.50/0.52"), P_HOME: quote("0.55/0.57")}
    glances = venue_glances(looked, lambda each: quotes.get(each), NOW, FRESH)
    assert edge_of(glances, looked, NOW) == money("0.03")
    assert edge_of(glances, looked, NOW + 2 * SECOND) == money("0.012528")  # type: ignore[arg-type]


def test_only_what_is_fresh_is_believed() -> None:
    told = [VenueGlance(KALSHI, None, None, "stale"), VenueGlance(POLYMARKET, None, None, "fresh")]
    assert set(by_venue(told)) == {POLYMARKET}
