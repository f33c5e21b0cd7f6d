"""Listings become links, and nobody's bad day costs anybody else."""

import asyncio

import msgspec
import pytest
from redis.asyncio import Redis

import workers.market_searcher
from app.corrections import overrule, standings, take_back
from app.domain.games import GameId
from app.domain.markets import Competitor, ContractId, EventId, VenueId
from app.domain.overrides import Override
from app.domain.settlements import Terms
from app.domain.teams import TeamId
from app.history.aliases import add_alias, remove_alias
from app.history.decisions import list_decisions
from app.hot.keys import answer_key, game_key, place_name
from app.matching.linking import Linked
from tests.app.hot.samples import life_of
from tests.workers.worlds import (
    EPL,
    KALSHI,
    MLB,
    PADRES_GAME,
    POLYMARKET,
    PROVISIONAL_ID,
    SOCCER,
    World,
    on_kalshi,
    on_polymarket,
)
from workers.market_searcher import market_searcher, with_terms


@pytest.fixture
async def listed(world: World) -> World:
    """One game that the source has, listed on both venues."""
    await world.hot.save_games([PADRES_GAME])
    world.kalshi.listings[MLB] = [on_kalshi()]
    world.polymarket.listings[MLB] = [on_polymarket()]
    return world


async def forget_answer(url: str, venue: VenueId) -> None:
    """As if the venue had been silent for longer than its links are believed."""
    async with Redis.from_url(url) as redis:
        await redis.delete(answer_key(place_name(venue, MLB)))


async def test_both_venues_links_are_joined_under_one_game(listed: World) -> None:
    done = await market_searcher(listed.resources)
    assert await listed.said_by("401") == {KALSHI, POLYMARKET}
    assert done.counts["searches"] == 2
    assert done.counts["games_linked"] == 1
    assert done.trouble == ""


async def test_a_listing_that_the_matcher_cannot_take_costs_only_itself(
    listed: World, caplog: pytest.LogCaptureFixture
) -> None:
    numbers = (Competitor(7), Competitor(8))  # type: ignore[arg-type]  # whatever reads them as names raises
    bad = msgspec.structs.replace(on_kalshi(), id=EventId("KXMLBGAME-BAD"), competitors=numbers)
    listed.kalshi.listings[MLB] = [bad, on_kalshi()]
    for _ in range(2):
        done = await market_searcher(listed.resources)
        assert done.counts["listings_fallen"] == 1
        assert await listed.said_by("401") == {KALSHI, POLYMARKET}
        listed.pass_time(61)
    assert [(item.event_id, item.code) for item in await listed.hot.left_out(KALSHI)] == [
        ("KXMLBGAME-BAD", "unreadable")
    ]
    assert [record.message for record in caplog.records].count("listing fell") == 1


async def test_links_of_a_silent_venue_stand_for_their_life_and_no_longer(listed: World, fresh_redis_url: str) -> None:
    await market_searcher(listed.resources)
    listed.polymarket.is_down = True
    listed.pass_time(61)
    done = await market_searcher(listed.resources)
    assert "polymarket mlb: answered 503" in done.trouble
    assert await listed.said_by("401") == {KALSHI, POLYMARKET}
    await forget_answer(fresh_redis_url, POLYMARKET)
    await market_searcher(listed.resources)
    assert await listed.said_by("401") == {KALSHI}


async def test_a_new_process_goes_on_with_what_is_still_believed(listed: World, fresh_redis_url: str) -> None:
    await market_searcher(listed.resources)
    listed.polymarket.is_down = True
    await market_searcher(listed.process())
    assert await listed.said_by("401") == {KALSHI, POLYMARKET}
    await forget_answer(fresh_redis_url, POLYMARKET)
    await market_searcher(listed.process())
    assert await listed.said_by("401") == {KALSHI}


async def test_one_venue_that_hangs_does_not_keep_the_other_waiting(listed: World) -> None:
    listed.polymarket.hangs = True
    search = asyncio.create_task(market_searcher(listed.resources))
    while await listed.said_by("401") != {KALSHI}:
        assert not search.done()
        await asyncio.sleep(0)
    search.cancel()
    await asyncio.gather(search, return_exceptions=True)


async def test_a_venue_that_hangs_is_given_up(listed: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers.market_searcher, "SEARCH_WITHIN", 0.05)
    listed.polymarket.hangs = True
    done = await market_searcher(listed.resources)
    assert done.trouble == "polymarket mlb: not read within 0.05 s"
    assert await listed.said_by("401") == {KALSHI}


async def test_a_failing_search_waits_longer_each_time_and_its_trouble_is_told_meanwhile(listed: World) -> None:
    listed.polymarket.is_down = True
    await market_searcher(listed.resources)
    listed.pass_time(20)
    assert (await market_searcher(listed.resources)).counts["searches_failed"] == 1
    listed.pass_time(20)
    assert (await market_searcher(listed.resources)).is_idle
    listed.pass_time(21)
    listed.polymarket.is_down = False
    assert (await market_searcher(listed.resources)).trouble == ""


async def test_a_game_that_no_source_shows_is_one_for_both_venues(listed: World) -> None:
    await listed.hot.drop_games([PADRES_GAME.id])
    await market_searcher(listed.resources)
    assert [game.id for game in await listed.hot.active_games()] == [PROVISIONAL_ID]
    assert await listed.said_by(PROVISIONAL_ID) == {KALSHI, POLYMARKET}


async def test_a_provisional_game_gives_way_with_its_links(listed: World) -> None:
    await listed.hot.drop_games([PADRES_GAME.id])
    await market_searcher(listed.resources)
    await listed.hot.save_games([PADRES_GAME])
    listed.pass_time(61)
    await market_searcher(listed.resources)
    assert [game.id for game in await listed.hot.active_games()] == ["401"]
    assert await listed.said_by(PROVISIONAL_ID) == set()
    assert await listed.said_by("401") == {KALSHI, POLYMARKET}


async def test_a_game_whose_listing_is_gone_is_not_saved_again(listed: World, fresh_redis_url: str) -> None:
    await listed.hot.drop_games([PADRES_GAME.id])
    await market_searcher(listed.resources)
    (provisional,) = await listed.hot.active_games()
    listed.kalshi.listings[MLB] = listed.polymarket.listings[MLB] = []
    await listed.hot.save_games([provisional], seconds=60)
    listed.pass_time(61)
    await market_searcher(listed.resources)
    assert await listed.said_by(PROVISIONAL_ID) == set()
    assert await life_of(fresh_redis_url, game_key(GameId(PROVISIONAL_ID))) <= 60


async def test_links_are_kept_whatever_league_a_listing_turns_out_to_be_of(world: World) -> None:
    world.kalshi.leagues = (EPL,)
    world.resources = world.process()
    sides = (Competitor("Arsenal", "ARS"), Competitor("Everton", "EVE"))
    event = msgspec.structs.replace(on_kalshi(), title="Arsenal vs Everton", league=SOCCER, competitors=sides)
    world.kalshi.listings[EPL] = [msgspec.structs.replace(event, markets=None)]
    await market_searcher(world.resources)
    (game,) = await world.hot.active_games()
    assert game.league == SOCCER
    assert await world.said_by(game.id) == {KALSHI}


async def say_rejected(world: World, contract_id: ContractId) -> Override:
    """As the command line does: in Postgres only."""
    return (await overrule(world.hot, world.resources.history, contract_id, "rejected", "no", by="cli")).said


async def verdicts(world: World) -> dict[str, str]:
    return {link.contract_id or "": link.verdict for link in await world.hot.links(GameId("401"))}


async def test_what_a_person_says_counts_within_a_round_and_outlives_the_process(listed: World) -> None:
    await market_searcher(listed.resources)
    contract = next(link.contract_id for link in await listed.hot.links(GameId("401")) if link.contract_id)
    before = await verdicts(listed)
    await say_rejected(listed, contract)
    await listed.resources.catch_up()
    listed.pass_time(15)
    assert (await market_searcher(listed.resources)).is_idle  # nothing is due, yet
    assert await verdicts(listed) == {**before, contract: "rejected"}
    listed.pass_time(61)
    for resources in (listed.resources, listed.process()):
        await market_searcher(resources)
        assert await verdicts(listed) == {**before, contract: "rejected"}
    newest, *_ = await list_decisions(listed.resources.history, contract)
    assert (newest.verdict, newest.overridden_by) == ("rejected", "cli")
    await take_back(listed.resources.history, contract, by="cli")
    listed.pass_time(61)
    await market_searcher(listed.resources)
    assert await verdicts(listed) == before


async def test_what_was_said_of_another_rules_text_is_void_and_shown(listed: World) -> None:
    await market_searcher(listed.resources)
    contract = next(link.contract_id for link in await listed.hot.links(GameId("401")) if link.contract_id)
    await say_rejected(listed, contract)
    for catalogue, event in ((listed.kalshi, on_kalshi()), (listed.polymarket, on_polymarket())):
        markets = [msgspec.structs.replace(market, rules="Another text.") for market in event.markets or ()]
        catalogue.listings[MLB] = [msgspec.structs.replace(event, markets=tuple(markets))]
    listed.pass_time(61)
    await market_searcher(listed.resources)
    link = next(each for each in await listed.hot.links(GameId("401")) if each.contract_id == contract)
    assert (link.verdict, link.overridden_by) == ("watch", "")
    assert "void" in link.reasons[-1].detail
    (standing,) = await standings(listed.resources.history)
    assert standing.state == "stale"


RULES = (
    "If {} wins the Houston vs San Diego professional baseball game originally scheduled for Aug 9, 2026 at 8:20 PM "
    "EDT, then the market resolves to Yes."
)


async def test_what_the_rules_of_a_market_say_goes_with_its_links(listed: World) -> None:
    async def terms(of: EventId, rules: str) -> list[Terms | None]:
        event = on_kalshi()
        markets = [
            msgspec.structs.replace(market, rules=rules.format(market.subject)) for market in event.markets or ()
        ]
        listed.kalshi.listings[MLB] = [msgspec.structs.replace(event, markets=tuple(markets))]
        listed.pass_time(61)
        await market_searcher(listed.resources)
        return [link.terms for link in await listed.hot.links(GameId("401")) if link.event_id == of]

    event_id = on_kalshi().id
    by_card = await terms(event_id, RULES)
    assert len(by_card) == 4
    assert all(each is not None and each.is_known and each.window == 48 for each in by_card)
    changed = await terms(event_id, RULES + " Nobody knows what happens when it rains.")
    assert all(each is not None and each.unread for each in changed)
    bare = msgspec.structs.replace(on_kalshi(), markets=None)
    assert [link.terms for link in with_terms(Linked(None), bare)] == []


async def test_a_name_that_is_taught_links_and_taken_back_unlinks_within_a_round(listed: World) -> None:
    sides = (Competitor("Space City", "ZZQ"), Competitor("San Diego", "SD"))
    strange = msgspec.structs.replace(on_kalshi(), markets=None, title="Space City vs San Diego", competitors=sides)
    listed.kalshi.listings[MLB], listed.polymarket.listings[MLB] = [strange], []
    await market_searcher(listed.resources)
    (item,) = await listed.hot.left_out(KALSHI)
    assert item.code == "unknown_team"
    assert "Space City" in item.detail
    await add_alias(listed.resources.history, TeamId("mlb:18"), "Space City", added_by="anna", at=listed.now)
    listed.pass_time(61)
    await market_searcher(listed.resources)
    assert await listed.said_by("401") == {KALSHI}
    assert await listed.hot.left_out(KALSHI) == []
    await remove_alias(listed.resources.history, TeamId("mlb:18"), "Space City")
    listed.pass_time(61)
    await market_searcher(listed.resources)
    assert await listed.said_by("401") == set()
    assert [each.code for each in await listed.hot.left_out(KALSHI)] == ["unknown_team"]
