"""The orders of ours that a gateway has to do with: by our name and by the venue's, with what it has told of them."""

from collections import OrderedDict
from collections.abc import Awaitable, Callable
from itertools import islice

from app.domain.money import Size
from app.domain.orders import UNSETTLED, Fill, FillId, Order, State

MOST_KNOWN = 20_000  # orders; the longest untouched are forgotten first
MOST_LOOKED_AT = 500
MOST_ASKED = 20

Recall = Callable[[str], Awaitable[Order | None]]  # an order of ours by our name or the venue's; None: not one of ours


async def nothing(_: str) -> Order | None:
    """Where nobody remembers what other processes have sent."""
    return None


class Known:
    """One order. `told`: how much of it the venue says was filled, which the fills that were told may lag behind."""

    __slots__ = ("asked", "fills", "order", "ref", "state", "told")

    def __init__(self, order: Order, ref: str) -> None:
        self.order = order
        self.ref = ref
        self.state: State = "sending"
        self.told = Size(0)
        self.fills: dict[FillId, Size] = {}
        self.asked = 0  # times for fills that are owed

    @property
    def filled(self) -> Size:
        return Size(max(self.told, sum(self.fills.values())))

    @property
    def owes(self) -> bool:
        """Whether fills are missing that the venue has told in a sum, or it is open though it may not rest."""
        lingers = self.state in ("open", "partly_filled") and self.order.time_in_force in ("fok", "ioc")
        return lingers or sum(self.fills.values()) < self.told

    def note(self, state: State, told: Size) -> None:
        """How the venue says that it stands. What is over stays so, whichever word comes last."""
        self.told = Size(max(self.told, told))
        if self.state in UNSETTLED:
            self.state = state

    def note_fill(self, fill: Fill) -> None:
        """One fill, told for the first time or once more."""
        self.fills[fill.id] = Size(0) if fill.stage == "undone" else fill.size
        if fill.stage == "undone":
            self.told = Size(min(self.told, sum(self.fills.values())))
        elif self.state in UNSETTLED:
            self.state = "filled" if self.filled >= self.order.size else "partly_filled"


class KnownOrders:
    """Remembers orders, and asks `recall` for those that another process has sent."""

    def __init__(self, recall: Recall = nothing) -> None:
        self._recall = recall
        self._by_name: OrderedDict[str, Known] = OrderedDict()
        self._of_others: OrderedDict[str, None] = OrderedDict()

    def note(self, order: Order, ref: str = "") -> Known:
        """An order, and the venue's name for it as soon as that is known."""
        known = self._by_name.get(order.id) or Known(order, ref)
        known.ref = known.ref or ref
        for name in (order.id, known.ref):
            if name:
                self._by_name[name] = known
                self._by_name.move_to_end(name)
                self._of_others.pop(name, None)
        while len(self._by_name) > MOST_KNOWN:
            self._by_name.popitem(last=False)
        return known

    async def find(self, *names: str) -> Known | None:
        """By any of these names; None where it is not an order of ours."""
        for name in filter(None, names):
            if known := self._by_name.get(name):
                return self.note(known.order, next((one for one in names if one and one != known.order.id), ""))
        for name in filter(None, names):
            if name not in self._of_others:
                if order := await self._recall(name):
                    return self.note(order, name if name != order.id else "")
                self._forget(name)
        return None

    def owing(self) -> list[Known]:
        """The newest of which fills are missing; one that was asked for so often in vain is left to reconciliation."""
        newest = islice(reversed(self._by_name.values()), MOST_LOOKED_AT)
        return [known for known in dict.fromkeys(newest) if known.owes and known.asked < MOST_ASKED]

    def open(self) -> list[Known]:
        """The newest of which more may come."""
        newest = islice(reversed(self._by_name.values()), MOST_LOOKED_AT)
        return [known for known in dict.fromkeys(newest) if known.state in UNSETTLED]

    def _forget(self, name: str) -> None:
        self._of_others[name] = None
        while len(self._of_others) > MOST_KNOWN:
            self._of_others.popitem(last=False)
