"""Prices against links: who is on the wrong side, who is not, and when nothing can be told."""

import itertools
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.games import GameId
from app.domain.links import Link, Verdict
from app.domain.markets import ContractId, EventId, MarketId, VenueId
from app.domain.propositions import HalfPoints, Kind, Polarity, Proposition, Scope
from app.domain.teams import Reason, TeamId
from app.matching.inversions import CLEAR_IN_PLAY, compare_prices, rejected

LAKERS, CELTICS = TeamId("nba:13"), TeamId("nba:2")
Priced = tuple[Link, float]


def contract(
    name: str,
    price: float,
    team: TeamId | None = CELTICS,
    polarity: Polarity = "yes",
    kind: Kind = "moneyline",
    scope: Scope = "game",
    line: int | None = None,
    verdict: Verdict = "tradable",
) -> Priced:
    """`kalshi:BOS:yes` at a price: venue, market and outcome in the name."""
    venue, market, outcome = name.split(":")
    link = Link(
        venue=VenueId(venue),
        event_id=EventId("E"),
        market_id=MarketId(market),
        contract_id=ContractId(name),
        outcome=outcome,
        proposition=Proposition(GameId("77"), kind, scope, None if line is None else HalfPoints(line), team),
        polarity=polarity,
        verdict=verdict,
        confidence=0.99,
        reasons=(Reason("side", "agrees", "by name"),),
    )
    return link, price


def on_polymarket(celtics: float) -> list[Priced]:
    """One market of two tokens."""
    return [
        contract("polymarket:0x1:Lakers", 1 - celtics, LAKERS),
        contract("polymarket:0x1:Celtics", celtics, CELTICS),
    ]


def on_kalshi(code: str, price: float, team: TeamId) -> list[Priced]:
    """YES and NO of one market."""
    return [
        contract(f"kalshi:{code}:yes", price, team),
        contract(f"kalshi:{code}:no", 1 - price, team, "no"),
    ]


def inverted(*groups: list[Priced], clear: float = 0.1) -> set[str]:
    given = list(itertools.chain(*groups))
    compared = compare_prices([link for link, _ in given], prices(given), clear)
    assert not compared.inverted.keys() & set(compared.borne_out)
    return set(compared.inverted)


def borne_out(*groups: list[Priced]) -> set[str]:
    given = list(itertools.chain(*groups))
    return set(compare_prices([link for link, _ in given], prices(given)).borne_out)


def prices(given: list[Priced]) -> dict[ContractId, float]:
    return {link.contract_id: price for link, price in given if link.contract_id}


ALL_OF_POLYMARKET = {"polymarket:0x1:Lakers", "polymarket:0x1:Celtics"}


def test_venues_that_agree_bear_each_other_out() -> None:
    listed = on_polymarket(0.70), on_kalshi("BOS", 0.72, CELTICS), on_kalshi("LAL", 0.29, LAKERS)
    assert inverted(*listed) == set()
    assert len(borne_out(*listed)) == 6


def test_one_market_against_three_voices_is_the_odd_one() -> None:
    assert inverted(on_polymarket(0.70), on_kalshi("BOS", 0.72, CELTICS), on_kalshi("LAL", 0.71, LAKERS)) == {
        "kalshi:LAL:yes",
        "kalshi:LAL:no",
    }
    listed = on_polymarket(0.70), on_kalshi("BOS", 0.72, CELTICS), on_kalshi("LAL", 0.71, LAKERS)
    assert borne_out(*listed) == {*ALL_OF_POLYMARKET, "kalshi:BOS:yes", "kalshi:BOS:no"}


def test_a_venue_that_is_wholly_inverted_has_no_more_votes_than_the_other() -> None:
    listed = on_polymarket(0.70), on_kalshi("BOS", 0.29, CELTICS), on_kalshi("LAL", 0.72, LAKERS)
    assert len(inverted(*listed)) == 6
    assert borne_out(*listed) == set()


def test_two_that_disagree_are_both_rejected() -> None:
    assert len(inverted(on_polymarket(0.70), on_kalshi("BOS", 0.30, CELTICS))) == 4
    assert len(inverted(on_kalshi("BOS", 0.70, CELTICS), on_kalshi("LAL", 0.70, LAKERS))) == 4


def test_a_third_venue_breaks_the_draw() -> None:
    third = [contract("third:T:yes", 0.69, CELTICS)]
    assert inverted(on_polymarket(0.70), on_kalshi("BOS", 0.30, CELTICS), third) == {"kalshi:BOS:yes", "kalshi:BOS:no"}


def test_near_even_nothing_can_be_told() -> None:
    for celtics in (0.45, 0.5, 0.55, 0.59):
        listed = on_polymarket(celtics), on_kalshi("BOS", 1 - celtics, CELTICS)
        assert inverted(*listed) == borne_out(*listed) == set()


@pytest.mark.parametrize(("one", "other"), [(0.95, 0.40), (0.90, 0.50), (0.985, 0.7435), (0.30, 0.15), (0.9, 0.35)])
def test_venues_that_merely_disagree_are_no_inversion(one: float, other: float) -> None:
    assert inverted(on_polymarket(one), on_kalshi("BOS", other, CELTICS)) == set()


def test_in_play_it_takes_more() -> None:
    listed = on_polymarket(0.65), on_kalshi("BOS", 0.35, CELTICS)
    assert len(inverted(*listed)) == 4
    assert inverted(*listed, clear=CLEAR_IN_PLAY) == set()
    assert len(inverted(on_polymarket(0.80), on_kalshi("BOS", 0.20, CELTICS), clear=CLEAR_IN_PLAY)) == 4


def three_way(venue: str, home: float, draw: float, away: float) -> list[Priced]:
    return [
        contract(f"{venue}:HOME:yes", home, CELTICS, scope="regulation"),
        contract(f"{venue}:DRAW:yes", draw, None, kind="draw", scope="regulation"),
        contract(f"{venue}:AWAY:yes", away, LAKERS, scope="regulation"),
    ]


def test_where_a_draw_is_a_third_the_two_wins_are_no_opposites() -> None:
    assert inverted(three_way("kalshi", 0.36, 0.30, 0.34), three_way("polymarket", 0.35, 0.29, 0.36)) == set()
    assert inverted(three_way("kalshi", 0.24, 0.52, 0.24)) == set()


def test_swapped_sides_show_in_a_three_way_market_where_a_side_is_likely() -> None:
    found = inverted(three_way("kalshi", 0.75, 0.17, 0.08), three_way("polymarket", 0.17, 0.17, 0.75))
    assert found == {"kalshi:HOME:yes", "polymarket:HOME:yes"}


def test_lines_are_compared_with_the_same_line_only() -> None:
    ours = [contract("polymarket:S:Celtics", 0.70, CELTICS, kind="spread", line=-7)]
    same = [contract("kalshi:BOS4:yes", 0.30, CELTICS, kind="spread", line=-7)]
    other = [contract("kalshi:BOS10:yes", 0.30, CELTICS, kind="spread", line=-21)]
    others = [contract("kalshi:LAL4:yes", 0.70, LAKERS, kind="spread", line=-7)]
    assert inverted(ours, same) == {"polymarket:S:Celtics", "kalshi:BOS4:yes"}
    assert inverted(ours, other) == inverted(ours, others) == set()


def test_over_and_under_that_trade_at_one_price_are_told() -> None:
    over = [contract("polymarket:T:Over", 0.66, None, kind="total", line=441)]
    under = [contract("kalshi:T:no", 0.68, None, "no", kind="total", line=441)]
    assert len(inverted(over, under)) == 2


def test_winners_of_a_part_that_may_end_level_are_not_compared() -> None:
    ours = [contract("polymarket:H:Celtics", 0.75, CELTICS, scope="p1")]
    theirs = [contract("kalshi:H:yes", 0.25, CELTICS, scope="p1")]
    assert inverted(ours, theirs) == set()


def test_what_is_rejected_or_has_no_price_has_no_voice() -> None:
    settled = [contract("kalshi:BOS:yes", 0.01, CELTICS, verdict="rejected")]
    assert inverted(on_polymarket(0.99), settled) == set()
    (link, _), *_ = on_kalshi("BOS", 0.30, CELTICS)
    ours = on_polymarket(0.70)
    assert not compare_prices([link, *(each for each, _ in ours)], prices(ours)).inverted


def test_the_reason_says_in_numbers_what_differs() -> None:
    given = [*on_polymarket(0.70), *on_kalshi("BOS", 0.31, CELTICS)]
    compared = compare_prices([link for link, _ in given], prices(given))
    assert compared.inverted[ContractId("kalshi:BOS:yes")] == Reason(
        "price",
        "differs",
        "trades at 0.31 and pays when polymarket's 0x1 Celtics does, which trades at 0.70: "
        "one of them is on the wrong side",
    )
    assert "pays unless polymarket's 0x1 Celtics does" in compared.inverted[ContractId("kalshi:BOS:no")].detail


chances = st.floats(0.01, 0.99)


@given(chances, chances, chances, st.integers(0, 100))
def test_it_is_the_same_from_every_side(celtics: float, bos: float, lal: float, seed: int) -> None:
    """In any order of the links, with teams swapped, and with every statement turned round."""
    given = [*on_polymarket(celtics), *on_kalshi("BOS", bos, CELTICS), *on_kalshi("LAL", lal, LAKERS)]
    turned = [*on_polymarket(1 - celtics), *on_kalshi("BOS", 1 - bos, CELTICS), *on_kalshi("LAL", 1 - lal, LAKERS)]
    mixed = random.Random(seed).sample(given, len(given))
    assert inverted(given) == inverted(mixed) == inverted(turned)


@given(chances, st.floats(-0.09, 0.09))
def test_honest_noise_never_rings(chance: float, noise: float) -> None:
    heard = min(max(chance + noise, 0.01), 0.99)
    assert inverted(on_polymarket(chance), on_kalshi("BOS", heard, CELTICS)) == set()


@given(st.one_of(st.floats(0.01, 0.35), st.floats(0.65, 0.99)), st.floats(-0.04, 0.04))
def test_a_favourite_on_the_wrong_side_always_rings(chance: float, noise: float) -> None:
    heard = min(max(1 - chance + noise, 0.01), 0.99)
    assert len(inverted(on_polymarket(chance), on_kalshi("BOS", heard, CELTICS))) == 4


def test_an_alarm_outweighs_everything_else() -> None:
    link, _ = contract("kalshi:BOS:yes", 0.3)
    reason = Reason("price", "differs", "it trades as the other side does")
    assert rejected(link, None) is link
    now = rejected(link, reason)
    assert (now.verdict, now.reasons[-1], now.confidence) == ("rejected", reason, 0.891)
    assert rejected(now, reason) == now
