"""One registry that grows while it is asked."""

import asyncio

import msgspec
import pytest

from app.domain.leagues import LEAGUES, Pool
from app.domain.teams import Team, TeamId
from app.matching.registry import Registry, packaged_facts
from app.matching.unified import TeamMatcher

CELTICS = TeamId("nba:2")


def newcomer(number: int) -> Team:
    return Team(TeamId(f"nba:90{number}"), Pool("nba"), f"Springfield Isotopes {number}")


async def test_new_teams_are_learned_once() -> None:
    matching = TeamMatcher(Registry.load())
    assert await matching.learn_teams([newcomer(1)]) == [newcomer(1)]
    assert matching.resolve("Springfield Isotopes 1", "nba").team == newcomer(1)
    version = matching.registry.version
    assert await matching.learn_teams([newcomer(1)]) == []
    assert matching.registry.version == version


async def test_a_renamed_team_answers_to_both_names() -> None:
    matching = TeamMatcher(Registry.load())
    known = matching.registry.team(CELTICS)
    assert known is not None
    renamed = Team(CELTICS, Pool("nba"), "Boston Shamrocks", "Boston", "Shamrocks", "BOS")
    (learned,) = await matching.learn_teams([renamed])
    assert learned.name == "Boston Shamrocks"
    assert "Boston Celtics" in learned.names
    for name in ("Boston Shamrocks", "Boston Celtics"):
        found = matching.resolve(name, "nba").team
        assert found is not None
        assert found.id == CELTICS


async def test_boards_that_call_a_team_differently_do_not_rename_it_back_and_forth() -> None:
    matching = TeamMatcher(Registry.load())
    known = matching.registry.team(CELTICS)
    assert known is not None
    assert await matching.learn_teams([msgspec.structs.replace(known, name="Boston Shamrocks")])
    version = matching.registry.version
    assert await matching.learn_teams([known]) == []
    assert matching.registry.version == version


async def test_nothing_that_is_learned_at_the_same_time_is_lost_and_questions_are_answered_meanwhile() -> None:
    matching = TeamMatcher(Registry.load())
    matching.warm()
    learning = [asyncio.create_task(matching.learn_teams([newcomer(number)])) for number in range(3)]
    learning.append(asyncio.create_task(matching.know_names([(CELTICS, "Shamrocks")])))  # type: ignore[arg-type]
    await asyncio.sleep(0)
    found = matching.resolve("Boston Celtics", "nba").team
    assert found is not None
    await asyncio.gather(*learning)
    assert all(matching.registry.team(newcomer(number).id) for number in range(3))
    assert matching.resolve("Shamrocks", "nba").team is not None


async def test_a_taught_name_that_is_taken_back_is_forgotten_and_nothing_else_is() -> None:
    matching = TeamMatcher(Registry.load())
    matching.warm()
    packaged = matching.registry.version
    await matching.know_names([(CELTICS, "Shamrocks"), (CELTICS, "Leprechauns"), (CELTICS, "Celtics")])
    await matching.learn_teams([newcomer(1)])
    await matching.know_names([(CELTICS, "Leprechauns")])
    assert matching.resolve("Shamrocks", "nba").team is None
    for name, team_id in (("Leprechauns", CELTICS), ("Celtics", CELTICS), (newcomer(1).name, newcomer(1).id)):
        found = matching.resolve(name, "nba").team
        assert found is not None
        assert found.id == team_id
    assert matching.registry.version != packaged


async def test_a_registry_that_forgets_the_last_taught_name_is_the_one_before() -> None:
    matching = TeamMatcher(Registry.load())
    untaught = matching.registry
    await matching.know_names([(CELTICS, "Shamrocks")])
    taught = matching.registry
    await matching.know_names([(CELTICS, "Shamrocks")])
    assert matching.registry is taught
    await matching.know_names([])
    assert matching.registry is untaught


async def test_a_name_is_learned_as_soon_as_its_team_is() -> None:
    matching = TeamMatcher(Registry.load())
    for _ in range(2):
        await matching.know_names([(newcomer(1).id, "Shamrocks")])
        await matching.learn_teams([newcomer(1)])
    await matching.know_names([(newcomer(1).id, "Shamrocks")])
    assert matching.resolve("Shamrocks", "nba").team is not None


async def test_where_nobody_asks_what_is_learned_is_not_indexed(monkeypatch: pytest.MonkeyPatch) -> None:
    matching = TeamMatcher(Registry(*packaged_facts()))
    with monkeypatch.context() as without:
        without.delattr("app.matching.registry.TeamIndex")
        await matching.know_names([(CELTICS, "Shamrocks")])
        assert await matching.learn_teams([newcomer(1)])
    for name, team_id in (("Shamrocks", CELTICS), (newcomer(1).name, newcomer(1).id)):  # whoever does ask can wait
        found = matching.resolve(name, "nba").team
        assert found is not None
        assert found.id == team_id


async def test_no_question_waits_for_an_index_once_it_is_warm(monkeypatch: pytest.MonkeyPatch) -> None:
    matching = TeamMatcher(Registry(*packaged_facts()))
    matching.warm()
    await matching.know_names([(CELTICS, "Shamrocks")])
    await matching.learn_teams([newcomer(1), Team(TeamId("soccer:90"), Pool("soccer"), "Springfield Rovers")])
    monkeypatch.delattr("app.matching.registry.TeamIndex")
    for code in LEAGUES:
        matching.resolve("Nobody at all", code)
        assert matching.resolve("Springfield Isotopes 1", code).team in (None, matching.registry.team(newcomer(1).id))
    held = {*vars(matching.registry)}
    assert held == {*vars(matching.registry), "_full_names", "_words"}, "names that are put together late"
