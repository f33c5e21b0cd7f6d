"""Exact numbers and moments as the API answers them: one encoder for each type of the domain's."""

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import Annotated, TypeVar

from pydantic import BeforeValidator

from app.clock import moment_of
from app.domain.money import Money, Price, Size, money, money_text, price, price_text, size, size_text
from app.domain.prices import Nanos

Number = TypeVar("Number", bound=int)


def _as_text(encode: Callable[[Number], str], exact: Callable[[str], Number]) -> BeforeValidator:
    """`exact`: of a NUMERIC column."""

    def read(value: Number | Decimal | str | None) -> str | None:
        if value is None or isinstance(value, str):
            return value
        return encode(exact(str(value)) if isinstance(value, Decimal) else value)

    return BeforeValidator(read)


def _as_moment(value: object) -> object:
    return (moment_of(Nanos(value)) if value else None) if isinstance(value, int) else value


PriceText = Annotated[str, _as_text(lambda value: price_text(Price(value)), price)]  # dollars, four decimals
SizeText = Annotated[str, _as_text(lambda value: size_text(Size(value)), size)]  # contracts
MoneyText = Annotated[str, _as_text(lambda value: money_text(Money(value)), money)]  # dollars
RateText = Annotated[str, _as_text(lambda value: money_text(Money(value)), money)]  # millionths, as a decimal number
Moment = Annotated[datetime, BeforeValidator(_as_moment)]  # nanoseconds UTC
MomentOrNever = Annotated[datetime | None, BeforeValidator(_as_moment)]  # 0 is never
