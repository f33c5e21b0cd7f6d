"""Each control by itself: one signal that nothing stands against, and everything that may."""

import msgspec
import pytest

from app.domain.markets import MarketId
from app.domain.money import Money, Price, Size
from app.domain.prices import MILLISECOND, SECOND, Nanos
from app.domain.risks import CONTRACT, DOLLAR, Halt, Loss, RiskLimits
from app.domain.signals import Leg, Signal
from app.execution import Desk
from app.execution.controls import CONTROLS, checked
from tests.app.execution.orders import (
    GAME,
    KALSHI,
    NBA,
    NOW,
    POLYMARKET,
    arbitrage,
    cents,
    desk,
    halt,
    hold,
    leg,
    limits,
    refusal,
)


def with_leg(**changed: object) -> Signal:
    first, second = arbitrage().legs
    return arbitrage(first, msgspec.structs.replace(second, **changed))


def doubted() -> Leg:
    first = leg()
    return msgspec.structs.replace(first, quote=msgspec.structs.replace(first.quote, doubt="gap"))


def test_nothing_stands_against_a_good_signal() -> None:
    assert refusal(desk(), arbitrage()) == ""
    assert refusal(desk(), arbitrage(account="model", detector="fair_value", rules="tail", worst=Money(-96))) == ""


@pytest.mark.parametrize(
    ("signal", "given", "name", "detail"),
    [
        (with_leg(verdict="watch"), limits(), "link_verdict", "polymarket:LAL:yes is watch"),
        (arbitrage(rules="unknown"), limits(), "rules", "what the rules pay is not known"),
        (arbitrage(worst=Money(-1)), limits(), "rules", "said to be neutral, and $0.000001 are lost when played"),
        (arbitrage(doubted()), limits(), "doubt", "the book of kalshi:BOS:yes is in doubt: gap"),
        (
            with_leg(age=2_001 * MILLISECOND),
            limits(),
            "age",
            "polymarket:LAL:yes was proved 2001 ms ago, 2000 are allowed",
        ),
        (
            arbitrage(skew=1_501 * MILLISECOND),
            limits(),
            "skew",
            "the legs were proved 1501 ms apart, 1500 are allowed",
        ),
        (
            with_leg(limit=Price(8_501)),
            limits(),
            "entry_price",
            "polymarket:LAL:yes at 0.8501, 0.8500 are allowed",
        ),
        (arbitrage(unit_edge=cents(0.49)), limits(), "min_edge", "0.0049 a contract after fees, 0.005 are asked"),
        (arbitrage(unit_edge=Money(0)), limits(min_edge=Price(0)), "min_edge", None),
        (arbitrage(size=Size(4_999_999)), limits(), "min_size", "4.999999 contracts, 5 are asked"),
        (arbitrage(profit=cents(24.9)), limits(), "min_profit", "$0.249, $0.25 are asked"),
        (arbitrage(tail_cost=cents(380)), limits(), "min_profit", "$4 less $3.8 for the tails, $0.25 are asked"),
        (arbitrage(profit=Money(0)), limits(min_profit=Money(0)), "min_profit", None),
        (
            arbitrage(return_per_day=0.0001),
            limits(),
            "cash_rate",
            "3.65% a year while it is locked up, cash has 4.00%",
        ),
        (arbitrage(), limits(max_stake=Money(95 * DOLLAR)), "max_stake", None),
        (
            arbitrage(rules="tail", worst=Money(-251 * DOLLAR)),
            limits(),
            "max_tail_loss",
            "$251 are asked, at most $250 may be at stake in the worst scenario of one signal",
        ),
        (arbitrage(), limits(max_per_market=Money(47 * DOLLAR)), "max_per_market", None),
        (
            arbitrage(),
            limits(max_per_game=Money(95 * DOLLAR)),
            "max_per_game",
            "$96 are asked, at most $95 may be at stake in game 401",
        ),
        (arbitrage(), limits(max_per_league=Money(95 * DOLLAR)), "max_per_league", None),
        (arbitrage(), limits(max_per_venue=Money(47 * DOLLAR)), "max_per_venue", None),
        (arbitrage(), limits(max_open=Money(95 * DOLLAR)), "max_open", None),
        (arbitrage(), limits(max_per_day=Money(95 * DOLLAR)), "max_per_day", None),
        (arbitrage(), limits(bankroll=Money(95 * DOLLAR)), "bankroll", None),
        (
            arbitrage(),
            limits(max_orders_per_minute=1),
            "order_rate",
            "0 orders within a minute, 2 more are asked, 1 are allowed",
        ),
    ],
)
def test_what_stands_against_it(signal: Signal, given: RiskLimits, name: str, detail: str | None) -> None:
    made = desk(given)
    assert refusal(made, signal) == name
    said = next(check.detail for check in made.check(signal, NOW) if check.name == name)
    assert said
    assert detail is None or said == detail


def test_every_control_is_asked_in_order_whatever_the_first_ones_say() -> None:
    made = desk(limits(), halt())
    names = [check.name for check in made.check(with_leg(verdict="watch"), Nanos(NOW + 5 * SECOND))]
    ours = [control.__name__ for control in CONTROLS]
    assert names[: len(ours)] == ours
    assert names[len(ours) :] == [
        "bankroll",
        "max_per_market",
        "max_per_game",
        "max_per_league",
        "max_per_venue",
        "max_open",
        "max_per_day",
    ]
    failed = [
        check.name for check in made.check(with_leg(verdict="watch"), Nanos(NOW + 5 * SECOND)) if not check.is_passed
    ]
    assert failed == ["halted", "expired", "link_verdict", "age"]


@pytest.mark.parametrize(
    ("halted", "is_covered"),
    [
        (halt(), True),
        (halt("venue", "kalshi"), True),
        (halt("venue", "polymarket"), True),
        (halt("venue", "elsewhere"), False),
        (halt("league", "nba"), True),
        (halt("league", "nfl"), False),
        (halt("game", "401"), True),
        (halt("game", "402"), False),
    ],
)
def test_a_halt_covers_what_it_names(halted: Halt, is_covered: bool) -> None:
    made = desk(limits(), halt("game", "other"), halted)
    assert refusal(made, arbitrage()) == ("halted" if is_covered else "")


def test_a_signal_expires_and_its_quotes_grow_old() -> None:
    fresh = arbitrage(expires_at=Nanos(NOW + 10 * SECOND))
    assert refusal(desk(), fresh, Nanos(NOW + 1_900 * MILLISECOND)) == ""
    assert refusal(desk(), fresh, Nanos(NOW + 1_901 * MILLISECOND)) == "age"
    assert refusal(desk(), arbitrage(), Nanos(NOW + 2 * SECOND)) == "expired"


def test_a_model_has_no_real_money() -> None:
    made = desk(is_paper=False)
    assert refusal(made, arbitrage()) == ""
    assert refusal(made, arbitrage(account="model")) == "watch_only"


@pytest.mark.parametrize(
    ("loss", "account", "is_waited"),
    [
        (Loss(NBA, KALSHI, Nanos(NOW - 299 * SECOND)), "arbitrage", True),
        (Loss(NBA, KALSHI, Nanos(NOW - 300 * SECOND)), "arbitrage", False),
        (Loss(NBA, POLYMARKET, Nanos(NOW - SECOND)), "arbitrage", True),
        (Loss(NBA, KALSHI, Nanos(NOW - SECOND)), "model", False),  # each account by its own losses
    ],
)
def test_after_a_loss_its_league_waits_at_its_venue(loss: Loss, account: str, is_waited: bool) -> None:
    made = desk()
    hold(made, account=account, losses=(loss,))
    assert refusal(made, arbitrage()) == ("cool_down" if is_waited else "")
    other = arbitrage(league="nfl")
    assert refusal(made, other) == ""


def test_nothing_is_opened_after_a_great_loss() -> None:
    made = desk()
    hold(made, equity=Money(9_000 * DOLLAR))
    assert refusal(made, arbitrage()) == "hard_drawdown"
    assert refusal(made, arbitrage(account="model")) == ""


def test_the_other_side_of_what_we_hold_is_not_bought() -> None:
    made = desk()
    hold(made, contracts={leg(outcome="no").contract_id: MarketId("BOS")})
    assert refusal(made, arbitrage()) == "self_trade"
    hold(made, contracts={leg().contract_id: MarketId("BOS")})
    assert refusal(made, arbitrage()) == ""
    made.note_sent(arbitrage(leg(POLYMARKET, "LAL", "no")), NOW)
    assert refusal(made, arbitrage()) == "self_trade"


def test_legs_of_one_venue_count_there_together() -> None:
    both = arbitrage(leg(), leg(market="LAL"))
    assert refusal(desk(limits(max_per_venue=Money(96 * DOLLAR))), both) == ""
    assert refusal(desk(limits(max_per_venue=Money(95 * DOLLAR))), both) == "max_per_venue"


def test_what_is_held_leaves_less_room() -> None:
    made: Desk = desk()
    hold(made, by_game={GAME: Money(655 * DOLLAR)})
    assert refusal(made, arbitrage()) == "max_per_game"
    hold(made, by_game={GAME: Money(654 * DOLLAR)})
    assert refusal(made, arbitrage()) == ""
    assert all(check.is_passed for check in checked(arbitrage(), made.standing(NOW)))
    assert arbitrage().size == 100 * CONTRACT
