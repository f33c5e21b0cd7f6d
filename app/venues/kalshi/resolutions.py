"""How Kalshi's markets have ended: only what is `finalized` has paid, and is certain."""

from collections.abc import Callable, Iterator, Sequence
from decimal import ROUND_FLOOR, Decimal, InvalidOperation
from functools import partial
from typing import Literal

import msgspec

from app.clock import nanos_of
from app.domain.markets import ContractId, MarketId, VenueId
from app.domain.money import ONE_DOLLAR, Price
from app.domain.parsing import Page, Refusal, WrongField, decode, decode_element, read_moment, refused_where
from app.domain.positions import Resolution
from app.domain.prices import Nanos
from app.fetching import Fetcher, Params
from app.venues.kalshi import wire
from app.venues.kalshi.grids import MARKETS_A_CALL
from app.venues.kalshi.markets import KALSHI

Status = Literal["open", "closed", "determined", "disputed", "final"]

_STATUSES: dict[str, Status] = {
    "initialized": "open",
    "inactive": "open",
    "active": "open",
    "closed": "closed",
    "determined": "determined",
    "amended": "determined",
    "disputed": "disputed",
    "finalized": "final",
    "settled": "final",
}
_OF_RESULTS = {"yes": Decimal(1), "no": Decimal(0)}


class KalshiResolver:
    """Asks Kalshi what became of markets."""

    venue: VenueId = KALSHI

    def __init__(self, fetcher: Fetcher, now: Callable[[], Nanos]) -> None:
        self._fetcher = fetcher
        self._now = now

    async def resolutions(self, market_ids: Sequence[MarketId]) -> Sequence[Resolution]:
        """Those of them that Kalshi knows, open ones too. Raises FeedUnavailable or PayloadRefused."""
        found: list[Resolution] = []
        wanted = list(dict.fromkeys(market_ids))
        for start in range(0, len(wanted), MARKETS_A_CALL):
            tickers = ",".join(wanted[start : start + MARKETS_A_CALL])
            asked: Params = {"tickers": tickers, "limit": MARKETS_A_CALL}
            told, _ = await self._fetcher.read("/markets", asked, partial(_page, now=self._now()))
            found += told
        return found


def _page(payload: bytes, now: Nanos) -> Page[Resolution]:
    return Page(_resolutions(decode(payload, wire.MARKET_ENDS).markets, now))


def _resolutions(raws: Sequence[msgspec.Raw], now: Nanos) -> Iterator[Resolution | Refusal]:
    for raw in raws:
        market = decode_element(raw, wire.MARKET_END, "markets")
        yield market if isinstance(market, Refusal) else refused_where(market.ticker, partial(resolution, market, now))


def resolution(market: wire.MarketEnd, now: Nanos) -> Resolution:
    """What Kalshi says of one market. What is final and yet says nothing that can be paid is as good as determined:
    somebody has to look. Raises WrongField."""
    status = _STATUSES.get(market.status or "")
    if status is None:
        raise WrongField("status", f"{market.status!r} is unknown" if market.status else "missing")
    value = _value(market) if status == "final" else None
    return Resolution(
        venue=KALSHI,
        market_id=MarketId(market.ticker),
        status="determined" if status == "final" and value is None else status,
        pays={} if value is None else _pays(market.ticker, value),
        at=nanos_of(read_moment(market.settlement_ts, "settlement_ts")) if market.settlement_ts else now,
        words=_words(market),
    )


def _value(market: wire.MarketEnd) -> Decimal | None:
    """What YES has paid, in dollars; None where nothing is told, or two things."""
    by_result = _OF_RESULTS.get(market.result or "")
    told = market.settlement_value_dollars
    try:
        by_value = None if told is None or told == "" else Decimal(str(told))
    except InvalidOperation:
        return None
    if by_value is not None and not by_value.is_finite():
        return None
    if by_result is not None:
        return by_result if by_value in (None, by_result) else None
    is_scalar = market.result == "scalar" and by_value is not None and 0 <= by_value <= 1
    return by_value if is_scalar else None


def _pays(ticker: str, yes: Decimal) -> dict[ContractId, Price]:
    """Both contracts, each rounded down to 1/10,000 dollar: a finer price is told now and then, and never owed more."""
    first, second = (int((value * ONE_DOLLAR).to_integral_value(ROUND_FLOOR)) for value in (yes, 1 - yes))
    return {
        ContractId(f"{KALSHI}:{ticker}:yes"): Price(first),
        ContractId(f"{KALSHI}:{ticker}:no"): Price(second),
    }


def _words(market: wire.MarketEnd) -> str:
    value = market.settlement_value_dollars if market.result == "scalar" else None
    said = (market.status, market.result, value)
    return " ".join(str(word) for word in said if word is not None and word != "")
