"""What is known of a game and its contracts: the core's first, then Redis's, then what Postgres remembers."""

import msgspec
import pytest

from app.domain.markets import ContractId
from app.domain.positions import Position
from app.domain.settlements import Approval, Terms
from app.history.approvals import keep_approval
from app.history.audit import Deed
from tests.app.positions.held import position
from tests.app.settlement.legs import POLYMARKET_NBA
from tests.workers.shards import HOME_MARKET, LIVE_GAME, YES, save_game
from tests.workers.test_position_tracker import take
from tests.workers.worlds import World
from workers import contract_facts as knowing
from workers.contract_facts import ContractFacts, by_game

HELD = position(contract_id=ContractId(YES), market_id=HOME_MARKET, game_id=LIVE_GAME.id)
FINAL = msgspec.structs.replace(LIVE_GAME, status="final", home_score=5)
CONTRACT = ContractId(YES)


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(knowing, "AGAIN_AFTER", 0)


def held(*positions: Position) -> knowing.Held:
    return by_game(positions)


async def test_the_core_knows_best_and_is_asked_for_what_changed(world: World) -> None:
    facts = ContractFacts(world.resources)
    assert await facts.look(held(HELD)) == set()
    take(world)
    assert await facts.look(held(HELD)) == {LIVE_GAME.id}
    assert facts.games == {LIVE_GAME.id: LIVE_GAME}
    assert facts.links[CONTRACT].terms == POLYMARKET_NBA
    assert await facts.look(held(HELD)) == set()
    take(world, FINAL)
    assert await facts.look(held(HELD)) == {LIVE_GAME.id}
    assert facts.games[LIVE_GAME.id].status == "final"


async def test_another_contract_of_a_known_game_is_learned_too(world: World) -> None:
    facts = ContractFacts(world.resources)
    take(world)
    await facts.look(held(HELD))
    other = msgspec.structs.replace(HELD, contract_id=ContractId(YES.replace(":yes", ":no")))
    assert await facts.look(held(HELD, other)) == {LIVE_GAME.id}
    assert facts.links.keys() == {HELD.contract_id, other.contract_id}


async def test_postgres_remembers_what_everybody_else_has_forgotten(world: World) -> None:
    await save_game(world, FINAL)
    await world.resources.recorder.record_games([FINAL], world.now)
    await world.resources.recorder.record_links(await world.hot.links(FINAL.id), world.now)
    facts = ContractFacts(world.resources)
    assert await facts.look(held(HELD)) == {FINAL.id}
    assert facts.games[FINAL.id] == FINAL  # Redis has it still, whole
    await world.hot.drop_games([FINAL.id])
    later = ContractFacts(world.resources)
    await later.look(held(HELD))
    assert (later.games[FINAL.id].status, later.games[FINAL.id].home_score) == ("final", 5)
    assert later.links[CONTRACT].polarity == "yes"


async def test_what_people_say_of_its_rules_counts(world: World) -> None:
    links = [
        msgspec.structs.replace(link, rules_hash="abc", terms=None)
        for link in (await save_game(world, FINAL) or await world.hot.links(FINAL.id))
    ]
    await world.resources.recorder.record_games([FINAL], world.now)
    await world.resources.recorder.record_links(links, world.now)
    said = Terms(True, "result", 48, "fair", "lose", ("fair",))
    approval = Approval(
        rules_hash="abc", terms=said, reason="read it", approved_by="somebody", approved_at=world.now.isoformat()
    )
    deed = Deed(at=world.now, who="somebody", what="rules.approved", detail={})
    await keep_approval(world.resources.history, approval, deed)
    facts = ContractFacts(world.resources)
    await facts.look(held(HELD))
    terms = facts.links[CONTRACT].terms
    assert terms is not None
    assert (terms.cancelled, terms.window) == ("lose", 48)


async def test_what_nobody_holds_any_more_is_forgotten(world: World) -> None:
    facts = ContractFacts(world.resources)
    take(world)
    await facts.look(held(HELD))
    assert await facts.look({}) == set()
    assert (facts.games, facts.links) == ({}, {})
