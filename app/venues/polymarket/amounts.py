"""Prices and sizes as the order books write them, remembered: the same few are told again and again, and reading one a
second time is a look into a dictionary."""

from app.domain.money import ONE_DOLLAR, SIZE_UNITS, Price, Size
from app.domain.prices import complement
from app.errors import BadInput

MOST_PRICES = 20_000  # ways to write one, before all are forgotten
MOST_SIZES = 10_000  # few come again
_PRICE_PLACES = len(str(ONE_DOLLAR)) - 1
_SIZE_PLACES = len(str(SIZE_UNITS)) - 1
_LONGEST = 12  # digits: a longer number means nothing
_POWERS = (1, 10, 100, 1_000, 10_000, 100_000, 1_000_000)


class Prices(dict[str, Price]):
    """Text → price. Raises BadInput for what is none."""

    def __missing__(self, text: str) -> Price:
        units = read_units(text, _PRICE_PLACES)
        if units > ONE_DOLLAR:
            raise BadInput(f"price {text!r} is more than a dollar")
        if len(self) >= MOST_PRICES:
            self.clear()
        price = self[text] = Price(units)
        return price


class BestPrices(dict[str, Price | None]):
    """Text → the best price that a token is named to have: 0 and a dollar mean that there is none."""

    def __init__(self, prices: Prices) -> None:
        self._prices = prices

    def __missing__(self, text: str) -> Price | None:
        price = self._prices[text]
        if len(self) >= MOST_PRICES:
            self.clear()
        best = self[text] = price if 0 < price < ONE_DOLLAR else None
        return best


class MirroredPrices(dict[str, Price | None]):
    """Text → the same in terms of the other token."""

    def __init__(self, best: BestPrices) -> None:
        self._best = best

    def __missing__(self, text: str) -> Price | None:
        if len(self) >= MOST_PRICES:
            self.clear()
        mirrored = self[text] = complement(self._best[text])
        return mirrored


class Sizes(dict[str, Size]):
    """Text → size. Raises BadInput for what is none."""

    def __missing__(self, text: str) -> Size:
        whole, _, part = text.partition(".")
        digits = whole + part
        if len(part) <= _SIZE_PLACES and len(digits) <= _LONGEST and digits.isdecimal():  # most are new: no call
            units = int(digits) * _POWERS[_SIZE_PLACES - len(part)]
        else:
            units = read_units(text, _SIZE_PLACES)
        if len(self) >= MOST_SIZES:
            self.clear()
        self[text] = units  # type: ignore[assignment]  # one call less
        return units  # type: ignore[return-value]


class Sides(dict[str, bool]):
    """What a side is called → whether it bids. Raises BadInput for what is none."""

    def __missing__(self, text: str) -> bool:
        raise BadInput(f"side {text[:_LONGEST]!r} is neither BUY nor SELL")


IS_BID = Sides(BUY=True, SELL=False)


class Amounts:
    """Everything that was read, of all connections together."""

    def __init__(self) -> None:
        self.prices = Prices()
        self.best = BestPrices(self.prices)
        self.mirrored = MirroredPrices(self.best)
        self.sizes = Sizes()


def read_units(text: str, places: int) -> int:
    """A decimal number without sign or exponent, in units of its last place; `.48` is one too. Raises BadInput."""
    whole, _, part = text.partition(".")
    if len(part) > places:
        part = part.rstrip("0")
    digits = whole + part
    if len(part) > places or len(digits) > _LONGEST or not digits.isdecimal():
        raise BadInput(f"{text[:_LONGEST]!r} is no number with {places} decimals at most")
    return int(digits) * _POWERS[places - len(part)]
