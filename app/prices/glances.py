"""A game in one line: the home side's win at each venue, on one axis, and what buying both sides leaves of a dollar."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import permutations
from typing import NamedTuple

from app.domain.fees import FeeSchedule, full_unit_costs
from app.domain.games import Game
from app.domain.leagues import LEAGUES
from app.domain.links import Link
from app.domain.markets import ContractId, VenueId
from app.domain.money import ONE_DOLLAR, Money, Price
from app.domain.prices import Nanos, Quote
from app.domain.propositions import Proposition, Scope
from app.domain.views import GameView, VenueGlance
from app.prices.views import QuoteOf

PER_PRICE = 100  # Money units in one unit of Price
WORST_STATES = ("fresh", "indicative", "stale", "quarantined")  # the first is preferred


class Seen(NamedTuple):
    """One contract about the home side's win."""

    venue: VenueId
    contract_id: ContractId
    is_turned: bool  # it pays when the home side does not win
    fees: FeeSchedule | None


Looked = Sequence[Seen]


def home_win(game: Game) -> Proposition:
    """What the league's winner market asks of the home side."""
    league = LEAGUES.get(game.league)
    scope: Scope = "regulation" if league is not None and league.has_draw_outcome else "game"
    return Proposition(game.id, "moneyline", scope, None, game.home.id)


def home_chance(view: GameView) -> float | None:
    """Of that, without the venues' margin."""
    wins = home_win(view.game)
    said = next((each for each in view.propositions if each.proposition == wins), None)
    return said.no_vig.probability if said and said.no_vig else None


def looked_at(game: Game, links: Iterable[Link]) -> Looked:
    """The contracts that a glance looks at: once, for all the times that prices move."""
    wanted = home_win(game)
    return [
        Seen(link.venue, link.contract_id, link.polarity == "no", link.fees)
        for link in links
        if link.proposition == wanted and link.contract_id and link.polarity and link.verdict != "rejected"
    ]


def venue_glances(looked: Looked, quote_of: QuoteOf, now: Nanos, fresh_within: int) -> tuple[VenueGlance, ...]:
    """Each venue by the best of its contracts: fresh before stale, then tight before wide. `fresh_within`:
    nanoseconds."""
    found: dict[VenueId, VenueGlance] = {}
    for seen in looked:
        quote = quote_of(seen.contract_id)
        if quote is None:
            continue
        glance = _turned(seen, quote, now, fresh_within)
        if seen.venue not in found or _rank(glance) < _rank(found[seen.venue]):
            found[seen.venue] = glance
    return tuple(found[venue] for venue in sorted(found))


def edge_of(glances: Sequence[VenueGlance], looked: Looked, now: Nanos) -> Money | None:
    """The best of both ways round, of what is fresh. A side that is bid for at one venue can be sold there, which is to
    buy its opposite."""
    fees = {seen.venue: seen.fees for seen in looked if seen.fees is not None}
    fresh = [each for each in glances if each.state == "fresh" and each.venue in fees]
    edges = [
        Money(ONE_DOLLAR * PER_PRICE - _cost(fees[one.venue], one.ask, now) - _cost(fees[other.venue], opposite, now))
        for one, other in permutations(fresh, 2)
        if one.ask is not None and (opposite := _opposite(other.bid)) is not None
    ]
    return max(edges, default=None)


def by_venue(glances: Iterable[VenueGlance]) -> Mapping[VenueId, VenueGlance]:
    """Those that may be believed."""
    return {each.venue: each for each in glances if each.state == "fresh"}


def _turned(seen: Seen, quote: Quote, now: Nanos, fresh_within: int) -> VenueGlance:
    bid, ask = (_opposite(quote.ask), _opposite(quote.bid)) if seen.is_turned else (quote.bid, quote.ask)
    return VenueGlance(seen.venue, bid, ask, quote.state(now, fresh_within))


def _opposite(price: Price | None) -> Price | None:
    return None if price is None else Price(ONE_DOLLAR - price)


def _rank(glance: VenueGlance) -> tuple[int, int]:
    spread = ONE_DOLLAR if glance.bid is None or glance.ask is None else glance.ask - glance.bid
    return WORST_STATES.index(glance.state), spread


def _cost(fees: FeeSchedule, price: Price, now: Nanos) -> Money:
    return full_unit_costs(0 if now < fees.waived_until else fees.taker, fees.exponent)[price]
