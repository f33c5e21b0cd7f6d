"""Makes other payloads out of known ones. A decoder in C shows nothing of itself to whoever measures coverage, and what
bytes thrown at random would find is that they are no JSON: so values are exchanged, and the payload stays one."""

import json
from collections.abc import Callable, Iterator
from copy import deepcopy
from random import Random

import msgspec

Change = Callable[[bytes, Random], bytes]

ODD_VALUES: tuple[object, ...] = (
    *(None, True, False, 0, 1, -1, 2, 100, 9_999, 10_000, 2**31, 2**53, 2**63 - 1, 2**63, 2**64, -(2**63) - 1),
    *(10**18, 10**30, 0.1, -0.5, 1e-320, 1e18, 1e300, -1e300, float("nan"), float("inf")),
    *(
        "",
        "0",
        "1",
        "-1",
        "0.5",
        ".5",
        "5.",
        "1.0001",
        "0.00001",
        "-0",
        "+1",
        "1_0",
        "1e3",
        "1e999",
        "1e900000",
        "9" * 40,
    ),
    *("nan", "NaN", "Infinity", "-Infinity", "sNaN", "\u0663", "\u00b2", " 1 ", "0x10", "true", "null", "[]", "{}"),
    *("\0", "\n", "\ud800", "\u202e", "a" * 300, "*", "LAL", "KXNBAGAME-26NOV22LALBOS-BOS", "nba-lal-bos-2026-11-22"),
    *(
        "0001-01-01T00:00:00Z",
        "9999-12-31T23:59:59-23:59",
        "2026-11-22T24:00:00Z",
        "2026-11-22",
        "1900-01-01T00:00+14:00",
    ),
    *([], {}, [[]], [None], ["0.5", "10"], [["0.5", "10"]], [["0.5"]], {"id": {}}, [[[[[[[[]]]]]]]]),
)
DEEP = 2_000  # levels, now and then
NESTED = "a place for what is nested deeply"


def change_json(data: bytes, chance: Random) -> bytes:
    """One line of JSON lines is another: a value in it, or its place, or that it is there at all."""
    lines = data.split(b"\n")
    at = chance.randrange(len(lines))
    if len(lines) > 1 and chance.random() < 0.2:
        return b"\n".join(_moved(lines, at, chance))
    try:
        tree = json.loads(lines[at])
    except (ValueError, RecursionError):
        return data
    for _ in range(chance.choice((1, 1, 1, 2, 4))):
        tree = _changed(tree, chance)
    text = json.dumps(tree, separators=(",", ":"))
    if NESTED in text:
        text = text.replace(f'"{NESTED}"', "[" * DEEP + "]" * DEEP, 1)
    lines[at] = text.encode()
    return b"\n".join(lines)


def change_packed(data: bytes, chance: Random) -> bytes:
    """The same of MessagePack."""
    try:
        return msgspec.msgpack.encode(_changed(msgspec.msgpack.decode(data), chance))
    except (msgspec.MsgspecError, ValueError, OverflowError, UnicodeError, RecursionError):
        return data


def _moved(lines: list[bytes], at: int, chance: Random) -> list[bytes]:
    """Lost, told twice, or told too early."""
    line = lines[at]
    rest = lines[:at] + lines[at + 1 :]
    fate = chance.randrange(3)
    if fate == 0:
        return rest
    place = chance.randrange(len(lines))
    return [*(lines if fate == 1 else rest)[:place], line, *(lines if fate == 1 else rest)[place:]]


def _changed(tree: object, chance: Random) -> object:
    places = list(_places(tree))
    if not places:
        return _odd(chance)
    holder, key = chance.choice(places)
    fate = chance.random()
    if fate < 0.5:
        holder[key] = _odd(chance)
    elif fate < 0.7:  # another value of the same payload
        other, its_key = chance.choice(places)
        holder[key] = deepcopy(other[its_key])
    elif fate < 0.85 and isinstance(holder[key], int | float | str):
        holder[key] = _nearby(holder[key], chance)
    elif fate < 0.92:
        del holder[key]
    elif fate < 0.99 and isinstance(holder, list):
        holder.insert(key, deepcopy(holder[key]))
    else:
        holder[key] = NESTED
    return tree


def _places(tree: object) -> Iterator[tuple[dict | list, object]]:
    """Every value's holder, with its key or its index."""
    if isinstance(tree, dict | list):
        for key, value in list(tree.items() if isinstance(tree, dict) else enumerate(tree)):
            yield tree, key
            yield from _places(value)


def _odd(chance: Random) -> object:
    """One of its own: what is put in may be changed next."""
    return deepcopy(chance.choice(ODD_VALUES))


def _nearby(value: object, chance: Random) -> object:
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value + chance.choice((-1, 1, 10, -(10**6)))
    if isinstance(value, float):
        return value * chance.choice((-1, 10, 0.001))
    text = str(value)
    at = chance.randrange(len(text) + 1)
    return text[:at] + chance.choice("0123456789.-eE\u0665 :_T") + text[at + chance.randrange(2) :]
