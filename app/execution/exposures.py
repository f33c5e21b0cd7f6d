"""What is at stake now, by everything that a limit speaks of: held by an account, or sent a moment ago."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from functools import lru_cache
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


Staked = Sequence[tuple[Place, Money]]  # in the order of the limits, each place once

OPEN, DAY = Place("open"), Place("day")
NEVER = Nanos(1 << 62)
KEPT = 512  # of what signals are found in, the places: 2 kB each


class Reserved(NamedTuple):
    """A stake that was sent and of which nobody has told yet what became of it."""

    places: Staked
    contracts: Sequence[tuple[ContractId, MarketId]]
    until: Nanos


class Exposures:
    """Both accounts together, but for the places that name one. A stake that is held already and still reserved counts
    twice for a moment: rather that than not at all."""

    def __init__(self) -> None:
        self._held: dict[Account, Mapping[Place, Money]] = {}
        self._contracts: dict[Account, Mapping[MarketId, Sequence[ContractId]]] = {}
        self._reserved: list[Reserved] = []
        self.stakes: Counter[Place] = Counter()  # held and reserved together
        self._asked: defaultdict[MarketId, set[ContractId]] = defaultdict(set)
        self._first_until = NEVER  # when the first of what is reserved is let go

    def at(self, place: Place) -> Money:
        """What is at stake there."""
        return Money(self.stakes.get(place, 0))

    def places(self) -> Sequence[Place]:
        """Wherever anything is at stake, in their order."""
        return sorted(place for place, stake in self.stakes.items() if stake)

    def others_in(self, market_id: MarketId, contract_id: ContractId) -> Sequence[ContractId]:
        """Further contracts of a market that are held or were just asked for."""
        found = [
            other for held in self._contracts.values() for other in held.get(market_id, ()) if other != contract_id
        ]
        asked = self._asked.get(market_id)
        if asked and asked != {contract_id}:
            found += sorted(asked - {contract_id})
        return found

    def hold(self, holdings: Holdings) -> None:
        """This is what an account has."""
        self._held[holdings.account] = places_held(holdings)
        self._contracts[holdings.account] = _by_market(holdings.contracts)
        self._count_anew()

    def reserve(self, reserved: Reserved) -> None:
        self._reserved.append(reserved)
        if reserved.until < self._first_until:
            self._first_until = reserved.until
        at = self.stakes
        for place, stake in reserved.places:  # Counter.update takes five times as long
            at[place] = at.get(place, 0) + stake
        for contract_id, market_id in reserved.contracts:
            self._asked[market_id].add(contract_id)

    def turn_back(self, by: int) -> None:
        """The clock was set back by so many nanoseconds."""
        self._reserved = [each._replace(until=Nanos(each.until - by)) for each in self._reserved]
        self._first_until = Nanos(self._first_until - by)

    def let_go(self, now: Nanos) -> None:
        """What was sent so long ago that the accounts hold it, or it never was filled."""
        if now < self._first_until:
            return
        self._reserved = [each for each in self._reserved if each.until > now]
        self._count_anew()

    def _count_anew(self) -> None:
        kept, self._reserved = self._reserved, []
        self.stakes, self._first_until = Counter(), NEVER
        self._asked.clear()
        for held in self._held.values():
            self.stakes.update(held)
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


def _by_market(contracts: Mapping[ContractId, MarketId]) -> Mapping[MarketId, Sequence[ContractId]]:
    found: dict[MarketId, list[ContractId]] = {}
    for contract_id, market_id in contracts.items():
        found.setdefault(market_id, []).append(contract_id)
    return found


def places_staked(
    account: Account,
    game_id: GameId,
    league: LeagueCode,
    legs: tuple[tuple[VenueId, MarketId], ...],
    costs: Sequence[Money],
) -> Staked:
    """Where the cost of some legs would count. Legs in one place count together."""
    stake = Money(sum(costs))
    return [
        (place, stake if of is None else costs[of[0]] if len(of) == 1 else Money(sum(costs[at] for at in of)))
        for place, of in _places_of(account, game_id, league, legs)
    ]


@lru_cache(maxsize=KEPT)
def _places_of(
    account: Account, game_id: GameId, league: LeagueCode, legs: tuple[tuple[VenueId, MarketId], ...]
) -> Sequence[tuple[Place, Sequence[int] | None]]:
    """Every place, and which of the legs count there; None: all of them."""
    markets, venues = defaultdict[Place, list[int]](list), defaultdict[Place, list[int]](list)
    for at, (venue, market_id) in enumerate(legs):
        markets[Place("market", market_id)].append(at)
        venues[Place("venue", venue)].append(at)
    return (
        (Place(account), None),
        *markets.items(),
        (Place("game", game_id), None),
        (Place("league", league), None),
        *venues.items(),
        (OPEN, None),
        (DAY, None),
        (Place(account, game_id), None),
    )
