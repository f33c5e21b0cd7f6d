"""How markets end: when they close, when the result is told, when it is paid, and what each outcome gets.

A game that is put off, or called off, is void by each venue's own rules. None that was put off is made up for: Kalshi
hears soon that its new day lies beyond every window and pays a fair price; Polymarket waits for it until the league
gives it up, which takes longer, and then pays half. All of this goes at the games' own pace.
"""

from datetime import datetime, timedelta

import msgspec

from app.sandbox.games import Contest
from app.sandbox.grids import CENT, DOLLAR
from app.sandbox.markets import Market, Venue
from app.sandbox.slates import Slate

CHALLENGE = timedelta(minutes=30)  # between Polymarket's proposal and its result
TIMER = timedelta(minutes=2)  # between Kalshi's result and its payment
_CLOSED, _TOLD = {"kalshi": 60, "polymarket": 0}, {"kalshi": 120, "polymarket": 0}  # seconds after the end of a game
_VOID = {("kalshi", "postponed"): 3_600, ("kalshi", "cancelled"): 1_800, ("polymarket", "cancelled"): 3_600}
_EVEN = DOLLAR // 2
_SURELY = 1e-6  # chances are arithmetic of normal curves


class Ending(msgspec.Struct, frozen=True):
    """Moments in unix milliseconds."""

    closes: int
    told: int  # proposed, determined
    final: int
    is_void: bool = False


def ending(slate: Slate, contest: Contest, venue: Venue) -> Ending | None:
    """Of all markets about a game; None when they stay open for good."""
    told = _told(slate, contest, venue)
    if told is None:
        return None
    is_void = contest.interruption is not None
    closes = told if is_void else slate.end(contest) + timedelta(seconds=_CLOSED[venue]) / slate.speed
    wait = (TIMER if venue == "kalshi" else CHALLENGE) / slate.speed
    return Ending(_ms(closes), _ms(told), _ms(told + wait), is_void)


def _told(slate: Slate, contest: Contest, venue: Venue) -> datetime | None:
    if contest.interruption is None:
        return slate.end(contest) + timedelta(seconds=_TOLD[venue]) / slate.speed
    after = _VOID.get((venue, contest.interruption))
    if after is None:
        return slate.given_up(contest) if venue == "polymarket" else None
    return slate.stopped(contest) + timedelta(seconds=after) / slate.speed


def pays(slate: Slate, market: Market) -> int:
    """What the YES or the first outcome of a market pays once its game has ended, 1/10,000 dollar."""
    contest, claim = market.contest, market.claim
    if contest is None or claim.of == "fixed":
        return DOLLAR if claim.likely > _EVEN / DOLLAR else 0
    if contest.interruption:
        return _void(slate, market, contest)
    chance = claim.chance(contest, slate.standing(contest, slate.end(contest) + timedelta(seconds=1)))
    if abs(chance - 0.5) < _SURELY and claim.line == 0 and claim.of in ("home", "away"):
        return _EVEN
    return DOLLAR if chance > 0.5 + _SURELY else 0


def _void(slate: Slate, market: Market, contest: Contest) -> int:
    if market.venue == "kalshi":
        as_it_was = msgspec.structs.replace(contest, interruption=None)
        fair = market.claim.chance(as_it_was, slate.standing(as_it_was, slate.stopped(contest)))
        return round(fair * DOLLAR / CENT) * CENT
    if contest.league.is_soccer and market.outcomes == ("Yes", "No"):
        return DOLLAR if market.claim.of == "draw" else 0
    return _EVEN


def _ms(at: datetime) -> int:
    return round(at.timestamp() * 1000)
