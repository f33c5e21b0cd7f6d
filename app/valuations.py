"""What positions are worth now: at the best bid, or by what their game's end should pay for them.

A position without either counts as what it has cost, and is said to be unmarked: nobody knows, and nothing is made up.
"""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Literal, NamedTuple

import msgspec

from app.domain.exit_rules import default_rules, read_rules
from app.domain.games import Game, GameId
from app.domain.links import Link
from app.domain.markets import ContractId
from app.domain.money import Money, Price, money, price, size
from app.domain.orders import AccountId
from app.domain.positions import ExitRules, Position
from app.domain.prices import Nanos
from app.domain.signals import Detector
from app.history.database import Database
from app.history.queries import recorded_game
from app.history.trading_tables import PositionRow
from app.hot.shown import QuoteShown, nanos, seen
from app.hot.state import HotState
from app.settlement.scores import pays, settled

Marked = Literal["fresh", "stale", "indicative", "expected", "unmarked"]

HOUR = 3_600.0  # seconds

_AMOUNTS = ("cost", "fees", "realised")
_MOMENTS = ("opened_at", "changed_at", "closed_at")


class Mark(NamedTuple):
    """What is paid for one contract. `how`: by a book that was just proved, or a while ago; by the listing alone; by
    the score and the rules of a game that is over."""

    price: Price
    how: Marked


Marks = Mapping[ContractId, Mark]


class Valued(NamedTuple):
    """A position and what it is worth."""

    row: PositionRow
    mark: Mark | None
    value: Money
    cost: Money

    @property
    def unrealised(self) -> Money:
        return Money(self.value - self.cost)

    @property
    def is_won(self) -> bool:
        """It is over, and not paid yet."""
        return self.mark is not None and self.mark.how == "expected" and self.mark.price > 0


async def valued(
    hot: HotState, history: Database, rows: Sequence[PositionRow], now: Nanos, fresh_within: int
) -> Sequence[Valued]:
    """These positions as they are worth now. `fresh_within`: nanoseconds. Raises HotStoreUnavailable."""
    marks = await _marks(hot, history, [row for row in rows if row.closed_at is None], now, fresh_within)
    return [_valued(row, marks.get(ContractId(row.contract_id))) for row in rows]


def position_of(row: PositionRow) -> Position:
    """As the house has it."""
    exactly = {"size": size(str(row.size)), **{name: _money(getattr(row, name)) for name in _AMOUNTS}}
    moments = {name: nanos(getattr(row, name)) for name in _MOMENTS}
    return msgspec.convert({**row.model_dump(), **exactly, **moments}, Position)


def rules_of(row: PositionRow) -> ExitRules:
    """Its own rules, or those of what kind of bet it is."""
    detector: Detector | None = row.detector  # type: ignore[assignment]  # an executor wrote it
    return default_rules(AccountId(row.account), detector) if row.exit_rules is None else read_rules(row.exit_rules)


async def _marks(hot: HotState, history: Database, rows: Sequence[PositionRow], now: Nanos, fresh_within: int) -> Marks:
    contracts = [ContractId(row.contract_id) for row in rows]
    quotes, lanes = await hot.quotes(list(dict.fromkeys(contracts))), await hot.lanes()
    by_bid = {name: _by_bid(seen(quote, lanes, now, fresh_within)) for name, quote in quotes.items()}
    ended = await _ended(hot, history, {GameId(row.game_id) for row in rows})
    by_end = {name: mark for game in ended for name, mark in (await _by_end(hot, game, now)).items()}
    return {name: mark for name, mark in {**by_bid, **by_end}.items() if mark is not None}


def _by_bid(quote: QuoteShown) -> Mark | None:
    if quote.bid is None or quote.state == "quarantined":
        return None
    return Mark(price(quote.bid), quote.state)


async def _ended(hot: HotState, history: Database, game_ids: Iterable[GameId]) -> Sequence[Game]:
    """Those that are over, or are not played."""
    active = {game.id: game for game in await hot.active_games()}
    games = [active.get(game_id) or await recorded_game(history, game_id) for game_id in sorted(game_ids)]
    return [game for game in games if game is not None and game.status not in ("scheduled", "live")]


async def _by_end(hot: HotState, game: Game, now: Nanos) -> dict[ContractId, Mark]:
    hours = max(0.0, now / 1e9 - game.start.timestamp()) / HOUR if game.status != "final" else 0.0
    found = {link.contract_id: _expected(link, game, hours) for link in await hot.links(game.id)}
    return {name: Mark(due, "expected") for name, due in found.items() if name is not None and due is not None}


def _expected(link: Link, game: Game, hours: float) -> Price | None:
    return pays(settled(link, game, hours))


def _valued(row: PositionRow, mark: Mark | None) -> Valued:
    cost = _money(row.cost)
    worth = cost if mark is None else Money(mark.price * size(str(row.size)) // 10_000)
    return Valued(row, mark, Money(0) if row.closed_at is not None else worth, cost)


def _money(amount: Decimal) -> Money:
    return money(str(amount))
