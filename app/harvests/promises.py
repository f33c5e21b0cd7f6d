"""What detectors have promised, and how much of it to believe from now on."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from app.analytics.haircuts import Promised, haircut
from app.domain.games import Game, GameId
from app.domain.links import Link
from app.domain.money import MONEY_UNITS, ONE_DOLLAR
from app.domain.reports import Period
from app.domain.signals import Detector, Haircut, Judged
from app.history.database import Database
from app.history.forecasts import read_forecasts
from app.history.promises import read_promises
from app.history.queries import recorded_game, recorded_links
from app.history.signals import World
from app.settlement import pays, settled
from app.signals.roster import ROSTER

REMEMBERED = timedelta(days=30)  # what is longer ago was found by other rules

Known = Mapping[GameId, tuple[Game | None, Sequence[Link]]]


async def measured_haircuts(database: Database, world: World, now: datetime) -> tuple[Haircut, ...]:
    """Of each detector whose trades, or estimates, came to anything in the last month. Raises HistoryUnavailable."""
    trades: defaultdict[Detector, list[Promised]] = defaultdict(list)
    for each in await read_promises(database, now - REMEMBERED, world):
        told = Promised(each.game_id, each.promised / MONEY_UNITS, each.brought / MONEY_UNITS)
        trades[each.detector].append(told)
    judged = await read_forecasts(database, Period(now - REMEMBERED, now))
    estimates = list(estimates_of(judged, await _games_of(database, judged)))
    found = (haircut(name, trades[name], estimates if name == "fair_value" else ()) for name in ROSTER)
    return tuple(each for each in found if each is not None)


def estimates_of(judged: Iterable[Judged], games: Known) -> Iterable[Promised]:
    """Fair values that only the desk could stand against: by how much each contract was said to be worth more than it
    cost with its fee, and by how much it was. In dollars of one contract; those of which the end is known."""
    for each in judged:
        signal = each.signal
        if each.stage not in ("sent", "risk") or signal.size <= 0:
            continue
        leg, (game, links) = signal.legs[0], games[signal.game_id]
        link = next((link for link in links if link.contract_id == leg.contract_id), None)
        came = None if game is None or link is None else pays(settled(link, game))
        if came is not None:
            cost = signal.stake / signal.size
            yield Promised(signal.game_id, signal.worth / MONEY_UNITS - cost, came / ONE_DOLLAR - cost)


async def _games_of(database: Database, judged: Iterable[Judged]) -> Known:
    names = sorted({each.signal.game_id for each in judged})
    return {name: (await recorded_game(database, name), await recorded_links(database, name)) for name in names}
