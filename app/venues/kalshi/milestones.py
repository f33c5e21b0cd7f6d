"""Which milestone speaks about which event, and whether what it says can be of that event at all."""

from collections.abc import Iterable, Mapping, Sequence

from app.domain.games import eastern_date
from app.domain.parsing import read_moment
from app.venues.kalshi import wire
from app.venues.kalshi.markets import team_id
from app.venues.kalshi.tickers import EventTicker, read_ticker

Milestones = Mapping[str, wire.Milestone]  # by event ticker


def by_ticker(milestones: Sequence[wire.Milestone]) -> dict[str, wire.Milestone]:
    """Each event's milestone; whom it is primary for before whom it is only related to."""
    related = {
        ticker: one for one in milestones for ticker in one.related_event_tickers or () if _is_of_its_game(one, ticker)
    }
    primary = {ticker: one for one in milestones for ticker in one.primary_event_tickers or ()}
    return {**related, **primary}


def believed(
    milestone: wire.Milestone | None, ticker: EventTicker | None, markets: Iterable[wire.Market]
) -> wire.Milestone | None:
    """The milestone, unless its day or its sides are those of another game. Raises WrongField."""
    if milestone is None or ticker is None:
        return milestone
    start = milestone.start_date
    if start and eastern_date(read_moment(start, "milestone.start_date")) != ticker.day:
        return None
    details = milestone.details or wire.MilestoneDetails()
    told = {details.home_team_id, details.away_team_id} - {None, ""}
    listed = {team_id(market) for market in markets} - {""}
    return None if told and listed and told.isdisjoint(listed) else milestone


def _is_of_its_game(milestone: wire.Milestone, ticker: str) -> bool:
    """A game's milestone is related to the other questions about that game; a tournament's or a card's is related to
    every game of it, and its start is not theirs."""
    if games := _games(milestone.primary_event_tickers or ()):
        return not _games([ticker]).isdisjoint(games)
    return "tournament" not in (milestone.type or "") and len(_games(milestone.related_event_tickers or ())) == 1


def _games(tickers: Iterable[str]) -> set[tuple[object, ...]]:
    read = (read_ticker(ticker) for ticker in tickers)
    return {(ticker.day, ticker.codes, ticker.number) for ticker in read if ticker}
