import time
from collections.abc import Awaitable, Callable
from datetime import timedelta
from decimal import Decimal

import msgspec
import pytest

from app.domain.games import GameId
from app.domain.markets import ContractId, rules_hash
from app.history.database import Database
from app.history.recorder import Recorder
from app.history.upserts import GONE_AFTER, SEEN_EVERY
from tests.app.history import readings
from tests.app.history.samples import LINE, NOW, count, event, game, left_out, link, versions

A_MINUTE = timedelta(minutes=1)
LATER = NOW + GONE_AFTER + A_MINUTE
CONTRACT = ContractId("kalshi:EVENT-1:yes")


@pytest.fixture
def recorder(history: Database) -> Recorder:
    return Recorder(history)


async def test_a_game_is_written_once_and_follows_its_score(history: Database, recorder: Recorder) -> None:
    await recorder.record_games([game(), game(2)], NOW)
    final = msgspec.structs.replace(game(), status="final", period=4, home_score=101, away_score=99)
    await recorder.record_games([final], NOW + A_MINUTE)
    first, second = await readings.games(history)
    assert (first.home, first.away, first.start) == ("Boston Celtics", "Los Angeles Lakers", NOW)
    assert (first.status, first.home_score, first.away_score) == ("final", 101, 99)
    assert (first.first_seen, first.last_seen) == (NOW, NOW + A_MINUTE)
    assert (second.status, second.last_seen) == ("scheduled", NOW)


Write = Callable[[Recorder, timedelta], Awaitable[None]]
WRITES: dict[str, Write] = {
    "games": lambda recorder, after: recorder.record_games([game(n) for n in range(50)], NOW + after),
    "links": lambda recorder, after: recorder.record_links([link(n) for n in range(50)], NOW + after),
    "left_out": lambda recorder, after: recorder.record_left_out([left_out(n) for n in range(50)], NOW + after),
    "listings": lambda recorder, after: recorder.record_listings([event("a", "b")], NOW + after),
}


@pytest.mark.parametrize("table", WRITES)
async def test_what_did_not_change_is_not_touched_each_minute(
    history: Database, recorder: Recorder, table: str
) -> None:
    write = WRITES[table]
    await write(recorder, timedelta())
    before = await versions(history, table)
    for minute in range(1, 4):
        await write(recorder, minute * A_MINUTE)
    assert await versions(history, table) == before
    await write(recorder, SEEN_EVERY + A_MINUTE)  # now and then it is noted that they are still there
    after = await versions(history, table)
    assert len(after) == len(before)
    assert not after & before


async def test_a_link_keeps_its_proposition_and_reasons(history: Database, recorder: Recorder) -> None:
    await recorder.record_links([link(), link(2, "rejected")], NOW)
    row, rejected = await readings.links(history)
    assert (row.game_id, row.kind, row.scope, row.line, row.team_id) == ("000001", "spread", "game", LINE, "nba:2")
    assert isinstance(row.line, Decimal)
    assert (row.polarity, row.verdict, row.confidence) == ("yes", "tradable", 0.99)
    assert row.reasons == [{"field": "home", "finding": "agrees", "detail": "Boston = Boston Celtics"}]
    assert rejected.verdict == "rejected"


async def test_an_event_whose_markets_are_unknown_is_linked_as_a_whole(history: Database, recorder: Recorder) -> None:
    whole = msgspec.structs.replace(link(), market_id=None, contract_id=None, polarity=None, verdict="watch")
    await recorder.record_links([whole], NOW)
    await recorder.record_links([whole], NOW)
    (row,) = await readings.links(history)
    assert (row.market_id, row.contract_id, row.polarity) == ("", "", None)


async def test_a_decision_is_written_down_only_when_it_differs(history: Database, recorder: Recorder) -> None:
    await recorder.record_links([link()], NOW)
    await recorder.record_links([link(detail="in other words")], NOW + A_MINUTE)
    await recorder.record_links([link(verdict="watch")], NOW + 2 * A_MINUTE)
    await recorder.record_links([link(verdict="watch")], LATER)
    made = await readings.decisions(history, CONTRACT)
    assert [(each.verdict, each.at) for each in made] == [("watch", NOW + 2 * A_MINUTE), ("tradable", NOW)]
    (row,) = await readings.links(history)
    assert (row.verdict, row.first_seen, row.last_seen) == ("watch", NOW, LATER)


async def test_a_contract_that_moves_to_another_game_is_a_decision(history: Database, recorder: Recorder) -> None:
    moved = msgspec.structs.replace(
        link(), proposition=msgspec.structs.replace(link().proposition, game_id=GameId("000002"))
    )
    await recorder.record_links([link()], NOW)
    await recorder.record_links([moved], NOW + A_MINUTE)
    assert [each.game_id for each in await readings.decisions(history, CONTRACT)] == ["000002", "000001"]
    assert await count(history, "links") == 1


async def test_a_link_that_is_left_out_for_a_while_is_withdrawn(history: Database, recorder: Recorder) -> None:
    await recorder.record_links([link(), link(2)], NOW)
    await recorder.record_left_out([left_out()], NOW)
    assert await count(history, "links") == 2  # both were seen just now: which is true is not known yet
    await recorder.record_left_out([left_out(code="ambiguous_team")], LATER)
    assert [row.contract_id for row in await readings.links(history)] == ["kalshi:EVENT-2:yes"]
    last = (await readings.decisions(history, CONTRACT))[0]
    assert (last.verdict, last.at, last.game_id, last.line) == ("withdrawn", LATER, "000001", LINE)
    assert last.reasons == [{"field": "ambiguous_team", "finding": "differs", "detail": "points of a player"}]


async def test_an_event_left_out_as_a_whole_takes_all_its_links_along(history: Database, recorder: Recorder) -> None:
    await recorder.record_links([link(n) for n in range(5)], NOW)
    await recorder.record_left_out([left_out(market=False), left_out(1)], LATER)
    assert await count(history, "links") == 0
    assert await count(history, "link_decisions") == 10


async def test_a_linked_contract_leaves_the_unmatched_radar(history: Database, recorder: Recorder) -> None:
    await recorder.record_left_out([left_out(1), left_out(2), left_out(3, market=False)], NOW)
    await recorder.record_links([link(1)], LATER)
    assert [row.market_id for row in await readings.left_out_listings(history)] == ["EVENT-2"]


async def test_a_listing_told_both_ways_is_not_written_each_minute(history: Database, recorder: Recorder) -> None:
    for minute in range(70):
        await recorder.record_left_out([left_out()], NOW + minute * A_MINUTE)
        await recorder.record_links([link()], NOW + minute * A_MINUTE)
    assert await count(history, "link_decisions") == 1


async def test_of_two_rows_for_one_contract_the_last_counts(history: Database, recorder: Recorder) -> None:
    await recorder.record_links([link(), link(verdict="watch")], NOW)
    (row,) = await readings.links(history)
    assert row.verdict == "watch"


async def test_rules_are_kept_once_however_many_markets_share_them(history: Database, recorder: Recorder) -> None:
    await recorder.record_listings([event("Overtime counts.", "Overtime  counts.", "", "It does not.")], NOW)
    await Recorder(history).record_listings([event("Overtime counts.")], NOW)  # after a restart nothing is remembered
    assert await count(history, "rules") == 2
    assert await count(history, "listings") == 4
    assert "counts." in (await readings.rules_text(history, rules_hash("Overtime counts.")) or "")
    assert await readings.rules_text(history, "unknown") is None


async def test_an_event_without_markets_is_a_listing_too(history: Database, recorder: Recorder) -> None:
    await recorder.record_listings([msgspec.structs.replace(event(), markets=None)], NOW)
    assert await count(history, "listings") == 1


async def test_nothing_to_write_is_nothing_written(history: Database, recorder: Recorder) -> None:
    await recorder.record_games([])
    await recorder.record_links([], NOW)
    await recorder.record_left_out([], NOW)
    await recorder.record_listings([], NOW)
    assert await count(history, "games") == 0


async def test_what_is_no_longer_listed_is_forgotten(history: Database, recorder: Recorder) -> None:
    await recorder.record_left_out([left_out(1)], NOW)
    await recorder.record_left_out([left_out(2)], LATER)
    assert await recorder.forget_left_out(LATER) == 1
    assert [row.market_id for row in await readings.left_out_listings(history)] == ["EVENT-2"]


async def test_names_with_quotes_and_strange_letters_are_only_names(history: Database, recorder: Recorder) -> None:
    title = 'O\'Higgins \\ "Ñublense" {1,NULL} :at \x1f'
    await recorder.record_links([msgspec.structs.replace(link(), title=title)], NOW)
    assert (await readings.links(history))[0].title == title


async def test_a_zero_character_costs_nobody_his_row(history: Database, recorder: Recorder) -> None:
    await recorder.record_links([msgspec.structs.replace(link(detail="a\0b \\u0000"), title="a\0b"), link(2)], NOW)
    first, _ = await readings.links(history)
    assert (first.title, first.reasons[0]["detail"]) == ("ab", "ab \\u0000")


async def test_thousands_of_rows_a_call_are_quick(history: Database, recorder: Recorder) -> None:
    links = [link(number) for number in range(12_000)]
    await recorder.record_links(links, NOW)
    began = time.perf_counter()
    await recorder.record_links(links, NOW + A_MINUTE)
    took = time.perf_counter() - began
    assert await count(history, "links") == await count(history, "link_decisions") == 12_000
    assert took < 10  # seconds; a generous limit that only a row-by-row writer would miss
