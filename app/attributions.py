"""Where the profits of whole accounts came from. What a contract has earned is explained anew when its position has
changed, and remembered otherwise."""

import asyncio
from collections.abc import Mapping
from datetime import datetime

from app.clock import EPOCH
from app.domain.money import Money
from app.history.account_books import AccountBooks, Dealing, Key
from app.positions.causes import Causes, Did, Paid, causes_of


class Attributions:
    """One per process. What it knows is of no use to anybody else, and is worked out again after a restart."""

    def __init__(self) -> None:
        self.turn = asyncio.Lock()  # from asking for books until they are taken
        self.versions: dict[Key, int] = {}  # of the positions that need not be told again
        self.since: datetime = EPOCH  # the last change of any of them
        self._causes: dict[Key, Causes] = {}
        self._accounts: dict[str, Causes] = {}

    def take(self, found: AccountBooks) -> Mapping[str, Causes]:
        """The causes of each account's profit, all of the moment of these books."""
        for key, dealing in found.dealings.items():
            now, before = _causes_of(dealing), self._causes.get(key, Causes())
            self._accounts[key[0]] = self._accounts.get(key[0], Causes()).plus(now).plus(_less(before))
            self._causes[key], self.versions[key] = now, dealing.version
        self.since = max(self.since, found.changed_at or self.since)
        return dict(self._accounts)


def _causes_of(dealing: Dealing) -> Causes:
    did = [Did(*each) for each in dealing.fills]
    paid = None if dealing.pays is None else Paid(dealing.pays, dealing.expected)
    return causes_of(did, paid)


def _less(causes: Causes) -> Causes:
    return Causes(*(Money(-amount) for amount in causes))
