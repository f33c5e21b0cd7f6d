"""G4: name among thousands against RapidFuzz's scan, and how often each is right. G5: known names against a dict.
G15: names that are misspelt, each by the wall, beside the half millisecond that a match may take.

Every query of a timed round is one that no round before has asked: no answer comes from a cache, unless it says so.
"""

import gc
import json
import random
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median

from _rows import ROUNDS, report, timed
from rapidfuzz import fuzz, process
from rapidfuzz import utils as cleaning

from app.domain.leagues import LEAGUES, LeagueCode, find_league
from app.domain.teams import Team
from app.matching.matcher import match_teams, resolve_team
from app.matching.names import fold
from app.matching.registry import Registry
from app.matching.unified import TeamMatcher

SOCCER = LEAGUES[LeagueCode("soccer")]  # the largest pool
REGISTRY = Registry.load()
TEAMS = REGISTRY.teams(SOCCER.pool)
NAMES = [(name, team) for team in TEAMS for name in dict.fromkeys((team.name, *team.names))]
Pair = tuple[str, str]
SCANNED = 40  # names a round; RapidFuzz takes milliseconds for each
AMONG = 5_000
SCORERS = (
    fuzz.ratio, fuzz.partial_ratio, fuzz.token_sort_ratio, fuzz.token_set_ratio, fuzz.WRatio, fuzz.QRatio,
)  # fmt: skip
OWN_PAIRS = Path(__file__).parent / "matching" / "pairs.jsonl"
LABELLED = Path(__file__).resolve().parents[2] / "shared" / "bench" / "resolve.dev.jsonl"
ASKED = 400  # labelled queries that every scorer answers


def spelt() -> list[str]:
    """Distinct soccer names as people write them, from our own benchmark, in a drawn order."""
    lines = map(json.loads, OWN_PAIRS.read_text("utf-8").splitlines())
    names = {name for line in lines if line["sport"] == "soccer" for name in (line["a"], line["b"])}
    return random.Random(1).sample(sorted(names), len(names))


def misspelt(count: int) -> list[str]:
    """Distinct names with one letter dropped."""
    draw = random.Random(2)
    names = draw.sample(sorted({team.name for team in TEAMS if len(team.name) > 8}), count)
    cuts = [draw.randrange(2, len(name) - 1) for name in names]
    return [name[:cut] + name[cut + 1 :] for name, cut in zip(names, cuts, strict=True)]


def name_among_thousands(what: str, queries: list[str], target: float) -> None:
    choices = random.Random(3).sample([name for name, _ in NAMES], AMONG)
    asked, scanned = iter(queries), iter(queries)

    def ours() -> None:
        for name in take(asked):
            resolve_team(REGISTRY, name, SOCCER)

    def theirs() -> None:
        for name in take(scanned):
            process.extractOne(name, choices, scorer=fuzz.WRatio, processor=cleaning.default_process)

    mine, other = timed(ours, theirs, min(ROUNDS, len(queries) // SCANNED - 1))
    what = f"{what} name among {len(NAMES):,} / RapidFuzz WRatio of {AMONG:,}"
    report("G4", what, mine / SCANNED * 1e6, other / SCANNED * 1e6, target)


def take(names: Iterator[str]) -> list[str]:
    return [next(names) for _ in range(SCANNED)]


def right_answers() -> None:
    """Top-1 among all teams of the sport, ours against the best of RapidFuzz's scorers; wrong is worse than unknown."""
    queries = labelled()
    ours = sum(is_ours_right(*query) for query in queries) / len(queries)
    best = max(sum(is_right(scorer, *query) for query in queries) / len(queries) for scorer in SCORERS)
    report("G4", f"share of {len(queries)} queries missed / by the best scorer", 1 - ours, 1 - best, 1, "")


def labelled() -> list[tuple[str, str, str]]:
    """Sport, query and team id: from the labelled queries where they are, else from our own benchmark's soccer."""
    if LABELLED.exists():
        lines = [json.loads(line) for line in LABELLED.read_text("utf-8").splitlines()]
        found = [(line["sport"], line["query"], line["team_id"]) for line in lines]
        return random.Random(4).sample(found, ASKED)
    by_name = {team.name: team.id.partition(":")[2] for team in TEAMS}
    lines = [json.loads(line) for line in OWN_PAIRS.read_text("utf-8").splitlines()]
    found = [("soccer", line["a"], by_name[line["b"]]) for line in lines if line["same"] and line["b"] in by_name]
    return random.Random(4).sample(found, ASKED)


def is_ours_right(sport: str, query: str, team_id: str) -> bool:
    league = find_league(sport)
    assert league is not None
    team = resolve_team(REGISTRY, query, league).team
    return team is not None and team.id == f"{league.pool}:{team_id}"


def is_right(scorer: Callable[..., float], sport: str, query: str, team_id: str) -> bool:
    league = find_league(sport)
    assert league is not None
    teams: list[tuple[str, Team]] = [
        (name, team)
        for team in REGISTRY.teams(league.pool)
        for name in (team.name, team.location, team.nickname)
        if name
    ]
    best = process.extractOne(query, [name for name, _ in teams], scorer=scorer, processor=cleaning.default_process)
    return best is not None and teams[best[2]][1].id == f"{league.pool}:{team_id}"


def known_names() -> None:
    """Asked for the first time, beside normalising names and looking them up; and asked again, beside lower case."""
    pairs = [(name, team.name) for name, team in NAMES]
    normalised, lowered = ({write(name): team for name, team in NAMES} for write in (fold, str.lower))
    parts = [pairs[at :: ROUNDS + 1] for at in range(ROUNDS + 1)]
    for what, ask, looked_up in (("resolve", ask_who, 1), ("match", ask_whether, 2)):
        REGISTRY.resolved.clear()
        REGISTRY.matched.clear()
        first = timed_parts(parts, ask, lambda part, n=looked_up: look_up(normalised, fold, part, n))
        told(f"{what} a known name, asked first / fold and dict", first, len(parts[0]))
        again = timed(lambda ask=ask: ask(pairs), lambda n=looked_up: look_up(lowered, str.lower, pairs, n))
        told(f"{what} a known name, asked again / lower and dict", again, len(pairs))


def wait_for_matches() -> None:
    """G15: one question at a time, none of them asked before."""
    REGISTRY.resolved.clear()
    took = []
    for name in misspelt(SCANNED * ROUNDS):
        began = time.perf_counter()
        match_teams(REGISTRY, name, "Real Madrid", SOCCER)
        took.append(time.perf_counter() - began)
    report("G15", "match of a misspelt name, p50 / 0.5 ms", median(took) * 1e6, 500, 1)


def timed_parts(
    parts: list[list[Pair]], ours: Callable[[list[Pair]], None], theirs: Callable[[list[Pair]], None]
) -> tuple[float, float]:
    mine, other = iter(parts), iter(parts)
    return timed(lambda: ours(next(mine)), lambda: theirs(next(other)), ROUNDS)


def told(what: str, took: tuple[float, float], count: int) -> None:
    report("G5", what, took[0] / count * 1e6, took[1] / count * 1e6, 3)


def ask_who(pairs: list[Pair]) -> None:
    for name, _ in pairs:
        resolve_team(REGISTRY, name, SOCCER)


def ask_whether(pairs: list[Pair]) -> None:
    for name, other in pairs:
        match_teams(REGISTRY, name, other, SOCCER)


def look_up(by_name: dict[str, Team], write: Callable[[str], str], pairs: list[Pair], names: int) -> None:
    """The first `names` of each pair."""
    for pair in pairs:
        for name in pair[:names]:
            by_name[write(name)]


if __name__ == "__main__":
    TeamMatcher(REGISTRY).warm()
    gc.freeze()  # as the platform does when it is open
    name_among_thousands("a", spelt(), 1 / 50)
    name_among_thousands("worst case: a misspelt", misspelt(SCANNED * (ROUNDS + 1)), 1 / 20)
    right_answers()
    known_names()
    wait_for_matches()
