"""What is at stake by each limit, and which losses count."""

import msgspec

from app.domain.markets import VenueId
from app.domain.money import money
from app.domain.orders import TradeId
from app.domain.positions import Position
from app.domain.risks import Loss
from app.positions.stakes import holdings_of, losses_of
from tests.app.positions.held import after, position

NO_TRADES: frozenset[TradeId] = frozenset()


def closed(
    number: int, realised: str, fees: str = "0", *, trade: str = "t1", at: float = 60, venue: str = "kalshi"
) -> Position:
    return position(
        number,
        contracts="0",
        cost="0",
        realised=money(realised),
        fees=money(fees),
        trade_id=TradeId(trade),
        closed_at=after(at),
        venue=VenueId(venue),
    )


def test_stakes_count_wherever_a_limit_speaks() -> None:
    first = position(1)
    second = position(2, cost="30", game_id="402", venue="polymarket")
    held = holdings_of(
        "model", [first, second], equity=money("990"), peak=money("1000"), spent_today=money("80"), losses=()
    )
    assert msgspec.to_builtins(held) == {
        "account": "model",
        "equity": 990_000_000,
        "peak": 1_000_000_000,
        "by_market": {"M1": 50_000_000, "M2": 30_000_000},
        "by_game": {"401": 50_000_000, "402": 30_000_000},
        "by_league": {"mlb": 80_000_000},
        "by_venue": {"kalshi": 50_000_000, "polymarket": 30_000_000},
        "contracts": {"kalshi:M1:yes": "M1", "kalshi:M2:yes": "M2"},
        "spent_today": 80_000_000,
        "losses": (),
    }


def test_a_new_height_is_the_peak() -> None:
    held = holdings_of("model", [], equity=money("1001"), peak=money("1000"), spent_today=money("0"), losses=())
    assert held.peak == money("1001")


def test_of_a_hedge_one_leg_always_loses() -> None:
    pair = [closed(1, "-45", "1"), closed(2, "50", "1", venue="polymarket")]
    assert losses_of(pair, NO_TRADES, after(90)) == ()


def test_a_trade_that_lost_altogether_is_a_loss_at_each_of_its_venues() -> None:
    pair = [closed(1, "-45", "1"), closed(2, "45", "1", venue="polymarket", at=70)]
    venues = {(each.venue, each.at) for each in losses_of(pair, NO_TRADES, after(90))}
    assert venues == {("kalshi", after(70)), ("polymarket", after(70))}


def test_what_is_half_open_is_not_judged() -> None:
    assert losses_of([closed(1, "-45")], frozenset({TradeId("t1")}), after(90)) == ()


def test_fees_alone_make_a_loss_and_an_hour_forgives_it() -> None:
    lost = closed(1, "0", "0.01")
    assert losses_of([lost], NO_TRADES, after(90)) == (Loss(lost.league, lost.venue, after(60)),)
    assert losses_of([lost], NO_TRADES, after(60 + 3_600)) == ()
    assert losses_of([closed(1, "0.01", "0.01")], NO_TRADES, after(90)) == ()
