"""Games in one line each, and the path that their prices have taken: for lists and charts, never for trading.

A shard writes both, once for all its games that moved. A path is kept as long as anybody may look at the game: its
oldest points go first.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

import msgspec

from app.domain.games import GameId, GameStatus
from app.domain.markets import VenueId
from app.domain.money import money_text
from app.domain.parsing import NOT_READABLE
from app.domain.prices import State
from app.domain.views import Glance
from app.hot.connections import Command
from app.hot.keys import GLANCE_LIFETIME, GLANCES, PATH_KEPT, PATH_LIFETIME, glance_key, path_key
from app.hot.shelves import Keeper, expire_command, set_command
from app.hot.shown import shown_price

_ENCODER = msgspec.json.Encoder()


class VenueGlanceShown(msgspec.Struct, frozen=True, gc=False):
    """What the home side's win costs at one venue."""

    bid: str | None
    ask: str | None
    state: State


class GlanceShown(msgspec.Struct, frozen=True, kw_only=True):
    """A game in one line (`views.Glance`) as everybody else sees it."""

    game_id: GameId
    at: datetime
    status: GameStatus
    period: int
    clock: str
    home_score: int | None
    away_score: int | None
    venues: Mapping[VenueId, VenueGlanceShown]
    no_vig: float | None
    fair: float | None
    fair_source: str
    edge: str | None


class Point(msgspec.Struct, frozen=True, array_like=True):
    """One point of a game's path. `at`: milliseconds UTC; `prices`: bid and ask of the home side at each venue that was
    fresh, in 1/10,000 dollar."""

    at: int
    home_score: int | None
    away_score: int | None
    period: int
    clock: str
    prices: Mapping[VenueId, tuple[int | None, int | None]]
    no_vig: float | None
    fair: float | None


_GLANCE = msgspec.json.Decoder(GlanceShown)
_GLANCES = msgspec.json.Decoder(list[GlanceShown])
_POINT = msgspec.json.Decoder(Point)


def glance_shown(glance: Glance, at: datetime) -> GlanceShown:
    game = glance.game
    return GlanceShown(
        game_id=game.id,
        at=at,
        status=game.status,
        period=game.period,
        clock=game.clock,
        home_score=game.home_score,
        away_score=game.away_score,
        venues={
            each.venue: VenueGlanceShown(
                None if each.bid is None else shown_price(each.bid),
                None if each.ask is None else shown_price(each.ask),
                each.state,
            )
            for each in glance.venues
        },
        no_vig=glance.no_vig,
        fair=glance.fair,
        fair_source=glance.source,
        edge=None if glance.edge is None else money_text(glance.edge),
    )


def read_glances(body: bytes) -> list[GlanceShown]:
    """Raises what `parsing.NOT_READABLE` names for what is not ours."""
    return _GLANCES.decode(body)


class Glances(Keeper):
    """What a list of games shows of each, and the points of a chart."""

    async def save_glances(self, glances: Sequence[GlanceShown], points: Mapping[GameId, Point]) -> None:
        """Tell everybody, and let these points be the last of their games' paths, in one round trip."""
        if not glances:
            return
        writes: list[Command] = [
            set_command(glance_key(each.game_id), _ENCODER.encode(each), GLANCE_LIFETIME) for each in glances
        ]
        for game_id, point in points.items():
            key = path_key(game_id)
            writes.append(("RPUSH", key, _ENCODER.encode(point)))
            writes.append(("LTRIM", key, -PATH_KEPT, -1))
            writes.append(expire_command(key, PATH_LIFETIME))
        await self._door.transact(*writes, ("PUBLISH", GLANCES, _ENCODER.encode(glances)))

    async def glances(self, game_ids: Sequence[GameId]) -> dict[GameId, GlanceShown]:
        """Of those of these that a shard works on."""
        found = await self._door.values([glance_key(game_id) for game_id in game_ids])
        read = (_read(body) for body in found if body is not None)
        return {glance.game_id: glance for glance in read if glance is not None}

    async def price_path(self, game_id: GameId) -> list[Point]:
        """The oldest first; empty where nobody has worked on the game lately."""
        (found,) = await self._door.transact(("LRANGE", path_key(game_id), 0, -1))
        return list(_points(found if isinstance(found, list) else ()))


def _read(body: bytes) -> GlanceShown | None:
    try:
        return _GLANCE.decode(body)
    except NOT_READABLE:
        return None


def _points(bodies: Iterable[object]) -> Iterable[Point]:
    for body in bodies:
        try:
            yield _POINT.decode(body if isinstance(body, bytes) else b"")
        except NOT_READABLE:
            continue  # of a version that wrote them differently
