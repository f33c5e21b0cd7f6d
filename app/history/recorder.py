"""Writes what was observed: many rows a call, one statement each, nothing rewritten that did not change.

The hand-written SQL of observations is here, in `upserts.py` and in `fees.py`; that of orders and money, which must not
wait, is in `orders.py` and `bookings.py`.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from itertools import islice

import msgspec
from sqlalchemy.sql import text

from app.clock import wall_clock
from app.domain.games import Game
from app.domain.links import LeftOut, Link
from app.domain.markets import Event, Market, rules_hash
from app.history.database import Database
from app.history.fees import FeeChange, FeeHistory
from app.history.statements import columns_of, storable_reasons
from app.history.tables import GameRow, LeftOutRow, LinkRow, ListingRow
from app.history.upserts import Upsert, listed, storable

ROWS_AT_ONCE = 5_000  # a statement; other tasks have their turn in between
RULES_REMEMBERED = 100_000  # texts known to be written, so that they are not sent again each minute

DECISION = ("game_id", "kind", "scope", "line", "team_id", "polarity", "verdict", "rules_hash", "overridden_by")
DECIDED = ("venue", "event_id", "market_id", "contract_id", "confidence", "reasons", *DECISION)
KEPT = tuple(name for name in DECIDED if name not in ("verdict", "reasons"))

GAMES = Upsert(GameRow, ("id",))
LISTINGS = Upsert(ListingRow, ("venue", "event_id", "market_id"))

# A decision is written down when it differs from the one before. A linked contract leaves the unmatched radar, and one
# that is left out loses its link, once the other was not seen for GONE_AFTER: a listing told both ways would otherwise
# be written each minute. What may be gone is looked up by event first, so that the join stays small.
DECIDED_ANEW = f"""decided AS (
    INSERT INTO link_decisions ({listed(DECIDED)}, at)
    SELECT {listed(DECIDED, "seen")}, :at
    FROM seen LEFT JOIN links AS before USING (venue, event_id, contract_id)
    WHERE ({listed(DECISION, "before")}) IS DISTINCT FROM ({listed(DECISION, "seen")})
)"""
FOUND_AFTER_ALL = (
    """unseen AS MATERIALIZED (
        SELECT * FROM left_out WHERE last_seen < :gone AND (venue, event_id) IN (SELECT venue, event_id FROM seen)
    )""",
    """found AS (
        DELETE FROM left_out WHERE id IN (
            SELECT unseen.id FROM unseen JOIN seen USING (venue, event_id)
            WHERE unseen.market_id IN ('', seen.market_id) AND unseen.contract_id IN ('', seen.contract_id)
        )
    )""",
)
WITHDRAWN = (
    """unseen AS MATERIALIZED (
        SELECT * FROM links WHERE last_seen < :gone AND (venue, event_id) IN (SELECT venue, event_id FROM seen)
    )""",
    f"""withdrawn AS (
        SELECT DISTINCT ON (unseen.id) unseen.id, {listed(KEPT, "unseen")}, seen.code, seen.detail
        FROM unseen JOIN seen USING (venue, event_id)
        WHERE seen.market_id IN ('', unseen.market_id) AND seen.contract_id IN ('', unseen.contract_id)
    )""",
    "unlinked AS (DELETE FROM links WHERE id IN (SELECT id FROM withdrawn))",
    f"""decided AS (
        INSERT INTO link_decisions ({listed(KEPT)}, verdict, reasons, at)
        SELECT {listed(KEPT)}, 'withdrawn',
               jsonb_build_array(jsonb_build_object('field', code, 'finding', 'differs', 'detail', detail)), :at
        FROM withdrawn
    )""",
)
LINKS = Upsert(LinkRow, ("venue", "event_id", "contract_id"), also=(DECIDED_ANEW, *FOUND_AFTER_ALL))
LEFT_OUT = Upsert(LeftOutRow, ("venue", "event_id", "market_id", "contract_id"), also=WITHDRAWN)
RULES = text("""
    INSERT INTO rules (hash, text, first_seen)
    SELECT hash, text, :at FROM unnest(CAST(:hashes AS text[]), CAST(:texts AS text[])) AS seen (hash, text)
    WHERE NOT EXISTS (SELECT FROM rules WHERE rules.hash = seen.hash)
    ON CONFLICT (hash) DO NOTHING
""")
FORGET_LEFT_OUT = text("DELETE FROM left_out WHERE last_seen < :before")


class Recorder:
    """Keeps the tables of observations up to date. `at`: when it was observed, by the platform's clock."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._known_rules: set[str] = set()
        self._fees = FeeHistory(database)

    async def record_games(self, games: Iterable[Game], at: datetime | None = None) -> None:
        """Each game as it stands now."""
        await self._record(GAMES, map(_game, games), at or wall_clock())

    async def record_listings(self, events: Iterable[Event], at: datetime) -> None:
        """Each market of the events, or the event alone when its markets are not known; each rules text once."""
        events = tuple(events)
        markets = [market for event in events for market in event.markets or ()]
        await self._record_rules({rules_hash(market.rules): market.rules for market in markets}, at)
        await self._record(LISTINGS, (row for event in events for row in _listings(event)), at)

    async def record_links(self, links: Iterable[Link], at: datetime) -> None:
        """Each contract's current link; a decision that is new or different is written down besides."""
        await self._record(LINKS, map(_link, links), at)

    async def record_left_out(self, items: Iterable[LeftOut], at: datetime) -> None:
        """Each listing that is left out now, and why."""
        await self._record(LEFT_OUT, map(_left_out, items), at)

    async def record_fees(self, markets: Iterable[Market], at: datetime) -> Sequence[FeeChange]:
        """What each market charges, where it is new or another; those where it is another."""
        return await self._fees.record(markets, at)

    async def forget_left_out(self, before: datetime) -> int:
        """Take listings that are no longer listed off the radar; how many."""
        return await self._database.write(FORGET_LEFT_OUT, {"before": before})

    async def _record(self, upsert: Upsert, rows: Iterable[Mapping[str, object]], at: datetime) -> None:
        left = iter(rows)
        while some := tuple(islice(left, ROWS_AT_ONCE)):
            await self._database.write(upsert.statement, upsert.parameters(some, at))

    async def _record_rules(self, texts: Mapping[str, str], at: datetime) -> None:
        new = {known: rules for known, rules in texts.items() if known and known not in self._known_rules}
        if not new:
            return
        await self._database.write(
            RULES, {"hashes": list(new), "texts": [storable(rules) for rules in new.values()], "at": at}
        )
        if len(self._known_rules) > RULES_REMEMBERED:
            self._known_rules.clear()
        self._known_rules.update(new)


Values = dict[str, object]


def _game(game: Game) -> Values:
    return {
        **{name: getattr(game, name) for name in game.__struct_fields__ if name not in ("home", "away")},
        "home_team_id": game.home.id,
        "home": game.home.name,
        "away_team_id": game.away.id,
        "away": game.away.name,
    }


def _listings(event: Event) -> Sequence[Values]:
    if not event.markets:
        return (_listing(event, None),)
    return tuple(_listing(event, market) for market in event.markets)


def _listing(event: Event, market: Market | None) -> Values:
    whole = "settled" if event.is_over else "open"
    return {
        "venue": event.venue,
        "event_id": event.id,
        "market_id": market.id if market else "",
        "league": event.league,
        "event_title": event.title,
        "title": market.title if market else "",
        "kind_name": market.kind_name if market else "",
        "status": market.status if market else whole,
        "start": (market.start if market else None) or event.start,
        "rules_hash": rules_hash(market.rules) if market else "",
    }


def _link(link: Link) -> Values:
    return {
        "venue": link.venue,
        "event_id": link.event_id,
        "market_id": link.market_id or "",
        "contract_id": link.contract_id or "",
        **columns_of(link.proposition, link.polarity),
        "verdict": link.verdict,
        "confidence": link.confidence,
        "reasons": msgspec.json.encode(storable_reasons(link.reasons)).decode(),
        "rules_hash": link.rules_hash,
        "overridden_by": link.overridden_by,
        "outcome": link.outcome,
        "title": link.title,
    }


def _left_out(item: LeftOut) -> Values:
    return {
        "venue": item.venue,
        "event_id": item.event_id,
        "market_id": item.market_id or "",
        "contract_id": item.contract_id or "",
        "outcome": item.outcome,
        "code": item.code,
        "detail": item.detail,
        "game_id": item.game_id,
        "title": item.title,
        "start": item.start,
    }
