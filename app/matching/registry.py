"""The registry: which teams there are and what they are called. Data, not code; immutable, with a version."""

import csv
import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import cache, cached_property
from importlib.resources import files
from importlib.resources.abc import Traversable
from itertools import groupby
from typing import get_args

import msgspec

from app.domain.leagues import LEAGUES, League, LeagueCode, Pool
from app.domain.teams import Resolution, Team, TeamId, TeamKind, TeamMatch
from app.matching.indexes import TeamIndex
from app.matching.names import Name, read_name

FACTS: Traversable = files("app.matching").joinpath("data")
KEPT_FEW = 1_024  # small indexes, one a game, of some 50 kB

_KINDS: Mapping[str, TeamKind] = {kind: kind for kind in get_args(TeamKind)}  # the words of places.csv

_NOBODY: Mapping[TeamId, TeamId] = {}
Pools = dict[Pool, dict[TeamId, Team]]


class Registry:
    """Teams by pool. Changes make a new registry; indexes of untouched pools are shared between the two."""

    def __init__(self, pools: Pools, namesakes: Mapping[TeamId, TeamId], version: str) -> None:
        self._pools = pools
        self._namesakes = namesakes  # id of a team the source calls by another's name → that other
        self._extra: dict[TeamId, Team] = {}  # namesakes the source has shown: known by id, never by name
        self._successors: dict[TeamId, TeamId] = {}  # id of a packaged entry → the one that has taken its place
        self._indexes: dict[Pool, TeamIndex] = {}
        self._leagues: dict[LeagueCode, TeamIndex] = {}
        self._few: dict[tuple[tuple[TeamId, str], ...], TeamIndex] = {}
        self.version = version
        self.resolved: dict[tuple[LeagueCode, str], Resolution] = {}  # answers already given, kept by `matcher`
        self.matched: dict[tuple[LeagueCode, str, str], TeamMatch] = {}

    @staticmethod
    @cache
    def load() -> "Registry":
        """The facts that come with the package. One for the process: nothing changes it, so all share its indexes."""
        return Registry(*packaged_facts())

    def team(self, team_id: TeamId) -> Team | None:
        """The team of an id, or of one that it had before the source gave its number."""
        pool = Pool(team_id.partition(":")[0])
        team_id = self._successors.get(team_id, team_id)
        return self._pools.get(pool, {}).get(team_id) or self._extra.get(team_id)

    def teams(self, pool: Pool) -> Sequence[Team]:
        """Every team of a pool that can be meant by a name."""
        return tuple(self._pools.get(pool, {}).values())

    def code(self, team_id: TeamId) -> str:
        """A short code, unique in the pool: the abbreviation where no other team has it, else the id's own part."""
        return self.index(Pool(team_id.partition(":")[0])).code(team_id)

    def warm(self) -> None:
        """Build all that a question about names needs, so that none has to wait for it; about a second."""
        for league in LEAGUES.values():
            self.index(league.pool)
            self.index_of(league)
        self.teams_called("")

    def index(self, pool: Pool) -> TeamIndex:
        """The names of a pool, ready to be looked up; built once per version."""
        found = self._indexes.get(pool)
        if found is None:
            found = TeamIndex(self._pools.get(pool, {}).values(), pool, words_elsewhere=self._words_elsewhere(pool))
            self._indexes[pool] = found
        return found

    def index_among(self, pool: Pool, teams: Sequence[Team]) -> TeamIndex:
        """The names of these teams only; teams the registry has not met yet are taken as they are given."""
        key = tuple((team.id, team.name) for team in teams)
        found = self._few.get(key)
        if found is None:
            if len(self._few) >= KEPT_FEW:
                self._few.clear()
            known = self._pools.get(pool, {})
            meant = (known.get(team.id, team) for team in teams)
            found = TeamIndex(meant, pool, self.index(pool), is_asked_often=False)
            self._few[key] = found
        return found

    def index_of(self, league: League) -> TeamIndex | None:
        """The names of the teams that can play in a league that has a border; None when it has none."""
        if not league.countries and not league.of_nations:
            return None
        found = self._leagues.get(league.code)
        if found is None:
            teams = [team for team in self.teams(league.pool) if plays_in(team, league)]
            found = self._leagues[league.code] = TeamIndex(teams, league.pool, self.index(league.pool))
        return found

    def teams_called(self, full_name: str) -> Sequence[Team]:
        """Teams of any pool with this full name."""
        return self._full_names.get(_read(full_name).key, ())

    def _words_elsewhere(self, pool: Pool) -> Collection[str]:
        """Words that name teams of other sports: the Bulls are no misspelt Bills."""
        return {word for other, words in self._words.items() if other != pool for word in words}

    @cached_property
    def _words(self) -> Mapping[Pool, Collection[str]]:
        return {
            pool: {word for team in teams.values() for word in _read(team.name).words}
            for pool, teams in self._pools.items()
        }

    @cached_property
    def _full_names(self) -> Mapping[str, Sequence[Team]]:
        found: dict[str, list[Team]] = {}
        for teams in self._pools.values():
            for team in teams.values():
                found.setdefault(_read(team.name).key, []).append(team)
        return found

    def with_teams(self, teams: Iterable[Team]) -> "Registry":
        """The registry after the score source named its teams. What it no longer says stays known."""
        changed: dict[TeamId, Team] = {}
        replaced: dict[TeamId, TeamId] = {}
        for team in teams:
            known = self.team(team.id)
            if known is None and (known := self._stand_in(team)) is not None:
                replaced[known.id] = team.id
            fresh = _merge(known, team) if known else team
            if fresh != known:
                changed[team.id] = fresh
        return self._with(changed, replaced)

    def _stand_in(self, team: Team) -> Team | None:
        """The packaged entry of a team or player whose number at the score source nobody knew when it was written."""
        known = {} if team.id in self._namesakes else self._pools.get(team.pool, {})
        called = (known[one.id] for one in self.teams_called(team.name) if one.id in known)
        return next((one for one in called if not one.id.partition(":")[2].isdigit()), None)

    def with_names(self, pairs: Iterable[tuple[TeamId, str]]) -> "Registry":
        """The registry with names that people added. Pairs of unknown teams are passed over."""
        changed: dict[TeamId, Team] = {}
        for team_id, name in pairs:
            team = self.team(team_id)
            known = changed.get(team.id, team) if team else None
            if known and name.strip() and name not in known.names:
                changed[known.id] = msgspec.structs.replace(known, names=(*known.names, name))
        return self._with(changed)

    def _with(self, changed: Mapping[TeamId, Team], replaced: Mapping[TeamId, TeamId] = _NOBODY) -> "Registry":
        if not changed:
            return self
        pools = dict(self._pools)
        extra = dict(self._extra)
        touched: set[Pool] = set()
        for team in changed.values():
            if team.id in self._namesakes:
                extra[team.id] = team
                continue
            if team.pool not in touched:
                pools[team.pool] = dict(pools.get(team.pool, {}))
                touched.add(team.pool)
            pools[team.pool][team.id] = team
        for team_id in replaced:
            del pools[Pool(team_id.partition(":")[0])][team_id]
        fresh = Registry(pools, self._namesakes, _digest(self.version, repr(sorted(changed.items()))))
        fresh._extra, fresh._successors = extra, {**self._successors, **replaced}
        fresh._indexes = {pool: index for pool, index in self._indexes.items() if pool not in touched}
        fresh._leagues = {code: index for code, index in self._leagues.items() if index.pool not in touched}
        return fresh


def plays_in(team: Team, league: League) -> bool:
    """As far as anybody knows where it is from."""
    if league.of_nations:
        return team.kind == "nation"
    kind = "women" if league.of_women else ""
    return team.kind == kind and not set(league.countries).isdisjoint(team.places)


def _merge(known: Team, fresh: Team) -> Team:
    """The source's present names, and every name that was known before."""
    said = {fresh.name, fresh.location, fresh.nickname, fresh.abbreviation}
    before = (known.name, known.location, known.nickname, known.abbreviation, *known.names, *fresh.names)
    kept = tuple(dict.fromkeys(name for name in before if name and name not in said))
    return msgspec.structs.replace(
        fresh,
        location=fresh.location or known.location,
        nickname=fresh.nickname or known.nickname,
        abbreviation=fresh.abbreviation or known.abbreviation,
        names=kept if set(kept) != set(known.names) else known.names,
        places=fresh.places or known.places,
        kind=known.kind,
    )


def packaged_facts() -> tuple[Pools, Mapping[TeamId, TeamId], str]:
    """Teams by pool, namesakes and version, as a `Registry` takes them."""
    former = {row["country"]: row["was_in"].split("|") for row in _rows("states.csv")}
    known = {
        team_id: tuple(row["name"] for row in rows)
        for team_id, rows in groupby(sorted(_rows("known_names.csv"), key=_row_id), key=_row_id)
    }
    pools: Pools = {}
    namesakes: dict[TeamId, TeamId] = {}
    for row in _rows("teams.csv"):
        team = _team(row, known.get(_row_id(row), ()))
        pools.setdefault(team.pool, {})[team.id] = team
        for other in filter(None, row["namesakes"].split("|")):
            namesakes[TeamId(f"{team.pool}:{other}")] = team.id
    _add_places(pools, list(_rows("places.csv")), former)
    return pools, namesakes, version_of(FACTS)


def version_of(facts: Traversable) -> str:
    """Another one with every file that an answer depends on: the words that stand beside names, too."""
    found = sorted((file for file in facts.iterdir() if file.name.endswith(".csv")), key=lambda file: file.name)
    return _digest(*(file.read_text("utf-8") for file in found))


def _add_places(pools: Pools, rows: Sequence[Mapping[str, str]], former: Mapping[str, Sequence[str]]) -> None:
    """Where teams are from. A country goes by every name of its national team, and of the states it was part of."""
    nations = {(row["pool"], row["country"]): _row_id(row) for row in rows if row["kind"] == "nation"}
    for row in rows:
        teams, country = pools[Pool(row["pool"])], row["country"]
        team = teams.get(_row_id(row))
        if team is None:
            continue
        nation = teams.get(nations.get((row["pool"], country), TeamId("")))
        called = (nation.name, *nation.names) if nation and team is not nation else ()
        said = (row["city"], *row["region"].split("|"), *called, country, *former.get(country, ()))
        places = tuple(dict.fromkeys(filter(None, said)))
        teams[team.id] = msgspec.structs.replace(team, places=places, kind=_KINDS[row["kind"]])


def _read(name: str) -> Name:
    """Asked in the words of the soccer index, so that what is kept of its names serves here too."""
    return read_name(name, True)


def _row_id(row: Mapping[str, str]) -> TeamId:
    return TeamId(f"{row['pool']}:{row['id']}")


def _team(row: Mapping[str, str], known: tuple[str, ...]) -> Team:
    return Team(
        id=_row_id(row),
        pool=Pool(row["pool"]),
        name=row["name"],
        location=row["location"],
        nickname=row["nickname"],
        abbreviation=row["abbreviation"],
        names=tuple(dict.fromkeys((*filter(None, row["names"].split("|")), *known))),
    )


def _rows(name: str) -> Iterable[Mapping[str, str]]:
    return csv.DictReader(FACTS.joinpath(name).read_text("utf-8").splitlines())


def _digest(*texts: str) -> str:
    return hashlib.sha256("\n".join(texts).encode()).hexdigest()[:12]
