"""The newest word about real money counts, and none means no."""

from datetime import UTC, datetime

from app.domain.markets import VenueId
from app.history.audit import Deed, list_deeds, write_down
from app.history.database import Database
from app.history.permissions import NOBODY, LivePermission, allow_live, current_permission, forbid_live

AT = datetime(2026, 11, 22, 18, tzinfo=UTC)
KALSHI, POLYMARKET = VenueId("kalshi"), VenueId("polymarket")


async def test_nobody_has_said_anything(history: Database) -> None:
    assert await current_permission(history) == NOBODY
    permission = LivePermission(history)
    await permission.look()
    assert not permission.covers(KALSHI)


async def test_the_newest_word_counts(history: Database) -> None:
    permission = LivePermission(history)
    await allow_live(history, [KALSHI], "cli", AT, max_stake=25)
    await write_down(history, Deed(at=AT, who="cli", what="key.revoked"))
    await permission.look()
    assert (permission.covers(KALSHI), permission.covers(POLYMARKET)) == (True, False)
    await allow_live(history, [POLYMARKET], "cli", AT)
    await permission.look()
    assert (permission.covers(KALSHI), permission.covers(POLYMARKET)) == (False, True)
    await forbid_live(history, "mia", AT)
    await permission.look()
    assert not permission.covers(POLYMARKET)
    assert (await current_permission(history)).said_by == "mia"
    written = [(deed.what, deed.detail) for deed in await list_deeds(history)]
    assert written[-1] == ("live.enabled", {"venues": ["kalshi"], "max_stake": 25})


async def test_what_cannot_be_read_is_no_permission(history: Database) -> None:
    permission = LivePermission(history)
    await allow_live(history, [KALSHI], "cli", AT)
    await permission.look()
    permission._database = Database("postgresql://nobody@127.0.0.1:9/nothing")
    await permission.look()
    assert not permission.covers(KALSHI)
