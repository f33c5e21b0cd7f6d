"""How often a matcher and a linker are right, and what their mistakes cost."""

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from benchmarks.matching.costs import Costs
from benchmarks.matching.listings import Candidate, Claim, Listing
from benchmarks.matching.matchers import Verdict
from benchmarks.matching.pairs import Pair

TIES = frozenset({"nfl", "ufc", "epl", "laliga", "bundesliga", "mls", "soccer"})  # not winning is not the other's win
KINDS_OF_MISTAKE = ("other_game", "inverted", "other_question", "should_be_left_out")


class PairScores(msgspec.Struct, frozen=True):
    """`wrong`: called one team and are two. `abstained`: neither was said; of one team, that is missed as well."""

    matcher: str
    asked: int
    precision: float
    recall: float
    accuracy: float
    f1: float
    wrong: int
    missed: int
    abstained: int
    cost_per_1000: float  # dollars
    by_kind: Mapping[str, float]  # share that is right


class LinkScores(msgspec.Struct, frozen=True):
    """`wrong`: an outcome linked to what it does not say, by `mistakes`."""

    linker: str
    asked: int
    precision: float
    recall: float
    accuracy: float
    wrong: int
    missed: int
    mistakes: Mapping[str, int]
    cost_per_1000: float  # dollars
    by_kind: Mapping[str, float]  # share that is right


def score_pairs(name: str, pairs: Sequence[Pair], verdicts: Sequence[Verdict], costs: Costs) -> PairScores:
    """The verdicts against the labels."""
    matched = [bool(verdict) for verdict in verdicts]
    outcomes = [(pair.same, said) for pair, said in zip(pairs, matched, strict=True)]
    hits, wrong, missed = (outcomes.count(each) for each in ((True, True), (False, True), (True, False)))
    precision, recall = _ratio(hits, hits + wrong), _ratio(hits, hits + missed)
    right = [same == said for same, said in outcomes]
    return PairScores(
        matcher=name,
        asked=len(pairs),
        precision=precision,
        recall=recall,
        accuracy=_ratio(sum(right), len(right)),
        f1=_ratio(2 * hits, 2 * hits + wrong + missed),
        wrong=wrong,
        missed=missed,
        abstained=sum(verdict is None for verdict in verdicts),
        cost_per_1000=costs.per_1000(len(pairs), wrong, missed),
        by_kind=_by_kind((pair.kind for pair in pairs), right),
    )


def score_links(name: str, listings: Sequence[Listing], claims: Sequence[Claim], costs: Costs) -> LinkScores:
    """The claims against the answers, however either is put: `Lakers +3.5` is `Celtics -3.5` denied."""
    found = [mistake(listing, claim) for listing, claim in zip(listings, claims, strict=True)]
    made = sum(claim.game is not None for claim in claims)
    missed = found.count("missed")
    mistakes = {kind: found.count(kind) for kind in KINDS_OF_MISTAKE}
    wrong = sum(mistakes.values())
    linkable = sum(listing.answer.game is not None for listing in listings)
    return LinkScores(
        linker=name,
        asked=len(listings),
        precision=_ratio(made - wrong, made),
        recall=_ratio(made - wrong, linkable),
        accuracy=_ratio(found.count(""), len(found)),
        wrong=wrong,
        missed=missed,
        mistakes=mistakes,
        cost_per_1000=costs.per_1000(len(listings), wrong - mistakes["inverted"], missed, mistakes["inverted"]),
        by_kind=_by_kind((listing.tests for listing in listings), [not each for each in found]),
    )


def mistake(listing: Listing, claim: Claim) -> str:
    """What is wrong with a claim; empty when it is right."""
    truth = listing.answer
    if truth.game is None or claim.game is None:
        return "" if truth.game == claim.game else "missed" if truth.game else "should_be_left_out"
    said, right = _settled(claim, listing), _settled(truth, listing)
    if said == right:
        return ""
    if said.game != right.game:
        return "other_game"
    return "inverted" if _question(said) == _question(right) else "other_question"


def _question(claim: Claim) -> tuple[str, str, float, str]:
    """What is asked, whichever side is held: the points of one team are no answer about the other's."""
    of_whom = claim.team if claim.kind == "team_total" else ""
    return claim.kind, claim.period, abs(claim.line or 0.0), of_whom


def _settled(claim: Claim, listing: Listing) -> Claim:
    """One form for claims that pay alike."""
    game = next((game for game in listing.games if game.id == claim.game), None)
    if game is None or claim.team not in (game.home, game.away):
        return claim
    if claim.kind == "spread" and claim.line is not None and claim.line > 0:
        return _turned(claim, game, -claim.line)
    if claim.kind == "moneyline" and claim.pays == "no" and listing.league not in TIES:
        return _turned(claim, game, None)
    return claim


def _turned(claim: Claim, game: Candidate, line: float | None) -> Claim:
    other = game.away if claim.team == game.home else game.home
    return msgspec.structs.replace(claim, team=other, line=line, pays="no" if claim.pays == "yes" else "yes")


def _by_kind(kinds: Iterable[str], right: Sequence[bool]) -> dict[str, float]:
    groups: dict[str, list[bool]] = {}
    for kind, is_right in zip(kinds, right, strict=True):
        groups.setdefault(kind, []).append(is_right)
    return {kind: _ratio(sum(found), len(found)) for kind, found in sorted(groups.items())}


def _ratio(part: int, whole: int) -> float:
    return round(part / whole, 4) if whole else 0.0
