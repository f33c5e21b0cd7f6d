"""The labelled pairs, put together from what is written in `facts/`. `python -m benchmarks.matching.pairs` writes them.

A line of facts names a team and its spellings, each with a letter of SPELLINGS, or two teams that are not each other:

    [sports] Boston Celtics = n Celtics ; c BOS
    [sports] ~ same_city* ; LA Clippers ; Los Angeles Lakers ; why

A file's first line names the sports where no bracket does. A star asks for a difference in several spellings.
"""

import hashlib
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import msgspec

HERE = Path(__file__).parent
FACTS = HERE / "facts"
PAIRS = HERE / "pairs.jsonl"
FAMILIES = (
    *(("nba.txt",), ("wnba.txt",), ("nfl.txt",), ("nhl.txt",), ("mlb.txt",)),
    *(("college.txt", "college_differences.txt"), ("college_women.txt",)),
    *(("soccer.txt", "soccer_differences.txt"), ("nations.txt",), ("sides.txt",)),
    *(("tennis.txt",), ("ufc.txt",), ("esports.txt",)),
)
SPELLINGS = {
    "o": "full_name",
    "n": "nickname",
    "p": "place",
    "c": "code",
    "s": "slug",
    "v": "venue_style",
    "x": "short_form",
    "f": "former_name",
    "l": "language",
    "w": "writing",
    "m": "women_mark",
}
FIRST_SPORT_ONLY = frozenset(
    {"nickname", "code"}
)  # what is clear in a league need not be among all clubs, or in football
TURNS = ((0, 0), (1, 0), (0, 1), (2, 2), (3, 1), (1, 3))  # which spellings of the two a starred difference is asked in


class Pair(msgspec.Struct, frozen=True, omit_defaults=True):
    """Two names, and whether they are one team of the sport."""

    id: str
    sport: str
    a: str
    b: str
    same: bool
    kind: str
    why: str = ""


class Team(NamedTuple):
    """A team of the facts."""

    name: str
    sports: tuple[str, ...]
    spellings: tuple[tuple[str, str], ...]  # kind, name

    @property
    def clear_names(self) -> list[str]:
        """Names that say the team without a league beside them."""
        return [self.name, *(name for kind, name in self.spellings if kind not in ("code", "slug", "nickname"))]


class Difference(NamedTuple):
    """Two teams of the facts that are not each other."""

    kind: str
    one: str
    other: str
    why: str
    sports: tuple[str, ...]


def read_pairs() -> list[Pair]:
    """The pairs as they are published."""
    return [msgspec.json.decode(line, type=Pair) for line in PAIRS.read_bytes().splitlines()]


def make_pairs() -> list[Pair]:
    """Every pair that the facts give, once. Raises ValueError when two names are labelled both ways."""
    found: dict[str, Pair] = {}
    for family in FAMILIES:
        for pair in _pairs_of(family):
            known = found.setdefault(pair.id, pair)
            if known.same != pair.same:
                raise ValueError(f"{pair.sport}: {pair.a!r} and {pair.b!r} are labelled both ways")
    return list(found.values())


def _pairs_of(family: Sequence[str]) -> Iterator[Pair]:
    entries = [entry for name in family for entry in _entries(name)]
    teams = {entry.name: entry for entry in entries if isinstance(entry, Team)}
    by_name = {name: team for team in teams.values() for name in (team.name, *(name for _, name in team.spellings))}
    for number, entry in enumerate(entries):
        if isinstance(entry, Team):
            yield from _equal(entry, number)
        else:
            yield from _different(entry, by_name, number)


def _entries(name: str) -> Iterator[Team | Difference]:
    head, *lines = (FACTS / name).read_text("utf-8").splitlines()
    usual = head.removeprefix("sport: ")
    for line in lines:
        if line.startswith("#"):
            continue
        mark, _, rest = line[1:].partition("] ") if line.startswith("[") else (usual, "", line)
        sports = tuple(mark.split())
        if rest.startswith("~ "):
            kind, one, other, why = [*(part.strip() for part in rest[2:].split(" ; ")), ""][:4]
            yield Difference(kind, one, other, why, sports)
        else:
            team, _, names = rest.partition(" = ")
            spellings = (part.strip().partition(" ") for part in names.split(" ; "))
            yield Team(team, sports, tuple((SPELLINGS[letter], spelt) for letter, _, spelt in spellings))


def _equal(team: Team, turn: int) -> Iterator[Pair]:
    """Each spelling against the full name, and two against each other: venues seldom write the full name."""
    for number, (kind, name) in enumerate(team.spellings):
        yield _pair(_sport(team, turn + number, kind), team.name, name, True, kind)
    neighbours = list(pairwise(team.spellings))
    if neighbours:
        (kind, name), (other_kind, other) = neighbours[turn % len(neighbours)]
        narrow = kind if kind in FIRST_SPORT_ONLY else other_kind
        yield _pair(_sport(team, turn, narrow), name, other, True, "two_spellings")


def _sport(team: Team, turn: int, kind: str) -> str:
    return team.sports[0] if kind in FIRST_SPORT_ONLY else team.sports[turn % len(team.sports)]


def _different(entry: Difference, by_name: dict[str, Team], turn: int) -> Iterator[Pair]:
    one, other = by_name.get(entry.one), by_name.get(entry.other)
    known = [set(team.sports) for team in (one, other) if team]
    sports = [sport for sport in entry.sports if all(sport in each for each in known)] or list(entry.sports)
    kind = entry.kind.removesuffix("*")
    if kind == entry.kind:
        yield _pair(sports[turn % len(sports)], entry.one, entry.other, False, kind, entry.why)
        return
    ours, theirs = one.clear_names if one else [entry.one], other.clear_names if other else [entry.other]
    for number, (first, second) in enumerate(TURNS):
        a, b = ours[first % len(ours)], theirs[second % len(theirs)]
        yield _pair(sports[(turn + number) % len(sports)], a, b, False, kind, entry.why)


def _pair(sport: str, one: str, other: str, same: bool, kind: str, why: str = "") -> Pair:
    """The id and the order of the two names come from the names, so that they outlive new lines."""
    digest = hashlib.sha256("|".join((sport, *sorted((one, other)))).encode()).hexdigest()
    a, b = sorted((one, other), reverse=int(digest[-1], 16) % 2 == 1)
    return Pair(f"{sport}-{digest[:8]}", sport, a, b, same, kind, why)


if __name__ == "__main__":
    PAIRS.write_bytes(b"".join(msgspec.json.encode(pair) + b"\n" for pair in make_pairs()))
