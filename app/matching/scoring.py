"""How often the matcher is right, on labelled names."""

from collections.abc import Callable, Iterable, Mapping
from time import perf_counter
from typing import TypeVar

from app.domain.leagues import League, find_league
from app.errors import BadInput
from app.matching.matcher import match_teams, resolve_team
from app.matching.registry import Registry

Line = Mapping[str, object]
Scores = dict[str, object]
Answer = TypeVar("Answer")


def score_pairs(registry: Registry, lines: Iterable[Line]) -> Scores:
    """Lines `{sport, a, b, same, kind}` → n, accuracy, precision, recall, f1, us_per_pair; by_sport, by_kind."""
    asked = [(line, _league(line), _text(line, "a"), _text(line, "b")) for line in lines]
    _warm(registry, (league for _, league, _, _ in asked))
    started = perf_counter()
    answers = [match_teams(registry, a, b, league).is_match for _, league, a, b in asked]
    took = perf_counter() - started
    truths = [bool(line["same"]) for line, *_ in asked]
    outcomes = list(zip(truths, answers, strict=True))
    right = [truth == answer for truth, answer in outcomes]
    hits = outcomes.count((True, True))
    precision = _ratio(hits, answers.count(True))
    recall = _ratio(hits, truths.count(True))
    return {
        "n": len(asked),
        "accuracy": _ratio(sum(right), len(right)),
        "precision": precision,
        "recall": recall,
        "f1": round(2 * precision * recall / (precision + recall), 4) if precision + recall else 0.0,
        "by_sport": _accuracy_by(asked, right, lambda line: str(line["sport"])),
        "by_kind": _accuracy_by(asked, right, lambda line: str(line.get("kind", ""))),
        "us_per_pair": round(took * 1e6 / max(len(asked), 1), 2),
    }


def score_resolve(registry: Registry, lines: Iterable[Line]) -> Scores:
    """Lines `{sport, query, team_id}` → n, top1, wrong and abstained (shares), by_sport (top1), us_per_query."""
    asked = [(line, _league(line), _text(line, "query")) for line in lines]
    _warm(registry, (league for _, league, _ in asked))
    started = perf_counter()
    answers = [resolve_team(registry, query, league).team for _, league, query in asked]
    took = perf_counter() - started
    truths = [f"{league.pool}:{_text(line, 'team_id')}" for line, league, _ in asked]
    right = [team is not None and team.id == truth for team, truth in zip(answers, truths, strict=True)]
    abstained = answers.count(None)
    return {
        "n": len(asked),
        "top1": _ratio(sum(right), len(asked)),
        "wrong": _ratio(len(asked) - sum(right) - abstained, len(asked)),
        "abstained": _ratio(abstained, len(asked)),
        "by_sport": _accuracy_by(asked, right, lambda line: str(line["sport"])),
        "us_per_query": round(took * 1e6 / max(len(asked), 1), 2),
    }


def _accuracy_by(
    asked: Iterable[tuple[Line, *tuple[object, ...]]], right: Iterable[bool], group: Callable[[Line], str]
) -> dict[str, float]:
    sums: dict[str, list[bool]] = {}
    for (line, *_), is_right in zip(asked, right, strict=True):
        sums.setdefault(group(line), []).append(is_right)
    return {name: _ratio(sum(found), len(found)) for name, found in sorted(sums.items())}


def _warm(registry: Registry, leagues: Iterable[League]) -> None:
    for pool in {league.pool for league in leagues}:
        registry.index(pool)


def _league(line: Line) -> League:
    league = find_league(_text(line, "sport"))
    if league is None:
        raise BadInput(f"no such sport: {line['sport']!r}")
    return league


def _text(line: Line, field: str) -> str:
    value = line.get(field)
    if not isinstance(value, str):
        raise BadInput(f"field {field!r} is missing in {dict(line)!r}")
    return value


def _ratio(part: int, whole: int) -> float:
    return round(part / whole, 4) if whole else 0.0
