"""What an account has at stake, by everything that its limits speak of."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from typing import TypeVar

from app.domain.games import GameId
from app.domain.leagues import LeagueCode
from app.domain.markets import MarketId, VenueId
from app.domain.money import Money
from app.domain.orders import TradeId
from app.domain.positions import Position
from app.domain.prices import SECOND, Nanos
from app.domain.risks import Account, Holdings, Loss

REMEMBERED = 3_600 * SECOND  # losses

Name = TypeVar("Name", bound=str)


def holdings_of(
    account: Account,
    positions: Iterable[Position],
    *,
    equity: Money,
    peak: Money,
    spent_today: Money,
    losses: tuple[Loss, ...],
) -> Holdings:
    """As the trading core is told. What counts is what was paid for what it still holds: won and not paid, too."""
    markets, games = Counter[MarketId](), Counter[GameId]()
    leagues, venues = Counter[LeagueCode](), Counter[VenueId]()
    contracts = {}
    for held in positions:
        contracts[held.contract_id] = held.market_id
        markets[held.market_id] += held.cost
        games[held.game_id] += held.cost
        leagues[held.league] += held.cost
        venues[held.venue] += held.cost
    return Holdings(
        account=account,
        equity=equity,
        peak=max(peak, equity),
        by_market=_money(markets),
        by_game=_money(games),
        by_league=_money(leagues),
        by_venue=_money(venues),
        contracts=contracts,
        spent_today=spent_today,
        losses=losses,
    )


def losses_of(closed: Sequence[Position], open_trades: frozenset[TradeId], now: Nanos) -> tuple[Loss, ...]:
    """Trades that ended with a loss within the last hour, one for each venue. Of a hedge one leg always loses: what
    counts is everything that was bought together, once all of it is closed."""
    trades = defaultdict[TradeId, list[Position]](list)
    for each in closed:
        if each.trade_id not in open_trades:
            trades[each.trade_id].append(each)
    found = set()
    for together in trades.values():
        ended = max(each.closed_at for each in together)
        if sum(each.realised - each.fees for each in together) < 0 and now - ended < REMEMBERED:
            found |= {(ended, each.league, each.venue) for each in together}
    return tuple(Loss(league, venue, at) for at, league, venue in sorted(found))


def _money(stakes: Counter[Name]) -> dict[Name, Money]:
    return {name: Money(stake) for name, stake in stakes.items()}
