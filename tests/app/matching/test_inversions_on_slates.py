"""The alarm on whole slates: it finds what is planted, and nothing else, before and while games are on."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.domain.games import Game, GameId
from app.domain.links import Link
from app.matching.inversions import CLEAR, CLEAR_IN_PLAY, compare_prices
from app.matching.linking import link_event
from app.matching.schedule import GameIndex
from app.sandbox.quirks import Quirk
from app.venues.kalshi.translate import events_from as kalshi_events
from app.venues.polymarket.translate import events_from as polymarket_events
from tests.app.matching.listings import REGISTRY
from tests.app.matching.slates import SimulatedSlate, links_by_game, prices_of


def clear_of(game: Game | None, now: datetime) -> float:
    return CLEAR if game and game.status == "scheduled" and now < game.start else CLEAR_IN_PLAY


def ringing(slate: SimulatedSlate) -> dict[GameId, list[Link]]:
    """The links that the alarm is about, by game."""
    games = {game.id: game for game in slate.games}
    prices, found = prices_of(slate.events), {}
    for game_id, links in links_by_game(slate.linked()).items():
        compared = compare_prices(links, prices, clear_of(games.get(game_id), slate.now))
        if compared.inverted:
            found[game_id] = [link for link in links if link.contract_id in compared.inverted]
    return found


@pytest.mark.parametrize("seed", range(1, 6))
def test_the_planted_game_rings_and_no_other(seed: int) -> None:
    slate = SimulatedSlate(seed)
    rung = ringing(slate)
    assert rung.keys() == slate.traps(Quirk.INVERTED_PRICES)
    (links,) = rung.values()
    assert {link.venue for link in links} == {"polymarket", "kalshi"}
    assert {link.proposition.kind for link in links} == {"moneyline"}
    assert len(links) == 6


@pytest.mark.parametrize("seed", range(1, 4))
@pytest.mark.parametrize("hours", [0.5, 1.5, 2.5, 4.0])
def test_no_game_rings_that_is_not_planted_while_games_play_out(seed: int, hours: float) -> None:
    slate = SimulatedSlate(seed, hours)
    assert ringing(slate).keys() <= slate.traps(Quirk.INVERTED_PRICES)


RECORDED = {
    "slates/nba-2026-01-09/polymarket/events.json": (polymarket_events, datetime(2026, 1, 9, 20, 15, tzinfo=UTC)),
    "slates/mlb-wnba-2026-08-09/kalshi/events.json": (kalshi_events, datetime(2026, 8, 9, 15, tzinfo=UTC)),
    "data/kalshi/mlb-wnba-nfl-2026-08/events_nfl_preseason.json": (kalshi_events, datetime(2026, 8, 9, 15, tzinfo=UTC)),
    "data/kalshi/epl-2026-03/kalshi_markets.json": (kalshi_events, datetime(2026, 3, 20, 15, tzinfo=UTC)),
}


@pytest.mark.parametrize("name", RECORDED)
def test_no_recorded_listing_rings_even_close_to_even(name: str, shared: Path) -> None:
    read, now = RECORDED[name]
    events = list(read((shared / name).read_bytes()).items)
    index = GameIndex()
    links = links_by_game([link_event(event, index, REGISTRY, now) for event in events])
    prices = prices_of(events)
    assert prices
    for of_game in links.values():
        assert not compare_prices(of_game, prices, clear=0.02).inverted
