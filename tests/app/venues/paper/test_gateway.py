"""Orders of every kind, over the books of a real core."""

from tests.app.venues.paper.rooms import Room, cents, got

BIDS, ASKS = "0.40x10 0.39x5", "0.45x10 0.46x5"


async def test_an_order_takes_the_levels_up_to_its_limit_and_the_rest_is_cancelled() -> None:
    room = Room()
    room.show(BIDS, ASKS)
    report = await room.ask("buy 0.46x20 ioc")
    assert (report.state, got(report)) == ("cancelled", cents((45, 10), (46, 5)))
