"""Watches the contracts of all games that are worked on: when a price moves, only the combinations that it is part of
are looked at, and most of those for no longer than two numbers take to be added."""

from collections.abc import Callable, Iterable, Iterator, Sequence

from app.domain.games import Game, GameId
from app.domain.links import Link
from app.domain.markets import ContractId
from app.domain.money import ONE_DOLLAR
from app.domain.prices import Nanos, Quote
from app.domain.signals import Estimate
from app.signals.claims import claim_of
from app.signals.combinations import NO_GAP, Combination, Place
from app.signals.offers import Offered
from app.signals.roster import ROSTER
from app.signals.sides import NOBODY_SELLS, Side
from app.signals.tallies import Tally

QuoteOf = Callable[[ContractId], Quote | None]
Examine = Callable[[Combination, Nanos], Place]


class Watched:
    """One market's book: both its contracts, and every combination that one of them is part of."""

    __slots__ = ("first", "lines", "others", "pairs", "second")

    def __init__(self, first: Side | None, second: Side | None) -> None:
        self.first = first
        self.second = second
        self.pairs: tuple[Combination, ...] = ()
        self.others: tuple[Combination, ...] = ()  # of one contract, or of three
        self.lines: tuple[Combination, ...] = ()  # never taken, so looked at when time passes


class Offer:
    """What is watched of one game."""

    def __init__(self, offered: Offered, links: tuple[Link, ...], combinations: Sequence[Combination]) -> None:
        self.offered = offered
        self.links = links
        self.combinations = combinations


class Detection:
    """Watches the games it is told to."""

    def __init__(self) -> None:
        self._quote_of: QuoteOf = lambda _: None
        self._examine: Examine = lambda made, _: made.place
        self._offers: dict[GameId, Offer] = {}
        self._watched: dict[ContractId, Watched] = {}
        self._near: dict[Combination, None] = {}
        self._lines_due: dict[Watched, None] = {}
        self.tally = Tally()

    def consult(self, quote_of: QuoteOf, examine: Examine) -> None:
        """`quote_of`: the newest quote of a contract; `examine`: looks closely at a combination that may be worth more
        than it costs, and says where it stands then."""
        self._quote_of = quote_of
        self._examine = examine

    @property
    def offers(self) -> Iterable[Offer]:
        """What is watched, game by game."""
        return self._offers.values()

    def take(self, game: Game, links: tuple[Link, ...], estimate: Estimate | None, now: Nanos) -> None:
        """Watch a game from now on, or as it stands now."""
        known = self._offers.get(game.id)
        places = {each.key: each for each in known.combinations} if known else {}
        self.leave(game.id)
        sides = known.offered.sides if known and known.links is links else tuple(_sides(game, links, now))
        offered = Offered(game, sides, estimate)
        combinations = [made for detect in ROSTER.values() for made in detect(offered)]
        self._offers[game.id] = Offer(offered, links, combinations)
        for made in combinations:
            made.resume(places.get(made.key))
            self.tally.enter(made)
        self._watch(sides, combinations)
        self._look_at_all(offered, combinations, now)

    def leave(self, game_id: GameId) -> None:
        """Watch it no longer."""
        offer = self._offers.pop(game_id, None)
        if offer is None:
            return
        for made in offer.combinations:
            self._near.pop(made, None)
            self.tally.leave(made)
        for side in offer.offered.sides:
            watched = self._watched.pop(side.contract_id, None)
            if watched is not None:
                self._lines_due.pop(watched, None)

    def look(self, quote: Quote, now: Nanos) -> None:
        """The best of a book is another; `quote` is of its first contract. Each price comes here."""
        watched = self._watched.get(quote.contract_id)
        if watched is None:
            return
        ask, bid, first, second = quote.ask, quote.bid, watched.first, watched.second
        if first is not None:
            first.cost = NOBODY_SELLS if ask is None else first.costs[ask]
        if second is not None:
            second.cost = NOBODY_SELLS if bid is None else second.costs[ONE_DOLLAR - bid]
        close = [made for made in watched.pairs if made.first.cost + made.second.cost < made.near or made.is_near]
        if watched.others:
            close += [made for made in watched.others if made.cost < made.near or made.is_near]
        if watched.lines:
            self._lines_due[watched] = None
        if close:
            self._look_at(close, now)

    def pass_time(self, now: Nanos) -> None:
        """What stands near is looked at again: a leg may be proved, or too old, and a halt be over."""
        due, self._lines_due = self._lines_due, {}
        for watched in due:
            for made in watched.lines:
                if made.cost < made.near or made.is_near:
                    self._look_closely(made, now)
        if self._near:
            self._look_at(self._near, now)

    def _look_at(self, close: Iterable[Combination], now: Nanos) -> None:
        """The best first: what lies in a book is taken once."""
        for made in sorted(close, key=Combination.loses):
            self._look_closely(made, now)

    def _look_closely(self, made: Combination, now: Nanos) -> None:
        cost = made.cost
        if cost >= made.near:
            made.is_near = False
            self._near.pop(made, None)
            self._stand(made, NO_GAP, now)
            return
        if not made.is_near:
            made.is_near = True
            self._near[made] = None
        if cost < made.worth:
            self._stand(made, self._examine(made, now), now)
        else:
            self._stand(made, self._without_fees(made), now)

    def _without_fees(self, made: Combination) -> Place:
        """It costs too much with its fees; does it without them?"""
        total = 0
        for side in made.sides:
            quote = self._quote_of(side.contract_id)
            if quote is None or quote.ask is None:
                return NO_GAP
            total += quote.ask
        gap = made.worth - total * 100
        made.detail = f"{gap / 10_000:.2f} cents before fees"
        return FEES if gap > 0 else NO_GAP

    def _stand(self, made: Combination, place: Place, now: Nanos) -> None:
        if place != made.place:
            self.tally.move(made, place, now)

    def _watch(self, sides: Iterable[Side], combinations: Iterable[Combination]) -> None:
        by_book: dict[str, list[Side]] = {}
        for side in sides:
            by_book.setdefault(side.book_id, []).append(side)
        parts: dict[Side, list[Combination]] = {}
        for made in combinations:
            for side in made.sides:
                parts.setdefault(side, []).append(made)
        for both in by_book.values():
            for at, side in enumerate(both[:2]):
                other = both[1 - at] if len(both) > 1 else None
                self._watched[side.contract_id] = _watched(side, other, parts)

    def _look_at_all(self, offered: Offered, combinations: Iterable[Combination], now: Nanos) -> None:
        for side in offered.sides:
            quote = self._quote_of(side.contract_id)
            side.see(None if quote is None else quote.ask)
        self._look_at([made for made in combinations if made.cost < made.near], now)


FEES: Place = ("edge", "fees")


def _sides(game: Game, links: Iterable[Link], now: Nanos) -> Iterator[Side]:
    for link in links:
        if link.contract_id is None or link.market_id is None or link.polarity is None or _is_over(link):
            continue
        claim = claim_of(game, link.proposition, link.polarity)
        if claim is not None:
            yield Side(link, link.contract_id, claim, now)


def _is_over(link: Link) -> bool:
    """Its market is closed: nobody asks why it is not traded. Other links that are rejected are shown as such."""
    return any(reason.field == "status" and reason.finding == "differs" for reason in link.reasons)


def _watched(side: Side, other: Side | None, parts: dict[Side, list[Combination]]) -> Watched:
    watched = Watched(side, other)
    mine = {made: None for each in (side, other) if each is not None for made in parts.get(each, ())}
    watched.lines = tuple(made for made in mine if made.detector == "middle")
    watched.pairs = tuple(made for made in mine if len(made.sides) == 2 and made.detector != "middle")
    watched.others = tuple(made for made in mine if len(made.sides) != 2)
    return watched
