"""Keeps an eye on what a replay's accounts hold: sells by the rules, pays out what is over, and tells the core what is
at stake when its tape does not.

What is over is paid what score and rules say, as soon as both say it: a tape does not know what venues paid.
"""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from typing import NamedTuple

import msgspec

from app.clock import moment_of
from app.domain.games import Game, GameId
from app.domain.inputs import GameTaken
from app.domain.instructions import CloseWanted, Instruction, InstructionId, InstructionKind, SettleWanted
from app.domain.links import Link
from app.domain.markets import ContractId
from app.domain.money import Money, Price
from app.domain.orders import AccountId
from app.domain.positions import ExitRules, Position
from app.domain.prices import SECOND, Nanos
from app.domain.signals import Estimate
from app.executor.holders import Holders
from app.executor.watches import Watch
from app.history.equity import Equity
from app.history.lookouts import Key, News
from app.intake import Intake
from app.positions.exits import Exit
from app.positions.expectations import OVER, hours_late
from app.positions.sweeps import Row
from app.replay.curves import Curves
from app.replay.executions import Execution
from app.replay.ledgers import Lookout
from app.settlement import pays, settled
from app.signals.estimates import estimate

EVERY = 1.0  # seconds
PAUSE = 0.005  # seconds between two looks at what quotes have touched
AGAIN_AFTER = 5 * SECOND  # when nothing came of a wish to sell
LIFE = timedelta(seconds=10)  # of such a wish
NAME = "replay"


class Asked(NamedTuple):
    """The last wish about a position."""

    version: int
    tries: int
    at: Nanos


class Tracker:
    """`rules`: of positions that a fair value has opened, None: as ever; `tells`: the core is told what is at stake."""

    def __init__(
        self, intake: Intake, execution: Execution, fresh_within: int, rules: ExitRules | None, *, tells: bool
    ) -> None:
        self.watch = Watch(intake, fresh_within)
        self.curves = Curves()
        self._intake = intake
        self._execution = execution
        self._rules = rules
        self._tells = tells
        self._lookout = Lookout(execution.ledger, intake.now)
        self._holders = Holders(intake, self._lookout)
        self._games: dict[GameId, Game] = {}
        self._links: dict[ContractId, Link] = {}
        self._taken: dict[GameId, GameTaken] = {}
        self._unlearned: dict[GameId, None] = {}
        self._asked: dict[Key, Asked] = {}
        self._paid: set[tuple[Key, int]] = set()
        self._under_way: set[asyncio.Task[None]] = set()

    def take(self, told: GameTaken) -> None:
        """How a game stands."""
        self._taken[told.game.id] = told
        self._unlearned[told.game.id] = None

    async def keep_looking(self) -> None:
        """A round each second, until cancelled."""
        while True:
            self.look()
            await asyncio.sleep(EVERY)

    async def keep_selling(self) -> None:
        """What a quote has made due is sold at once."""
        while True:
            await self.watch.news.wait()
            self._sell(self.watch.check(self._intake.now()))
            await asyncio.sleep(PAUSE)

    def look(self) -> None:
        """At everything."""
        self._execution.look()
        changed = tuple(self._execution.ledger.moved)
        self._execution.ledger.moved.clear()
        for key in changed:
            self._take_position(key)
        self._learn()
        for _ in self.watch.look_around():
            pass
        self._sell(self.watch.check_all(self._intake.now()))
        self._value(News(changed, bool(changed)))

    def equity(self) -> Sequence[Equity]:
        """What each account is worth now."""
        return self._holders.equity(self.watch.sweep.worths())

    def _take_position(self, key: Key) -> None:
        watched = self._lookout.open.get(key)
        if watched is None or watched.position.size <= 0:
            self.watch.drop(key)
            self._asked.pop(key, None)
            return
        held = watched.position
        self.watch.put(held, self._rules if held.detector == "fair_value" else None)
        self._unlearned[held.game_id] = None

    def _learn(self) -> None:
        """What has changed of games of which something is held, and what time alone may have."""
        over = {row.position.game_id: None for row in self.watch.sweep.rows if self._is_over(row.position)}
        due, self._unlearned = {**self._unlearned, **over}, {}
        rows = [row for row in self.watch.sweep.rows if row.position.game_id in due]
        for row in rows:
            self._learn_of(row)

    def _is_over(self, held: Position) -> bool:
        taken = self._taken.get(held.game_id)
        return taken is not None and taken.game.status in OVER

    def _learn_of(self, row: Row) -> None:
        held = row.position
        taken = self._taken.get(held.game_id)
        if taken is None:
            return
        link = next((each for each in taken.links if each.contract_id == held.contract_id), None)
        now = self._intake.now()
        valued = estimate(taken.game, taken.pregame, now, self._intake.pipeline.promoted)
        expected = self._expected(held, taken.game, link)
        self.watch.learn(row, taken.game, link, expected, valued if isinstance(valued, Estimate) else None)
        if expected is not None and taken.game.status in ("final", "cancelled"):
            self._pay(held, expected)

    def _expected(self, held: Position, game: Game, link: Link | None) -> Price | None:
        """What it is paid, once its game is over and that is known."""
        if link is None or game.status not in OVER:
            return None
        return pays(settled(link, game, hours_late(game, held.opened_at, self._intake.now())))

    def _pay(self, held: Position, expected: Price) -> None:
        key = ((held.account, held.contract_id), held.version)
        if key not in self._paid:
            self._paid.add(key)
            wanted = SettleWanted(
                contract_id=held.contract_id, pays=expected, expected=expected, source="score and rules"
            )
            self._ask(f"settle:{held.account}:{held.contract_id}:{held.version}", "settle", held, wanted)

    def _sell(self, exits: Sequence[Exit]) -> None:
        now = self._intake.now()
        for each in exits:
            held = each.position
            key = held.account, held.contract_id
            asked = self._asked.get(key)
            is_again = asked is not None and asked.version == held.version
            if asked is not None and is_again and 0 <= now - asked.at < AGAIN_AFTER:
                continue
            tries = asked.tries + 1 if asked is not None and is_again else 0
            self._asked[key] = Asked(held.version, tries, now)
            wish = msgspec.structs.replace(each, tries=tries)
            self._execution.exits[each.rule] += 1
            self._ask(wish.id, "close", held, wish.wanted)

    def _ask(self, name: str, kind: InstructionKind, held: Position, body: CloseWanted | SettleWanted) -> None:
        at = moment_of(self._intake.now())
        wish = Instruction(
            id=InstructionId(name),
            kind=kind,
            account=AccountId(held.account),
            body=msgspec.to_builtins(body),
            asked_by=NAME,
            asked_at=at,
            expires_at=at + LIFE,
        )
        task = asyncio.get_running_loop().create_task(self._execution.obey(wish))
        self._under_way.add(task)
        task.add_done_callback(self._end)

    def _end(self, task: asyncio.Task[None]) -> None:
        self._under_way.discard(task)
        if not task.cancelled():
            task.result()

    def _value(self, news: News) -> None:
        told = self.equity()
        self.curves.note(self._intake.now(), {each.account: Money(each.gain) for each in told})
        if self._tells:
            self._holders.take(news, told)
