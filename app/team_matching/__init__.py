"""The unified matcher for those who ask it, in this process or from any other.

async with TeamMatchingClient(redis_url="redis://localhost:6379", http_url="http://localhost:8000") as matching:
    found = await matching.match("Celtics", "Boston Celtics", "nba")
"""

from app.team_matching.clients import TeamMatchingClient
from app.team_matching.neighbours import InProcessTeamMatching

__all__ = ["InProcessTeamMatching", "TeamMatchingClient"]
