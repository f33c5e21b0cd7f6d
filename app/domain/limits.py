"""The risk limits as people write and change them: prices, sizes and money as decimal strings, within what makes sense.

>>> limits_shown(RiskLimits())["max_stake"], limits_shown(RiskLimits())["min_edge"]
('250', '0.0050')
>>> limits_changed(RiskLimits(), {"max_stake": "99.5", "kelly_fraction": 0.1}).max_stake
99500000
"""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple, cast

import msgspec

from app.domain.money import Money, Price, Size, money, money_text, price, price_text, size, size_text
from app.domain.questions import NOT_KNOWN, Fault, QuestionRefused
from app.domain.risks import RiskLimits
from app.errors import BadInput

Written = str | int | float

_PLAIN = re.compile(r"[0-9]{1,12}(\.[0-9]{1,6})?")


class _Writing(NamedTuple):
    """How limits of one type are shown, and read again."""

    show: Callable[[int], str]
    read: Callable[[str], int]


class _Range(NamedTuple):
    least: Written
    most: Written


_WRITINGS: Mapping[object, _Writing] = {
    Price: _Writing(cast(Callable[[int], str], price_text), price),
    Size: _Writing(cast(Callable[[int], str], size_text), size),
    Money: _Writing(cast(Callable[[int], str], money_text), money),
}
_TYPES: Mapping[str, object] = {
    field.name: field.type for field in msgspec.structs.fields(RiskLimits) if field.name != "version"
}

_DOLLARS = _Range("0", "1000000000")
_SHARE = _Range(0, 1)
_RANGES: Mapping[str, _Range] = {
    "max_age_ms": _Range(1, 60_000),
    "max_skew_ms": _Range(0, 60_000),
    "min_edge": _Range("0", "1"),
    "min_size": _Range("1", "1000000"),
    "max_entry_price": _Range("0", "1"),
    "cash_rate": _Range(0, 10),
    "signal_life_ms": _Range(1, 60_000),
    "again_after_ms": _Range(0, 86_400_000),
    "kelly_fraction": _SHARE,
    "shrinkage": _SHARE,
    "max_orders_per_minute": _Range(0, 100_000),
    "soft_drawdown": _SHARE,
    "hard_drawdown": _SHARE,
    "cool_down_s": _Range(0, 604_800),
}  # the others are dollars


def limits_shown(limits: RiskLimits) -> Mapping[str, Written]:
    """Each limit as people write it, without the version."""
    return {name: _show(name, getattr(limits, name)) for name in _TYPES}


def limits_changed(before: RiskLimits, changes: Mapping[str, Written]) -> RiskLimits:
    """The next version. Raises QuestionRefused with everything that cannot be."""
    faults = [fault for name, value in changes.items() for fault in _faults(name, value)]
    if faults:
        raise QuestionRefused(faults)
    read = {name: _read(name, value) for name, value in changes.items()}
    after = msgspec.convert({**msgspec.structs.asdict(before), **read, "version": before.version + 1}, RiskLimits)
    if after.soft_drawdown > after.hard_drawdown:
        said = f"must be at most hard_drawdown, {after.hard_drawdown:g}"
        raise QuestionRefused([Fault("limits.soft_drawdown", said)])
    return after


def _faults(name: str, value: Written) -> Iterator[Fault]:
    field = f"limits.{name[:60]}"
    if name not in _TYPES:
        yield Fault(field, NOT_KNOWN)
        return
    least, most = _RANGES.get(name, _DOLLARS)
    try:
        if not _read(name, least) <= _read(name, value) <= _read(name, most):  # NaN is in no range
            yield Fault(field, f"must be between {least} and {most}")
    except BadInput as error:
        yield Fault(field, str(error))


def _show(name: str, value: int) -> Written:
    writing = _WRITINGS.get(_TYPES[name])
    return value if writing is None else writing.show(value)


def _read(name: str, value: Written) -> int | float:
    writing = _WRITINGS.get(_TYPES[name])
    if writing is not None:
        if isinstance(value, bool) or not _PLAIN.fullmatch(str(value)):
            raise BadInput("must be a plain decimal number that is not negative, with at most six decimals")
        return writing.read(str(value))
    if isinstance(value, bool | str) or (_TYPES[name] is int and not isinstance(value, int)):
        raise BadInput(f"must be a {'whole ' if _TYPES[name] is int else ''}number")
    return value
