import time

from app.hot.state import HotState


async def test_a_request_is_remembered_with_its_time(hot: HotState) -> None:
    assert await hot.refresh_requested() == 0.0
    await hot.request_refresh()
    assert abs(await hot.refresh_requested() - time.time()) < 60
