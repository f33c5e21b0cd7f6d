"""Polymarket's events and markets about simulated games, as Gamma tells them."""

import hashlib
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import msgspec

from app.sandbox.games import Contest, Standing
from app.sandbox.leagues import League, Team
from app.sandbox.lines import favourite_is_home, spread_lines, total_lines
from app.sandbox.messages import EASTERN, Message, iso, iso_fine
from app.sandbox.players import players_of
from app.sandbox.prices import TICKS, half_outlook, outlook, quote
from app.sandbox.quirks import Quirk
from app.sandbox.slates import Slate

CLOSED_AFTER = timedelta(minutes=30)  # after the end of the game
PICTURE = "https://polymarket-upload.s3.us-east-2.amazonaws.com/sport.png"
_ADDRESS = "0x" + "0" * 40


class Offer(msgspec.Struct, frozen=True, kw_only=True):
    """One market: its question, its two outcomes, and how likely the first is."""

    kind: str  # sportsMarketType
    slug: str
    question: str
    group_title: str
    outcomes: tuple[str, str]
    rules: str
    chance: float
    line: float | None = None
    is_settled: bool = False
    start: datetime | None = None  # when the market says another start than the event


def gamma_event(slate: Slate, contest: Contest, now: datetime) -> Message:
    """One event with all its markets."""
    standing = slate.standing(contest, now)
    slug = event_slug(contest)
    opened = contest.start - timedelta(days=6)
    markets = [_market(slate, contest, offer, now) for offer in _offers(contest, standing)]
    is_over = not contest.is_postponed and now >= slate.end(contest) + CLOSED_AFTER
    event: Message = {
        "id": str(event_number(contest)),
        "ticker": slug,
        "slug": slug,
        "title": _title(contest),
        "description": _moneyline_rules(contest),
        "resolutionSource": "https://www.espn.com/",
        "startDate": iso_fine(opened),
        "creationDate": iso_fine(opened),
        "endDate": iso(contest.start),
        "image": PICTURE,
        "icon": PICTURE,
        "active": True,
        "closed": is_over,
        "archived": False,
        "new": False,
        "featured": False,
        "restricted": True,
        "liquidity": 25000.5,
        "volume": 91000.25,
        "openInterest": 0,
        "createdAt": iso_fine(opened),
        "updatedAt": iso_fine(now),
        "competitive": 0.95,
        "enableOrderBook": True,
        "liquidityClob": 25000.5,
        "negRisk": contest.league.is_soccer,
        "commentCount": 0,
        "markets": markets,
        "series": [gamma_series(contest.league)],
        "tags": gamma_tags(contest.league),
        "cyom": False,
        "showAllOutcomes": True,
        "showMarketImages": False,
        "enableNegRisk": contest.league.is_soccer,
        "automaticallyActive": True,
        "eventDate": _eastern(contest).date().isoformat(),
        "startTime": iso(contest.start),
        "eventWeek": _eastern(contest).isocalendar().week,
        "seriesSlug": _series_slug(contest.league),
        "negRiskAugmented": False,
        "pendingDeployment": False,
        "deploying": False,
        "gameId": 20_000_000 + int(contest.id) % 1_000_000,
        "requiresTranslation": False,
        **_progress(contest, standing),
    }
    return event if contest.has(Quirk.NO_TEAMS) else {**event, **_teams(contest)}


def event_number(contest: Contest) -> int:
    return 700_000 + int(contest.id) % 100_000


def event_slug(contest: Contest) -> str:
    """`nba-lac-lal-2026-11-22`: away and home (soccer: home first), Eastern date."""
    day = _eastern(contest).date()
    if contest.has(Quirk.UTC_SLUG):
        day += timedelta(days=1)
    first, second = _ordered(contest)
    tail = f"-game-{contest.number}" if contest.number > 1 else ""
    return f"{contest.league.slug}-{first.polymarket_code}-{second.polymarket_code}-{day.isoformat()}{tail}"


def _eastern(contest: Contest) -> datetime:
    return contest.start.astimezone(EASTERN)


def _sides(contest: Contest) -> tuple[Team, Team]:
    """Home and away as Polymarket has them."""
    both = contest.home, contest.away
    return both[::-1] if contest.has(Quirk.SWAPPED_SIDES) else both


def _ordered(contest: Contest) -> tuple[Team, Team]:
    home, away = _sides(contest)
    return (home, away) if contest.league.is_soccer else (away, home)


def _title(contest: Contest) -> str:
    first, second = _ordered(contest)
    return f"{first.polymarket_name} vs. {second.polymarket_name}"


def _intro(contest: Contest) -> str:
    start = _eastern(contest)
    at = start.strftime("%I:%M%p").lstrip("0")
    return f"In the upcoming {contest.league.abbreviation} game, scheduled for {start:%B} {start.day} at {at} ET:\n"


_POSTPONED = (
    "If the game is postponed, this market will remain open until the game has been completed. "
    "If the game is canceled entirely, with no make-up game, this market will resolve 50-50."
)


def _moneyline_rules(contest: Contest) -> str:
    wins = "\n".join(
        f'If the {team.polymarket_name} win, the market will resolve to "{team.polymarket_name}".'
        for team in _ordered(contest)
    )
    return f"{_intro(contest)}{wins}\n{_POSTPONED}\nThe result will include any overtime periods."


def _teams(contest: Contest) -> Message:
    home, away = _sides(contest)
    teams = [
        {
            "id": 100_000 + _number(f"{team.league}:{team.id}", 3),
            "name": team.polymarket_name,
            "league": contest.league.slug,
            "abbreviation": team.polymarket_code,
            "ordering": ordering,
        }
        for team, ordering in ((away, "away"), (home, "home"))
    ]
    return {"teams": teams, "homeTeamName": home.polymarket_name, "awayTeamName": away.polymarket_name}


def _progress(contest: Contest, standing: Standing) -> Message:
    if standing.phase == "before":
        return {"period": "NS"}
    swapped = contest.has(Quirk.SWAPPED_SIDES) != contest.league.is_soccer
    first, second = standing.score if swapped else standing.score[::-1]
    is_over = standing.phase == "over"
    return {
        "period": "VFT"
        if is_over
        else f"Q{standing.period}"
        if contest.league.clockwork.periods == 4
        else str(standing.period),
        "score": f"{first}-{second}",
        "elapsed": "",
        "live": not is_over,
        "ended": is_over,
    }


def _offers(contest: Contest, standing: Standing) -> Iterator[Offer]:
    if contest.league.is_soccer:
        yield from _three_way(contest, standing)
    else:
        yield _moneyline(contest, standing)
    yield from _spreads(contest, standing)
    yield from _totals(contest, standing)
    if contest.has(Quirk.HALVES):
        yield _moneyline(contest, standing, half=True)
        yield from _spreads(contest, standing, half=True)
        yield from _totals(contest, standing, half=True)
    if contest.has(Quirk.PROPS):
        yield from _points(contest)


def _three_way(contest: Contest, standing: Standing) -> Iterator[Offer]:
    expected = outlook(contest, standing)
    slug, day = event_slug(contest), _eastern(contest).date().isoformat()
    chances = (
        (contest.home, expected.home_by_more_than(0.5)),
        (contest.away, 1 - expected.home_by_more_than(-0.5)),
    )
    for team, chance in chances:
        yield Offer(
            kind="moneyline",
            slug=f"{slug}-{team.polymarket_code}",
            question=f"Will {team.polymarket_name} win on {day}?",
            group_title=team.polymarket_name,
            outcomes=("Yes", "No"),
            rules=f'{_intro(contest)}If {team.polymarket_name} wins, this market will resolve to "Yes". {_NINETY}',
            chance=chance,
        )
    yield Offer(
        kind="moneyline",
        slug=f"{slug}-draw",
        question=f"Will {_title(contest)} end in a draw?",
        group_title=f"Draw ({_title(contest)})",
        outcomes=("Yes", "No"),
        rules=f'{_intro(contest)}If the game ends in a draw, this market will resolve to "Yes". {_NINETY}',
        chance=expected.draw,
    )


_NINETY = (
    'Otherwise, this market will resolve to "No". This market refers only to the outcome within the first 90 minutes '
    "of regular play plus stoppage time. If the game is postponed, this market will remain open until the game has "
    "been completed."
)


def _moneyline(contest: Contest, standing: Standing, half: bool = False) -> Offer:
    first, second = _ordered(contest)
    expected = half_outlook(contest, standing) if half else outlook(contest, standing)
    home = expected.home_by_more_than(0)
    return Offer(
        kind="first_half_moneyline" if half else "moneyline",
        slug=event_slug(contest) + ("-1h-moneyline" if half else ""),
        question=_title(contest) + (": 1H Moneyline" if half else ""),
        group_title="1H Moneyline" if half else "",
        outcomes=(first.polymarket_name, second.polymarket_name),
        rules=_half_rules(contest) if half else _moneyline_rules(contest),
        chance=home if first == contest.home else 1 - home,
    )


def _half_rules(contest: Contest) -> str:
    return f"{_intro(contest)}The result will be determined based on the score at halftime only. {_POSTPONED}"


def _spreads(contest: Contest, standing: Standing, half: bool = False) -> Iterator[Offer]:
    lines = spread_lines(contest, "polymarket", 0.5 if half else 1.0)
    for number, line in enumerate(lines):
        offer = _spread(contest, standing, line, half)
        is_last = number == len(lines) - 1 and not half
        if is_last and contest.has(Quirk.SETTLED_LINE):
            offer = msgspec.structs.replace(offer, is_settled=True)
        if is_last and contest.has(Quirk.WRONG_START):
            offer = msgspec.structs.replace(offer, start=contest.start + timedelta(days=96))
        yield offer
    if contest.has(Quirk.PUSH_LINES) and not half:
        yield _spread(contest, standing, lines[0] + 0.5, half)


def _spread(contest: Contest, standing: Standing, line: float, half: bool) -> Offer:
    expected = half_outlook(contest, standing) if half else outlook(contest, standing)
    home_leads = favourite_is_home(contest)
    favourite, other = (contest.home, contest.away) if home_leads else (contest.away, contest.home)
    side = "home" if favourite == _sides(contest)[0] else "away"
    prefix = "1H " if half else ""
    name = favourite.polymarket_name
    return Offer(
        kind="first_half_spreads" if half else "spreads",
        slug=f"{event_slug(contest)}-{'1h-' if half else ''}spread-{side}-{_slugged(line)}",
        question=f"{prefix}Spread: {name} (-{_shown(line)})",
        group_title=f"{prefix}Spread -{_shown(line)}",
        outcomes=(name, other.polymarket_name),
        rules=(
            f'{_intro(contest)}This market will resolve to "{name}" if the {name} win'
            f"{' the first half' if half else ' the game'} by {int(line) + 1} or more {contest.league.clockwork.unit}. "
            f'Otherwise, this market will resolve to "{other.polymarket_name}". {_POSTPONED}'
        ),
        chance=expected.home_by_more_than(line) if home_leads else 1 - expected.home_by_more_than(-line),
        line=line if half else -line,  # as recorded: a first-half line has the other sign than its question
    )


def _totals(contest: Contest, standing: Standing, half: bool = False) -> Iterator[Offer]:
    lines = total_lines(contest, "polymarket", 0.5 if half else 1.0)
    if contest.has(Quirk.PUSH_LINES) and not half:
        lines = (*lines, lines[0] + 0.5)
    for line in lines:
        yield _total(contest, standing, line, half)


def _total(contest: Contest, standing: Standing, line: float, half: bool) -> Offer:
    expected = half_outlook(contest, standing) if half else outlook(contest, standing)
    prefix = "1H " if half else ""
    return Offer(
        kind="first_half_totals" if half else "totals",
        slug=f"{event_slug(contest)}-{'1h-' if half else ''}total-{_slugged(line)}",
        question=f"{_title(contest)}: {prefix}O/U {_shown(line)}",
        group_title=f"{prefix}O/U {_shown(line)}",
        outcomes=("Over", "Under"),
        rules=(
            f'{_intro(contest)}This market will resolve to "Over" if both sides combine to score {int(line) + 1} or '
            f"more {contest.league.clockwork.unit}{' in the first half' if half else ' in this game'}. {_POSTPONED}"
        ),
        chance=expected.over(line),
        line=line,
    )


def _points(contest: Contest) -> Iterator[Offer]:
    for player in players_of(contest):
        name = "-".join(player.name.lower().encode("ascii", "ignore").decode().split())
        yield Offer(
            kind="points",
            slug=f"{event_slug(contest)}-points-{name}-{_slugged(player.points)}",
            question=f"{player.name}: Points Over {player.points}",
            group_title=f"Points O/U {player.points}",
            outcomes=("Yes", "No"),
            rules=(
                f'{_intro(contest)}This market will resolve to "Yes" if {player.name} scores more than '
                f"{player.points} points during the game."
            ),
            chance=0.5,
            line=player.points,
        )


def _slugged(line: float) -> str:
    return _shown(line).replace(".", "pt")


def _shown(line: float) -> str:
    return f"{line:g}"


def _market(slate: Slate, contest: Contest, offer: Offer, now: datetime) -> Message:
    start = offer.start or contest.start
    market = {
        **gamma_market(offer, now, slate.seed, contest.start - timedelta(days=6), contest.start),
        "gameStartTime": start.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S+00"),
        "sportsMarketType": offer.kind,
        "negRisk": contest.league.is_soccer,
        "secondsDelay": 0 if contest.league.code == "nba" else 1,
        "clearBookOnStart": True,
    }
    if offer.line is not None:
        market["line"] = offer.line
    over = slate.end(contest)
    if offer.is_settled:
        return {**market, **_resolution(offer, contest.start)}
    if contest.is_postponed or now < over:
        return market
    if now < over + CLOSED_AFTER:
        return {**market, "umaResolutionStatus": "proposed", "umaResolutionStatuses": '["proposed"]'}
    return {**market, **_resolution(offer, over + CLOSED_AFTER)}


def _resolution(offer: Offer, closed: datetime) -> Message:
    won = offer.chance > 0.5
    return {
        "closed": True,
        "acceptingOrders": False,
        "closedTime": closed.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S+00"),
        "outcomePrices": json.dumps(["1", "0"] if won else ["0", "1"]),
        "umaResolutionStatus": "resolved",
        "umaResolutionStatuses": '["proposed"]',
        "umaEndDate": iso(closed),
        "automaticallyResolved": True,
    }


def gamma_market(offer: Offer, now: datetime, seed: int, opened: datetime, end: datetime) -> Message:
    """Everything a market carries whatever it is about."""
    fine = 1 if offer.chance < 0.04 or offer.chance > 0.96 else 10
    seen = quote("polymarket", offer.slug, offer.chance, now.timestamp(), seed, fine)
    first = round(seen.middle, 4)
    return {
        "id": str(1_000_000 + _number(offer.slug, 5)),
        "question": offer.question,
        "conditionId": "0x" + hashlib.sha256(f"condition:{offer.slug}".encode()).hexdigest(),
        "slug": offer.slug,
        "resolutionSource": "https://www.espn.com/",
        "endDate": iso(end),
        "liquidity": "5000.5",
        "startDate": iso_fine(opened),
        "image": PICTURE,
        "icon": PICTURE,
        "description": offer.rules,
        "outcomes": json.dumps(list(offer.outcomes), ensure_ascii=False),
        "outcomePrices": json.dumps([f"{first:g}", f"{1 - first:.4g}"]),
        "volume": "12000.5",
        "active": True,
        "closed": False,
        "marketMakerAddress": "",
        "createdAt": iso_fine(opened),
        "updatedAt": iso_fine(now),
        "new": False,
        "featured": False,
        "submitted_by": _ADDRESS,
        "archived": False,
        "resolvedBy": _ADDRESS,
        "restricted": True,
        "groupItemTitle": offer.group_title,
        "groupItemThreshold": "0",
        "questionID": "0x" + hashlib.sha256(f"question:{offer.slug}".encode()).hexdigest(),
        "enableOrderBook": True,
        "orderPriceMinTickSize": fine / TICKS,
        "orderMinSize": 5,
        "volumeNum": 12000.5,
        "liquidityNum": 5000.5,
        "endDateIso": end.date().isoformat(),
        "startDateIso": opened.date().isoformat(),
        "hasReviewedDates": True,
        "secondsDelay": 0,
        "clobTokenIds": json.dumps([str(_number(f"{offer.slug}:{side}", 32)) for side in (0, 1)]),
        "umaBond": "500",
        "umaReward": "2",
        "volumeClob": 12000.5,
        "liquidityClob": 5000.5,
        "customLiveness": 0,
        "acceptingOrders": True,
        "negRisk": False,
        "negRiskRequestID": "",
        "ready": False,
        "funded": False,
        "acceptingOrdersTimestamp": iso(opened),
        "cyom": False,
        "competitive": 0.95,
        "pagerDutyNotificationEnabled": False,
        "approved": True,
        "rewardsMinSize": 0,
        "rewardsMaxSpread": 0,
        "spread": (seen.ask - seen.bid) / TICKS,
        "lastTradePrice": seen.bid / TICKS,
        "bestBid": seen.bid / TICKS,
        "bestAsk": seen.ask / TICKS,
        "automaticallyActive": True,
        "clearBookOnStart": False,
        "manualActivation": False,
        "negRiskOther": False,
        "umaResolutionStatuses": "[]",
        "pendingDeployment": False,
        "deploying": False,
        "deployingTimestamp": iso_fine(opened),
        "rfqEnabled": False,
        "holdingRewardsEnabled": False,
        "feesEnabled": True,
        "feeType": "sports_fees_v3",
        "feeSchedule": {"exponent": 1, "rate": 0.05, "takerOnly": True, "rebateRate": 0.15},
        "requiresTranslation": False,
    }


def gamma_series(league: League) -> Message:
    """The season a league's events belong to."""
    slug = _series_slug(league)
    return {
        "id": str(league.series),
        "ticker": slug,
        "slug": slug,
        "title": league.abbreviation,
        "seriesType": "single",
        "recurrence": "daily",
        "image": PICTURE,
        "icon": PICTURE,
        "active": True,
        "closed": False,
        "archived": False,
        "featured": False,
        "restricted": True,
        "createdAt": "2025-10-02T17:23:18.780864Z",
        "updatedAt": "2025-10-02T17:23:18.780864Z",
        "volume": 28899800.04,
        "liquidity": 8402109.38,
        "commentCount": 0,
        "requiresTranslation": False,
    }


def gamma_tags(league: League) -> list[Message]:
    """Sports, the league, games, the sport."""
    named = (
        ("1", "Sports", "sports"),
        (str(league.tag), league.abbreviation, league.slug),
        ("100639", "Games", "games"),
        (str(200_000 + league.espn_sport), league.sport.title(), league.sport),
    )
    return [
        {
            "id": number,
            "label": label,
            "slug": slug,
            "forceShow": False,
            "createdAt": "2024-09-23T22:41:37.670714Z",
            "updatedAt": "2025-12-18T02:54:02.561588Z",
            "requiresTranslation": False,
        }
        for number, label, slug in named
    ]


def _series_slug(league: League) -> str:
    return f"{league.slug}-season"


def _number(name: str, size: int) -> int:
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:size], "big")
