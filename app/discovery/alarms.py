"""Which contracts are kept out because their prices have contradicted their links, and until when."""

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime, timedelta

import msgspec

from app.domain.games import GameId
from app.domain.markets import ContractId, VenueId
from app.domain.teams import Reason

AGREE_FOR = timedelta(minutes=10)  # without a contradiction, before a contract comes back
REMEMBERED = timedelta(hours=1)  # of a game that is gone: its score source may only have been silent

Venues = Mapping[ContractId, Collection[VenueId]]


class Alarm(msgspec.Struct, frozen=True):
    """One contract's, while it stands. `parties`: the venues whose prices were in dispute, as far as it is known;
    `agreed_since`: when prices first bore it out after the last contradiction."""

    game_id: GameId
    reason: Reason
    seen_at: datetime  # when its game was last there
    parties: frozenset[VenueId] = frozenset()
    agreed_since: datetime | None = None

    def may_end_by(self, venues: Collection[VenueId]) -> bool:
        """A venue that is wrong throughout agrees with itself: all that were in dispute must be heard again."""
        return self.parties.issubset(venues) if self.parties else len(venues) > 1


class Alarms:
    """A contradiction rings at once. It is over only when prices have borne the contract out, do so again after a
    while, and have not contradicted it meanwhile. Prices that tell nothing, near even or one-sided, change nothing."""

    def __init__(self) -> None:
        self._standing: dict[ContractId, Alarm] = {}

    def __len__(self) -> int:
        return len(self._standing)

    def __iter__(self) -> Iterator[tuple[ContractId, Alarm]]:
        return iter(self._standing.items())

    def reason(self, contract_id: ContractId | None) -> Reason | None:
        """Why a contract is kept out; None when it is not."""
        alarm = self._standing.get(contract_id) if contract_id else None
        return alarm.reason if alarm else None

    def take(
        self,
        game_id: GameId,
        inverted: Mapping[ContractId, Reason],
        parties: Venues,
        borne_out: Venues,
        now: datetime,
    ) -> Collection[ContractId]:
        """What the prices of a game say now. Gives back the contracts whose alarm has just begun."""
        new = inverted.keys() - self._standing.keys()
        for contract_id, reason in inverted.items():
            first = self._standing.get(contract_id) or Alarm(game_id, reason, now)
            heard = first.parties.union(parties.get(contract_id, ()))
            # the first reason stays: prices move, and each word is written down
            self._standing[contract_id] = Alarm(game_id, first.reason, now, heard)
        for contract_id in (borne_out.keys() - inverted.keys()) & self._standing.keys():
            if self._standing[contract_id].may_end_by(borne_out[contract_id]):
                self._agree(contract_id, now)
        return new

    def recall(self, game_id: GameId, reasons: Mapping[ContractId, Reason], now: datetime) -> None:
        """Alarms that stood before this process began."""
        self._standing |= {contract_id: Alarm(game_id, reason, now) for contract_id, reason in reasons.items()}

    def forget_all_but(self, game_ids: Collection[GameId], now: datetime) -> None:
        """Games that are over need no alarms."""
        for each, alarm in list(self._standing.items()):
            if alarm.game_id in game_ids:
                self._standing[each] = msgspec.structs.replace(alarm, seen_at=now)
            elif now - alarm.seen_at > REMEMBERED:
                del self._standing[each]

    def _agree(self, contract_id: ContractId, now: datetime) -> None:
        alarm = self._standing[contract_id]
        since = alarm.agreed_since or now
        if now - since >= AGREE_FOR:
            del self._standing[contract_id]
        else:
            self._standing[contract_id] = msgspec.structs.replace(alarm, agreed_since=since)
