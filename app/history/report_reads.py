"""What a report is made of, read from Postgres: orders that were filled, trades, signals, links, and what was dealt.

A period is from a moment up to another, without the second. Only what counts is read: nothing that was undone, and of
an account that began anew nothing from before.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import TypeVar

import msgspec

from app.domain.money import Money
from app.domain.reports import (
    Coverage,
    Facts,
    FilledOrder,
    IncidentSeen,
    LeftOutCount,
    LinkCount,
    OrderCount,
    PaidOut,
    Period,
    Settled,
    SignalCount,
    Touched,
    TradeCount,
    Worth,
)
from app.history.database import Database

Found = TypeVar("Found")

_PRICE = "(({}) * 10000)::integer"
_EXACT = "(({}) * 1000000)::bigint"
_NANOS = "(extract(epoch FROM {}) * 1000000)::bigint * 1000"
_RESETS = (
    "resets AS (SELECT account, max(number) AS number, max(at) AS at FROM postings WHERE kind = 'reset' "
    "GROUP BY account)"
)
_COUNTED = f"""{_RESETS}, counted AS (
    SELECT fills.* FROM fills JOIN postings ON postings.id = 'fill:' || fills.id
    LEFT JOIN resets ON resets.account = fills.account
    WHERE stage <> 'undone' AND postings.number > COALESCE(resets.number, 0) AND fills.venue_time < $2
)"""
_FILLED = f"""
    WITH {_COUNTED}
    SELECT orders.id, orders.account, orders.kind, orders.league, orders.venue, orders.game_id, orders.contract_id,
           orders.side, orders.purpose, orders.rule, COALESCE(trades.detector, 'manual'),
           {_PRICE.format("orders.quoted")}, {_PRICE.format("orders.limit_price")}, {_EXACT.format("orders.size")},
           {_EXACT.format("sum(counted.size)")}, {_EXACT.format("sum(counted.size * counted.price)")},
           {_EXACT.format("sum(counted.fee)")}, {_PRICE.format("max(counted.price)")},
           {_NANOS.format("orders.wanted_at")}, {_NANOS.format("min(counted.venue_time)")},
           (SELECT reason FROM order_events WHERE order_id = orders.id AND reason LIKE 'outlook %'
            ORDER BY number DESC LIMIT 1)
    FROM counted JOIN orders ON orders.id = counted.order_id LEFT JOIN trades ON trades.id = orders.trade_id
    WHERE counted.venue_time >= $1
    GROUP BY orders.id, trades.detector ORDER BY min(counted.venue_time), orders.id
"""
_ORDERS = """
    SELECT account, league, state, purpose, count(*) FROM orders WHERE wanted_at >= $1 AND wanted_at < $2
    GROUP BY account, league, state, purpose ORDER BY 1, 2, 3, 4
"""
_TRADES = """
    SELECT account, league, COALESCE(detector, 'manual'), status, count(*) FROM trades
    WHERE began_at >= $1 AND began_at < $2 GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4
"""
_SIGNALS = f"""
    SELECT account, league, detector, stage, reason, count(*), COALESCE(sum((record ->> 'like_it')::bigint), 0)::bigint,
           COALESCE({_EXACT.format("sum(profit)")}, 0)
    FROM signals WHERE found_at >= $1 AND found_at < $2 GROUP BY 1, 2, 3, 4, 5 ORDER BY 1, 2, 3, 4, 5
"""
_GAMES = """
    SELECT league, count(*), count(*) FILTER (WHERE is_provisional),
           count(*) FILTER (WHERE cardinality(venues) > 1),
           count(*) FILTER (WHERE cardinality(venues) = 1)
    FROM games LEFT JOIN LATERAL (
        SELECT array_agg(DISTINCT venue) AS venues FROM links
        WHERE links.game_id = games.id AND verdict = 'tradable' AND kind = 'moneyline'
    ) AS linked ON true
    WHERE last_seen >= $1 AND first_seen < $2 GROUP BY league ORDER BY league
"""
_LINKS = """
    SELECT games.league, venue, verdict, count(*), min(confidence),
           percentile_cont(0.5) WITHIN GROUP (ORDER BY confidence),
           count(*) FILTER (WHERE overridden_by <> '')
    FROM links JOIN games ON games.id = links.game_id
    WHERE links.last_seen >= $1 AND links.first_seen < $2 GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
"""
_LEFT_OUT = """
    SELECT venue, code, count(*), min(title) FROM left_out WHERE last_seen >= $1 AND first_seen < $2
    GROUP BY 1, 2 ORDER BY 3 DESC, 1, 2
"""
_INCIDENTS = """
    SELECT kind, account, venue, subject, game_id, detail, began_at, ended_at FROM incidents
    WHERE began_at < $2 AND (ended_at IS NULL OR ended_at >= $1) ORDER BY began_at, id
"""
_SETTLED = f"""
    SELECT account, settlements.contract_id, positions.game_id, positions.league, positions.venue,
           {_PRICE.format("pays")}, {_PRICE.format("expected")}, {_EXACT.format("settlements.size")}, source
    FROM settlements JOIN positions USING (account, contract_id)
    WHERE at >= $1 AND at < $2 ORDER BY at, account, contract_id
"""
_TOUCHED = f"""
    WITH {_COUNTED}, touched AS (
        SELECT account, contract_id FROM counted WHERE venue_time >= $1
        UNION SELECT account, contract_id FROM settlements WHERE at >= $1 AND at < $2
    )
    SELECT counted.account, counted.contract_id, counted.league, counted.venue,
           COALESCE(positions.detector, 'manual'),
           (extract(epoch FROM venue_time) * 1000000)::bigint, counted.id, counted.side = 'buy',
           {_PRICE.format("price")}, {_EXACT.format("counted.size")}, {_EXACT.format("fee")},
           {_PRICE.format("quoted")}, purpose
    FROM touched JOIN counted USING (account, contract_id) JOIN orders ON orders.id = counted.order_id
    JOIN positions ON positions.account = counted.account AND positions.contract_id = counted.contract_id
    ORDER BY 1, 2, 6, 7
"""
_PAID = f"""
    WITH {_RESETS}
    SELECT account, contract_id, (extract(epoch FROM settlements.at) * 1000000)::bigint,
           {_PRICE.format("pays")}, {_PRICE.format("expected")}
    FROM settlements LEFT JOIN resets USING (account)
    WHERE settlements.at < $2 AND $1 < $2 AND (resets.at IS NULL OR settlements.at > resets.at)
"""
_WORTH = f"""
    SELECT DISTINCT ON (account) account, {_EXACT.format("cash + value - deposits")} FROM equity
    WHERE at < $1 AND at >= COALESCE((SELECT max(at) FROM postings WHERE postings.account = equity.account
                                      AND kind = 'reset' AND at < $1), '-infinity') ORDER BY account, at DESC
"""
_CURVE = f"""
    SELECT DISTINCT ON (account, date_bin('{{step}} seconds', at, $1)) account, at,
           {_EXACT.format("cash + value - deposits")}
    FROM equity WHERE at >= $1 AND at < $2 ORDER BY account, date_bin('{{step}} seconds', at, $1), at DESC
"""
_OTHERS = """
    SELECT DISTINCT one.contract_id, other.contract_id
    FROM links AS one JOIN links AS other USING (venue, market_id)
    WHERE one.contract_id = ANY($1::text[]) AND one.contract_id <> other.contract_id AND market_id <> ''
"""
POINTS = 240  # of a curve


async def read_facts(database: Database, period: Period) -> Facts:
    """Raises HistoryUnavailable."""

    async def read(statement: str, kind: type[Found]) -> Sequence[Found]:
        rows = await database.run(statement, *period)
        return [msgspec.convert(tuple(_plain(value) for value in row), kind) for row in rows]

    return Facts(
        period,
        await read(_FILLED, FilledOrder),
        await read(_ORDERS, OrderCount),
        await read(_TRADES, TradeCount),
        await read(_SIGNALS, SignalCount),
        await read(_GAMES, Coverage),
        await read(_LINKS, LinkCount),
        await read(_LEFT_OUT, LeftOutCount),
        await read(_INCIDENTS, IncidentSeen),
        await read(_SETTLED, Settled),
        [_touched(row) for row in await database.run(_TOUCHED, *period)],
        await read(_PAID, PaidOut),
        await read(_CURVE.format(step=max(1, round((period.end - period.begin).total_seconds() / POINTS))), Worth),
        await _worth(database, period.begin),
        await _worth(database, period.end),
    )


async def other_sides(database: Database, contracts: Collection[str]) -> Mapping[str, str]:
    """Of each contract the other one of its market: what one pays, the other does not. Raises HistoryUnavailable."""
    rows = await database.run(_OTHERS, sorted(contracts))
    return {str(row[0]): str(row[1]) for row in rows}


def _touched(row: Sequence[object]) -> Touched:
    named, dealt, rest = row[:5], row[5:11], row[11:]
    return msgspec.convert((*named, tuple(dealt), *rest), Touched)


async def _worth(database: Database, at: datetime) -> dict[str, Money]:
    return {str(row[0]): Money(int(str(row[1]))) for row in await database.run(_WORTH, at)}


def _plain(value: object) -> object:
    return float(value) if isinstance(value, Decimal) else value
