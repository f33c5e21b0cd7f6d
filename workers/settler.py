"""Asks the venues how markets of open positions have ended, and has paid out what they say is final.

What is booked is what the venue pays, whatever anybody had expected. Where that differs, comes late or is disputed, an
incident says so until somebody has looked.
"""

import asyncio
import logging
from collections import defaultdict
from collections.abc import AsyncGenerator, Mapping, Sequence
from datetime import timedelta

import msgspec

from app.clock import moment_of
from app.domain.games import Game, GameId
from app.domain.instructions import Instruction, InstructionId, SettleWanted
from app.domain.markets import MarketId, VenueId
from app.domain.money import Price, price_text
from app.domain.operations import Round
from app.domain.positions import Incident, Position, Resolution
from app.domain.prices import SECOND, Nanos
from app.errors import Conflict, FeedError, HistoryUnavailable, HotStoreUnavailable
from app.history.incidents import Seen, begin_incident, end_incident
from app.history.instructions import ask, find_instruction
from app.history.lookouts import Lookout
from app.ports import Resolver
from app.positions.expectations import LONGEST, difference, hours_late, is_asked_about, start_of
from app.resources import Resources
from app.settlement import pays, settled
from workers.contract_facts import ContractFacts, by_game

EVERY = 2.0  # seconds between two looks at what is due
ASKED_EVERY, ASKED_AT_LEAST = 10 * SECOND, 60 * SECOND  # of a market: first, and after a while
NAME = "settler"
LIFE = timedelta(days=7)  # of an instruction: a winning is not forgotten because an executor is away
MOST_TRIES = 20

log = logging.getLogger(__name__)

Market = tuple[VenueId, MarketId]


async def settler(resources: Resources) -> AsyncGenerator[Round]:
    """A round every other second, until another process is to have it."""
    work = Settler(resources, resources.resolvers)
    while True:
        yield await work.round()
        await asyncio.sleep(EVERY)


class Waiting(msgspec.Struct):
    """A market that is asked about. `pause` grows from answer to answer."""

    next_at: Nanos = Nanos(0)
    pause: int = ASKED_EVERY
    status: str = ""


class Settler:
    """What one process waits for."""

    def __init__(self, resources: Resources, resolvers: Sequence[Resolver]) -> None:
        self._resources = resources
        self._now = resources.intake.now
        self._resolvers = {each.venue: each for each in resolvers}
        self._lookout = Lookout(resources.history)
        self._facts = ContractFacts(resources)
        self._waiting: dict[Market, Waiting] = {}
        self._over_since: dict[GameId, Nanos] = {}
        self._wished: set[tuple[str, str, int]] = set()  # account, contract, and the version that was settled

    async def round(self) -> Round:
        """Look who is due, ask, and write down what follows."""
        done = Round()
        try:
            await self._lookout.look(self._resources.clock())
            held = [each.position for each in self._lookout.open.values()]
            await self._facts.look(by_game(held))
            over = self._over(held)
            for venue in {market[0] for market in over}:
                await self._ask(venue, {key: over[key] for key in over if key[0] == venue}, done)
        except (HistoryUnavailable, HotStoreUnavailable) as error:
            done.note("stores_unavailable", f"what is won waits: {error}")
        done.counts["waiting"] = len(self._waiting)
        return done

    def _over(self, held: Sequence[Position]) -> Mapping[Market, Sequence[Position]]:
        """The markets whose games may have ended; of those that nobody holds any more nothing is kept."""
        now, found = self._now(), defaultdict[Market, list[Position]](list)
        for each in held:
            if each.size > 0 and is_asked_about(self._facts.games.get(each.game_id), each.opened_at, now):
                found[each.venue, each.market_id].append(each)
        self._waiting = {market: self._waiting.get(market, Waiting()) for market in found}
        games = {each.game_id for own in found.values() for each in own}
        self._over_since = {name: self._over_since.get(name) or self._ended_at(name) for name in games}
        return found

    def _ended_at(self, game_id: GameId) -> Nanos:
        """When nobody saw it end, it did so at the latest by the longest that games last."""
        game, now = self._facts.games.get(game_id), self._now()
        return now if game is None else min(now, Nanos(start_of(game) + LONGEST))

    async def _ask(self, venue: VenueId, over: Mapping[Market, Sequence[Position]], done: Round) -> None:
        now = self._now()
        due = [market for market in over if not 0 < self._waiting[market].next_at - now <= ASKED_AT_LEAST]
        resolver = self._resolvers.get(venue)
        if not due:
            return
        if resolver is None:
            done.note("unasked", f"nobody can say how markets of {venue} end")
            return
        try:
            found = await resolver.resolutions([market_id for _, market_id in due])
        except FeedError as error:
            done.note("venues_failed", f"{venue} does not say how markets ended: {error}")
            found = ()
        told = {each.market_id: each for each in found}
        for market in due:
            self._wait(market, told.get(market[1]))
            for each in over[market]:
                await self._hear(each, told.get(market[1]), done)

    def _wait(self, market: Market, told: Resolution | None) -> None:
        """Twice as long as before, unless something has changed."""
        waiting = self._waiting[market]
        status = waiting.status if told is None else told.status
        waiting.pause = ASKED_EVERY if status != waiting.status else min(2 * waiting.pause, ASKED_AT_LEAST)
        waiting.status, waiting.next_at = status, Nanos(self._now() + waiting.pause)

    async def _hear(self, held: Position, told: Resolution | None, done: Round) -> None:
        due = told.pays.get(held.contract_id) if told is not None and told.status == "final" else None
        if told is not None and due is not None:
            await self._pay(held, due, told, done)
            return
        if told is not None and told.status == "disputed":
            await self._begin("disputed", held, f"{held.venue} says: {told.words or told.status}", done)
        elif told is not None:
            await self._end("disputed", held)
        if self._is_overdue(held):
            since = moment_of(self._over_since[held.game_id])
            said = "does not know the market" if told is None else f"says: {told.words or told.status}"
            await self._begin("overdue", held, f"over since {since:%Y-%m-%d %H:%M} UTC, {held.venue} {said}", done)

    def _is_overdue(self, held: Position) -> bool:
        """Something is expected, or nobody knows the game any more, and the venue takes longer than it ever should."""
        game = self._facts.games.get(held.game_id)
        is_ended = game is None or game.status in ("final", "cancelled") or self._expected(held, game) is not None
        late_after = self._resources.settings.settling.overdue_after(held.venue).total_seconds() * SECOND
        return is_ended and self._now() - self._over_since[held.game_id] > late_after

    async def _pay(self, held: Position, due: Price, told: Resolution, done: Round) -> None:
        key = (held.account, held.contract_id, held.version)
        if key in self._wished:
            return
        game = self._facts.games.get(held.game_id)
        expected = None if game is None else self._expected(held, game)
        why = difference(expected, due)
        if why is not None and expected is not None:
            score = "" if game is None else f"; {game.away.name} {game.away_score}, {game.home.name} {game.home_score}"
            said = f"{held.venue} pays {price_text(due)} ({told.words}), expected {price_text(expected)}{score}"
            await self._begin(why, held, said, done)
        wanted = SettleWanted(contract_id=held.contract_id, pays=due, expected=expected, source=told.words)
        if await self._wish(held, wanted, done):
            self._wished.add(key)
            await self._end("overdue", held)
            await self._end("disputed", held)

    def _expected(self, held: Position, game: Game) -> Price | None:
        link = self._facts.links.get(held.contract_id)
        if link is None:
            return None
        return pays(settled(link, game, hours_late(game, held.opened_at, self._now())))

    async def _wish(self, held: Position, wanted: SettleWanted, done: Round) -> bool:
        """Whether it is asked for, now or before, under the first name whose wish was not refused."""
        for tries in range(MOST_TRIES):
            wish = self._wish_named(held, wanted, tries)
            try:
                found = await ask(self._resources.history, wish)
            except Conflict:
                before = await find_instruction(self._resources.history, wish.id)
                if before is None or before.state in ("refused", "expired"):
                    continue
                await self._compare(held, wanted, before, done)
                return True
            if found.state in ("refused", "expired"):
                continue
            done.counts["settled"] += 1
            about = {"trace": held.trade_id, "account": held.account, "instruction": wish.id}
            log.info("settle", extra={**about, "pays": wanted.pays, "source": wanted.source})
            await self._tell(wish.id)
            return True
        done.note("refused", f"nobody settles {held.contract_id} of {held.account}")
        return False

    def _wish_named(self, held: Position, wanted: SettleWanted, tries: int) -> Instruction:
        now = self._resources.clock()
        again = f":{tries}" if tries else ""
        return Instruction(
            id=InstructionId(f"settle:{held.account}:{held.contract_id}{again}"),
            kind="settle",
            account=held.account,
            body=msgspec.to_builtins(wanted),
            asked_by=NAME,
            asked_at=now,
            expires_at=now + LIFE,
        )

    async def _compare(self, held: Position, wanted: SettleWanted, before: Instruction, done: Round) -> None:
        """It was asked for before, in other words: what is paid must be the same."""
        paid = before.body.get("pays")
        if paid != wanted.pays:
            said = f"{held.venue} pays {price_text(Price(wanted.pays))} now ({wanted.source}), and {paid} units before"
            await self._begin("disputed", held, said, done)

    async def _tell(self, name: InstructionId) -> None:
        try:
            await self._resources.hot.tell_order(name)
        except HotStoreUnavailable as error:
            log.warning("a settlement is not told; it is found in Postgres", extra={"error": str(error)})

    async def _begin(self, kind: Incident, held: Position, detail: str, done: Round) -> None:
        seen = Seen(
            kind=kind,
            account=held.account,
            venue=held.venue,
            subject=held.contract_id,
            game_id=held.game_id,
            detail=detail,
            at=self._resources.clock(),
        )
        if await begin_incident(self._resources.history, seen):
            done.note(kind, f"{held.contract_id} of {held.account}: {detail}")
            log.error(
                kind,
                extra={"trace": held.trade_id, "account": held.account, "contract": held.contract_id, "detail": detail},
            )

    async def _end(self, kind: Incident, held: Position) -> None:
        await end_incident(self._resources.history, kind, held.account, held.contract_id, self._resources.clock())
