"""HEAD is what GET would answer, without the body."""

import pytest

from routers.access import SESSION_COOKIE
from tests.routers.houses import House


@pytest.mark.parametrize("path", ["/", "/games", "/health/live", "/match/aliases", "/page/page.js", "/games/none"])
async def test_head_says_what_get_would(house: House, path: str) -> None:
    got, head = await house.ask.get(path), await house.ask.head(path)
    assert head.status_code == got.status_code
    assert head.content == b""
    assert head.headers["content-type"] == got.headers["content-type"]
    assert int(head.headers["content-length"]) > 0


async def test_a_route_that_only_takes_posts_has_no_head(house: House) -> None:
    assert (await house.ask.head("/match/batch")).status_code == 405


async def test_a_look_at_a_one_time_link_does_not_use_it_up(house: House) -> None:
    code = await house.hot.offer_code()
    assert (await house.ask.head(f"/open?code={code}")).status_code == 405
    opened = await house.ask.get(f"/open?code={code}")
    assert opened.status_code == 303
    assert SESSION_COOKIE in opened.cookies
