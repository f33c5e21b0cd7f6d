"""Keeps an eye on what is held: what it is worth, what is at stake, and what a rule sells.

Once a second, and on each quote of a contract that is held. It runs in each process, as each has a core that must know
what is at stake; that something is sold, and what everything is worth, one of them says, which holds the lock.
"""

import asyncio
import os
import secrets
import socket
import time
from collections.abc import AsyncGenerator, Sequence
from contextlib import suppress
from functools import partial
from typing import NamedTuple

from app.domain.games import Game, GameId
from app.domain.links import Link
from app.domain.money import Price
from app.domain.operations import Round
from app.domain.positions import ExitRules, Position
from app.domain.prices import SECOND
from app.domain.signals import Estimate
from app.errors import HistoryUnavailable, HotStoreUnavailable
from app.executor.holders import Holders
from app.executor.watches import Watch
from app.history.equity import Equity, heights, write_equity
from app.history.lookouts import Key, Lookout, News
from app.hot.marks_shown import PositionMarked, position_marked
from app.positions.exits import Exit
from app.positions.expectations import OVER, hours_late
from app.positions.marks import value_of
from app.positions.sweeps import Row
from app.resources import Resources
from app.settlement import pays, settled
from app.signals.estimates import estimate
from workers.contract_facts import ContractFacts, Held, by_game
from workers.exit_wishes import ExitWishes
from workers.live_accounts import trader_of
from workers.turns import Breath

EVERY = 1.0  # seconds
PAUSE = 0.005  # seconds between two looks at what quotes have touched
WRITTEN_EVERY = 10.0  # seconds, what the accounts are worth
TOLD_A_ROUND = 500  # marks: some 300 kB, and half as many milliseconds
LOCK, LOCK_SECONDS = "position_tracker:exits", 5.0


async def position_tracker(resources: Resources) -> AsyncGenerator[Round]:
    """A round each second; between them what a quote has made due is sold at once."""
    tracker = PositionTracker(resources)
    stop_hearing = resources.intake.heed(tracker.watch.hear)
    try:
        while True:
            yield await tracker.round()
            await tracker.wait(EVERY)
    finally:
        stop_hearing()
        await tracker.end()


class Known(NamedTuple):
    """What the rules of a position were told of its game."""

    game: Game | None
    link: Link | None
    expected: Price | None
    estimated: Estimate | None
    rules: ExitRules


class PositionTracker:
    """Everything that is held, as one process knows it."""

    def __init__(self, resources: Resources) -> None:
        self._resources = resources
        self._intake = resources.intake
        self._lookout = Lookout(resources.history)
        self._facts = ContractFacts(resources)
        self.watch = Watch(resources.intake, round(resources.settings.prices.fresh * SECOND))
        resources.marks = self.watch.marks  # whoever shows positions here shows the same
        is_live = resources.settings.trading.mode == "live"
        self._holders = Holders(resources.intake, self._lookout, partial(trader_of, is_live=is_live))
        self._wishes = ExitWishes(resources, self._lookout, self._facts.games, self._facts.links)
        self._owner = f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"
        self._held: Held = {}
        self._known: dict[Key, Known] = {}
        self._unlearned: set[GameId] = set()  # games of positions that have changed
        self._is_on_duty = False
        self._knows_heights = False
        self._written_at = 0.0

    async def round(self) -> Round:
        """Look at everything."""
        done = Round()
        news = await self._look(done)
        await self._learn(done)
        await self._take_duty()
        breath = Breath()
        for _ in self.watch.look_around():
            await breath.take()
        await self._sell(self.watch.check_all(self._intake.now()), done)
        await self._value(news, done)
        await self._tell_marks()
        done.counts.update(positions=len(self.watch.sweep), accounts=len(self._lookout.accounts))
        done.counts.update(self._wishes.counts)
        self._wishes.counts.clear()
        return done

    async def wait(self, seconds: float) -> None:
        """Until the next round; what is due before that is sold before that."""
        ends = time.monotonic() + seconds
        while await self._hears_of_news(ends - time.monotonic()):
            await self._sell(self.watch.check(self._intake.now()), Round())
            await asyncio.sleep(PAUSE)

    async def _hears_of_news(self, within: float) -> bool:
        with suppress(TimeoutError):
            async with asyncio.timeout(max(0.0, within)):
                return await self.watch.news.wait()
        return False

    async def end(self) -> None:
        """Leave the last word behind, and let another process go on at once."""
        self._resources.marks = {}
        if self._is_on_duty:
            await self._write(self._holders.equity(self.watch.sweep.worths()), Round())
            with suppress(HotStoreUnavailable):
                await self._resources.hot.release(LOCK, self._owner)

    async def _look(self, done: Round) -> News:
        try:
            if not self._knows_heights:
                self._holders.know_heights(await heights(self._resources.history))
                self._knows_heights = True
            news = await self._lookout.look(self._resources.clock())
        except HistoryUnavailable as error:
            done.note("history_unavailable", f"positions stay as they were known: {error}")
            return News()
        for key in news.changed:
            self._take(key)
        if news.changed:
            self._held = by_game(row.position for row in self.watch.sweep.rows)
        self._resources.followings.want(self._held)
        done.counts["changed"] += len(news.changed)
        return news

    def _take(self, key: Key) -> None:
        watched = self._lookout.open.get(key)
        if watched is None or watched.position.size <= 0:  # less than nothing: its purchase is still to be told
            self.watch.drop(key)
            self._wishes.forget(key)
            self._known.pop(key, None)
        else:
            self.watch.put(*watched)
            self._unlearned.add(watched.position.game_id)

    async def _learn(self, done: Round) -> None:
        try:
            changed = await self._facts.look(self._held)
        except (HistoryUnavailable, HotStoreUnavailable) as error:
            done.note("facts_unavailable", f"games stay as they were known: {error}")
            changed = set()
        breath = Breath()
        for game_id in changed | self._unlearned | self._over():
            estimated = self._estimate(game_id)
            for held in list(self._held.get(game_id, {}).values()):
                for row in self.watch.sweep.rows_of(held.contract_id):
                    self._learn_of(row, estimated)
                await breath.take()
        self._unlearned.clear()

    def _over(self) -> set[GameId]:
        """Time alone may say what these are paid."""
        return {name for name, game in self._facts.games.items() if game.status in OVER}

    def _learn_of(self, row: Row, estimated: Estimate | None) -> None:
        """What differs from what was known of it."""
        held = row.position
        link, game = self._facts.links.get(held.contract_id), self._facts.games.get(held.game_id)
        known = Known(game, link, self._expected(held, game, link), estimated, row.rules)
        if self._known.get(row.key) != known:
            self._known[row.key] = known
            self.watch.learn(row, game, link, known.expected, estimated)

    def _estimate(self, game_id: GameId) -> Estimate | None:
        core, now = self._intake.pipeline, self._intake.now()
        taken = core.taken.get(game_id)
        found = None if taken is None else estimate(taken.game, taken.pregame, now, core.promoted)
        return found if isinstance(found, Estimate) else None

    def _expected(self, held: Position, game: Game | None, link: Link | None) -> Price | None:
        """What it is paid, once its game is over and that is known."""
        if game is None or link is None or game.status not in OVER:
            return None
        return pays(settled(link, game, hours_late(game, held.opened_at, self._intake.now())))

    async def _take_duty(self) -> None:
        """While Redis is away whoever had it goes on: the same wish twice is one."""
        with suppress(HotStoreUnavailable):
            self._is_on_duty = await self._resources.hot.hold(LOCK, self._owner, LOCK_SECONDS)

    async def _sell(self, exits: Sequence[Exit], done: Round) -> None:
        if not exits or not self._is_on_duty:
            return
        try:
            await self._wishes.ask(exits)
        except HistoryUnavailable as error:
            done.note("exits_wait", f"{len(exits)} positions are to be sold: {error}")

    async def _value(self, news: News, done: Round) -> None:
        """Tell the core what is at stake, and now and then write down what everything is worth."""
        told = self._holders.equity(self.watch.sweep.worths())
        done.counts["told"] += self._holders.take(news, told)
        done.counts["profit_micro_dollars"] = sum(each.gain for each in told)
        if self._is_on_duty and time.monotonic() - self._written_at >= WRITTEN_EVERY:
            await self._write(told, done)

    async def _write(self, told: Sequence[Equity], done: Round) -> None:
        try:
            await write_equity(self._resources.history, told)
            self._written_at = time.monotonic()
        except HistoryUnavailable as error:
            done.note("equity_waits", str(error))

    async def _tell_marks(self) -> None:
        """Those that moved, some of them; the others have their turn in a later round, as they are then."""
        if not self._is_on_duty or not self.watch.moved:
            return
        shown = [self._shown(row) for row in self.watch.take_moved(TOLD_A_ROUND)]
        with suppress(HotStoreUnavailable):
            await self._resources.hot.tell_marks({each.id: each for each in shown})

    def _shown(self, row: Row) -> PositionMarked:
        mark = self.watch.marks[row.key]
        value = value_of(row.position, mark.price)
        is_simulated = self._resources.settings.simulation.is_on
        return position_marked(
            row.position, mark.price, mark.source, value, self._intake.now(), is_simulated=is_simulated
        )
