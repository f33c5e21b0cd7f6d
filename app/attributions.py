"""Where the profits of whole accounts came from. What a contract has earned is explained anew when its position has
changed, and remembered otherwise."""

import asyncio
from collections.abc import Mapping

from app.history.account_books import AccountBooks, Dealing, Key
from app.positions.causes import Causes, Did, Paid, causes_of


class Attributions:
    """One per process. What it knows is of no use to anybody else, and is worked out again after a restart."""

    def __init__(self) -> None:
        self.turn = asyncio.Lock()  # from asking for a portfolio until it is taken
        self._known: dict[Key, tuple[int, Causes]] = {}

    @property
    def versions(self) -> Mapping[Key, int]:
        """Of the positions that need not be told again."""
        return {key: version for key, (version, _) in self._known.items()}

    def take(self, found: AccountBooks) -> Mapping[str, Causes]:
        """The causes of each account's profit, all of the moment of this portfolio."""
        told = {key: (each.version, _causes(each)) for key, each in found.dealings.items() if each is not None}
        self._known |= told
        accounts: dict[str, Causes] = {}
        for key in found.dealings:
            account = key[0]
            accounts[account] = accounts.get(account, Causes()).plus(self._known[key][1])
        return accounts


def _causes(dealing: Dealing) -> Causes:
    did = [Did(*each) for each in dealing.fills]
    paid = None if dealing.pays is None else Paid(dealing.pays, dealing.expected)
    return causes_of(did, paid)
