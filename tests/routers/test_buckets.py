"""How often one caller may call: here, and at all processes together."""

import pytest

from app.errors import HotStoreUnavailable, TooManyCalls
from app.hot.state import HotState, open_hot_state
from app.settings import ApiSettings
from routers.buckets import CALLERS_KEPT, SWEPT_EVERY, Buckets, Rates
from routers.gates import Call, kind_of


def test_a_bucket_empties_and_fills_by_itself() -> None:
    buckets = Buckets(60)
    assert [buckets.take("a", 0).remaining for _ in range(60)] == list(range(59, -1, -1))
    assert buckets.take("a", 0).is_spent
    assert buckets.take("a", 0.9).is_spent
    assert buckets.take("a", 1).remaining == 0
    assert buckets.take("a", 1000).remaining == 59


def test_what_is_refused_takes_nothing() -> None:
    buckets = Buckets(60)
    buckets.take("a", 0, 55)
    refused = buckets.take("a", 0, 10)
    assert (refused.remaining, refused.wait) == (-5, 5)
    assert buckets.take("a", 0, 5).remaining == 0


def test_callers_do_not_pay_for_each_other() -> None:
    buckets = Buckets(1)
    buckets.take("a", 0)
    assert not buckets.take("b", 0).is_spent


def test_it_says_when_it_is_full_and_when_to_come_back() -> None:
    buckets = Buckets(6, "change")
    first = buckets.take("a", 0)
    assert first.headers() == [(b"ratelimit-limit", b"6"), (b"ratelimit-remaining", b"5"), (b"ratelimit-reset", b"10")]
    with pytest.raises(TooManyCalls, match="6 changes a minute") as refused:
        buckets.take("a", 0, 7).refuse_if_spent()
    assert refused.value.retry_after == 20
    assert "API__CHANGES_PER_MINUTE" in refused.value.remedy


def test_a_look_takes_nothing() -> None:
    buckets = Buckets(1)
    assert [buckets.look("a", 0).remaining for _ in range(2)] == [0, 0]
    buckets.take("a", 0)
    assert buckets.look("a", 1).is_spent
    assert not buckets.look("a", 60).is_spent


def test_full_buckets_are_forgotten_when_there_are_many() -> None:
    buckets = Buckets(9)
    for number in range(CALLERS_KEPT):
        buckets.take(str(number), 0)
    buckets.untold()
    buckets.take("one more", 61)
    assert len(buckets._buckets) == 1


def test_many_callers_at_once_are_not_walked_over_for_each() -> None:
    buckets = Buckets(9)
    for number in range(CALLERS_KEPT):
        buckets.take(str(number), 0)
    buckets.take("sweeps in vain", 1)
    buckets.untold()
    buckets.take("too soon", 1 + SWEPT_EVERY / 2)
    assert len(buckets._buckets) == CALLERS_KEPT + 2


@pytest.mark.parametrize(
    ("method", "path", "kind"),
    [
        ("POST", "/match", "match"),
        ("GET", "/match", "match"),
        ("POST", "/match/batch", "match"),
        ("GET", "/match/aliases", "read"),
        ("POST", "/match/aliases", "change"),
        ("GET", "/games", "read"),
        ("POST", "/orders", "change"),
        ("DELETE", "/orders/1", "change"),
        ("WEBSOCKET", "/ws", "socket"),
        ("OPTIONS", "/orders", "read"),
    ],
)
def test_each_route_is_paid_from_one_bucket(method: str, path: str, kind: str) -> None:
    assert kind_of(Call(method, path, "", "", "", "", "", "")) == kind


def allowed(rates: Rates, now: float, calls: int) -> int:
    return sum(not rates.of["change"].take("bot", now).is_spent for _ in range(calls))


@pytest.fixture
async def hot(fresh_redis_url: str):  # type: ignore[no-untyped-def]
    async with open_hot_state(fresh_redis_url) as hot:
        yield hot


async def test_two_processes_keep_one_limit_together(hot: HotState) -> None:
    limit = 600  # ten a second
    one, other = (Rates(ApiSettings(changes_per_minute=limit)) for _ in range(2))
    let_in = 0
    for second in range(3):
        let_in += allowed(one, second, 1_000) + allowed(other, second, 1_000)
        for rates in (one, other):
            await rates.share(hot, second)
    # Both had a full bucket before they heard of each other: that is the most, and what came in within that second.
    assert 2 * limit <= let_in <= 2 * limit + 2 * 10
    await one.share(hot, 3)
    assert one.of["change"].look("bot", 3).is_spent
    assert other.of["change"].look("bot", 3).is_spent


async def test_what_one_has_let_in_is_known_to_the_other_after_one_call(hot: HotState) -> None:
    one, other = (Rates(ApiSettings(changes_per_minute=600)) for _ in range(2))
    assert allowed(one, 0, 500) == 500
    await one.share(hot, 0)
    assert allowed(other, 0, 1) == 1
    await other.share(hot, 0)
    assert 95 <= allowed(other, 0, 1_000) <= 101  # Redis has its own clock


async def test_a_debt_is_never_more_than_a_bucket(hot: HotState) -> None:
    many = [Rates(ApiSettings(changes_per_minute=60)) for _ in range(5)]
    for rates in many:
        allowed(rates, 0, 60)
        await rates.share(hot, 0)
    assert -60.5 <= many[-1].of["change"]._buckets["bot"].left <= -59
    await many[0].share(hot, 0)
    assert not many[-1].of["change"].look("bot", 65).is_spent


async def test_what_redis_was_not_told_it_is_told_later(hot: HotState, monkeypatch: pytest.MonkeyPatch) -> None:
    one, other = (Rates(ApiSettings(changes_per_minute=600)) for _ in range(2))
    allowed(one, 0, 500)
    with monkeypatch.context() as away:

        async def share_rates(_: object) -> list[float]:
            raise HotStoreUnavailable

        away.setattr(hot, "share_rates", share_rates)
        with pytest.raises(HotStoreUnavailable):
            await one.share(hot, 0)
    assert allowed(one, 0, 1_000) == 100  # each process has the whole limit meanwhile, and no more
    await one.share(hot, 1)
    allowed(other, 1, 1)
    await other.share(hot, 1)
    assert allowed(other, 1, 1_000) <= 10
