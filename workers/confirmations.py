"""Asks the unified matcher about the events of a game: are the teams that the venue names the game's teams?"""

import logging
from collections.abc import Collection, Iterable, Mapping

from app.discovery.confirmations import agrees, names_in, questions
from app.domain.games import Game
from app.domain.links import Link
from app.domain.markets import EventId
from app.resources import Resources

log = logging.getLogger(__name__)


class Confirmations:
    """One worker's conversation with the matcher, wherever that is."""

    def __init__(self, resources: Resources, worker: str) -> None:
        self._resources = resources
        self._worker = worker
        self._is_connected = False

    async def ask(self, game: Game, links: Iterable[Link]) -> Mapping[EventId, Collection[str]]:
        """The names in each event that are not those of the game's teams; none: it is confirmed. An event whose teams
        nobody has written down was linked by a person. Raises MatchingUnavailable."""
        names = names_in(links)
        written = sorted({name for of_event in names.values() for name in of_event})
        asked = [(name, question) for name in written for question in questions(game, name)]
        answers = await self._resources.team_matching.match_many([question for _, question in asked])
        if asked:
            self._say_connected()
        answered = zip(asked, answers, strict=True)
        known = {name for (name, _), answer in answered if agrees(answer, game)}
        denied = {event_id: sorted(of_event - known) for event_id, of_event in names.items()}
        for event_id, why in denied.items():
            if why:
                log.warning("teams not confirmed", extra={"game": game.id, "event": event_id, "names": why})
        return denied

    def _say_connected(self) -> None:
        if not self._is_connected:
            log.info("Connected to unified team matching service", extra={"worker": self._worker})
        self._is_connected = True
