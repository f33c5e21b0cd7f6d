"""Polymarket's events about simulated games, as Gamma tells them."""

from datetime import UTC, datetime, timedelta

from app.sandbox.endings import ending
from app.sandbox.fees import market_fees
from app.sandbox.games import Contest, Standing
from app.sandbox.gamma_ids import number_of
from app.sandbox.gamma_markets import gamma_market, proposal, resolution, spaced
from app.sandbox.gamma_offers import Offer, offers_on
from app.sandbox.gamma_titles import eastern_start, event_slug, listed_start, ordered, sides, title
from app.sandbox.leagues import League
from app.sandbox.makers import milliseconds
from app.sandbox.markets import Market, delay_of, polymarket_market_of
from app.sandbox.messages import FIXED, Message, iso, iso_fine
from app.sandbox.moments import Moment
from app.sandbox.quirks import Quirk

LISTED_BEFORE = timedelta(days=6)


def gamma_event(contest: Contest, at: Moment) -> Message:
    """One event with all its markets."""
    standing = at.slate.standing(contest, at.now)
    slug, start, offers = event_slug(contest), listed_start(contest), offers_on(contest)
    opened, end = iso_fine(start - LISTED_BEFORE), ending(at.slate, contest, "polymarket")
    event: Message = {
        **FIXED["gamma_event"],
        "id": str(700_000 + int(contest.id) % 100_000),
        "ticker": slug,
        "slug": slug,
        "title": title(contest),
        "description": offers[0].rules,
        "startDate": opened,
        "creationDate": opened,
        "createdAt": opened,
        "updatedAt": iso_fine(at.now),
        "endDate": iso(start),
        "closed": end is not None and milliseconds(at.now) >= end.final,
        "negRisk": contest.league.is_soccer,
        "enableNegRisk": contest.league.is_soccer,
        "markets": [_market(contest, offer, at) for offer in offers],
        "series": [_series(contest.league)],
        "tags": _tags(contest.league),
        "eventDate": eastern_start(contest).date().isoformat(),
        "eventWeek": eastern_start(contest).isocalendar().week,
        "startTime": iso(start),
        "seriesSlug": _series_slug(contest.league),
        "gameId": 20_000_000 + int(contest.id) % 1_000_000,
        **_progress(contest, standing),
    }
    return event if contest.has(Quirk.NO_TEAMS) else {**event, **_teams(contest)}


def _teams(contest: Contest) -> Message:
    home, away = sides(contest)
    teams = [
        {
            "id": 100_000 + number_of(f"{team.league}:{team.id}", 3),
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
    is_over = standing.phase == "over"
    by_team = {contest.home: standing.score[0], contest.away: standing.score[1]}
    first, second = ordered(contest)
    return {
        "period": "VFT" if is_over else f"{contest.league.clockwork.word[0]}{standing.period}",
        "score": f"{by_team[first]}-{by_team[second]}",
        "elapsed": "",
        "live": not is_over,
        "ended": is_over,
    }


def _market(contest: Contest, offer: Offer, at: Moment) -> Message:
    traded, start = polymarket_market_of(offer, contest), listed_start(contest)
    market: Message = {
        **gamma_market(offer, traded, at, start - LISTED_BEFORE, start),
        "gameStartTime": spaced(offer.start or start),
        "sportsMarketType": offer.kind,
        "negRisk": contest.league.is_soccer,
        "secondsDelay": delay_of(contest),
        **market_fees(contest, offer.kind, at.fees(traded)),
    }
    if offer.line is not None:
        market["line"] = offer.line
    return {**market, **_outcome(contest, traded, at)}


def _outcome(contest: Contest, traded: Market, at: Moment) -> Message:
    if traded.is_settled:
        return resolution(at.pays(traded), contest.start)
    end, now = at.ending(traded), milliseconds(at.now)
    if end is None or now < end.told:
        return {}
    if now < end.final:
        return proposal()
    return resolution(at.pays(traded), datetime.fromtimestamp(end.final / 1000, UTC))


def _series(league: League) -> Message:
    slug = _series_slug(league)
    named = {"id": str(league.series), "ticker": slug, "slug": slug, "title": league.abbreviation}
    return {**FIXED["gamma_series"], **named}


def _tags(league: League) -> list[Message]:
    named = (
        ("1", "Sports", "sports"),
        (str(league.tag), league.abbreviation, league.slug),
        ("100639", "Games", "games"),
        (str(200_000 + league.espn_sport), league.sport.title(), league.sport),
    )
    return [{**FIXED["gamma_tag"], "id": number, "label": label, "slug": slug} for number, label, slug in named]


def _series_slug(league: League) -> str:
    return f"{league.slug}-season"
