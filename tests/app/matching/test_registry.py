"""The registry: facts in, changes make a new one, names are never lost."""

import shutil
from importlib.resources import as_file
from pathlib import Path

import msgspec
import pytest

from app.domain.leagues import LEAGUES, LeagueCode, Pool
from app.domain.teams import Team, TeamId
from app.matching.matcher import resolve_team
from app.matching.registry import FACTS, Registry, version_of

NBA = LEAGUES[LeagueCode("nba")]
SOCCER = LEAGUES[LeagueCode("soccer")]
CELTICS = TeamId("nba:2")


def test_every_pool_with_leagues_of_names_is_there(registry: Registry) -> None:
    counts = {pool: len(registry.teams(Pool(pool))) for pool in ("nba", "nfl", "nhl", "mlb", "wnba")}
    assert counts == {"nba": 30, "nfl": 32, "nhl": 32, "mlb": 30, "wnba": 15}
    assert {league.pool for league in LEAGUES.values() if not registry.teams(league.pool)} == set()


def test_team_is_found_by_id(registry: Registry) -> None:
    team = registry.team(CELTICS)
    assert team is not None
    assert team.name == "Boston Celtics"
    assert registry.team(TeamId("nba:999")) is None
    assert registry.team(TeamId("no such pool:1")) is None


def test_codes_are_unique_in_a_pool(registry: Registry) -> None:
    for league in LEAGUES.values():
        codes = [registry.code(team.id) for team in registry.teams(league.pool)]
        assert len(set(codes)) == len(codes), league.pool
    assert registry.code(CELTICS) == "bos"


def test_version_is_of_the_facts(registry: Registry) -> None:
    assert Registry.load().version == registry.version
    assert registry.with_names([(CELTICS, "Green Team")]).version != registry.version
    assert registry.with_names([]) is registry


@pytest.mark.parametrize("name", sorted(file.name for file in FACTS.iterdir()))
def test_version_changes_with_every_file_of_facts(tmp_path: Path, name: str) -> None:
    with as_file(FACTS) as facts:
        copied = shutil.copytree(facts, tmp_path / "facts")
    assert version_of(copied) == Registry.load().version
    with (copied / name).open("a", encoding="utf-8") as file:
        file.write("one,more\n")
    assert version_of(copied) != Registry.load().version


@pytest.mark.parametrize("code", ["nba", "soccer", "epl", "mls", "worldcup"])
def test_known_spellings_mean_what_they_mean_when_read(registry: Registry, code: str) -> None:
    league = LEAGUES[LeagueCode(code)]
    index = registry.index_of(league) or registry.index(league.pool)
    for team in index.teams:
        assert index.as_written(team.name.lower()) == index.exact(index.read(team.name))


def test_an_added_name_is_known_in_the_new_registry_only(registry: Registry) -> None:
    taught = registry.with_names([(CELTICS, "Green Team"), (TeamId("nba:999"), "Nobody")])
    team = resolve_team(taught, "green team", NBA).team
    assert team is not None
    assert team.id == CELTICS
    assert resolve_team(registry, "green team", NBA).team is None
    assert taught.index(Pool("nfl")) is registry.index(Pool("nfl"))


def test_a_refresh_takes_the_new_name_and_keeps_the_old_ones(registry: Registry) -> None:
    moved = Team(CELTICS, Pool("nba"), "Providence Celtics", "Providence", "Celtics", "PRO")
    fresh = registry.with_teams([moved])
    team = fresh.team(CELTICS)
    assert team is not None
    assert team.name == "Providence Celtics"
    for name in ("Boston Celtics", "Boston", "BOS", "Celts", "Providence", "PRO"):
        found = resolve_team(fresh, name, NBA).team
        assert found is not None, name
        assert found.id == CELTICS


def test_a_refresh_that_says_nothing_new_changes_nothing(registry: Registry) -> None:
    bare = [msgspec.structs.replace(team, names=()) for team in registry.teams(Pool("nba"))]
    assert registry.with_teams(bare) is registry
    assert registry.with_teams([]) is registry


def test_a_new_team_can_be_meant_at_once(registry: Registry) -> None:
    club = Team(TeamId("soccer:999999"), Pool("soccer"), "Kalkstadt Rovers")
    found = resolve_team(registry.with_teams([club]), "Kalkstadt", SOCCER).team
    assert found == club


def test_a_namesake_is_known_by_id_and_never_by_name(registry: Registry) -> None:
    women = Team(TeamId("soccer:20091"), Pool("soccer"), "Barcelona")  # the source calls both sides Barcelona
    fresh = registry.with_teams([women])
    assert fresh.team(women.id) == women
    meant = resolve_team(fresh, "Barcelona", SOCCER).team
    assert meant is not None
    assert meant.id == "soccer:83"
    assert resolve_team(fresh, "Barcelona", SOCCER, among=[women]).team == women


def test_a_player_s_packaged_entry_gives_way_to_the_source_s_number(registry: Registry) -> None:
    seen = Team(TeamId("tennis:3623"), Pool("tennis"), "Jannik Sinner")
    fresh = registry.with_teams([seen])
    found = resolve_team(fresh, "Jannik Sinner", LEAGUES[LeagueCode("tennis")]).team
    assert found is not None
    assert found.id == "tennis:3623"
    assert set(registry.team(TeamId("tennis:jannik-sinner")).names) <= set(found.names)  # type: ignore[union-attr]
    assert fresh.team(TeamId("tennis:jannik-sinner")) is found


def test_a_club_s_packaged_entry_gives_way_to_the_source_s_number_too(registry: Registry) -> None:
    seen = Team(TeamId("soccer:777777"), Pool("soccer"), "Real Madrid Castilla")
    fresh = registry.with_teams([seen])
    found = resolve_team(fresh, "Castilla", SOCCER).team
    assert found is not None
    assert found.id == seen.id
    assert "Spain" in found.places


def test_a_name_taught_to_a_packaged_entry_goes_over_to_its_successor(registry: Registry) -> None:
    packaged = TeamId("soccer:real-madrid-castilla")
    fresh = registry.with_teams([Team(TeamId("soccer:777777"), Pool("soccer"), "Real Madrid Castilla")])
    taught = fresh.with_names([(packaged, "Madrid's Second"), (packaged, "La Fabrica")])
    for name in ("Madrid's Second", "La Fabrica"):
        found = resolve_team(taught, name, SOCCER).team
        assert found is not None
        assert found.id == "soccer:777777"


def test_what_a_refresh_does_not_say_of_places_stays(registry: Registry) -> None:
    arsenal = next(team for team in registry.teams(Pool("soccer")) if team.name == "Arsenal")
    seen = msgspec.structs.replace(arsenal, name="Arsenal Football Club", names=(), places=(), kind="")
    found = registry.with_teams([seen]).team(arsenal.id)
    assert found is not None
    assert {"London", "England", "ENG"} <= set(found.places)
    nation = next(team for team in registry.teams(Pool("soccer")) if team.name == "Portugal")
    renamed = registry.with_teams([msgspec.structs.replace(nation, name="Portugal A", kind="", places=())])
    assert renamed.team(nation.id).kind == "nation"  # type: ignore[union-attr]


def test_every_place_is_of_a_team_and_every_shared_name_of_several(registry: Registry) -> None:
    teams = registry.teams(Pool("soccer"))
    assert sum(bool(team.places) for team in teams) > 1_500
    assert sum(team.kind == "nation" for team in teams) > 150
    assert all(team.places for team in teams if team.kind)
