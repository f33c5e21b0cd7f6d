"""What signals have promised, and what the trades that came of them have brought: only of what is over."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

import msgspec

from app.domain.games import GameId
from app.domain.money import Money
from app.domain.signals import Detector
from app.history.database import Database
from app.history.signals import World


class Promise(NamedTuple):
    """Of one trade. `promised`: the profit of so many contracts as it was to get, less what the tails cost on average;
    `brought`: cash, fees paid. Of a fair value both are at its own estimate, so that they differ by what the fills cost
    and by nothing else: whether the estimate was right is another question."""

    detector: Detector
    game_id: GameId
    promised: Money
    brought: Money


# `kept`: what a contract has brought on average that was not sold again by its own trade, by exits and by settlement.
# What is held of a contract whose position is open still has not brought anything yet, so its trade is left out.
_PROMISES = """
    WITH ended AS (
        SELECT trades.id, trades.account, trades.detector, trades.game_id, record -> 'signal' AS signal,
               LEAST(1, (detail -> 'plan' ->> 'size')::numeric / NULLIF((record -> 'signal' ->> 'size')::numeric, 0))
                   AS share
        FROM trades JOIN signals ON signals.id = trades.signal_id
        WHERE trades.ended_at >= $1 AND signals.world = $2::text AND trades.detector IS NOT NULL
    ), got AS (
        SELECT ended.id, fills.account, fills.contract_id,
               sum(CASE fills.side WHEN 'buy' THEN fills.size ELSE -fills.size END) AS held,
               sum(CASE fills.side WHEN 'buy' THEN -price ELSE price END * fills.size - fee) AS cash
        FROM ended JOIN orders ON orders.trade_id = ended.id JOIN fills ON fills.order_id = orders.id
        WHERE fills.stage <> 'undone' GROUP BY ended.id, fills.account, fills.contract_id
    ), away AS (
        SELECT fills.account, fills.contract_id, fills.size, price * fills.size - fee AS cash
        FROM fills JOIN orders ON orders.id = fills.order_id
        WHERE fills.side = 'sell' AND purpose IN ('exit', 'manual') AND fills.stage <> 'undone'
          AND (fills.account, fills.contract_id) IN (SELECT account, contract_id FROM got)
        UNION ALL
        SELECT account, contract_id, size, pays * size FROM settlements
        WHERE (account, contract_id) IN (SELECT account, contract_id FROM got)
    ), kept AS (
        SELECT account, contract_id, sum(cash) / NULLIF(sum(size), 0) AS brought FROM away GROUP BY account, contract_id
    ), valued AS (
        SELECT got.id, cash, held,
               CASE WHEN ended.detector = 'fair_value' THEN (signal ->> 'worth')::numeric / 1000000
                    WHEN held = 0 THEN 0 WHEN closed_at IS NULL THEN NULL ELSE kept.brought END AS value
        FROM got JOIN ended ON ended.id = got.id
             LEFT JOIN kept ON kept.account = got.account AND kept.contract_id = got.contract_id
             LEFT JOIN positions ON positions.account = got.account AND positions.contract_id = got.contract_id
    )
    SELECT detector, game_id,
           round(share * ((signal ->> 'profit')::numeric - (signal ->> 'tail_cost')::numeric))::bigint,
           round(COALESCE(sum(cash + held * value) * 1000000, 0))::bigint
    FROM ended LEFT JOIN valued ON valued.id = ended.id
    WHERE share IS NOT NULL
    GROUP BY ended.id, ended.account, detector, game_id, share, signal
    HAVING count(valued.id) = count(value)
    ORDER BY ended.id
"""


async def read_promises(database: Database, since: datetime, world: World) -> Sequence[Promise]:
    """Of trades that ended then or later, and of which nothing is held any more. Raises HistoryUnavailable."""
    rows = await database.run(_PROMISES, since, world)
    return [msgspec.convert(tuple(row), Promise) for row in rows]
