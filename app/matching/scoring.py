"""How often the matcher is right, on labelled names."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from time import perf_counter

import msgspec

from app.domain.leagues import LEAGUES, League, Pool, find_league
from app.domain.teams import TeamId
from app.errors import BadInput
from app.matching.matcher import match_teams, resolve_team
from app.matching.registry import Registry

MOST_DISPUTED = 0.01  # of the rows: whoever disputes more disputes the labels, not a slip in them

Line = Mapping[str, object]
Scores = dict[str, object]


class Asked(msgspec.Struct, frozen=True):
    """A labelled line, and what came of it."""

    line: Line
    truth: bool
    said: bool

    @property
    def is_right(self) -> bool:
        return self.truth == self.said


def score_pairs(registry: Registry, lines: Iterable[Line], disputed: Sequence[Line] = ()) -> Scores:
    """Lines `{sport, a, b, same, kind}` → n, accuracy, precision, recall, f1, us_per_pair; by_sport and by_kind
    (accuracy), precision_by_sport, recall_by_sport.

    With `disputed` lines `{sport, a, b, same, evidence}` also `undisputed`: the figures without them. Raises BadInput
    for more than MOST_DISPUTED of them, for one without evidence, and for one that is not among the lines."""
    pairs = [(line, _league(line), _text(line, "a"), _text(line, "b")) for line in lines]
    _warm(registry, (league for _, league, _, _ in pairs))
    started = perf_counter()
    answers = [match_teams(registry, a, b, league).is_match for _, league, a, b in pairs]
    took = perf_counter() - started
    asked = [Asked(line, bool(line["same"]), said) for (line, *_), said in zip(pairs, answers, strict=True)]
    by_sport = _grouped(asked, lambda line: str(line["sport"]))
    by_kind = _grouped(asked, lambda line: str(line.get("kind", "")))
    return {
        **_figures(asked),
        **({"undisputed": _undisputed(asked, disputed)} if disputed else {}),
        "by_sport": {sport: _accuracy(some) for sport, some in by_sport.items()},
        "precision_by_sport": {sport: _precision(some) for sport, some in by_sport.items()},
        "recall_by_sport": {sport: _recall(some) for sport, some in by_sport.items()},
        "by_kind": {kind: _accuracy(some) for kind, some in by_kind.items()},
        "us_per_pair": _microseconds(took, len(asked)),
    }


def score_resolve(registry: Registry, lines: Iterable[Line]) -> Scores:
    """Lines `{sport, query, team_id}` → n, top1, wrong and abstained (shares), by_sport (top1), us_per_query."""
    queries = [(line, _league(line), _text(line, "query")) for line in lines]
    _warm(registry, (league for _, league, _ in queries))
    started = perf_counter()
    teams = [resolve_team(registry, query, league).team for _, league, query in queries]
    took = perf_counter() - started
    truths = [f"{league.pool}:{_text(line, 'team_id')}" for line, league, _ in queries]
    right = [team is not None and team.id == truth for team, truth in zip(teams, truths, strict=True)]
    asked = [Asked(line, True, is_right) for (line, *_), is_right in zip(queries, right, strict=True)]
    abstained = teams.count(None)
    return {
        "n": len(asked),
        "top1": _accuracy(asked),
        "wrong": _ratio(len(asked) - sum(right) - abstained, len(asked)),
        "abstained": _ratio(abstained, len(asked)),
        "by_sport": {
            sport: _accuracy(some) for sport, some in _grouped(asked, lambda line: str(line["sport"])).items()
        },
        "us_per_query": _microseconds(took, len(asked)),
    }


def score_ambiguous(registry: Registry, lines: Iterable[Line]) -> Scores:
    """Lines `{sport, spelling, candidates: [{team_id}]}`, or several `spellings` → n spellings, abstained (share),
    named (share of the abstentions whose candidates hold all those labelled), by_sport (abstained)."""
    asked: list[Asked] = []
    named = 0
    for line in lines:
        league, meant = _league(line), _candidates(line)
        for spelling in _spellings(line):
            found = resolve_team(registry, spelling, league)
            asked.append(Asked(line, True, found.team is None))
            named += found.team is None and meant <= {team.id for team in found.candidates}
    by_sport = _grouped(asked, lambda line: str(line["sport"]))
    return {
        "n": len(asked),
        "abstained": _accuracy(asked),
        "named": _ratio(named, sum(each.said for each in asked)),
        "by_sport": {sport: _accuracy(some) for sport, some in by_sport.items()},
    }


def score_aliases(registry: Registry, taught: Iterable[tuple[TeamId, str]]) -> Scores:
    """Each taught name against its team's own name: the same, now as on the day it was taught → n, right, wrong (each
    with what is said instead)."""
    cases = [(team_id, name, _said_instead(registry, team_id, name)) for team_id, name in taught]
    wrong = [{"team_id": team_id, "name": name, "said": said} for team_id, name, said in cases if said]
    return {"n": len(cases), "right": len(cases) - len(wrong), "wrong": wrong}


def _said_instead(registry: Registry, team_id: TeamId, name: str) -> str:
    team = registry.team(team_id)
    if team is None:
        return "there is no such team"
    found = match_teams(registry, team.name, name, _league_of(team.pool))
    is_right = found.is_match and found.candidate_team is not None and found.candidate_team.id == team_id
    return "" if is_right else "; ".join(reason.detail for reason in found.reasons if reason.finding != "agrees")


def _league_of(pool: Pool) -> League:
    return next(league for league in LEAGUES.values() if league.pool == pool)


def _undisputed(asked: Sequence[Asked], disputed: Sequence[Line]) -> Scores:
    rows = {_row(each.line) for each in asked}
    for line in disputed:
        if not _text(line, "evidence").strip():
            raise BadInput(f"a row is disputed without evidence: {dict(line)!r}")
        if _row(line) not in rows:
            raise BadInput(f"a disputed row is not in the file: {dict(line)!r}")
    out = {_row(line) for line in disputed}
    left = [each for each in asked if _row(each.line) not in out]
    number = len(asked) - len(left)
    if number > MOST_DISPUTED * len(asked):
        raise BadInput(
            f"{number} of {len(asked)} rows are disputed: more than {MOST_DISPUTED:.0%}",
            remedy="Dispute only what is plainly mislabelled; the rest is for the matcher to get right.",
        )
    return {**_figures(left), "disputed": number, "disputed_share": _ratio(number, len(asked))}


def _row(line: Line) -> tuple[str, str, str, bool]:
    return _text(line, "sport"), _text(line, "a"), _text(line, "b"), bool(line.get("same"))


def _figures(asked: Sequence[Asked]) -> Scores:
    precision, recall = _precision(asked), _recall(asked)
    return {
        "n": len(asked),
        "accuracy": _accuracy(asked),
        "precision": precision,
        "recall": recall,
        "f1": round(2 * precision * recall / (precision + recall), 4) if precision + recall else 0.0,
    }


def _accuracy(asked: Sequence[Asked]) -> float:
    return _ratio(sum(each.is_right for each in asked), len(asked))


def _precision(asked: Sequence[Asked]) -> float:
    return _ratio(sum(each.truth and each.said for each in asked), sum(each.said for each in asked))


def _recall(asked: Sequence[Asked]) -> float:
    return _ratio(sum(each.truth and each.said for each in asked), sum(each.truth for each in asked))


def _grouped(asked: Iterable[Asked], group: Callable[[Line], str]) -> dict[str, list[Asked]]:
    groups: dict[str, list[Asked]] = {}
    for each in asked:
        groups.setdefault(group(each.line), []).append(each)
    return dict(sorted(groups.items()))


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


def _spellings(line: Line) -> Sequence[str]:
    try:
        return msgspec.convert(line.get("spellings") or [line.get("spelling")], list[str])
    except msgspec.ValidationError:
        raise BadInput(f"field 'spelling' is missing in {dict(line)!r}") from None


class _Candidate(msgspec.Struct):
    team_id: str


def _candidates(line: Line) -> set[TeamId]:
    try:
        labelled = msgspec.convert(line.get("candidates"), list[_Candidate])
    except msgspec.ValidationError:
        raise BadInput(f"field 'candidates' is missing in {dict(line)!r}") from None
    return {TeamId(f"{_league(line).pool}:{each.team_id}") for each in labelled}


def _microseconds(seconds: float, asked: int) -> float:
    return round(seconds * 1e6 / max(asked, 1), 2)


def _ratio(part: int, whole: int) -> float:
    return round(part / whole, 4) if whole else 0.0
