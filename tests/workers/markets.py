"""A market that a test puts into the trading core, as a venue's feed would."""

from app.domain.games import GameId
from app.domain.inputs import Cut, Followed, Heard, Replaced, Snapshot
from app.domain.markets import ContractId, MarketId, VenueId
from app.domain.money import price, size
from app.domain.prices import CENT_GRID, Doubt, LaneId, Level, Listed, book_id
from app.intake import Intake


class Market:
    """One book of a venue, told to an intake."""

    def __init__(self, intake: Intake, venue: str, name: str, game_id: str, lane: str = "1") -> None:
        self._intake = intake
        market_id, (yes, no) = MarketId(name), (ContractId(f"{venue}:{name}:{side}") for side in ("yes", "no"))
        self.listed = Listed(book_id(VenueId(venue), market_id), VenueId(venue), market_id, GameId(game_id), yes, no)
        self.lane = LaneId(f"{venue}:{lane}")
        self.sequence = 0

    def follow(self) -> None:
        self._intake.put(Followed(self.listed, CENT_GRID, self._intake.now()))

    def load(self, bids: str, asks: str) -> None:
        """`0.53x120 0.52x3`"""
        self.sequence += 1
        now = self._intake.now()
        told = Snapshot(self.listed.book_id, self.lane, _levels(bids), _levels(asks), now, now, self.sequence, "s")
        self._intake.put(told)

    def replace(self, level: str, *, is_bid: bool = True) -> None:
        self.sequence += 1
        (at, lies), now = _levels(level)[0], self._intake.now()
        self._intake.put(Replaced(self.listed.book_id, is_bid, at, lies, now, now, self.sequence, "s"))

    def hear(self) -> None:
        self._intake.put(Heard(self.lane, self._intake.now()))

    def cut(self, doubt: Doubt = "disconnected") -> None:
        self._intake.put(Cut(self.lane, doubt, self._intake.now()))


def _levels(text: str) -> tuple[Level, ...]:
    pairs = (pair.split("x") for pair in text.split())
    return tuple((price(at), size(lies)) for at, lies in pairs)
