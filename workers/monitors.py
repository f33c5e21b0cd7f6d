"""What the monitors of all venues do: hold a venue's prices for the games that are worked on, and say how that goes."""

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator, Mapping, Sequence
from functools import partial
from itertools import count

from app.domain.decisions import Decision, Resync, Silent
from app.domain.frames import ConnectionNumber
from app.domain.games import GameId
from app.domain.markets import ContractId, MarketId, VenueId
from app.domain.operations import Round
from app.domain.prices import MILLISECOND, SECOND, BookId, Listed, book_id
from app.errors import HotStoreUnavailable
from app.hot.games import LinkedContract
from app.intake import Intake
from app.ports import PriceFeed
from app.resources import Resources
from app.sockets import OnFrame, overhear
from app.venues.entries import Venue
from workers.mirrors import keep_mirrored
from workers.turns import Breath, under_way

ROUND = 1.0  # seconds
TICK_EVERY = 0.1  # seconds
PARTS = 5  # each round reads the links of a part of the games anew, and of all new ones

FOLLOWED_AT_ONCE = 500  # books: each takes some 20 µs, and a slate has thousands

Books = dict[BookId, Listed]

_connections = count(1)


async def monitor(resources: Resources, venue: Venue) -> AsyncGenerator[Round]:
    """Follow a venue's books until somebody ends it; then nothing that it told stays fresh."""
    intake = resources.intake
    if resources.settings.tape.frames:
        overhear(partial(_keeper, intake, venue.name))
    async with venue.open_feed(resources.settings, intake.put, intake.now) as feed:
        watch = Watched(resources, venue, feed)
        stop_heeding = intake.heed(watch.obey)
        try:
            beside = (feed.run(), keep_mirrored(resources, venue.name), keep_ticking(intake))
            async with under_way(beside) as tasks:
                while True:
                    yield await watch.round()
                    fallen, _ = await asyncio.wait(tasks, timeout=ROUND, return_when=asyncio.FIRST_COMPLETED)
                    for task in fallen:
                        task.result()  # raises what it fell over
        finally:
            stop_heeding()
            await feed.follow((), frozenset())


def _keeper(intake: Intake, venue: VenueId) -> OnFrame:
    """Of the frames of one connection."""
    return partial(intake.keep_frame, venue, ConnectionNumber(next(_connections)))


async def keep_ticking(intake: Intake) -> None:
    """Let the core notice silence."""
    while True:
        await asyncio.sleep(TICK_EVERY)
        intake.pass_time()


class Watched:
    """The books of one venue that are followed, and what became of them."""

    def __init__(self, resources: Resources, venue: Venue, feed: PriceFeed) -> None:
        self._resources = resources
        self._venue = venue
        self._feed = feed
        self._books: dict[GameId, Books] = {}
        self._followed: frozenset[BookId] = frozenset()
        self._rounds = 0
        self._trouble = ""  # of the feed, when somebody was told last

    def obey(self, decision: Decision) -> None:
        """What the core asks of whoever holds the sockets; a feed passes over what is not its own."""
        if isinstance(decision, Resync):
            self._feed.resync(decision.book_id, decision.doubt)
        elif isinstance(decision, Silent):
            self._feed.reopen(decision.lane)

    async def round(self) -> Round:
        """Look again at what is to be followed, and count."""
        done = Round()
        try:
            await self._look_again()
        except HotStoreUnavailable as error:  # what was followed is followed on
            done.note("hot_unavailable", str(error))
        done.counts.update(self._feed.counts)
        done.counts.update(await self._tally())
        self._note_trouble(done)
        return done

    async def _look_again(self) -> None:
        games = await self._resources.hot.active_games()
        ids = [game.id for game in games]
        part = self._rounds % PARTS
        due = [each for number, each in enumerate(ids) if each not in self._books or number % PARTS == part]
        contracts = await self._resources.hot.linked_contracts(due)
        for game_id in due:
            self._books[game_id] = self._listed(game_id, contracts.get(game_id, ()))
        self._books = {each: self._books[each] for each in ids}
        self._rounds += 1
        wanted = {key: listed for books in self._books.values() for key, listed in books.items()}
        live = frozenset(key for game in games if game.status == "live" for key in self._books[game.id])
        await self._follow(wanted, live)

    async def _follow(self, wanted: Books, live: frozenset[BookId]) -> None:
        """Many new ones in several steps: between them the sockets have their turn."""
        new = [key for key in wanted if key not in self._followed]
        for first in range(FOLLOWED_AT_ONCE, len(new), FOLLOWED_AT_ONCE):
            later = frozenset(new[first:])
            await self._feed.follow([listed for key, listed in wanted.items() if key not in later], live)
            await asyncio.sleep(0)
        await self._feed.follow(tuple(wanted.values()), live)
        self._followed = frozenset(wanted)

    def _listed(self, game_id: GameId, contracts: Sequence[LinkedContract]) -> Books:
        """The markets with both contracts that anybody may use or watch."""
        markets: dict[MarketId, list[ContractId]] = {}
        useful: set[MarketId] = set()
        for each in contracts:
            if each.venue != self._venue.name or each.market_id is None or each.contract_id is None:
                continue
            markets.setdefault(each.market_id, []).append(each.contract_id)
            if each.verdict != "rejected":
                useful.add(each.market_id)
        known = self._books.get(game_id, {})
        found = (self._one(game_id, market_id, markets[market_id], known) for market_id in sorted(useful))
        return {listed.book_id: listed for listed in found if listed is not None}

    def _one(
        self, game_id: GameId, market_id: MarketId, contracts: Sequence[ContractId], known: Mapping[BookId, Listed]
    ) -> Listed | None:
        if len(contracts) != 2:
            return None
        key = book_id(self._venue.name, market_id)
        before = known.get(key)
        if before is not None and {before.first, before.second} == {*contracts}:
            return before  # in whichever order they come now
        first, second = self._venue.in_order(contracts)
        return Listed(key, self._venue.name, market_id, game_id, first, second)

    async def _tally(self) -> Counter[str]:
        """Books by state, and how far apart the clocks are."""
        intake, breath, counts = self._resources.intake, Breath(), Counter[str]()
        fresh_within = round(self._resources.settings.prices.fresh * SECOND)
        for books in list(self._books.values()):
            for listed in books.values():
                quote = intake.pipeline.quote(listed.first)
                counts["books"] += quote is not None
                counts["fresh"] += quote is not None and quote.state(intake.now(), fresh_within) == "fresh"
                await breath.take()
        for (venue, doubt), many in intake.pipeline.doubts().items():
            if venue == self._venue.name:
                counts[f"quarantined_{doubt}"] += many
        skew = intake.pipeline.skew(self._venue.name)
        if skew is not None:
            counts["skew_ms"] = round(skew / MILLISECOND)
        return counts

    def _note_trouble(self, done: Round) -> None:
        """In the log once, in the beat as long as it lasts."""
        trouble, before = self._feed.trouble, self._trouble
        self._trouble = trouble
        if trouble:
            (done.standing if trouble == before else done.troubles).append(trouble)
