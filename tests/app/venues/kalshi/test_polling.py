"""Prices without a key."""

from http import HTTPStatus

from app.domain.prices import SECOND
from tests.app.venues.kalshi.desks import NOW, A, B, desk, listed
from tests.app.venues.kalshi.hosts import Host, until


async def test_without_a_key_books_are_asked_for_over_rest(host: Host) -> None:
    async with desk(host, None) as at:
        assert "wants a key: prices come over REST, not all of them yet" in at.feed.trouble
        await at.follow(A, B, live=[A])
        await until(lambda: at.is_exact(A, B))
        assert "wants a key: prices come over REST, up to 5 s old" in at.feed.trouble
        host.books[A].add("yes", "0.3000", 5)
        await until(lambda: at.is_exact(A))
        assert not host.handshakes
        lanes = {one.lane for one in at.folded.told if type(one).__name__ == "Snapshot"}
        assert len(lanes) == 2


async def test_without_a_key_silence_of_rest_is_silence(host: Host) -> None:
    async with desk(host, None) as at:
        await at.follow(A, live=[A])
        await until(lambda: at.is_exact(A))
        host.rest_status = HTTPStatus.SERVICE_UNAVAILABLE
        await until(lambda: at.doubt(A) == "silence")
        assert "503" in at.feed.trouble
        host.rest_status = HTTPStatus.OK
        await until(lambda: at.is_exact(A), seconds=20)


async def test_an_answer_that_was_long_on_the_way_proves_no_more_than_the_asking(host: Host) -> None:
    async with desk(host, None) as at:
        host.rest_delay = 0.2
        await at.follow(A, live=[A])
        await until(lambda: at.is_exact(A))
        ladder = at.core.ladder(listed(A).book_id)
        assert ladder is not None
        assert NOW() - ladder.proved_at >= SECOND // 5


async def test_a_paused_market_is_doubted_without_a_key_too(host: Host) -> None:
    host.statuses[A] = "inactive"
    async with desk(host, None) as at:
        await at.follow(A, B)
        await until(lambda: at.is_exact(B) and at.doubt(A) in ("paused", "waiting"))
        await at.follow()
        assert at.core.ladder(listed(B).book_id) is None
