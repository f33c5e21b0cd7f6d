"""The sheet's ladder, and properties against a walk that takes a hundredth of a contract at a time."""

from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.fees import FeeSchedule
from app.domain.money import Money, Price, Size
from app.domain.prices import Level, Nanos
from app.domain.signals import Step
from app.signals.walks import held, reaches, size_for, take, walk, worth_of

KALSHI, POLYMARKET = FeeSchedule(taker=70_000, step=10_000), FeeSchedule(taker=50_000, step=10, least=10)
NOW = Nanos(0)
DOLLAR = 1_000_000
SHEET = (
    [(Price(4600), Size(60 * DOLLAR)), (Price(4700), Size(100 * DOLLAR))],
    [(Price(5000), Size(80 * DOLLAR)), (Price(5100), Size(200 * DOLLAR))],
)
BOTH = (KALSHI, POLYMARKET)


def ladders(cents: int) -> st.SearchStrategy[list[Level]]:
    sizes = st.integers(1, 50_000).map(lambda hundredths: Size(hundredths * 10_000))
    prices = st.sets(st.integers(1, 99), min_size=1, max_size=cents).map(sorted)
    return prices.flatmap(
        lambda found: st.tuples(*(sizes for _ in found)).map(
            lambda lies: [(Price(100 * price), size) for price, size in zip(found, lies, strict=True)]
        )
    )


def unit_edge(prices: tuple[Price, ...]) -> Fraction:
    """Of one contract of each leg, in dollars, by the sheet's formula."""
    rates = (Fraction(7, 100), Fraction(5, 100))
    costs = [Fraction(price, 10_000) for price in prices]
    return 1 - sum(cost + rate * cost * (1 - cost) for cost, rate in zip(costs, rates, strict=True))


def test_the_sheets_ladders_end_where_the_sheet_says() -> None:
    steps = walk(SHEET, BOTH, DOLLAR, 1, NOW)
    assert [(step.size // DOLLAR, step.prices, DOLLAR - step.cost) for step in steps] == [
        (60, (4600, 5000), 10_112),
        (20, (4700, 5000), 63),
    ]
    taken = take(steps, held(steps), BOTH, NOW)
    assert taken.fees[0] == 1_400_000  # 1.39202 to the cent
    assert worth_of(DOLLAR, taken.size) - taken.stake == 600_000  # 0.60798 before rounding
    assert [step.size // DOLLAR for step in walk(SHEET, BOTH, DOLLAR, 5_000, NOW)] == [60]


def test_a_waived_fee_is_not_counted_until_it_is_over() -> None:
    waived = FeeSchedule(taker=70_000, step=10_000, waived_until=1_000)
    dear = ([(Price(4600), Size(DOLLAR))], [(Price(5300), Size(DOLLAR))])
    assert walk(dear, (waived, waived), DOLLAR, 1, Nanos(999))
    assert not walk(dear, (waived, waived), DOLLAR, 1, Nanos(1_000))


@settings(max_examples=400)
@given(ladders(8), ladders(8), st.integers(1, 50_000))
def test_a_walk_takes_exactly_what_has_the_edge(first: list[Level], second: list[Level], asked: int) -> None:
    steps = walk((first, second), BOTH, DOLLAR, asked, NOW)
    for ladder, leg in ((first, 0), (second, 1)):
        for price, lies in ladder:
            assert sum(step.size for step in steps if step.prices[leg] == price) <= lies
        limit = steps[-1].prices[leg] if steps else Price(0)
        passed_by = [lies for price, lies in ladder if price < limit]
        assert held(steps) >= sum(passed_by)  # nothing cheaper is left lying
    assert all(unit_edge(step.prices) * DOLLAR >= asked for step in steps)
    following = _next_prices(first, second, steps)
    if following is not None:  # rounding a contract's fees up takes at most a micro-dollar a leg
        assert unit_edge(following) * DOLLAR < asked + 2


@settings(max_examples=400)
@given(ladders(6), ladders(6), st.integers(1, 3_000))
def test_what_is_taken_costs_what_its_levels_cost(first: list[Level], second: list[Level], contracts: int) -> None:
    steps = walk((first, second), BOTH, 10 * DOLLAR, 1, NOW)
    size = Size(min(contracts * DOLLAR, held(steps)))
    taken = take(steps, size, BOTH, NOW)
    assert taken.size == size
    for at, ladder in enumerate((first, second)):
        left, exact, fee = size, Fraction(0), Fraction(0)
        for price, lies in ladder:
            here = min(left, lies)
            cost = Fraction(price, 10_000)
            exact += here * cost
            fee += here * cost * (1 - cost) * Fraction((7, 5)[at], 100)
            left -= here
        assert exact <= taken.costs[at] < exact + 1
        assert fee <= taken.fees[at] < fee + (10_000, 10)[at] or taken.fees[at] == 0


@settings(max_examples=300)
@given(ladders(6), ladders(6), st.integers(1, 2_000))
def test_a_stake_buys_no_more_than_it_pays_for(first: list[Level], second: list[Level], dollars: int) -> None:
    steps = walk((first, second), BOTH, 10 * DOLLAR, 1, NOW)
    taken = take(steps, size_for(steps, dollars * DOLLAR), BOTH, NOW)
    assert taken.stake <= dollars * DOLLAR + 10_010  # what rounding a whole order adds
    hundred, thousand, everything = reaches(steps, BOTH, DOLLAR, NOW)
    assert hundred.size <= thousand.size <= everything.size == held(steps)
    assert (hundred.stake, thousand.stake, everything.stake) == (Money(100 * DOLLAR), Money(1_000 * DOLLAR), None)


def _next_prices(first: list[Level], second: list[Level], steps: list[Step]) -> tuple[Price, Price] | None:
    """Where a walk that went on would be."""
    found = []
    for ladder in (first, second):
        left = held(steps)
        rest = iter(ladder)
        for price, lies in rest:
            if left < lies:
                found.append(price)
                break
            left = Size(left - lies)
    return (found[0], found[1]) if len(found) == 2 else None
