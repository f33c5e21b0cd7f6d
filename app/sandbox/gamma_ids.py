"""Polymarket's numbers for things: always the same for a name."""

import hashlib


def number_of(name: str, size: int) -> int:
    """A number of so many bytes."""
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:size], "big")


def hash_of(what: str, slug: str) -> str:
    """`0x` and 64 hex digits: of the condition of a slug, or of its question."""
    return "0x" + hashlib.sha256(f"{what}:{slug}".encode()).hexdigest()


def tokens_of(slug: str) -> tuple[str, str]:
    """The tokens of the first and the second outcome."""
    return str(number_of(f"{slug}:0", 32)), str(number_of(f"{slug}:1", 32))


def market_id_of(slug: str) -> str:
    """Gamma's own id of a market."""
    return str(1_000_000 + number_of(slug, 5))
