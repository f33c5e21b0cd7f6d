"""Where an input belongs: to a book, a game and a league, as the inputs before it and around it have said."""

from pathlib import Path
from typing import NamedTuple

import msgspec

from app.domain.inputs import (
    Cut,
    Followed,
    GameLeft,
    GameTaken,
    Heard,
    Hinted,
    Input,
    Offered,
)
from app.domain.markets import ContractId
from app.domain.parsing import NOT_READABLE
from app.domain.prices import LaneId

NO_LEAGUE = "all"  # of what belongs to none


class Place(NamedTuple):
    """Of one row; empty: of none."""

    venue: str = ""
    game_id: str = ""
    book_id: str = ""
    league: str = NO_LEAGUE


NOWHERE = Place()


class Places(msgspec.Struct):
    """What a run has said so far of where things belong."""

    games: dict[str, str] = {}  # the league of each
    books: dict[str, str] = {}  # the game of each
    contracts: dict[str, str] = {}  # the book of each

    def learn(self, told: Input) -> bool:
        """Take in what it says; whether it is of those that say anything of it."""
        if isinstance(told, Followed):
            listed = told.listed
            self.books[listed.book_id] = listed.game_id
            for contract in filter(None, (listed.first, listed.second)):
                self.contracts[contract] = listed.book_id
        elif isinstance(told, GameTaken):
            self.games[told.game.id] = told.game.league
        return isinstance(told, Followed | GameTaken)

    def of_book(self, book_id: str) -> Place:
        """Of everything that is said of a book."""
        game_id = self.books.get(book_id, "")
        return Place(_venue_of(book_id), game_id, book_id, self.games.get(game_id, NO_LEAGUE))

    def of_contract(self, contract_id: ContractId) -> Place:
        """Of a quote."""
        book_id = self.contracts.get(contract_id)
        return self.of_book(book_id) if book_id else Place(venue=_venue_of(contract_id))

    def of_lane(self, lane: LaneId) -> Place:
        """Of what is said of a connection."""
        return Place(venue=_venue_of(lane))

    def of_game(self, game_id: str) -> Place:
        """Of what is said of a game and no venue."""
        return Place(game_id=game_id, league=self.games.get(game_id, NO_LEAGUE))

    def of(self, told: Input) -> Place:
        """Of an input."""
        if isinstance(told, Followed):
            return self.of_book(told.listed.book_id)
        if (book_id := getattr(told, "book_id", None)) is not None:
            return self.of_book(book_id)
        if isinstance(told, GameTaken | GameLeft | Offered):
            return self.of_game(_game_of(told))
        if isinstance(told, Heard | Cut):
            return self.of_lane(told.lane)
        return self.of_contract(told.contract_id) if isinstance(told, Hinted) else NOWHERE


def read_places(path: Path) -> Places:
    """Those that were kept of a run; none where there is no such file, or it cannot be read: they only sort."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=Places)
    except (FileNotFoundError, *NOT_READABLE):
        return Places()


def keep_places(path: Path, places: Places) -> None:
    """For the next part of the run; all of it or nothing."""
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_suffix(".new")
    new.write_bytes(msgspec.json.encode(places))
    new.rename(path)


def _venue_of(name: str) -> str:
    """Books, lanes and contracts are all called after their venue."""
    return name.partition(":")[0]


def _game_of(told: GameTaken | GameLeft | Offered) -> str:
    if isinstance(told, GameTaken):
        return told.game.id
    return told.game_id if isinstance(told, GameLeft) else told.signal.game_id
