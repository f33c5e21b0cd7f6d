"""What stands is looked at again whenever anything about it has changed, by the newest time that was told."""

import msgspec
import pytest

from app.domain.inputs import (
    Began,
    Discounted,
    GameLeft,
    GameTaken,
    Heard,
    Held,
    Input,
    Offered,
    Replaced,
    Seated,
    Snapshot,
    Taught,
)
from app.domain.leagues import LeagueCode
from app.domain.markets import MarketId, VenueId
from app.domain.models import LearnedModel, Odds
from app.domain.money import Money, price, size
from app.domain.prices import SECOND, Nanos, book_id
from app.domain.risks import DOLLAR, Holdings, RiskLimits
from app.domain.signals import Haircut, Judged
from tests.app.pipeline.cores import FAR, KALSHI_FEES, Core, a_core, a_game, both_winners, gap, levels, quiet

KALSHI_BOS = book_id(VenueId("kalshi"), MarketId("BOS"))


def judged(core: Core) -> list[Judged]:
    """Everything so far."""
    return [each for each in core.said if isinstance(each, Judged)]


def stages(told: list[Judged]) -> list[tuple[str, str]]:
    return [(each.stage, each.reason) for each in told]


def standing(core: Core) -> dict[str, int]:
    """`stage reason` → how many stand there now."""
    return {f"{stop.stage} {stop.reason}": stop.standing for stop in core.pipeline.funnel().stops if stop.standing}


def test_a_book_that_comes_late_is_no_reason_to_turn_the_clock_back() -> None:
    """Over Redis a book comes with the time of its last change, and what it stands against was proved then, not now."""
    core = quiet(a_core())
    core.show("polymarket", "0x1", "0.50x300", "0.56x300")
    core.pass_time(60_000)
    changed_at = Nanos(core.now - 59 * SECOND)
    bids, asks = levels("0.40x300"), levels("0.46x300")
    said = core.put(Snapshot(KALSHI_BOS, core.lane("kalshi"), bids, asks, changed_at, changed_at))
    core.hear("kalshi")
    said += core.pass_time(50)
    assert ("sent", "sent") not in stages(said)
    assert ("fresh", "stale") in stages(said)


def test_what_lies_deeper_makes_a_thin_edge_a_thick_one() -> None:
    core = quiet(a_core())
    core.show("polymarket", "0x1", "0.50x300", "0.56x300")
    core.show("kalshi", "BOS", "0.40x300", "0.45x1")
    assert standing(core)["depth thin"]
    core.pass_time(10)
    core.put(Replaced(KALSHI_BOS, False, price("0.46"), size("300"), core.now, core.now))
    assert ("sent", "sent") in stages(core.pass_time(50))


def test_what_another_signal_had_taken_is_free_again_after_a_while() -> None:
    core = quiet(a_core())
    core.show("polymarket", "0x1", "0.50x100", "0.56x300")  # LAL at 0.50: once
    assert stages(core.show("kalshi", "BOS", "0.40x300", "0.45x300")) == [("sent", "sent")]
    core.show("kalshi", "LAL", "0.55x300", "0.60x300")  # NO of LAL, at 0.45, is the same as YES of BOS
    assert standing(core)["depth taken"] == 1
    core.show("kalshi", "BOS", *FAR)
    core.pass_time(2_050)
    core.hear("kalshi")
    core.hear("polymarket")
    assert ("sent", "sent") in stages(core.pass_time(50))


def test_contracts_are_not_taken_for_as_long_as_a_clock_was_set_back() -> None:
    core = quiet(a_core())
    assert stages(gap(core)) == [("sent", "sent")]
    core.said.clear()
    core.pass_time(-3_600_000)
    core.hear("kalshi")
    gap(core)
    assert ("sent", "sent") in stages(judged(core))


def test_a_game_that_is_left_takes_no_contract_of_another_with_it() -> None:
    """A provisional game gives way to the real one, with the same contracts."""
    links = both_winners(a_game())
    core, real = a_core(a_game("x:nba"), links), a_game()
    core.take(real, links)
    core.put(GameLeft(a_game("x:nba").id, core.now))
    quiet(core)
    assert stages(gap(core)) == [("sent", "sent")]


def test_what_a_new_estimate_has_ended_stands_nowhere() -> None:
    core = a_core(a_game(home_win_probability=0.8))
    core.show("kalshi", "BOS", "0.40x300", "0.60x300")
    assert standing(core)["edge feed_alone"] == 1
    core.take(a_game(home_win_probability=0.5), core.pipeline.taken[a_game().id].links)
    assert "edge feed_alone" not in standing(core)


def test_sides_that_change_places_change_what_contracts_say() -> None:
    """The source mixed up who is at home; the links name teams, and are the same."""
    game = a_game(home_win_probability=0.9)
    turned = msgspec.structs.replace(game, home=game.away, away=game.home)
    core = quiet(a_core(game, both_winners(game)))
    core.take(turned, core.pipeline.taken[game.id].links)
    core.said.clear()
    core.show("kalshi", "BOS", "0.64x300", "0.66x300")
    core.show("polymarket", "0x1", "0.69x300", "0.71x300")
    core.pass_time(50)
    found = [each.signal for each in judged(core) if each.signal.detector == "fair_value"]
    assert not [leg for signal in found for leg in signal.legs if leg.contract_id == "kalshi:BOS:yes"]


def test_a_witness_of_a_time_to_come_is_none() -> None:
    game = a_game(home_win_probability=0.8)
    core = quiet(a_core(game, both_winners(game)))
    core.show("polymarket", "0x1", "0.62x300", "0.64x300")
    core.pass_time(-3_600_000)
    core.hear("kalshi")
    core.put(Heard(core.lane("polymarket"), Nanos(core.now + 3_600 * SECOND)))
    core.show("kalshi", "BOS", "0.40x300", "0.60x300")
    core.show("kalshi", "LAL", *FAR)
    assert ("sent", "sent") not in stages(judged(core))


def test_a_waiver_that_ends_before_the_orders_are_sent_is_none() -> None:
    game, core = a_game(), Core()
    ends = Nanos(core.now + SECOND)
    waived = msgspec.structs.replace(KALSHI_FEES, waived_until=ends)
    links = both_winners(game, fees=waived)
    core.follow(links)
    core.take(game, links)
    core.show("polymarket", "0x1", "0.50x300", "0.56x300")
    assert all(stage != "sent" for stage, _ in stages(core.show("kalshi", "BOS", "0.40x300", "0.48x300")))


@pytest.mark.parametrize("is_same", [True, False])
def test_links_that_are_told_again_count_like_new_ones(is_same: bool) -> None:
    """Live they are the same values in memory, from a tape equal ones; a waiver has ended since."""
    game, core = a_game(), Core(RiskLimits(signal_life_ms=100))
    ends = Nanos(core.now + SECOND)
    links = both_winners(game, fees=msgspec.structs.replace(KALSHI_FEES, waived_until=ends))
    core.follow(links)
    core.take(game, links)
    core.pass_time(1_500)
    again = links if is_same else msgspec.msgpack.decode(msgspec.msgpack.encode(links), type=tuple[type(links[0]), ...])
    core.put(GameTaken(a_game(home_score=4), again, core.now))
    core.show("polymarket", "0x1", "0.52x300", "0.56x300")
    core.show("kalshi", "BOS", "0.40x300", "0.50x300")
    assert core.stops() == {"edge no_gap": 0, "edge fees": 1}
    assert not judged(core)


def test_what_the_desk_refuses_is_looked_at_when_it_says_so_and_now_and_then() -> None:
    """In a halt hundreds of edges may stand: to look at each of them at every tick leaves no time for anything else."""
    core = quiet(a_core())
    core.put(Held(Holdings(account="arbitrage", equity=Money(80), peak=Money(100)), core.now))
    gap(core)
    (made,) = (made for made in core.pipeline._detection._near if made.place == ("risk", "hard_drawdown"))
    began = core.now
    for _ in range(4):
        core.pass_time(100)
    assert made.looked_at == began
    core.pass_time(150)
    assert made.looked_at == core.now
    well = Holdings(account="arbitrage", equity=Money(DOLLAR * 10_000), peak=Money(DOLLAR * 10_000))
    assert stages(core.put(Held(well, core.now))) == [("sent", "sent")]


def test_what_one_process_was_promised_is_not_promised_to_another() -> None:
    """A game changes hands, and for a moment two processes work on it."""
    one, other, seat = quiet(a_core()), quiet(a_core()), Core()
    for core, run in ((one, "one"), (other, "other"), (seat, "seat")):
        core.put(Began(run, core.now))
    seat.put(Seated(True, seat.now))
    told = []
    for core in (one, other):
        (said,) = gap(core)
        told += seat.put(Offered(said.signal, seat.now))
    assert stages(told) == [("sent", "sent"), ("depth", "taken")]


def test_a_process_whose_clock_is_ahead_makes_nothing_younger() -> None:
    core, seat = quiet(a_core()), Core()
    (said,) = gap(core)
    seat.put(Seated(True, seat.now))
    assert stages(seat.put(Offered(said.signal, Nanos(seat.now - 60 * SECOND)))) == [("risk", "age")]


LEARNED = LearnedModel(league=LeagueCode("nba"), version=7, home=Odds(1.4, ()))  # 0.80 whatever the score


def values(told: list[Judged]) -> list[str]:
    """On whose estimate what was kept rests."""
    return [each.signal.estimate.source for each in told if each.signal.estimate and each.stage == "sent"]


def worth_more(core: Core) -> list[Judged]:
    """BOS is at 60 cents on Kalshi and at 63 on Polymarket."""
    said = core.show("polymarket", "0x1", "0.62x300", "0.64x300")
    return [*said, *core.show("kalshi", "BOS", "0.40x300", "0.60x300")]


def test_what_was_learned_values_what_is_played_from_the_moment_it_is_told_until_it_is_taken_back() -> None:
    game = a_game(home_win_probability=0.6)
    core, links = Core(), both_winners(game)
    core.follow(links)
    core.take(game, links, pregame=0.5)
    quiet(core)
    assert values(worth_more(core)) == []  # the source sees no edge
    assert values(core.put(Taught((LEARNED,), core.now))) == ["logistic/7"]
    core.pass_time(2_100)
    core.put(Taught((), core.now))
    core.hear("kalshi")
    core.hear("polymarket")
    assert values(worth_more(core)) == []


def test_how_much_of_an_edge_is_believed_stands_beside_what_became_of_it() -> None:
    plain, doubted = quiet(a_core()), quiet(a_core())
    haircut = Haircut("cross_venue", 0.82, 143, "a test")
    doubted.put(Discounted((haircut,), doubted.now))
    (before,), (after,) = gap(plain), gap(doubted)
    assert (before.haircut, after.haircut) == (None, haircut)
    assert "haircut" not in msgspec.to_builtins(before)  # so that what was decided before there were any stays the same
    assert [check.detail for check in after.checks if check.name == "haircut"] == ["0.82 of 143 trades: a test"]
    assert after.signal.size == before.signal.size  # it cannot lose
    assert stages([after]) == [("sent", "sent")]


def test_less_of_a_fair_value_is_staked_the_less_of_it_was_seen_to_come_true() -> None:
    sizes = []
    for told in ((), (Haircut("fair_value", 0.5, 60, "a test"),), (Haircut("fair_value", 0.0, 60, "a test"),)):
        game = a_game(home_win_probability=0.8)
        core = quiet(a_core(game, both_winners(game), RiskLimits(model_bankroll=Money(500 * DOLLAR))))
        core.put(Discounted(told, core.now))
        said = worth_more(core)
        sizes.append(sum(each.signal.size for each in said if each.stage == "sent"))
    assert sizes[0] > sizes[1] > sizes[2] == 0


def test_a_tape_of_what_was_learned_decides_the_same_again() -> None:
    game, live = a_game(home_win_probability=0.6), Core(RiskLimits(model_bankroll=Money(500 * DOLLAR)))
    told: list[Input] = []
    apply, live_put = live.pipeline.apply, live.put
    live.pipeline.apply = lambda each: (told.append(each), apply(each))[1]  # type: ignore[method-assign]
    live_put(Taught((LEARNED,), live.now))
    live_put(Discounted((Haircut("fair_value", 0.7, 60, "a test"),), live.now))
    links = both_winners(game)
    live.follow(links)
    live.take(game, links, pregame=0.5)
    said = values(worth_more(quiet(live)))
    tape = msgspec.msgpack.decode(msgspec.msgpack.encode(told), type=list[Input])
    again = Core(RiskLimits(model_bankroll=Money(500 * DOLLAR)))
    for each in tape:
        again.put(each)
    assert said == ["logistic/7"]
    assert msgspec.msgpack.encode(again.said) == msgspec.msgpack.encode(live.said)


def test_a_game_that_is_only_followed_is_known_and_nothing_is_found_in_it() -> None:
    core = quiet(a_core())
    links = core.pipeline.taken[a_game().id].links
    core.put(GameTaken(a_game(), links, core.now, is_followed=True))
    core.show("polymarket", "0x1", "0.50x300", "0.56x300")
    core.show("kalshi", "BOS", "0.40x300", "0.45x300")
    assert (judged(core), core.pipeline.funnel().games) == ([], 0)
    assert core.pipeline.taken[a_game().id].links is links
    assert ("sent", "sent") in stages(core.put(GameTaken(a_game(), links, core.now)))
