"""Measures of signals, orders and money: out of what Postgres counts, the funnels, and the portfolio as the page shows
it."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import get_args

from app.clock import nanos_of
from app.domain.funnels import Funnel
from app.domain.positions import Incident
from app.domain.prices import SECOND
from app.domain.risks import HaltScope, RiskLimits
from app.history.tallies import Tallies
from app.hot.reconciled import ReconciledShown
from app.hot.signals import joined
from routers.measures.families import Sample
from routers.portfolio_answers import AccountWorth, PortfolioAnswer

INCIDENTS: tuple[Incident, ...] = get_args(Incident)
SCOPES: tuple[HaltScope, ...] = get_args(HaltScope)
WORTH = {
    "equity": "equity_dollars",
    "cash": "cash_dollars",
    "profit": "profit_dollars",
    "day_profit": "profit_today_dollars",
    "realised": "realised_dollars",
    "unrealised": "unrealised_dollars",
    "fees": "fees_dollars",
    "drawdown": "drawdown_ratio",
    "positions": "positions",
    "is_balanced": "balanced",
}


def funnel_samples(told: Sequence[Funnel]) -> Iterator[Sample]:
    """Of all cores together."""
    funnel = joined(told)
    if funnel is None:
        return
    yield Sample("crosscourt_games", funnel.games)
    yield Sample("crosscourt_games_linked", funnel.linked)
    for detector, count in funnel.combinations.items():
        yield Sample("crosscourt_combinations", count, (detector,))
    for stop in funnel.stops:
        yield Sample("crosscourt_funnel_total", stop.count, (stop.stage, stop.reason))
        yield Sample("crosscourt_funnel_standing", stop.standing, (stop.stage, stop.reason))


def reconciled_samples(shown: ReconciledShown | None, now: datetime) -> Iterator[Sample]:
    """Nothing, while nobody executes anything."""
    if shown is not None:
        yield Sample("crosscourt_reconciled", shown.is_clean)
        yield Sample("crosscourt_reconciled_age_seconds", max(0, nanos_of(now) - shown.at) / SECOND)


def tally_samples(tallies: Tallies) -> Iterator[Sample]:
    """Orders, fills, trades, signals, halts and incidents. Of the last two the nought is told, too: what an alert asks
    for must be there."""
    for order in tallies.orders:
        yield Sample("crosscourt_orders", order.number, (order.venue, order.kind, order.world, order.state))
    yield Sample("crosscourt_orders_resting_halted", tallies.resting_halted)
    for fill in tallies.fills:
        yield Sample("crosscourt_fills_total", fill.number, (fill.venue, fill.kind, fill.world))
    for trade in tallies.trades:
        yield Sample("crosscourt_trades", trade.number, (trade.account, trade.status))
    for signal in tallies.signals:
        yield Sample("crosscourt_signals_sent_total", signal.number, (signal.account, signal.detector, signal.world))
    for kind in INCIDENTS:
        yield Sample("crosscourt_incidents_open", tallies.incidents.get(kind, 0), (kind,))
    for scope in SCOPES:
        yield Sample("crosscourt_halts", tallies.halts.get(scope, 0), (scope,))
    for used in tallies.usage:
        yield Sample("crosscourt_usage_cpu_ratio", used.cpu / used.seconds if used.seconds else 0.0, (used.process,))
        yield Sample("crosscourt_usage_memory_bytes", used.memory, (used.process,))
    yield Sample("crosscourt_postgres_size_bytes", tallies.size)


def money_samples(portfolio: PortfolioAnswer, limits: RiskLimits) -> Iterator[Sample]:
    """What each account is worth, the figures of GET /portfolio."""
    world = "simulated" if portfolio.simulated else "real"
    for account in portfolio.accounts:
        yield from _of_account(account, (account.account, account.kind, world))
    yield Sample("crosscourt_drawdown_limit_ratio", limits.soft_drawdown, ("soft",))
    yield Sample("crosscourt_drawdown_limit_ratio", limits.hard_drawdown, ("hard",))


def _of_account(account: AccountWorth, labels: tuple[str, ...]) -> Iterator[Sample]:
    for name, measure in WORTH.items():
        yield Sample(f"crosscourt_account_{measure}", float(getattr(account, name)), labels)
    exposure = float(account.cost) + float(account.reserved)
    yield Sample("crosscourt_account_exposure_dollars", exposure, labels)
