"""How many may be connected at once, so that one cannot take the room of all."""

from collections import Counter

from app.settings import LOOPBACK

MOST = 4_000  # of one process
MOST_OF_ONE_KEY = 500
MOST_OF_ONE_ADDRESS = 200  # other than this machine's own, where everybody has the same


class Places:
    """The places of one process."""

    def __init__(self) -> None:
        self._taken: Counter[str] = Counter()
        self._by_key: Counter[str] = Counter()

    def refusal(self, address: str, key_id: str = "") -> str:
        """Why there is no place left for this address, or for who came with this key; empty when there is one."""
        if key_id and self._by_key[key_id] >= MOST_OF_ONE_KEY:
            return f"{MOST_OF_ONE_KEY} are connected with this key already"
        if self._taken.total() >= MOST:
            return f"{MOST:,} are connected to this process already"
        if address not in LOOPBACK and self._taken[address] >= MOST_OF_ONE_ADDRESS:
            return f"{MOST_OF_ONE_ADDRESS} are connected from {address} already"
        return ""

    def take(self, address: str, key_id: str = "") -> None:
        self._taken[address] += 1
        if key_id:
            self._by_key[key_id] += 1

    def leave(self, address: str, key_id: str = "") -> None:
        _count_down(self._taken, address)
        if key_id:
            _count_down(self._by_key, key_id)


def _count_down(taken: Counter[str], name: str) -> None:
    taken[name] -= 1
    if not taken[name]:
        del taken[name]
