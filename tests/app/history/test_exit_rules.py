"""Rules of a position are kept with their line in the audit, and leave what an executor has booked."""

from app.domain.positions import ExitRules
from app.history.audit import list_deeds
from app.history.database import Database
from app.history.exit_rules import EXITS_CHANGED, keep_exit_rules
from app.history.trading_reads import find_position
from app.history.trading_tables import PositionRow
from app.valuations import rules_of
from tests.app.hot.samples import NOW
from tests.routers.dealings import CONTRACT, open_account, position_row, put


async def test_rules_are_kept_and_taken_back(history: Database) -> None:
    await open_account(history)
    await put(history, PositionRow, position_row())
    before = await find_position(history, "manual", CONTRACT)
    assert before is not None
    given = ExitRules(stop=0.2, on_game_states=("postponed",))
    for rules in (given, None):
        await keep_exit_rules(history, before, rules, "a test", NOW)
        found = await find_position(history, "manual", CONTRACT)
        assert found is not None
        assert rules_of(found) == (rules or rules_of(before))
        assert (found.version, found.size) == (before.version, before.size)
    deeds = await list_deeds(history, what=EXITS_CHANGED)
    assert [each.detail["rules"] is None for each in deeds] == [True, False]
