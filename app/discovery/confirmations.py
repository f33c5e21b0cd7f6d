"""What the unified matcher is asked before a game is worked on: are the teams that a venue names the game's teams?

Links were made by the same matcher, maybe hours ago and by another process; so it is asked again, with the names as the
venue writes them.
"""

import re
from collections.abc import Iterable, Sequence

from app.domain.games import Game
from app.domain.links import Link
from app.domain.markets import EventId
from app.domain.questions import MatchRequest
from app.domain.teams import MatchContext, TeamMatch
from app.errors import BadInput

_WRITTEN = re.compile(r"'(.+?)(?: / [^']*)?' (?:is|may be|answers) ")  # the name, without its code


def names_in(links: Iterable[Link]) -> dict[EventId, frozenset[str]]:
    """The teams of each event as the venue writes them; of an event that a person linked, perhaps none."""
    found: dict[EventId, set[str]] = {}
    for link in links:
        names = found.setdefault(link.event_id, set())
        for reason in link.reasons:
            written = _WRITTEN.match(reason.detail) if reason.field == "team" else None
            if written:
                names.add(written[1])
    return {event_id: frozenset(names) for event_id, names in found.items()}


def agrees(answer: TeamMatch | BadInput, game: Game) -> bool:
    """The name is one of the game's teams, or may be: "Miami" is two, and which one plays is for the link to say, which
    knows the opponent and the day."""
    if not isinstance(answer, TeamMatch):
        return False
    is_open = len(answer.candidates) > 1 and answer.reasons[-1].finding == "unknown"
    return answer.is_match or (is_open and any(team.id in game.teams for team in answer.candidates))


def questions(game: Game, name: str) -> Sequence[MatchRequest]:
    """Is a name the home side, or the away side? One yes is enough."""
    return [
        MatchRequest(name, team.name, game.league, MatchContext(opponent=other.name, start=game.start))
        for team, other in ((game.home, game.away), (game.away, game.home))
    ]
