"""Watches the contracts of all games that are worked on: when a price moves, only the combinations that it is part of
are looked at, and most of those for no longer than two numbers take to be added."""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence

from app.domain.games import Game, GameId
from app.domain.links import Link
from app.domain.markets import ContractId
from app.domain.money import ONE_DOLLAR, Price
from app.domain.prices import SECOND, BookId, Nanos, Quote
from app.domain.signals import Estimate, Stage
from app.signals.claims import claim_of
from app.signals.combinations import FEES, NO_GAP, NOBODY_SELLS, PAIR_IS_NEAR, QUARANTINED, Combination, Place, Side
from app.signals.offers import Offered
from app.signals.roster import ROSTER
from app.signals.tallies import Tally

COMPLEMENTS = tuple(Price(ONE_DOLLAR - price) for price in range(ONE_DOLLAR + 1))  # quicker than a subtraction

OF_TIME: tuple[Stage, ...] = ("fresh", "sent")
RISK_EVERY = SECOND // 2  # what only the desk stands against: it tells what changes but for what it forgets

QuoteOf = Callable[[ContractId], Quote | None]
Examine = Callable[[Combination, Nanos], Place]


Book = tuple[Side | None, Side | None]  # of its first contract and its second
NOTHING: Book = (None, None)


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
        self._books: dict[ContractId, Book] = {}
        self._near: dict[Combination, None] = {}
        self._lines_due: dict[Side, None] = {}
        self.tally = Tally()

    def consult(self, quote_of: QuoteOf, examine: Examine) -> None:
        """`quote_of`: the newest quote of a contract; `examine`: looks closely at a combination that may be worth more
        than it costs, and says where it stands then."""
        self._quote_of = quote_of
        self._examine = examine

    @property
    def offers(self) -> Collection[Offer]:
        """What is watched, game by game."""
        return self._offers.values()

    def take(self, game: Game, links: tuple[Link, ...], estimate: Estimate | None, now: Nanos) -> None:
        """Watch a game from now on, or as it stands now."""
        known = self._offers.get(game.id)
        places = {each.key: each for each in known.combinations} if known else {}
        self.leave(game.id)
        is_known = known is not None and known.links is links and _is_alike(known.offered.game, game)
        sides = known.offered.sides if known and is_known else tuple(_sides(game, links))
        for side in sides:
            side.charge(now)
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
            self._part_with(made)
            self.tally.leave(made)
        for side in offer.offered.sides:
            if self._books.get(side.contract_id, NOTHING)[0] is side:  # else another game has the contract by now
                del self._books[side.contract_id]
            self._lines_due.pop(side, None)
            side.part()

    def look(self, quote: Quote, now: Nanos) -> None:
        """The best of a book is another, or what is in doubt about it; `quote` is of its first contract. Each price
        comes here. What became dearer was not worth it before either, unless it stood near."""
        book = self._books.get(quote.contract_id)
        if book is None:
            return
        first, second = book
        if first is not None:
            ask = quote.ask
            if ask != first.ask or first.near:
                self._see(first, ask, now)
        if second is not None:
            bid = quote.bid
            ask = None if bid is None else COMPLEMENTS[bid]
            if ask != second.ask or second.near:
                self._see(second, ask, now)

    def _see(self, side: Side, ask: Price | None, now: Nanos) -> None:
        """Somebody sells it for so much, or nobody does."""
        before = side.cost
        side.ask = ask
        side.cost = cost = NOBODY_SELLS if ask is None else side.costs[ask]
        if side.lines:
            self._lines_due[side] = None
        if side.near:
            self._look_around(side, now)
        elif cost < before:
            for other, _ in side.pairs:
                if cost + other.cost < PAIR_IS_NEAR:
                    self._look_around(side, now)
                    return
            if side.others:
                self._look_around(side, now)

    def _look_around(self, side: Side, now: Nanos) -> None:
        parts = (*(made for _, made in side.pairs), *side.others)
        self._look_at([made for made in parts if made.cost < made.near or made.is_near], now)

    def pass_time(self, now: Nanos) -> None:
        """What time alone can change is looked at again: a leg may be proved, or too old, and a stake be free."""
        due, self._lines_due = self._lines_due, {}
        for side in due:
            for made in side.lines:
                if made.cost < made.near or made.is_near:
                    self._look_closely(made, now)
        due_again = [made for made in self._near if self._is_due(made, now)]
        if due_again:
            self._look_at(due_again, now)

    def _is_due(self, made: Combination, now: Nanos) -> bool:
        """What stands elsewhere waits for a price of its own, or where there was too little for more, however deep in
        its books: of that nobody tells. The end of a doubt everybody is told."""
        stage = made.place[0]
        if made.is_taken or made.witnesses or stage in OF_TIME:
            return made.place != QUARANTINED
        if stage == "risk":
            return not 0 <= now - made.looked_at < RISK_EVERY
        return stage == "depth" and made.seen != self._state_of(made)

    def look_again(self, now: Nanos) -> None:
        """Something else than prices and time has changed for all of them."""
        self._look_at(self._near, now)

    def forget_said(self, game_id: GameId) -> None:
        """Whatever is found of a game next is news."""
        offer = self._offers.get(game_id)
        for made in offer.combinations if offer is not None else ():
            made.told, made.told_at = NO_GAP, Nanos(0)

    def _look_at(self, close: Iterable[Combination], now: Nanos) -> None:
        """The best first: what lies in a book is taken once."""
        for made in sorted(close, key=Combination.loses):
            self._look_closely(made, now)

    def _look_closely(self, made: Combination, now: Nanos) -> None:
        cost = made.cost
        if cost >= made.near:
            self._part_with(made)
            self._stand(made, NO_GAP, now)
            return
        if not made.is_near:
            made.is_near = True
            self._near[made] = None
            for side in made.sides:
                side.near += made.detector != "middle"  # that is looked at when time passes, not at each price
        made.looked_at = now
        if cost < made.worth:
            self._stand(made, self._examine(made, now), now)
        else:
            self._stand(made, self._without_fees(made), now)
        made.seen = self._state_of(made) if made.place[0] == "depth" else ()

    def _part_with(self, made: Combination) -> None:
        """It is not near any more."""
        if made.is_near:
            made.is_near = False
            self._near.pop(made, None)
            for side in made.sides:
                side.near -= made.detector != "middle"

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

    def _state_of(self, made: Combination) -> Sequence[object]:
        """Another one whenever anything in its books has changed."""
        quotes = [self._quote_of(side.contract_id) for side in made.sides]
        return [(quote.received_at, quote.sequence, quote.mark) for quote in quotes if quote is not None]

    def _stand(self, made: Combination, place: Place, now: Nanos) -> None:
        if place != made.place:
            self.tally.move(made, place, now)

    def _watch(self, sides: Iterable[Side], combinations: Iterable[Combination]) -> None:
        parts: dict[Side, list[Combination]] = {side: [] for side in sides}
        for made in combinations:
            for side in made.sides:
                parts[side].append(made)
        by_book: dict[BookId, list[Side]] = {}
        for side in sides:
            by_book.setdefault(side.book_id, []).append(side)
            side.lines = tuple(made for made in parts[side] if made.detector == "middle")
            side.pairs = tuple((_other(made, side), made) for made in parts[side] if _is_pair(made))
            side.others = tuple(made for made in parts[side] if len(made.sides) != 2)
        for one, *others in by_book.values():  # which one is the first its quotes will say
            other = others[0] if others else None
            self._books[one.contract_id] = (one, other)
            if other is not None:
                self._books[other.contract_id] = (other, one)

    def _look_at_all(self, offered: Offered, combinations: Iterable[Combination], now: Nanos) -> None:
        for side in offered.sides:
            quote = self._quote_of(side.contract_id)
            side.ask = None if quote is None else quote.ask
            side.cost = NOBODY_SELLS if side.ask is None else side.costs[side.ask]
        self._look_at([made for made in combinations if made.cost < made.near or made.place != NO_GAP], now)


def _sides(game: Game, links: Iterable[Link]) -> Iterator[Side]:
    for link in links:
        if link.contract_id is None or link.market_id is None or link.polarity is None or _is_over(link):
            continue
        claim = claim_of(game, link.proposition, link.polarity)
        if claim is not None:
            yield Side(link, link.contract_id, claim)


def _is_alike(before: Game, after: Game) -> bool:
    """What its contracts claim and pay is the same, in words, too: a source may take back who is at home."""
    return (before.league, before.home, before.away) == (after.league, after.home, after.away)


def _is_over(link: Link) -> bool:
    """Its market is closed: nobody asks why it is not traded. Other links that are rejected are shown as such."""
    return any(reason.field == "status" and reason.finding == "differs" for reason in link.reasons)


def _is_pair(made: Combination) -> bool:
    return len(made.sides) == 2 and made.detector != "middle"


def _other(made: Combination, side: Side) -> Side:
    first, second = made.sides
    return second if first is side else first
