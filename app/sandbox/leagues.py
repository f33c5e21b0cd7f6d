"""The leagues and teams of the simulated slate, and how each outside world names and numbers them."""

import csv
import uuid
from collections.abc import Iterator
from importlib import resources

import msgspec

from app.sandbox.paces import PACES, Pace

_IDS = uuid.UUID("6f1c1b0e-0c7d-5c1e-9d55-3b1a2f6f4a11")  # names made from it are the same on every machine


class League(msgspec.Struct, frozen=True):
    """One competition in the ids and words of ESPN, Polymarket and Kalshi."""

    code: str
    name: str
    abbreviation: str
    pace: str
    espn: str  # "{sport}/{league}" in its paths
    espn_sport: int
    espn_league: int
    groups: str  # ESPN shows the whole college slate only to those who ask for its groups
    slug: str  # first word of Polymarket's slugs
    series: int
    tag: int
    kalshi: str  # first part of Kalshi's series
    competition: str
    game_words: str
    target: str  # the key of a team in Kalshi's custom_strike
    milestone: str
    joiner: str  # between two teams in a Kalshi title

    @property
    def sport(self) -> str:
        return self.espn.partition("/")[0]

    @property
    def path(self) -> str:
        return self.espn.partition("/")[2]

    @property
    def is_soccer(self) -> bool:
        return self.sport == "soccer"

    @property
    def is_college(self) -> bool:
        return bool(self.groups)

    @property
    def clockwork(self) -> Pace:
        return PACES[self.pace]


class Team(msgspec.Struct, frozen=True):
    """One side, as ESPN, Kalshi and Polymarket write it."""

    league: str
    id: str  # ESPN's
    name: str
    location: str
    nickname: str
    short_name: str
    abbreviation: str
    kalshi_code: str
    kalshi_text: str
    polymarket_code: str
    polymarket_name: str

    @property
    def target(self) -> str:
        """Kalshi's structured target id."""
        return made_id(f"team:{self.league}:{self.id}")

    def called(self, alias: str) -> "Team":
        """The same side as venues list it by a name, and codes, that nobody knows; none: as it is."""
        if not alias:
            return self
        code = "QX" + alias[0]
        return msgspec.structs.replace(
            self, kalshi_text=alias, kalshi_code=code, polymarket_name=alias, polymarket_code=code.lower()
        )


def made_id(name: str) -> str:
    """A UUID that is always the same for a name."""
    return str(uuid.uuid5(_IDS, name))


def read_rows(file: str) -> Iterator[dict[str, str]]:
    """The rows of one of this room's data files."""
    written = resources.files("app.sandbox").joinpath("data", file).read_text(encoding="utf-8")
    yield from csv.DictReader(written.splitlines())


LEAGUES: dict[str, League] = {
    row["code"]: msgspec.convert(row, League, strict=False) for row in read_rows("leagues.csv")
}
TEAMS: dict[tuple[str, str], Team] = {
    (row["league"], row["abbreviation"]): msgspec.convert(row, Team, strict=False) for row in read_rows("teams.csv")
}
