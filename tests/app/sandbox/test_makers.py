"""The makers: reproducible, never crossed, on the grid, moved by scores, each venue in its own way."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import msgspec
import pytest

from app.sandbox.grids import CENTS, DOLLAR, FINE
from app.sandbox.makers import STYLES, Ladder, Makers, milliseconds
from app.sandbox.markets import Market, Venue, kalshi_markets_on, polymarket_markets_on
from app.sandbox.slates import Slate, make_slate

NOW = datetime(2026, 11, 22, 23, 10, tzinfo=UTC)
START = milliseconds(NOW)
VENUES: tuple[Venue, ...] = ("kalshi", "polymarket")


@pytest.fixture(scope="module")
def slate() -> Slate:
    return make_slate(7, NOW)


def markets_on(slate: Slate, venue: Venue) -> list[Market]:
    listed = kalshi_markets_on if venue == "kalshi" else polymarket_markets_on
    return [market for contest in slate.contests if venue in contest.on for market in listed(contest)]


def makers(slate: Slate, venue: Venue) -> Makers:
    return Makers(STYLES[venue], lambda: slate)


def shown(quoting: Makers, market: Market, first: int, last: int) -> Iterator[Ladder]:
    """Every look at a book between two moments."""
    at = first
    while at < last:
        ladder = quoting.ladder(market, at)
        if ladder is not None:
            yield ladder
        at = quoting.next_look(market, at)


def live_winner(slate: Slate, venue: Venue) -> Market:
    """Of a game in the middle of it, with both sides in with a chance."""
    quoting = makers(slate, venue)
    found = (one for one in markets_on(slate, venue) if one.is_main and one.contest and one.contest.start < NOW)
    return next(one for one in found if 0.2 < quoting.chance(one, START) < 0.8)


@pytest.mark.parametrize("venue", VENUES)
def test_books_are_the_same_whenever_and_in_whatever_order_they_are_asked_for(slate: Slate, venue: Venue) -> None:
    one, other = makers(slate, venue), makers(make_slate(7, NOW + timedelta(seconds=40)), venue)
    markets = markets_on(slate, venue)[::7]
    moments = range(START, START + 20_000, 1_700)
    first = {(market.id, at): one.ladder(market, at) for at in moments for market in markets}
    second = {(market.id, at): other.ladder(market, at) for market in reversed(markets) for at in reversed(moments)}
    assert first == second
    reseeded = makers(msgspec.structs.replace(slate, seed=8), venue)
    assert any(reseeded.ladder(market, START) != first[market.id, START] for market in markets)


@pytest.mark.parametrize("venue", VENUES)
def test_books_are_never_crossed_and_lie_on_the_grid_best_first(slate: Slate, venue: Venue) -> None:
    quoting = makers(slate, venue)
    for market in markets_on(slate, venue):
        for at in range(START, START + 600_000, 97_000):
            ladder = quoting.ladder(market, at)
            if ladder is None:
                continue
            bids, asks = list(ladder.bids), list(ladder.asks)
            assert bids == sorted(bids, reverse=True)
            assert asks == sorted(asks)
            assert ladder.best_bid < ladder.best_ask
            assert bids or asks
            assert all(ladder.grid.holds(price) for price in (*bids, *asks))
            assert all(size > 0 for size in (*ladder.bids.values(), *ladder.asks.values()))


@pytest.mark.parametrize("venue", VENUES)
def test_book_changes_level_by_level_a_few_times_a_second(slate: Slate, venue: Venue) -> None:
    looks = list(shown(makers(slate, venue), live_winner(slate, venue), START, START + 120_000))
    steps = [
        sum(one.get(price) != other.get(price) for price in one.keys() | other.keys())
        for before, after in pairwise(looks)
        for one, other in ((before.bids, after.bids), (before.asks, after.asks))
    ]
    assert 1.5 < sum(steps) / 120 < 8


def test_score_moves_both_venues_before_the_score_feed_tells_it(slate: Slate) -> None:
    market = live_winner(slate, "kalshi")
    contest = market.contest
    assert contest is not None
    at = NOW
    while slate.standing(contest, at).score == slate.standing(contest, NOW).score:
        at += timedelta(seconds=1)
    for venue in VENUES:
        quoting = makers(slate, venue)
        one = next(each for each in markets_on(slate, venue) if each.is_main and each.contest == contest)
        moment = milliseconds(at)
        before, after = quoting.chance(one, moment - 5_000), quoting.chance(one, moment + 4_500)
        assert abs(after - before) > 0.002
        assert slate.standing_as_fed(contest, at + timedelta(seconds=4.5)).score == slate.standing(contest, NOW).score
    assert slate.standing_as_fed(contest, at + timedelta(seconds=16)).score != slate.standing(contest, NOW).score


def test_venues_differ_in_opinion_and_hold_together(slate: Slate) -> None:
    gaps = []
    kalshi = {market.contest.id: market for market in markets_on(slate, "kalshi") if market.is_main and market.contest}
    for market in markets_on(slate, "polymarket"):
        twin = kalshi.get(market.contest.id) if market.contest else None
        if market.label != "moneyline" or twin is None or market.claim != twin.claim:
            continue
        for at in range(START, START + 300_000, 50_000):
            ladders = makers(slate, "polymarket").ladder(market, at), makers(slate, "kalshi").ladder(twin, at)
            if None not in ladders:
                gaps.append(
                    abs(
                        sum(one.best_bid + one.best_ask for one in ladders[:1]) / 2
                        - (ladders[1].best_bid + ladders[1].best_ask) / 2
                    )
                )
    assert gaps
    assert 5 < sum(gaps) / len(gaps) < 200  # 1/10,000 dollar


def test_now_and_then_somebody_errs_for_a_moment(slate: Slate) -> None:
    market, quoting = live_winner(slate, "kalshi"), makers(slate, "kalshi")
    looks = list(shown(quoting, market, START, START + 1_800_000))
    off = [abs((one.best_bid + one.best_ask) / 2 - quoting.chance(market, one.at) * DOLLAR) > 220 for one in looks]
    began = sum(not before and after for before, after in pairwise(off))
    assert 0 < began < 12
    assert sum(off) < len(off) / 50


def test_polymarkets_tick_is_finer_near_certainty(slate: Slate) -> None:
    quoting = makers(slate, "polymarket")
    grids = {FINE: 0, CENTS: 0}
    for market in markets_on(slate, "polymarket"):
        ladder = quoting.ladder(market, START)
        if ladder is not None:
            grids[ladder.grid] += 1
            assert (ladder.grid is CENTS) == (0.03 < quoting.chance(market, START) < 0.97) or ladder.grid is FINE
    assert min(grids.values()) > 5


def test_there_is_no_book_when_the_game_is_over(slate: Slate) -> None:
    for venue, after in (("kalshi", 61), ("polymarket", 1)):
        quoting = makers(slate, venue)
        market = live_winner(slate, venue)
        end = quoting.ending(market).closes
        assert end is not None
        assert quoting.ladder(market, end - 1_000) is not None
        assert quoting.ladder(market, end + after * 1_000) is None


@pytest.mark.parametrize("speed", [1.0, 100.0])
def test_speed_compresses_the_game_and_not_the_clock(speed: float) -> None:
    slate = make_slate(7, NOW, speed)
    quoting, market = makers(slate, "kalshi"), live_winner(make_slate(7, NOW), "kalshi")
    ends = quoting.ending(market).closes
    assert ends is not None
    looks = list(shown(quoting, market, START, START + 20_000))
    assert {one.at % 500 for one in looks} == {looks[0].at % 500}
    assert (ends - START < 200_000) == (speed == 100)
