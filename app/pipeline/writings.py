"""A signal with everything that it was made of, so that each of its figures can be reckoned again."""

from app.domain.money import Money, Size
from app.domain.prices import MILLISECOND, SECOND, Nanos
from app.domain.settlements import Payoffs
from app.domain.signals import Leg, Signal, SignalId
from app.pipeline.cases import Case
from app.signals.walks import Taken

HOUR = 3_600 * SECOND
DAY = 24 * HOUR
NOTHING_KNOWN = Payoffs(0, ())
_PLAYED_WITHIN = {"baseball": 4 * HOUR, "football": 4 * HOUR, "soccer": 2 * HOUR + HOUR // 2}
_PLAYED = 3 * HOUR  # every other sport, from the scheduled start
_PAID_WITHIN = 3 * HOUR  # after the end: Polymarket takes two hours at least, Kalshi minutes


def write_signal(number: SignalId, case: Case, size: Size) -> Signal:
    """The signal for so many contracts of each leg."""
    made, taken = case.made, case.take(size)
    payoffs = case.payoffs or NOTHING_KNOWN
    cost, fees, profit = Money(sum(taken.costs)), Money(sum(taken.fees)), case.profit(taken)
    worst = payoffs.worst if payoffs.scenarios else None
    least = 0 if worst is None else worst.total * taken.size // 10_000
    tail_cost = Money(-(-case.unit_tail_cost * taken.size // 1_000_000))
    until = _locked_until(case)
    return Signal(
        id=number,
        detector=made.detector,
        account="model" if made.estimate else "arbitrage",
        game_id=case.game.id,
        league=case.game.league,
        legs=_legs(case, taken),
        size=taken.size,
        cost=cost,
        fees=fees,
        profit=profit,
        unit_edge=Money(made.worth - case.steps[0].cost),
        worth=made.worth,
        steps=tuple(case.taken_from),
        rules=payoffs.verdict if payoffs.scenarios else "unknown",
        tail_cost=tail_cost,
        worst=Money(least - taken.stake),
        worst_scenario="" if worst is None else worst.name,
        scenarios=payoffs.scenarios,
        tails=payoffs.tails,
        skew=case.skew,
        found_at=case.now,
        expires_at=Nanos(case.now + case.limits.signal_life_ms * MILLISECOND),
        locked_until=until,
        return_per_day=_return_per_day(profit - tail_cost, taken.stake, until - case.now),
        estimate=made.estimate,
    )


def _legs(case: Case, taken: Taken) -> tuple[Leg, ...]:
    told = zip(case.made.sides, case.quotes, case.ages, case.schedules, strict=True)
    legs: list[Leg] = []
    for at, (side, quote, age, schedule) in enumerate(told):
        link = side.link
        assert link.market_id is not None  # what is watched can be bought
        assert link.polarity is not None
        legs.append(
            Leg(
                contract_id=side.contract_id,
                venue=link.venue,
                market_id=link.market_id,
                outcome=link.outcome,
                proposition=link.proposition,
                polarity=link.polarity,
                verdict=link.verdict,
                confidence=link.confidence,
                rules_hash=link.rules_hash,
                limit=taken.limits[at],
                size=taken.size,
                cost=taken.costs[at],
                fee=taken.fees[at],
                quote=quote,
                age=age,
                schedule=schedule,
            )
        )
    return tuple(legs)


def _locked_until(case: Case) -> Nanos:
    """When the money is back at the latest of the venues, if the game is played now."""
    started = round(case.game.start.timestamp() * SECOND)
    ends = max(started + _PLAYED_WITHIN.get(case.sport, _PLAYED), case.now)
    return Nanos(ends + _PAID_WITHIN)


def _return_per_day(profit: int, stake: int, lasts: int) -> float:
    return round(profit / stake * DAY / lasts, 6) if stake and lasts > 0 else 0.0
