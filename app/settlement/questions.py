"""What a market asks, by the sentence that says when it pays; and how much of the game it is about."""

import re
from collections.abc import Callable

from app.domain.propositions import HalfPoints, Kind
from app.settlement.grammar import (
    ANSWER,
    DAY,
    GAME,
    MARKET,
    NAME,
    NUMBER,
    SOURCE,
    TIME,
    UNIT,
    Asked,
    Fact,
    Form,
    Sayings,
    scope_said,
    stretch,
)

Reader = Callable[[re.Match[str]], Sayings]

_OF = rf"(?:the {stretch('part')} of )?"
_THEN_YES = r",? (?:then )?(?:the|this) market resolves to Yes\."
_WHO = rf"(?:the )?(?P<who>{NAME})"
_RESOLVES = rf"(?:The|This) market will resolve to {ANSWER} if"
_MORE = rf"(?:more(?: than)?|over) (?P<more>{NUMBER}) {UNIT}"
_AT_LEAST = rf"(?P<least>\d{{1,3}}) or more {UNIT}"


def _span(found: re.Match[str]) -> Sayings:
    scope = scope_said(found)
    if scope is None:
        return ()
    return (Fact("scope", scope), *((Fact("overtime", False),) if scope == "regulation" else ()))


def _asks(kind: Kind) -> Reader:
    def read(found: re.Match[str]) -> Sayings:
        groups = found.groupdict()
        asked = Asked(kind, groups.get("answer") or "Yes", groups.get("who") or "", _line(groups), scope_said(found))
        return (asked, *_span(found))

    return read


def _line(groups: dict[str, str | None]) -> HalfPoints | None:
    """More than 3.5, at least 4, and not less than 4 are one line."""
    if more := groups.get("more"):
        return HalfPoints(round(2 * float(more)))
    least = groups.get("least") or groups.get("less")
    return HalfPoints(2 * int(least) - 1) if least else None


def _nothing(_: re.Match[str]) -> Sayings:
    return ()


def _otherwise(found: re.Match[str]) -> Sayings:
    return (Fact("otherwise", answer=found["answer"]),)


def _says(*facts: Fact) -> Reader:
    return lambda _: facts


_KALSHI: tuple[tuple[str, Reader], ...] = (
    (rf"If Tie (?:is the result of|wins) {_OF}{GAME}{_THEN_YES}", _asks("draw")),
    (rf"If {_WHO} wins {_OF}{GAME}{_THEN_YES}", _asks("moneyline")),
    (rf"If {_WHO} wins (?:the {stretch('part2')} )?by {_MORE} in {_OF}{GAME}{_THEN_YES}", _asks("spread")),
    (rf"If {NAME} and {NAME} collectively score {_MORE} in {_OF}{GAME}{_THEN_YES}", _asks("total")),
    (rf"If the teams in {_OF}{GAME} collectively score {_MORE}{_THEN_YES}", _asks("total")),
    (rf"If {_WHO} scores (?P<least>\d{{1,3}})\+ {UNIT} in {_OF}{GAME}{_THEN_YES}", _asks("team_total")),
    (rf"If {_WHO} scores {_MORE} in {_OF}{GAME}{_THEN_YES}", _asks("team_total")),
    (rf"If both teams score (?:at least one goal|a goal|1\+ goals) in {GAME}{_THEN_YES}", _asks("both_to_score")),
    (rf"The following market refers to {_OF}{GAME}\.?", _span),
    (
        r"The following market refers to the team who (?:wins|is the winner \(or participant awarded a tie\) in) "
        rf"{GAME}\.",
        _span,
    ),
    (r"(?:Note: )?This market includes overtime\.", _says(Fact("overtime", True))),
    (
        r"Kalshi is not affiliated, associated, authorized, endorsed by, or in any way officially connected with the "
        r"(?:Governing League|NCAA)\.",
        _nothing,
    ),
    (r"All trademarks, logos, and brand names are the property of their respective owners\.", _nothing),
)

_POLYMARKET: tuple[tuple[str, Reader], ...] = (
    (rf"If {_WHO} wins?(?: the game)?, {MARKET} will resolve to {ANSWER}\.?", _asks("moneyline")),
    (rf"{_RESOLVES} {_WHO} (?:wins?(?: the game)?|(?:is|are) winning at {stretch('part')})\.", _asks("moneyline")),
    (rf"{_RESOLVES} {_WHO} wins? (?:the game |the {stretch('part')} )?by {_AT_LEAST}\.", _asks("spread")),
    (rf"{_RESOLVES} {_WHO} (?:is|are) winning by {_AT_LEAST} at {stretch('part')}\.", _asks("spread")),
    (
        rf"{_RESOLVES} (?:both sides|(?:the )?{NAME} and (?:the )?{NAME}) combine to score {_AT_LEAST} in "
        rf"(?:(?:this|the) (?:game|match)|the {stretch('part')})\.",
        _asks("total"),
    ),
    (
        rf"If the combined (?:{stretch('part')} )?total is less than (?P<less>\d{{1,3}}), {MARKET} will resolve to "
        rf"{ANSWER}\.?",
        _asks("total"),
    ),
    (rf"{_RESOLVES} both teams score at least one goal(?: in this (?:game|match))?\.", _asks("both_to_score")),
    (rf"Otherwise, {MARKET} will resolve to {ANSWER}\.?", _otherwise),
    (
        rf"In (?:the {stretch('part')} of )?the (?:upcoming )?{NAME} (?:game|match)(?: between {NAME} and {NAME})?, "
        rf"scheduled for {DAY}{TIME}[:.,]",
        _span,
    ),
    (rf"The result will be determined based on the score at {stretch('part')} only\.", _span),
    (
        r"The result will (?:be determined based on the final score including|include) any (?:overtime periods"
        r"(?: and shootouts?)?|extra innings)\.",
        _says(Fact("overtime", True)),
    ),
    (
        r"If the game goes to a shootout, one goal will be added to the score of the team that wins it\.",
        _says(Fact("overtime", True)),
    ),
    (
        r"This market refers only to the outcome within the first 90 minutes of regular play plus stoppage time\.",
        _says(Fact("overtime", False), Fact("scope", "regulation")),
    ),
    (rf"The (?:primary )?resolution source (?:for this market )?will be (?:the )?official {SOURCE}\.", _nothing),
)

FORMS: tuple[Form, ...] = tuple((re.compile(form), read) for form, read in (*_KALSHI, *_POLYMARKET))
