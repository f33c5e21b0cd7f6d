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
LONGEST_NAME = 200  # characters; the rest of a longer text is no name

_APOSTROPHES = "'’‘`´ʻʼ′\""
_LETTERS = str.maketrans(
    {"ø": "o", "æ": "ae", "œ": "oe", "ß": "ss", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i", "ŋ": "n"}
    | dict.fromkeys(_APOSTROPHES, "")
    | dict.fromkeys(map(chr, range(0x300, 0x370)), "")  # the accents that NFKD has parted from their letters
)
_SPACED = str.maketrans(
    {chr(code): " " for code in range(128) if not chr(code).isalnum()}
    | dict.fromkeys(_APOSTROPHES, "")
    | {"(": " (", ")": ") ", "@": " at "}
)
_NOT_ASCII = re.compile(r"[^\x00-\x7f]+")
_DASHES = re.compile(r"[-–—]")
_DIGITS = re.compile(r"\d")
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
_CITIES = {"angeles": ("los", "la"), "york": ("new", "ny")}  # by the second word
_DROPPED = frozenset({"and", "the"})

_WOMEN = re.compile(r"w|wfc|wom[ae]ns?|lad(y|ies)|fem([ei]n[a-z]*)?|frauen|vrouwen|dames|damer|kvinner")
_RESERVES = frozenset({"ii", "2", "b", "reserve", "reserves", "jong"})
_THIRDS = frozenset({"iii", "c"})  # apart, for `Man C` is no `Man B`
_MARKS_IN_FRONT = frozenset({"jong"})  # `Jong Ajax` is Ajax II; `Young Boys` are nobody's second side
_AGE_APART = re.compile(r"\b(?:u|under|sub) *(\d\d)s?\b")
_QUOTED = re.compile(r"[\"“”„«»][^\"“”„«»]+[\"“”„«»]")
_ONE_WITH_STATE = re.compile(r".{4,}state")  # `wichitastate`
_NATIONAL_TEAM = re.compile(r"\b(?:men ?s )?national (?:football |soccer )?team\b")
_YOUTH = re.compile(r"u\d\d")
_MARKED = re.compile(r"[wfldvk]|u\d|ii|2$|b$|c$|res|jong")  # how such a word begins; a quick look
_NO_MARKS: frozenset[str] = frozenset()


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
    """Lower case without accents, apostrophes and punctuation; brackets stay, words are spaces apart."""
    lowered = text.lower()
    if not lowered.isascii():
        lowered = _NOT_ASCII.sub(" ", unicodedata.normalize("NFKD", lowered).translate(_LETTERS))
    return lowered.translate(_SPACED)


@lru_cache(CACHED_NAMES)
def read_name(text: str, marked: bool = True) -> Name:
    """Take a name apart. `marked`: the sport has women's, youth and reserve sides that share a club's name."""
    text = text[:LONGEST_NAME]
    folded = fold(_AFTER_DASH.sub(r" (\1)", text) if marked and " " in text and _DASHES.search(text) else text)
    if marked and _DIGITS.search(folded):
        folded = _AGE_APART.sub(r"u\1", folded)
    if marked and "national" in folded:
        folded = _NATIONAL_TEAM.sub(" ", folded)
    aside: tuple[str, ...] = ()
    if "(" in folded:
        aside = _words(" ".join(_BRACKETED.findall(folded)))
        folded = _BRACKETED.sub(" ", folded)
    words = _words(folded.replace(")", " "))
    if not words:
        words, aside = aside, ()
    if not marked:
        return Name(words, aside, _NO_MARKS, "".join(words + aside))
    words, marks = _split_marks(words)
    if aside:
        aside, more = _split_marks(("", *aside))
        aside, marks = aside[1:], marks | more
    return Name(words, aside, marks, "".join((*words, *aside, *sorted(marks))))


def without_quoted(text: str) -> str:
    """A person's name without what friends call them: `Jon "Bones" Jones`."""
    return _QUOTED.sub(" ", text) if len(text) > 2 else text


def is_womens(name: Name) -> bool:
    """It says so, in a sport whose leagues are of men or of women: `Duke Women`, `UConn (W)`, `Lady Vols`."""
    return any(len(word) > 1 and _WOMEN.fullmatch(word) for word in name.words) or any(
        map(_WOMEN.fullmatch, name.aside)
    )


def unmark(name: Name) -> Name:
    """The name without its marks."""
    return Name(name.words, name.aside, _NO_MARKS, "".join(name.all_words))


def initials(words: tuple[str, ...]) -> str:
    """First letters: `("white", "sox")` → `ws`."""
    return "".join(word[0] for word in words)


def is_code(text: str) -> bool:
    """Written like a ticker: one short word in capitals (`GSW`, `TA&M`)."""
    return len(text) <= 6 and text.isupper() and " " not in text


def _words(folded: str) -> tuple[str, ...]:
    found = [_SHORT.get(word, word) for word in folded.split() if word not in _DROPPED]
    if len(found) < 2:
        return tuple(word.removesuffix("ate") if _ONE_WITH_STATE.fullmatch(word) else word for word in found)
    if len(min(found, key=len)) == 1:
        found = _join_letters(found)
    for second, (first, short) in _CITIES.items():
        if second in found:
            at = found.index(second) - 1
            if at >= 0 and found[at] == first:
                found[at : at + 2] = [short]
    return tuple(found)


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


def _split_marks(words: tuple[str, ...]) -> tuple[tuple[str, ...], frozenset[str]]:
    if not any(map(_MARKED.match, words)):
        return words, _NO_MARKS
    last = len(words) - 1
    found = {
        at: mark
        for at, word in enumerate(words)
        if (at or (last and word in _MARKS_IN_FRONT)) and (mark := _mark(word, at == last))
    }
    if not found:
        return words, _NO_MARKS
    return tuple(word for at, word in enumerate(words) if at not in found), frozenset(found.values())


def _mark(word: str, is_last: bool) -> str:
    if len(word) == 1 and not is_last:
        return ""
    if _YOUTH.fullmatch(word):
        return word
    if _WOMEN.fullmatch(word):
        return "women"
    if word in _THIRDS:
        return "thirds"
    return "reserves" if word in _RESERVES else ""
