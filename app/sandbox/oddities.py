"""Listings that are about no single game: futures, awards, combos. A linker must leave them out and say why."""

from datetime import datetime, timedelta

from app.sandbox.claims import fixed
from app.sandbox.games import Contest
from app.sandbox.gamma_markets import gamma_market
from app.sandbox.gamma_offers import Offer
from app.sandbox.kalshi_asks import Ask
from app.sandbox.kalshi_markets import closing_times, kalshi_market
from app.sandbox.kalshi_rules import DISCLAIMER
from app.sandbox.kalshi_titles import event_suffix
from app.sandbox.leagues import TEAMS, made_id
from app.sandbox.markets import kalshi_market_of, polymarket_market_of
from app.sandbox.messages import FIXED, Message, iso, iso_fine
from app.sandbox.moments import Moment

_CHAMPIONS = {"BOS": 0.11, "OKC": 0.24, "NY": 0.09, "LAL": 0.07, "DEN": 0.12}
_CANDIDATES = {"Lamar Jackson": 0.11, "Josh Allen": 0.31, "Patrick Mahomes": 0.18}

_LISTED_BEFORE, _LISTED_AFTER = timedelta(days=150), timedelta(days=250)


def gamma_oddities(at: Moment) -> list[Message]:
    """A title future and an award."""
    year = at.slate.origin.year + 1
    champions = {f"the {TEAMS['nba', code].name}": chance for code, chance in _CHAMPIONS.items()}
    return [
        _gamma_future(at, f"{year}-nba-champion", f"{year} NBA Champion", f"the {year} NBA Finals", champions),
        _gamma_future(at, f"nfl-mvp-{year}", "NFL MVP", "the NFL MVP award", _CANDIDATES),
    ]


def _gamma_future(at: Moment, slug: str, title: str, prize: str, chances: dict[str, float]) -> Message:
    opened, end = at.slate.origin - _LISTED_BEFORE, at.slate.origin + _LISTED_AFTER
    offers = [_gamma_offer(slug, prize, name, chance) for name, chance in chances.items()]
    return {
        **FIXED["gamma_event"],
        "id": str(900_000 + len(slug)),
        "ticker": slug,
        "slug": slug,
        "title": title,
        "description": title,
        "startDate": iso_fine(opened),
        "creationDate": iso_fine(opened),
        "createdAt": iso_fine(opened),
        "updatedAt": iso_fine(at.now),
        "endDate": iso(end),
        "closed": False,
        "negRisk": True,
        "enableNegRisk": True,
        "markets": [gamma_market(offer, polymarket_market_of(offer), at, opened, end) for offer in offers],
        "tags": [{**FIXED["gamma_tag"], "id": "1", "label": "Sports", "slug": "sports"}],
    }


def _gamma_offer(slug: str, prize: str, name: str, chance: float) -> Offer:
    return Offer(
        kind="",
        slug=f"{slug}-{'-'.join(name.lower().split())}",
        question=f"Will {name} win {prize}?",
        group_title=name,
        outcomes=("Yes", "No"),
        rules=f'This market will resolve to "Yes" if {name} win {prize}. Otherwise, it will resolve to "No".',
        claim=fixed(chance),
    )


def kalshi_oddities(at: Moment) -> list[Message]:
    """A title future, an award and a combo."""
    year = at.slate.origin.year + 1
    title, finals = f"{year} Pro Basketball Champion", f"the {year} Pro Basketball Finals"
    teams = tuple(
        _prize(TEAMS["nba", code].kalshi_code, TEAMS["nba", code].kalshi_text, finals, chance, "basketball_team")
        for code, chance in _CHAMPIONS.items()
    )
    players = tuple(
        _prize(f"{name[0]}{name.split()[1][:3].upper()}", name, "the MVP", chance, "football_player")
        for name, chance in _CANDIDATES.items()
    )
    return [
        _kalshi_future(at, f"KXNBA-{year % 100}", title, ("Pro Basketball (M)", "Future"), teams),
        _kalshi_future(at, f"KXNFLMVP-{year % 100}", "MVP Winner?", ("Pro Football", "Awards"), players),
        _combo(at),
    ]


def _prize(suffix: str, name: str, prize: str, chance: float, kind: str) -> Ask:
    return Ask(
        suffix=suffix,
        title=f"Will {name} win {prize}?",
        yes=name,
        rules=f"If {name} wins {prize}, then the market resolves to Yes.",
        claim=fixed(chance),
        target={kind: made_id(f"{kind}:{name}")},
        condition="a title holder is declared",
    )


def _kalshi_future(at: Moment, ticker: str, title: str, product: tuple[str, str], asks: tuple[Ask, ...]) -> Message:
    slate = at.slate
    opened, end = slate.origin - _LISTED_BEFORE, slate.origin + _LISTED_AFTER
    times = closing_times(end, end)
    return {
        **FIXED["kalshi_event"],
        "event_ticker": ticker,
        "series_ticker": ticker.partition("-")[0],
        "title": title,
        "sub_title": f"{slate.origin.year}-{(slate.origin.year + 1) % 100}",
        "collateral_return_type": "MECNET",
        "mutually_exclusive": True,
        "product_metadata": {"competition": product[0], "competition_scope": product[1]},
        "last_updated_ts": iso_fine(slate.origin),
        "markets": [{**_kalshi_odd(ask, ticker, opened, at), **times} for ask in asks],
    }


def _kalshi_odd(ask: Ask, event: str, opened: datetime, at: Moment) -> Message:
    return kalshi_market(ask, kalshi_market_of(ask, event), DISCLAIMER, opened, at)


def _combo(at: Moment) -> Message:
    slate = at.slate
    games = [contest for contest in slate.contests if contest.league.code == "nba" and "kalshi" in contest.on][:2]
    ticker = f"KXMVESPORTSMULTIGAMEEXTENDED-S{slate.origin.year}D3F8445347B"
    legs = [_leg(game) for game in games]
    title = ",".join(f"yes {game.home.kalshi_text}" for game in games)
    strike: dict[str, object] = {
        "Associated Events": ",".join(leg["event_ticker"] for leg in legs),
        "Associated Market Sides": ",".join(leg["side"] for leg in legs),
        "Associated Markets": ",".join(leg["market_ticker"] for leg in legs),
        "Multivariate Event Ticker": ticker,
    }
    ask = Ask(suffix="E4059ABBBCE", title=title, yes=title, rules="", claim=fixed(0.3), target=strike)
    combo = _kalshi_future(at, ticker, "Combo", ("", ""), ())
    opened, end = slate.origin, slate.origin + timedelta(days=3)
    market = {**_kalshi_odd(ask, ticker, opened, at), **closing_times(end, end)}
    del market["early_close_condition"]
    minted = {
        "is_provisional": True,
        "mve_collection_ticker": "KXMVESPORTSMULTIGAMEEXTENDED-R",
        "mve_selected_legs": legs,
        "strike_type": "custom",
    }
    return {**combo, "markets": [{**market, **minted}]}


def _leg(game: Contest) -> dict[str, str]:
    event = f"{game.league.kalshi}GAME-{event_suffix(game)}"
    return {"event_ticker": event, "market_ticker": f"{event}-{game.home.kalshi_code}", "side": "yes"}
