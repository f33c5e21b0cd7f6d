"""What the trading core knows of the contracts that are traded: books, what orders must be like, what forbids them."""

from app.domain.games import GameId
from app.domain.inputs import GameTaken
from app.domain.links import Link
from app.domain.markets import ContractId, Handling, MarketId, VenueId
from app.domain.money import ONE_DOLLAR, Money, price_text
from app.domain.orders import AccountId, Order
from app.domain.prices import CENT_GRID, Grid, Ladder, Nanos, book_id
from app.domain.signals import Signal
from app.execution.controls import covers, halted
from app.execution.standings import dollars
from app.executor.desks import USUAL_FEES
from app.executor.obeying import Facts
from app.executor.stores import Ledger
from app.executor.trading import NO_MARKET, Market
from app.pipeline import Pipeline


class Markets:
    """Asked by executors and by the paper venues; it asks the core of this process."""

    def __init__(self, pipeline: Pipeline, ledger: Ledger) -> None:
        self._pipeline = pipeline
        self._ledger = ledger
        self._games: dict[ContractId, GameId] = {}
        self._seen: dict[GameId, GameTaken] = {}  # whose contracts are among those

    def ladder(self, contract_id: ContractId) -> Ladder | None:
        """Both sides of one contract's book, in its own terms."""
        link = self._link(contract_id)
        found = None if link is None or link.market_id is None else self._book(link.venue, link.market_id)
        if found is None or found.listed.first == contract_id:
            return found
        return found.mirrored()

    def market(self, contract_id: ContractId) -> Market:
        """What an order of it meets now."""
        quote, link = self._pipeline.quote(contract_id), self._link(contract_id)
        if quote is None or link is None or link.market_id is None:
            return NO_MARKET
        grid = self.grid(link.venue, link.market_id) or CENT_GRID
        bid = quote.bid if quote.doubt is None else None
        return Market(bid, quote.ask_size, link.handling or Handling(), grid)

    def grid(self, venue: VenueId, market_id: MarketId) -> Grid | None:
        """Where its prices lie; None: nobody has said."""
        return self._pipeline.grid(book_id(venue, market_id))

    def handling(self, contract_id: ContractId) -> Handling | None:
        """What its venue asks of orders."""
        link = self._link(contract_id)
        return None if link is None else link.handling

    def starts(self, game_id: GameId) -> Nanos | None:
        """When a game begins."""
        taken = self._pipeline.taken.get(game_id)
        return None if taken is None else Nanos(int(taken.game.start.timestamp()) * 1_000_000_000)

    def facts(self, contract_id: ContractId) -> Facts | None:
        """What a contract is; None of one that nobody here follows."""
        link = self._link(contract_id)
        if link is None or link.market_id is None:
            return None
        league = self._pipeline.taken[link.game_id].game.league
        return Facts(link.venue, link.market_id, link.game_id, league, link.fees or USUAL_FEES)

    def may_open(self, signal: Signal, now: Nanos) -> str | None:
        """Why a signal is not traded any more."""
        if now > signal.expires_at:
            return "it has expired"
        return halted(signal, self._pipeline.desk.standing(now))

    def refusal(self, order: Order) -> str | None:
        """Why somebody may not buy this: the limits and halts hold for people, too."""
        limits = self._pipeline.desk.limits
        if order.limit > limits.max_entry_price:
            most = price_text(limits.max_entry_price)
            return f"no contract is bought for more than {most} (version {limits.version} of the limits)"
        stopped = next((halt for halt in self._pipeline.desk.halts if covers(halt, order)), None)
        if stopped is not None:
            return f"{' '.join(filter(None, (stopped.scope, stopped.name)))} is halted: {stopped.reason}"
        return self._unaffordable(order.account, order)

    def _unaffordable(self, account: AccountId, order: Order) -> str | None:
        cost = order.limit * order.size // ONE_DOLLAR
        cash = self._ledger.cash(account)
        return None if cost <= cash else f"it costs {dollars(Money(cost))}, and {account} has {dollars(cash)}"

    def _book(self, venue: VenueId, market_id: MarketId) -> Ladder | None:
        return self._pipeline.ladder(book_id(venue, market_id))

    def _link(self, contract_id: ContractId) -> Link | None:
        found = self._known(contract_id)
        if found is None and self._is_other():
            found = self._known(contract_id)
        return found

    def _known(self, contract_id: ContractId) -> Link | None:
        game_id = self._games.get(contract_id)
        taken = None if game_id is None else self._pipeline.taken.get(game_id)
        return None if taken is None else _linked(taken, contract_id)

    def _is_other(self) -> bool:
        """Whether the core knows of other contracts than before; now they are known here."""
        before, taken = self._seen, self._pipeline.taken
        if before.keys() - taken.keys():
            self._games.clear()
            before = {}
        new = [each for game_id, each in taken.items() if before.get(game_id) is not each]
        self._seen = dict(taken)
        for each in new:
            self._games.update((link.contract_id, each.game.id) for link in each.links if link.contract_id is not None)
        return bool(new)


def _linked(taken: GameTaken, contract_id: ContractId) -> Link | None:
    return next((link for link in taken.links if link.contract_id == contract_id), None)
