"""Recorded payloads on disk → games and events. What cannot be read is told with its file and field."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import TypeVar

import msgspec

from app.domain.games import Game
from app.domain.leagues import LeagueCode, find_league
from app.domain.markets import Event
from app.domain.parsing import Parsed, Refusal
from app.errors import BadInput, PayloadRefused
from app.matching.schedule import ANY_SOCCER
from app.sources.espn.boards import BOARDS
from app.sources.espn.translate import games_from, number_doubleheaders

Item = TypeVar("Item")


class Recordings:
    """What was read from files, and what was refused there."""

    def __init__(self) -> None:
        self.games: list[Game] = []
        self.events: list[Event] = []
        self.refused: list[tuple[Path, Refusal]] = []

    def add_scoreboards(self, paths: Sequence[Path]) -> None:
        """ESPN scoreboards; the league is told by the file's name or by the payload."""
        for file in _files(paths):
            games = self._read(file, partial(_games_in, file))
            self.games += number_doubleheaders(games)

    def add_listings(self, paths: Sequence[Path], read: Callable[[bytes], Parsed[Event]]) -> None:
        """A venue's events, read by its own translation."""
        for file in _files(paths):
            self.events += self._read(file, read)

    def _read(self, file: Path, read: Callable[[bytes], Parsed[Item]]) -> Sequence[Item]:
        try:
            found = read(file.read_bytes())
        except PayloadRefused as refused:
            raise PayloadRefused(f"{file}: {refused}") from None
        self.refused += [(file, refusal) for refusal in found.refused]
        return found.items


def _games_in(file: Path, payload: bytes) -> Parsed[Game]:
    return games_from(payload, _league_of(file, payload))


class _Named(msgspec.Struct):
    slug: str = ""


class _Leagues(msgspec.Struct):
    leagues: tuple[_Named, ...] = ()


def _files(paths: Iterable[Path]) -> Iterator[Path]:
    for path in paths:
        if not path.exists():
            raise BadInput(f"there is no {path}", remedy="Name a JSON payload or a folder of them.")
        yield from sorted(path.rglob("*.json")) if path.is_dir() else (path,)


def _league_of(file: Path, payload: bytes) -> LeagueCode:
    """By the file's name (`baseball.mlb.json`, `nba.json`), else by what the payload says of itself."""
    paths = {board.path: code for code, boards in BOARDS.items() for board in boards}
    by_path = paths.get("/" + file.stem.replace(".", "/", 1))
    by_code = find_league(file.stem)
    if by_path or by_code:
        return by_path or (by_code.code if by_code else ANY_SOCCER)
    slugs = {path.rsplit("/", 1)[-1]: code for path, code in paths.items()}
    try:
        said = msgspec.json.decode(payload, type=_Leagues).leagues
    except msgspec.MsgspecError:
        said = ()
    return slugs.get(said[0].slug if said else "", ANY_SOCCER)
