"""What a desk remembers: stakes on their way, orders of the last minute, halts. Each seed is a hundred cases."""

import random
from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.games import GameId
from app.domain.inputs import Halted, Limited
from app.domain.leagues import LeagueCode
from app.domain.money import Money, Size
from app.domain.prices import SECOND, Nanos
from app.domain.risks import CONTRACT, DOLLAR, RiskLimits
from app.domain.signals import Signal
from app.execution import Desk
from app.execution.desk import TOLD_WITHIN
from tests.app.execution.orders import (
    GAME,
    KALSHI,
    NBA,
    NOW,
    POLYMARKET,
    arbitrage,
    bundle,
    desk,
    halt,
    hold,
    leg,
    limits,
    refusal,
)

CASES, SEEDS = 100, 100


def later(seconds: float) -> Nanos:
    return Nanos(NOW + round(seconds * SECOND))


def test_nothing_is_opened_before_the_halts_are_told() -> None:
    made = Desk()
    assert refusal(made, arbitrage()) == "halted"
    made.limit(Limited(limits(), NOW))
    assert refusal(made, arbitrage()) == "halted"
    made.halt(Halted((), NOW))
    assert refusal(made, arbitrage()) == ""
    made.halt(Halted((halt(),), NOW))
    assert refusal(made, arbitrage()) == "halted"


def test_a_stake_is_taken_until_its_account_can_have_told() -> None:
    made = desk(limits(max_per_game=Money(100 * DOLLAR), max_age_ms=60_000))
    assert made.allow(bundle(), NOW).size == 104 * CONTRACT
    made.note_sent(arbitrage(), NOW)
    assert made.allow(bundle(), NOW).size == 4 * CONTRACT
    assert refusal(made, arbitrage()) == "max_per_game"
    ends = 2 + TOLD_WITHIN / SECOND
    assert made.allow(bundle(), later(ends - 0.001)).size == 4 * CONTRACT
    hold(made, by_game={GAME: Money(96 * DOLLAR)})  # it was filled; for a moment it counts twice
    assert made.allow(bundle(), later(ends - 0.001)).size == 0
    assert made.allow(bundle(), later(ends)).size == 4 * CONTRACT


def test_orders_are_counted_by_the_sliding_minute() -> None:
    made = desk(limits(max_orders_per_minute=4, max_age_ms=60_000))
    long = arbitrage(expires_at=later(600))
    for second in (0, 30):
        assert refusal(made, long, later(second)) == ""
        made.note_sent(long, later(second))
    assert refusal(made, long, later(59.9)) == "order_rate"
    assert made.allow(bundle(), later(59.9)).size == 0
    assert refusal(made, long, later(60)) == "age"  # the two of the first second are a minute old
    assert made.allow(bundle(), later(60)).size > 0


def test_limits_hold_for_what_was_sent_before_too() -> None:
    made = desk()
    made.note_sent(arbitrage(), NOW)
    made.limit(Limited(limits(max_per_game=Money(96 * DOLLAR)), NOW))
    assert made.allow(bundle(), NOW).size == 0


def test_a_desk_says_what_is_used_of_each_limit() -> None:
    made = desk()
    assert made.used(NOW) == ()
    made.note_sent(arbitrage(), NOW)
    used = {(place.kind, place.name): (cap.name, cap.used, cap.limit) for place, cap in made.used(NOW)}
    assert used["game", GAME] == ("max_per_game", 96 * DOLLAR, 750 * DOLLAR)
    assert used["venue", KALSHI] == ("max_per_venue", 48 * DOLLAR, 5_000 * DOLLAR)
    assert used["arbitrage", ""] == ("bankroll", 96 * DOLLAR, 10_000 * DOLLAR)
    assert ("arbitrage", GAME) not in used


GAMES = (("401", "nba"), ("402", "nba"), ("501", "nfl"))
VENUES = ((KALSHI, POLYMARKET), (KALSHI, KALSHI), (POLYMARKET,))
AMOUNTS = (
    *("max_stake", "max_per_market", "max_per_game", "max_per_league", "max_per_venue", "max_open", "max_per_day"),
    "bankroll",
)


def some_limits(draw: random.Random) -> RiskLimits:
    amounts = {name: Money(draw.randrange(1, draw.choice((50, 1_000)) * DOLLAR)) for name in AMOUNTS}
    return limits(min_size=Size(CONTRACT), max_orders_per_minute=draw.randrange(16), **amounts)


@settings(max_examples=SEEDS)
@given(st.integers(0, 2**32))
def test_whatever_is_sent_everything_at_stake_stays_within_every_limit(seed: int) -> None:
    draw = random.Random(seed)
    for _ in range(CASES):
        limited, held = some_limits(draw), Money(draw.randrange(40 * DOLLAR))
        made, now = desk(limited), NOW
        places = {"by_game": {GAME: held}, "by_league": {NBA: held}}
        hold(made, equity=limited.bankroll, peak=limited.bankroll, **places)
        sent: list[tuple[Nanos, Signal]] = []
        for _ in range(draw.randrange(1, 10)):
            now = Nanos(now + draw.choice((0, 1, 3, 20)) * SECOND)
            signal = send_what_is_allowed(draw, made, now)
            if signal is not None:
                sent.append((now, signal))
                keep_within(limited, sent, now, held)


def send_what_is_allowed(draw: random.Random, made: Desk, now: Nanos) -> Signal | None:
    """All of it; and what the sizing allows no hard limit stops."""
    (game, league), venues, price = draw.choice(GAMES), draw.choice(VENUES), draw.randrange(100, 8_000)
    legs = [leg(venue, f"{game}-{n}", limit=price, size=1) for n, venue in enumerate(venues)]
    costs = tuple(Money(each.cost + each.fee) for each in legs)
    asked = bundle(
        game_id=GameId(game),
        league=LeagueCode(league),
        venues=venues,
        market_ids=tuple(each.market_id for each in legs),
        unit_cost=Money(sum(costs)),
        leg_costs=costs,
    )
    size = made.allow(asked, now).size // CONTRACT
    if not size:
        return None
    sized = [leg(each.venue, each.market_id, limit=price, size=size) for each in legs]
    signal = arbitrage(*sized, game_id=game, league=league, found_at=now, expires_at=Nanos(now + 2 * SECOND))
    of_limits = ("max_", "bankroll", "order_rate")
    assert all(check.is_passed for check in made.check(signal, now) if check.name.startswith(of_limits))
    made.note_sent(signal, now)
    return signal


def keep_within(limited: RiskLimits, sent: list[tuple[Nanos, Signal]], now: Nanos, held: int) -> None:
    """Add up by hand what is on its way, with what is held."""
    at_stake = Counter({("game", GAME): held, ("league", NBA): held})
    orders = 0
    for at, signal in sent:
        orders += len(signal.legs) if now - at < 60 * SECOND else 0
        if now - at >= 12 * SECOND:
            continue
        for each in signal.legs:
            cost = each.cost + each.fee
            for place in ("game", signal.game_id), ("league", signal.league), ("open", ""):
                at_stake[place] += cost
            at_stake["venue", each.venue] += cost
            at_stake["market", each.market_id] += cost
    limit_of = {
        "game": limited.max_per_game,
        "league": limited.max_per_league,
        "venue": limited.max_per_venue,
        "market": limited.max_per_market,
        "open": min(limited.max_open, limited.max_per_day, limited.bankroll),
    }
    for (kind, _), used in at_stake.items():
        assert used <= max(limit_of[kind], held)
    assert orders <= limited.max_orders_per_minute


@settings(max_examples=SEEDS)
@given(st.integers(0, 2**32))
def test_a_halt_that_covers_a_signal_refuses_it_and_no_other_does(seed: int) -> None:
    draw = random.Random(seed)
    for _ in range(CASES):
        (game, league), venues = draw.choice(GAMES), draw.choice(VENUES)
        signal = arbitrage(*(leg(venue, str(n)) for n, venue in enumerate(venues)), game_id=game, league=league)
        halts = draw.sample(HALTS, draw.randrange(4))
        names = {"all": {""}, "venue": set(venues), "league": {league}, "game": {game}}
        is_covered = any(each.name in names[each.scope] for each in halts)
        assert (refusal(desk(limits(), *halts), signal) == "halted") == is_covered


HALTS = (
    halt(),
    *(halt("venue", name) for name in ("kalshi", "polymarket", "elsewhere")),
    *(halt("league", name) for name in ("nba", "nfl", "mlb")),
    *(halt("game", name) for name in ("401", "402", "501", "other")),
)


def test_nothing_is_remembered_for_as_long_as_a_clock_was_set_back() -> None:
    made = desk(limits(max_per_game=Money(100 * DOLLAR), max_orders_per_minute=2))
    made.note_sent(arbitrage(), NOW)
    before = later(-3_600)
    assert made.standing(before).orders == 2
    assert made.allow(bundle(), before).size == 0
    assert made.standing(later(-3_600 + 61)).orders == 0
    assert made.allow(bundle(), later(-3_600 + 61)).size > 4 * CONTRACT
