"""Exact numbers and moments as the API answers them: one encoder for each type of the domain's."""

from collections.abc import Callable
from datetime import datetime
from typing import Annotated, TypeVar

from pydantic import BeforeValidator

from app.clock import moment_of
from app.domain.money import Money, Price, Size, money_text, price_text, size_text
from app.domain.prices import Nanos

Number = TypeVar("Number", bound=int)


def _as_text(encode: Callable[[Number], str]) -> BeforeValidator:
    def read(value: Number | str | None) -> str | None:
        return value if value is None or isinstance(value, str) else encode(value)

    return BeforeValidator(read)


def _as_moment(value: object) -> object:
    return (moment_of(Nanos(value)) if value else None) if isinstance(value, int) else value


PriceText = Annotated[str, _as_text(lambda value: price_text(Price(value)))]  # dollars, four decimals
SizeText = Annotated[str, _as_text(lambda value: size_text(Size(value)))]  # contracts
MoneyText = Annotated[str, _as_text(lambda value: money_text(Money(value)))]  # dollars
RateText = Annotated[str, _as_text(lambda value: money_text(Money(value)))]  # millionths, as a decimal number
Moment = Annotated[datetime, BeforeValidator(_as_moment)]  # nanoseconds UTC
MomentOrNever = Annotated[datetime | None, BeforeValidator(_as_moment)]  # 0 is never
