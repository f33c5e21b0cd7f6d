"""What was decided about signals is written once, found again whole, and in pages."""

from datetime import timedelta

import msgspec
import pytest

from app.clock import moment_of
from app.domain.games import GameId
from app.domain.leagues import LeagueCode
from app.domain.signals import Judged
from app.history.database import Database
from app.history.signals import (
    OFFERED,
    Place,
    Recorded,
    Wanted,
    count_signals,
    find_signal,
    forget_refused,
    list_signals,
    write_signals,
)
from tests.app.history.judged import FOUND_AT, KALSHI_LEG, POLYMARKET_LEG, judged, refused


async def write(history: Database, *told: Judged) -> int:
    return await write_signals(history, [Recorded(each) for each in told], "simulated")


async def names(history: Database, **wanted: object) -> list[str]:
    asked = msgspec.structs.replace(Wanted(), **wanted)
    found = [row.id for row in await list_signals(history, asked)]
    assert await count_signals(history, asked) == len(found)
    return found


async def test_a_signal_comes_back_whole(history: Database) -> None:
    told = judged(1)
    await write_signals(history, [Recorded(told, like_it=7)], "simulated")
    found = await find_signal(history, "a-1")
    assert found is not None
    assert (found.judged, found.like_it, found.world) == (told, 7, "simulated")
    assert await find_signal(history, "a-2") is None


async def test_what_is_told_again_is_written_once(history: Database) -> None:
    assert await write(history, judged(1), judged(2), judged(1)) == 2
    assert await write(history, judged(1), judged(2)) == 0
    assert await write(history) == 0
    assert await names(history) == ["a-2", "a-1"]


async def test_the_last_word_takes_the_place_of_what_was_offered_and_stays(history: Database) -> None:
    offered, last_word = judged(1, is_final=False), refused(1)
    await write(history, offered)
    assert await names(history, reason=OFFERED) == ["a-1"]
    assert await write(history, last_word) == 1
    assert await write(history, offered, judged(1)) == 0
    assert await names(history, reason=OFFERED) == []
    found = await find_signal(history, "a-1")
    assert found is not None
    assert found.judged == last_word


async def test_in_one_writing_the_last_word_counts_too(history: Database) -> None:
    assert await write(history, judged(1, is_final=False), refused(1), judged(1, is_final=False)) == 1
    assert await names(history, stage="risk") == ["a-1"]


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ({}, [4, 3, 2, 1]),
        ({"stage": "sent"}, [3, 1]),
        ({"is_kept": True}, [3, 1]),
        ({"is_kept": False}, [4, 2]),
        ({"stage": "risk", "reason": "halted"}, [4]),
        ({"detector": "dutch"}, [3]),
        ({"account": "model"}, [2]),
        ({"game_id": "402"}, [4]),
        ({"league": "mlb"}, [4]),
        ({"since": moment_of(judged(3).signal.found_at)}, [4, 3]),
        ({"game_id": "4\0"}, []),
        ({"stage": "sent", "league": "mlb"}, []),
    ],
)
async def test_signals_are_found_by_what_is_asked_for(
    history: Database, wanted: dict[str, object], expected: list[int]
) -> None:
    elsewhere = {"game_id": GameId("402"), "league": LeagueCode("mlb")}
    await write(
        history, judged(1), refused(2, account="model"), judged(3, detector="dutch"), refused(4, "halted", **elsewhere)
    )
    assert await names(history, **wanted) == [f"a-{number}" for number in expected]


async def test_pages_together_are_the_list_also_where_many_are_found_at_once(history: Database) -> None:
    await write(history, *(judged(number, found_at=FOUND_AT) for number in range(7)), judged(9))
    seen: list[str] = []
    after = None
    while page := await list_signals(history, Wanted(), 3, after):
        seen += [row.id for row in page]
        after = Place(page[-1].found_at, page[-1].id)
    assert seen == ["a-9", *(f"a-{number}" for number in range(6, -1, -1))]


async def test_words_that_postgres_cannot_keep_cost_no_signal(history: Database) -> None:
    odd = msgspec.structs.replace(KALSHI_LEG, outcome="Bos\0ton \\u0000 \\\0")
    await write(history, judged(1, legs=(odd, POLYMARKET_LEG)))
    found = await find_signal(history, "a-1")
    assert found is not None
    assert found.judged.signal.legs[0].outcome == "Boston \\u0000 \\"
    assert await find_signal(history, "a-1\0") is None


async def test_refused_ones_are_forgotten_after_a_while_and_kept_ones_never(history: Database) -> None:
    await write(history, judged(1), refused(2), judged(3, is_final=False), refused(9))
    before = moment_of(FOUND_AT) + timedelta(seconds=5)
    assert await forget_refused(history, before) == 1
    assert await names(history) == ["a-9", "a-3", "a-1"]
