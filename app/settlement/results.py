"""The results that a game can have, as far as some statements about it tell them apart.

Statements about the margin of one stretch of the game share its margin; those about points share these points. What is
said about different figures is taken as independent: that allows more than can happen, and never less.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import product
from typing import Literal, NamedTuple

import msgspec

from app.domain.leagues import League
from app.domain.propositions import HalfPoints, Kind, Proposition, Scope

Side = Literal["home", "away", ""]
Figure = Literal["margin", "total", "home_points", "away_points", "both"]  # margin: home's points less away's

INFINITE = 1_000_000  # points; more than anybody scores

_SPANS: dict[Scope, str] = {
    "regulation": " in regulation",
    "1h": " in the 1st half",
    "2h": " in the 2nd half",
    "q1": " in the 1st quarter",
    "q2": " in the 2nd quarter",
    "q3": " in the 3rd quarter",
    "q4": " in the 4th quarter",
    "p1": " in the 1st period",
    "p2": " in the 2nd period",
    "p3": " in the 3rd period",
    "f5": " in the first 5 innings",
    "s1": " in the 1st set",
    "s2": " in the 2nd set",
    "s3": " in the 3rd set",
}


class Statement(msgspec.Struct, frozen=True):
    """A proposition without its game: `side` is whom it is about."""

    kind: Kind
    scope: Scope
    line: HalfPoints | None
    side: Side

    @property
    def figure(self) -> tuple[Figure, Scope]:
        """What it is decided by."""
        if self.kind in ("total", "both_to_score"):
            return ("total" if self.kind == "total" else "both"), self.scope
        if self.kind == "team_total":
            return ("home_points" if self.side == "home" else "away_points"), self.scope
        return "margin", self.scope

    @property
    def range(self) -> tuple[int, int]:
        """The figures, from and to, for which it is true."""
        if self.kind == "moneyline":
            return (1, INFINITE) if self.side == "home" else (-INFINITE, -1)
        if self.kind == "draw":
            return 0, 0
        if self.kind == "both_to_score":
            return 1, 1
        least = (abs(self.line or 0) + 1) // 2
        return (-INFINITE, -least) if self.kind == "spread" and self.side == "away" else (least, INFINITE)


class Cell(msgspec.Struct, frozen=True):
    """Figures between which no statement changes."""

    figure: Figure
    scope: Scope
    least: int
    most: int

    @property
    def is_level(self) -> bool:
        return self.figure == "margin" and self.least == self.most == 0


class Result(msgspec.Struct, frozen=True):
    """One way in which the game can end, as far as anybody asks. `name`: in words; `past`: the same, of yesterday."""

    cells: tuple[Cell, ...]
    name: str
    past: str

    def cell_of(self, statement: Statement) -> Cell:
        """Where it has come out for what a statement is about."""
        figure = statement.figure
        return next(cell for cell in self.cells if (cell.figure, cell.scope) == figure)

    def is_level(self, scope: Scope) -> bool:
        """Whether nobody was ahead at the end of that much of the game, as far as anybody asks."""
        return any(cell.is_level for cell in self.cells if cell.scope == scope)

    def is_true(self, statement: Statement) -> bool:
        """Whether a statement has come true."""
        least, most = statement.range
        cell = self.cell_of(statement)
        return least <= cell.least and cell.most <= most


def statement_of(said: Proposition, home_id: str) -> Statement:
    """A proposition in terms of home and away."""
    side: Side = "" if said.team_id is None else "home" if said.team_id == home_id else "away"
    return Statement(said.kind, said.scope, said.line, side)


def can_be_level(league: League, scope: Scope) -> bool:
    """Whether that much of a game can end without a winner."""
    return scope != "game" or league.ties


def results_of(statements: Iterable[Statement], league: League, home: str, away: str) -> Sequence[Result]:
    """Every result that these statements tell apart."""
    ranges: dict[tuple[Figure, Scope], set[tuple[int, int]]] = {}
    for statement in statements:
        ranges.setdefault(statement.figure, set()).add(statement.range)
    cells = [list(_cells(figure, scope, said, league)) for (figure, scope), said in ranges.items()]
    whole: Scope = "regulation" if league.has_draw_outcome else "game"
    return [_result(combined, Words(home, away, whole)) for combined in product(*cells)]


def _cells(figure: Figure, scope: Scope, ranges: Iterable[tuple[int, int]], league: League) -> Iterator[Cell]:
    begins = {-INFINITE, 0, 1} if figure == "margin" else {0}  # winners ask for the sign, ties for nought
    begins |= {least for least, _ in ranges} | {most + 1 for _, most in ranges if most < INFINITE}
    last = 1 if figure == "both" else INFINITE
    ordered = sorted(begin for begin in begins if begin <= last)
    for least, following in zip(ordered, [*ordered[1:], last + 1], strict=True):
        cell = Cell(figure, scope, least, following - 1)
        if not cell.is_level or can_be_level(league, scope):
            yield cell


class Words(NamedTuple):
    """How results are put into words. `whole`: the stretch that needs no name."""

    home: str
    away: str
    whole: Scope

    def of(self, cell: Cell, *, is_past: bool) -> str:
        """`Boston Celtics win by 4 or more in the 1st half`."""
        where = "" if cell.scope == self.whole else _SPANS.get(cell.scope, "")
        if cell.figure == "margin":
            return self._margin(cell, is_past=is_past) + where
        verb = "scored" if is_past else "score"
        if cell.figure == "both":
            return f"{'' if cell.least else 'not '}both sides {verb}{where}"
        who = {"total": "both sides together", "home_points": self.home, "away_points": self.away}[cell.figure]
        return f"{who} {verb} {_count(cell.least, cell.most)}{where}"

    def _margin(self, cell: Cell, *, is_past: bool) -> str:
        if cell.is_level:
            return "nobody had won" if is_past else "a tie"
        least, most = (cell.least, cell.most) if cell.least > 0 else (-cell.most, -cell.least)
        by = "" if (least, most) == (1, INFINITE) else f" by {_count(least, most)}"
        return f"{self.home if cell.least > 0 else self.away} {'won' if is_past else 'win'}{by}"


def _result(cells: tuple[Cell, ...], words: Words) -> Result:
    now, past = (" and ".join(words.of(cell, is_past=is_past) for cell in cells) for is_past in (False, True))
    return Result(cells, now, past)


def _count(least: int, most: int) -> str:
    if most >= INFINITE:
        return f"{least} or more"
    return f"{least}" if least == most else f"{least} to {most}"
