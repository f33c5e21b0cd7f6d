"""What Polymarket says of the place that this runs at. It is asked by the direct route, as orders would be."""

from app.domain.parsing import decode
from app.fetching import Fetcher
from app.venues.polymarket import wire


async def ask_location(fetcher: Fetcher) -> wire.Location:
    """Raises FeedUnavailable and PayloadRefused."""
    location: wire.Location = decode(await fetcher.get(""), wire.LOCATION)
    return location


def words_for(location: wire.Location) -> str:
    """What stands in the way there, for people; empty when nothing does."""
    if not location.blocked:
        return ""
    place = "-".join(part for part in (location.country, location.region) if part) or "unnamed"
    return f"Polymarket says this location ({place}) may not trade; prices are only read"
