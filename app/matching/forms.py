"""The ways a team is written, as words, and how well a name covers one of them."""

import math
from collections.abc import Iterable, Mapping

import msgspec

from app.matching.comparisons import cover, is_contracted_to, is_spelt_by, meanings, words_of_kind
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
_CONTRACTED = 0.70


class Form(msgspec.Struct, frozen=True, gc=False):
    """One way to write a team. Behind the `core` words come those that may be missing: the nickname after the place."""

    team: int
    words: tuple[str, ...]
    core: tuple[str, ...]
    marks: frozenset[str]
    places: frozenset[str] = frozenset()  # words that may stand beside all those
    suffix: str = ""  # of the team's own name: `united`, and never `city`


class Asked(msgspec.Struct, frozen=True, gc=False):
    """A name that is compared with many forms: its words, what each can stand for and how well, what each tells when
    a form has it and when none does, and whether it must be met."""

    words: tuple[str, ...]
    known: tuple[Mapping[str, float], ...]
    weights: tuple[float, ...]
    extras: tuple[float, ...]
    is_telling: tuple[bool, ...]
    is_aside: tuple[bool, ...]


class Dialect:
    """How one pool writes names: which words stand beside a name, and how much each of the others tells.

    In soccer rare words tell more, and clubs carry ornaments; in US leagues `State` tells as much as any word.
    """

    def __init__(self, is_soccer: bool) -> None:
        self.is_soccer = is_soccer
        self._strange_weight = _STRANGE_WEIGHT if is_soccer else 1.0
        self.affixes = (
            words_of_kind("club", "article", "sport", "year") if is_soccer else words_of_kind("school", "esports")
        )
        ornaments = words_of_kind("institution", "esports") if is_soccer else frozenset()
        self._ornaments = ornaments.union(*map(meanings, ornaments))
        self.suffixes = words_of_kind("suffix") if is_soccer else frozenset()
        self.places: frozenset[str] = frozenset()  # words for places that any of the pool's teams are from
        self._weights: dict[str, float] = dict.fromkeys(self.affixes, _AFFIX_WEIGHT)

    def learn(self, teams_by_word: Mapping[str, int], teams: int) -> None:
        """Weigh the words of a pool by how many of its teams have them."""
        most = math.log(max(teams, 3))
        for word, number in teams_by_word.items():
            if word not in self.affixes:
                self._weights[word] = max(_LEAST_WEIGHT, 1 - math.log(number) / most) if self.is_soccer else 1.0

    def telling(self, words: Iterable[str]) -> tuple[str, ...]:
        """The words without affixes."""
        return tuple(word for word in words if word not in self.affixes)

    def weight(self, word: str) -> float:
        """0..1, when it is part of a team's name."""
        return self._weights.get(word, self._strange_weight)

    def weigh_extra(self, word: str) -> float:
        """0..1, when the team's name does not have it."""
        return 2 * _AFFIX_WEIGHT if self._is_ornament(word) else self.weight(word)

    def ask(self, name: Name, known: Iterable[Mapping[str, float]]) -> Asked:
        """A name ready to be compared. What stands in brackets helps, and in soccer never harms."""
        words = name.all_words
        first_aside = len(name.words) if self.is_soccer else len(words)
        extras = (self.weigh_extra(word) if at < first_aside else _AFFIX_WEIGHT for at, word in enumerate(words))
        telling = (at < first_aside and self.is_telling(word) for at, word in enumerate(words))
        aside = (at >= len(name.words) for at in range(len(words)))
        return Asked(words, tuple(known), tuple(map(self.weight, words)), tuple(extras), tuple(telling), tuple(aside))

    def is_telling(self, word: str) -> bool:
        """It names a team rather than adorns one."""
        return word not in self.affixes and not self._is_ornament(word)

    def _is_ornament(self, word: str) -> bool:
        return self.is_soccer and (word in self._ornaments or (len(word) == 1 and not meanings(word)))


class Fit(msgspec.Struct, frozen=True, gc=False, order=True):
    """How well a name fits a form, 0..1. Not `is_whole`: each has a word the other lacks, so it proves nothing.
    `is_full`: every word of the name is met but for affixes."""

    score: float
    is_whole: bool = True
    is_full: bool = True


NO_FIT = Fit(0.0, False, False)


def fit_form(asked: Asked, form: Form, dialect: Dialect) -> Fit:
    """How the words of a name cover the form."""
    pairs = cover(asked.words, form.words, asked.known)
    rest = _weigh_rest(asked, pairs.left_over, form, dialect) if pairs.left_over else NO_REST
    if rest is None or all(asked.is_aside[at] for at in pairs.met):
        return NO_FIT
    met, covered, heaviest = rest.met, rest.covered, 0.0
    for at, quality in pairs.met.items():
        weight = asked.weights[at]
        met += weight
        covered += weight * quality
        if weight > heaviest:
            heaviest = weight
    if rest.is_strange and (not dialect.is_soccer or heaviest < _COMMON_WEIGHT):
        return NO_FIT  # San Francisco Giants are not San Francisco 49ers, nor is Real Somewhere Real Madrid
    score = covered / (met + rest.extra)
    unsaid = [form.core[at] for at in pairs.unsaid if at < len(form.core)]
    if not unsaid:
        return Fit(score, True, rest.is_nothing)
    hidden = sum(map(dialect.weight, unsaid)) / sum(map(dialect.weight, form.core))
    score *= float((1 - hidden) ** _UNSAID_POWER)
    return Fit(score, not (rest.is_strange and any(map(dialect.is_telling, unsaid))), rest.is_nothing)


class Rest(msgspec.Struct, frozen=True, gc=False):
    """What a form does not have of a name. `met` and `covered`: words for places the team is from, with what they tell;
    `extra`: what the others tell against it. `is_nothing`: there are only affixes."""

    met: float = 0.0
    covered: float = 0.0
    extra: float = 0.0
    is_strange: bool = False
    is_nothing: bool = True


NO_REST = Rest()


def _weigh_rest(asked: Asked, left_over: Iterable[int], form: Form, dialect: Dialect) -> Rest | None:
    """None: it is another team than is said."""
    met = covered = extra = 0.0
    is_strange, is_nothing = False, True
    for at in left_over:
        word = asked.words[at]
        quality = _stand_beside(asked.known[at], form.places) if form.places else 0.0
        if quality:
            met += asked.weights[at]
            covered += asked.weights[at] * quality
            continue
        if form.places and asked.is_aside[at] and word in dialect.places:
            return None  # Liverpool (URU) is not of England
        if form.suffix and word in dialect.suffixes:
            return None  # Oxford City are not Oxford United
        extra += asked.extras[at]
        is_strange |= asked.is_telling[at]
        is_nothing &= word in dialect.affixes
    return Rest(met, covered, extra, is_strange, is_nothing)


def _stand_beside(known: Mapping[str, float], places: frozenset[str]) -> float:
    """How well a word names a place that the team is from."""
    if len(known) > len(places):
        return max((known.get(word, 0.0) for word in places), default=0.0)
    return max((quality for word, quality in known.items() if word in places), default=0.0)


def fit_contraction(code: str, words: tuple[str, ...]) -> Fit:
    """How well a code stands for the words when it drops letters inside them: `drk` for Drake, `jvst` for Jacksonville
    State. Each word keeps its first letter."""
    if len(words) > len(code) or words[-1][0] not in code:
        return NO_FIT
    return Fit(_CONTRACTED) if is_contracted_to(code, words) else NO_FIT


def fit_code(code: str, words: tuple[str, ...]) -> Fit:
    """How well a short code stands for a name's telling words: a beginning of each, or the beginning of the first."""
    is_first = len(code) > 2 and words[0].startswith(code)
    if len(words) == 1:
        return Fit(_ONE_WORD) if is_first else NO_FIT
    if len(words) <= len(code) and words[-1][0] in code:
        if is_spelt_by(code, words):
            return Fit(_WHOLE_CODE)
        if code.endswith("u") and is_spelt_by(code[:-1], words):
            return Fit(_CODE_AND_U)
    return Fit(_FIRST_WORD) if is_first else NO_FIT
