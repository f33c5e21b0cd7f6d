from app.domain.signals import Haircut
from app.history.database import Database
from app.history.haircuts import current_haircuts, keep_haircuts
from tests.app.hot.samples import NOW

ARBITRAGE, VALUE = Haircut("cross_venue", 0.82, 143, "as measured"), Haircut("fair_value", 1.0, 4, "too few")


async def test_only_what_was_measured_otherwise_is_written_again(history: Database) -> None:
    assert await current_haircuts(history, "real") == ()
    assert await keep_haircuts(history, (VALUE, ARBITRAGE), "real", NOW) == 2
    assert await keep_haircuts(history, (VALUE, ARBITRAGE), "real", NOW) == 0
    later = Haircut("cross_venue", 0.81, 150, "as measured")
    assert await keep_haircuts(history, (VALUE, later), "real", NOW) == 1
    assert await current_haircuts(history, "real") == (later, VALUE)


async def test_what_is_simulated_says_nothing_of_what_is_real(history: Database) -> None:
    await keep_haircuts(history, (ARBITRAGE,), "simulated", NOW)
    assert (await current_haircuts(history, "real"), await keep_haircuts(history, (), "real", NOW)) == ((), 0)
    assert await current_haircuts(history, "simulated") == (ARBITRAGE,)
