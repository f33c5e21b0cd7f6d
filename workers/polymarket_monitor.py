"""Polymarket's prices: the only worker that holds its sockets."""

from collections.abc import AsyncGenerator
from contextlib import aclosing

from app.domain.operations import Round
from app.resources import Resources
from app.venues.roster import POLYMARKET
from workers.monitors import monitor


async def polymarket_monitor(resources: Resources) -> AsyncGenerator[Round]:
    """Follow the books of every game that is worked on."""
    async with aclosing(monitor(resources, POLYMARKET)) as rounds:
        async for done in rounds:
            yield done
