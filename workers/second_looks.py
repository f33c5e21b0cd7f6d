"""After a signal was kept: are the teams of its game still those that its venues speak of, says the unified matcher?

The links of its legs were confirmed when the game was handed out; what people have taught since may have changed the
answer. Nothing waits for it: by then the signal is on its way, and a contradiction is for people to look at.
"""

import asyncio
from collections import Counter
from collections.abc import Mapping, Sequence

import msgspec

from app.domain.decisions import Decision
from app.domain.games import GameId
from app.domain.markets import EventId
from app.domain.operations import Round
from app.domain.prices import SECOND, Nanos
from app.domain.signals import Judged, Signal
from app.errors import Unavailable
from app.history.audit import Deed, write_down
from app.resources import Resources
from workers.confirmations import Confirmations
from workers.outboxes import Outbox

NAME = "signal_processor"
CONTRADICTED = "signal.contradicted"  # in the audit
AGAIN_AFTER = 60 * SECOND  # a game whose teams were confirmed is asked about again
TRIES_EVERY = 1.0  # seconds, while somebody who is needed is away
MOST_WAITING = 1_000  # deeds


class Look(msgspec.Struct, frozen=True):
    """What the matcher said of a game, and when. `denied`: in words, by event; empty when all is well."""

    at: Nanos
    denied: Mapping[EventId, str]


class SecondLooks:
    """One question a game and minute, whatever is found there."""

    def __init__(self, resources: Resources) -> None:
        self.deeds = Outbox[Deed]("deeds", self._write_down, MOST_WAITING)
        self._resources = resources
        self._confirmations = Confirmations(resources, NAME)
        self._due: dict[GameId, Signal] = {}
        self._looks: dict[GameId, Look] = {}
        self._news = asyncio.Event()
        self._counts = Counter[str]()
        self._trouble = ""

    def take(self, decision: Decision) -> None:
        """Hear of a decision, in the midst of the core's work."""
        if type(decision) is Judged and decision.stage == "sent" and decision.is_final:
            signal = decision.signal
            look = self._looks.get(signal.game_id)
            if look is None or not 0 <= decision.at - look.at < AGAIN_AFTER:
                self._due[signal.game_id] = signal
                self._news.set()

    def report(self, done: Round) -> Round:
        """The round with what was confirmed since the last one, and what is contradicted still."""
        done.counts.update(self._counts)
        self._counts.clear()
        done.standing += [words for look in self._looks.values() for words in look.denied.values()]
        done.standing += [self._trouble] if self._trouble else []
        return done

    async def run(self) -> None:
        """Ask until cancelled, over every absence of the matcher and of Redis."""
        while True:
            self._news.clear()
            try:
                while self._due:
                    signal = next(iter(self._due.values()))
                    await self._look_at(signal)
                    if self._due.get(signal.game_id) is signal:
                        del self._due[signal.game_id]
                self._trouble = ""
            except Unavailable as error:
                self._counts["unavailable"] += 1
                self._trouble = f"the teams of {len(self._due)} games are not confirmed: {error}"
                await asyncio.sleep(TRIES_EVERY)
            else:
                await self._news.wait()

    async def _look_at(self, signal: Signal) -> None:
        hot, now = self._resources.hot, self._resources.intake.now()
        game = await hot.game(signal.game_id)
        self._forget_before(Nanos(now - 10 * AGAIN_AFTER))
        if game is None:
            self._counts["games_gone"] += 1
            return
        markets = {(leg.venue, leg.market_id) for leg in signal.legs}
        links = [link for link in await hot.links(game.id) if (link.venue, link.market_id) in markets]
        denied = {event: names for event, names in (await self._confirmations.ask(game, links)).items() if names}
        words = {event_id: self._deny(signal, event_id, sorted(names)) for event_id, names in denied.items()}
        self._counts["confirmed"] += not denied
        self._looks[game.id] = Look(now, words)

    def _deny(self, signal: Signal, event_id: EventId, names: Sequence[str]) -> str:
        """Told and written down, at most once a minute, when a signal is kept in spite of it."""
        self._counts["contradicted"] += 1
        detail = {"signal": signal.id, "game_id": signal.game_id, "event_id": event_id, "names": list(names)}
        self.deeds.put(Deed(at=self._resources.clock(), who=NAME, what=CONTRADICTED, detail=detail))
        teams = " and ".join(names)
        return f"signal {signal.id}: {event_id} names {teams}; game {signal.game_id} has other teams, says the matcher"

    def _forget_before(self, then: Nanos) -> None:
        for game_id in [game_id for game_id, look in self._looks.items() if look.at < then]:
            del self._looks[game_id]

    async def _write_down(self, deeds: Sequence[Deed]) -> None:
        for deed in deeds:
            await write_down(self._resources.history, deed)
