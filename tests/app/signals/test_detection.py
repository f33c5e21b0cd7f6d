"""What is looked at when a price moves, and what is counted."""

import gc
from collections.abc import Iterator

import msgspec
import pytest

from app.domain.games import Game
from app.domain.links import Link
from app.domain.markets import ContractId
from app.domain.money import Price, Size
from app.domain.prices import Nanos, Quote
from app.settlement import payoffs
from app.signals.combinations import Combination, Place, Side
from app.signals.detection import Detection
from tests.app.pipeline.cores import a_game, both_winners, links_of, total

FIRST, OTHER = a_game("401"), a_game("402")
PLACE: Place = ("fresh", "stale")


def quote(contract: str, bid: int, ask: int) -> Quote:
    at = Nanos(1)
    return Quote(ContractId(contract), Price(bid), Size(1), Price(ask), Size(1), at, at, at)


class Watching:
    """A detection over two games whose contracts all cost so little that everything would be an edge."""

    def __init__(self) -> None:
        self.quotes: dict[ContractId, Quote] = {}
        self.looked: list[Combination] = []
        self.detection = Detection()
        self.detection.consult(self.quotes.get, self._examine)

    def _examine(self, made: Combination, now: Nanos) -> Place:
        self.looked.append(made)
        return PLACE

    def show(self, contract: str, bid: int, ask: int) -> set[frozenset[str]]:
        """The contracts of each combination that was looked at closely."""
        told = quote(contract, bid, ask)
        self.quotes[told.contract_id] = told
        self.quotes[ContractId(contract.replace(":yes", ":no"))] = told.mirrored(ContractId(contract))
        self.looked.clear()
        self.detection.look(told, Nanos(2))
        return {frozenset(side.contract_id for side in made.sides) for made in self.looked}


def watching() -> Watching:
    made = Watching()
    for game in (FIRST, OTHER):
        said = total(game, 210.5)
        lined = (*links_of("kalshi", f"{game.id}T", said), *links_of("polymarket", f"{game.id}t", said))
        made.detection.take(game, (*both_winners(game), *lined), None, Nanos(0))
    return made


def everything_cheap(made: Watching) -> None:
    for game, prefix in ((FIRST, ""), (OTHER, "402-")):
        for contract in (f"kalshi:{prefix}BOS", f"kalshi:{prefix}LAL", f"polymarket:{prefix}0x1"):
            made.show(f"{contract}:yes", 4_900, 4_950)
        made.show(f"kalshi:{game.id}T:yes", 4_900, 4_950)
        made.show(f"polymarket:{game.id}t:yes", 4_900, 4_950)


def test_a_price_reaches_only_the_combinations_of_its_own_contracts() -> None:
    made = watching()
    everything_cheap(made)
    for contract in ("kalshi:BOS:yes", "polymarket:402-0x1:yes", "kalshi:401T:yes"):
        own = {contract, contract.replace(":yes", ":no")}
        looked = made.show(contract, 3_000, 3_100)
        assert looked
        assert all(own & combination for combination in looked)


def test_what_became_dearer_is_not_looked_at() -> None:
    made = watching()
    made.show("polymarket:0x1:yes", 5_000, 5_100)
    assert made.show("kalshi:BOS:yes", 4_000, 6_000) == set()
    assert made.show("kalshi:BOS:yes", 3_900, 6_100) == set()


def test_counts_come_back_to_where_they_began() -> None:
    made = watching()
    everything_cheap(made)
    assert sum(stop.standing for stop in made.detection.tally.stops()) == 2 * 8
    made.detection.take(FIRST, both_winners(FIRST), None, Nanos(3))
    for game in (FIRST, OTHER):
        made.detection.leave(game.id)
    assert {stop.standing for stop in made.detection.tally.stops()} == {0}
    assert +made.detection.tally.detectors == {}
    assert made.show("kalshi:BOS:yes", 100, 200) == set()


def weighed_before(links: tuple[Link, ...], then: Game, told: tuple[Link, ...]) -> list[bool]:
    """Of each combination whether it knows what it pays, once its game was told again so."""
    made = watching()
    made.detection.take(FIRST, links, None, Nanos(1))
    offers = {offer.offered.game.id: offer for offer in made.detection.offers}
    for combination in offers[FIRST.id].combinations:
        combination.payoffs = payoffs(FIRST, combination.links)
    made.detection.take(then, told, None, Nanos(2))
    (offer,) = (offer for offer in made.detection.offers if offer.offered.game.id == FIRST.id)
    return [combination.payoffs is not None for combination in offer.combinations]


def test_what_the_same_contracts_pay_is_known_when_the_score_has_changed() -> None:
    links = both_winners(FIRST)
    assert set(weighed_before(links, a_game("401", home_score=9), links)) == {True}


def test_what_other_links_or_teams_pay_is_asked_anew() -> None:
    links = both_winners(FIRST)
    assert set(weighed_before(links, FIRST, both_winners(FIRST))) == {False}
    named = msgspec.structs.replace(FIRST, home=msgspec.structs.replace(FIRST.home, name="Otherwise"))
    assert set(weighed_before(links, named, links)) == {False}


@pytest.fixture
def uncollected() -> Iterator[None]:
    """Only what nobody refers to goes."""
    gc.collect()
    gc.disable()
    yield
    gc.enable()


def watched_in_all() -> int:
    return sum(type(each) in (Side, Combination) for each in gc.get_objects())


@pytest.mark.usefixtures("uncollected")
def test_what_is_watched_no_longer_is_forgotten_at_once() -> None:
    before = watched_in_all()
    made = watching()
    everything_cheap(made)
    made.looked.clear()
    watched = watched_in_all()
    for score in range(5):
        game = a_game("401", home_score=score)
        made.detection.take(game, both_winners(game), None, Nanos(3))
        made.detection.take(a_game("401", home_score=score, away_score=9), both_winners(game), None, Nanos(3))
    assert before < watched_in_all() <= watched
    for game in (FIRST, OTHER):
        made.detection.leave(game.id)
    assert watched_in_all() == before
