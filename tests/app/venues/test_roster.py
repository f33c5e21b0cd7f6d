"""Every venue's folder is on the roster, and every line of it opens."""

from pathlib import Path

import httpx

import app.venues
from app.settings import Settings
from app.venues.roster import VENUES


def test_every_folder_is_listed() -> None:
    room = Path(app.venues.__path__[0])
    folders = {folder.name for folder in room.iterdir() if (folder / "__init__.py").exists()}
    assert {venue.name for venue in VENUES} == folders


async def test_every_line_opens_a_catalogue_of_its_venue() -> None:
    async with httpx.AsyncClient() as client:
        catalogues = [venue.open_catalogue(Settings(_env_file=None), client) for venue in VENUES]
    assert [catalogue.venue for catalogue in catalogues] == [venue.name for venue in VENUES]
    assert all("nba" in catalogue.leagues and "soccer" not in catalogue.leagues for catalogue in catalogues)
    assert all(catalogue.counts == {} for catalogue in catalogues)
