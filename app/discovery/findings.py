"""What a search over venues' listings found, game by game, and how it joins what was known before."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

from app.domain.games import Game, GameId
from app.domain.leagues import LeagueCode
from app.domain.links import LeftOut, Link
from app.domain.markets import VenueId
from app.domain.operations import Round

Place = tuple[VenueId, LeagueCode]


class Findings:
    """Collects the links and left-out listings of one pass. Listings seen twice are counted once."""

    def __init__(self) -> None:
        self.round = Round()
        self.places: set[Place] = set()  # venue and league that answered
        self.links: dict[GameId, dict[tuple[VenueId, str], Link]] = defaultdict(dict)
        self.left_out: dict[Place, list[LeftOut]] = defaultdict(list)

    @property
    def counts(self) -> Counter[str]:
        return self.round.counts

    def answered(self, place: Place) -> None:
        """This venue's listings of this league were read to the end."""
        self.places.add(place)

    def add(self, place: Place, links: Iterable[Link], left_out: Iterable[LeftOut]) -> None:
        """One event's yield."""
        for link in links:
            self.links[link.game_id][link.venue, link.contract_id or link.event_id] = link
            self.counts[link.verdict] += 1
        for item in left_out:
            self.left_out[place].append(item)
            self.counts[f"left_out_{item.code}"] += 1

    def joined(self, game: Game, known: Sequence[Link]) -> list[Link]:
        """The links of a game now: what this pass found, and what stood before where a venue did not answer."""
        kept = [link for link in known if (link.venue, game.league) not in self.places]
        return [*kept, *self.links.get(game.id, {}).values()]
