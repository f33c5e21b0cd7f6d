"""What a contract says, as the columns of a row and back."""

from collections.abc import Sequence
from decimal import Decimal

import msgspec

from app.domain.propositions import HalfPoints, Polarity, Proposition, points
from app.domain.teams import Reason
from app.history.tables import Stated
from app.history.upserts import storable


def columns_of(said: Proposition, polarity: Polarity | None) -> dict[str, object]:
    """The columns of `tables.Stated`."""
    return {
        "game_id": said.game_id,
        "kind": said.kind,
        "scope": said.scope,
        "line": None if said.line is None else Decimal(points(said.line)),
        "team_id": said.team_id,
        "polarity": polarity,
    }


def proposition_of(row: Stated) -> Proposition:
    """The proposition of a row."""
    told = {name: getattr(row, name) for name in ("game_id", "kind", "scope", "team_id")}
    line = None if row.line is None else HalfPoints(int(2 * row.line))
    return msgspec.convert({**told, "line": line}, Proposition)


def storable_reasons(reasons: Sequence[Reason]) -> list[dict[str, str]]:
    """As a JSONB column takes them."""
    return [{"field": each.field, "finding": each.finding, "detail": storable(each.detail)} for each in reasons]


def reasons_of(written: object) -> tuple[Reason, ...]:
    """The reasons in a JSONB column."""
    return msgspec.convert(written, tuple[Reason, ...])
