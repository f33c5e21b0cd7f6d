"""Who signed: the Ethereum address whose key made a signature on secp256k1."""

from functools import lru_cache

from app.sandbox.digests import keccak

Point = tuple[int, int, int]  # x, y and z of Jacobi; z is 0 at infinity

_FIELD = 2**256 - 2**32 - 977
_ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141
_BASE = (
    0x79BE667EF9DCBBAC55A06295CE870B07029BFCDB2DCE28D959F2815B16F81798,
    0x483ADA7726A3C4655DA4FBFC0E1108A8FD17B448A68554199C47D08FFB10D4B8,
    1,
)
_NOWHERE = (0, 0, 0)
LENGTH = 65  # bytes of a signature: r, s, and which of two points


class BadSignature(ValueError):
    """Nobody can have signed this."""


@lru_cache(maxsize=1024)
def signer_of(digest: bytes, signature: bytes) -> str:
    """The address, in small letters. Raises BadSignature."""
    if len(signature) != LENGTH:
        raise BadSignature(f"{len(signature)} bytes")
    r, s, parity = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:64], "big"), signature[64]
    parity -= 27 if parity >= 27 else 0
    if not (0 < r < _ORDER and 0 < s <= _ORDER // 2 and parity in (0, 1)):
        raise BadSignature("out of range")
    y = pow(r**3 + 7, (_FIELD + 1) // 4, _FIELD)
    if (y * y - r**3 - 7) % _FIELD:
        raise BadSignature("no such point")
    point = r, y if y % 2 == parity else _FIELD - y, 1
    inverse = pow(r, -1, _ORDER)
    said = int.from_bytes(digest, "big")
    key = _both(point, s * inverse % _ORDER, _BASE, -said * inverse % _ORDER)
    if not key[2]:
        raise BadSignature("no key")
    x, y = _plane(key)
    return "0x" + keccak(x.to_bytes(32, "big") + y.to_bytes(32, "big"))[12:].hex()


def _plane(point: Point) -> tuple[int, int]:
    z = pow(point[2], -1, _FIELD)
    return point[0] * z * z % _FIELD, point[1] * z**3 % _FIELD


def _both(one: Point, count: int, other: Point, other_count: int) -> Point:
    """So many times one and so many times the other, in one pass over their bits."""
    steps, found = (_NOWHERE, one, other, _sum(one, other)), _NOWHERE
    for bit in range(255, -1, -1):
        found = _double(found)
        step = (count >> bit & 1) | (other_count >> bit & 1) << 1
        if step:
            found = _sum(found, steps[step])
    return found


def _double(point: Point) -> Point:
    x, y, z = point
    if not z:
        return point
    square = y * y % _FIELD
    middle, slope = 4 * x * square % _FIELD, 3 * x * x % _FIELD
    across = (slope * slope - 2 * middle) % _FIELD
    return across, (slope * (middle - across) - 8 * square * square) % _FIELD, 2 * y * z % _FIELD


def _sum(one: Point, other: Point) -> Point:
    if not one[2] or not other[2]:
        return other if not one[2] else one
    one_square, other_square = one[2] ** 2 % _FIELD, other[2] ** 2 % _FIELD
    x, other_x = one[0] * other_square % _FIELD, other[0] * one_square % _FIELD
    y = one[1] * other_square * other[2] % _FIELD
    rise = (other[1] * one_square * one[2] - y) % _FIELD
    run = (other_x - x) % _FIELD
    if not run:
        return _NOWHERE if rise else _double(one)
    square = run * run % _FIELD
    cube, middle = square * run % _FIELD, x * square % _FIELD
    across = (rise * rise - cube - 2 * middle) % _FIELD
    return across, (rise * (middle - across) - y * cube) % _FIELD, run * one[2] * other[2] % _FIELD
