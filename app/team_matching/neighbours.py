"""The matcher that lives in the process that asks."""

import asyncio
from collections.abc import Sequence

from app.domain.questions import MatchRequest, checked
from app.domain.teams import MatchContext, TeamMatch
from app.errors import BadInput
from app.matching.unified import TeamMatcher

SLICE = 50  # pairs matched before others have their turn


class InProcessTeamMatching:
    """`ports.TeamMatching` by this process's own matcher."""

    def __init__(self, matcher: TeamMatcher) -> None:
        self._matcher = matcher

    async def match(self, target: str, candidate: str, sport: str, context: MatchContext | None = None) -> TeamMatch:
        """Raises BadInput for what cannot be asked."""
        return self._judge(MatchRequest(target, candidate, sport, context))

    async def match_many(self, asked: Sequence[MatchRequest]) -> Sequence[TeamMatch | BadInput]:
        """An answer for each, in their order, or what is wrong with it."""
        answers: list[TeamMatch | BadInput] = []
        for number, each in enumerate(asked, 1):
            try:
                answers.append(self._judge(each))
            except BadInput as error:
                answers.append(error)
            if number % SLICE == 0:
                await asyncio.sleep(0)
        return answers

    def _judge(self, asked: MatchRequest) -> TeamMatch:
        asked = checked(asked)
        return self._matcher.match(asked.target, asked.candidate, asked.sport, asked.context)
