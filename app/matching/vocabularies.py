"""The words of a pool of teams: which of them a word of a name can stand for."""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from rapidfuzz import process
from rapidfuzz.distance import OSA

from app.matching.comparisons import LEAST, MEANS, MISSPELT, compare_spelling, meanings, slips_in, sound

_WELL_KNOWN = 0.8  # a word that has a counterpart this good is not looked for under another first letter
_LONGEST_SHORT = 3  # letters: `mad` is still short for something, though some team is known by it
_KEPT_WORDS = 16_384


class Vocabulary:
    """Words under their first letter. `within`: the words of the whole pool, when these are of a few teams only."""

    def __init__(self, words: Iterable[str], within: "Vocabulary | None" = None) -> None:
        self._words = frozenset(words)
        self._all_words: frozenset[str] = within._all_words if within else self._words
        self._by_letter: dict[str, list[str]] = defaultdict(list)
        for word in sorted(self._words):
            self._by_letter[word[0]].append(word)
        self._known: dict[str, Mapping[str, float]] = {}

    def stand_ins(self, word: str) -> Mapping[str, float]:
        """The words this one can stand for, and how well. A word the pool has is no misspelling of another."""
        found = self._known.get(word)
        if found is None:
            if len(self._known) >= _KEPT_WORDS:
                self._known.clear()
            found = self._known[word] = self._find(word)
        return found

    def _find(self, word: str) -> Mapping[str, float]:
        found = dict.fromkeys(meanings(word) & self._words, MEANS)
        if word in self._words:
            found[word] = 1.0
        if len(word) > _LONGEST_SHORT and word in self._all_words:
            return found
        spoken = sound(word)
        for known in self._by_letter.get(word[0], ()):
            if known not in found and (quality := compare_spelling(word, known, spoken)) >= LEAST:
                found[known] = quality
        if max(found.values(), default=0.0) <= _WELL_KNOWN:
            found |= dict.fromkeys(self._misspelt(word), MISSPELT)
        return found

    def _misspelt(self, word: str) -> list[str]:
        allowed = slips_in(word)
        if not allowed:
            return []
        near = process.extract(word, self._words, scorer=OSA.distance, score_cutoff=allowed, limit=None)
        return [known for known, distance, _ in near if distance <= slips_in(known)]
