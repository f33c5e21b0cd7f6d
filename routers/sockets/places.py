"""How many may be connected at once, so that one cannot take the room of all."""

from collections import Counter

from app.settings import LOOPBACK

MOST = 4_000  # of one process
MOST_OF_ONE_ADDRESS = 200  # other than this machine's own, where everybody has the same


class Places:
    """The places of one process."""

    def __init__(self) -> None:
        self._taken: Counter[str] = Counter()

    def refusal(self, address: str) -> str:
        """Why there is no place left for this address; empty when there is one."""
        if self._taken.total() >= MOST:
            return f"{MOST:,} are connected to this process already"
        if address not in LOOPBACK and self._taken[address] >= MOST_OF_ONE_ADDRESS:
            return f"{MOST_OF_ONE_ADDRESS} are connected from {address} already"
        return ""

    def take(self, address: str) -> None:
        self._taken[address] += 1

    def leave(self, address: str) -> None:
        self._taken[address] -= 1
        if not self._taken[address]:
            del self._taken[address]
