"""What a live order needs before it is sent: that a person has enabled live trading, that the venue was tried and all
is well there, and that neither the order nor the day is too large."""

from collections.abc import Callable

from app.domain.markets import VenueId
from app.domain.money import MONEY_UNITS, ONE_DOLLAR, Money, Price, Size, money_text
from app.domain.orders import Order, OrderId
from app.domain.prices import SECOND, Nanos
from app.errors import OrderRejected
from app.settings import TradingSettings

DAY = 24 * 3600 * SECOND

NOT_ENABLED = "live trading is not enabled: `crosscourt live enable` does it, for real money"


def never(_: VenueId) -> bool:
    """Nobody has enabled anything."""
    return False


class Permit:
    """Of one venue. `found`: what stands in the way there, by what was looked at; it is empty once all was tried and
    nothing does."""

    def __init__(self, settings: TradingSettings, is_enabled: Callable[[], bool], now: Callable[[], Nanos]) -> None:
        self.settings = settings
        self._most = Money(settings.max_stake * MONEY_UNITS)
        self._most_a_day = Money(settings.max_stake_a_day * MONEY_UNITS)
        self._is_enabled = is_enabled
        self._now = now
        self._stakes: dict[OrderId, Money] = {}  # of today
        self._before = Money(0)  # spent today by whoever ran before us
        self._day = now() // DAY
        self.was_tried = False
        self._no_entries: dict[str, str] = {}
        self.found: dict[str, str] = {}

    @property
    def trouble(self) -> str:
        """Why nothing may be sent now; empty when it may."""
        if not self._is_enabled():
            return NOT_ENABLED
        if self.found:
            return "; ".join(self.found.values())
        return "" if self.was_tried else "the venue was not tried yet"

    def note(self, what: str, hindrance: str) -> None:
        """What was looked at, and what was found there; empty when nothing stands in the way."""
        self.found.pop(what, None)
        if hindrance:
            self.found[what] = hindrance

    def note_entries(self, what: str, hindrance: str) -> None:
        """The same of what hinders only orders that open something."""
        self._no_entries.pop(what, None)
        if hindrance:
            self._no_entries[what] = hindrance

    def begin_day(self, spent: Money) -> None:
        """What this account had spent today before this process sent anything."""
        self._turn_day()
        self._before = spent

    def refuse(self, order: Order) -> None:
        """Raises OrderRejected for an order that may not be sent."""
        if trouble := self.trouble:
            raise OrderRejected(trouble)
        self._turn_day()
        stake = stake_of(order)
        if stake and self._no_entries:
            raise OrderRejected("; ".join(self._no_entries.values()))
        if stake > self._most:
            raise OrderRejected(f"${money_text(stake)} is more than TRADING__MAX_STAKE, ${money_text(self._most)}")
        spent = Money(self._before + sum(self._stakes.values()) - self._stakes.get(order.id, 0))
        if stake and spent + stake > self._most_a_day:
            raise OrderRejected(
                f"with ${money_text(spent)} spent today ${money_text(stake)} is more than TRADING__MAX_STAKE_A_DAY,"
                f" ${money_text(self._most_a_day)}"
            )

    def spend(self, order: Order) -> None:
        """It is about to be sent: until it is known to have failed all of it counts."""
        self._turn_day()
        self._stakes[order.id] = stake_of(order)

    def give_back(self, order: Order, filled: Size) -> None:
        """So much of it alone was spent."""
        if order.id in self._stakes:
            self._stakes[order.id] = cost_of(order.limit, filled) if stake_of(order) else Money(0)

    def _turn_day(self) -> None:
        if (today := self._now() // DAY) != self._day:
            self._day, self._before = today, Money(0)
            self._stakes.clear()


def stake_of(order: Order) -> Money:
    """What an order may cost at most, where it opens something."""
    return cost_of(order.limit, order.size) if order.side == "buy" else Money(0)


def cost_of(price: Price, size: Size) -> Money:
    """So many contracts at a price, rounded up."""
    return Money(-(-price * size // ONE_DOLLAR))
