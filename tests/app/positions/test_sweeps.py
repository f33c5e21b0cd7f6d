"""A sweep over all positions says what the law says of each of them, and a price touches only those of its contract."""

from collections.abc import Sequence

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from app.domain.exit_rules import HELD, OF_MODEL
from app.domain.markets import ContractId
from app.domain.money import ONE_DOLLAR, Money, Price, Size, money
from app.domain.orders import AccountId
from app.domain.positions import ExitRules, Position
from app.domain.prices import SECOND, Nanos
from app.positions.exits import NOTHING, Seen, bounds_of, is_over_worth, reason
from app.positions.sweeps import FIRST_ROOM, Sweep, Worth
from tests.app.positions.held import OPENED, after, position

SHARE = st.none() | st.floats(0.01, 1, allow_nan=False)
UNIT = st.just(int(NOTHING)) | st.integers(0, 1_000_000)
RULES = st.builds(
    ExitRules,
    stop=SHARE,
    trailing_stop=SHARE,
    take_profit=st.none() | st.floats(0.01, 3, allow_nan=False),
    after_s=st.none() | st.integers(1, 200),
    edge_gone=st.none() | st.floats(0, 1, allow_nan=False),
    hold_s=st.integers(0, 60),
)
Step = tuple[int, int, int, bool, bool]  # which row, what could be had, what it should be worth, off, closing
STEPS = st.lists(st.tuples(st.integers(0, 9), UNIT, UNIT, st.booleans(), st.booleans()), max_size=30)


@st.composite
def positions(draw: st.DrawFn) -> Sequence[tuple[Position, ExitRules]]:
    sizes = draw(st.lists(st.integers(1, 10**12), min_size=1, max_size=10))
    return [
        (
            msgspec.structs.replace(
                position(number), size=Size(size), cost=Money(draw(st.integers(0, ONE_DOLLAR)) * size // ONE_DOLLAR)
            ),
            draw(RULES),
        )
        for number, size in enumerate(sizes)
    ]


class Alone:
    """One position watched by itself, in plain words."""

    def __init__(self, held: Position, rules: ExitRules) -> None:
        self.bounds = bounds_of(held, rules)
        self.unit = self.worth = int(NOTHING)
        self.seen = Seen()

    def offer(self, unit: int, now: Nanos) -> None:
        self.unit = unit
        self.seen = self.seen._replace(best=max(self.seen.best, unit))
        self.pass_time(now)

    def pass_time(self, now: Nanos) -> None:
        is_over = is_over_worth(self.bounds, self.unit, self.worth)
        self.seen = self.seen._replace(gone_since=(self.seen.gone_since or now) if is_over else 0)


@given(positions(), STEPS, st.integers(0, 300))
def test_a_sweep_finds_what_the_law_finds_one_by_one(
    held: Sequence[tuple[Position, ExitRules]], steps: Sequence[Step], last: int
) -> None:
    sweep, alone = Sweep(), [Alone(*each) for each in held]
    rows = [sweep.put(*each) for each in held]
    for second, (number, unit, worth, is_off, is_closing) in enumerate(steps):
        row, one, now = rows[number % len(rows)], alone[number % len(rows)], after(second * 7)
        sweep.expect(row, worth)
        sweep.warn(row, is_off=is_off, is_closing=is_closing)
        one.worth, one.seen = worth, one.seen._replace(is_off=is_off, is_closing=is_closing)
        one.offer(unit, now)
        assert sweep.offer(row, unit, now) == reason(one.bounds, one.unit, one.seen, now)
    now = after(last)
    found = {row.key for row in sweep.sweep(now)}
    for one in alone:
        one.pass_time(now)
    due = {
        row.key for row, one in zip(rows, alone, strict=True) if reason(one.bounds, one.unit, one.seen, now) is not None
    }
    assert found == due
    assert [sweep.seen(row) for row in rows] == [one.seen for one in alone]


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 12)), max_size=60))
def test_rows_that_come_and_go_keep_their_figures(steps: Sequence[tuple[bool, int]]) -> None:
    sweep, known = Sweep(), dict[int, int]()
    for is_put, number in steps:
        held = position(number, contracts=str(number + 1))
        if is_put:
            row = sweep.put(held, OF_MODEL)
            known[number] = known.get(number, 0) + 1
            sweep.offer(row, known[number], OPENED)
            sweep.mark(row, Price(5_000))
        else:
            sweep.drop((held.account, held.contract_id))
            known.pop(number, None)
    assert {row.position.market_id: sweep.unit(row) for row in sweep.rows} == {f"M{n}": u for n, u in known.items()}
    assert set(sweep.contracts) == {f"kalshi:M{number}:yes" for number in known}
    worth = sum(number + 1 for number in known) * money("0.5")
    assert sweep.worths().get(AccountId("model"), Worth()).value == worth
    for number in known:
        (row,) = sweep.rows_of(position(number).contract_id)
        assert sweep.find(row.key) is row
        assert sweep.rows[row.at] is row


def test_there_is_room_for_as_many_as_come() -> None:
    sweep = Sweep()
    for number in range(3 * FIRST_ROOM):
        sweep.offer(sweep.put(position(number), OF_MODEL), number, OPENED)
    assert len(sweep) == 3 * FIRST_ROOM
    assert [sweep.unit(row) for row in sweep.rows] == list(range(3 * FIRST_ROOM))


def test_a_price_touches_the_positions_of_its_contract_in_all_accounts() -> None:
    sweep = Sweep()
    mine = sweep.put(position(1), OF_MODEL)
    yours = sweep.put(position(1, account=AccountId("manual")), HELD)
    sweep.put(position(2), OF_MODEL)
    assert sweep.rows_of(ContractId("kalshi:M1:yes")) == (mine, yours)
    assert sweep.rows_of(ContractId("kalshi:M9:yes")) == ()


def test_what_was_seen_of_a_position_stays_when_it_changes() -> None:
    sweep = Sweep()
    row = sweep.put(position(), OF_MODEL)
    sweep.offer(row, money("0.90"), OPENED)
    sweep.offer(row, money("0.60"), after(1))
    again = sweep.put(position(version=2, contracts="50", cost="25"), OF_MODEL)
    assert again is row
    assert sweep.seen(row).best == money("0.90")
    assert sweep.sweep(after(16)) == []  # 0.60 is more than 65% of it
    sweep.offer(row, money("0.585"), after(16))
    assert sweep.sweep(after(16)) == [row]


def test_a_row_that_leaves_takes_nothing_with_it() -> None:
    sweep = Sweep()
    rows = [sweep.put(position(number), ExitRules(stop=0.5)) for number in range(3)]
    sweep.offer(rows[2], money("0.10"), OPENED)
    sweep.drop(rows[0].key)
    sweep.drop(rows[0].key)  # told twice
    assert sweep.sweep(after(1)) == [rows[2]]
    assert rows[2].at == 0


def test_worth_is_by_account_and_what_is_won_stands_apart() -> None:
    sweep = Sweep()
    first, second = sweep.put(position(1), OF_MODEL), sweep.put(position(2), OF_MODEL)
    other = sweep.put(position(1, account=AccountId("manual"), contracts="0.000001"), HELD)
    sweep.mark(first, Price(6_250))
    sweep.mark(second, ONE_DOLLAR, is_unpaid=True)
    sweep.mark(other, Price(9_999))
    assert sweep.worths() == {
        AccountId("model"): Worth(money("162.5"), money("100")),
        AccountId("manual"): Worth(Money(0), Money(0)),  # less than a micro-dollar
    }


def test_the_edge_must_be_gone_for_as_long_as_a_score_may_lag() -> None:
    sweep = Sweep()
    row = sweep.put(position(), ExitRules(edge_gone=0.1))
    sweep.expect(row, money("0.50"))
    for second in (20, 30, 39):
        assert sweep.offer(row, money("0.56"), after(second)) is None
        assert sweep.sweep(after(second)) == []
    sweep.expect(row, money("0.55"))  # the score was told: it was right
    assert sweep.sweep(after(40)) == []
    sweep.expect(row, money("0.50"))
    assert [sweep.sweep(Nanos(after(41) + n * SECOND)) for n in (0, 19, 20)] == [[], [], [row]]


def test_more_of_it_begins_the_holding_anew_and_less_does_not() -> None:
    sweep, rules = Sweep(), ExitRules(take_profit=0.1)
    row = sweep.put(position(), rules)
    bought = position(version=2, contracts="200", cost="100", changed_at=after(100))
    sold = position(version=3, contracts="150", cost="75", changed_at=after(108))
    for held in (bought, sold):
        sweep.put(held, rules)
        sweep.offer(row, money("0.9"), after(110))
        assert sweep.sweep(after(114)) == []
    assert sweep.sweep(after(115)) == [row]
    first_seen = Sweep().put(sold, rules)  # by another process: it may have been a purchase
    assert first_seen.bounds.held_until == after(108 + 15)
