"""Models are kept with their cards; of each league one is in use at most, and the audit says by whom."""

from datetime import timedelta

import msgspec
import pytest

from app.domain.leagues import LeagueCode
from app.domain.models import LearnedModel, ModelId, Odds, Term, Verdict
from app.errors import Conflict
from app.history.audit import list_deeds
from app.history.database import Database
from app.history.models import (
    KeptModel,
    find_model,
    keep_model,
    list_models,
    next_version,
    promote_model,
    promoted_models,
    withdraw_model,
)
from app.history.tables import ModelRow
from tests.app.hot.samples import NOW
from tests.routers.dealings import put

NBA, NHL = LeagueCode("nba"), LeagueCode("nhl")


def made(version: int = 1, league: LeagueCode = NBA, verdict: Verdict = "better") -> KeptModel:
    learned = LearnedModel(league=league, version=version, home=Odds(0.1, (Term("lead_by_time", 0.0, 5.0, 1.25),)))
    return KeptModel(
        id=learned.id,
        league=league,
        version=version,
        verdict=verdict,
        made_at=NOW + timedelta(hours=version),
        card={"games": 60},
        learned=learned if verdict != "insufficient_data" else None,
    )


async def test_what_is_kept_is_found_again(history: Database) -> None:
    assert await next_version(history, NBA) == 1
    for each in (made(1, verdict="insufficient_data"), made(2), made(1, NHL)):
        await keep_model(history, each)
    assert await next_version(history, NBA) == 3
    assert await list_models(history) == [made(2), made(1, verdict="insufficient_data"), made(1, NHL)]
    assert await list_models(history, NHL) == [made(1, NHL)]
    assert await find_model(history, ModelId("nba/2")) == made(2)
    assert (await find_model(history, ModelId("nba/9")), await find_model(history, ModelId("a\0"))) == (None, None)


async def test_a_version_is_given_once(history: Database) -> None:
    await keep_model(history, made())
    with pytest.raises(Conflict):
        await keep_model(history, made())


async def test_of_each_league_the_last_one_that_was_promoted_is_in_use(history: Database) -> None:
    for each in (made(1), made(2), made(1, NHL)):
        await keep_model(history, each)
    assert await promoted_models(history, "real") == ()
    for each in (made(1), made(2), made(1, NHL)):
        await promote_model(history, each, "anna", NOW)
    assert [each.id for each in await promoted_models(history, "real")] == ["nba/2", "nhl/1"]
    found = await find_model(history, ModelId("nba/2"))
    assert found is not None
    assert (found.promoted_at, found.promoted_by) == (NOW, "anna")
    assert found.learned == made(2).learned
    assert await withdraw_model(history, NBA, "ben", NOW)
    assert not await withdraw_model(history, NBA, "ben", NOW)
    assert [each.id for each in await promoted_models(history, "real")] == ["nhl/1"]
    assert await promoted_models(history, "simulated") == ()
    said = [(deed.what, deed.who) for deed in await list_deeds(history)]
    assert said == [("model.withdrawn", "ben"), *[("model.promoted", "anna")] * 3]


async def test_what_another_version_described_otherwise_is_not_used(history: Database) -> None:
    row = {**msgspec.structs.asdict(made()), "learned": {"league": "nba", "trees": []}, "promoted_at": NOW}
    await put(history, ModelRow, row)
    assert await promoted_models(history, "real") == ()
    assert [each.learned for each in await list_models(history)] == [None]
