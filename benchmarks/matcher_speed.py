"""G4: name among thousands against RapidFuzz's scan. G5: exact and known names against a dict look-up."""

import random
from itertools import cycle

from _rows import report, timed
from rapidfuzz import fuzz, process
from rapidfuzz import utils as cleaning

from app.domain.leagues import LEAGUES, LeagueCode
from app.matching.matcher import match_teams, resolve_team
from app.matching.registry import Registry

SOCCER = LEAGUES[LeagueCode("soccer")]
REGISTRY = Registry.load()
TEAMS = REGISTRY.teams(SOCCER.pool)
CHOICES = [name for team in TEAMS for name in (team.name, *team.names)]
KNOWN = [team.name for team in TEAMS]
BY_NAME = {name.lower(): team for team, name in zip(TEAMS, KNOWN, strict=True)}  # the plainest normalisation there is
SCANNED = 40  # names a round; RapidFuzz takes milliseconds for each


def misspelt(seed: int, count: int) -> list[str]:
    """Distinct names with one letter dropped, which no cache has seen."""
    draw = random.Random(seed)
    names = draw.sample([name for name in KNOWN if len(name) > 8], count)
    cuts = [draw.randrange(2, len(name) - 1) for name in names]
    return [name[:cut] + name[cut + 1 :] for name, cut in zip(names, cuts, strict=True)]


def name_among_thousands() -> None:
    seeds = cycle(range(1_000))

    def ours() -> None:
        for name in misspelt(next(seeds), SCANNED):
            resolve_team(REGISTRY, name, SOCCER)

    def theirs() -> None:
        for name in misspelt(next(seeds), SCANNED):
            process.extractOne(name, CHOICES, scorer=fuzz.WRatio, processor=cleaning.default_process)

    mine, other = timed(ours, theirs)
    what = f"misspelt name among {len(CHOICES)} / RapidFuzz WRatio"
    report("G4", what, mine / SCANNED * 1e6, other / SCANNED * 1e6, 1 / 50)


def known_names() -> None:
    def by_dict() -> None:
        for name in KNOWN:
            BY_NAME[name.lower()]

    def resolves() -> None:
        for name in KNOWN:
            resolve_team(REGISTRY, name, SOCCER)

    def pairs() -> None:
        for name in KNOWN:
            match_teams(REGISTRY, name, name, SOCCER)

    count = len(KNOWN)
    for what, call in (("resolve a known name", resolves), ("match a known pair", pairs)):
        mine, other = timed(call, by_dict)
        report("G5", f"{what} / dict look-up", mine / count * 1e6, other / count * 1e6, 3)


if __name__ == "__main__":
    name_among_thousands()
    known_names()
