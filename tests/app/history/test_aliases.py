import pytest

from app.domain.leagues import Pool
from app.domain.teams import TeamId
from app.errors import BadInput
from app.history.aliases import Alias, add_alias, list_aliases, remove_alias
from app.history.database import Database
from tests.app.history.samples import BOSTON, LAKERS, NOW


async def test_names_are_kept_with_who_added_them(history: Database) -> None:
    assert await add_alias(history, BOSTON.id, "  The  Celts ", added_by="anna", at=NOW)
    assert await add_alias(history, LAKERS.id, "LakeShow", added_by="anna", at=NOW, source="kalshi")
    celts, lakers = await list_aliases(history)
    assert celts == Alias(
        pool=Pool("nba"), team_id=BOSTON.id, name="The Celts", source="person", added_by="anna", added_at=NOW
    )
    assert lakers.source == "kalshi"


async def test_a_name_is_kept_once(history: Database) -> None:
    assert await add_alias(history, BOSTON.id, "The Celts", added_by="anna", at=NOW)
    assert not await add_alias(history, BOSTON.id, "The Celts", added_by="ben", at=NOW)
    assert [alias.added_by for alias in await list_aliases(history)] == ["anna"]


async def test_names_are_listed_by_pool(history: Database) -> None:
    await add_alias(history, BOSTON.id, "The Celts", added_by="anna", at=NOW)
    await add_alias(history, TeamId("soccer:359"), "Gooners", added_by="anna", at=NOW)
    assert [alias.name for alias in await list_aliases(history, Pool("soccer"))] == ["Gooners"]


async def test_a_name_can_be_taken_back(history: Database) -> None:
    await add_alias(history, BOSTON.id, "The Celts", added_by="anna", at=NOW)
    assert await remove_alias(history, BOSTON.id, "The Celts")
    assert not await remove_alias(history, BOSTON.id, "The Celts")
    assert await list_aliases(history) == []


async def test_an_empty_name_is_refused(history: Database) -> None:
    with pytest.raises(BadInput):
        await add_alias(history, BOSTON.id, " ", added_by="anna", at=NOW)
