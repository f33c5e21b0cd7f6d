"""The games of a tape, moment by moment: each time that the score source said something new of one that is played, with
what the books said then. Of the core only its books are needed: nothing is decided here."""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from app.analytics.models.studies import Moment, World
from app.archive.manifests import read_manifest
from app.archive.tapes import Header, Piece, read_tape
from app.domain import inputs
from app.domain.games import Game, GameId
from app.domain.inputs import GameTaken, Input
from app.domain.prices import SECOND
from app.errors import BadInput
from app.harvests.valuations import moment_of_game
from app.pipeline import Pipeline
from app.prices.glances import home_chance
from app.prices.views import arrange, view_of

FRESH_WITHIN = 10 * SECOND  # a price that was proved longer ago says nothing of this moment
MOST_MOMENTS = 200  # of a game; of more as many as are spread evenly

OF_BOOKS = frozenset(
    {
        *(inputs.Followed, inputs.Dropped, inputs.Snapshot, inputs.Added, inputs.Replaced, inputs.Named, inputs.Shown),
        *(inputs.Traded, inputs.Heard, inputs.Cut, inputs.Doubted, inputs.Regridded, inputs.Tick),
    }
)


class Seen:
    """A game as a tape tells it. `last`: as it stood when it was told of last."""

    def __init__(self, game: Game) -> None:
        self.last = game
        self.moments: list[Moment] = []

    def thinned(self) -> tuple[Moment, ...]:
        """No more than are wanted, from all of the game."""
        n = len(self.moments)
        if n <= MOST_MOMENTS:
            return tuple(self.moments)
        return tuple(self.moments[at * n // MOST_MOMENTS] for at in range(MOST_MOMENTS))


def runs_of(data_dir: Path) -> list[Path]:
    """Every run that there is anything left of, the oldest first."""
    tapes, archive = data_dir / "tape", data_dir / "archive"
    names = {path.name for path in tapes.iterdir() if path.is_dir()} if tapes.is_dir() else set()
    names |= set(read_manifest(archive).parts) if archive.is_dir() else set()
    return [tapes / name for name in sorted(names)]


def games_taped(runs: Iterable[Path], world: World) -> Mapping[GameId, Seen]:
    """All games of these runs that were played, each once: what several shards or runs have seen of it is put together.
    What cannot be read ends its run."""
    seen: dict[GameId, Seen] = {}
    for run in runs:
        try:
            _play(read_tape(run), world, seen)
        except BadInput:
            continue
    for each in seen.values():
        each.moments.sort(key=lambda moment: moment.at)
    return seen


def _play(frames: Iterator[Header | Piece], world: World, seen: dict[GameId, Seen]) -> None:
    core: Pipeline | None = None
    for frame in frames:
        if isinstance(frame, Header):
            if frame.world != world:
                return
            core = core or Pipeline(frame.patience)
        elif core is not None:
            for told in frame.inputs:
                _hear(told, core, seen)


def _hear(told: Input, core: Pipeline, seen: dict[GameId, Seen]) -> None:
    if isinstance(told, GameTaken):
        _take(told, core, seen)
    elif type(told) in OF_BOOKS:
        core.apply(told)


def _take(told: GameTaken, core: Pipeline, seen: dict[GameId, Seen]) -> None:
    game = told.game
    known = seen.setdefault(game.id, Seen(game))
    is_news = not known.moments or _standing(game) != _standing(known.last)
    known.last = game
    if game.status != "live" or not is_news:
        return
    now = told.received_at
    market = home_chance(view_of(game, arrange(game, told.links), core.quote, now, FRESH_WITHIN))
    moment = moment_of_game(game, now, told.pregame, market, game.home_win_probability)
    if moment is not None:
        known.moments.append(moment)


def _standing(game: Game) -> tuple[object, ...]:
    return game.status, game.home_score, game.away_score, game.period, game.clock
