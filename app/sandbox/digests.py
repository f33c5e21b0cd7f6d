"""Keccak-256 as Ethereum has it: SHA-3 before its padding was changed, which no library here brings."""

_MASK = (1 << 64) - 1
_RATE = 136  # bytes that are taken in at once
_ROTATIONS = (
    (0, 36, 3, 41, 18),
    (1, 44, 10, 45, 2),
    (62, 6, 43, 15, 61),
    (28, 55, 25, 21, 56),
    (27, 20, 39, 8, 14),
)


def _round_constants() -> tuple[int, ...]:
    constants, state = [], 1
    for _ in range(24):
        constant = 0
        for bit in range(7):
            if state & 1:
                constant |= 1 << ((1 << bit) - 1)
            state = (state << 1) ^ (0x171 if state & 0x80 else 0)
        constants.append(constant)
    return tuple(constants)


_CONSTANTS = _round_constants()


def keccak(data: bytes) -> bytes:
    """The digest, 32 bytes."""
    padded = bytearray(data) + b"\x01" + bytes(-(len(data) + 1) % _RATE)
    padded[-1] |= 0x80
    lanes = [0] * 25  # at x + 5y
    for block in range(0, len(padded), _RATE):
        for place in range(_RATE // 8):
            start = block + 8 * place
            lanes[place] ^= int.from_bytes(padded[start : start + 8], "little")
        lanes = _permuted(lanes)
    return b"".join(lane.to_bytes(8, "little") for lane in lanes[:4])


# Where each lane goes to, where it comes from, and by how much it is turned on the way.
_WAYS = tuple((y + 5 * ((2 * x + 3 * y) % 5), x + 5 * y, x, _ROTATIONS[x][y]) for x in range(5) for y in range(5))
_NEXT = tuple((place, place // 5 * 5 + (place + 1) % 5, place // 5 * 5 + (place + 2) % 5) for place in range(25))


def _permuted(lanes: list[int]) -> list[int]:
    turned = [0] * 25
    for constant in _CONSTANTS:
        a, b, c, d, e = (lanes[x] ^ lanes[x + 5] ^ lanes[x + 10] ^ lanes[x + 15] ^ lanes[x + 20] for x in range(5))
        mixed = e ^ _once(b), a ^ _once(c), b ^ _once(d), c ^ _once(e), d ^ _once(a)
        for there, here, x, bits in _WAYS:
            lane = lanes[here] ^ mixed[x]
            turned[there] = ((lane << bits) | (lane >> (64 - bits))) & _MASK
        lanes = [turned[one] ^ (~turned[other] & turned[third] & _MASK) for one, other, third in _NEXT]
        lanes[0] ^= constant
    return lanes


def _once(lane: int) -> int:
    return ((lane << 1) | (lane >> 63)) & _MASK
