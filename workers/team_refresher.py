"""New and renamed teams, from the score source's team lists, once a day."""

from app.domain.operations import Round
from app.errors import FeedError
from app.resources import Resources


async def team_refresher(resources: Resources) -> Round:
    """Ask for each league's team list and take in the teams that the registry does not know."""
    done = Round()
    for league in resources.leagues_polled:
        try:
            teams = await resources.source.teams(league)
        except FeedError as error:
            done.note("leagues_failed", f"teams of {league}: {error}")
            continue
        done.counts["teams"] += len(teams)
        done.counts["new_teams"] += await resources.learn_teams(teams)
    return done
