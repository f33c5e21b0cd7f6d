"""The drills that can be asked for."""

import pytest

from app.drills.roster import DRILLS, chosen
from app.errors import BadInput
from app.settings import PricesSettings, ShardSettings


def test_all_are_run_in_the_order_of_the_roster_unless_some_are_named() -> None:
    assert [each.name for each in chosen(())] == [each.name for each in DRILLS]
    assert [each.name for each in chosen(["kill_switch", "mute_kalshi"])] == ["mute_kalshi", "kill_switch"]


def test_one_that_nobody_knows_is_refused_with_those_that_are() -> None:
    with pytest.raises(BadInput, match="flood") as refused:
        chosen(["flood"])
    assert "kill_shard" in refused.value.remedy


def test_limits_leave_room_for_what_the_settings_allow() -> None:
    limits = {each.name: each.within for each in DRILLS}
    assert limits["mute_kalshi"] == limits["mute_polymarket"] > PricesSettings().silence + PricesSettings().fresh
    assert limits["kill_shard"] > ShardSettings().lost_after
