"""The ways a team is written, as words, and how well a name covers one of them."""

import math
from collections.abc import Iterable, Mapping, Sequence

import msgspec

from app.matching.comparisons import cover, is_spelt_by, meanings, words_of_kind
from app.matching.names import Name

_AFFIX_WEIGHT = 0.05
_LEAST_WEIGHT = 0.25
_STRANGE_WEIGHT = 0.3  # in soccer, of a word no team of the pool has: sponsors and cities come and go
_COMMON_WEIGHT = 0.65  # of a word that many teams have: alone it proves nothing beside a word that is not theirs
_UNSAID_POWER = 0.3  # names are shortened far more often than lengthened

_WHOLE_CODE = 0.9
_CODE_AND_U = 0.85
_ONE_WORD = 0.85
_FIRST_WORD = 0.75


class Form(msgspec.Struct, frozen=True, gc=False):
    """One way to write a team. `optional` words may be missing: the nickname after the location."""

    team: int
    core: tuple[str, ...]
    optional: tuple[str, ...]
    marks: frozenset[str]


class Dialect:
    """How one pool writes names: which words stand beside a name, and how much each of the others tells.

    In soccer rare words tell more, and clubs carry ornaments; in US leagues `State` tells as much as any word.
    """

    def __init__(self, is_soccer: bool) -> None:
        self.is_soccer = is_soccer
        self.affixes = (
            words_of_kind("club", "article", "sport", "year") if is_soccer else words_of_kind("school", "esports")
        )
        self._ornaments = words_of_kind("institution", "esports") if is_soccer else frozenset()
        self._weights: dict[str, float] = {}

    def learn(self, teams_by_word: Mapping[str, int], teams: int) -> None:
        """Weigh the words of a pool by how many of its teams have them."""
        most = math.log(max(teams, 3))
        for word, number in teams_by_word.items():
            self._weights[word] = max(_LEAST_WEIGHT, 1 - math.log(number) / most) if self.is_soccer else 1.0

    def telling(self, words: Iterable[str]) -> tuple[str, ...]:
        """The words without affixes."""
        return tuple(word for word in words if word not in self.affixes)

    def weight(self, word: str) -> float:
        """0..1, when it is part of a team's name."""
        if word in self.affixes:
            return _AFFIX_WEIGHT
        known = self._weights.get(word)
        if known is not None:
            return known
        return _STRANGE_WEIGHT if self.is_soccer else 1.0

    def weigh_extra(self, word: str) -> float:
        """0..1, when the team's name does not have it."""
        return 2 * _AFFIX_WEIGHT if self._is_ornament(word) else self.weight(word)

    def is_telling(self, word: str) -> bool:
        """It names a team rather than adorns one."""
        return word not in self.affixes and not self._is_ornament(word)

    def _is_ornament(self, word: str) -> bool:
        if not self.is_soccer:
            return False
        meant = meanings(word)
        return word in self._ornaments or not self._ornaments.isdisjoint(meant) or (len(word) == 1 and not meant)


class Fit(msgspec.Struct, frozen=True, gc=False, order=True):
    """How well a name fits a form, 0..1. Not `is_whole`: each has a word the other lacks, so it proves nothing."""

    score: float
    is_whole: bool = True


NO_FIT = Fit(0.0, False)


def fit_form(name: Name, known: Sequence[Mapping[str, float]], form: Form, dialect: Dialect) -> Fit:
    """How the words cover the form. What stands in brackets helps, and in soccer never harms.

    `known`: for each word of the name, the words it can stand for and how well.
    """
    words = name.all_words
    whole = form.core + form.optional
    found = cover(words, whole, known)
    met = sum(dialect.weight(words[at]) for at in found.met)
    if not met:
        return NO_FIT
    first_aside = len(name.words) if dialect.is_soccer else len(words)
    is_strange = any(at < first_aside and dialect.is_telling(words[at]) for at in found.left_over)
    if is_strange and (not dialect.is_soccer or max(dialect.weight(words[at]) for at in found.met) < _COMMON_WEIGHT):
        return NO_FIT  # San Francisco Giants are not San Francisco 49ers, nor is Real Somewhere Real Madrid
    quality = sum(dialect.weight(words[at]) * each for at, each in found.met.items()) / met
    extra = sum(dialect.weigh_extra(words[at]) if at < first_aside else _AFFIX_WEIGHT for at in found.left_over)
    unsaid = [whole[at] for at in found.unsaid if at < len(form.core)]
    hidden = sum(map(dialect.weight, unsaid)) / sum(map(dialect.weight, form.core))
    score = quality * met / (met + extra) * float((1 - hidden) ** _UNSAID_POWER)
    return Fit(score, not (is_strange and any(map(dialect.is_telling, unsaid))))


def fit_code(code: str, form: Form, dialect: Dialect) -> Fit:
    """How well a short code stands for the form: a beginning of each word, or the beginning of the first."""
    words = dialect.telling(form.core)
    if not words:
        return NO_FIT
    if len(words) == 1:
        return Fit(_ONE_WORD) if len(code) > 2 and words[0].startswith(code) else NO_FIT
    if is_spelt_by(code, words):
        return Fit(_WHOLE_CODE)
    if code.endswith("u") and is_spelt_by(code[:-1], words):
        return Fit(_CODE_AND_U)
    return Fit(_FIRST_WORD) if len(code) > 2 and words[0].startswith(code) else NO_FIT
