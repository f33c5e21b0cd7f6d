"""Kalshi's events, markets and milestones about simulated games."""

import math
from collections.abc import Iterator
from datetime import datetime, timedelta

import msgspec

from app.sandbox.games import Contest, Standing
from app.sandbox.leagues import Team, made_id
from app.sandbox.lines import favourite_is_home, spread_lines, total_lines
from app.sandbox.messages import EASTERN, Message, iso, iso_fine
from app.sandbox.players import Player, players_of
from app.sandbox.prices import half_outlook, outlook, quote
from app.sandbox.quirks import Quirk
from app.sandbox.slates import Slate

DISCLAIMER = (
    "Kalshi is not affiliated, associated, authorized, endorsed by, or in any way officially connected with the "
    "Governing League. All trademarks, logos, and brand names are the property of their respective owners."
)
SETTLED_AFTER = timedelta(minutes=5)


class Ask(msgspec.Struct, frozen=True, kw_only=True):
    """One market: what it asks, in Kalshi's words, and how likely that is."""

    suffix: str
    title: str
    yes: str
    rules: str
    chance: float
    strike: float | None = None
    target: dict[str, object] | None = None
    condition: str = "a winner is declared"


class Board(msgspec.Struct, frozen=True, kw_only=True):
    """One event: markets of one kind about one game."""

    kind: str  # GAME, SPREAD, TOTAL, ...
    title_tail: str
    scope: str
    asks: tuple[Ask, ...]
    is_exclusive: bool = False


def kalshi_events(slate: Slate, contest: Contest, now: datetime) -> list[Message]:
    """Every event about a game, with its markets nested."""
    standing = slate.standing(contest, now)
    return [_event(slate, contest, board, now) for board in _boards(contest, standing)]


def milestone(contest: Contest, tickers: dict[str, list[str]], now: datetime) -> Message:
    """The game as Kalshi's own schedule tells it. `tickers`: every event by what follows its series."""
    related = tickers.get(event_suffix(contest), [])
    home, away = _sides(contest)
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
        "title": _title(contest),
        "start_date": iso(contest.start),
        "notification_message": "",
        "related_event_tickers": related,
        "primary_event_tickers": [main],
        "source_ids": {"source_3_id": made_id(f"sportradar:{contest.id}")},
        "details": details,
        "last_updated_ts": iso(contest.start - timedelta(days=2)),
    }


def _sides(contest: Contest) -> tuple[Team, Team]:
    """Home and away as Kalshi has them."""
    both = contest.home, contest.away
    return both[::-1] if contest.has(Quirk.SWAPPED_SIDES) else both


def _ordered(contest: Contest) -> tuple[Team, Team]:
    """The order of the title and the ticker: away first, in soccer home first."""
    home, away = _sides(contest)
    return (home, away) if contest.league.is_soccer else (away, home)


def _title(contest: Contest) -> str:
    first, second = _ordered(contest)
    return f"{first.kalshi_text} {contest.league.joiner} {second.kalshi_text}"


def _game_words(contest: Contest) -> str:
    start = contest.start.astimezone(EASTERN)
    words = f"{_title(contest)} {contest.league.game_words} originally scheduled for {_day(start)}, {start.year}"
    if contest.league.sport == "baseball":
        words += f" at {start.strftime('%I:%M %p').lstrip('0')} {start.tzname()}"
    return words + (_REGULATION if contest.league.is_soccer else "")


_REGULATION = " after 90 minutes plus stoppage time (does not include extra time or penalties)"


def _day(start: datetime) -> str:
    return f"{start:%b} {start.day}"


def event_suffix(contest: Contest) -> str:
    """`26NOV22LALBOS`: Eastern date, for baseball the Eastern time, and both codes."""
    start = contest.start.astimezone(EASTERN)
    at = f"{start:%H%M}" if contest.league.sport == "baseball" else ""
    first, second = _ordered(contest)
    tail = f"G{contest.number}" if contest.has(Quirk.GAME_SUFFIX) else ""
    return f"{start:%y%b%d}".upper() + at + first.kalshi_code + second.kalshi_code + tail


def _boards(contest: Contest, standing: Standing) -> Iterator[Board]:
    yield Board(kind="GAME", title_tail="", scope="Game", asks=_winners(contest, standing), is_exclusive=True)
    unit = contest.league.clockwork.unit
    yield Board(kind="SPREAD", title_tail=": Spread", scope="Spread", asks=_spreads(contest, standing))
    total = ": Total Runs" if unit == "runs" else ": Total"
    yield Board(kind="TOTAL", title_tail=total, scope="Point Total", asks=_totals(contest, standing))
    if contest.has(Quirk.HALVES):
        yield from _half_boards(contest, standing)
    if contest.has(Quirk.PROPS) and players_of(contest):
        yield Board(kind="PTS", title_tail=": Points", scope="Points", asks=_points(contest, standing))


def _half_boards(contest: Contest, standing: Standing) -> Iterator[Board]:
    half = "First Half"
    winners = _winners(contest, standing, half=True)
    yield Board(kind="1HWINNER", title_tail=f": {half} Winner", scope=f"{half} Winner", asks=winners, is_exclusive=True)
    spreads, totals = _spreads(contest, standing, half=True), _totals(contest, standing, half=True)
    yield Board(kind="1HSPREAD", title_tail=f": {half} Spread", scope=f"{half} Spread", asks=spreads)
    yield Board(kind="1HTOTAL", title_tail=f": {half} Total", scope=f"{half} Total", asks=totals)


def _winners(contest: Contest, standing: Standing, half: bool = False) -> tuple[Ask, ...]:
    expected = half_outlook(contest, standing) if half else outlook(contest, standing)
    has_draw = half or contest.league.clockwork.can_tie
    home_wins = expected.home_by_more_than(0.5 if has_draw else 0)
    away_wins = 1 - expected.home_by_more_than(-0.5 if has_draw else 0)
    sides = [(contest.home, home_wins), (contest.away, away_wins)]
    asks = [_winner(contest, team, chance, half) for team, chance in sides]
    if contest.has(Quirk.INVERTED) and not half:
        asks = [_renamed(asks[0], contest.away, asks[1]), _renamed(asks[1], contest.home, asks[0])]
    return (*asks, _tie(contest, expected.draw, half)) if has_draw else tuple(asks)


def _renamed(ask: Ask, team: Team, words: Ask) -> Ask:
    return msgspec.structs.replace(ask, yes=team.kalshi_text, title=words.title)


def _winner(contest: Contest, team: Team, chance: float, half: bool) -> Ask:
    name = team.kalshi_text
    where = f"the first half of the {_game_words(contest)}" if half else f"the {_game_words(contest)}"
    return Ask(
        suffix=team.kalshi_code,
        title=_winner_title(contest, name, half),
        yes=name,
        rules=f"If {name} wins {where}, then the market resolves to Yes.",
        chance=chance,
        target={contest.league.target: team.target},
    )


def _winner_title(contest: Contest, name: str, half: bool) -> str:
    if half:
        return f"{_title(contest)}: {name} wins the first half?"
    if contest.league.sport == "football":
        words = contest.league.game_words.replace("professional football", "Pro Football")
        return f"Will {name} win the {_title(contest)} {words}?"
    if contest.league.code == "wnba":
        return f"{_title(contest)} {contest.league.game_words}: {name} wins?"
    return f"{_title(contest)} Winner?"


def _tie(contest: Contest, chance: float, half: bool) -> Ask:
    where = f"the first half of the {_game_words(contest)}" if half else f"the {_game_words(contest)}"
    return Ask(
        suffix="TIE",
        title=_winner_title(contest, "Tie", half),
        yes="Tie",
        rules=f"If Tie wins {where}, then the market resolves to Yes.",
        chance=chance,
        target={contest.league.target: made_id("team:tie")},
    )


def _spreads(contest: Contest, standing: Standing, half: bool = False) -> tuple[Ask, ...]:
    lines = spread_lines(contest, "kalshi", 0.5 if half else 1.0)
    favourite, other = (contest.home, contest.away) if favourite_is_home(contest) else (contest.away, contest.home)
    return (
        *(_spread(contest, standing, favourite, line, half) for line in lines),
        _spread(contest, standing, other, lines[0], half),
    )


def _spread(contest: Contest, standing: Standing, team: Team, line: float, half: bool) -> Ask:
    expected = half_outlook(contest, standing) if half else outlook(contest, standing)
    home = expected.home_by_more_than(line)
    chance = home if team == contest.home else 1 - expected.home_by_more_than(-line)
    unit, name = contest.league.clockwork.unit, team.kalshi_text
    span = " the first half" if half else "" if unit == "runs" else " the game"
    where = f"the first half of the {_game_words(contest)}" if half else f"the {_game_words(contest)}"
    return Ask(
        suffix=f"{team.kalshi_code}{math.ceil(line)}",
        title=f"{name} wins{span} by over {line} {unit}?",
        yes=f"{name} wins{' the first half' if half else ''} by over {line} {unit}",
        rules=f"If {name} wins by more than {line} {unit} in {where}, then the market resolves to Yes.",
        chance=chance,
        strike=line,
        target={contest.league.target: team.target},
    )


def _totals(contest: Contest, standing: Standing, half: bool = False) -> tuple[Ask, ...]:
    expected = half_outlook(contest, standing) if half else outlook(contest, standing)
    lines = total_lines(contest, "kalshi", 0.5 if half else 1.0)
    return tuple(_total(contest, line, expected.over(line), half) for line in lines)


def _total(contest: Contest, line: float, chance: float, half: bool) -> Ask:
    unit = contest.league.clockwork.unit
    where = f"the first half of the {_game_words(contest)}" if half else f"the {_game_words(contest)}"
    title = f"{_title(contest)} Total Runs?" if unit == "runs" else f"{_title(contest)}: Over {line} {unit}?"
    return Ask(
        suffix=str(math.ceil(line)),
        title=title.replace(": Over", ": First Half Over") if half else title,
        yes=f"Over {line} {unit} scored{' in the first half' if half else ''}",
        rules=f"If the teams in {where} collectively score more than {line} {unit}, then the market resolves to Yes.",
        chance=chance,
        strike=line,
        condition="the event occurs",
    )


def _points(contest: Contest, standing: Standing) -> tuple[Ask, ...]:
    return tuple(_player_points(contest, player) for player in players_of(contest))


def _player_points(contest: Contest, player: Player) -> Ask:
    least = math.ceil(player.points)
    return Ask(
        suffix=f"{player.team.kalshi_code}{player.code}-{least}",
        title=f"{player.name}: {least}+ points?",
        yes=f"{player.name}: {least}+",
        rules=f"If {player.name} records {least}+ points in the {_game_words(contest)}, then it resolves to Yes.",
        chance=0.5,
        strike=player.points,
        target={
            "basketball_player": made_id(f"player:{player.name}"),
            contest.league.target: player.team.target,
        },
        condition="the event occurs",
    )


def _event(slate: Slate, contest: Contest, board: Board, now: datetime) -> Message:
    series = f"{contest.league.kalshi}{board.kind}"
    ticker = f"{series}-{event_suffix(contest)}"
    first, second = _ordered(contest)
    start = contest.start.astimezone(EASTERN)
    opened = contest.start - timedelta(days=3)
    return {
        "available_on_brokers": True,
        "category": "Sports",
        "collateral_return_type": "MECNET" if board.is_exclusive else "",
        "event_ticker": ticker,
        "exchange_index": 0,
        "last_updated_ts": iso_fine(opened),
        "markets": [_market(slate, contest, ask, ticker, now) for ask in board.asks],
        "mutually_exclusive": board.is_exclusive,
        "product_metadata": {"competition": contest.league.competition, "competition_scope": board.scope},
        "series_ticker": series,
        "settlement_sources": [{"name": "ESPN", "url": "https://www.espn.com"}],
        "strike_period": "",
        "sub_title": f"{first.kalshi_code} {contest.league.joiner} {second.kalshi_code} ({_day(start)})",
        "title": f"{_title(contest)}{board.title_tail}",
    }


def _market(slate: Slate, contest: Contest, ask: Ask, event: str, now: datetime) -> Message:
    ticker = f"{event}-{ask.suffix}"
    over = contest.start + timedelta(days=30) if contest.is_postponed else slate.end(contest)
    outcome = outcome_of(ask.chance, over, now)
    expected = iso(contest.start + timedelta(hours=3))
    latest = iso(contest.start + timedelta(days=3))
    market: Message = {
        "can_close_early": True,
        "close_time": latest if outcome["status"] == "active" else iso(over),
        "created_time": iso_fine(contest.start - timedelta(days=3, minutes=10)),
        "early_close_condition": f"This market will close and expire after {ask.condition}.",
        "event_ticker": event,
        "exchange_index": 0,
        "expected_expiration_time": expected,
        "expiration_time": latest,
        "expiration_value": "",
        "latest_expiration_time": latest,
        "market_type": "binary",
        "no_sub_title": ask.yes,
        "notional_value_dollars": "1.0000",
        "occurrence_datetime": expected,
        "open_time": iso(contest.start - timedelta(days=3)),
        "rules_primary": ask.rules,
        "rules_secondary": _secondary(contest),
        "settlement_timer_seconds": 120,
        "strike_type": "structured" if ask.strike is None else "greater",
        "ticker": ticker,
        "title": ask.title,
        "yes_sub_title": ask.yes,
        **prices_of(ticker, ask.chance, now, slate.seed),
        **outcome,
    }
    if ask.target is not None:
        market["custom_strike"] = ask.target
    if ask.strike is not None:
        market["floor_strike"] = ask.strike
    return market


def prices_of(ticker: str, chance: float, now: datetime, seed: int) -> Message:
    """The price fields of a market; whole cents."""
    seen = quote("kalshi", ticker, chance, now.timestamp(), seed)
    bid, ask = seen.bid / 1000, seen.ask / 1000
    volume = f"{(seen.bid_size + seen.ask_size) * 7}.00"
    return {
        "last_price_dollars": f"{bid:.4f}",
        "liquidity_dollars": "0.0000",
        "no_ask_dollars": f"{1 - bid:.4f}",
        "no_bid_dollars": f"{1 - ask:.4f}",
        "open_interest_fp": volume,
        "previous_price_dollars": f"{bid:.4f}",
        "previous_yes_ask_dollars": f"{ask:.4f}",
        "previous_yes_bid_dollars": f"{bid:.4f}",
        "price_level_structure": "linear_cent",
        "price_ranges": [{"end": "1.0000", "start": "0.0000", "step": "0.0100"}],
        "updated_time": iso_fine(now),
        "volume_24h_fp": volume,
        "volume_fp": volume,
        "yes_ask_dollars": f"{ask:.4f}",
        "yes_ask_size_fp": f"{seen.ask_size}.00",
        "yes_bid_dollars": f"{bid:.4f}",
        "yes_bid_size_fp": f"{seen.bid_size if seen.bid else 0}.00",
    }


def outcome_of(chance: float, over: datetime, now: datetime) -> Message:
    """Status and result of a market whose game ends at `over`."""
    if now < over + timedelta(minutes=1):
        return {"status": "active", "result": ""}
    result = "yes" if chance > 0.5 else "no"
    settled = over + SETTLED_AFTER
    if now < settled:
        return {"status": "determined", "result": result}
    paid = "1.0000" if result == "yes" else "0.0000"
    return {
        "status": "finalized",
        "result": result,
        "settlement_ts": iso_fine(settled),
        "settlement_value_dollars": paid,
    }


def _secondary(contest: Contest) -> str:
    tie = {
        "nfl": " If the game ends in a tie, the market will resolve to $0.50 for each team.",
        "soccer": ' If the game ends in a tie, the market called "Tie" resolves to Yes.',
    }
    key = "soccer" if contest.league.is_soccer else contest.league.code
    return (
        f"The following market refers to the {_game_words(contest)}.{tie.get(key, '')} If this game is postponed or "
        "delayed, the market will remain open and close after the rescheduled game has finished (within two days). If "
        "the game is cancelled or rescheduled to over two days away, the market will resolve to a fair price in "
        f"accordance with the rules.\n\n{DISCLAIMER}"
    )
