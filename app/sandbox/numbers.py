"""Decimal strings and whole units, both ways, exactly."""

from decimal import Decimal, InvalidOperation


class BadNumber(ValueError):
    """What is written is no number of whole units."""


def units(written: str, one: int) -> int:
    """A decimal string in units of which `one` make 1. Raises BadNumber."""
    try:
        exact = Decimal(written) * one
    except InvalidOperation:
        raise BadNumber(f"{written!r} is no number") from None
    if not exact.is_finite() or exact != exact.to_integral_value():
        raise BadNumber(f"{written} is no multiple of 1/{one}")
    return int(exact)


def money(micro: int) -> str:
    """Micro-dollars as dollars, six decimals."""
    return f"{Decimal(micro).scaleb(-6):.6f}"


def plain(counted: int, decimals: int) -> str:
    """Units as a decimal without zeros behind it."""
    text = f"{Decimal(counted).scaleb(-decimals):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
