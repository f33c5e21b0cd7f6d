"""A model's card: what it was learned from, how it was tested, and whether it may be used. Everything that anybody
needs to doubt it."""

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from app.analytics.models.studies import Forecaster, Moment, StudiedGame
from app.analytics.scores import Bin, Interval, brier, calibration_gap, compared, log_loss, reliability, surprise
from app.domain.leagues import LeagueCode
from app.domain.models import ModelId, Verdict

FEWEST_GAMES = 50  # with what is needed to learn and to compare; under that nothing is promoted
FEWEST_TESTED = 20  # of them, later than all the others: intervals of fewer are too narrow

PAIRS: Sequence[tuple[Forecaster, Forecaster]] = (
    *(("learned", "market"), ("learned", "espn"), ("learned", "built_in")),
    *(("espn", "market"), ("built_in", "market"), ("built_in", "espn")),
)


class Record(msgspec.Struct, frozen=True, kw_only=True):
    """How good one forecaster was, on all moments at which it said anything. `gap`: how far what it said lies from what
    came, on average."""

    forecaster: Forecaster
    n: int
    games: int
    brier: float | None
    log_loss: float | None
    gap: float | None
    bins: tuple[Bin, ...]


class Comparison(msgspec.Struct, frozen=True, kw_only=True):
    """Two of them on the same moments. Differences: ours less theirs, so that below 0 is better."""

    ours: Forecaster
    theirs: Forecaster
    n: int
    games: int
    brier: float
    their_brier: float
    log_loss: float
    their_log_loss: float
    difference: Interval
    log_difference: Interval


class Side(msgspec.Struct, frozen=True, kw_only=True):
    """The games that were learned from, or tested on. Starts in nanoseconds UTC."""

    games: int
    moments: int
    first: int | None
    last: int | None


class Card(msgspec.Struct, frozen=True, kw_only=True):
    """`records` and `comparisons` are of the tested games alone, or of all where nothing was learned. `compared_games`:
    those that have all that is needed to learn and to compare with the market."""

    id: ModelId
    league: LeagueCode
    version: int
    world: str
    made_at: str
    verdict: Verdict
    why: str
    games: int
    compared_games: int
    origins: Mapping[str, int]
    learned_from: Side
    tested_on: Side
    features: tuple[str, ...]
    model: str
    records: tuple[Record, ...]
    comparisons: tuple[Comparison, ...]


class Told(msgspec.Struct, frozen=True):
    """What everybody said of one moment, and what came of its game."""

    game_id: str
    came: float
    said: Mapping[Forecaster, float]


def told_of(game: StudiedGame, moment: Moment, learned: float | None = None) -> Told:
    """`learned`: what the new model says of it."""
    said = {"market": moment.market, "espn": moment.espn, "built_in": moment.built_in, "learned": learned}
    return Told(game.id, game.came, {name: chance for name, chance in said.items() if chance is not None})  # type: ignore[misc]


def side_of(games: Sequence[StudiedGame]) -> Side:
    """Of one side of the split."""
    starts = [game.start for game in games]
    moments = sum(len(game.moments) for game in games)
    return Side(games=len(games), moments=moments, first=min(starts, default=None), last=max(starts, default=None))


def records_of(told: Sequence[Told]) -> tuple[Record, ...]:
    """Of everybody who has said anything."""
    names = list(dict.fromkeys(name for each in told for name in each.said))
    return tuple(_record(name, [each for each in told if name in each.said]) for name in names)


def comparisons_of(told: Sequence[Told]) -> tuple[Comparison, ...]:
    """Of every two who have spoken of the same moments."""
    found = (_comparison(ours, theirs, told) for ours, theirs in PAIRS)
    return tuple(each for each in found if each is not None)


def verdict_of(compared_games: int, tested: int, found: Iterable[Comparison]) -> tuple[Verdict, str]:
    """Whether it may be used, and why, in words."""
    if compared_games < FEWEST_GAMES:
        return "insufficient_data", f"insufficient data: {_games(compared_games)}, {FEWEST_GAMES} are asked for"
    against = next((each for each in found if (each.ours, each.theirs) == ("learned", "market")), None)
    if tested < FEWEST_TESTED or against is None or against.games < FEWEST_TESTED:
        n = 0 if against is None else against.games
        return "insufficient_data", f"insufficient data: {_games(n)} to test on, {FEWEST_TESTED} are asked for"
    lies = against.difference
    span = f"{lies.mean:+.4f}, from {lies.low or 0:+.4f} to {lies.high or 0:+.4f}"
    words = f"Brier score less the market's on {against.n} moments of {against.games} later games: {span}"
    if lies.is_below_zero:
        return "better", f"better than the market: {words}"
    return "not_better", f"not better than the market: {words}"


def _games(n: int) -> str:
    return f"{n} game{'' if n == 1 else 's'}"


def _record(name: Forecaster, told: Sequence[Told]) -> Record:
    said, came, games = (
        [each.said[name] for each in told],
        [each.came for each in told],
        [each.game_id for each in told],
    )
    bins = reliability(said, came, games)
    return Record(
        forecaster=name,
        n=len(told),
        games=len(set(games)),
        brier=brier(said, came),
        log_loss=log_loss(said, came),
        gap=calibration_gap(bins),
        bins=bins,
    )


def _comparison(ours: Forecaster, theirs: Forecaster, told: Sequence[Told]) -> Comparison | None:
    both = [each for each in told if ours in each.said and theirs in each.said]
    first, second = [each.said[ours] for each in both], [each.said[theirs] for each in both]
    came, games = [each.came for each in both], [each.game_id for each in both]
    difference = compared(first, second, came, games)
    log_difference = compared(first, second, came, games, surprise)
    if difference is None or log_difference is None:
        return None
    return Comparison(
        ours=ours,
        theirs=theirs,
        n=len(both),
        games=difference.groups,
        brier=brier(first, came) or 0.0,
        their_brier=brier(second, came) or 0.0,
        log_loss=log_loss(first, came) or 0.0,
        their_log_loss=log_loss(second, came) or 0.0,
        difference=difference,
        log_difference=log_difference,
    )
