"""How often the matcher is right on the labelled names, and that it stays so. The figures are floors, not goals."""

import json
from collections.abc import Sequence
from pathlib import Path

import msgspec
import pytest

from app.domain.leagues import find_league
from app.domain.teams import TeamId
from app.errors import BadInput
from app.matching.matcher import resolve_team
from app.matching.registry import Registry
from app.matching.scoring import Line, score_aliases, score_ambiguous, score_pairs, score_resolve


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


HANDFUL: list[dict[str, object]] = [
    {"sport": "nba", "a": "Celtics", "b": "Boston Celtics", "same": True},
    {"sport": "nba", "a": "Celtics", "b": "Boston", "same": False},
    *({"sport": "nfl", "a": "Giants", "b": f"Giants {number}", "same": False} for number in range(198)),
]
DISPUTED: dict[str, object] = {**HANDFUL[1], "evidence": "the league has one team in Boston"}


def test_disputed_rows_are_left_out_of_a_second_set_of_figures_only(registry: Registry) -> None:
    scores = score_pairs(registry, HANDFUL, [DISPUTED])
    assert (scores["n"], scores["precision"], scores["recall"]) == (200, 0.5, 1.0)
    assert scores["precision_by_sport"] == {"nba": 0.5, "nfl": 0.0}
    assert scores["recall_by_sport"] == {"nba": 1.0, "nfl": 0.0}
    assert scores["undisputed"] == {
        **{"n": 199, "accuracy": 1.0, "precision": 1.0, "recall": 1.0, "f1": 1.0},
        **{"disputed": 1, "disputed_share": 0.005},
    }
    assert "undisputed" not in score_pairs(registry, HANDFUL)


@pytest.mark.parametrize(
    ("disputed", "words"),
    [
        ([{**DISPUTED, "evidence": " "}], "without evidence"),
        ([{key: value for key, value in DISPUTED.items() if key != "evidence"}], "'evidence' is missing"),
        ([{**DISPUTED, "same": True}], "not in the file"),
        ([{**line, "evidence": "so be it"} for line in HANDFUL[2:6]], "4 of 200 rows are disputed"),
    ],
)
def test_disputes_have_their_bounds(registry: Registry, disputed: list[Line], words: str) -> None:
    with pytest.raises(BadInput, match=words):
        score_pairs(registry, HANDFUL, disputed)


def test_names_of_several_teams_count_when_they_are_left_open_and_named(registry: Registry) -> None:
    asked = [
        {"sport": "cfb", "spelling": "Miami", "candidates": [{"team_id": "2390"}, {"team_id": "193"}]},
        {"sport": "cfb", "spelling": "Miami", "candidates": [{"team_id": "2390"}, {"team_id": "2"}]},
        {"sport": "nba", "spelling": "x", "spellings": ["Celtics", "BOS"], "candidates": [{"team_id": "2"}]},
    ]
    assert score_ambiguous(registry, asked) == {
        **{"n": 4, "abstained": 0.5, "named": 0.5},
        **{"by_sport": {"cfb": 1.0, "nba": 0.0}},
    }
    with pytest.raises(BadInput, match="candidates"):
        score_ambiguous(registry, [{"sport": "nba", "spelling": "x"}])
    with pytest.raises(BadInput, match="spelling"):
        score_ambiguous(registry, [{"sport": "nba", "candidates": []}])


def test_a_taught_name_is_right_as_long_as_it_means_its_team_alone(registry: Registry) -> None:
    celtics, lakers, nobody = TeamId("nba:2"), TeamId("nba:13"), TeamId("nba:99999")
    taught = registry.with_names([(celtics, "Shamrocks"), (celtics, "Showtime"), (lakers, "Showtime")])
    book = [(celtics, "Shamrocks"), (celtics, "Showtime"), (nobody, "Isotopes")]
    scores = score_aliases(taught, book)
    assert (scores["n"], scores["right"]) == (3, 1)
    wrong = msgspec.convert(scores["wrong"], list[dict[str, str]])
    assert [each["name"] for each in wrong] == ["Showtime", "Isotopes"]
    assert "could be" in wrong[0]["said"]
    assert wrong[1]["said"] == "there is no such team"
