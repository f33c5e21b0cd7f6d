"""The words of a pool of teams: which of them a word of a name can stand for."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

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


class Vocabulary:
    """Words in order and by sound. `within`: the words of the whole pool, when these are of a few teams only."""

    def __init__(self, words: Iterable[str], within: "Vocabulary | None" = None) -> None:
        self._words = sorted(words)
        self._known_words = frozenset(self._words)
        self._whole_pool: frozenset[str] = within._whole_pool if within else self._known_words
        self._by_sound: dict[str, list[str]] = defaultdict(list)
        self._by_length: dict[int, list[str]] = defaultdict(list)
        for word in self._words:
            self._by_sound[sound(word)].append(word)
            self._by_length[len(word)].append(word)
        self._answers: dict[str, Mapping[str, float]] = {}

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
            found = dict.fromkeys(self._stems_of(word), EXTENDS) | found
            found = dict.fromkeys(self._sounding_like(word), SOUNDS) | found
        if max(found.values(), default=0.0) <= _WELL_KNOWN:
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
        return (known for known in self._beginning_with(word[0]) if contracts(word, known))

    def _misspelt_as(self, word: str) -> Iterator[str]:
        slips = slips_in(len(word))
        for length in range(len(word) - slips, len(word) + slips + 1):
            allowed = min(slips, slips_in(length))
            known = self._by_length.get(length, ()) if allowed else ()
            for each, _, _ in process.extract(word, known, scorer=OSA.distance, score_cutoff=allowed, limit=None):
                yield each
