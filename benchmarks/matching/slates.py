"""Offers put before the games they may be about. `python -m benchmarks.matching.slates` writes the listings."""

import hashlib
from collections.abc import Iterator
from datetime import timedelta

import msgspec

from benchmarks.matching.fixtures import Fixture, in_utc, read_fixtures, slate
from benchmarks.matching.kalshi_offers import kalshi_offers
from benchmarks.matching.listings import LISTINGS, Candidate, Listing
from benchmarks.matching.misleading_offers import misleading_offers
from benchmarks.matching.offers import Offer
from benchmarks.matching.polymarket_offers import polymarket_offers
from benchmarks.matching.reworded_offers import reworded_offers


def make_listings() -> list[Listing]:
    """Every listing that the fixtures give."""
    fixtures = read_fixtures()
    return [
        _listing(offer, fixture, fixtures) for turn, fixture in enumerate(fixtures) for offer in _offers(fixture, turn)
    ]


def _offers(fixture: Fixture, turn: int) -> Iterator[Offer]:
    yield from kalshi_offers(fixture, turn)
    yield from polymarket_offers(fixture, turn)
    yield from misleading_offers(fixture, turn)
    yield from reworded_offers(fixture, turn)


def _listing(offer: Offer, fixture: Fixture, fixtures: list[Fixture]) -> Listing:
    said = {name: getattr(offer, name) for name in offer.__struct_fields__ if name not in ("without", "doubleheader")}
    games = _doubleheader(fixture) if offer.doubleheader else slate(fixture, fixtures, *offer.without)
    digest = hashlib.sha256(msgspec.json.encode((said, [game.id for game in games]))).hexdigest()
    return Listing(id=f"{offer.league}-{digest[:8]}", games=games, **said)


def _doubleheader(fixture: Fixture) -> tuple[Candidate, ...]:
    starts = {"early": fixture.start.replace(hour=13, minute=5), "late": fixture.start}
    both = [
        Candidate(game_id, fixture.league, fixture.home.name, fixture.away.name, in_utc(start), number)
        for number, (game_id, start) in enumerate(starts.items(), 1)
    ]
    next_day = in_utc(fixture.start + timedelta(days=1))
    return (*both, Candidate("next_day", fixture.league, fixture.home.name, fixture.away.name, next_day))


if __name__ == "__main__":
    LISTINGS.write_bytes(b"".join(msgspec.json.encode(listing) + b"\n" for listing in make_listings()))
