"""How things stand in the moment in which somebody asks to open something."""

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from app.domain.money import Money, money_text
from app.domain.prices import Nanos
from app.domain.risks import Account, Halt, Holdings, RiskLimits
from app.domain.signals import Detector, Haircut
from app.execution.exposures import Exposures, Kind, Place


class Standing(NamedTuple):
    """`orders`: of the last minute. `is_paper`: nothing of it is real money. `haircuts`: of detectors whose promises
    were measured."""

    now: Nanos
    limits: RiskLimits
    halts: tuple[Halt, ...]
    exposures: Exposures
    holdings: Mapping[Account, Holdings]
    orders: int
    is_paper: bool
    haircuts: Mapping[Detector, Haircut] = {}

    def equity(self, account: Account) -> Money:
        """What an account is worth; before anybody has told, what it is to begin with."""
        if account in self.holdings:
            return self.holdings[account].equity
        return self.limits.model_bankroll if account == "model" else self.limits.bankroll

    def drawdown(self, account: Account) -> float:
        """The share of the highest equity that is lost."""
        held = self.holdings.get(account)
        return (held.peak - held.equity) / held.peak if held is not None and held.peak > 0 else 0.0


class Cap(NamedTuple):
    """So much may be at stake somewhere. `name`: of the limit; `where`: for people, `{}` for the place's name and for
    each of the `figures`."""

    name: str
    where: str
    limit: Money
    used: Money = Money(0)
    place: str = ""
    figures: tuple[float, ...] = ()

    @property
    def room(self) -> Money:
        return Money(self.limit - self.used)

    def __str__(self) -> str:
        used = f" ({dollars(self.used)} are already)" if self.used else ""
        return f"at most {dollars(self.limit)} may be at stake{used} {self.where.format(self.place, *self.figures)}"


def caps_at(places: Iterable[Place], standing: Standing) -> Iterator[tuple[Place, Cap]]:
    """The limits that speak of these places, in their order."""
    for place in places:
        cap = cap_at(place, standing)
        if cap is not None:
            yield place, cap


def cap_at(place: Place, standing: Standing) -> Cap | None:
    """The limit that speaks of a place; of what an account has in one game none does."""
    limit = limit_at(place, standing)
    if limit is None:
        return None
    used = standing.exposures.at(place)
    if place.kind in _LIMITS:
        return Cap(*_LIMITS[place.kind], limit, used, place.name)
    return Cap("bankroll", _BANKROLL, limit, used, _account_of(place))


def limit_at(place: Place, standing: Standing) -> Money | None:
    """How much may be at stake at a place."""
    kind, name = place
    if kind in _LIMITS:
        limit: Money = getattr(standing.limits, _LIMITS[kind][0])
        return limit
    return None if name else standing.equity(_account_of(place))


def _account_of(place: Place) -> Account:
    return "model" if place.kind == "model" else "arbitrage"


def dollars(amount: Money) -> str:
    """Money, for people."""
    return f"${money_text(amount)}"


_BANKROLL = "in the account {}, which has no more"
_LIMITS: Mapping[Kind, tuple[str, str]] = {
    "market": ("max_per_market", "in market {}"),
    "game": ("max_per_game", "in game {}"),
    "league": ("max_per_league", "in league {}"),
    "venue": ("max_per_venue", "at {}"),
    "open": ("max_open", "altogether"),
    "day": ("max_per_day", "in a day"),
}
NAMES: Mapping[Kind, str] = {kind: name for kind, (name, _) in _LIMITS.items()}  # of the limits


def drawn_down(account: Account, standing: Standing) -> str | None:
    """So much is lost that nothing is opened any more."""
    if standing.drawdown(account) < standing.limits.hard_drawdown:
        return None
    return f"{lost(account, standing)}; from {standing.limits.hard_drawdown:.1%} on nothing is opened"


def ordered_enough(orders: int, standing: Standing) -> str | None:
    """So many orders more would be too many for one minute."""
    most = standing.limits.max_orders_per_minute
    if standing.orders + orders <= most:
        return None
    return f"{standing.orders} orders within a minute, {orders} more are asked, {most} are allowed"


def lost(account: Account, standing: Standing) -> str:
    """The drawdown, for people."""
    return f"{standing.drawdown(account):.2%} of the highest equity of the account {account} are lost"
