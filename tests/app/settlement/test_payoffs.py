"""Everything that can be paid: the void table of the venues' fact sheet, ties, windows, and what nobody knows."""

import msgspec
import pytest

from app.domain.settlements import FOREVER, Terms
from app.settlement import payoffs
from app.settlement.rates import rates_of
from tests.app.settlement.legs import (
    EPL,
    KALSHI,
    KALSHI_NBA,
    KALSHI_SOCCER,
    NBA,
    NFL,
    POLYMARKET,
    POLYMARKET_NBA,
    POLYMARKET_SOCCER,
    leg,
    no,
    of_ending,
    tail_of,
    worth,
)

CONTRACTS = 100
COST = 989_888  # of a hundred contracts of both legs with fees, in 1/10,000 dollar: $98.9888
BOSTON = leg(KALSHI, KALSHI_NBA)
LAKERS = leg(POLYMARKET, POLYMARKET_NBA, side="away", outcome="Lakers")


def test_a_pair_pays_a_dollar_whenever_the_game_is_played_in_time() -> None:
    table = payoffs(NBA, [BOSTON, LAKERS])
    assert (table.least, table.verdict) == (10_000, "tail")
    assert {scenario.name: scenario.pays for scenario in of_ending(table, "played")} == {
        "played: Celtics win": (10_000, 0),
        "played: Lakers win": (0, 10_000),
    }


@pytest.mark.parametrize(
    ("ending", "fair", "open_result", "payoff", "result"),
    [
        ("cancelled", 4600, 0, 96.00, -2.99),
        ("cancelled", 3000, 0, 80.00, -18.99),
        ("cancelled", 6000, 0, 110.00, 11.01),
        ("late", 4600, 0, 46.00, -52.99),  # voided, then Boston wins
        ("late", 4600, 10_000, 146.00, 47.01),  # voided, then the Lakers win
    ],
)
def test_the_void_table(ending: str, fair: int, open_result: int, payoff: float, result: float) -> None:
    tail = tail_of(payoffs(NBA, [BOSTON, LAKERS]), ending)
    paid = worth(tail, (fair, open_result)) * CONTRACTS
    assert paid / 10_000 == payoff
    assert round((paid - COST) / 10_000, 2) == result


def test_soccer_cancelled_gains_one_way_round_and_loses_the_other() -> None:
    home, yes = leg(KALSHI, KALSHI_SOCCER, of=EPL), leg(POLYMARKET, POLYMARKET_SOCCER, of=EPL)
    turned = msgspec.structs.replace(POLYMARKET_SOCCER, cancelled="win")
    gains = payoffs(EPL, [home, no(yes, turned)])
    assert {tail.ending for tail in gains.tails} == {"late", "abandoned"}
    paid = {scenario.pays for scenario in of_ending(gains, "cancelled")}
    assert paid == {(0, 10_000), (10_000, 10_000)}
    loses = payoffs(EPL, [no(home), yes])
    tail = tail_of(loses, "cancelled")
    assert (tail.worst.pays, tail.expects) == ((0, 0), (None, 0))
    assert worth(tail, (4600, 5000)) * CONTRACTS == 460_000
    assert round((worth(tail, (4600, 5000)) * CONTRACTS - COST) / 10_000, 2) == -52.99
    assert round((4600 + 10_000) * CONTRACTS / 10_000 - COST / 10_000, 2) == 47.01


@pytest.mark.parametrize(
    ("fair", "open_result", "payoff", "result"), [(500, 10_000, 105.00, 6.01), (5000, 0, 50.00, -48.99)]
)
def test_a_retirement_in_tennis_is_why_it_is_left_out(
    fair: int, open_result: int, payoff: float, result: float
) -> None:
    kalshi = msgspec.structs.replace(KALSHI_NBA, late="fair", window=0)
    legs = [leg(KALSHI, kalshi), leg(POLYMARKET, POLYMARKET_NBA, side="away")]
    paid = worth(tail_of(payoffs(NBA, legs), "late"), (fair, open_result)) * CONTRACTS
    assert (paid / 10_000, round((paid - COST) / 10_000, 2)) == (payoff, result)


@pytest.mark.parametrize(
    ("chance", "fair", "expected"),
    [
        (0.001, 4600, 1.0072),
        (0.003, 4600, 0.9992),
        (0.01, 4600, 0.9712),
        (0.001, 3000, 0.9912),
        (0.003, 3000, 0.9512),
        (0.01, 3000, 0.8112),
    ],
)
def test_expected_profit_with_the_chance_of_a_void(chance: float, fair: int, expected: float) -> None:
    table = payoffs(NBA, [BOSTON, LAKERS])
    void = worth(tail_of(table, "cancelled"), (fair, 0))
    profit = ((1 - chance) * table.least + chance * void) * CONTRACTS - COST
    assert round(profit / 10_000, 4) == expected


def test_an_nfl_tie_pays_half_at_both_venues_and_so_a_dollar() -> None:
    kalshi = msgspec.structs.replace(KALSHI_NBA, tie="half")
    polymarket = msgspec.structs.replace(POLYMARKET_NBA, tie="half")
    table = payoffs(NFL, [leg(KALSHI, kalshi, of=NFL), leg(POLYMARKET, polymarket, of=NFL, side="away")])
    assert [scenario.pays for scenario in of_ending(table, "tie")] == [(5000, 5000)]
    assert table.least == 10_000


def test_no_on_a_is_not_b_wins() -> None:
    kalshi = msgspec.structs.replace(KALSHI_NBA, tie="half")
    chiefs, broncos = leg(KALSHI, kalshi, of=NFL), leg(KALSHI, kalshi, of=NFL, side="away")
    assert payoffs(NFL, [chiefs, no(chiefs)]).least == 10_000
    assert payoffs(NFL, [chiefs, broncos]).least == 10_000
    by_result = msgspec.structs.replace(POLYMARKET_NBA, tie="result")  # a venue whose tie is nobody's win
    assert payoffs(NFL, [no(chiefs), leg(POLYMARKET, by_result, of=NFL)]).least == 5_000
    three_way = [leg(KALSHI, KALSHI_SOCCER, of=EPL), leg(POLYMARKET, POLYMARKET_SOCCER, of=EPL, side="away")]
    assert payoffs(EPL, three_way).least == 0  # a draw
    assert payoffs(EPL, [*three_way, leg(KALSHI, KALSHI_SOCCER, of=EPL, side="", kind="draw")]).least == 10_000


def test_a_total_whose_rules_pay_half_for_a_tie_meets_a_tie() -> None:
    terms = msgspec.structs.replace(POLYMARKET_NBA, tie="half")
    over = leg(POLYMARKET, terms, of=NFL, side="", kind="total", points=41.5, outcome="Over")
    under = leg(KALSHI, KALSHI_NBA, of=NFL, side="", kind="total", points=41.5, polarity="no", outcome="No")
    assert payoffs(NFL, [over, under]).least == 5_000


def test_a_game_that_is_put_off_falls_between_two_windows() -> None:
    two_weeks = msgspec.structs.replace(KALSHI_NBA, window=336)
    table = payoffs(NBA, [BOSTON, leg(POLYMARKET, two_weeks, side="away")])
    late = [tail for tail in table.tails if tail.ending == "late"]
    assert [tail.worst.name for tail in late] == [
        "postponed beyond 48 h, Kalshi pays as if Lakers won, then Celtics win",
        "postponed beyond 336 h, Kalshi pays as if Lakers won, Polymarket pays as if Celtics won",
    ]
    rates = rates_of(NBA.league)
    assert [tail.chance for tail in late] == [rates.moved_48h - rates.moved_2w, rates.moved_2w]


def test_a_venue_pays_all_its_contracts_as_if_one_thing_had_happened() -> None:
    legs = [leg(KALSHI, KALSHI_SOCCER, of=EPL, side=side) for side in ("home", "away")]
    dutch = [*legs, leg(KALSHI, KALSHI_SOCCER, of=EPL, side="", kind="draw")]
    table = payoffs(EPL, dutch)
    assert (table.least, table.worst.total, table.verdict) == (10_000, 10_000, "neutral")


def test_both_contracts_of_a_market_are_a_dollar_whatever_happens() -> None:
    unsure = msgspec.structs.replace(KALSHI_NBA, abandoned=("fair", "result", "half"))
    for terms in (KALSHI_NBA, unsure):
        yes = leg(KALSHI, terms)
        assert payoffs(NBA, [yes, no(yes)]).verdict == "neutral"


def test_what_nobody_knows_is_told_leg_by_leg_and_the_rest_is_still_said() -> None:
    unread = Terms(True, "result", abandoned=("half",), unread=("If it rains, nobody is paid.",))
    table = payoffs(NBA, [leg(KALSHI, unread, market="KX"), leg(POLYMARKET, None, side="away", market="0x")])
    assert table.unknown == (
        "kalshi KX Yes: nobody knows window, late, cancelled",
        "kalshi KX Yes: not understood: If it rains, nobody is paid.",
        "polymarket 0x Yes: its rules were not read",
    )
    assert (table.verdict, table.least) == ("unknown", 10_000)
    assert {scenario.ending for scenario in table.scenarios} == {"played"}


def test_overtime_that_does_not_count_is_another_question() -> None:
    short = msgspec.structs.replace(KALSHI_NBA, overtime=False)
    assert "does not count overtime" in payoffs(NBA, [leg(KALSHI, short), LAKERS]).unknown[0]
    half = leg(KALSHI, short, scope="1h")
    assert not payoffs(NBA, [half, no(half)]).unknown


def test_lines_apart_are_a_middle_and_never_sure() -> None:
    wide = msgspec.structs.replace(POLYMARKET_NBA)
    minus = leg(KALSHI, KALSHI_NBA, kind="spread", points=-6.5)
    plus = leg(POLYMARKET, wide, kind="spread", points=-3.5, polarity="no", outcome="Lakers")
    table = payoffs(NBA, [minus, plus])
    assert table.least == 0
    assert {s.name: s.total for s in of_ending(table, "played")}["played: Celtics win by 4 to 6"] == 0
    middle = payoffs(NBA, [leg(KALSHI, KALSHI_NBA, kind="spread", points=-3.5), no(minus)])
    assert max(scenario.total for scenario in of_ending(middle, "played")) == 20_000


def test_one_leg_alone_can_lose_everything_and_has_no_tail_below_that() -> None:
    table = payoffs(NBA, [BOSTON])
    assert (table.least, table.tails, table.verdict) == (0, (), "neutral")


def test_a_market_that_waits_for_ever_is_never_late() -> None:
    assert LAKERS.terms is not None
    assert LAKERS.terms.window == FOREVER
    other = leg(POLYMARKET, POLYMARKET_NBA, outcome="Celtics")
    assert payoffs(NBA, [LAKERS, other]).verdict == "neutral"
