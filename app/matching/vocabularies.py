"""The words of a pool of teams: which of them a word of a name can stand for."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping

from rapidfuzz import process
from rapidfuzz.distance import OSA

from app.matching.comparisons import (
    BEGINS,
    CONTRACTS,
    EXTENDS,
    INITIAL,
    MEANS,
    MISSPELT,
    SOUNDS,
    contracts,
    meanings,
    slips_in,
    sound,
)

_LONGEST_SHORT = 3  # letters: `mad` is still short for something, though some team is known by it
_SHORTEST_STEM = 5
_WELL_KNOWN = 0.8  # a word that has a counterpart this good is not taken for a slip of the pen
_KEPT_WORDS = 16_384
_END = 2  # letters: one slip leaves one end of a word of five intact


class Vocabulary:
    """Words in order and by sound. `within`: the words of the whole pool, when these are of a few teams only.
    `elsewhere`: words that no misspelling leads to. `extends`: words are lengthened, as `Utrechtse` is; `contracts`:
    letters are left out of them."""

    def __init__(
        self,
        words: Iterable[str],
        within: "Vocabulary | None" = None,
        elsewhere: Collection[str] = (),
        extends: bool = True,
        contracts: bool = True,
    ) -> None:
        self._words = sorted(words)
        self._known_words = frozenset(self._words)
        self._whole_pool: frozenset[str] = within._whole_pool if within else self._known_words
        self._elsewhere: Collection[str] = within._elsewhere if within else frozenset(elsewhere)
        self._extends: bool = within._extends if within else extends
        self._contracts: bool = within._contracts if within else contracts
        self._by_sound: dict[str, list[str]] = defaultdict(list)
        self._by_end: dict[str, list[str]] = defaultdict(list)
        self._by_letter: dict[str, list[tuple[int, str]]] = defaultdict(list)
        for word in self._words:
            self._by_sound[sound(word)].append(word)
            self._by_letter[word[0]].append((_letters_in(word), word))
            for end in _ends_of(word):
                self._by_end[end].append(word)
        self._answers: dict[str, Mapping[str, float]] = {}

    def __contains__(self, word: str) -> bool:
        return word in self._known_words

    def stand_ins(self, word: str) -> Mapping[str, float]:
        """The words this one can stand for, and how well. A word the pool has is no misspelling of another."""
        found = self._answers.get(word)
        if found is None:
            if len(self._answers) >= _KEPT_WORDS:
                self._answers.clear()
            found = self._answers[word] = self._find(word)
        return found

    def _find(self, word: str) -> Mapping[str, float]:
        found = dict.fromkeys(meanings(word) & self._known_words, MEANS)
        if word in self._known_words:
            found[word] = 1.0
        if len(word) > _LONGEST_SHORT and word in self._whole_pool:
            return found
        found = dict.fromkeys(self._beginning_with(word), BEGINS if len(word) > 2 else INITIAL) | found
        if len(word) > _LONGEST_SHORT:
            if self._extends:
                found = dict.fromkeys(self._stems_of(word), EXTENDS) | found
            found = dict.fromkeys(self._sounding_like(word), SOUNDS) | found
        if max(found.values(), default=0.0) <= _WELL_KNOWN and word not in self._elsewhere:
            if self._contracts:
                found = dict.fromkeys(self._contracted_to(word), CONTRACTS) | found
            found |= dict.fromkeys(self._misspelt_as(word), MISSPELT)
        return found

    def _beginning_with(self, start: str) -> list[str]:
        return self._words[bisect_left(self._words, start) : bisect_left(self._words, start + "\x7f")]

    def _stems_of(self, word: str) -> Iterator[str]:
        stems = (word[:size] for size in range(_SHORTEST_STEM, len(word)))
        return (stem for stem in stems if stem in self._known_words)

    def _sounding_like(self, word: str) -> Iterator[str]:
        return (known for known in self._by_sound.get(sound(word), ()) if abs(len(known) - len(word)) < 3)

    def _contracted_to(self, word: str) -> Iterator[str]:
        said = _letters_in(word)
        known = (each for letters, each in self._by_letter.get(word[0], ()) if letters & said == said)
        return (each for each in known if contracts(word, each))

    def _misspelt_as(self, word: str) -> Iterator[str]:
        """Words a slip or two away; one end of the word is always written right."""
        slips = slips_in(len(word))
        for end in _ends_of(word) if slips else ():
            known = self._by_end.get(end, ())
            for each, off, _ in process.extract(word, known, scorer=OSA.distance, score_cutoff=slips, limit=None):
                if off <= slips_in(len(each)):
                    yield each


def _ends_of(word: str) -> tuple[str, str]:
    return word[:_END] + "-", "-" + word[-_END:]


def _letters_in(word: str) -> int:
    """A set of letters, as bits."""
    bits = 0
    for letter in word:
        bits |= 1 << (ord(letter) & 31)
    return bits
