"""What Polymarket has of one wallet, as it tells over REST."""

from collections.abc import Sequence

import msgspec

from app.domain.markets import ContractId, MarketId
from app.domain.money import Money, Size
from app.domain.parsing import NOT_READABLE, decode
from app.domain.prices import SECOND, Nanos
from app.errors import BadInput, FeedError, FeedUnavailable, OrderRejected, OutcomeUnknown
from app.fetching import MOST_PAGES, Fetcher
from app.venues.calls import MOST_WORDS, Answer, Caller, words_of
from app.venues.polymarket import trading_wire as wire
from app.venues.polymarket.orders import balance_of, contract_of, held_of
from app.venues.polymarket.typed_data import EXCHANGE

FIRST, LAST = "MA==", "LTE="  # cursors
POSITIONS_A_PAGE = 500
CLOCKS_DIFFER_BY = 60 * SECOND  # at most; it tells times in whole seconds, too

Params = dict[str, str | int]

_TIMED_OUT = 408


class Account:
    """Every method raises FeedUnavailable, and nothing else unless it says so. `holder`: the address that holds the
    money."""

    def __init__(self, caller: Caller, positions: Fetcher, holder: str, signature_type: int) -> None:
        self._caller = caller
        self._positions = positions
        self._holder = holder
        self._signature_type = signature_type

    async def order(self, ref: str) -> wire.ShownOrder | None:
        """By its hash; None where the venue knows none of it."""
        try:
            payload = await self._caller.ask(f"/data/order/{ref}")
            return None if payload.strip() in (b"", b"null") else decode(payload, wire.SHOWN_ORDER)
        except FeedUnavailable as error:
            if error.status == 404:
                return None
            raise
        except FeedError as error:
            raise FeedUnavailable(str(error)) from None

    async def orders(self) -> Sequence[wire.ShownOrder]:
        """All open ones."""
        found: list[wire.ShownOrder] = []
        cursor = FIRST
        for _ in range(MOST_PAGES):
            page = await self._caller.read("/data/orders", wire.ORDERS, {"next_cursor": cursor})
            found += page.data
            cursor = page.next_cursor or LAST
            if cursor == LAST:
                break
        return found

    async def trades(self, since: Nanos, market_id: MarketId | None = None) -> Sequence[wire.Trade]:
        """All since then, of one market if it is named; the newest first."""
        found: list[wire.Trade] = []
        params: Params = {"after": max(0, (since - CLOCKS_DIFFER_BY) // SECOND), "next_cursor": FIRST}
        if market_id is not None:
            params["market"] = market_id
        for _ in range(MOST_PAGES):
            page = await self._caller.read("/data/trades", wire.TRADES, params)
            found += page.data
            params["next_cursor"] = page.next_cursor or LAST
            if params["next_cursor"] == LAST:
                break
        return found

    async def take_back(self, ref: str) -> str:
        """Take an order back; why not, or empty. Raises FeedUnavailable, OrderRejected and OutcomeUnknown."""
        answer = await self._caller.send("DELETE", "/order", msgspec.json.encode({"orderID": ref}))
        cancelled = self._read_cancelled(answer)
        return "" if ref in cancelled.canceled else cancelled.not_canceled.get(ref, "it is not among those taken back")

    async def take_all_back(self) -> None:
        """Everything that is open. Raises FeedUnavailable, OrderRejected and OutcomeUnknown."""
        self._read_cancelled(await self._caller.send("DELETE", "/cancel-all"))

    def _read_cancelled(self, answer: Answer) -> wire.Cancelled:
        if not answer.is_good:
            raise refused(answer)
        try:
            return wire.CANCELLED.decode(answer.body)
        except NOT_READABLE as error:
            raise OutcomeUnknown(f"the answer to a cancellation cannot be read: {error}") from None

    async def balance(self) -> tuple[Money, bool]:
        """The money there, and whether the exchange may take it; of the other one each order says it."""
        params: Params = {"asset_type": "COLLATERAL", "signature_type": self._signature_type}
        told = await self._caller.read("/balance-allowance", wire.BALANCE, params)
        try:
            allowed = [amount for name, amount in told.allowances.items() if name.lower() == EXCHANGE.lower()]
            return Money(balance_of(told.balance)), all(balance_of(amount) > 0 for amount in allowed)
        except BadInput as error:
            raise FeedUnavailable(f"the balance cannot be read: {error}") from None

    async def is_closing_only(self) -> bool:
        """Whether the venue lets the wallet open nothing any more."""
        return (await self._caller.read("/auth/ban-status/closed-only", wire.BAN)).closed_only

    async def positions(self) -> dict[ContractId, Size]:
        """What the wallet holds, as another host tells it, some seconds late."""
        found: dict[ContractId, Size] = {}
        try:
            for page in range(MOST_PAGES):
                asked: Params = {"user": self._holder, "limit": POSITIONS_A_PAGE, "offset": page * POSITIONS_A_PAGE}
                held = decode(await self._positions.get("/positions", asked), wire.HELD)
                found |= {contract_of(one.asset): held_of(one.size) for one in held}
                if len(held) < POSITIONS_A_PAGE:
                    break
        except (FeedError, BadInput) as error:
            raise FeedUnavailable(f"what is held cannot be read: {error}") from None
        return {contract_id: size for contract_id, size in found.items() if size}


def refused(answer: Answer) -> OrderRejected | OutcomeUnknown:
    """The venue's own no is certain; an accident on the way is not."""
    if 400 <= answer.status < 500 and answer.status != _TIMED_OUT:
        return OrderRejected(reason_of(answer))
    return OutcomeUnknown(words_of(answer))


def reason_of(answer: Answer) -> str:
    """Why it says no, in its own words."""
    try:
        placed = wire.PLACED.decode(answer.body)
    except NOT_READABLE:
        return words_of(answer)
    return (placed.error or placed.error_msg or words_of(answer))[:MOST_WORDS]
