"""What the venues say that they charge: by league and kind, unless a listing is odd or a plan has it otherwise."""

from datetime import timedelta

import msgspec

from app.sandbox.games import Contest
from app.sandbox.messages import Message, iso
from app.sandbox.quirks import Quirk

WAIVED_FOR = timedelta(days=2)  # after the start of a game whose fees are waived
_FOOTBALL = frozenset({"nfl", "ncaaf"})


class Fees(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a plan lets a venue charge: Kalshi's `multiplier` of an event, or nothing (`is_waived`) for one market;
    Polymarket's `rate` and `exponent` of a market."""

    multiplier: float | None = None
    is_waived: bool = False
    rate: float | None = None
    exponent: int = 1


def series_fees(ticker: str) -> Message:
    """Of one of Kalshi's series."""
    return {
        "fee_multiplier": 0.5 if ticker.startswith("KXMLB") else 1.0,
        "fee_type": "quadratic_with_maker_fees" if ticker.endswith("GAME") else "quadratic",
    }


def event_fees(contest: Contest, planned: Fees | None) -> Message:
    """What one of Kalshi's events has of its own."""
    if planned and planned.multiplier is not None:
        return {"fee_multiplier_override": planned.multiplier}
    return {"fee_multiplier_override": 1.0} if contest.has(Quirk.FEE_OVERRIDE) else {}


def waiver(contest: Contest, kind: str, planned: Fees | None) -> Message:
    """Until when a market of Kalshi's charges nothing. `kind`: of its event."""
    is_waived = planned.is_waived if planned else kind == "GAME" and contest.has(Quirk.FEE_WAIVER)
    return {"fee_waiver_expiration_time": iso(contest.start + WAIVED_FOR)} if is_waived else {}


def market_fees(contest: Contest, kind: str, planned: Fees | None) -> Message:
    """Of one of Polymarket's markets. `kind`: its sportsMarketType."""
    if planned and planned.rate is not None:
        return _scheduled("sports_fees_v3", planned.rate, planned.exponent)
    if kind == "totals" and contest.has(Quirk.ZERO_FEES):
        return _scheduled("zero_fees", 0)
    if contest.league.code in _FOOTBALL:
        return _scheduled("sports_fees_nfl_cfb_oct26", 0.03)
    return _scheduled("sports_fees_v3", 0.05)


def _scheduled(name: str, rate: float, exponent: int = 1) -> Message:
    schedule = {"exponent": exponent, "rate": rate, "takerOnly": True, "rebateRate": 0.15}
    return {"feesEnabled": True, "feeType": name, "feeSchedule": schedule}
