"""What positions are worth now: at the best bid, or by what their game's end should pay for them.

A position without either counts as what it has cost, and is said to be unmarked: nobody knows, and nothing is made up.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from decimal import Decimal
from typing import Literal, NamedTuple

import msgspec

from app.domain.exit_rules import default_rules, read_rules
from app.domain.games import Game, GameId
from app.domain.markets import ContractId
from app.domain.money import ONE_DOLLAR, Money, Price, Size, money, price, size
from app.domain.orders import AccountId
from app.domain.positions import ExitRules, Position
from app.domain.prices import SECOND, Nanos, Quote, State
from app.domain.signals import Detector
from app.history.database import Database
from app.history.queries import recorded_game
from app.history.trading_tables import PositionRow
from app.hot.shown import nanos, seen
from app.hot.state import HotState
from app.positions.marks import Mark as Watched
from app.settlement.scores import pays, settled

MarkedBy = Literal["bid", "last", "indicative", "expected", "cost"]
QuoteHere = Callable[[ContractId], Quote | None]

HOUR = 3_600.0  # seconds

_AMOUNTS = ("cost", "fees", "realised")
_MOMENTS = ("opened_at", "changed_at", "closed_at")


class Mark(NamedTuple):
    """What is paid for one contract: by a bid that was just proved, or by the last one there was; by the listing alone;
    by the score and the rules of a game that is over. `by` "cost": nobody knows, so it counts as what it has cost."""

    price: Price
    by: MarkedBy

    @property
    def is_won(self) -> bool:
        """It is over, and not paid yet."""
        return self.by == "expected" and self.price > 0


Key = tuple[AccountId, ContractId]
Marks = Mapping[Key, Mark]
Held = tuple[AccountId, ContractId, GameId]


class Marking(NamedTuple):
    """By what positions are marked: as whoever watches them in this process has them, and else by the quotes that this
    process keeps (`here`) or is told. `fresh_within`: nanoseconds."""

    hot: HotState
    history: Database
    watched: Mapping[Key, Watched]
    here: QuoteHere
    now: Nanos
    fresh_within: int

    async def marks(self, held: Collection[Held]) -> Marks:
        """What these count as now; absent: what they have cost. Raises HotStoreUnavailable and HistoryUnavailable."""
        keys = [(account, contract_id) for account, contract_id, _ in held]
        known = {key: self.watched[key] for key in keys if key in self.watched}
        others = [each for each in held if each[:2] not in known]
        found = await self._look([(contract_id, game_id) for _, contract_id, game_id in others]) if others else {}
        marks = {key: Mark(mark.price, mark.source) for key, mark in known.items() if mark.source != "cost"}
        return marks | {(account, name): found[name] for account, name, _ in others if name in found}

    async def _look(self, held: Collection[tuple[ContractId, GameId]]) -> Mapping[ContractId, Mark]:
        contracts = list(dict.fromkeys(contract_id for contract_id, _ in held))
        found = {name: quote for name in contracts if (quote := self.here(name)) is not None}
        marks = {name: mark for name, quote in found.items() if (mark := self._by_bid(quote)) is not None}
        marks |= await self._elsewhere([name for name in contracts if name not in found])
        for game in await self._ended({game_id for _, game_id in held}):
            marks |= await self._by_end(game)
        return marks

    def _by_bid(self, quote: Quote) -> Mark | None:
        if quote.bid is None:
            return None
        return Mark(quote.bid, "bid" if quote.state(self.now, self.fresh_within) == "fresh" else "last")

    async def _elsewhere(self, contracts: Sequence[ContractId]) -> dict[ContractId, Mark]:
        """By what the process that keeps the book tells all others."""
        if not contracts:
            return {}
        quotes, lanes = await self.hot.quotes(contracts), await self.hot.lanes()
        aged = {name: seen(quote, lanes, self.now, self.fresh_within) for name, quote in quotes.items()}
        return {name: Mark(price(quote.bid), _TOLD[quote.state]) for name, quote in aged.items() if quote.bid}

    async def _ended(self, game_ids: Collection[GameId]) -> Sequence[Game]:
        """Those that are over, or are not played."""
        active = {game.id: game for game in await self.hot.active_games()} if game_ids else {}
        games = [active.get(game_id) or await recorded_game(self.history, game_id) for game_id in sorted(game_ids)]
        return [game for game in games if game is not None and game.status not in ("scheduled", "live")]

    async def _by_end(self, game: Game) -> dict[ContractId, Mark]:
        late = 0.0 if game.status == "final" else max(0.0, self.now / SECOND - game.start.timestamp()) / HOUR
        found = {link.contract_id: pays(settled(link, game, late)) for link in await self.hot.links(game.id)}
        return {name: Mark(due, "expected") for name, due in found.items() if name is not None and due is not None}


_TOLD: Mapping[State, MarkedBy] = {"fresh": "bid", "stale": "last", "quarantined": "last", "indicative": "indicative"}


def value_at(mark: Mark | None, held: Size, cost: Money) -> Money:
    """All of it, rounded down."""
    return cost if mark is None else Money(mark.price * held // ONE_DOLLAR)


def position_of(row: PositionRow) -> Position:
    """As the house has it."""
    exactly = {"size": size(str(row.size)), **{name: _money(getattr(row, name)) for name in _AMOUNTS}}
    moments = {name: nanos(getattr(row, name)) for name in _MOMENTS}
    return msgspec.convert({**row.model_dump(), **exactly, **moments}, Position)


def rules_of(row: PositionRow) -> ExitRules:
    """Its own rules, or those of what kind of bet it is."""
    detector: Detector | None = row.detector  # type: ignore[assignment]  # an executor wrote it
    return default_rules(AccountId(row.account), detector) if row.exit_rules is None else read_rules(row.exit_rules)


def _money(amount: Decimal) -> Money:
    return money(str(amount))
