from datetime import timedelta

import msgspec
import pytest

from app.domain.markets import ContractId
from app.history.database import Database
from app.history.decisions import list_decisions
from app.history.recorder import Recorder
from app.history.upserts import GONE_AFTER
from tests.app.history.samples import NOW, left_out, link

CONTRACT = ContractId("kalshi:EVENT-1:yes")


async def test_every_decision_is_told_with_its_reasons_the_newest_first(history: Database) -> None:
    recorder = Recorder(history)
    overruled = msgspec.structs.replace(link(verdict="rejected"), overridden_by="anna")
    for minutes, decided in enumerate((link(), link(verdict="watch"), overruled, link(2))):
        await recorder.record_links([decided], NOW + timedelta(minutes=minutes))
    await recorder.record_left_out([left_out(code="prop")], NOW + GONE_AFTER + timedelta(hours=1))
    found = await list_decisions(history, CONTRACT)
    assert [(each.verdict, each.overridden_by) for each in found] == [
        ("withdrawn", "anna"),
        ("rejected", "anna"),
        ("watch", ""),
        ("tradable", ""),
    ]
    assert found[0].reasons[0].field == "prop"
    assert (found[-1].proposition, found[-1].reasons, found[-1].at) == (link().proposition, link().reasons, NOW)
    assert [each.number for each in found] == sorted((each.number for each in found), reverse=True)


@pytest.mark.parametrize("contract_id", ["nobody", "", "a\0b", "' OR 1=1 --"])
async def test_of_a_contract_that_was_never_linked_nothing_was_decided(history: Database, contract_id: str) -> None:
    await Recorder(history).record_links([link()], NOW)
    assert not await list_decisions(history, ContractId(contract_id))
