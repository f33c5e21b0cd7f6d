"""How often the matcher is right on the labelled names, and that it stays so. The figures are floors, not goals."""

import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from app.domain.leagues import find_league
from app.errors import BadInput
from app.matching.matcher import resolve_team
from app.matching.registry import Registry
from app.matching.scoring import Line, score_pairs, score_resolve


def lines(path: Path) -> Sequence[Line]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def test_pairs_are_told_apart(registry: Registry, shared: Path) -> None:
    scores = score_pairs(registry, lines(shared / "bench" / "pairs.dev.jsonl"))
    assert scores["n"] == 18_280
    assert scores["accuracy"] >= 0.96
    assert scores["precision"] >= 0.995
    assert scores["recall"] >= 0.92


def test_names_find_their_team_or_none(registry: Registry, shared: Path) -> None:
    scores = score_resolve(registry, lines(shared / "bench" / "resolve.dev.jsonl"))
    assert scores["n"] == 4_062
    assert scores["top1"] >= 0.89
    assert scores["wrong"] <= 0.01


def test_names_of_several_teams_are_left_open(registry: Registry, shared: Path) -> None:
    asked = [
        (line["sport"], spelling)
        for line in lines(shared / "bench" / "ambiguous.dev.jsonl")
        for spelling in line["spellings"]
    ]
    decided = [
        spelling for sport, spelling in asked if resolve_team(registry, spelling, find_league(sport)).team is not None
    ]
    assert len(decided) / len(asked) <= 0.17


def test_scores_of_a_known_handful(registry: Registry) -> None:
    asked = [
        {"sport": "nba", "a": "Celtics", "b": "Boston Celtics", "same": True, "kind": "substring"},
        {"sport": "nba", "a": "Celtics", "b": "Lakers", "same": False, "kind": "lookalike"},
        {"sport": "cfb", "a": "Miami", "b": "Miami Hurricanes", "same": True, "kind": "substring"},
    ]
    scores = score_pairs(registry, asked)
    assert (scores["accuracy"], scores["precision"], scores["recall"], scores["f1"]) == (0.6667, 1.0, 0.5, 0.6667)
    assert scores["by_sport"] == {"cfb": 0.0, "nba": 1.0}
    assert scores["by_kind"] == {"lookalike": 1.0, "substring": 0.5}


def test_resolving_counts_right_wrong_and_left_open(registry: Registry) -> None:
    asked = [
        {"sport": "cfb", "query": "Auburn", "team_id": "2"},
        {"sport": "cfb", "query": "Tigers", "team_id": "2"},
        {"sport": "nba", "query": "Lakers", "team_id": "2"},
    ]
    scores = score_resolve(registry, asked)
    assert (scores["top1"], scores["wrong"], scores["abstained"]) == (0.3333, 0.3333, 0.3333)


def test_nothing_to_score_is_no_error(registry: Registry) -> None:
    assert score_pairs(registry, [])["n"] == 0
    assert score_resolve(registry, [])["top1"] == 0.0


@pytest.mark.parametrize("line", [{"sport": "chess", "query": "x", "team_id": "1"}, {"sport": "nba", "team_id": "1"}])
def test_a_bad_line_says_what_is_wrong(registry: Registry, line: Line) -> None:
    with pytest.raises(BadInput):
        score_resolve(registry, [line])
