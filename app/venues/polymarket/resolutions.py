"""How Polymarket's markets have ended: once its oracle's answer is final and the market is closed, its prices are what
each outcome is paid."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Literal

import msgspec

from app.clock import nanos_of
from app.domain.markets import ContractId, MarketId, VenueId
from app.domain.money import ONE_DOLLAR, Price, price
from app.domain.parsing import Page, Refusal, WrongField, decode, decode_element, read_moment, refused_where
from app.domain.positions import Resolution
from app.domain.prices import Nanos
from app.errors import BadInput
from app.fetching import Fetcher, Params
from app.venues.polymarket import wire
from app.venues.polymarket.markets import POLYMARKET, contracts_of, strings

Status = Literal["open", "closed", "determined", "disputed", "final"]

ASKED_AT_ONCE = 50  # markets: their ids make an address of 4,000 characters
_IN_DOUBT: dict[str, Status] = {"proposed": "determined", "requested": "closed", "disputed": "disputed"}
_ANSWERED = frozenset({"resolved", "settled"})
_MOST_PRICES, _MOST_WRITTEN = 4, 12  # prices of an old market, and characters of one, that are repeated
_HALF = ONE_DOLLAR // 2
_ENDS = ([ONE_DOLLAR, 0], [0, ONE_DOLLAR], [_HALF, _HALF])  # all that the oracle can say of two outcomes


class PolymarketResolver:
    """Asks Gamma what became of markets. It may be five minutes late."""

    venue: VenueId = POLYMARKET

    def __init__(self, fetcher: Fetcher, now: Callable[[], Nanos]) -> None:
        self._fetcher = fetcher
        self._now = now

    async def resolutions(self, market_ids: Sequence[MarketId]) -> Sequence[Resolution]:
        """Those of them that Gamma knows, open ones too. Raises FeedUnavailable or PayloadRefused."""
        found: list[Resolution] = []
        wanted = list(dict.fromkeys(market_ids))
        for start in range(0, len(wanted), ASKED_AT_ONCE):
            asked = wanted[start : start + ASKED_AT_ONCE]
            closed = await self._ask(asked, is_closed=True)  # it never tells open and closed ones together
            known = {one.market_id for one in closed}
            left = [one for one in asked if one not in known]
            found += [*closed, *(await self._ask(left, is_closed=False) if left else ())]
        return found

    async def _ask(self, market_ids: Sequence[MarketId], *, is_closed: bool) -> list[Resolution]:
        closed = str(is_closed).lower()
        params: Params = {"condition_ids": market_ids, "closed": closed, "limit": ASKED_AT_ONCE}
        told, _ = await self._fetcher.read("/markets/keyset", params, partial(_page, now=self._now()))
        return told


def _page(payload: bytes, now: Nanos) -> Page[Resolution]:
    return Page(_resolutions(decode(payload, wire.MARKETS).markets, now))


def _resolutions(raws: Sequence[msgspec.Raw], now: Nanos) -> Iterator[Resolution | Refusal]:
    for raw in raws:
        market = decode_element(raw, wire.MARKET, "markets")
        where = "" if isinstance(market, Refusal) else market.slug or market.condition_id or "markets"
        yield market if isinstance(market, Refusal) else refused_where(where, partial(resolution, market, now))


def resolution(market: wire.Market, now: Nanos) -> Resolution:
    """What Gamma says of one market. An answer whose prices pay nobody, or somebody else than it can, is as good as
    determined: somebody has to look. Raises WrongField."""
    if not market.condition_id:
        raise WrongField("conditionId")
    contracts = contracts_of(market)
    answer = (market.uma_resolution_status or "").lower()
    is_final = answer in _ANSWERED and market.closed is True
    pays = _pays(market, contracts) if is_final else {}
    return Resolution(
        venue=POLYMARKET,
        market_id=MarketId(market.condition_id),
        status="final" if pays else _status(answer, is_closed=market.closed is True),
        pays=pays,
        at=nanos_of(read_moment(market.closed_time, "closedTime")) if is_final and market.closed_time else now,
        words=f"{answer or ('closed' if market.closed else 'open')} {_written_prices(market)}".strip(),
    )


def _status(answer: str, *, is_closed: bool) -> Status:
    if answer in _ANSWERED:
        return "determined"
    return _IN_DOUBT.get(answer, "closed" if is_closed else "open")


def _pays(market: wire.Market, contracts: Sequence[ContractId]) -> dict[ContractId, Price]:
    try:
        told = [price(one) for one in strings(market.outcome_prices, "outcomePrices")]
    except (BadInput, WrongField):
        return {}
    return dict(zip(contracts, told, strict=True)) if len(contracts) == len(told) and told in _ENDS else {}


def _written_prices(market: wire.Market) -> str:
    try:
        return ",".join(one[:_MOST_WRITTEN] for one in strings(market.outcome_prices, "outcomePrices")[:_MOST_PRICES])
    except WrongField:
        return ""
