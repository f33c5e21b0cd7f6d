"""What was freed is the machine's again, though something lies between."""

import psutil
import pytest

from workers.heaps import give_back

MIB = 1 << 20
KEPT_OF = 64  # one of so many pieces is kept


def held() -> float:
    """MiB of this process."""
    return float(psutil.Process().memory_info().rss) / MIB


def test_holes_between_what_is_used_are_given_back() -> None:
    if not give_back():
        pytest.skip("this C library gives nothing back")
    pieces = [bytes(1_000) for _ in range(100_000)]  # too large for Python's own arenas, too small to be mapped alone
    full = held()
    kept = pieces[::KEPT_OF]
    del pieces
    freed = held()
    give_back()
    assert len(kept) == -(-100_000 // KEPT_OF)
    assert full - freed < 48 < full - held()


def test_what_is_used_stays_as_it_is() -> None:
    pieces = [bytes([number % 256]) * 1_000 for number in range(10_000)]
    del pieces[1::2]
    give_back()
    assert all(piece == bytes([(2 * place) % 256]) * 1_000 for place, piece in enumerate(pieces))
