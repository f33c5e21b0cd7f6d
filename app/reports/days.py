"""The report of a period: read, worked out, and put together."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path

import msgspec

from app.analytics.calibration import Calibration, Forecast, calibration_of
from app.analytics.closing_lines import AFTER, ClosingLine, closing_lines
from app.analytics.costs import OWNERS, Cost, cost_of
from app.analytics.fills import Band, Slippage, bands_of, slippage_of
from app.analytics.validation import Validation, validate
from app.archive.middles import read_middles
from app.domain.drills import DrillResult
from app.domain.games import Game, GameId
from app.domain.links import Link
from app.domain.money import MONEY_UNITS, ONE_DOLLAR
from app.domain.prices import SECOND, Nanos
from app.domain.reports import (
    Coverage,
    Facts,
    IncidentSeen,
    LeftOutCount,
    LinkCount,
    OrderCount,
    Period,
    SignalCount,
    TradeCount,
    Used,
    Worth,
)
from app.domain.signals import Judged
from app.history.database import Database
from app.history.drills import drills_of
from app.history.forecasts import read_forecasts
from app.history.queries import recorded_game, recorded_links
from app.history.report_reads import other_sides, read_facts
from app.history.signals import World
from app.history.usage import read_usage
from app.positions.expectations import start_of
from app.reports.profits import AccountProfit, profits_of, total_of
from app.settlement.scores import pays, settled


class Day(msgspec.Struct, frozen=True, kw_only=True):
    """What was done in a period, which is mostly a day, and how well. `world` "simulated": nothing of it is real."""

    begin: datetime
    end: datetime
    made_at: datetime
    world: World
    accounts: Sequence[AccountProfit]
    validation: Validation
    curve: Sequence[Worth]
    orders: Sequence[OrderCount]
    trades: Sequence[TradeCount]
    signals: Sequence[SignalCount]
    slippage: Sequence[Slippage]
    realism: Sequence[Band]
    closing_lines: Sequence[ClosingLine]
    calibration: Sequence[Calibration]
    coverage: Sequence[Coverage]
    links: Sequence[LinkCount]
    left_out: Sequence[LeftOutCount]
    incidents: Sequence[IncidentSeen]
    drills: Sequence[DrillResult]
    usage: Sequence[Used]
    cost: Cost | None
    owners_cost: dict[str, int]  # dollars a month


async def report_on(database: Database, archive: Path, period: Period, world: World, made_at: datetime) -> Day:
    """`archive`: the folder of what markets stood at, if there is one. Raises HistoryUnavailable."""
    facts = await read_facts(database, period)
    profits, usage = profits_of(facts), await read_usage(database, period)
    return Day(
        begin=period.begin,
        end=period.end,
        made_at=made_at,
        world=world,
        accounts=profits,
        validation=validate(facts, total_of(profits)),
        curve=facts.curve,
        orders=facts.orders,
        trades=facts.trades,
        signals=facts.signals,
        slippage=slippage_of(facts.filled),
        realism=bands_of(facts.filled),
        closing_lines=await _closing_lines(database, archive, facts),
        calibration=calibration_of(await _forecasts(database, period)),
        coverage=facts.games,
        links=facts.links,
        left_out=facts.left_out,
        incidents=facts.incidents,
        drills=await drills_of(database, period),
        usage=usage,
        cost=cost_of(usage),
        owners_cost=dict(OWNERS),
    )


async def _closing_lines(database: Database, archive: Path, facts: Facts) -> list[ClosingLine]:
    bought = [each for each in facts.filled if each.side == "buy"]
    games = {name: await recorded_game(database, GameId(name)) for name in {each.game_id for each in bought}}
    starts = {name: start_of(game) for name, game in games.items() if game is not None}
    contracts = {each.contract_id for each in bought}
    others = await other_sides(database, contracts)
    begin, end = (Nanos(round(at.timestamp()) * SECOND) for at in facts.period)
    last = Nanos(max((end, *starts.values())) + AFTER[-1] * SECOND)
    known = read_middles(archive, {*contracts, *others.values()}, begin, last)

    def middle(contract_id: str, at: Nanos) -> float | None:
        own, other = (known.get(name) for name in (contract_id, others.get(contract_id, "")))
        if own is not None:
            return own.at(at)
        opposite = None if other is None else other.at(at)  # a book is kept in terms of its first contract
        return None if opposite is None else 1 - opposite

    return closing_lines(bought, middle, starts.get)


async def _forecasts(database: Database, period: Period) -> list[Forecast]:
    judged = await read_forecasts(database, period)
    games: dict[GameId, tuple[Game | None, Sequence[Link]]] = {}
    for game_id in {each.signal.game_id for each in judged}:
        games[game_id] = await recorded_game(database, game_id), await recorded_links(database, game_id)
    return list(_told(judged, games))


def _told(judged: Iterable[Judged], games: dict[GameId, tuple[Game | None, Sequence[Link]]]) -> Iterable[Forecast]:
    """Those whose end is known. One leg each: a fair value is of one contract."""
    for each in judged:
        signal, leg = each.signal, each.signal.legs[0]
        game, links = games[signal.game_id]
        link = next((link for link in links if link.contract_id == leg.contract_id), None)
        came = None if game is None or link is None else pays(settled(link, game))
        if came is not None and leg.quote.ask is not None and signal.estimate is not None:
            said, price = signal.worth / MONEY_UNITS, leg.quote.ask / ONE_DOLLAR
            yield Forecast(signal.league, signal.game_id, signal.estimate.source, said, price, came / ONE_DOLLAR)
