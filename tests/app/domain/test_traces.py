"""How long each stage took, and of which the budget is ours."""

from app.domain.markets import VenueId
from app.domain.orders import OrderId
from app.domain.prices import MILLISECOND, Nanos
from app.domain.signals import SignalId
from app.domain.traces import BUDGETS, OF_ORDERS, OrderSteps, StageName, Trace, traced

BEGAN = 1_768_095_000_000 * MILLISECOND


def at(milliseconds: float) -> Nanos:
    return Nanos(BEGAN + round(milliseconds * MILLISECOND))


def steps(leg: int, **moments: float) -> OrderSteps:
    told: dict[StageName, Nanos] = {name: at(moments[name]) for name in OF_ORDERS if name in moments}
    return OrderSteps(
        order_id=OrderId(f"a-1-{leg}"), venue=VenueId("kalshi"), account="arbitrage", leg=leg, moments=told
    )


def trace(*orders: OrderSteps) -> Trace:
    shared: dict[StageName, Nanos] = {
        "venue": at(-20),
        "received": at(0),
        "found": at(0),
        "judged": at(0),
        "begun": at(0.25),
    }
    return traced(SignalId("a-1"), "arbitrage", shared, orders)


def took(found: Trace) -> list[tuple[StageName, float | None]]:
    return [(stage.name, None if stage.took is None else stage.took / MILLISECOND) for stage in found.stages]


def test_each_stage_is_measured_from_the_one_before() -> None:
    first = steps(0, intended=0.5, durable=1, sent=1, accepted=41, filled=40, heard=41, booked=42, told=42.5)
    assert took(trace(first)) == [
        *(("venue", None), ("received", 20), ("found", 0), ("judged", 0), ("begun", 0.25)),
        *(("intended", 0.25), ("durable", 0.5), ("sent", 0), ("accepted", 40), ("filled", -1), ("heard", 1)),
        *(("booked", 1), ("told", 0.5)),
    ]


def test_what_nobody_noted_is_left_open_and_the_next_is_measured_from_what_was() -> None:
    told = dict(took(trace(steps(0, intended=0.5, accepted=40.5))))
    assert told["durable"] is None
    assert told["sent"] is None
    assert told["accepted"] == 40
    assert told["booked"] is None


def test_a_later_leg_waits_for_the_one_before_and_not_for_whoever_is_told() -> None:
    first, second = steps(0, intended=0.5, booked=42, told=50), steps(1, intended=42.5)
    stage = next(each for each in trace(first, second).stages if each.name == "intended" and each.leg == 1)
    assert stage.took == 0.5 * MILLISECOND
    assert stage.budget is None


def test_only_what_is_ours_counts() -> None:
    first = steps(0, intended=0.5, durable=1, sent=1, accepted=41, filled=41, heard=41, booked=42, told=99)
    assert trace(first).ours == 0.25 + 0.25 + 0.5 + 1
    assert not {"venue", "received", "accepted", "filled", "heard", "told"} & BUDGETS.keys()
