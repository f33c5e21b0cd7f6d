"""What is at stake now, by everything that a limit speaks of: held by an account, or sent a moment ago."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Literal, NamedTuple

from app.domain.games import GameId
from app.domain.leagues import LeagueCode
from app.domain.markets import ContractId, MarketId, VenueId
from app.domain.money import Money
from app.domain.prices import Nanos
from app.domain.risks import Account, Holdings

Kind = Literal["market", "game", "league", "venue", "open", "day", "arbitrage", "model"]


class Place(NamedTuple):
    """What a limit speaks of. Of an account: everything it has open, or what it has in the game that is named."""

    kind: Kind
    name: str = ""


OPEN, DAY = Place("open"), Place("day")
NEVER = Nanos(1 << 62)


class Reserved(NamedTuple):
    """A stake that was sent and of which nobody has told yet what became of it."""

    places: Mapping[Place, Money]
    contracts: Mapping[ContractId, MarketId]
    until: Nanos


class Exposures:
    """Both accounts together, but for the places that name one. A stake that is held already and still reserved counts
    twice for a moment: rather that than not at all."""

    def __init__(self) -> None:
        self._held: dict[Account, Mapping[Place, Money]] = {}
        self._contracts: dict[Account, Mapping[ContractId, MarketId]] = {}
        self._reserved: list[Reserved] = []
        self._on_its_way: Counter[Place] = Counter()
        self._asked: defaultdict[MarketId, set[ContractId]] = defaultdict(set)
        self._first_until = NEVER  # when the first of what is reserved is let go

    def at(self, place: Place) -> Money:
        """What is at stake there."""
        total: int = self._on_its_way.get(place, 0)
        for held in self._held.values():
            total += held.get(place, 0)
        return Money(total)

    def places(self) -> Sequence[Place]:
        """Wherever anything is at stake, in their order."""
        everywhere = {place for held in self._held.values() for place in held} | self._on_its_way.keys()
        return sorted(place for place in everywhere if self.at(place))

    def others_in(self, market_id: MarketId, contract_id: ContractId) -> Iterator[ContractId]:
        """Further contracts of a market that are held or were just asked for."""
        for contracts in self._contracts.values():
            yield from (other for other, market in contracts.items() if market == market_id and other != contract_id)
        yield from sorted(self._asked.get(market_id, set()) - {contract_id})

    def hold(self, holdings: Holdings) -> None:
        """This is what an account has."""
        self._held[holdings.account] = places_held(holdings)
        self._contracts[holdings.account] = holdings.contracts

    def reserve(self, reserved: Reserved) -> None:
        self._reserved.append(reserved)
        self._first_until = min(self._first_until, reserved.until)
        for place, stake in reserved.places.items():  # Counter.update takes five times as long
            self._on_its_way[place] += stake
        for contract_id, market_id in reserved.contracts.items():
            self._asked[market_id].add(contract_id)

    def turn_back(self, by: int) -> None:
        """The clock was set back by so many nanoseconds."""
        self._reserved = [each._replace(until=Nanos(each.until - by)) for each in self._reserved]
        self._first_until = Nanos(self._first_until - by)

    def let_go(self, now: Nanos) -> None:
        """What was sent so long ago that the accounts hold it, or it never was filled."""
        if now < self._first_until:
            return
        kept = [each for each in self._reserved if each.until > now]
        self._reserved, self._on_its_way, self._first_until = [], Counter(), NEVER
        self._asked.clear()
        for each in kept:
            self.reserve(each)


def places_held(holdings: Holdings) -> Mapping[Place, Money]:
    """What an account has at stake, by place."""
    everything = Money(sum(holdings.by_market.values()))
    places = {
        OPEN: everything,
        DAY: holdings.spent_today,
        Place(holdings.account): everything,
    }
    places |= {Place("market", name): held for name, held in holdings.by_market.items()}
    places |= {Place("game", name): held for name, held in holdings.by_game.items()}
    places |= {Place(holdings.account, name): held for name, held in holdings.by_game.items()}
    places |= {Place("league", name): held for name, held in holdings.by_league.items()}
    return places | {Place("venue", name): held for name, held in holdings.by_venue.items()}


def places_staked(
    account: Account, game_id: GameId, league: LeagueCode, legs: Sequence[tuple[VenueId, MarketId, Money]]
) -> Mapping[Place, Money]:
    """Where the cost of some legs would count, in the order of the limits. Legs in one place count together."""
    stake = Money(sum(cost for *_, cost in legs))
    places = {Place(account): stake}
    for _, market_id, cost in legs:
        _add(places, Place("market", market_id), cost)
    places[Place("game", game_id)] = places[Place("league", league)] = stake
    for venue, _, cost in legs:
        _add(places, Place("venue", venue), cost)
    places[OPEN] = places[DAY] = places[Place(account, game_id)] = stake
    return places


def _add(places: dict[Place, Money], place: Place, cost: Money) -> None:
    places[place] = Money(places.get(place, 0) + cost)
