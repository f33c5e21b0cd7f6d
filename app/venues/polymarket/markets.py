"""One market of Gamma → ours."""

import math
import re
from collections.abc import Sequence
from datetime import datetime
from typing import get_args

import msgspec

from app.domain.leagues import League
from app.domain.markets import (
    ContractId,
    EventId,
    Handling,
    Market,
    MarketId,
    MarketStatus,
    Outcome,
    Topic,
    VenueId,
    indicative_price,
)
from app.domain.money import SIZE_UNITS, Size
from app.domain.parsing import WrongField, read_moment, read_number
from app.domain.propositions import Scope
from app.venues.polymarket import wire
from app.venues.polymarket.fees import schedule_of
from app.venues.polymarket.kinds import UNKNOWN, MarketType, read_type
from app.venues.polymarket.slugs import Side, Slug, read_part, read_slug

POLYMARKET = VenueId("polymarket")
STEP = Size(SIZE_UNITS // 100)  # every order's size has two decimals
MOST_LEAST = 1_000_000  # shares; more is no least size
LONGEST_DELAY = 60  # seconds; 3 is the most that was seen

_SETTLED = frozenset({"resolved", "settled"})
_PAIR = 2
_SAME_PRICE = 0.05
_WINS = re.compile(r"^Will (?P<who>.+?) win\b")


class Setting(msgspec.Struct, frozen=True):
    """What a market's event says about all its markets."""

    event_slug: str
    slug: Slug | None  # None: not a game's
    league: League | None
    topic: Topic


def translate_market(market: wire.Market, setting: Setting) -> Market:
    """One question with its contracts. Raises WrongField."""
    if not (market_id := market.condition_id or market.id):
        raise WrongField("conditionId")
    if market.line is not None and not math.isfinite(market.line):
        raise WrongField("line", f"{market.line} is not finite")
    slug = read_slug(market.slug or "") or setting.slug
    part = slug.part if slug else ""
    outcomes = _outcomes(market)
    said = _type(market, setting, part, outcomes)
    is_draw = said.kind == "moneyline" and _is_yes_no(outcomes) and _is_draw(market, part)
    status = _status(market)
    return Market(
        venue=POLYMARKET,
        event_id=EventId(setting.event_slug),
        id=MarketId(str(market_id)),
        title=market.question or "",
        outcomes=outcomes,
        topic=said.topic,
        kind="draw" if is_draw else said.kind,
        kind_name=market.sports_market_type or "",
        scope=said.scope,
        line=market.line,
        subject=_subject(market, outcomes),
        subject_code="draw" if is_draw else _subject_code(slug, part, setting.league),
        status=status,
        start=_start(market),
        slug=market.slug or "",
        rules=market.description or "",
        liquidity=_liquidity(market.liquidity_num if market.liquidity_num is not None else market.liquidity),
        is_tradable=_is_tradable(market, status),
        fees=schedule_of(market),
        handling=_handling(market),
    )


def _type(market: wire.Market, setting: Setting, part: str, outcomes: Sequence[Outcome]) -> MarketType:
    """By the venue's own type field. Where it says none, a game's slug may still say it plainly."""
    league = setting.league
    if market.sports_market_type:
        return read_type(market.sports_market_type, league, market.line, part)
    if setting.topic != "game":
        return MarketType(setting.topic)
    whole: Scope = "regulation" if league and league.has_draw_outcome else "game"
    if said := read_part(part):
        return MarketType("game", "moneyline" if said.kind == "draw" else said.kind, said.scope or whole)
    if market.slug == setting.event_slug and len(outcomes) == 2 and not _is_yes_no(outcomes):
        return MarketType("game", "moneyline", whole)
    return UNKNOWN


def _outcomes(market: wire.Market) -> tuple[Outcome, ...]:
    labels, contracts = strings(market.outcomes, "outcomes"), contracts_of(market)
    if len(labels) != len(contracts):
        raise WrongField(_tokens_field(market), f"{len(contracts)} for {len(labels)} outcomes")
    prices = _indicative_prices(market) if len(labels) == _PAIR else (None,) * len(labels)
    return tuple(
        Outcome(contract, label, price) for contract, label, price in zip(contracts, labels, prices, strict=True)
    )


def contracts_of(market: wire.Market) -> tuple[ContractId, ...]:
    """One for each outcome, in their order. Raises WrongField."""
    told = market.position_ids if market.version == "v2" else market.clob_token_ids
    return tuple(ContractId(f"{POLYMARKET}:{token}") for token in strings(told, _tokens_field(market)))


def _tokens_field(market: wire.Market) -> str:
    return "positionIds" if market.version == "v2" else "clobTokenIds"


def _indicative_prices(market: wire.Market) -> tuple[float | None, float | None]:
    """Bid and ask are of the first outcome; the prices by outcome say so too, or one of them is old."""
    first = indicative_price(read_number(market.best_bid), read_number(market.best_ask))
    try:
        told = read_number(strings(market.outcome_prices, "outcomePrices")[0])
    except (WrongField, IndexError):
        told = None
    if first is None or told is None or abs(told - first) > _SAME_PRICE:
        return None, None
    return first, round(1 - first, 4)


def strings(value: object, field: str) -> list[str]:
    """A list, or a string that holds a JSON array. Raises WrongField."""
    if isinstance(value, list):
        return [str(one) for one in value]
    if not isinstance(value, str) or not value:
        raise WrongField(field)
    try:
        return [str(one) for one in wire.STRINGS.decode(value)]
    except msgspec.DecodeError as error:
        raise WrongField(field, f"no array of strings inside the string: {error}") from None


def _is_yes_no(outcomes: Sequence[Outcome]) -> bool:
    return [outcome.label.lower() for outcome in outcomes] == ["yes", "no"]


def _is_draw(market: wire.Market, part: str) -> bool:
    return part.split("-")[-1] == "draw" or (market.group_item_title or "").lower().startswith(("draw", "tie"))


def _subject(market: wire.Market, outcomes: Sequence[Outcome]) -> str:
    if market.group_item_title:
        return market.group_item_title
    found = _WINS.match(market.question or "") if _is_yes_no(outcomes) else None
    return found["who"] if found else ""


def _subject_code(slug: Slug | None, part: str, league: League | None) -> str:
    """Whom the first outcome is about, where the slug says it by the team's own code or as home or away:
    `-ars`, `-team-total-ars-1pt5`, `-spread-home-3pt5`, `-halftime-result-away`."""
    words = part.split("-")
    if slug is None or league is None:
        return ""
    codes = {code for code in (slug.first, slug.second) if code in words}
    sides: set[Side] = {side for side in get_args(Side) if side and side in words}
    codes |= {slug.code_of(side, league) for side in sides}
    return codes.pop() if len(codes) == 1 else ""


def _start(market: wire.Market) -> datetime | None:
    said = market.game_start_time or market.event_start_time
    return read_moment(said, "gameStartTime") if said else None


def _status(market: wire.Market) -> MarketStatus:
    resolution = (market.uma_resolution_status or "").lower()
    if resolution in _SETTLED:
        return "settled"
    if market.closed or market.archived or resolution:  # proposed, requested or disputed: nobody trades on
        return "closed"
    return "paused" if market.active is False or market.accepting_orders is False else "open"


def _is_tradable(market: wire.Market, status: MarketStatus) -> bool:
    return status == "open" and bool(market.active and market.accepting_orders and market.enable_order_book)


def _handling(market: wire.Market) -> Handling | None:
    """None where the least size is not told: a market so old, or so new, that nothing of it can be relied on."""
    least, delay = read_number(market.order_min_size), read_number(market.seconds_delay)
    if least is None or not 0 <= least <= MOST_LEAST:
        return None
    return Handling(
        least=Size(max(round(least * SIZE_UNITS), STEP)),
        step=STEP,
        delay_ms=round(delay * 1000) if delay is not None and 0 < delay <= LONGEST_DELAY else 0,
        is_wiped_at_start=market.clear_book_on_start is True,
        is_neg_risk=market.neg_risk is True,
    )


def _liquidity(number: float | None) -> float:
    return number if number is not None and 0 <= number < math.inf else 0.0
