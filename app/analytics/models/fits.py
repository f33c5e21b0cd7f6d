"""Learns: a logistic regression by scikit-learn, handed on as plain numbers. Only a process of its own imports this."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold
from sklearn.preprocessing import StandardScaler

from app.analytics.models.studies import StudiedGame
from app.domain.models import FEATURES, Odds, Term

PENALTIES = (0.001, 0.01, 0.1, 1.0)  # inverse of what large weights cost: the one that serves games left out best
FREE = 100.0  # so much larger than the others it costs next to nothing: the built-in model is where learning begins
FOLDS = 5
MOST_STEPS = 1_000
LEAST_CHANCE = 1e-6
FEWEST_GAMES = 10  # to learn anything from
AWAY, HOME, DRAW = 0, 1, 2


Floats = NDArray[np.float64]


class Fitted(NamedTuple):
    """The log-odds of the home side winning, and of a draw where that is an outcome of its own."""

    home: Odds
    draw: Odds | None


def fit(games: Sequence[StudiedGame], *, has_draw: bool) -> Fitted | None:
    """None: too few games, or all of them ended alike. Each game counts the same, however many moments it has; a tie
    that both sides share teaches nothing. Nothing is added for the home side as such: the price before the start knows
    of it, and both sides are treated alike."""
    usable = [game for game in games if _has_features(game) and (has_draw or game.came != 0.5)]
    outcomes = {_outcome(game) for game in usable}
    if len(usable) < FEWEST_GAMES or not outcomes >= ({AWAY, HOME, DRAW} if has_draw else {AWAY, HOME}):
        return None
    rows, came, weights, of_games = table(usable)
    scales = scales_of(rows)
    scaled = rows / scales
    penalty = best_penalty(scaled, came, weights, of_games, has_draw=has_draw)
    model = model_of(penalty, has_draw=has_draw).fit(scaled, came, sample_weight=weights)
    if not has_draw:
        return Fitted(_odds(model.coef_[0], 0.0, scales), None)
    of = {int(outcome): at for at, outcome in enumerate(model.classes_)}
    weights_of = {outcome: model.coef_[at] - model.coef_[of[AWAY]] for outcome, at in of.items()}
    biases = {outcome: model.intercept_[at] - model.intercept_[of[AWAY]] for outcome, at in of.items()}
    home, draw = (_odds(weights_of[outcome], biases[outcome], scales) for outcome in (HOME, DRAW))
    return Fitted(home, draw)


def _has_features(game: StudiedGame) -> bool:
    return any(moment.features for moment in game.moments)


def _outcome(game: StudiedGame) -> int:
    if game.is_draw:
        return DRAW
    return HOME if game.came == 1 else AWAY


class Table(NamedTuple):
    """A row for each moment. `weights`: those of a game add up to one, for a game is one observation, however often it
    was looked at; else the penalty would be no match for thousands of rows."""

    rows: Floats
    came: NDArray[np.int64]
    weights: Floats
    of_games: NDArray[np.int64]


def table(games: Sequence[StudiedGame]) -> Table:
    """What is learned from."""
    told = [[moment.features for moment in game.moments if moment.features] for game in games]
    rows = np.array([features for of_game in told for features in of_game], dtype=np.float64)
    came = np.array([_outcome(game) for game, of_game in zip(games, told, strict=True) for _ in of_game])
    weights = np.array([1 / len(of_game) for of_game in told for _ in of_game])
    return Table(rows, came, weights, np.array([at for at, of_game in enumerate(told) for _ in of_game]))


def scales_of(rows: Floats) -> Floats:
    """By which the features are divided. None is moved: where nobody leads, nothing speaks for anybody."""
    scales = np.asarray(StandardScaler(with_mean=False).fit(rows).scale_, dtype=np.float64)
    scales[FEATURES.index("built_in")] /= FREE
    return scales


def best_penalty(
    rows: Floats, came: NDArray[np.int64], weights: Floats, of_games: NDArray[np.int64], *, has_draw: bool
) -> float:
    """By the log loss on games that were left out, each once."""
    lost = dict.fromkeys(PENALTIES, 0.0)
    for seen, unseen in GroupKFold(FOLDS).split(rows, came, of_games):
        if len(set(came[seen])) < len(set(came)):
            continue  # an outcome that none of them had
        for penalty in PENALTIES:
            model = model_of(penalty, has_draw=has_draw).fit(rows[seen], came[seen], sample_weight=weights[seen])
            of_what_came = model.predict_proba(rows[unseen])[np.arange(len(unseen)), came[unseen]]
            lost[penalty] -= float(np.sum(weights[unseen] * np.log(np.maximum(of_what_came, LEAST_CHANCE))))
    return min(PENALTIES, key=lambda penalty: lost[penalty])


def model_of(penalty: float, *, has_draw: bool) -> LogisticRegression:
    """A draw is as likely as it is, whatever the score."""
    return LogisticRegression(C=penalty, solver="newton-cholesky", max_iter=MOST_STEPS, fit_intercept=has_draw)


def _odds(weights: Floats, bias: float, scales: Floats) -> Odds:
    told = zip(FEATURES, scales, weights, strict=True)
    return Odds(float(bias), tuple(Term(name, 0.0, float(scale), float(by)) for name, scale, by in told))
