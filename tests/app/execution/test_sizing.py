"""How many contracts are taken: examples by hand, and what holds whatever is asked. Each seed is a hundred cases."""

import random

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.games import GameId
from app.domain.inputs import Discounted
from app.domain.markets import MarketId
from app.domain.money import Money, Size
from app.domain.risks import CONTRACT, DOLLAR, Holdings, RiskLimits
from app.domain.signals import Detector, Haircut
from app.execution import Desk, Sizing
from app.execution.kelly import share_of_bet, share_of_tail, shrunk
from tests.app.execution.orders import GAME, KALSHI, NBA, NOW, POLYMARKET, WIDE, bet, bundle, cents, desk, hold, limits

CASES = 100  # of one seed
SEEDS = 100
AMOUNTS = tuple(
    name
    for name in RiskLimits.__struct_fields__
    if name.startswith("max_per_") or name in ("bankroll", "model_bankroll", "max_stake", "max_tail_loss", "max_open")
)
SHARES = ("kelly_fraction", "shrinkage", "soft_drawdown", "hard_drawdown")


def contracts(asked: Sizing, given: RiskLimits | None = None, **held: object) -> tuple[int, str]:
    """How many are allowed, and what cut last."""
    made = desk(given)
    if held:
        hold(made, **held)
    allowance = made.allow(asked, NOW)
    return allowance.size // CONTRACT, allowance.cuts[-1].name if allowance.cuts else ""


@pytest.mark.parametrize(
    ("asked", "given", "size", "cut"),
    [
        (bundle(), WIDE, 5_000, ""),
        (bundle(book_size=Size(7_990_000)), WIDE, 7, ""),  # whole contracts
        (bundle(), limits(), 260, "max_stake"),  # $250 at 96 cents
        (bundle(unit_cost=cents(50), leg_costs=(cents(2), cents(48))), limits(), 500, "max_stake"),
        (bundle(unit_profit=Money(0)), WIDE, 0, "no_edge"),
        (bundle(unit_profit=Money(-1)), WIDE, 0, "no_edge"),
        # both legs of a market count there together
        (
            bundle(market_ids=(MarketId("BOS"), MarketId("BOS"))),
            limits(max_stake=Money(9_000 * DOLLAR)),
            520,
            "max_per_market",
        ),
        (bundle(), limits(max_stake=Money(9_000 * DOLLAR)), 781, "max_per_game"),  # $750
        (bundle(), limits(max_per_venue=Money(48 * DOLLAR)), 100, "max_per_venue"),  # one leg of two is there
        (bundle(), limits(max_open=Money(96 * DOLLAR)), 100, "max_open"),
        (bundle(), limits(max_per_day=Money(48 * DOLLAR)), 50, "max_per_day"),
        (bundle(), limits(max_per_league=Money(24 * DOLLAR)), 25, "max_per_league"),
        (bundle(), limits(bankroll=Money(12 * DOLLAR)), 12, "bankroll"),
        (bundle(), limits(max_orders_per_minute=1), 0, "order_rate"),  # it has two legs
        (bundle(leg_costs=()), limits(max_per_venue=Money(96 * DOLLAR)), 100, "max_per_venue"),
        # a loss of 52 cents in the worst scenario: $250 of it
        (bundle(unit_loss=cents(52), tail_chance=0.001), limits(max_stake=Money(9_000 * DOLLAR)), 480, "max_tail_loss"),
    ],
)
def test_what_is_allowed(asked: Sizing, given: RiskLimits, size: int, cut: str) -> None:
    assert contracts(asked, given) == (size, cut)


@pytest.mark.parametrize(
    ("held", "size", "cut"),
    [
        (
            {"by_game": {GAME: Money(700 * DOLLAR)}, "by_market": {MarketId("x"): Money(700 * DOLLAR)}},
            52,
            "max_per_game",
        ),
        ({"by_market": {MarketId("BOS"): Money(452 * DOLLAR)}}, 100, "max_per_market"),
        ({"by_league": {NBA: Money(2_904 * DOLLAR)}}, 100, "max_per_league"),
        ({"by_venue": {POLYMARKET: Money(4_952 * DOLLAR)}}, 100, "max_per_venue"),
        ({"by_venue": {KALSHI: Money(6_000 * DOLLAR)}}, 0, "max_per_venue"),  # more than is allowed already
        ({"by_market": {MarketId("x"): Money(4_904 * DOLLAR)}}, 100, "max_open"),
        ({"spent_today": Money(49_904 * DOLLAR)}, 100, "max_per_day"),
        ({"equity": Money(96 * DOLLAR), "peak": Money(96 * DOLLAR)}, 100, "bankroll"),
        ({"equity": Money(-5), "peak": Money(0)}, 0, "bankroll"),
        ({"equity": Money(9_500 * DOLLAR)}, 130, "soft_drawdown"),  # half of 260
        ({"equity": Money(9_000 * DOLLAR)}, 0, "hard_drawdown"),
    ],
)
def test_what_is_held_is_taken_off(held: dict[str, object], size: int, cut: str) -> None:
    assert contracts(bundle(), limits(), **held) == (size, cut)


def test_another_account_counts_in_every_limit_but_has_its_own_money() -> None:
    made = desk()
    hold(made, account="model", equity=Money(DOLLAR), peak=Money(DOLLAR), by_game={GAME: Money(654 * DOLLAR)})
    allowance = made.allow(bundle(), NOW)
    assert (allowance.size // CONTRACT, allowance.cuts[-1].name) == (100, "max_per_game")


@pytest.mark.parametrize(
    ("asked", "size", "cut"),
    [
        # 0.65 shrunk half way to 0.53 is 0.59; (0.59 - 0.55) / 0.45 of $1,000, a quarter of it, at 55 cents
        (bet(0.65, 0.55, 0.53), 40, "kelly"),
        (bet(0.65, 0.55, 0.45), 0, "kelly"),  # shrunk to what it costs
        (bet(0.65, 0.55), 50, "kelly"),  # the price stands for the market: shrunk to 0.60, where a bet is worth a ninth
        (bet(0.54, 0.55, 0.60), 0, "no_edge"),
        (bet(None, 0.55, 0.53), 0, "kelly"),
    ],
)
def test_kelly_by_hand(asked: Sizing, size: int, cut: str) -> None:
    assert contracts(asked) == (size, cut)


def test_a_second_bet_on_a_game_is_no_new_chance() -> None:
    made = desk(limits(model_bankroll=Money(1_000 * DOLLAR)))
    held = Money(22 * DOLLAR)
    more = {"by_game": {GAME: held}, "by_market": {MarketId("other"): held}}
    hold(made, account="model", equity=Money(1_000 * DOLLAR), peak=Money(1_000 * DOLLAR), **more)
    assert made.allow(bet(0.65, 0.55, 0.53), NOW).size == 0  # a quarter of Kelly is $22.22: one contract costs more
    assert made.allow(bet(0.65, 0.55, 0.53, game_id=GameId("402")), NOW).size == 40 * CONTRACT


def test_bets_on_many_games_never_stake_more_than_the_fraction_of_everything() -> None:
    made = desk(limits(max_stake=Money(1_000 * DOLLAR), max_tail_loss=Money(1_000 * DOLLAR)))
    held = {GameId(str(n)): Money(24 * DOLLAR) for n in range(10)}
    markets = {MarketId(str(n)): Money(24 * DOLLAR) for n in range(10)}
    equity = Money(1_000 * DOLLAR)
    hold(made, account="model", equity=equity, peak=equity, by_game=held, by_market=markets)
    allowance = made.allow(bet(0.9, 0.5, 0.9), NOW)
    assert (allowance.size // CONTRACT, allowance.cuts[-1].name) == (20, "kelly_slate")  # $250 less $240, at 50 cents


def test_a_tail_that_costs_more_than_the_edge_is_not_staked() -> None:
    dear = bundle(unit_profit=cents(1), unit_loss=cents(52), tail_chance=0.03)
    assert contracts(dear) == (0, "kelly")
    rare = bundle(unit_profit=cents(1), unit_loss=cents(52), tail_chance=0.001)
    assert contracts(rare) == (260, "max_stake")


def test_a_cut_says_its_limit_and_what_it_leaves_and_is_a_refusal_when_that_is_too_little() -> None:
    made = desk(limits(max_per_game=Money(100 * DOLLAR)))
    hold(made, by_game={GAME: Money(96 * DOLLAR)})
    *_, last = made.allow(bundle(), NOW).cuts
    assert (last.name, last.is_passed) == ("max_per_game", False)  # 4 contracts, 5 are asked
    assert last.detail == "at most $100 may be at stake ($96 are already) in game 401: 4 contracts"
    (first, *_) = desk().allow(bundle(), NOW).cuts
    assert (first.name, first.is_passed) == ("max_stake", True)


def a_share(draw: random.Random) -> float:
    return draw.choice((0.0, 1.0, draw.random(), draw.random()))


def an_amount(draw: random.Random, most: int) -> Money:
    """Now and then nothing, or next to it."""
    return Money(draw.randrange(draw.choice((most, most, most, most, most, most, most, most, 2))))


def some_limits(draw: random.Random) -> RiskLimits:
    amounts = {name: draw.choice((Money(3_000 * DOLLAR), an_amount(draw, 3_000 * DOLLAR))) for name in AMOUNTS}
    shares = {name: draw.choice((0.5, a_share(draw))) for name in SHARES}
    return limits(min_size=Size(CONTRACT), **amounts, **shares | {"hard_drawdown": draw.choice((0.5, 1, 1))})


def some_holdings(draw: random.Random) -> dict[str, object]:
    markets, venues = (MarketId("BOS"), MarketId("LAL"), MarketId("x")), (KALSHI, POLYMARKET)
    peak = an_amount(draw, 5_000 * DOLLAR)
    return {
        "equity": Money(round(peak * draw.choice((1, 1, 0.97, draw.random())))),
        "peak": peak,
        "by_game": {GAME: an_amount(draw, 400 * DOLLAR)},
        "by_market": {market: an_amount(draw, 400 * DOLLAR) for market in markets if draw.random() < 0.5},
        "by_league": {NBA: an_amount(draw, 400 * DOLLAR)},
        "by_venue": {venue: an_amount(draw, 400 * DOLLAR) for venue in venues if draw.random() < 0.5},
        "spent_today": an_amount(draw, 400 * DOLLAR),
    }


def some_bundle(draw: random.Random) -> Sizing:
    first, second = Money(draw.randrange(1, 600_000)), Money(draw.randrange(1, 600_000))
    return bundle(
        unit_cost=Money(first + second),
        leg_costs=(first, second),
        unit_profit=Money(draw.randrange(-5_000, 300_000)),
        unit_loss=Money(draw.choice((0, draw.randrange(-100_000, first + second)))),
        tail_chance=draw.choice((a_share(draw), draw.random() / 50)),
        book_size=Size(draw.randrange(10_000 * CONTRACT)),
    )


def some_bet(draw: random.Random) -> Sizing:
    return bet(
        draw.choice((None, a_share(draw), a_share(draw), a_share(draw))),
        draw.randrange(1, 700_000) / DOLLAR,
        draw.choice((None, a_share(draw), a_share(draw))),
        book_size=Size(draw.randrange(10_000 * CONTRACT)),
        unit_profit=Money(draw.randrange(-5_000, 300_000)),
    )


def asked_somehow(draw: random.Random) -> Sizing:
    return draw.choice((some_bundle, some_bet))(draw)


@settings(max_examples=SEEDS)
@given(st.integers(0, 2**32))
def test_no_limit_is_ever_passed(seed: int) -> None:
    draw = random.Random(seed)
    for _ in range(CASES):
        asked, limited, held = asked_somehow(draw), some_limits(draw), some_holdings(draw)
        made = desk(limited)
        hold(made, account=asked.account, **held)
        keeps_within(asked, made.allow(asked, NOW).size, limited, made.standing(NOW).holdings[asked.account])


def keeps_within(asked: Sizing, size: int, given: RiskLimits, held: Holdings) -> None:
    """By hand, limit for limit."""
    assert 0 <= size <= asked.book_size
    assert size % CONTRACT == 0
    if not size:
        return
    assert asked.unit_profit > 0
    assert held.peak == 0 or (held.peak - held.equity) / held.peak < given.hard_drawdown
    stake, everything = size * asked.unit_cost, sum(held.by_market.values())
    legs = list(zip(asked.market_ids, asked.venues, asked.leg_costs, strict=True))
    for limit, used, more in (
        (given.max_stake, 0, stake),
        (given.max_tail_loss, 0, size * asked.unit_loss),
        (given.max_per_game, held.by_game.get(GAME, 0), stake),
        (given.max_per_league, held.by_league.get(NBA, 0), stake),
        (given.max_open, everything, stake),
        (given.max_per_day, held.spent_today, stake),
        (held.equity, everything, stake),
        *((given.max_per_market, held.by_market.get(market, 0), size * cost) for market, _, cost in legs),
        *((given.max_per_venue, held.by_venue.get(venue, 0), size * cost) for _, venue, cost in legs),
    ):
        assert used * CONTRACT + more <= limit * CONTRACT


@settings(max_examples=SEEDS)
@given(st.integers(0, 2**32))
def test_kelly_never_stakes_without_an_edge_nor_above_its_fraction(seed: int) -> None:
    draw = random.Random(seed)
    for _ in range(CASES):
        asked, limited = asked_somehow(draw), some_limits(draw)
        stake = desk(limited).allow(asked, NOW).size * asked.unit_cost
        cost = asked.unit_cost / DOLLAR
        if asked.detector == "fair_value":
            market = cost if asked.market_probability is None else asked.market_probability
            ours = -1.0 if asked.probability is None else shrunk(asked.probability, market, limited.shrinkage)
            assert ours > cost or not stake
            most = share_of_bet(ours, cost) * limited.model_bankroll
        elif asked.unit_loss > 0:
            gain, loss = asked.unit_profit / asked.unit_cost, asked.unit_loss / asked.unit_cost
            assert (1 - asked.tail_chance) * gain - asked.tail_chance * loss > -1e-12 or not stake
            most = share_of_tail(gain, loss, asked.tail_chance) * limited.bankroll
        else:
            continue
        assert stake <= limited.kelly_fraction * most * CONTRACT


@settings(max_examples=SEEDS)
@given(st.integers(0, 2**32))
def test_tighter_limits_never_give_more(seed: int) -> None:
    draw = random.Random(seed)
    for _ in range(CASES):
        asked, limited, held = asked_somehow(draw), some_limits(draw), some_holdings(draw)
        name = draw.choice((*AMOUNTS, *SHARES))
        loose, tight = desk(limited), desk(tightened(limited, name, draw.random()))
        hold(loose, account=asked.account, **held)
        hold(tight, account=asked.account, **held)
        assert tight.allow(asked, NOW).size <= loose.allow(asked, NOW).size, name


def tightened(given: RiskLimits, name: str, part: float) -> RiskLimits:
    value = getattr(given, name)
    if name == "shrinkage":
        return msgspec.structs.replace(given, shrinkage=value + (1 - value) * part)
    return msgspec.structs.replace(given, **{name: value * part if name in SHARES else int(value * part)})


def discounted(made: Desk, detector: Detector, factor: float) -> Desk:
    made.discount(Discounted((Haircut(detector, factor, 143, "they brought less than was promised"),), NOW))
    return made


@pytest.mark.parametrize("factor", [1.0, 0.82, 0.5, 0.0])
def test_of_an_edge_so_much_is_staked_as_was_seen_to_come_true(factor: float) -> None:
    asked = bet(0.75, 0.5, 0.5)  # drawn halfway to the market: (0.625 - 0.5) / 0.5, a quarter of it, of $1,000
    plain = desk(limits(max_stake=Money(9_000 * DOLLAR)))
    assert plain.allow(asked, NOW).size == Size(125 * CONTRACT)
    told = discounted(plain, "fair_value", factor).allow(asked, NOW)
    assert told.size == Size(int(125 * factor) * CONTRACT)
    said = told.cuts[0]
    assert (said.name, said.is_passed) == ("haircut", True)
    assert said.detail == f"{factor:.2f} of 143 trades: they brought less than was promised"


def test_only_the_measured_detector_is_doubted_and_what_cannot_lose_is_not_sized_by_it() -> None:
    made = discounted(desk(WIDE), "cross_venue", 0.5)
    assert [cut.name for cut in made.allow(bet(0.7, 0.5, 0.5), NOW).cuts] == ["kelly"]
    neutral = made.allow(bundle(), NOW)
    assert (neutral.size, [cut.name for cut in neutral.cuts]) == (Size(5_000 * CONTRACT), ["haircut"])


def test_a_tail_is_taken_smaller_by_what_its_gains_were_short_of() -> None:
    asked = bundle(unit_loss=cents(52), tail_chance=0.05)
    whole = desk(WIDE).allow(asked, NOW).size
    half = discounted(desk(WIDE), "cross_venue", 0.6).allow(asked, NOW).size
    assert half < whole
    assert discounted(desk(WIDE), "cross_venue", 0.0).allow(asked, NOW).size == 0
