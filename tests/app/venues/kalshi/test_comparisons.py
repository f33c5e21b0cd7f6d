"""Books compared over REST."""

from http import HTTPStatus
from pathlib import Path

from app.domain.decisions import Resync
from app.settings import PricesSettings
from tests.app.venues.kalshi.desks import A, B, desk, listed
from tests.app.venues.kalshi.hosts import Host, until


async def test_live_books_are_compared_over_rest_while_their_subscription_is_silent(host: Host, key_file: Path) -> None:
    async with desk(host, key_file) as at:
        await at.follow(A, B, live=[A])
        await until(lambda: at.is_exact(A, B))
        await until(lambda: len([one for one in at.folded.shown() if one.book_id == listed(A).book_id]) >= 3)
        await until(lambda: listed(B).book_id in {one.book_id for one in at.folded.shown()})
        shown = at.folded.shown()[-1]
        assert shown.asked_at <= shown.received_at
        assert at.feed.counts["comparisons"] >= 4


async def test_a_book_that_rest_does_not_show_is_doubted_and_shown_again(host: Host, key_file: Path) -> None:
    async with desk(host, key_file, PricesSettings(prove_after=0.1, compare_every=0.3)) as at:
        await at.follow(A, live=[A])
        await until(lambda: at.is_exact(A))
        host.books[A].add("yes", "0.3000", 5)  # and nobody is told
        await until(lambda: at.is_exact(A), seconds=20)
    assert [one.doubt for one in at.decisions if isinstance(one, Resync)] == ["cross_check"]


async def test_rest_that_fails_is_said_and_asked_again(host: Host, key_file: Path) -> None:
    async with desk(host, key_file) as at:
        host.rest_status = HTTPStatus.TOO_MANY_REQUESTS
        await at.follow(A, live=[A])
        await until(lambda: at.is_exact(A))
        await until(lambda: "429" in at.feed.trouble)
        host.rest_status = HTTPStatus.OK
        await until(lambda: at.feed.trouble == "", seconds=20)
