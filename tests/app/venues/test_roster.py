"""Every venue's folder is on the roster, and every line of it opens."""

from pathlib import Path

import httpx
import pytest

import app.venues
from app.domain.inputs import Input
from app.domain.markets import ContractId, VenueId
from app.domain.prices import Nanos
from app.settings import PaperSettings, Settings, SettlingSettings, SimulationSettings
from app.venues import roster
from app.venues.roster import KALSHI, POLYMARKET, VENUES, venues_of


def test_every_folder_is_listed() -> None:
    room = Path(app.venues.__path__[0])
    folders = {folder.name for folder in room.iterdir() if (folder / "__init__.py").exists()}
    assert {venue.name for venue in VENUES} == folders - {"paper"}  # trades at every venue, and is none


async def test_every_line_opens_a_catalogue_of_its_venue() -> None:
    async with httpx.AsyncClient() as client:
        catalogues = [venue.open_catalogue(Settings(_env_file=None), client) for venue in VENUES]
    assert [catalogue.venue for catalogue in catalogues] == [venue.name for venue in VENUES]
    assert all("nba" in catalogue.leagues and "soccer" not in catalogue.leagues for catalogue in catalogues)
    assert all(catalogue.counts == {} for catalogue in catalogues)


async def test_every_line_opens_a_feed_of_its_venue() -> None:
    told: list[Input] = []
    for venue in VENUES:
        async with venue.open_feed(Settings(_env_file=None), told.append, lambda: Nanos(0)) as feed:
            assert feed.venue == venue.name
            await feed.follow((), frozenset())
    assert told == []


def test_the_first_contract_of_a_market_is_its_yes_or_the_one_that_is_listed_first() -> None:
    for venue, contracts in {
        KALSHI: ("kalshi:X:no", "kalshi:X:yes"),
        POLYMARKET: ("polymarket:9", "polymarket:1"),
    }.items():
        first = venue.in_order([ContractId(each) for each in contracts])[0]
        assert first == ("kalshi:X:yes" if venue is KALSHI else "polymarket:9")


async def test_every_venue_says_how_its_markets_ended() -> None:
    async with httpx.AsyncClient() as client:
        given = Settings(_env_file=None)
        resolvers = [venue.open_resolver(given, client, lambda: Nanos(0)) for venue in VENUES]
    assert [resolver.venue for resolver in resolvers] == [venue.name for venue in VENUES]


def test_beside_a_sandbox_no_venue_is_opened_that_it_does_not_play(monkeypatch: pytest.MonkeyPatch) -> None:
    other = KALSHI._replace(name=VenueId("other"), is_simulated=False)
    monkeypatch.setattr(roster, "VENUES", (*VENUES, other))
    simulated = SimulationSettings(clock_url="http://127.0.0.1:1/clock")
    assert venues_of(Settings(_env_file=None)) == [*VENUES, other]
    assert venues_of(Settings(_env_file=None, simulation=simulated)) == [each for each in VENUES if each.is_simulated]
    assert KALSHI.is_simulated


def test_a_venue_that_nobody_has_measured_is_traded_on_paper_and_awaited_too() -> None:
    assert PaperSettings(others_ms=90).latency_of("other") == (90, 60)
    assert SettlingSettings().overdue_after("other") == SettlingSettings().others_overdue
