"""THE matcher: name → team, and team ↔ team. Both names go through the registry; likeness decides only what is left."""

from collections.abc import Sequence
from typing import TypeVar

from rapidfuzz import fuzz

from app.domain.leagues import League
from app.domain.teams import MatchContext, Method, Reason, Resolution, Team, TeamId, TeamMatch
from app.matching.context import decide, restrict
from app.matching.indexes import CODE, OFFICIAL, Ranked, TeamIndex, Tier
from app.matching.names import Name, is_womens
from app.matching.registry import Registry

KEPT_ANSWERS = 65_536
Key = TypeVar("Key")
Answer = TypeVar("Answer")

SURE = 0.90  # words cover a form this well: it is the team, if no other comes near
MARGIN = 0.04
LIKELY = 0.60  # a guess worth making when all others are far behind
LIKELY_MARGIN = 0.16
FULL = 0.75  # among those that are near, the only one that has every word of the name
NEARLY_EQUAL = 0.93  # likeness of two names that the registry does not know
_CONFIDENCE = {OFFICIAL: 1.0, CODE: 0.95}
_KNOWN_CONFIDENCE = 0.98
_SHORT_CONFIDENCE = 0.95
_LESS_SURE: dict[Method, int] = {"exact": 0, "alias": 1, "context": 2, "fuzzy": 3, "none": 4}
_CODE_LENGTHS = range(2, 7)
_MOST_WORDS = 12  # of a name that is tried by likeness; longer texts cost much and are no team's name
_MOST_LETTERS = 120


def resolve_team(
    registry: Registry,
    name: str,
    league: League,
    context: MatchContext | None = None,
    among: Sequence[Team] | None = None,
) -> Resolution:
    """The team of a league that a name means. `among`: only these can be meant.

    Nothing or more than one thing answers to the name: `team` is None and `candidates` says who could be meant.
    """
    found = _resolve(registry, league, name)
    if among is not None:
        found = restrict(found, _look_up(registry.index_among(league.pool, among), name), among)
    if context is None:
        return found
    return decide(found, context, league, lambda other: _resolve(registry, league, other))


def match_teams(
    registry: Registry, target: str, candidate: str, league: League, context: MatchContext | None = None
) -> TeamMatch:
    """Are two names one team of the league?"""
    if context is None:
        return _match(registry, league, target, candidate)
    ours = resolve_team(registry, target, league, context)
    theirs = resolve_team(registry, candidate, league, context)
    return _compare(registry.index(league.pool), ours, theirs)


def _match(registry: Registry, league: League, target: str, candidate: str) -> TeamMatch:
    key = (league.code, target, candidate)
    found = registry.matched.get(key)
    if found is None:
        ours, theirs = _resolve(registry, league, target), _resolve(registry, league, candidate)
        found = _compare(registry.index(league.pool), ours, theirs)
        _keep(registry.matched, key, found)
    return found


def _resolve(registry: Registry, league: League, name: str) -> Resolution:
    key = (league.code, name)
    found = registry.resolved.get(key)
    if found is None:
        found = _look_up_in_league(registry, league, name)
        if found.confidence < _SHORT_CONFIDENCE:
            found = _unless_elsewhere(registry, league, found)
        _keep(registry.resolved, key, found)
    return found


def _look_up_in_league(registry: Registry, league: League, name: str) -> Resolution:
    """Inside a border first: `POR` is Portland in MLS and Portugal at a World Cup. Then in the whole pool, for those
    whose place nobody has written down."""
    border = registry.index_of(league)
    if border is None:
        return _look_up(registry.index(league.pool), name)
    inside = _look_up(border, name)
    if inside.candidates and inside.method != "fuzzy":
        return inside
    anywhere = _look_up(registry.index(league.pool), name)
    if inside.team:
        return anywhere if anywhere.method == "exact" else inside
    is_foreign_guess = anywhere.method == "fuzzy" and anywhere.team is not None and anywhere.team.places
    return inside if is_foreign_guess else anywhere


def _keep(answers: dict[Key, Answer], key: Key, answer: Answer) -> None:
    if len(answers) >= KEPT_ANSWERS:
        answers.clear()  # cheaper than an order of use, and rare
    answers[key] = answer


def _look_up(index: TeamIndex, text: str) -> Resolution:
    known = index.as_written(text)
    if known is not None:
        return _known(text, *known)
    name = index.read(text)
    if not name.key:
        return _unknown(text, "empty")
    if index.is_mens and is_womens(name):
        return _unknown(text, "women play in a league of their own")
    tier, teams = index.exact(name)
    if teams:
        return _known(text, tier, teams)
    teams = index.short(name)
    if teams:
        return _verdict(text, teams, _SHORT_CONFIDENCE, "alias", "without affixes is a name of")
    teams = index.beside(name)
    if teams:
        return _verdict(text, teams, _SHORT_CONFIDENCE, "alias", "but for its brackets is a name of")
    if len(text) > _MOST_LETTERS or len(name.all_words) > _MOST_WORDS:
        return _unknown(text, "too long for a name, and none that is known")
    corrected = index.corrected(name)
    if corrected is not None:
        return _nearest(text, corrected)
    return _by_words(index, text, name)


def _known(text: str, tier: Tier, teams: tuple[Team, ...]) -> Resolution:
    method: Method = "exact" if tier == OFFICIAL else "alias"
    return _verdict(text, teams, _CONFIDENCE.get(tier, _KNOWN_CONFIDENCE), method, "is a name of")


def _unknown(text: str, detail: str) -> Resolution:
    return Resolution(text, None, 0.0, "none", (), (Reason("name", "unknown", detail),))


def _by_words(index: TeamIndex, text: str, name: Name) -> Resolution:
    ranked = index.ranked(name)
    if len(name.words) == 1 and not name.aside and len(name.key) in _CODE_LENGTHS:
        ranked = _best_of(ranked, index.spelt_by(name.key))
    if ranked and ranked[0].fit.score >= LIKELY and ranked[0].fit.is_whole:
        return _nearest(text, ranked)
    if not ranked:
        return _unknown(text, f"no team is called {text!r}")
    names = ", ".join(each.team.name for each in ranked[:3])
    return _unknown(text, f"{text!r} is like {names}, but not enough")


def _best_of(first: Sequence[Ranked], second: Sequence[Ranked]) -> list[Ranked]:
    best: dict[TeamId, Ranked] = {}
    for each in (*first, *second):
        if each.team.id not in best or best[each.team.id].fit < each.fit:
            best[each.team.id] = each
    return sorted(best.values(), key=lambda ranked: ranked.fit, reverse=True)


def _nearest(text: str, ranked: Sequence[Ranked]) -> Resolution:
    best = ranked[0].fit.score
    is_sure = best >= SURE
    near = [each for each in ranked if each.fit.score > best - (MARGIN if is_sure else LIKELY_MARGIN)]
    full = [each for each in near if each.fit.is_full]
    if len(near) > 1 and len(full) == 1 and full[0].fit.score >= FULL:  # `Cerro P` is not Cerro: it would leave the P
        near, best, is_sure = full, full[0].fit.score, False
    method: Method = "alias" if is_sure else "fuzzy"
    return _verdict(text, tuple(each.team for each in near), round(0.94 * best, 3), method, "has the words of")


def _verdict(text: str, teams: tuple[Team, ...], confidence: float, method: Method, detail: str) -> Resolution:
    if len(teams) == 1:
        reason = Reason("name", "agrees", f"{text!r} {detail} {teams[0].name}")
        return Resolution(text, teams[0], confidence, method, teams, (reason,))
    names = ", ".join(team.name for team in teams[:6])
    return Resolution(text, None, 0.0, "none", teams, (Reason("name", "unknown", f"{text!r} could be {names}"),))


def _unless_elsewhere(registry: Registry, league: League, found: Resolution) -> Resolution:
    """A guess gives way to a team of another sport that is called just so: Florida Panthers are no college's."""
    own = found.team.id.partition(":")[2] if found.team else ""  # a school has one number in all its leagues
    called = [team for team in registry.teams_called(found.query) if team.pool != league.pool]
    elsewhere = [team for team in called if team.id.partition(":")[2] != own]
    if not elsewhere or len(found.candidates) > 1:
        return found
    detail = f"{elsewhere[0].name} plays in {elsewhere[0].pool}"
    return Resolution(found.query, None, 0.0, "none", (), (*found.reasons, Reason("league", "differs", detail)))


def _compare(index: TeamIndex, ours: Resolution, theirs: Resolution) -> TeamMatch:
    reasons = (*ours.reasons, *theirs.reasons)
    if ours.team and theirs.team:
        return _compare_teams(ours, theirs, ours.team, theirs.team, reasons)
    if ours.candidates and theirs.candidates:
        return _compare_ambiguous(ours, theirs, reasons)
    if ours.candidates or theirs.candidates:
        candidates = ours.candidates or theirs.candidates
        reason = Reason("team", "unknown", "one of the names is no team of this league")
        return TeamMatch(False, 0.7, "none", ours.team, theirs.team, (*reasons, reason), candidates)
    return _compare_strangers(index, ours, theirs, reasons)


def _compare_teams(
    ours: Resolution, theirs: Resolution, target: Team, candidate: Team, reasons: tuple[Reason, ...]
) -> TeamMatch:
    confidence = round(ours.confidence * theirs.confidence, 3)
    if target.id == candidate.id:
        method = ours.method if _LESS_SURE[ours.method] >= _LESS_SURE[theirs.method] else theirs.method
        reason = Reason("team", "agrees", f"both are {target.name}")
        return TeamMatch(True, confidence, method, target, candidate, (*reasons, reason))
    reason = Reason("team", "differs", f"{target.name} is not {candidate.name}")
    return TeamMatch(False, confidence, "none", target, candidate, (*reasons, reason))


def _compare_ambiguous(ours: Resolution, theirs: Resolution, reasons: tuple[Reason, ...]) -> TeamMatch:
    candidates = tuple(dict.fromkeys((*ours.candidates, *theirs.candidates)))
    possible = {team.id for team in ours.candidates} & {team.id for team in theirs.candidates}
    if possible:
        reason = Reason("team", "unknown", "more than one team answers to a name; context can decide")
        return TeamMatch(False, 0.5, "none", ours.team, theirs.team, (*reasons, reason), candidates)
    reason = Reason("team", "differs", "no team answers to both names")
    return TeamMatch(False, 0.97, "none", ours.team, theirs.team, (*reasons, reason), candidates)


def _compare_strangers(
    index: TeamIndex, ours: Resolution, theirs: Resolution, reasons: tuple[Reason, ...]
) -> TeamMatch:
    first, second = index.read(ours.query), index.read(theirs.query)
    likeness = fuzz.ratio(" ".join(first.all_words), " ".join(second.all_words)) / 100
    same = bool(first.key) and first.marks == second.marks and likeness >= NEARLY_EQUAL
    detail = f"neither name is known; they are {likeness:.0%} alike"
    reason = Reason("name", "agrees" if same else "differs", detail)
    confidence = round(0.6 * likeness if same else 1 - 0.5 * likeness, 3)
    return TeamMatch(same, confidence, "fuzzy" if same else "none", None, None, (*reasons, reason))
