"""Listing → game → propositions: an event's markets tied to one game, contract by contract, or left out, and why.

sides (who plays) → schedule (which of their games) → readings (what is asked) → orientation (which outcome) → verdict
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

import msgspec

from app.domain.games import Game
from app.domain.leagues import LEAGUES, League
from app.domain.links import LeftOut, Link, Verdict
from app.domain.markets import Event, Market, rules_hash
from app.domain.propositions import Proposition
from app.domain.teams import Finding, Reason, TeamId
from app.matching.orientation import Claim, Seated, orient
from app.matching.readings import Unreadable, leave_out_topic, read_market
from app.matching.registry import Registry
from app.matching.schedule import (
    SAME_START,
    GameIndex,
    free_number,
    pick_game,
    provisional_game,
    with_better_start,
)
from app.matching.sides import Side, find_sides, home_and_away

SAME_DATE = timedelta(days=1)  # a market's own start further from its game than this is bad data
LONG_PAST = timedelta(hours=12)
CERTAIN = 0.99
PER_DOUBT = 0.9  # each field that could not be compared takes a tenth off


class Linked(msgspec.Struct, frozen=True):
    """What came of one event. `game` is None when it is tied to none; it may be provisional and new."""

    game: Game | None
    links: tuple[Link, ...] = ()
    left_out: tuple[LeftOut, ...] = ()


class _Tie(msgspec.Struct, frozen=True):
    """An event tied to its game, and what was compared on the way."""

    seated: Seated
    reasons: tuple[Reason, ...]


def link_event(event: Event, games: GameIndex, registry: Registry, now: datetime) -> Linked:
    """Tie an event to its game and each of its contracts to a proposition. New provisional games join `games`."""
    topic = leave_out_topic(event.topic, event.series)
    if topic:
        return _all_out(event, topic)
    if event.league is None:
        return _all_out(event, Unreadable("unknown_league", f"no league is known for '{event.series or event.slug}'"))
    tie = _tie_to_game(event, LEAGUES[event.league], games, registry)
    if isinstance(tie, Unreadable):
        return _all_out(event, tie)
    return _link_markets(event, msgspec.structs.replace(tie, reasons=(*tie.reasons, *_doubts(tie.seated, now))))


def _doubts(seated: Seated, now: datetime) -> Iterator[Reason]:
    """What keeps every contract of a game from being traded, whatever its listing says."""
    game, league = seated.game, seated.league
    if game.is_provisional:
        yield Reason("game", "unknown", "the score source does not show it: provisional")
    if not league.has_teams:
        yield Reason("league", "unknown", f"{league.name} is linked, and not traded by default")
    if game.status not in ("scheduled", "live"):
        yield Reason("game", "unknown", f"the game is {game.status}")
    elif game.status == "scheduled" and now - game.start >= LONG_PAST:
        hours = round((now - game.start).total_seconds() / 3600)
        yield Reason("game", "unknown", f"should have begun {hours} h ago and nobody says how it stands")


def _tie_to_game(event: Event, league: League, games: GameIndex, registry: Registry) -> _Tie | Unreadable:
    sides = find_sides(event, league, registry)
    if sides is None:
        return Unreadable("no_two_sides", f"'{event.title}' does not name two sides")
    first, second = sides
    if not first.teams or not second.teams:
        unknown = second if first.teams else first
        return Unreadable("unknown_team", unknown.reason.detail)
    found = pick_game(event, games.between(first.teams, second.teams, league.code))
    if found.game is not None:
        game = with_better_start(found.game, event)
        games.add(game)
        reasons = (*_side_reasons(first, second, game), found.reason)
        return _Tie(_seat(game, league, registry, first, second), reasons)
    if found.code not in ("no_game", "other_day"):
        return Unreadable(found.code, found.reason.detail)
    return _tie_to_provisional(event, league, games, registry, (first, second))


def _tie_to_provisional(
    event: Event, league: League, games: GameIndex, registry: Registry, sides: tuple[Side, Side]
) -> _Tie | Unreadable:
    first, second = sides
    if first.team is None or second.team is None or first.team.id == second.team.id:
        unclear = first if first.team is None else second
        return Unreadable("ambiguous_team", unclear.reason.detail)
    home, away = (side.team for side in home_and_away(event, first, second, league))
    assert home is not None
    assert away is not None  # both sides are one team each
    known = games.between((home,), (away,), league.code)
    codes: dict[TeamId, str] = {team.id: registry.code(team.id) for team in (home, away)}
    game = provisional_game(event, home, away, codes, free_number(event, known))
    games.add(game)
    return _Tie(_seat(game, league, registry, first, second), (first.reason, second.reason))


def _seat(game: Game, league: League, registry: Registry, first: Side, second: Side) -> Seated:
    by_id = {game.home.id: game.home, game.away.id: game.away}
    seats = tuple(
        (side.competitor, by_id[team.id]) for side in (first, second) for team in side.teams if team.id in by_id
    )
    return Seated(game, league, registry, seats if len(seats) == 2 else ())


def _side_reasons(first: Side, second: Side, game: Game) -> tuple[Reason, ...]:
    return tuple(side.reason if side.team is not None else _settled_by_game(side, game) for side in (first, second))


def _settled_by_game(side: Side, game: Game) -> Reason:
    """An ambiguous name is settled by the only game it fits; a code that the name does not bear out proves nothing."""
    finding: Finding = "agrees" if game.teams & {team.id for team in side.named} else "unknown"
    return Reason("team", finding, f"{side.reason.detail}; the game decides: {game.away.name} at {game.home.name}")


def _link_markets(event: Event, tie: _Tie) -> Linked:
    game = tie.seated.game
    if event.markets is None:
        return _link_bare_event(event, tie)
    links: list[Link] = []
    left_out: list[LeftOut] = []
    for market in event.markets:
        outcome = _link_market(event, market, tie)
        if isinstance(outcome, Unreadable):
            left_out.append(_market_out(event, market, outcome, game))
        else:
            links.extend(outcome)
    return Linked(game, tuple(links), tuple(left_out))


def _link_market(event: Event, market: Market, tie: _Tie) -> list[Link] | Unreadable:
    game = tie.seated.game
    if market.start is not None and abs(market.start - game.start) >= SAME_DATE:
        return Unreadable(
            "start_conflict", f"the market's own start {market.start:%Y-%m-%d} is not the game's {game.start:%Y-%m-%d}"
        )
    reading = read_market(market, event, tie.seated.league)
    if isinstance(reading, Unreadable):
        return reading
    oriented = orient(market, reading, tie.seated)
    if isinstance(oriented, Unreadable):
        return oriented
    own = (*_start_doubt(market, game), *reading.reasons, oriented.reason, _status_reason(event, market))
    reasons = (*tie.reasons, *own)
    verdict, confidence = _verdict(reasons), _confidence(reasons)
    return [_link(event, market, claim, verdict, confidence, reasons) for claim in oriented.claims]


def _start_doubt(market: Market, game: Game) -> Iterator[Reason]:
    if market.start is not None and game.start_is_known and abs(market.start - game.start) > SAME_START:
        said = f"the market says {market.start:%Y-%m-%d %H:%M} UTC, the game starts {game.start:%H:%M}"
        yield Reason("start", "differs", said)


def _verdict(reasons: Sequence[Reason]) -> Verdict:
    """The reasons decide, and nothing else: closed is rejected, any doubt is watched."""
    if any(reason.field == "status" and reason.finding == "differs" for reason in reasons):
        return "rejected"
    return "tradable" if all(reason.finding == "agrees" for reason in reasons) else "watch"


def _status_reason(event: Event, market: Market) -> Reason:
    if market.status in ("closed", "settled"):
        return Reason("status", "differs", f"{market.status}: left out of pairing")
    if event.is_over:
        return Reason("status", "differs", "the event is over: left out of pairing")
    if market.status == "paused" or not market.is_tradable:
        return Reason("status", "unknown", "the venue takes no orders now")
    return Reason("status", "agrees", "open")


def _confidence(reasons: Sequence[Reason]) -> float:
    doubts = sum(reason.finding != "agrees" for reason in reasons)
    return round(CERTAIN * PER_DOUBT**doubts, 4)


def _link(
    event: Event, market: Market, claim: Claim, verdict: Verdict, confidence: float, reasons: tuple[Reason, ...]
) -> Link:
    return Link(
        venue=event.venue,
        event_id=event.id,
        market_id=market.id,
        contract_id=claim.outcome.contract_id,
        outcome=claim.outcome.label,
        proposition=claim.proposition,
        polarity=claim.polarity,
        verdict=verdict,
        confidence=confidence,
        reasons=reasons,
        rules_hash=rules_hash(market.rules),
        title=market.title,
        liquidity=market.liquidity,
        fees=market.fees,
        handling=market.handling,
    )


def _link_bare_event(event: Event, tie: _Tie) -> Linked:
    """An event whose markets are not in the payload: the winner's event stands for the home side's moneyline."""
    game, league = tie.seated.game, tie.seated.league
    if event.kind != "moneyline":
        detail = f"the payload does not carry the markets of this {event.kind or 'unnamed'} event"
        return Linked(game, (), (_event_out(event, Unreadable("no_markets", detail), game),))
    scope = event.scope or ("regulation" if league.has_draw_outcome else "game")
    reasons = (*tie.reasons, Reason("markets", "unknown", "the payload does not carry this event's markets"))
    link = Link(
        venue=event.venue,
        event_id=event.id,
        market_id=None,
        contract_id=None,
        outcome="",
        proposition=Proposition(game.id, "moneyline", scope, None, game.home.id),
        polarity=None,
        verdict="watch",
        confidence=_confidence(reasons),
        reasons=reasons,
        title=event.title,
    )
    return Linked(game, (link,))


def _all_out(event: Event, why: Unreadable) -> Linked:
    return Linked(None, (), (_event_out(event, why, None),))


def _event_out(event: Event, why: Unreadable, game: Game | None) -> LeftOut:
    return LeftOut(
        venue=event.venue,
        event_id=event.id,
        market_id=None,
        code=why.code,
        detail=why.detail,
        game_id=game.id if game else None,
        title=event.title,
        start=event.start,
    )


def _market_out(event: Event, market: Market, why: Unreadable, game: Game) -> LeftOut:
    return LeftOut(
        venue=event.venue,
        event_id=event.id,
        market_id=market.id,
        code=why.code,
        detail=why.detail,
        game_id=game.id,
        title=market.title,
        start=market.start or event.start,
    )
