"""Names as words that can be compared: folded, shortened alike, and with the marks that tell sister teams apart.

>>> read_name("Michigan St.").key == read_name("MICHIGAN STATE").key
True
>>> read_name("Arsenal Women").marks, read_name("Spain U-21").marks
(frozenset({'women'}), frozenset({'u21'}))
"""

import re
import unicodedata
from functools import lru_cache

import msgspec

CACHED_NAMES = 65_536

_LETTERS = str.maketrans(
    {"ø": "o", "æ": "ae", "œ": "oe", "ß": "ss", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i", "ŋ": "n"}
    | dict.fromkeys("'’‘`´ʻʼ′\"", "")
    | {"&": " and ", "@": " at "}
)
_NOT_A_WORD = re.compile(r"[^a-z0-9()]+")
_AFTER_DASH = re.compile(r"\s[-–—]\s(.+)$")  # `Ajax - Netherlands`
_BRACKETED = re.compile(r"\(([^()]*)\)?")

# Written alike whoever writes it; `st` stays open between Saint and State, which no two teams of a pool differ by.
_SHORT = {
    "saint": "st",
    "sankt": "st",
    "state": "st",
    "university": "univ",
    "united": "utd",
    "fort": "ft",
    "mount": "mt",
}
_CITIES = {("los", "angeles"): "la", ("new", "york"): "ny"}
_DROPPED = frozenset({"and", "the"})

_WOMEN = re.compile(r"w|wfc|wom[ae]ns?|lad(y|ies)|fem([ei]n[a-z]*)?|frauen|vrouwen|dames|damer|kvinner")
_RESERVES = frozenset({"ii", "iii", "b", "c", "reserve", "reserves"})
_YOUTH = re.compile(r"u(\d\d)s?|sub(\d\d)")
_MARK_LETTERS = frozenset("wbc")  # a mark only at the end, and only in soccer


class Name(msgspec.Struct, frozen=True):
    """A name taken apart. `words` are in the order written; `aside` stood in brackets; `key` is all of it in one."""

    words: tuple[str, ...]
    aside: tuple[str, ...]
    marks: frozenset[str]
    key: str

    @property
    def all_words(self) -> tuple[str, ...]:
        return self.words + self.aside


def fold(text: str) -> str:
    """Lower case without accents, apostrophes and punctuation; brackets stay, words are one space apart."""
    lowered = text.lower().translate(_LETTERS)
    if not lowered.isascii():
        parts = unicodedata.normalize("NFKD", lowered)
        lowered = "".join(part for part in parts if not unicodedata.combining(part)).translate(_LETTERS)
    return _NOT_A_WORD.sub(" ", lowered).strip()


@lru_cache(CACHED_NAMES)
def read_name(text: str, marked: bool = True) -> Name:
    """Take a name apart. `marked`: the sport has women's, youth and reserve sides that share a club's name."""
    folded = fold(_AFTER_DASH.sub(r" (\1)", text) if marked else text)
    aside = _words(" ".join(_BRACKETED.findall(folded))) if "(" in folded else ()
    words = _words(_BRACKETED.sub(" ", folded).replace(")", " "))
    if not words:
        words, aside = aside, ()
    marks: frozenset[str] = frozenset()
    if marked:
        words, first = _split_marks(words)
        aside, second = _split_marks(("", *aside))
        marks = first | second
        aside = aside[1:]
    return Name(words, aside, marks, "".join((*words, *aside, *sorted(marks))))


def initials(words: tuple[str, ...]) -> str:
    """First letters: `("white", "sox")` → `ws`."""
    return "".join(word[0] for word in words)


def is_code(text: str) -> bool:
    """Written like a ticker: one short word in capitals (`GSW`, `TA&M`)."""
    return len(text) <= 6 and text.isupper() and " " not in text


def _words(folded: str) -> tuple[str, ...]:
    found = [_SHORT.get(word, word) for word in folded.split() if word not in _DROPPED]
    if len(found) > 1 and found[-1] == "u":
        found[-1] = "univ"
    return _join_cities(_join_letters(found))


def _join_letters(words: list[str]) -> list[str]:
    """`d c` → `dc`, `a m` → `am`: letters standing alone side by side are one abbreviation."""
    joined: list[str] = []
    open_run = False
    for word in words:
        is_letter = len(word) == 1 and word.isalpha()
        if is_letter and open_run:
            joined[-1] += word
        else:
            joined.append(word)
        open_run = is_letter
    return joined


def _join_cities(words: list[str]) -> tuple[str, ...]:
    for (first, second), short in _CITIES.items():
        if first in words[:-1]:
            at = words.index(first)
            if words[at + 1] == second:
                words[at : at + 2] = [short]
    return tuple(words)


def _split_marks(words: tuple[str, ...]) -> tuple[tuple[str, ...], frozenset[str]]:
    kept: list[str] = []
    marks: set[str] = set()
    for at, word in enumerate(words):
        mark = _mark(word, alone=at == 0, last=at == len(words) - 1)
        if mark:
            marks.add(mark)
        else:
            kept.append(word)
    return tuple(kept), frozenset(marks)


def _mark(word: str, alone: bool, last: bool) -> str:
    if alone or (word in _MARK_LETTERS and not last):
        return ""
    youth = _YOUTH.fullmatch(word)
    if youth:
        return f"u{youth[1] or youth[2]}"
    if _WOMEN.fullmatch(word):
        return "women"
    return "reserves" if word in _RESERVES else ""
