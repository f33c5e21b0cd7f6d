"""Players some props are about."""

import msgspec

from app.sandbox.games import Contest
from app.sandbox.leagues import TEAMS, Team, read_rows


class Player(msgspec.Struct, frozen=True):
    """A player, and the points line asked about."""

    name: str
    team: Team
    points: float

    @property
    def code(self) -> str:
        """Initial and surname as in Kalshi's tickers: `LJAMES`."""
        first, _, last = self.name.upper().partition(" ")
        plain = last.encode("ascii", "ignore").decode()
        return f"{first[0]}{plain}"


PLAYERS = tuple(
    Player(row["name"], TEAMS[row["league"], row["abbreviation"]], float(row["points"]))
    for row in read_rows("players.csv")
)


def players_of(contest: Contest) -> tuple[Player, ...]:
    """The players of both sides that are asked about."""
    return tuple(player for player in PLAYERS if player.team in (contest.home, contest.away))
