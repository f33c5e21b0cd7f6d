import msgspec

from app.domain.settlements import FOREVER, Approval, Terms
from app.history.approvals import drop_approval, keep_approval, list_approvals, read_texts
from app.history.audit import Deed, list_deeds
from app.history.database import Database
from tests.app.history.samples import NOW

DEED = Deed(at=NOW, who="anna", what="rules.approved")
TERMS = Terms(True, "half", FOREVER, "result", "lose", ("half", "fair"))


def said(number: int = 1, reason: str = "read it") -> Approval:
    return Approval(
        rules_hash=f"{number:064x}", terms=TERMS, reason=reason, approved_by="anna", approved_at=NOW.isoformat()
    )


async def test_what_is_approved_is_read_as_it_was_said(history: Database) -> None:
    bare = msgspec.structs.replace(said(2), terms=Terms())
    for each in (bare, said(1)):
        await keep_approval(history, each, DEED)
    assert await list_approvals(history) == [said(1), bare]


async def test_what_is_said_last_counts_and_every_time_is_in_the_audit(history: Database) -> None:
    for reason in ("first", "second"):
        await keep_approval(history, said(reason=reason), DEED)
    assert [each.reason for each in await list_approvals(history)] == ["second"]
    assert len(await list_deeds(history)) == 2


async def test_what_is_taken_back_is_gone_and_only_then_a_deed(history: Database) -> None:
    await keep_approval(history, said(), DEED)
    back = Deed(at=NOW, who="anna", what="rules.withdrawn")
    assert await drop_approval(history, said().rules_hash, back)
    assert not await drop_approval(history, said().rules_hash, back)
    assert await list_approvals(history) == []
    assert [deed.what for deed in await list_deeds(history)] == ["rules.withdrawn", "rules.approved"]


async def test_texts_that_were_never_seen_are_absent(history: Database) -> None:
    assert await read_texts(history, []) == {}
    assert await read_texts(history, [said().rules_hash]) == {}
