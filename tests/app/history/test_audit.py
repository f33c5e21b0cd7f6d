from app.history.audit import Deed, list_deeds, write_down
from app.history.database import Database
from tests.app.history.samples import NOW


async def test_deeds_are_listed_the_newest_first_and_page_by_page(history: Database) -> None:
    for number in range(5):
        await write_down(history, Deed(at=NOW, who="anna", what="alias.added", detail={"name": f"name {number}"}))
    first = await list_deeds(history, limit=3)
    rest = await list_deeds(history, limit=3, before=first[-1].id)
    assert [deed.detail["name"] for deed in (*first, *rest)] == [f"name {number}" for number in (4, 3, 2, 1, 0)]
    assert (first[0].at, first[0].who, first[0].what) == (NOW, "anna", "alias.added")
