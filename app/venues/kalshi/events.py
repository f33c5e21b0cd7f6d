"""One event of Kalshi → ours: which day, which start, which two sides. Titles are left to the matcher, but for the two
regular forms `X at Y` and `X vs Y`."""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Literal, NamedTuple

from app.domain.games import eastern_date
from app.domain.leagues import LEAGUES, LeagueCode
from app.domain.markets import Competitor, Event, EventId, Market, StartSource
from app.domain.parsing import WrongField, read_moment
from app.venues.kalshi import wire
from app.venues.kalshi.markets import KALSHI, subject_id, translate_market
from app.venues.kalshi.series import Series
from app.venues.kalshi.tickers import EventTicker, read_rules_start, read_ticker, split_codes, strike_code, suffix_of

Side = Literal["home", "away", ""]

USUAL_LENGTH = timedelta(hours=3)  # from a start to the expected end that Kalshi tells
_TITLE = re.compile(r"(?:Game \d+: )?(?P<first>.+?) (?:at|vs\.?) (?P<second>[^:]+?)(?:: [\w /-]+| Winner\?)?")


class ListedMarket(NamedTuple):
    """A market as it is written and as we read it."""

    id: str
    written: wire.Market
    market: Market

    @classmethod
    def read(cls, written: wire.Market, event_ticker: str, series: Series, kind_name: str) -> "ListedMarket":
        market = translate_market(written, event_ticker, series, kind_name)
        return cls(market.id, written, market)


def translate_event(
    event: wire.Event, series: Series, listed: Sequence[ListedMarket] | None, milestone: wire.Milestone | None
) -> Event:
    """An event with its markets; None: the payload does not carry them. Raises WrongField."""
    if not event.event_ticker:
        raise WrongField("event_ticker")
    ticker = read_ticker(event.event_ticker)
    written = [one.written for one in listed or ()]
    start, source = _start(ticker, milestone, written)
    return Event(
        venue=KALSHI,
        id=EventId(event.event_ticker),
        title=event.title or "",
        subtitle=event.sub_title or "",
        series=event.series_ticker or event.event_ticker.split("-")[0],
        topic=series.topic,
        league=series.league,
        competitors=_competitors(event, ticker, series.league, written, milestone) if ticker else (),
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


def _competitors(
    event: wire.Event,
    ticker: EventTicker,
    league: LeagueCode | None,
    markets: Sequence[wire.Market],
    milestone: wire.Milestone | None,
) -> tuple[Competitor, ...]:
    """Two sides in the order of the ticker, as far as they are told; a milestone knows who is at home better than any
    order does."""
    title = _TITLE.fullmatch(event.title or "")
    names = (title["first"], title["second"]) if title else ("", "")
    suffixes = [suffix_of(market.ticker or "", event.event_ticker or "") for market in markets]
    codes = split_codes(ticker.codes, event.sub_title or "", suffixes)
    if not title and not codes:
        return ()
    ids = _ids_by_code(suffixes, markets)
    sides = _sides(league)
    return tuple(
        _competitor(name, code, ids.get(code, ""), side, milestone)
        for name, code, side in zip(names, codes or ("", ""), sides, strict=True)
    )


def _competitor(name: str, code: str, team_id: str, side: Side, milestone: wire.Milestone | None) -> Competitor:
    details = (milestone.details if milestone else None) or wire.MilestoneDetails()
    told: Mapping[Side, str | None] = {"home": details.home_team_id, "away": details.away_team_id}
    if team_id:
        side = next((one for one, its_id in told.items() if its_id == team_id), side)
    return Competitor(name, code, team_id or (told.get(side) or "" if side else ""), side)


def _sides(league: LeagueCode | None) -> tuple[Side, Side]:
    """Soccer names the home side first, US sports the visitors; elsewhere nobody is at home."""
    if league is None or not LEAGUES[league].has_teams:
        return "", ""
    return ("home", "away") if LEAGUES[league].sport == "soccer" else ("away", "home")


def _ids_by_code(suffixes: Iterable[str], markets: Iterable[wire.Market]) -> dict[str, str]:
    """The structured target of each team's code, where a market is about a team and nobody else."""
    return {
        strike_code(suffix) or suffix: subject_id(market)
        for suffix, market in zip(suffixes, markets, strict=True)
        if len(market.custom_strike or ()) == 1
    }
