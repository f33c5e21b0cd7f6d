"""What score sources and venues answer over REST: games, listings, fees, resolutions, books. Each reader of a host gets
the payload in turn, and what it makes of it is whole: it can be kept, shown, and linked."""

from collections import Counter
from collections.abc import Callable, Coroutine, Iterable
from datetime import UTC, date, datetime

import msgspec

from app.domain.games import Game, WinProbability
from app.domain.leagues import LeagueCode
from app.domain.markets import Event, MarketId
from app.domain.money import ONE_DOLLAR
from app.domain.positions import Resolution
from app.domain.prices import Grid
from app.errors import FeedError
from app.matching.linking import link_event
from app.matching.registry import Registry
from app.matching.schedule import GameIndex
from app.sources.espn.client import Espn
from app.sources.espn.plays import plays_from
from app.venues.kalshi.client import Kalshi
from app.venues.kalshi.fees import event_changes_page, series_changes_page, series_charge
from app.venues.kalshi.grids import ask_for_terms, grid_of
from app.venues.kalshi.orderbooks import ask_for_books
from app.venues.kalshi.resolutions import KalshiResolver
from app.venues.polymarket.books import ShownBooks
from app.venues.polymarket.client import Polymarket
from app.venues.polymarket.location import ask_location
from app.venues.polymarket.pairs import Pair
from app.venues.polymarket.resolutions import PolymarketResolver
from tests.fuzzing.cores import BEGAN, MOST
from tests.fuzzing.feeds import AMOUNTS, LOOP, MARKET, A, B, Core, polymarket_listed
from tests.fuzzing.payloads import Told

DAYS = (date(2026, 11, 22), date(2026, 11, 23))
NOW = datetime(2026, 11, 22, 23, tzinfo=UTC)
LEAGUES = tuple(map(LeagueCode, ("nba", "mlb", "epl", "tennis")))

REGISTRY = Registry.load()
_PACKED, _JSON = msgspec.msgpack.Encoder(), msgspec.json.Encoder()


def read_espn(payload: bytes) -> None:
    """As scoreboard, team list, summary and page in depth."""
    espn = Espn(Told(payload))
    league = LEAGUES[len(payload) % len(LEAGUES)]
    for game in _heard(espn.games(league, DAYS)) or ():
        _check_game(game)
        chance = _heard(espn.win_probability(game))
        assert chance is None or _is_sound(chance)
    for team in _heard(espn.teams(league)) or ():
        _check_kept(team)
    try:
        game, plays = plays_from(payload, league)
    except FeedError:
        return
    for each in (game, *(play.game for play in plays)):
        _check_game(each)
    assert all(play.chance is None or 0 <= play.chance <= 1 for play in plays)


def read_gamma(payload: bytes) -> None:
    """As a page of events, the list of leagues, and what became of markets."""
    told = Told(payload)
    venue = Polymarket(told)
    for event in _heard(venue.events(LEAGUES[len(payload) % len(LEAGUES)], DAYS)) or ():
        _check_event(event)
    _check_resolutions(_heard(PolymarketResolver(told, lambda: BEGAN).resolutions([MarketId(MARKET)])) or ())


def read_clob(payload: bytes) -> None:
    """As the books that are compared, and as the place that we are at."""
    told, listed = Told(payload), polymarket_listed()
    core, pair = Core(listed), Pair(listed)
    _heard(ShownBooks(told, core.put, core.now, AMOUNTS, Counter()).compare([pair]))
    core.check()
    _heard(ask_location(told))


def read_kalshi(payload: bytes) -> None:
    """As pages of events and milestones, fees, terms, books, and what became of markets."""
    told = Told(payload)
    for event in _heard(Kalshi(told).events(LEAGUES[len(payload) % len(LEAGUES)], DAYS)) or ():
        _check_event(event)
    for read in (series_charge, series_changes_page, event_changes_page):
        _read(read, payload)
    for terms in (_heard(ask_for_terms(told, [A, B])) or {}).values():
        _check_grid(grid_of(terms))
    for book in _heard(ask_for_books(told, [A, B])) or ():
        for price, size in (*book.bids, *book.asks):
            assert 0 <= price <= ONE_DOLLAR
            assert 0 <= size < MOST
    _check_resolutions(_heard(KalshiResolver(told, lambda: BEGAN).resolutions([MarketId(A)])) or ())


def _heard(asking: Coroutine[object, object, object]) -> object:
    """What comes of it; nothing where it is refused as it may be."""
    try:
        return LOOP.run_until_complete(asking)
    except FeedError:
        return None


def _read(read: Callable[[bytes], object], payload: bytes) -> None:
    try:
        found = read(payload)
    except FeedError:
        return
    for _ in getattr(found, "elements", ()):
        pass


def _check_kept(value: msgspec.Struct) -> None:
    """It goes into Redis and onto the tape, and comes back as it was."""
    assert msgspec.json.decode(_JSON.encode(value), type=type(value)) == value
    assert msgspec.msgpack.decode(_PACKED.encode(value), type=type(value)) == value


def _check_game(game: Game) -> None:
    _check_kept(game)
    for number in (game.home_score, game.away_score, game.period):
        assert number is None or 0 <= number < 2**31, f"{number} does not fit into a column"
    assert game.home_win_probability is None or 0 <= game.home_win_probability <= 1
    assert game.eastern_date


def _is_sound(chance: WinProbability) -> bool:
    return 0 <= chance.home <= 1 and min(chance.home_score, chance.away_score) >= 0


def _check_event(event: Event) -> None:
    _check_kept(event)
    for market in event.markets or ():
        assert market.liquidity >= 0
        for outcome in market.outcomes:
            assert outcome.indicative is None or 0 <= outcome.indicative <= 1
        if market.fees is not None:
            assert market.fees.taker >= 0
            assert market.fees.maker >= 0
    linked = link_event(event, GameIndex(), REGISTRY, NOW)
    for link in linked.links:
        _check_kept(link)


def _check_resolutions(found: Iterable[Resolution]) -> None:
    for one in found:
        _check_kept(one)
        assert all(0 <= paid <= ONE_DOLLAR for paid in one.pays.values())
        assert sum(one.pays.values()) <= ONE_DOLLAR
        assert (one.status == "final") == bool(one.pays)


def _check_grid(grid: Grid | None) -> None:
    if grid is not None:
        _check_kept(grid)
        assert grid.unit > 0
