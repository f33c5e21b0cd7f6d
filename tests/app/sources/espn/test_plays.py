import re
from pathlib import Path

import pytest

from app.domain.leagues import LeagueCode
from app.errors import PayloadRefused
from app.sources.espn.plays import plays_from

NBA = LeagueCode("nba")


def test_each_play_of_a_recorded_game_has_its_score_its_clock_and_the_source_s_chance(shared: Path) -> None:
    written = (shared / "data/espn/summaries/espn_api_single_game.md").read_text(encoding="utf-8")
    game, plays = plays_from(re.split(r"```(?:json)?", written)[1].encode(), NBA)
    assert (game.status, game.away_score, game.home_score, len(plays)) == ("final", 131, 116, 451)
    first, last = plays[0], plays[-1]
    assert (first.game.status, first.game.period, first.game.clock, first.chance) == ("live", 1, "12:00", 0.131)
    assert (first.game.home_score, first.game.away_score) == (0, 0)
    assert (last.game.home_score, last.game.away_score) == (116, 131)
    assert f"{first.at:%Y-%m-%dT%H:%M:%S%z}" == "2025-12-07T00:11:10+0000"
    assert all(play.chance is not None for play in plays)


@pytest.mark.parametrize("payload", [b"", b"{}", b'{"header": 3}', b'{"header": {}, "plays": 5}'])
def test_what_is_no_page_of_a_game_is_refused(payload: bytes) -> None:
    with pytest.raises(PayloadRefused):
        plays_from(payload, NBA)
