"""One market of Kalshi → ours, with its two contracts."""

import math

from app.domain.markets import (
    ContractId,
    EventId,
    Handling,
    Market,
    MarketId,
    MarketStatus,
    Outcome,
    VenueId,
    indicative_price,
)
from app.domain.money import SIZE_UNITS, Size
from app.domain.parsing import WrongField, read_number
from app.domain.propositions import LINED, Kind
from app.venues.kalshi import wire
from app.venues.kalshi.series import Series
from app.venues.kalshi.tickers import suffix_of

KALSHI = VenueId("kalshi")
FRACTIONS = Handling(least=Size(SIZE_UNITS), step=Size(SIZE_UNITS // 100))  # less than one contract drowns in its fee
WHOLE = Handling(least=Size(SIZE_UNITS), step=Size(SIZE_UNITS))

_STATUSES: dict[str, MarketStatus] = {
    "initialized": "paused",
    "inactive": "paused",
    "active": "open",
    "closed": "closed",
    "determined": "closed",
    "disputed": "closed",
    "amended": "closed",
    "finalized": "settled",
    "settled": "settled",
}
_MORE_THAN = frozenset({"", "greater", "structured"})  # strike types under which YES means more than the floor
_IDS = ("_player", "_competitor", "_fighter", "_team")  # ends of the keys that hold a target's id, the closest first
_SIDES = ("_competitor", "_fighter", "_team")


def translate_market(market: wire.Market, event_ticker: str, series: Series, kind_name: str) -> Market:
    """One question with its YES and its NO. Raises WrongField."""
    if not market.ticker:
        raise WrongField("ticker")
    if market.floor_strike is not None and not math.isfinite(market.floor_strike):
        raise WrongField("floor_strike", f"{market.floor_strike} is not finite")
    status = _STATUSES.get(market.status or "")
    if status is None:
        raise WrongField("status", f"{market.status!r} is unknown" if market.status else "missing")
    suffix = suffix_of(market.ticker, event_ticker)
    kind = _kind(market, series, suffix)
    return Market(
        venue=KALSHI,
        event_id=EventId(event_ticker),
        id=MarketId(market.ticker),
        title=market.title or "",
        outcomes=_outcomes(market),
        topic="comparison" if series.kind and not kind else series.topic,
        kind=kind,
        kind_name=kind_name,
        scope=series.scope,
        line=market.floor_strike,
        subject=market.yes_sub_title or "",
        subject_code=suffix,
        subject_id=subject_id(market),
        status=status,
        rules=f"{market.rules_primary or ''}\n{market.rules_secondary or ''}".strip(),
        liquidity=market.volume_fp if market.volume_fp and 0 < market.volume_fp < math.inf else 0.0,
        is_tradable=status == "open",
        handling=WHOLE if market.fractional_trading_enabled is False else FRACTIONS,
    )


def subject_id(market: wire.Market) -> str:
    """The structured target that YES is about: a player before his team."""
    strike = market.custom_strike or {}
    named = [value for end in _IDS for key, value in strike.items() if key.endswith(end) and isinstance(value, str)]
    return named[0] if named else ""


def team_id(market: wire.Market) -> str:
    """The structured target of a market about one side and nobody of it; empty for every other."""
    keys = list(market.custom_strike or ())
    return subject_id(market) if len(keys) == 1 and keys[0].endswith(_SIDES) else ""


def _kind(market: wire.Market, series: Series, suffix: str) -> Kind | None:
    if series.kind == "moneyline" and suffix == "TIE":
        return "draw"
    if series.kind in LINED and ((market.strike_type or "") not in _MORE_THAN or market.cap_strike is not None):
        return None  # at least, less than, between: another question than ours
    return series.kind


def _outcomes(market: wire.Market) -> tuple[Outcome, Outcome]:
    yes = indicative_price(read_number(market.yes_bid_dollars), read_number(market.yes_ask_dollars))
    no = None if yes is None else round(1 - yes, 4)
    return (
        Outcome(ContractId(f"{KALSHI}:{market.ticker}:yes"), "Yes", yes),
        Outcome(ContractId(f"{KALSHI}:{market.ticker}:no"), "No", no),
    )
