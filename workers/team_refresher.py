"""New and renamed teams, from the score source's team lists, once a day."""

from collections import Counter
from collections.abc import Mapping

from app.errors import FeedError
from app.resources import Resources


async def team_refresher(resources: Resources) -> Mapping[str, int]:
    """Ask for each league's team list and take in the teams that the registry does not know."""
    counts: Counter[str] = Counter()
    for league in resources.leagues_polled:
        try:
            teams = await resources.source.teams(league)
        except FeedError as error:
            counts["leagues_failed"] += 1
            resources.note_trouble(f"teams of {league}: {error}")
            continue
        counts["teams"] += len(teams)
        counts["new_teams"] += resources.matching.learn_teams(teams)
    return counts
