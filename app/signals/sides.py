"""One contract as the detectors see it: what it says of the game, and what it costs now with its fee."""

from app.domain.fees import unit_costs
from app.domain.links import Link
from app.domain.markets import ContractId
from app.domain.money import Money, Price
from app.domain.prices import BookId, Nanos, book_id
from app.signals.claims import Claim

NOBODY_SELLS = Money(1 << 40)  # more than anything is worth


class Side:
    """`cost`: of one contract at its best price, fee included and rounded down; NOBODY_SELLS while there is none.
    `near`: how many of its combinations cost little enough to be looked at closely."""

    __slots__ = ("ask", "book_id", "claim", "contract_id", "cost", "costs", "link", "near")

    def __init__(self, link: Link, contract_id: ContractId, claim: Claim, now: Nanos) -> None:
        assert link.market_id is not None  # a contract is of a market
        self.link = link
        self.contract_id = contract_id
        self.book_id: BookId = book_id(link.venue, link.market_id)
        self.claim = claim
        self.ask: Price | None = None
        self.cost = NOBODY_SELLS
        self.near = 0
        fees = link.fees
        is_free = fees is None or fees.waived_until > now
        self.costs = unit_costs(0, 1) if fees is None or is_free else unit_costs(fees.taker, fees.exponent)

    def see(self, ask: Price | None) -> bool:
        """Somebody sells it for so much, or nobody does; whether that is less than before."""
        before = self.cost
        self.ask = ask
        self.cost = NOBODY_SELLS if ask is None else self.costs[ask]
        return self.cost < before
