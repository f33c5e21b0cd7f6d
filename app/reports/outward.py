"""A report as JSON: money, prices and sizes are decimal text, as everywhere in the API; moments as ISO 8601.

What an integer means is known from the type of its field, so the reports themselves stay exact integers.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from types import UnionType
from typing import Union, get_args, get_origin, get_type_hints

import msgspec

from app.domain.money import Money, Price, Size, money_text, price_text, size_text

_TEXTS: Mapping[object, Callable[..., str]] = {Money: money_text, Price: price_text, Size: size_text}


def outward(value: object, kind: object) -> object:
    """A value of this type, as JSON has it.

    >>> outward([Money(1_500_000)], list[Money])
    ['1.5']
    """
    if value is None or isinstance(value, str | bool | float):
        return value
    if kind in _TEXTS:
        return _TEXTS[kind](value)
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    if isinstance(value, msgspec.Struct) or hasattr(value, "_fields"):
        hints = get_type_hints(type(value))
        names = getattr(value, "__struct_fields__", None) or value._fields
        return {name: outward(getattr(value, name), hints[name]) for name in names}
    return _several(value, kind)


def _several(value: object, kind: object) -> object:
    if get_origin(kind) in (Union, UnionType):
        (meant,) = (each for each in get_args(kind) if each is not type(None))
        return outward(value, meant)
    inner = get_args(kind)
    if isinstance(value, Mapping):
        return {name: outward(each, inner[-1]) for name, each in value.items()}
    if isinstance(value, Sequence):
        return [outward(each, inner[0]) for each in value]
    return value
