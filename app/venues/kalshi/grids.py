"""On which grid a market's prices lie, and whether it trades now: what its listing says of how to read its book."""

from collections.abc import Mapping, Sequence

from app.domain.money import ONE_DOLLAR, Price
from app.domain.parsing import decode
from app.domain.prices import Grid, Step, even_grid
from app.errors import BadInput
from app.fetching import Fetcher
from app.venues.kalshi import wire
from app.venues.kalshi.numbers import read_price

MARKETS_A_CALL = 100

_DECI_CENT, _CENT = 10, 100
_OF_LABELS = {  # where the ranges are not told
    "linear_cent": even_grid(_CENT),
    "deci_cent": even_grid(_DECI_CENT),
    "tapered_deci_cent": Grid(
        (
            Step(Price(0), Price(1_000), _DECI_CENT),
            Step(Price(1_000), Price(9_000), _CENT),
            Step(Price(9_000), ONE_DOLLAR, _DECI_CENT),
        )
    ),
}


async def ask_for_terms(fetcher: Fetcher, tickers: Sequence[str]) -> Mapping[str, wire.MarketTerms]:
    """What the venue says of these markets, at most MARKETS_A_CALL. Raises FeedUnavailable or PayloadRefused."""
    answer = await fetcher.get("/markets", {"tickers": ",".join(tickers), "limit": MARKETS_A_CALL})  # commas, here
    return {market.ticker: market for market in decode(answer, wire.MARKET_TERMS).markets}


def grid_of(terms: wire.MarketTerms) -> Grid | None:
    """The market's grid, if it is told and can be one."""
    if not terms.price_ranges:
        return _OF_LABELS.get(terms.price_level_structure or "")
    try:
        steps = tuple(_step(one) for one in terms.price_ranges)
    except BadInput:
        return None
    return Grid(tuple(sorted(steps, key=lambda step: step.start)))


def is_trading(terms: wire.MarketTerms) -> bool:
    """Whether its book means anything: one that is paused or decided may be changed or emptied unseen."""
    return terms.status in (None, "active")


def _step(written: wire.PriceRange) -> Step:
    start, end, step = (read_price(text) for text in (written.start, written.end, written.step))
    if not 0 < step <= ONE_DOLLAR or end <= start:
        raise BadInput("a range of prices without a step or an end")
    return Step(start, end, step)
