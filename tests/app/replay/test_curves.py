from app.domain.money import Money
from app.domain.orders import AccountId
from app.domain.prices import SECOND, Nanos
from app.replay.curves import MOST_POINTS, Curves


def test_it_falls_from_its_highest_gain() -> None:
    curves = Curves()
    for at, gain in enumerate((0, 50, 20, 60, -10, 40)):
        curves.note(Nanos(at * SECOND), {AccountId("model"): Money(gain), AccountId("arbitrage"): Money(1)})
    assert curves.fell == 70
    assert [point.gain for point in curves.points] == [1, 51, 21, 61, -9, 41]


def test_a_long_evening_has_as_many_points_as_a_short_one() -> None:
    curves = Curves()
    for at in range(10_000):
        curves.note(Nanos(at * SECOND), {AccountId("model"): Money(at)})
    assert MOST_POINTS // 2 < len(curves.points) <= MOST_POINTS
    steps = {after.at - before.at for before, after in zip(curves.points, curves.points[1:], strict=False)}
    assert len(steps) == 1
