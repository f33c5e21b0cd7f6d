import msgspec
import pytest

from app.domain.markets import ContractId
from app.domain.overrides import Override
from app.domain.teams import Reason
from app.history.audit import Deed, list_deeds
from app.history.database import Database
from app.history.overrides import drop_override, find_override, keep_override, list_overrides
from tests.app.history.samples import NOW, link

DEED = Deed(at=NOW, who="anna", what="link.overridden")


def said(number: int = 1, reason: str = "seen by eye") -> Override:
    of = link(number)
    assert of.contract_id is not None
    return Override(
        contract_id=of.contract_id,
        verdict="tradable",
        reason=reason,
        proposition=of.proposition,
        polarity=of.polarity,
        doubts=(Reason("start", "differs", "60 min later"),),
        rules_hash=of.rules_hash,
        said_by="anna",
        said_at=NOW,
    )


async def test_what_is_said_is_read_as_it_was_said(history: Database) -> None:
    blind = msgspec.structs.replace(said(2), polarity=None, doubts=())
    for each in (blind, said(1)):
        await keep_override(history, each, DEED)
    assert await list_overrides(history) == [said(1), blind]
    assert await find_override(history, said(1).contract_id) == said(1)


async def test_what_is_said_last_counts_and_every_time_is_in_the_audit(history: Database) -> None:
    for reason in ("first", "second"):
        await keep_override(history, said(reason=reason), DEED)
    assert [each.reason for each in await list_overrides(history)] == ["second"]
    assert len(await list_deeds(history)) == 2


async def test_what_is_taken_back_is_gone_and_only_then_a_deed(history: Database) -> None:
    await keep_override(history, said(), DEED)
    back = Deed(at=NOW, who="anna", what="link.restored")
    assert await drop_override(history, said().contract_id, back)
    assert not await drop_override(history, said().contract_id, back)
    assert await list_overrides(history) == []
    assert [deed.what for deed in await list_deeds(history)] == ["link.restored", "link.overridden"]


@pytest.mark.parametrize("contract_id", ["nobody", "", "a\0b", "' OR 1=1 --"])
async def test_a_contract_of_which_nothing_is_said(history: Database, contract_id: str) -> None:
    await keep_override(history, said(), DEED)
    assert await find_override(history, ContractId(contract_id)) is None
