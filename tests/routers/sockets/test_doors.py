"""Somebody follows a game, over a real socket."""

from app.hot.quotes import PricesMirror
from app.hot.state import HotState
from tests.routers.sockets.replicas import CHANNEL, Follower, now, quote, tell


async def test_prices_are_shown_and_then_told_as_they_move(bot: Follower, mirror: PricesMirror) -> None:
    await tell(mirror, [quote("0.50", now())])
    subscribed = await bot.subscribe(CHANNEL, id=7)
    assert (subscribed["id"], subscribed["channels"]) == (7, [CHANNEL])
    shown = await bot.next("prices")
    assert shown["is_snapshot"]
    assert [(each["bid"], each["ask"], each["state"]) for each in shown["quotes"]] == [("0.5000", "0.5100", "fresh")]
    await tell(mirror, [quote("0.52", now())])
    told = await bot.next("prices")
    assert not told.get("is_snapshot")
    assert [each["bid"] for each in told["quotes"]] == ["0.5200"]


async def test_updates_come_with_their_numbers(bot: Follower, hot: HotState) -> None:
    assert (await bot.subscribe("fills"))["seq"] == 0
    await hot.say_update("fills", b'{"id":1}')
    update = await bot.next("update")
    assert (update["channel"], update["seq"], update["before"], update["data"]) == ("fills", 1, 0, {"id": 1})
