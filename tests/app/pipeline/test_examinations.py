"""One trap after another: what looks like an edge is let go under its own reason, and what is one is emitted."""

from collections.abc import Callable

import msgspec
import pytest

from app.domain.inputs import Approved, Cut, Doubted, Halted, Held, Limited, Offered, Seated
from app.domain.leagues import LeagueCode
from app.domain.markets import MarketId, VenueId
from app.domain.money import Money, Price
from app.domain.prices import SECOND, Nanos, book_id
from app.domain.risks import Halt, Holdings, RiskLimits
from app.domain.settlements import FOREVER, Approval, Terms
from app.domain.signals import Judged
from app.domain.teams import Reason
from tests.app.pipeline.cores import (
    SAME,
    Core,
    a_core,
    a_game,
    both_winners,
    gap,
    links_of,
    quiet,
    total,
    winner,
    with_terms,
)

HALT = Halt(scope="league", name="nba", reason="a feed lies", halted_by="key admin", halted_at="2026-11-23T02:00:00Z")


def only(judged: list[Judged]) -> Judged:
    assert len(judged) == 1, judged
    return judged[0]


def where(judged: list[Judged]) -> tuple[str, str]:
    said = only(judged)
    return said.stage, said.reason


def test_an_edge_is_emitted_at_once_and_whole() -> None:
    core = quiet(a_core())
    said = only(gap(core))
    signal = said.signal
    assert (said.stage, said.reason, signal.detector, signal.account) == ("sent", "sent", "cross_venue", "arbitrage")
    assert [(leg.contract_id, leg.limit) for leg in signal.legs] == [
        ("kalshi:BOS:yes", 4600),
        ("polymarket:0x1:no", 5000),
    ]
    assert signal.profit == signal.size - signal.stake  # a dollar a contract
    assert [check.is_passed for check in said.checks] == [True] * len(said.checks)
    assert [(step.size, step.prices) for step in signal.steps] == [(300_000_000, (4600, 5000))]
    assert signal.unit_edge == 1_000_000 - 989_888


def test_the_worked_example_of_the_sheet() -> None:
    """NBA, 100 contracts: Kalshi YES Boston at 0.46, Polymarket Lakers at 0.50."""
    core = quiet(a_core())
    signal = only(gap(core, lies="100")).signal
    assert (signal.size, signal.cost, signal.fees) == (100_000_000, 96_000_000, 2_990_000)
    assert signal.profit == 1_010_000  # to the cent, as Kalshi may round


TRAPS: dict[str, tuple[Callable[[Core], list[Judged]], tuple[str, str]]] = {
    "eaten by fees": (lambda core: gap(core, 2), ("edge", "fees")),
    "too little of an edge": (lambda core: gap(core, 3), ("edge", "min_edge")),
    "thin": (lambda core: gap(core, 5, "1"), ("depth", "thin")),
}


@pytest.mark.parametrize(("play", "place"), TRAPS.values(), ids=TRAPS)
def test_prices_alone_are_traps(play: Callable[[Core], list[Judged]], place: tuple[str, str]) -> None:
    core = quiet(a_core())
    assert all(judged.stage != "sent" for judged in play(core))
    assert core.stops()[" ".join(place)] >= 1


def test_a_stale_leg_does_not_count_and_is_looked_at_again_when_it_is_proved() -> None:
    core = quiet(a_core())
    core.show("polymarket", "0x1", "0.50x300", "0.56x300")
    core.pass_time(2_500)
    core.hear("kalshi")
    assert where(core.show("kalshi", "BOS", "0.40x300", "0.46x300")) == ("fresh", "stale")
    core.hear("polymarket")
    assert where(core.pass_time(50)) == ("sent", "sent")


def test_legs_of_two_moments_do_not_count() -> None:
    core = quiet(a_core())
    core.show("polymarket", "0x1", "0.50x300", "0.56x300")
    core.pass_time(1_800)
    assert where(core.show("kalshi", "BOS", "0.40x300", "0.46x300")) == ("fresh", "skew")


def test_a_book_in_quarantine_does_not_count() -> None:
    core = quiet(a_core())
    core.show("polymarket", "0x1", "0.50x300", "0.56x300")
    core.put(Doubted(book_id(VenueId("polymarket"), MarketId("0x1")), "gap", core.now))
    assert where(core.show("kalshi", "BOS", "0.40x300", "0.46x300")) == ("fresh", "quarantined")
    core.put(Cut(core.lane("kalshi"), "disconnected", core.now))
    core.show("polymarket", "0x1", "0.50x300", "0.56x300")
    assert core.stops()["fresh quarantined"] >= 1
    assert core.stops().get("sent sent") is None


def test_opposites_at_one_price_are_inverted() -> None:
    core = a_core()
    core.show("kalshi", "BOS", "0.29x300", "0.31x300")
    assert where(core.show("polymarket", "0x1", "0.69x300", "0.71x300")) == ("linked", "inverted")


@pytest.mark.parametrize(("field", "reason"), [("price", "inverted"), ("status", "paused"), ("start", "start")])
def test_a_link_that_is_not_tradable_is_let_go_for_what_is_in_doubt(field: str, reason: str) -> None:
    game = a_game()
    doubted = links_of("kalshi", "BOS", winner(game, "BOS"), verdict="watch", reasons=(Reason(field, "unknown", "x"),))
    core = quiet(a_core(game, (*doubted, *both_winners(game)[2:])))
    assert where(gap(core)) == ("linked", reason)


@pytest.mark.parametrize("status", ["postponed", "suspended", "cancelled", "final"])
def test_a_game_that_is_not_played_is_let_go(status: str) -> None:
    game = a_game(status=status)
    doubted = both_winners(game, verdict="watch", reasons=(Reason("game", "unknown", f"the game is {status}"),))
    core = quiet(a_core(game, doubted))
    assert where(gap(core)) == ("linked", status)


def test_nothing_is_opened_while_a_game_is_delayed() -> None:
    game = a_game(is_delayed=True)
    core = quiet(a_core(game, both_winners(game)))
    assert where(gap(core)) == ("linked", "delayed")
    assert where(core.take(a_game(), core.pipeline.taken[game.id].links)) == ("sent", "sent")


def test_other_lines_are_a_middle_and_never_taken() -> None:
    game = a_game()
    links = (*links_of("kalshi", "T210", total(game, 210.5)), *links_of("polymarket", "0xT", total(game, 214.5)))
    core = Core()
    core.follow(links)
    core.take(game, links)
    core.show("polymarket", "0xT", "0.50x300", "0.52x300")  # under 214.5 at 0.50
    core.show("kalshi", "T210", "0.38x300", "0.40x300")  # over 210.5 at 0.40
    assert where(core.pass_time(100)) == ("linked", "other_line")
    assert core.pipeline.funnel().combinations == {"middle": 2}


def test_fees_that_nobody_knows_are_not_none() -> None:
    game = a_game()
    core = quiet(a_core(game, both_winners(game, fees=None)))
    assert where(gap(core)) == ("edge", "no_fees")


def test_rules_that_nobody_knows_wait_for_a_person() -> None:
    game = a_game()
    links = both_winners(game, terms=Terms(unread=("If Boston wins, this pays in 2031.",)))
    core = quiet(a_core(game, links))
    assert where(gap(core)) == ("rules", "unknown")
    approvals = tuple(
        Approval(
            rules_hash=name, terms=SAME, reason="read", approved_by="key admin", approved_at="2026-11-23T02:00:00Z"
        )
        for name in sorted({link.rules_hash for link in links})
    )
    assert where(core.put(Approved(approvals, core.now))) == ("sent", "sent")
    core.pass_time(2_500)
    for venue in ("kalshi", "polymarket"):
        core.hear(venue)
    assert where(core.put(Approved((), core.now))) == ("rules", "unknown")


def test_a_tail_is_shown_with_its_loss_and_kept_small() -> None:
    game = a_game()
    links = both_winners(game)
    kalshi = with_terms(links[:4], window=48, late="fair", cancelled="fair", abandoned=("fair", "result"))
    core = quiet(a_core(game, (*kalshi, *with_terms(links[4:], window=FOREVER, late="result"))))
    signal = only(gap(core, 6, "3000")).signal
    assert signal.rules == "tail"
    assert signal.worst == -signal.stake  # Kalshi pays nothing for Boston, and later Boston wins
    assert -signal.worst <= core.pipeline.desk.limits.max_tail_loss
    assert 0 < signal.tail_cost < signal.profit


def test_a_game_that_is_moved_too_often_is_not_worth_its_gap() -> None:
    game = a_game(league="mlb")
    links = both_winners(game)
    both_lose = with_terms(links, window=48, late="lose", cancelled="lose", abandoned=("lose",))
    core = quiet(a_core(game, both_lose))
    assert where(gap(core)) == ("rules", "tail_cost")


def test_a_price_too_high_is_let_go() -> None:
    core = a_core()
    core.show("polymarket", "0x1", "0.94x900", "0.96x900")  # LAL at 0.06
    assert where(core.show("kalshi", "BOS", "0.80x900", "0.87x900")) == ("risk", "entry_price")


def test_a_halt_stops_everything_it_covers_until_it_is_over() -> None:
    core = quiet(a_core())
    core.put(Halted((HALT,), core.now))
    assert where(gap(core)) == ("risk", "halted")
    assert where(core.put(Halted((), core.now))) == ("sent", "sent")


def test_the_same_edge_is_said_again_only_after_a_while() -> None:
    core = quiet(a_core())
    assert where(gap(core)) == ("sent", "sent")
    assert gap(core) == []
    core.pass_time(2_100)
    for venue in ("kalshi", "polymarket"):
        core.hear(venue)
    again = core.pass_time(100)
    assert [judged.stage for judged in again] == ["sent"]


def test_the_version_of_the_limits_is_in_each_refusal() -> None:
    core = quiet(a_core(limits=RiskLimits(version=7, max_entry_price=Price(4_000))))
    assert (only(gap(core)).limits, core.stops()["risk entry_price"]) == (7, 1)
    assert only(core.put(Limited(RiskLimits(version=8), core.now))).limits == 8


def test_a_drawdown_stops_its_account() -> None:
    core = quiet(a_core())
    lost = Holdings(account="arbitrage", equity=Money(8_000_000_000), peak=Money(10_000_000_000))
    core.put(Held(lost, core.now))
    assert where(gap(core)) == ("risk", "hard_drawdown")


def test_a_draw_makes_three_outcomes() -> None:
    game, of_regulation = a_game(league="epl"), msgspec.structs.replace(SAME, overtime=False)
    links = tuple(
        link
        for venue in ("kalshi", "polymarket")
        for side in ("BOS", "draw", "LAL")
        for link in links_of(venue, f"{venue[0]}{side}", winner(game, side), terms=of_regulation)
    )
    core = Core()
    core.follow(links)
    core.take(game, links)
    assert core.pipeline.funnel().combinations["dutch"] == 16  # any venue for each, as YES and as NO
    core.show("kalshi", "kBOS", "0.38x300", "0.40x300")
    core.show("polymarket", "pdraw", "0.20x300", "0.22x300")
    said = only(core.show("kalshi", "kLAL", "0.30x300", "0.32x300"))
    assert (said.signal.detector, said.stage, len(said.signal.legs)) == ("dutch", "sent", 3)
    assert said.signal.profit == said.signal.size - said.signal.stake


def test_yes_on_the_rival_is_no_complement_where_there_is_a_draw() -> None:
    game = a_game(league="epl")
    links = (*links_of("kalshi", "BOS", winner(game, "BOS")), *links_of("polymarket", "LAL", winner(game, "LAL")))
    core = Core()
    core.follow(links)
    core.take(game, links)
    assert core.pipeline.funnel().combinations == {}


def test_who_has_the_last_word_judges_what_others_offer() -> None:
    core = quiet(a_core())
    said = only(gap(core))
    assert not said.is_final
    other = Core()
    other.put(Seated(True, other.now))
    offered = only(other.put(Offered(said.signal, other.now)))
    assert (offered.stage, offered.is_final, offered.signal) == ("sent", True, said.signal)
    late = Nanos(other.now + 5 * SECOND)
    assert where(other.put(Offered(said.signal, late))) == ("risk", "expired")


def test_scores_change_and_what_stands_is_kept() -> None:
    core = quiet(a_core())
    assert where(gap(core)) == ("sent", "sent")
    game, taken = a_game(home_score=4), core.pipeline.taken
    assert core.take(game, taken[game.id].links) == []  # said a moment ago
    assert core.pipeline.funnel().stops[-1].standing == 1
    other = msgspec.structs.replace(game, league=LeagueCode("wnba"))
    core.take(other, both_winners(other))
    assert core.pipeline.funnel().games == 1


def test_a_fair_value_needs_another_venue_beside_the_feed() -> None:
    game = a_game(home_win_probability=0.8)
    core = quiet(a_core(game, both_winners(game)))
    core.show("polymarket", "0x1", "0.50x300", "0.56x300")
    core.show("kalshi", "BOS", "0.40x300", "0.60x300")
    assert {each.signal.detector for each in core.said if isinstance(each, Judged)} == {"fair_value"}
    assert core.stops()["edge feed_alone"] >= 1
    core.show("polymarket", "0x1", "0.62x300", "0.64x300")
    core.pass_time(100)
    kept = [each for each in core.said if isinstance(each, Judged) and each.stage == "sent"]
    assert kept
    for judged in kept:
        assert judged.signal.account == "model"
        assert judged.signal.estimate is not None
        assert judged.signal.worst == -judged.signal.stake
