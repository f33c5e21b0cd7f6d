"""Clauses of a market's rules: which answer is paid when who wins. No witness counts more than the text that settles.

>>> read_clauses('This market will resolve to "Lakers" if the Lakers win the game by 4 or more points.')
(Clause(who='Lakers', answer='Lakers'),)
>>> read_clauses("If New York Y wins the Boston at New York Y game, then the market resolves to Yes.")
(Clause(who='New York Y', answer='Yes'),)
"""

import re

import msgspec


class Clause(msgspec.Struct, frozen=True):
    """If `who` wins, `answer` is paid; both as they are written."""

    who: str
    answer: str


_WINS = r"(?:wins?|(?:is|are) winning)\b(?! or )"  # "win or lose by fewer than 2" asks no one to win
_NO_NAME = re.compile(r"\b(?:not|neither|nor|or|either)\b", re.I)
_QUOTED = (
    re.compile(
        r'\bif (?:the )?(?P<who>[^,.\n"]{1,80}?) '
        + _WINS
        + r'[^,.\n"]{0,300}, (?:this|the) market will resolve to "(?P<answer>[^"\n]+)"',
        re.I,
    ),
    re.compile(r'\bwill resolve to "(?P<answer>[^"\n]+)" if (?:the )?(?P<who>[^,.\n"]{1,80}?) ' + _WINS, re.I),
)
_PLAIN = re.compile(
    r"\Aif (?:the )?(?P<who>[^\n]{1,300}?) " + _WINS + r"(?:[^\n]{0,1000}?\bresolves? to (?P<answer>yes|no)\b)?", re.I
)
_LONGEST = 4_000  # characters that are looked at; what settles is said at the beginning


def read_clauses(rules: str) -> tuple[Clause, ...]:
    """Every clause of the two venues' usual forms; none where the text is of another form."""
    text = rules.strip()[:_LONGEST]
    quoted = [Clause(found["who"], found["answer"]) for form in _QUOTED for found in form.finditer(text)]
    plain = None if quoted else _PLAIN.match(text)
    told = [Clause(plain["who"], (plain["answer"] or "yes").title())] if plain else quoted
    return tuple(clause for clause in told if not _NO_NAME.search(clause.who))
