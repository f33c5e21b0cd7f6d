"""A slate of 200 games with true edges and traps, told to the trading core level by level: every edge is signalled at
the very change that makes it, no trap ever is, and each is let go at its own place."""

from collections.abc import Iterator

import pytest

from app.domain.prices import MILLISECOND
from app.domain.risks import DOLLAR, RiskLimits
from app.domain.signals import Judged, Signal
from app.sandbox.makers import milliseconds
from tests.app.planted_cores import BEGAN, PlantedCore
from tests.platform.plans import Plant, Writer, whole_plan

SEED, GAMES, BEGIN = 7, 200, 10.0
NEAR = 1_500  # micro-dollars of a contract: what rounding an order's fee makes of a cent's fraction
UNLISTED = {"inverted": ("kalshi", "side_conflict"), "other_day": ("polymarket", "provisional")}
# nothing is left out for what else is at stake: that is tested elsewhere, and planted edges come by the dozen
WIDE = RiskLimits(
    max_per_market=1_000_000 * DOLLAR,
    max_per_game=1_000_000 * DOLLAR,
    max_per_league=1_000_000 * DOLLAR,
    max_per_venue=1_000_000 * DOLLAR,
    max_open=1_000_000 * DOLLAR,
    max_per_day=1_000_000 * DOLLAR,
    max_orders_per_minute=1_000_000,
)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def plan() -> Writer:
    return whole_plan(SEED, GAMES, BEGIN)


@pytest.fixture(scope="module")
def core(plan: Writer, tmp_path_factory: pytest.TempPathFactory) -> PlantedCore:
    played = PlantedCore(SEED, GAMES, plan, tmp_path_factory.mktemp("plan"), WIDE)
    played.run(plan.now + 6)
    return played


def about(core: PlantedCore, plant: Plant) -> Iterator[Judged]:
    """What was said of exactly these contracts."""
    wanted = set(core.contracts(plant))
    return (each for each in core.judged if {leg.contract_id for leg in each.signal.legs} == wanted)


def moment(at: float) -> int:
    return (milliseconds(BEGAN) + round(1000 * at)) * MILLISECOND


def sent(core: PlantedCore) -> list[Signal]:
    return [each.signal for each in core.judged if each.stage == "sent"]


def test_plan_holds_every_trap_and_many_edges(core: PlantedCore, plan: Writer) -> None:
    assert len(core.games) >= GAMES - 5  # some are for the score source to leave out
    assert len([plant for plant in plan.plants if plant.is_true]) >= 40
    assert {plant.name for plant in plan.plants} >= {
        *("edge", "swapped", "inverted", "stale", "fee_eaten", "too_small", "thin", "other_line", "other_day"),
        *("rules_unread", "unread_clause", "postponed", "cancelled", "suspended", "dear", "crossed"),
    }


def test_every_edge_is_signalled_at_the_change_that_makes_it(core: PlantedCore, plan: Writer) -> None:
    for plant in (plant for plant in plan.plants if plant.is_true):
        found = [each.signal for each in about(core, plant) if each.stage == "sent"]
        assert found, plant
        first = found[0]
        assert first.found_at == moment(plant.at), plant
        assert first.unit_edge == pytest.approx(float(plant.edge) * 10_000, abs=NEAR * len(plant.legs)), plant
        assert first.size <= plant.size * 1_000_000 * 3, plant  # three levels stand there
        assert max(leg.quote.received_at for leg in first.legs) == first.found_at


def test_no_trap_is_ever_sent(core: PlantedCore, plan: Writer) -> None:
    traps = {core.game_id(plant): plant for plant in plan.plants if not plant.is_true}
    emitted = [(traps[each.game_id], each.found_at) for each in sent(core) if each.game_id in traps]
    assert not emitted


def test_each_trap_is_let_go_at_its_own_place(core: PlantedCore, plan: Writer) -> None:
    counted = {(stop.stage, stop.reason): stop.count for stop in core.intake.pipeline.funnel().stops}
    for plant in (plant for plant in plan.plants if not plant.is_true and plant.name not in UNLISTED):
        said = {(each.stage, each.reason) for each in about(core, plant)}
        if plant.name == "fee_eaten":  # where nothing is left it is counted, and not worth a record
            assert not said
            assert counted["edge", "fees"] >= len(list(drafted(plan, "fee_eaten")))
        else:
            assert said & set(plant.places), plant
            assert counted[next(iter(said & set(plant.places)))]


def test_listing_of_another_game_or_side_has_no_link_to_be_combined(core: PlantedCore, plan: Writer) -> None:
    for plant in (plant for plant in plan.plants if plant.name in UNLISTED):
        venue, _ = UNLISTED[plant.name]
        odd = next(contract for contract in core.contracts(plant) if contract.startswith(venue))
        assert not [link for link in core.links_of(odd) if link.game_id == core.game_id(plant)], plant


def drafted(plan: Writer, name: str) -> Iterator[Plant]:
    return (plant for plant in plan.plants if plant.name == name)
