"""Listings that are about no single game: futures, awards, combos. A linker must leave them out and say why."""

from datetime import datetime, timedelta

from app.sandbox.gamma_listings import PICTURE, Offer, gamma_market
from app.sandbox.kalshi_listings import DISCLAIMER, event_suffix, prices_of
from app.sandbox.leagues import TEAMS, made_id
from app.sandbox.messages import Message, iso, iso_fine
from app.sandbox.slates import Slate

_CHAMPIONS = (("BOS", 0.11), ("OKC", 0.24), ("NY", 0.09), ("LAL", 0.07), ("DEN", 0.12))
_CANDIDATES = ("Lamar Jackson", "Josh Allen", "Patrick Mahomes")


def gamma_oddities(slate: Slate, now: datetime) -> list[Message]:
    """A title future and an award."""
    season = slate.origin.year + 1
    champions = [
        (f"Will the {TEAMS['nba', code].name} win the {season} NBA Finals?", TEAMS["nba", code].name, chance)
        for code, chance in _CHAMPIONS
    ]
    awards = [(f"Will {name} win NFL MVP?", name, 0.2) for name in _CANDIDATES]
    return [
        _gamma_future(slate, now, 900_001, f"{season}-nba-champion", f"{season} NBA Champion", champions),
        _gamma_future(slate, now, 900_002, f"nfl-mvp-{season}", "NFL MVP", awards),
    ]


def _gamma_future(
    slate: Slate, now: datetime, number: int, slug: str, title: str, asked: list[tuple[str, str, float]]
) -> Message:
    opened, end = slate.origin - timedelta(days=90), slate.origin + timedelta(days=200)
    offers = [
        Offer(
            kind="",
            slug=f"{slug}-{'-'.join(name.lower().split())}",
            question=question,
            group_title=name,
            outcomes=("Yes", "No"),
            rules=f'This market will resolve to "Yes" if {name} wins. Otherwise, this market will resolve to "No".',
            chance=chance,
        )
        for question, name, chance in asked
    ]
    return {
        "id": str(number),
        "ticker": slug,
        "slug": slug,
        "title": title,
        "description": title,
        "resolutionSource": "",
        "startDate": iso_fine(opened),
        "creationDate": iso_fine(opened),
        "endDate": iso(end),
        "image": PICTURE,
        "icon": PICTURE,
        "active": True,
        "closed": False,
        "archived": False,
        "new": False,
        "featured": False,
        "restricted": True,
        "openInterest": 0,
        "createdAt": iso_fine(opened),
        "updatedAt": iso_fine(now),
        "enableOrderBook": True,
        "negRisk": True,
        "commentCount": 0,
        "markets": [gamma_market(offer, now, slate.seed, opened, end) for offer in offers],
        "tags": [{"id": "1", "label": "Sports", "slug": "sports", "requiresTranslation": False}],
        "cyom": False,
        "showAllOutcomes": True,
        "showMarketImages": True,
        "enableNegRisk": True,
        "automaticallyActive": True,
        "negRiskAugmented": False,
        "pendingDeployment": False,
        "deploying": False,
        "requiresTranslation": False,
    }


def kalshi_oddities(slate: Slate, now: datetime) -> list[Message]:
    """A title future, an award and a combo."""
    year = slate.origin.year + 1
    champions = _kalshi_future(
        slate, now, f"KXNBA-{year % 100}", f"{year} Pro Basketball Champion", "Pro Basketball (M)"
    )
    champions["markets"] = [
        _kalshi_market(
            slate, now, f"KXNBA-{year % 100}-{TEAMS['nba', code].kalshi_code}", TEAMS["nba", code].kalshi_text, chance,
            f"Will {TEAMS['nba', code].kalshi_text} win the {year} Pro Basketball Finals?",
            {"basketball_team": TEAMS["nba", code].target},
        )
        for code, chance in _CHAMPIONS
    ]  # fmt: skip
    awards = _kalshi_future(slate, now, f"KXNFLMVP-{year % 100}", "MVP Winner?", "Pro Football", "Awards")
    awards["markets"] = [
        _kalshi_market(
            slate, now, f"KXNFLMVP-{year % 100}-{name[0]}{name.split()[1][:3].upper()}", name, 0.2,
            f"Will {name} win the MVP?", {"football_player": made_id(f"player:{name}")},
        )
        for name in _CANDIDATES
    ]  # fmt: skip
    return [champions, awards, _combo(slate, now)]


def _kalshi_future(
    slate: Slate, now: datetime, ticker: str, title: str, competition: str, scope: str = "Future"
) -> Message:
    return {
        "available_on_brokers": True,
        "category": "Sports",
        "collateral_return_type": "MECNET",
        "event_ticker": ticker,
        "exchange_index": 0,
        "last_updated_ts": iso_fine(slate.origin),
        "markets": [],
        "mutually_exclusive": True,
        "product_metadata": {"competition": competition, "competition_scope": scope},
        "series_ticker": ticker.partition("-")[0],
        "settlement_sources": [{"name": "the Governing League", "url": "https://www.espn.com"}],
        "strike_period": "",
        "sub_title": f"{slate.origin.year}-{(slate.origin.year + 1) % 100}",
        "title": title,
    }


def _kalshi_market(
    slate: Slate, now: datetime, ticker: str, yes: str, chance: float, title: str, target: dict[str, object]
) -> Message:
    end, opened = slate.origin + timedelta(days=250), slate.origin - timedelta(days=150)
    return {
        "can_close_early": True,
        "close_time": iso(end),
        "created_time": iso_fine(opened),
        "custom_strike": target,
        "early_close_condition": "This market will close and expire early if the event occurs.",
        "event_ticker": ticker.rpartition("-")[0],
        "exchange_index": 0,
        "expected_expiration_time": iso(end),
        "expiration_time": iso(end),
        "expiration_value": "",
        "latest_expiration_time": iso(end),
        "market_type": "binary",
        "no_sub_title": yes,
        "notional_value_dollars": "1.0000",
        "open_time": iso(opened),
        "result": "",
        "rules_primary": f"If {yes} wins, then the market resolves to Yes.",
        "rules_secondary": DISCLAIMER,
        "settlement_timer_seconds": 300,
        "status": "active",
        "strike_type": "structured",
        "ticker": ticker,
        "title": title,
        "yes_sub_title": yes,
        **prices_of(ticker, chance, now, slate.seed),
    }


def _combo(slate: Slate, now: datetime) -> Message:
    games = [contest for contest in slate.contests if contest.league.code == "nba" and "kalshi" in contest.on][:2]
    ticker = f"KXMVESPORTSMULTIGAMEEXTENDED-S{slate.origin.year}D3F8445347B"
    events = [f"{game.league.kalshi}GAME-{event_suffix(game)}" for game in games]
    markets = [f"{event}-{game.home.kalshi_code}" for event, game in zip(events, games, strict=True)]
    title = ",".join(f"yes {game.home.kalshi_text}" for game in games)
    strike: dict[str, object] = {
        "Associated Events": ",".join(events),
        "Associated Market Sides": ",".join("yes" for _ in games),
        "Associated Markets": ",".join(markets),
        "Multivariate Event Ticker": ticker,
    }
    legs = [
        {"event_ticker": event, "market_ticker": market, "side": "yes"}
        for event, market in zip(events, markets, strict=True)
    ]
    market = _kalshi_market(slate, now, f"{ticker}-E4059ABBBCE", title, 0.3, title, strike)
    del market["early_close_condition"]
    combo = _kalshi_future(slate, now, ticker, "Combo", "")
    return {
        **combo,
        "product_metadata": {},
        "markets": [
            {
                **market,
                "is_provisional": True,
                "mve_collection_ticker": "KXMVESPORTSMULTIGAMEEXTENDED-R",
                "mve_selected_legs": legs,
                "strike_type": "custom",
            }
        ],
    }
