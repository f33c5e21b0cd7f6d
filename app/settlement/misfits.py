"""Whether a text speaks about what its contract was read as: the same question, line, answers and stretch of the game.

The matcher has read titles and fields. The text settles, so where it says something else nothing is known.
"""

from collections.abc import Iterator

import msgspec

from app.domain.leagues import League
from app.domain.markets import VenueId
from app.domain.propositions import LINED, HalfPoints, Kind, Polarity, Scope, points
from app.settlement.clauses import Reading
from app.settlement.grammar import Asked

YES_NO = frozenset({"yes", "no"})


class Contract(msgspec.Struct, frozen=True):
    """What of a contract its terms depend on; those of many games are alike."""

    venue: VenueId
    kind: Kind
    scope: Scope
    line: HalfPoints | None
    outcome: str
    polarity: Polarity | None


def misfits(contract: Contract, reading: Reading, league: League) -> Iterator[str]:
    """Everything in which a text and its contract differ, in words for people."""
    if not league.has_teams:
        yield f"how {league.name} ends is not settled alike at both venues: walkovers, retirements, forfeits"
    if not reading.asked and not _asks_for_draw(contract, reading):
        yield "no sentence says when it pays"
    for asked in reading.asked:
        yield from _other_question(contract, asked)
    yield from _other_answers(contract, reading)
    yield from _other_stretch(contract, reading)


def is_misread(contract: Contract, reading: Reading) -> bool:
    """Whether the text asks for another kind or line: then one of the two was read wrong, whatever its clauses mean."""
    return any(_is_other(contract, asked) for asked in reading.asked)


def answers_of(reading: Reading) -> frozenset[str]:
    """Every outcome that the text names, in small letters."""
    otherwise = [fact.answer for fact in reading.facts if fact.topic == "otherwise"]
    return frozenset(answer.lower() for answer in (*(asked.answer for asked in reading.asked), *otherwise))


def _asks_for_draw(contract: Contract, reading: Reading) -> bool:
    is_paid = any(fact.topic == "tie" and fact.answer.lower() == "yes" for fact in reading.facts)
    return contract.kind == "draw" and is_paid


def _other_question(contract: Contract, asked: Asked) -> Iterator[str]:
    if asked.kind != contract.kind:
        yield f"the text asks for a {asked.kind}, the contract is read as a {contract.kind}"
    elif _is_other(contract, asked):
        lines = [None if line is None else abs(points(line)) for line in (asked.line, contract.line)]
        yield f"the text has a line of {lines[0]}, the contract is read as {lines[1]}"
    who, answer = asked.who.lower(), asked.answer.lower()
    if answer == "no" or (who and answer not in YES_NO and answer not in who and who not in answer):
        yield f"the text pays {asked.answer} for {asked.who or 'what it asks'}"


def _is_other(contract: Contract, asked: Asked) -> bool:
    if asked.kind != contract.kind:
        return True
    return contract.kind in LINED and (contract.line is None or asked.line != abs(contract.line))


def _other_answers(contract: Contract, reading: Reading) -> Iterator[str]:
    """Both outcomes of a market must be answers of its text; of a question that only says when YES is paid, YES."""
    answers, outcome = answers_of(reading), contract.outcome.lower()
    fits = outcome in YES_NO if answers <= YES_NO else outcome in answers or _is_rest(outcome, answers)
    if answers and not fits:
        yield f"the text pays {' or '.join(sorted(answers))}, the contract is '{contract.outcome}'"


def _is_rest(outcome: str, answers: frozenset[str]) -> bool:
    return outcome == "under" and answers == {"over"}


def _other_stretch(contract: Contract, reading: Reading) -> Iterator[str]:
    told = {asked.scope for asked in reading.asked if asked.scope}
    told |= {fact.value for fact in reading.facts if fact.topic == "scope"}  # type: ignore[misc]
    scope = contract.scope
    meant = {"game": set(), "regulation": {"regulation"}}.get(scope, {scope})
    if told - meant or (scope not in ("game", "regulation") and not told):
        yield f"the text is about {' and '.join(sorted(map(str, told))) or 'the game'}, the contract about {scope}"
