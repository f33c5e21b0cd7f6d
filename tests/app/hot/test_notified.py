"""How far people were told survives a restart, and what nobody can read is as if nobody was told."""

from app.hot.keys import NOTIFIED
from app.hot.notified import NotifiedUntil
from app.hot.state import open_hot_state
from tests.app.hot.samples import NOW, put_text


async def test_it_is_kept_until_it_is_written_anew(fresh_redis_url: str) -> None:
    async with open_hot_state(fresh_redis_url) as hot:
        assert await hot.notified() is None
        for number in (1, 2):
            until = NotifiedUntil(7, number, 40 + number, NOW)
            await hot.save_notified(until)
            assert await hot.notified() == until
        await put_text(fresh_redis_url, NOTIFIED, "not ours")
        assert await hot.notified() is None
