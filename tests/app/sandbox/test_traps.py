"""What is odd is said, game by game."""

from app.sandbox.quirks import Quirk
from app.sandbox.simulations import Simulation
from app.sandbox.traps import INTERRUPTIONS
from tests.app.sandbox.conftest import HeldClock


def test_every_oddity_is_told_with_its_game(simulation: Simulation) -> None:
    told = {(trap["game"], trap["trap"]) for trap in simulation.traps()}
    assert {word for _, word in told} == {*Quirk, "postponed", "same_pair"}
    names = {one["id"]: one["game"] for one in simulation.games()}
    assert [names[game] for game, word in told if word == "postponed"] == ["nba:MIL@BKN"]
    twice = sorted(names[game] for game, word in told if word == "same_pair")
    assert twice == ["mlb:NYY@BOS", "mlb:NYY@BOS#2", "nba:PHI@TOR", "nba:PHI@TOR"]


def test_interruption_is_told_once_it_has_come(simulation: Simulation, clock: HeldClock) -> None:
    game = next(one["id"] for one in simulation.games() if one["game"] == "nba:NY@BOS")
    simulation.slate = simulation.slate.with_interrupted(game, "suspended", clock())
    means = [trap["means"] for trap in simulation.traps() if (trap["game"], trap["trap"]) == (game, "suspended")]
    assert means == [INTERRUPTIONS["suspended"]]
