"""Signals of a game, and what became of them."""

import msgspec

from app.domain.fees import FeeSchedule
from app.domain.funnels import Example, Funnel, Stop
from app.domain.games import GameId
from app.domain.leagues import LeagueCode
from app.domain.markets import ContractId, MarketId, VenueId
from app.domain.money import Money, Price, money, price, size
from app.domain.prices import SECOND, LaneId, Nanos, Quote
from app.domain.propositions import Proposition
from app.domain.settlements import Scenario, Tail
from app.domain.signals import Check, Judged, Leg, Signal, SignalId, Stage, Step
from app.domain.teams import TeamId

FOUND_AT = Nanos(1_768_095_000_123_456_789)  # 2026-01-11 01:30:00.123 UTC
GAME = GameId("401810001")
POLYMARKET_TOKEN = ContractId("polymarket:71321")
KALSHI_YES = ContractId("kalshi:KX-BOS:yes")
CHECKS = (Check("not_halted", True), Check("max_stake", True, "58.99 of 250"))
VOID = Scenario("cancelled: half, fair as if away won", "cancelled", (Price(0), Price(5_000)))


FEES = {
    "kalshi": FeeSchedule(70_000, step=10_000, source="series KXNBAGAME: quadratic"),
    "polymarket": FeeSchedule(50_000, step=10, least=10, source="feeSchedule"),
}


def leg(venue: str, market: str, contract: ContractId, team: str, limit: str, fee: str) -> Leg:
    """Sixty contracts of a moneyline."""
    at = price(limit)
    quote = Quote(contract, Price(at - 100), size(50), at, size(80), FOUND_AT, FOUND_AT, FOUND_AT, 7, "1")
    return Leg(
        contract_id=contract,
        venue=VenueId(venue),
        market_id=MarketId(market),
        outcome=team,
        proposition=Proposition(GAME, "moneyline", "game", None, TeamId(team)),
        polarity="yes",
        verdict="tradable",
        confidence=0.99,
        rules_hash="ab12",
        limit=at,
        size=size(60),
        cost=Money(at * 60 * 100),
        fee=money(fee),
        quote=msgspec.structs.replace(quote, lane=LaneId(f"{venue}:1:a")),
        age=SECOND // 4,
        schedule=FEES[venue],
    )


KALSHI_LEG = leg("kalshi", "KX-BOS", KALSHI_YES, "nba:2", "0.46", "1.05")
POLYMARKET_LEG = leg("polymarket", "0xml", POLYMARKET_TOKEN, "nba:13", "0.50", "0.75")


def signal(number: int = 1, *, run: str = "a", **changed: object) -> Signal:
    """Boston at Kalshi and the Lakers at Polymarket, with a tail when nobody plays."""
    found_at = Nanos(FOUND_AT + number * SECOND)
    tail = Tail("cancelled", 0.001, VOID, (None, Price(5_000)))
    plain = Signal(
        id=SignalId(f"{run}-{number}"),
        detector="cross_venue",
        account="arbitrage",
        game_id=GAME,
        league=LeagueCode("nba"),
        legs=(KALSHI_LEG, POLYMARKET_LEG),
        size=size(60),
        cost=money("57.6"),
        fees=money("1.8"),
        profit=money("0.6"),
        unit_edge=money("0.0101"),
        worth=money(1),
        steps=(Step(size(60), (KALSHI_LEG.limit, POLYMARKET_LEG.limit), money("0.989888")),),
        rules="tail",
        tail_cost=money("0.0294"),
        worst=money("-29.4"),
        worst_scenario=VOID.name,
        scenarios=(Scenario("home", "played", (Price(10_000), Price(0))), VOID),
        tails=(tail,),
        skew=SECOND // 10,
        found_at=found_at,
        expires_at=Nanos(found_at + 2 * SECOND),
        locked_until=Nanos(found_at + 3 * 3_600 * SECOND),
        return_per_day=0.08,
    )
    return msgspec.structs.replace(plain, **changed)


def judged(
    number: int = 1, stage: Stage = "sent", reason: str = "", *, is_final: bool = True, **changed: object
) -> Judged:
    """What became of a signal: kept, unless said otherwise."""
    found = signal(number, **changed)
    checks = CHECKS if stage == "sent" else (*CHECKS, Check(reason, False, "too much"))
    return Judged(
        signal=found,
        stage=stage,
        reason=reason or stage,
        detail="" if stage == "sent" else "too much",
        checks=checks,
        limits=3,
        is_final=is_final,
        at=found.found_at,
    )


def refused(number: int = 1, reason: str = "max_per_game", **changed: object) -> Judged:
    """Let go by the controls."""
    return judged(number, "risk", reason, **changed)


def funnel(count: int = 3, since: Nanos = FOUND_AT, seen_at: Nanos = FOUND_AT) -> Funnel:
    """Stale ones, one with no edge, one sent."""
    example = Example(GAME, (KALSHI_YES, POLYMARKET_TOKEN), "polymarket is 3.1 s old", seen_at)
    stops = (
        Stop("fresh", "stale", count, 1, example),
        Stop("edge", "no_edge", 2 * count, 2),
        Stop("sent", "sent", 1, 0),
    )
    return Funnel(4, 2, {"cross_venue": 6, "dutch": 1}, stops, since)
