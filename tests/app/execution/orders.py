"""Signals and sizings as a desk meets them, changed by what a test is about."""

import msgspec

from app.domain.fees import FeeSchedule
from app.domain.games import GameId
from app.domain.inputs import Halted, Held, Limited
from app.domain.leagues import LeagueCode
from app.domain.markets import ContractId, MarketId, VenueId
from app.domain.money import Money, Price, Size
from app.domain.prices import MILLISECOND, SECOND, Nanos, Quote
from app.domain.propositions import Proposition
from app.domain.risks import CONTRACT, DOLLAR, Halt, HaltScope, Holdings, RiskLimits
from app.domain.signals import Leg, Signal, SignalId
from app.domain.teams import TeamId
from app.execution import Desk, Sizing

NOW = Nanos(1_764_000_000 * SECOND)
KALSHI, POLYMARKET = VenueId("kalshi"), VenueId("polymarket")
GAME, NBA = GameId("401"), LeagueCode("nba")
SCHEDULE = FeeSchedule(taker=70_000)


def cents(amount: float) -> Money:
    return Money(round(amount * 10_000))


def leg(venue: VenueId = KALSHI, market: str = "BOS", outcome: str = "yes", limit: int = 4_600, size: int = 100) -> Leg:
    """So many contracts at one price, with two cents of fee each."""
    contract_id = ContractId(f"{venue}:{market}:{outcome}")
    at = Nanos(NOW - 100 * MILLISECOND)
    return Leg(
        contract_id=contract_id,
        venue=venue,
        market_id=MarketId(market),
        outcome=outcome,
        proposition=Proposition(GAME, "moneyline", "game", None, TeamId("nba:2")),
        polarity="yes",
        verdict="tradable",
        confidence=0.99,
        rules_hash="hash",
        limit=Price(limit),
        size=Size(size * CONTRACT),
        cost=Money(limit * 100 * size),
        fee=Money(20_000 * size),
        quote=Quote(contract_id, None, Size(0), Price(limit), Size(size * CONTRACT), at, at, at),
        age=100 * MILLISECOND,
        schedule=SCHEDULE,
    )


def arbitrage(*legs: Leg, **changed: object) -> Signal:
    """A hundred contracts at 96 cents with fees, found now; nothing stands against it."""
    bought = legs or (leg(), leg(POLYMARKET, "LAL", limit=4_600))
    cost, fees = sum(each.cost for each in bought), sum(each.fee for each in bought)
    plain = Signal(
        id=SignalId("a-1"),
        detector="cross_venue",
        account="arbitrage",
        game_id=GAME,
        league=NBA,
        legs=bought,
        size=bought[0].size,
        cost=Money(cost),
        fees=Money(fees),
        profit=Money(4 * DOLLAR),
        unit_edge=cents(4),
        worth=Money(DOLLAR),
        steps=(),
        rules="neutral",
        tail_cost=Money(0),
        worst=Money(4 * DOLLAR),
        worst_scenario="played",
        scenarios=(),
        tails=(),
        skew=50 * MILLISECOND,
        found_at=NOW,
        expires_at=Nanos(NOW + 2 * SECOND),
        locked_until=Nanos(NOW + 86_400 * SECOND),
        return_per_day=0.01,
    )
    return msgspec.structs.replace(plain, **changed)


def bundle(**changed: object) -> Sizing:
    """The same before it is sized: thousands of contracts, neutral."""
    plain = Sizing(
        detector="cross_venue",
        account="arbitrage",
        game_id=GAME,
        league=NBA,
        venues=(KALSHI, POLYMARKET),
        market_ids=(MarketId("BOS"), MarketId("LAL")),
        unit_cost=cents(96),
        unit_profit=cents(4),
        book_size=Size(5_000 * CONTRACT),
        leg_costs=(cents(48), cents(48)),
    )
    return msgspec.structs.replace(plain, **changed)


def bet(probability: float | None, cost: float, market: float | None = None, **changed: object) -> Sizing:
    """One contract with a fair value; `cost` in dollars."""
    unit = Money(round(cost * DOLLAR))
    given = {
        "detector": "fair_value",
        "account": "model",
        "venues": (KALSHI,),
        "market_ids": (MarketId("BOS"),),
        "unit_cost": unit,
        "unit_profit": Money(round((probability or 1) * DOLLAR) - unit),
        "unit_loss": unit,
        "leg_costs": (unit,),
        "probability": probability,
        "market_probability": market,
    }
    return bundle(**(given | changed))


SMALL = RiskLimits(  # of an account that a test can reckon with
    version=1,
    bankroll=Money(10_000 * DOLLAR),
    model_bankroll=Money(1_000 * DOLLAR),
    max_per_market=Money(500 * DOLLAR),
    max_per_game=Money(750 * DOLLAR),
    max_per_league=Money(3_000 * DOLLAR),
    max_per_venue=Money(5_000 * DOLLAR),
    max_open=Money(5_000 * DOLLAR),
    max_per_day=Money(50_000 * DOLLAR),
    max_orders_per_minute=120,
)


def limits(**changed: object) -> RiskLimits:
    return msgspec.structs.replace(SMALL, **changed)


WIDE = limits(
    **{
        name: Money(1_000_000 * DOLLAR)
        for name in RiskLimits.__struct_fields__
        if name.startswith("max_per_") or name in ("bankroll", "max_stake", "max_tail_loss", "max_open")
    },
    max_orders_per_minute=1_000_000,
)


def desk(given: RiskLimits | None = None, *halts: Halt, is_paper: bool = True) -> Desk:
    """One that was told what is in force."""
    made = Desk(is_paper=is_paper)
    made.limit(Limited(given or limits(), NOW))
    made.halt(Halted(halts, NOW))
    return made


def halt(scope: HaltScope = "all", name: str = "") -> Halt:
    return Halt(scope=scope, name=name, reason="a test", halted_by="somebody", halted_at="2026-11-23T00:00:00+00:00")


def hold(made: Desk, **given: object) -> None:
    """Tell a desk what the account `arbitrage` has, unless another is named."""
    plain = {"account": "arbitrage", "equity": Money(10_000 * DOLLAR), "peak": Money(10_000 * DOLLAR)}
    made.hold(Held(Holdings(**(plain | given)), NOW))  # type: ignore[arg-type]


def refusal(made: Desk, signal: Signal, now: Nanos = NOW) -> str:
    """The name of the first control that stands against it; empty for none."""
    return next((check.name for check in made.check(signal, now) if not check.is_passed), "")
