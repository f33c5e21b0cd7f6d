"""If this or that happens, then so: what a sentence says about games that do not end as planned.

Every condition and the consequence must be one of those known here, each from its first letter to its last.
"""

import re
from collections.abc import Iterable, Sequence

from app.domain.settlements import FOREVER
from app.settlement.grammar import ANSWER, Fact, Sayings

_SENTENCE = re.compile(
    r"If (?:the|this|the cancell?ed|the relevant) (?P<whose>game|match|score) (?P<conditions>[^.;:]+?),? "
    r"(?P<consequence>(?:the|this|all) markets? .+?)\.?"
)
_NEXT = re.compile(r",? or (?:if )?(?:the game |it )?|, ")  # between two conditions

_SPAN = r"(?P<count>\d{1,3}|one|two|three|seven|fourteen) (?P<unit>hours?|days?|weeks?)"
_START = r"(?: (?:of|from) (?:its|the) originally scheduled (?:start time|start|date))?"
_WORDS = {"one": 1, "two": 2, "three": 3, "seven": 7, "fourteen": 14}
_HOURS = {"hour": 1, "day": 24, "week": 168}

POSTPONED, CANCELLED, TIE, ABANDONED = "postponed", "cancelled", "tie", "abandoned"
BEGUN_WITHIN, MOVED_BEYOND, NOT_BEGUN_WITHIN, QUALIFIER = "begun within", "moved beyond", "not begun within", ""

Condition = tuple[str, int]  # what happens, and the hours that belong to it

_CONDITIONS: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(form), kind)
    for form, kind in (
        (rf"is postponed{_START} but begins within {_SPAN}{_START}", BEGUN_WITHIN),
        (r"(?:is )?(?:postponed|delayed)", POSTPONED),
        (r"(?:is )?(?:cancell?ed(?: entirely)?|not played)", CANCELLED),
        (r"with no make-up game", QUALIFIER),
        (rf"(?:is )?rescheduled (?:to over|to more than|further than|more than) {_SPAN}(?: away| out)", MOVED_BEYOND),
        (rf"is not started within {_SPAN}{_START}", NOT_BEGUN_WITHIN),
        (r"ends in a (?:tie|draw)|is declared a tie|is tied at halftime", TIE),
        (r"is (?:abandoned|suspended)(?: and not (?:resumed|completed))?", ABANDONED),
    )
)

_REMAINS = re.compile(
    r"(?:the|this) market will remain open"
    rf"(?: and close after the rescheduled game has finished \(within {_SPAN}\)|(?P<forever> until the game has been "
    r"completed)|(?P<official> and resolve based on the official final result))"
)
_PAYS = re.compile(
    r"(?:(?:the|this) market|all markets) will resolve (?:to )?(?:"
    r"(?P<fair>(?:the )?(?:a )?fair (?:market )?price(?: for each team)?(?: in accordance with the rules)?)|"
    r"(?P<half>(?:50-50|50/50|\$0\.50)(?: for (?:each team|both teams))?)|"
    rf"{ANSWER})"
)
_DRAW_PAYS = re.compile(r'the market called "Tie" resolves to Yes')


def read_ending(sentence: str) -> Sayings | None:
    """What the sentence says is paid, or how long is waited; None when it is not understood."""
    found = _SENTENCE.fullmatch(sentence)
    conditions = _conditions(found["conditions"]) if found else None
    if found is None or not conditions:
        return None
    facts = _waits(conditions, found["consequence"]) or _pays(conditions, found["consequence"])
    if facts and "at halftime" in found["conditions"]:
        return (*facts, Fact("scope", "1h"))
    return facts


def _conditions(words: str) -> Sequence[Condition] | None:
    """Every condition of a list; None when one of them is not known."""
    found = [_condition(part) for part in _NEXT.split(words)]
    known = [condition for condition in found if condition is not None]
    return [condition for condition in known if condition[0] != QUALIFIER] if len(known) == len(found) else None


def _condition(words: str) -> Condition | None:
    for form, kind in _CONDITIONS:
        if found := form.fullmatch(words):
            return kind, _hours(found) or 0
    return None


def _hours(found: re.Match[str]) -> int | None:
    groups = found.groupdict()
    count, unit = groups.get("count"), groups.get("unit")
    if not count or not unit:
        return None
    return (_WORDS[count] if count in _WORDS else int(count)) * _HOURS[unit.rstrip("s")]


def _waits(conditions: Sequence[Condition], consequence: str) -> Sayings | None:
    """How long a market stays open for a game that is postponed."""
    found = _REMAINS.fullmatch(consequence)
    if found is None:
        return None
    kinds = {kind for kind, _ in conditions}
    hours = _hours(found)
    if kinds == {POSTPONED} and found["forever"]:
        return (Fact("window", FOREVER), Fact("late", "result"))
    if kinds == {POSTPONED} and hours is not None:
        return (Fact("window", hours),)
    if kinds == {BEGUN_WITHIN} and found["official"]:
        return tuple(Fact("window", hours) for _, hours in conditions)
    return None


def _pays(conditions: Sequence[Condition], consequence: str) -> Sayings | None:
    if _DRAW_PAYS.fullmatch(consequence):
        return (Fact("tie", "result"),) if conditions == [(TIE, 0)] else None
    found = _PAYS.fullmatch(consequence)
    if found is None or {kind for kind, _ in conditions} & {POSTPONED, BEGUN_WITHIN}:
        return None
    payout = "fair" if found["fair"] else "half" if found["half"] else ""
    return tuple(_facts(conditions, payout, found["answer"] or ""))


def _facts(conditions: Iterable[Condition], payout: str, answer: str) -> Iterable[Fact]:
    for kind, hours in conditions:
        if kind in (MOVED_BEYOND, NOT_BEGUN_WITHIN):
            yield Fact("window", hours)
            yield Fact("late", payout, answer)
        if kind in (CANCELLED, NOT_BEGUN_WITHIN):
            yield Fact("cancelled", payout, answer)
        if kind == TIE:
            yield Fact("tie", payout, answer)
        if kind == ABANDONED:
            yield Fact("abandoned", payout, answer)
