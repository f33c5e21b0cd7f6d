"""How well one word stands for another, and how the words of a name pair off with the words of a team's."""

import csv
from collections.abc import Mapping, Sequence
from functools import cache, lru_cache
from importlib.resources import files

import msgspec

# How much of a word is proven by each way of writing it. Equal is 1.
MEANS = 0.97  # `univ` for `universidad`: in the table of words
SOUNDS = 0.94  # `koeln` for `koln`
BEGINS = 0.92  # `wich` for `wichita`
MISSPELT = 0.87
EXTENDS = 0.74  # `utrechtse` for `utrecht`
CONTRACTS = 0.75  # `nrthrge` for `northridge`
INITIAL = 0.7  # `c` for `central`
INITIALS = 0.9  # `usv` for `universitair sport vereniging`
LEAST = 0.55  # worse is not alike

_CACHED_SOUNDS = 32_768
_SOUNDS = (("oe", "o"), ("ue", "u"), ("ae", "a"), ("ph", "f"), ("ck", "k"), ("kh", "h"), ("ij", "i"), ("sch", "sh"))
_ONE_LETTER = str.maketrans({"c": "k", "j": "i", "y": "i", "w": "v", "z": "s", "q": "k"})


class Cover(msgspec.Struct, frozen=True, gc=False):
    """Two lists of words paired off: by index, how well each word of the query is met, and what is left of both."""

    met: dict[int, float]
    left_over: Sequence[int]  # of the query
    unsaid: Sequence[int]  # of the form


def _rows(name: str) -> list[list[str]]:
    text = files("app.matching").joinpath("data", name).read_text("utf-8")
    return list(csv.reader(text.splitlines()))[1:]


@cache
def words_of_kind(*kinds: str) -> frozenset[str]:
    """Words that stand beside names, by kind: `fc` is a club word, `1909` a year, `deportivo` an institution."""
    return frozenset(word for word, kind in _rows("affixes.csv") if kind in kinds)


@cache
def _meanings() -> dict[str, frozenset[str]]:
    table: dict[str, set[str]] = {}
    for short, meaning in _rows("words.csv"):
        table.setdefault(short, set()).add(meaning)
        table.setdefault(meaning, set()).add(short)
    return {word: frozenset(found) for word, found in table.items()}


def meanings(word: str) -> frozenset[str]:
    """The words it can stand for, and those that can stand for it."""
    return _meanings().get(word, frozenset())


@lru_cache(_CACHED_SOUNDS)
def sound(word: str) -> str:
    """The word with spellings of one sound made one and doubled letters single."""
    for written, spoken in _SOUNDS:
        word = word.replace(written, spoken)
    word = word.translate(_ONE_LETTER)
    return "".join(letter for at, letter in enumerate(word) if at == 0 or word[at - 1] != letter)


def slips_in(length: int) -> int:
    """How many letters may be wrong in a word of this length."""
    return 2 if length >= 8 else 1 if length >= 5 else 0


def cover(query: tuple[str, ...], form: tuple[str, ...], known: Sequence[Mapping[str, float]]) -> Cover:
    """Pair the words off, the surest first; then let one word stand for the initials of several.

    `known`: for each word of the query, the words it can stand for and how well.
    """
    pairs = [
        (quality, -abs(i - j), i, j)
        for i, words in enumerate(known)
        for j, word in enumerate(form)
        if (quality := words.get(word))
    ]
    if len(pairs) > 1:
        pairs.sort(reverse=True)
    met: dict[int, float] = {}
    there: set[int] = set()
    for quality, _, i, j in pairs:
        if i not in met and j not in there:
            met[i] = quality
            there.add(j)
    if len(met) == len(query):
        open_here: list[int] = []
    else:
        open_here = [i for i in range(len(query)) if i not in met]
    if len(there) == len(form):
        return Cover(met, open_here, [])
    open_there = [j for j in range(len(form)) if j not in there]
    if open_here:
        for i, _ in _spell_out(query, open_here, form, open_there):
            met[i] = INITIALS
        for _, run in _spell_out(form, open_there, query, open_here):
            met.update(dict.fromkeys(run, INITIALS))
    return Cover(met, open_here, open_there)


def is_spelt_by(code: str, words: tuple[str, ...]) -> bool:
    """The code is a beginning of each word, one after the other: `ndak`, `usv`, `txam`."""
    if not words or not code:
        return not words and not code
    first = words[0]
    if code[0] != first[0]:
        return False
    longest = min(len(first), len(code) - len(words) + 1)
    return any(first.startswith(code[:size]) and is_spelt_by(code[size:], words[1:]) for size in range(longest, 0, -1))


def is_contracted_to(code: str, words: tuple[str, ...]) -> bool:
    """As `is_spelt_by`, with letters left out inside the words: each gives its first one and any of the others."""
    if not words:
        return not code
    first = words[0]
    if not code or code[0] != first[0]:
        return False
    at, size = 1, 1
    while True:
        if is_contracted_to(code[size:], words[1:]):
            return True
        if size == len(code):
            return False
        at = first.find(code[size], at) + 1
        if not at:
            return False
        size += 1


def _spell_out(
    short: tuple[str, ...], open_short: list[int], long: tuple[str, ...], open_long: list[int]
) -> Sequence[tuple[int, tuple[int, ...]]]:
    if len(open_long) < 2:
        return ()
    found = []
    articles = words_of_kind("article")  # `de` is no Deportivo Eibar
    for i in [i for i in open_short if len(short[i]) > 1 and short[i] not in articles]:
        run = _run_spelt_by(short[i], long, open_long)
        if run:
            found.append((i, run))
            open_short.remove(i)
            for j in run:
                open_long.remove(j)
    return found


def _run_spelt_by(word: str, words: tuple[str, ...], open_at: list[int]) -> tuple[int, ...]:
    for first in range(len(open_at) - 1):
        if words[open_at[first]][0] != word[0]:
            continue
        for last in range(len(open_at), first + 1, -1):
            run = tuple(open_at[first:last])
            if run[-1] - run[0] == len(run) - 1 and is_spelt_by(word, tuple(words[j] for j in run)):
                return run
    return ()


def contracts(query: str, word: str) -> bool:
    """The letters of `query` come in the longer word in this order: `nrthrge` in `northridge`."""
    letters = iter(word)
    return 3 < len(query) < len(word) and all(letter in letters for letter in query)
