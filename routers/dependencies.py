"""What routes ask for by type. Asynchronous, so that none costs a hop to a thread."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import Depends, Request

from app.history.database import Database
from app.hot.state import HotState
from app.matching.unified import TeamMatcher
from app.resources import Resources
from routers.beats import Expected


def resources_of(request: Request) -> Resources:
    """What the lifespan opened."""
    found: Resources = request.scope["state"]["resources"]
    return found


async def _resources(request: Request) -> Resources:
    return resources_of(request)


async def _hot(request: Request) -> HotState:
    return resources_of(request).hot


async def _history(request: Request) -> Database:
    return resources_of(request).history


async def _matching(request: Request) -> TeamMatcher:
    return resources_of(request).matching


async def _expected_workers(request: Request) -> Sequence[Expected]:
    found: Sequence[Expected] = request.state.expected_workers
    return found


Opened = Annotated[Resources, Depends(_resources)]
Hot = Annotated[HotState, Depends(_hot)]
History = Annotated[Database, Depends(_history)]
Matching = Annotated[TeamMatcher, Depends(_matching)]
ExpectedWorkers = Annotated[Sequence[Expected], Depends(_expected_workers)]
