"""The words of rules texts: what a sentence can say, and the pieces that every pattern is made of.

A sentence is understood as a whole or not at all: a pattern must match it from its first letter to its last, and no
name may hold a word that could be a condition.
"""

import re
from collections.abc import Callable
from typing import Literal

import msgspec

from app.domain.propositions import HalfPoints, Kind, Scope

Topic = Literal["overtime", "tie", "window", "late", "cancelled", "abandoned", "scope", "otherwise"]


class Fact(msgspec.Struct, frozen=True):
    """One thing that a sentence says. `answer`: the outcome that is paid, as it is written, where no payout is."""

    topic: Topic
    value: bool | int | str = ""
    answer: str = ""


class Asked(msgspec.Struct, frozen=True):
    """What must come true for `answer` to be paid. `who`: the side that it names; `line` in half-points, unsigned."""

    kind: Kind
    answer: str
    who: str = ""
    line: HalfPoints | None = None
    scope: Scope | None = None


Said = Fact | Asked
Sayings = tuple[Said, ...]  # empty: what is said changes no payoff
Form = tuple[re.Pattern[str], Callable[[re.Match[str]], Sayings]]

_NO_NAME = (
    "if|unless|except|only|market|markets|resolves?|will|postponed|delayed|cancell?ed|suspended|abandoned|tie|ties|"
    "draw|regulation|half|halftime|quarter|innings?|periods?|overtime|points|runs|goals|wins?|loses?|scores?|more|less|"
    "fewer|than|void|pays?|not|or|either|neither|first|second|third|advances?|qualify|qualifies|series|season|originally"
)
_NO_SOURCE = (
    "if|unless|except|only|markets?|resolves?|will|settles?|pays?|void|postponed|delayed|cancell?ed|suspended|abandoned"
)
NAME = rf'(?:(?!(?i:\b(?:{_NO_NAME})\b))[^\n",;:?!$%]){{1,100}}?'
SOURCE = rf'(?:(?!(?i:\b(?:{_NO_SOURCE})\b))[^\n",;:?!$%]){{1,160}}?'
UNIT = r"(?:points?|runs?|goals?)"
NUMBER = r"\d{1,3}(?:\.5)?"
DAY = r"[A-Z][a-z]{2,8}\.? \d{1,2}(?:, \d{4})?"
TIME = r"(?: at \d{1,2}(?::\d\d)? ?[AP]M(?: [A-Z]{2,4})?)?"
NINETY = r"(?P<ninety>,? after 90 minutes plus stoppage time \(does not include extra time or penalties\))?"
GAME = rf"(?:the )?{NAME} (?:game|match) originally scheduled for {DAY}{TIME}{NINETY}"
ANSWER = r'"(?P<answer>[^"]{1,80}?)[.,]?"'
MARKET = r"(?:the|this) market"

_STRETCHES: dict[str, Scope] = {
    "first half": "1h",
    "halftime": "1h",
    "second half": "2h",
    "first quarter": "q1",
    "second quarter": "q2",
    "third quarter": "q3",
    "fourth quarter": "q4",
    "first period": "p1",
    "second period": "p2",
    "third period": "p3",
    "first 5 innings": "f5",
    "first five innings": "f5",
}
_STRETCH = "|".join(_STRETCHES)


def stretch(name: str) -> str:
    """The words for a stretch of the game, as a group; `scope_said` looks for groups of this name and a number."""
    return rf"(?P<{name}>{_STRETCH})"


def scope_said(found: re.Match[str]) -> Scope | None:
    """How much of the game a sentence speaks about, if it says so."""
    for name, words in found.groupdict().items():
        if name.startswith("part") and words:
            return _STRETCHES[words.lower()]
    return "regulation" if found.groupdict().get("ninety") else None
