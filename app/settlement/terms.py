"""The terms of one contract, by its market's own text and by the rule card.

The text is what settles. Where it is silent a confirmed card speaks; where the two contradict each other, a person has
to.
"""

from collections.abc import Iterator
from functools import lru_cache
from typing import get_args

import msgspec

from app.domain.leagues import League
from app.domain.links import Link
from app.domain.settlements import FOREVER, Approval, Payout, Terms
from app.settlement.cards import Card, ClauseName, ClauseValue, card_of
from app.settlement.clauses import Reading, read_rules
from app.settlement.grammar import Fact
from app.settlement.misfits import YES_NO, Contract, answers_of, is_misread, misfits
from app.settlement.turning import turned, turned_payout

Values = dict[ClauseName, ClauseValue]

CLAUSES: tuple[ClauseName, ...] = get_args(ClauseName)
PAYOUTS: tuple[Payout, ...] = get_args(Payout)
WITHOUT_OVERTIME = frozenset({"1h", "q1", "q2", "q3", "p1", "p2", "f5", "s1", "s2", "s3"})  # it comes after them


def terms_of(link: Link, rules: str, league: League) -> Terms:
    """What a contract pays in each ending, by its market's text, and by the card where the text is silent."""
    said = link.proposition
    return _terms_of(Contract(link.venue, said.kind, said.scope, said.line, link.outcome, link.polarity), rules, league)


def approved_terms(link: Link, approval: Approval) -> Terms:
    """What a person has said of a rules text, for one contract of a market that has it. That the contract was read as
    asking for something else is not theirs to clear: it may be read so since they spoke."""
    sources = tuple((clause, approval.approved_by) for clause in CLAUSES)
    is_wrong = link.terms is not None and link.terms.is_misread
    doubts = link.terms.unread if link.terms is not None and is_wrong else ()
    terms = msgspec.structs.replace(approval.terms, unread=doubts, sources=sources, is_misread=is_wrong)
    return turned(terms) if link.outcome == "No" else terms


@lru_cache(maxsize=16_384)  # every market that is listed is read again each minute
def _terms_of(contract: Contract, rules: str, league: League) -> Terms:
    reading = read_rules(rules)
    said: Values = dict(_said(contract, reading))
    card = card_of(league.code, contract.venue, contract.kind, contract.scope)
    carded: Values = {each.clause: _of_contract(each.value, contract) for each in card.values() if each.is_confirmed}
    meant: Values = dict(_meant(contract, league))
    values: Values = {**meant, **carded, **said}
    unread = (
        *reading.unread,
        *misfits(contract, reading, league),
        *_conflicts(contract, reading),
        *_against(card, carded, said),
    )
    sources = tuple((clause, _source(clause, said, carded)) for clause in CLAUSES if clause in values)
    told = {**values, "unread": unread, "sources": sources, "is_misread": is_misread(contract, reading)}  # type: ignore[misc]
    terms = msgspec.convert(told, Terms)
    return _with_doubt(terms, contract)


def _said(contract: Contract, reading: Reading) -> Iterator[tuple[ClauseName, ClauseValue]]:
    """What the text says of each clause, once or in the same words."""
    for clause in CLAUSES:
        told = _told(contract, reading, clause)
        if clause == "abandoned" and told:
            yield clause, tuple(payout for payout in PAYOUTS if payout in told)  # each of them may be
        elif len(told) == 1:
            yield clause, told.pop()
        elif clause == "tie" and not told and _pays_no_otherwise(contract, reading):
            yield clause, "result"


def _conflicts(contract: Contract, reading: Reading) -> Iterator[str]:
    for clause in CLAUSES:
        told = _told(contract, reading, clause)
        if len(told) > 1 and clause != "abandoned":
            yield f"the text says of {clause} {' and '.join(sorted(map(str, told)))}"
    strange = {fact.answer for fact in reading.facts if fact.answer and not _is_answer(fact.answer, contract, reading)}
    yield from (f"the text pays '{answer}', and it is not said what that is" for answer in sorted(strange))


def _told(contract: Contract, reading: Reading, clause: ClauseName) -> set[ClauseValue]:
    return {_value(fact, contract) for fact in reading.facts if fact.topic == clause}


def _value(fact: Fact, contract: Contract) -> ClauseValue:
    """A clause for this contract. What a tie pays is the result, where the proposition says the same."""
    if not fact.answer:
        return fact.value  # type: ignore[return-value]
    payout = "win" if fact.answer.lower() == contract.outcome.lower() else "lose"
    is_true = contract.kind == "draw"  # of a tie; whoever must win, or lead by so much, does not
    by_result = "win" if is_true == (contract.polarity == "yes") else "lose"
    return "result" if fact.topic == "tie" and payout == by_result else payout  # type: ignore[return-value]


def _is_answer(answer: str, contract: Contract, reading: Reading) -> bool:
    known = answers_of(reading)
    return answer.lower() in (YES_NO if known <= YES_NO else known | {contract.outcome.lower()})


def _pays_no_otherwise(contract: Contract, reading: Reading) -> bool:
    """`If X wins, YES; otherwise NO`: a tie is no win."""
    rest = {fact.answer.lower() for fact in reading.facts if fact.topic == "otherwise"}
    return contract.kind == "moneyline" and rest == {"no"}


def _of_contract(value: ClauseValue, contract: Contract) -> ClauseValue:
    """Cards speak about the market's YES."""
    if contract.outcome != "No" or isinstance(value, int):
        return value
    return tuple(map(turned_payout, value)) if isinstance(value, tuple) else turned_payout(value)


def _meant(said: Contract, league: League) -> Iterator[tuple[ClauseName, ClauseValue]]:
    """What is plain from the question itself."""
    can_tie = league.ties if said.scope == "game" else True
    if said.kind != "moneyline" or not can_tie:
        yield "tie", "result"  # a half-point line is over or under; a draw is what is asked for; or there is none
    if said.scope in WITHOUT_OVERTIME:
        yield "overtime", False
    elif said.scope == "game" and said.kind == "moneyline" and not can_tie:
        yield "overtime", True  # nobody has won before


def _against(card: Card, carded: Values, said: Values) -> Iterator[str]:
    """Where the text contradicts what is confirmed."""
    for clause, value in carded.items():
        own = said.get(clause, value)
        is_part = isinstance(own, tuple) and isinstance(value, tuple) and set(own) <= set(value)
        if own != value and not is_part:
            where = f"{card[clause].source}, {card[clause].dated}"
            yield f"{clause}: the text says {_in_words(own)}, the card {_in_words(value)} ({where})"


def _source(clause: ClauseName, said: Values, carded: Values) -> str:
    return "text" if clause in said else "card" if clause in carded else "meaning"


def _with_doubt(terms: Terms, said: Contract) -> Terms:
    """A text about another stretch of time than the proposition's is not about it."""
    if terms.overtime in (None, said.scope == "game"):
        return terms
    doubt = f"overtime {'counts' if terms.overtime else 'does not count'}, the contract is read as {said.scope}"
    return msgspec.structs.replace(terms, unread=(*terms.unread, doubt))


def _in_words(value: ClauseValue) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple):
        return " or ".join(value)
    return "as long as it takes" if value == FOREVER else f"{value} h" if isinstance(value, int) else value
