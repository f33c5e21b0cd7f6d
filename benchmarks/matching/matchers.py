"""Matchers of pairs: ours, RapidFuzz's scorers, equality, anybody's URL and anybody's callable, all asked alike."""

from collections.abc import Callable, Sequence
from importlib import import_module
from typing import NamedTuple

from rapidfuzz import fuzz
from rapidfuzz import utils as cleaning

from app.domain.leagues import find_league
from app.matching.matcher import match_teams
from app.matching.registry import Registry
from benchmarks.matching.doors import ask_pairs
from benchmarks.matching.pairs import Pair

Verdict = bool | None  # None: it does not want to say
Said = Verdict | tuple[Verdict, float]  # with the confidence in the verdict, 0..1
Ask = Callable[[Sequence[Pair]], list[Verdict]]
Scorer = Callable[[str, str], float]

SCORERS: dict[str, Scorer] = {
    name: getattr(fuzz, name) for name in ("ratio", "partial_ratio", "token_sort_ratio", "token_set_ratio", "WRatio")
}
THRESHOLDS = (80, 85, 90)
COIN_TOSS = 0.5  # a verdict of no more confidence is an abstention


class Matcher(NamedTuple):
    """A name for the table, and how to ask."""

    name: str
    ask: Ask


def find_matcher(spec: str, key: str = "") -> Matcher:
    """`crosscourt`, `exact`, `rapidfuzz:WRatio` (its best threshold), `rapidfuzz:WRatio@85`, a URL to post pairs to, or
    `module:callable`. Raises ValueError for anything else."""
    if spec == "crosscourt":
        return Matcher("Crosscourt", _ask_ours)
    if spec == "exact":
        return Matcher("equal in lower case", _ask_equality)
    if spec.startswith("rapidfuzz:"):
        return _rapidfuzz(spec.removeprefix("rapidfuzz:"))
    if spec.startswith(("http://", "https://")):
        return Matcher(spec, lambda pairs: [verdict_of(said) for said in ask_pairs(spec, pairs, key)])
    return Matcher(spec, _ask_callable(find_callable(spec)))


def references() -> list[Matcher]:
    """What every table shows: RapidFuzz at the threshold that suits it best on these very pairs, and at usual ones."""
    specs = [f"rapidfuzz:{name}{at}" for name in SCORERS for at in ("", *(f"@{one}" for one in THRESHOLDS))]
    return [find_matcher(spec) for spec in ("exact", *specs)]


def find_callable(spec: str) -> Callable[..., object]:
    """`package.module:name`. Raises ValueError."""
    module, _, name = spec.partition(":")
    found = getattr(import_module(module), name, None) if name else None
    if not callable(found):
        raise ValueError(f"{spec!r} is no URL, no matcher of ours and no module:callable")
    return found  # type: ignore[no-any-return]


def verdict_of(said: object) -> Verdict:
    """The verdict alone; one that is no better than a coin toss, and does not match, is none."""
    verdict, confidence = said if isinstance(said, tuple) else (said, 1.0)
    if verdict is None:
        return None
    return None if not verdict and confidence <= COIN_TOSS else bool(verdict)


def _ask_ours(pairs: Sequence[Pair]) -> list[Verdict]:
    registry = Registry.load()
    verdicts = []
    for pair in pairs:
        league = find_league(pair.sport)
        assert league is not None, pair.sport
        found = match_teams(registry, pair.a, pair.b, league)
        verdicts.append(verdict_of((found.is_match, found.confidence)))
    return verdicts


def _ask_equality(pairs: Sequence[Pair]) -> list[Verdict]:
    return [pair.a.lower() == pair.b.lower() for pair in pairs]


def _ask_callable(call: Callable[..., object]) -> Ask:
    return lambda pairs: [verdict_of(call(pair.a, pair.b, pair.sport)) for pair in pairs]


def _rapidfuzz(spec: str) -> Matcher:
    name, _, threshold = spec.partition("@")
    if name not in SCORERS:
        raise ValueError(f"RapidFuzz has no scorer {name!r} here: {', '.join(SCORERS)}")
    scorer = SCORERS[name]
    if threshold:
        return Matcher(f"RapidFuzz {name} ≥ {threshold}", lambda pairs: _at(float(threshold), _likeness(scorer, pairs)))
    return Matcher(f"RapidFuzz {name}, best", lambda pairs: _at_best(pairs, _likeness(scorer, pairs)))


def _likeness(scorer: Scorer, pairs: Sequence[Pair]) -> list[float]:
    clean = cleaning.default_process
    return [scorer(clean(pair.a), clean(pair.b)) for pair in pairs]


def _at(threshold: float, likeness: Sequence[float]) -> list[Verdict]:
    return [one >= threshold for one in likeness]


def _at_best(pairs: Sequence[Pair], likeness: Sequence[float]) -> list[Verdict]:
    """The threshold with the highest F1, found on the labels: nobody who has to choose beforehand does better."""
    best = max(range(30, 101), key=lambda threshold: _f1(pairs, likeness, threshold))
    return _at(best, likeness)


def _f1(pairs: Sequence[Pair], likeness: Sequence[float], threshold: float) -> float:
    said = _at(threshold, likeness)
    hits = sum(pair.same and bool(verdict) for pair, verdict in zip(pairs, said, strict=True))
    return 2 * hits / max(sum(map(bool, said)) + sum(pair.same for pair in pairs), 1)
