"""Kalshi's events and milestones about simulated games."""

from datetime import datetime, timedelta

from app.sandbox.fees import event_fees, waiver
from app.sandbox.games import Contest
from app.sandbox.kalshi_asks import Ask, Board, boards_on
from app.sandbox.kalshi_markets import closing_times, kalshi_market, outcome
from app.sandbox.kalshi_rules import secondary_rules
from app.sandbox.kalshi_titles import day, event_suffix, ordered, sides, title
from app.sandbox.leagues import made_id
from app.sandbox.markets import kalshi_market_of
from app.sandbox.messages import EASTERN, FIXED, Message, iso, iso_fine
from app.sandbox.moments import Moment

LISTED_BEFORE = LISTED_AFTER = timedelta(days=3)
EXPECTED_LENGTH = timedelta(hours=3)


def kalshi_events(contest: Contest, at: Moment) -> list[Message]:
    """Every event about a game, with its markets nested."""
    return [_event(contest, board, at) for board in boards_on(contest)]


def milestone(contest: Contest, tickers: dict[str, list[str]], now: datetime) -> Message:
    """The game as Kalshi's own schedule tells it. `tickers`: every event by what follows its series."""
    home, away = sides(contest)
    main = f"{contest.league.kalshi}GAME-{event_suffix(contest)}"
    details: Message = {
        "league": contest.league.competition,
        "status": "scheduled" if now < contest.start else "live",
        "main_game_event_ticker": main,
        "home_team_id": home.target,
        "away_team_id": away.target,
    }
    return {
        "id": made_id(f"milestone:{contest.id}"),
        "category": "Sports",
        "type": contest.league.milestone,
        "title": title(contest),
        "start_date": iso(contest.start),
        "notification_message": "",
        "related_event_tickers": tickers.get(event_suffix(contest), []),
        "primary_event_tickers": [main],
        "source_ids": {"source_3_id": made_id(f"sportradar:{contest.id}")},
        "details": details,
        "last_updated_ts": iso(contest.start - timedelta(days=2)),
    }


def _event(contest: Contest, board: Board, at: Moment) -> Message:
    series = f"{contest.league.kalshi}{board.kind}"
    ticker = f"{series}-{event_suffix(contest)}"
    first, second = ordered(contest)
    planned = (at.fees(kalshi_market_of(ask, ticker, contest)) for ask in board.asks)
    on = day(contest.start.astimezone(EASTERN))
    return {
        **FIXED["kalshi_event"],
        "event_ticker": ticker,
        "series_ticker": series,
        "title": f"{title(contest)}{board.title_tail}",
        "sub_title": f"{first.kalshi_code} {contest.league.joiner} {second.kalshi_code} ({on})",
        "collateral_return_type": "MECNET" if board.is_exclusive else "",
        "mutually_exclusive": board.is_exclusive,
        "product_metadata": {"competition": contest.league.competition, "competition_scope": board.scope},
        "last_updated_ts": iso_fine(contest.start - LISTED_BEFORE),
        "markets": [_market(contest, ask, board.kind, ticker, at) for ask in board.asks],
        **event_fees(contest, next(filter(None, planned), None)),
    }


def _market(contest: Contest, ask: Ask, kind: str, event: str, at: Moment) -> Message:
    traded, written = kalshi_market_of(ask, event, contest), secondary_rules(contest, kind)
    expected = contest.start + EXPECTED_LENGTH
    return {
        **kalshi_market(ask, traded, at.fine_print(traded, written), contest.start - LISTED_BEFORE, at),
        **closing_times(expected, contest.start + LISTED_AFTER),
        "occurrence_datetime": iso(expected),
        **waiver(contest, kind, at.fees(traded)),
        **outcome(traded, at),
    }
