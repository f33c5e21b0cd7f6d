"""One event of Kalshi → ours: which day, which start, which two sides. Titles are left to the matcher, but for the two
regular forms `X at Y` and `X vs Y`."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from app.domain.games import eastern_date
from app.domain.markets import Event, EventId, Market, MarketId, StartSource
from app.domain.parsing import WrongField, read_moment, read_number
from app.venues.kalshi import wire
from app.venues.kalshi.competitors import competitors_of
from app.venues.kalshi.markets import KALSHI, translate_market
from app.venues.kalshi.milestones import believed
from app.venues.kalshi.series import Series
from app.venues.kalshi.tickers import EventTicker, read_rules_start, read_ticker

USUAL_LENGTH = timedelta(hours=3)  # from a start to the expected end that Kalshi tells


class ListedMarket(NamedTuple):
    """A market as it is written and as we read it."""

    id: str
    written: wire.Market
    market: Market

    @classmethod
    def read(cls, written: wire.Market, event_ticker: str, series: Series, kind_name: str) -> "ListedMarket":
        market = translate_market(written, event_ticker, series, kind_name)
        return cls(market.id, written, market)


class ListedEvent(NamedTuple):
    """An event, and what it says of its fees where it has a word of its own."""

    event: Event
    fee_type: str | None
    fee_multiplier: float | None
    waivers: Mapping[MarketId, str]  # until when a market charges nothing, as it is written

    @property
    def id(self) -> EventId:
        return self.event.id

    @classmethod
    def of(cls, event: Event, written: wire.Event, markets: Sequence[ListedMarket]) -> "ListedEvent":
        waivers = {one.market.id: until for one in markets if (until := one.written.fee_waiver_expiration_time)}
        return cls(event, written.fee_type_override, read_number(written.fee_multiplier_override), waivers)


def translate_event(
    event: wire.Event, series: Series, listed: Sequence[ListedMarket] | None, milestone: wire.Milestone | None
) -> Event:
    """An event with its markets; None: the payload does not carry them. Raises WrongField."""
    if not event.event_ticker:
        raise WrongField("event_ticker")
    ticker = read_ticker(event.event_ticker)
    written = [one.written for one in listed or ()]
    milestone = believed(milestone, ticker, written)
    start, source = _start(ticker, milestone, written)
    return Event(
        venue=KALSHI,
        id=EventId(event.event_ticker),
        title=event.title or "",
        subtitle=event.sub_title or "",
        series=event.series_ticker or event.event_ticker.split("-")[0],
        topic=series.topic,
        league=series.league,
        competitors=competitors_of(event, ticker, series.league, written, milestone) if ticker else (),
        start=start,
        start_source=source,
        day=ticker.day if ticker else None,
        number=ticker.number if ticker else 0,
        is_over=bool(listed) and all(one.market.status in ("closed", "settled") for one in listed or ()),
        markets=None if listed is None else tuple(one.market for one in listed),
        kind=series.kind,
        scope=series.scope,
    )


def _start(
    ticker: EventTicker | None, milestone: wire.Milestone | None, markets: Sequence[wire.Market]
) -> tuple[datetime | None, StartSource]:
    """The best that is told. `close_time` is weeks after the game and is never looked at."""
    if milestone and milestone.start_date:
        return read_moment(milestone.start_date, "milestone.start_date"), "milestone"
    if ticker is None:
        return None, "date_only"
    if ticker.start:
        return ticker.start, "ticker_time"
    for market in markets:
        if start := read_rules_start(market.rules_primary or ""):
            return start, "rules_text"
    ends = [end for market in markets if (end := _expected_end(market))]
    guess = min(ends) - USUAL_LENGTH if ends else None
    return (guess, "expected_end") if guess and eastern_date(guess) == ticker.day else (None, "date_only")


def _expected_end(market: wire.Market) -> datetime | None:
    """The earlier of two fields: either one was seen three hours late, in different leagues."""
    told = {
        "expected_expiration_time": market.expected_expiration_time,
        "occurrence_datetime": market.occurrence_datetime,
    }
    return min((read_moment(text, field) for field, text in told.items() if text), default=None)
