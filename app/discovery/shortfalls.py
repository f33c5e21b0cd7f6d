"""Why games and contracts never come before a detector: what is missing, or in the way, by a name for each."""

from collections.abc import Collection, Iterable, Sequence
from typing import Literal, Protocol

import msgspec

from app.domain.games import Game, GameId
from app.domain.links import Verdict
from app.domain.markets import ContractId, VenueId
from app.domain.teams import Reason

Counted = Literal["games", "contracts"]

_NAMES = {"price": "inverted", "override": "overruled", "status": "paused"}  # of fields; others name themselves


class Doubted(Protocol):
    """What is looked at of a link."""

    @property
    def venue(self) -> VenueId: ...

    @property
    def contract_id(self) -> ContractId | None: ...

    @property
    def verdict(self) -> Verdict: ...

    @property
    def reasons(self) -> tuple[Reason, ...]: ...


class Shortfall(msgspec.Struct, frozen=True):
    """How many games or contracts are kept out for one reason, and the first of them."""

    counted: Counted
    reason: str
    count: int
    game_id: GameId
    contract_id: ContractId | None
    detail: str


class Census:
    """What is there, game by game. `linked`: games with tradable contracts at two venues."""

    def __init__(self) -> None:
        self.games = self.linked = 0
        self._found: dict[tuple[Counted, str], Shortfall] = {}

    @property
    def shortfalls(self) -> Sequence[Shortfall]:
        """The most frequent first, games before contracts."""
        return sorted(self._found.values(), key=lambda each: (each.counted != "games", -each.count, each.reason))

    def count(self, game: Game, links: Iterable[Doubted]) -> None:
        """Take in a game that is followed now."""
        self.games += 1
        links = tuple(links)
        for link in links:
            if link.verdict != "tradable" and link.contract_id is not None:
                doubt = doubt_of(link, game)
                self._note("contracts", game, *doubt, link.contract_id)
        venues = {link.venue for link in links if link.verdict == "tradable"}
        obstacle = obstacle_of(game) or _missing(venues, {link.venue for link in links})
        if obstacle is None:
            self.linked += 1
        else:
            self._note("games", game, *obstacle)

    def _note(
        self, counted: Counted, game: Game, reason: str, detail: str, contract_id: ContractId | None = None
    ) -> None:
        place = (counted, reason)
        first = self._found.get(place) or Shortfall(counted, reason, 0, game.id, contract_id, detail)
        self._found[place] = msgspec.structs.replace(first, count=first.count + 1)


def obstacle_of(game: Game) -> tuple[str, str] | None:
    """Why nothing of a game can be traded, whatever its venues list: a name, and words."""
    if game.is_provisional:
        return "provisional", "the score source does not show it"
    return None if game.status in ("scheduled", "live") else (game.status, f"the game is {game.status}")


def doubt_of(link: Doubted, game: Game) -> tuple[str, str]:
    """What most speaks against a link that is not tradable: the contradiction, or else the first thing unknown."""
    against = [reason for reason in link.reasons if reason.finding != "agrees"]
    reason = next((each for each in against if each.finding == "differs"), None) or next(iter(against), None)
    if reason is None:
        return link.verdict, "nothing is said against it"
    obstacle = obstacle_of(game) if reason.field == "game" else None
    if obstacle is not None:
        return obstacle[0], reason.detail
    is_closed = (reason.field, reason.finding) == ("status", "differs")
    return "closed" if is_closed else _NAMES.get(reason.field, reason.field), reason.detail


def _missing(venues: Collection[VenueId], listed: Collection[VenueId]) -> tuple[str, str] | None:
    if len(venues) > 1:
        return None
    if not listed:
        return "not_listed", "no venue lists it"
    if not venues:
        return "nothing_tradable", f"listed by {' and '.join(sorted(listed))}, and nothing of it is tradable"
    others = sorted(set(listed) - set(venues))
    elsewhere = f"; of {' and '.join(others)} nothing is tradable" if others else ""
    return "one_venue", f"tradable at {next(iter(venues))} alone{elsewhere}"
