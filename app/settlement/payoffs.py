"""What some contracts pay together, over everything that can happen to their game.

It is played in time; or later than some of the markets wait for; or never; or it is begun and not finished. Where a
venue sets a fair price that is a mixture of results: all its contracts are taken as paid by one result, any, which need
not be the one that comes later.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import pairwise, product

import msgspec

from app.domain.games import Game
from app.domain.leagues import LEAGUES, LeagueCode
from app.domain.links import Link
from app.domain.markets import EventId, VenueId
from app.domain.money import ONE_DOLLAR, Price
from app.domain.propositions import Polarity
from app.domain.settlements import FOREVER, Ending, Payoffs, Payout, Scenario, Tail, Terms
from app.settlement.doubts import doubts_of
from app.settlement.rates import rates_of
from app.settlement.results import Result, Statement, results_of, statement_of
from app.settlement.turning import turned_payout

UNREAD = Terms()
KEPT = 256  # tables, of some 5 kB each; whoever watches a combination keeps its own
FIXED: dict[Payout, Price] = {"half": Price(ONE_DOLLAR // 2), "win": ONE_DOLLAR, "lose": Price(0)}


class Leg(msgspec.Struct, frozen=True):
    """A contract as far as its payoff goes: two games with the same legs pay alike."""

    venue: VenueId
    event_id: EventId
    statement: Statement
    polarity: Polarity
    is_no: bool
    terms: Terms

    def level_payout(self, result: Result) -> Payout | None:
        """What is paid by its rules for a tie where the result is one; "result" everywhere else."""
        return self.terms.tie if result.is_level(self.statement.scope) else "result"

    def is_right(self, result: Result) -> bool:
        """Whether it is on the winning side of a result."""
        return result.is_true(self.statement) == (self.polarity == "yes")

    @property
    def asks(self) -> tuple[Statement, ...]:
        """What must be known of a result to say what it pays; of a tie, where that is something of its own."""
        tie = Statement("draw", self.statement.scope, None, "")
        return (self.statement,) if self.terms.tie == "result" else (self.statement, tie)


class Course(msgspec.Struct, frozen=True):
    """One way that things may take. `payouts`: by leg; None: nobody knows."""

    name: str
    ending: Ending
    chance: float
    payouts: tuple[Payout | None, ...]


Settled = tuple[Sequence[Payout | None], Result | None]  # by leg; and the result that "result" speaks of


def payoffs(game: Game, links: Sequence[Link]) -> Payoffs:
    """Everything that one contract of each of these pays together, all of them about this game."""
    legs = tuple(_leg(link, game) for link in links)
    table = _payoffs(game.league, game.home.name, game.away.name, legs)
    unknown = tuple(doubt for link in links for doubt in doubts_of(link))
    return msgspec.structs.replace(table, unknown=unknown) if unknown else table


def _leg(link: Link, game: Game) -> Leg:
    statement = statement_of(link.proposition, game.home.id)
    terms = link.terms or UNREAD
    return Leg(link.venue, link.event_id, statement, link.polarity or "yes", link.outcome == "No", terms)


@lru_cache(maxsize=KEPT)
def _payoffs(league: LeagueCode, home: str, away: str, legs: tuple[Leg, ...]) -> Payoffs:
    asked = [statement for leg in legs for statement in leg.asks]
    results = results_of(asked, LEAGUES[league], home, away)
    played = _scenarios([Course("played", "played", 1.0, tuple("result" for _ in legs))], legs, results)
    least = min(scenario.total for scenario in played)
    scenarios, tails = list(played), []
    for courses in _exceptions(league, legs):
        found = _scenarios(courses, legs, results)
        scenarios += found
        worst = min(found, key=lambda each: each.total, default=None)
        if worst is not None and worst.total < least:
            tails.append(Tail(courses[0].ending, courses[0].chance, worst, _expects(courses, worst)))
    return Payoffs(least, tuple(scenarios), tuple(tails))


def _exceptions(league: LeagueCode, legs: Sequence[Leg]) -> Iterator[Sequence[Course]]:
    """Every other ending of which all legs say what they pay; the courses of one ending together."""
    yield from ([course] for course in _late(league, legs))
    rates = rates_of(league)
    cancelled = tuple(leg.terms.cancelled for leg in legs)
    if None not in cancelled:
        yield [Course("cancelled", "cancelled", rates.cancelled, cancelled)]
    if all(leg.terms.abandoned for leg in legs):
        yield [Course("abandoned", "abandoned", rates.abandoned, payouts) for payouts in _abandoned(legs)]


def _late(league: LeagueCode, legs: Sequence[Leg]) -> Iterator[Course]:
    if any(leg.terms.window is None or leg.terms.late is None for leg in legs):
        return
    windows = sorted({leg.terms.window or 0 for leg in legs if leg.terms.window != FOREVER})
    for window, following in pairwise((*windows, FOREVER)):
        payouts = tuple(leg.terms.late if (leg.terms.window or 0) <= window else "result" for leg in legs)
        chance = rates_of(league).moved_between(window, following)
        yield Course(f"postponed beyond {window} h", "late", chance, payouts)


def _abandoned(legs: Sequence[Leg]) -> Iterator[tuple[Payout, ...]]:
    """Each leg any of its payouts; contracts of one event with the same rules are settled in one and the same way."""
    keys = [(leg.venue, leg.event_id, _of_yes(leg)) for leg in legs]
    decided = list(dict.fromkeys(keys))
    for choice in product(*(range(len(of_yes)) for _, _, of_yes in decided)):
        chosen = dict(zip(decided, choice, strict=True))
        yield tuple(leg.terms.abandoned[chosen[key]] for leg, key in zip(legs, keys, strict=True))


def _of_yes(leg: Leg) -> tuple[Payout, ...]:
    abandoned = leg.terms.abandoned
    return tuple(turned_payout(payout) for payout in abandoned) if leg.is_no else abandoned


def _scenarios(courses: Iterable[Course], legs: Sequence[Leg], results: Sequence[Result]) -> list[Scenario]:
    """Everything that may be paid in these courses of things; of those that pay alike the first."""
    found: dict[tuple[Ending, tuple[Price, ...]], Scenario] = {}
    for course in courses:
        for payouts, result in _settled(course, legs, results):
            for assumed in _assumed(payouts, legs, results):
                pays = tuple(
                    _paid(leg, payout, assumed.get(leg.venue) if payout == "fair" else result)
                    for leg, payout in zip(legs, payouts, strict=True)
                )
                is_tie = course.ending == "played" and any(payout != "result" for payout in payouts)
                ending: Ending = "tie" if is_tie else course.ending
                if (ending, pays) not in found:
                    found[ending, pays] = Scenario(_name(course, assumed, result), ending, pays)
    return list(found.values())


def _settled(course: Course, legs: Sequence[Leg], results: Sequence[Result]) -> Iterator[Settled]:
    """How each leg is paid by each result; once where two results come to the same."""
    if "result" not in course.payouts:
        if None not in course.payouts:
            yield course.payouts, None
        return
    seen = set()
    for result in results:
        payouts = tuple(
            leg.level_payout(result) if payout == "result" else payout
            for leg, payout in zip(legs, course.payouts, strict=True)
        )
        right = tuple(payout == "result" and leg.is_right(result) for leg, payout in zip(legs, payouts, strict=True))
        if None not in payouts and (payouts, right) not in seen:
            seen.add((payouts, right))
            yield payouts, result


def _assumed(
    payouts: Sequence[Payout | None], legs: Sequence[Leg], results: Sequence[Result]
) -> Iterator[dict[VenueId, Result]]:
    """The results that each venue may take for its fair prices, in every combination; once where two pay alike."""
    fair: dict[VenueId, list[Leg]] = {}
    for leg, payout in zip(legs, payouts, strict=True):
        if payout == "fair":
            fair.setdefault(leg.venue, []).append(leg)
    choices = []
    for venue, theirs in fair.items():
        by_pays = {tuple(_paid(leg, "fair", each) for leg in theirs): each for each in _mixable(venue, legs, results)}
        choices.append(list(by_pays.values()))
    for chosen in product(*choices):
        yield dict(zip(fair, chosen, strict=True))


def _mixable(venue: VenueId, legs: Sequence[Leg], results: Sequence[Result]) -> Sequence[Result]:
    """The results that a venue's fair prices can be mixed of: those for which its rules have a payout of their own."""
    own = [leg for leg in legs if leg.venue == venue]
    return [each for each in results if all(leg.level_payout(each) not in (None, "fair") for leg in own)]


def _paid(leg: Leg, payout: Payout | None, result: Result | None) -> Price:
    if payout == "fair" and result is not None:
        payout = leg.level_payout(result)
    if payout in FIXED or result is None or payout is None:
        return FIXED[payout or "lose"]
    return ONE_DOLLAR if leg.is_right(result) else Price(0)


def _name(course: Course, assumed: Mapping[VenueId, Result], result: Result | None) -> str:
    """`postponed beyond 48 h, Kalshi pays as if Lakers won, then Celtics win`."""
    parts = [f"{venue.title()} pays as if {taken.past}" for venue, taken in assumed.items()]
    if course.ending == "played" and result is not None:
        return ", ".join((f"{course.name}: {result.name}", *parts))
    return ", ".join((course.name, *parts, *(() if result is None else (f"then {result.name}",))))


def _expects(courses: Sequence[Course], worst: Scenario) -> tuple[Price | None, ...]:
    """What is paid on average: a fair price and a result that is open what was paid for them. Where nobody knows which
    of several courses is taken, the worst."""
    if len(courses) > 1:
        return worst.pays
    return tuple(FIXED.get(payout) if payout else None for payout in courses[0].payouts)
