"""What a shard says of its games in a line each, and the points of the paths that their prices take."""

from app.domain.games import GameId
from app.domain.inputs import GameTaken
from app.domain.prices import SECOND
from app.domain.signals import Estimate
from app.domain.views import GameView, Glance
from app.hot.glances import GlanceShown, Point, glance_shown
from app.prices.glances import Looked, by_venue, edge_of, home_chance, looked_at, venue_glances
from app.resources import Resources
from app.signals.estimates import estimate

POINT_EVERY = 3 * SECOND  # of a path, when anything has moved
MILLISECOND = SECOND // 1000


class Glances:
    """Collected while the views of a turn are told, and written once for all of them."""

    def __init__(self, resources: Resources) -> None:
        self._resources = resources
        self._intake = resources.intake
        self._fresh_within = round(resources.settings.prices.fresh * SECOND)
        self._looked: dict[GameId, Looked] = {}
        self._last: dict[GameId, Point] = {}
        self._glances: list[GlanceShown] = []
        self._points: dict[GameId, Point] = {}

    def take(self, taken: GameTaken) -> None:
        """The game is this shard's, or stands otherwise."""
        self._looked[taken.game.id] = looked_at(taken.game, taken.links)

    def leave(self, game_id: GameId) -> None:
        for known in (self._looked, self._last):
            known.pop(game_id, None)

    def note(self, taken: GameTaken, view: GameView) -> None:
        """How the game stands now; `write` tells it."""
        now, looked = self._intake.now(), self._looked[taken.game.id]
        venues = venue_glances(looked, self._intake.pipeline.quote, now, self._fresh_within)
        valued = estimate(taken.game, taken.pregame, now, self._intake.pipeline.promoted)
        fair = valued if isinstance(valued, Estimate) else None
        glance = Glance(
            taken.game,
            venues,
            home_chance(view),
            fair.probability if fair else None,
            fair.source if fair else "",
            edge_of(venues, looked, now),
        )
        self._glances.append(glance_shown(glance, self._resources.clock()))
        self._step(glance, now)

    async def write(self) -> None:
        """Raises HotStoreUnavailable; then this turn's are lost, and the next ones tell the same anew."""
        glances, points = self._glances, self._points
        self._glances, self._points = [], {}
        await self._resources.hot.save_glances(glances, points)

    def _step(self, glance: Glance, now: int) -> None:
        game, before = glance.game, self._last.get(glance.game.id)
        point = Point(
            now // MILLISECOND,
            game.home_score,
            game.away_score,
            game.period,
            game.clock,
            {venue: (each.bid, each.ask) for venue, each in by_venue(glance.venues).items()},
            glance.no_vig,
            glance.fair,
        )
        if before is None or (_has_moved(before, point) and _is_due(before, point)):
            self._last[game.id] = self._points[game.id] = point


def _is_due(before: Point, point: Point) -> bool:
    """A score is a mark on the chart: it waits for nothing."""
    is_score = (before.home_score, before.away_score) != (point.home_score, point.away_score)
    return is_score or point.at - before.at >= POINT_EVERY // MILLISECOND


def _has_moved(before: Point, point: Point) -> bool:
    shown = ("home_score", "away_score", "prices", "fair")
    return any(getattr(before, name) != getattr(point, name) for name in shown)
