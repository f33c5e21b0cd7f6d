"""What has a newest: the prices of a game, the games there are, the proofs of lanes. Who follows one is told how it
stands, and then whatever changes; what is older than what was told is never told."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta

import msgspec

from app.domain.games import GameId
from app.domain.markets import ContractId, VenueId
from app.domain.parsing import NOT_READABLE
from app.domain.prices import SECOND, LaneId, Nanos, State
from app.hot.glances import GlanceShown
from app.hot.keys import GLANCE_LIFETIME
from app.hot.marks import MarksUpdate
from app.hot.schemas import Update
from app.hot.shown import EPOCH, LanesUpdate, QuoteShown, moment, nanos
from app.hot.state import HotState
from routers.sockets.clients import Client
from routers.sockets.messages import (
    GAMES,
    POSITIONS,
    PRICES,
    SLATE,
    GameChanged,
    GamesTold,
    LanesTold,
    MarksTold,
    PricesTold,
    SlateTold,
    written,
)
from routers.views import quote_seen, read_view, view_seen

MARKS_KEPT = 60 * SECOND  # longer than anybody may fail to read
PASSED_ON_WITHIN = SECOND  # what a view says of its quotes' age is true for so long

FORGOTTEN_AFTER = timedelta(seconds=GLANCE_LIFETIME)  # of a glance that no shard repeats

ALL = "*"  # in place of names: how everything stands

Now = Callable[[], Nanos]
Line = tuple[str, Sequence[str]]  # a message, and what it is about: who cannot take it is told the newest of just that


class Lanes:
    """When each lane last carried data, as the monitors say it once a second."""

    def __init__(self) -> None:
        self.proofs: Mapping[LaneId, Nanos] = {}
        self._by_venue: dict[VenueId, Mapping[LaneId, Nanos]] = {}

    def start(self, proofs: Mapping[LaneId, Nanos]) -> None:
        """As they are kept in Redis."""
        by_venue: dict[VenueId, dict[LaneId, Nanos]] = {}
        for lane, at in proofs.items():
            by_venue.setdefault(VenueId(lane.partition(":")[0]), {})[lane] = at
        self._by_venue = dict(by_venue)
        self._join()

    def take(self, update: LanesUpdate) -> None:
        """Those of one venue, all of them."""
        self._by_venue[update.venue] = update.lanes
        self._join()

    def _join(self) -> None:
        self.proofs = {lane: at for proofs in self._by_venue.values() for lane, at in proofs.items()}


class Topic:
    """`newcomers` are told how it stands before they are told what changes, as the `followers` are."""

    rests_for = 0.0  # seconds between two tellings

    def __init__(self, name: str, *heard: str) -> None:
        self.name = name
        self.heard = heard  # the channels of Redis that tell of it
        self.followers: dict[Client, None] = {}
        self.newcomers: dict[Client, None] = {}
        self.changed: dict[str, None] = {}
        self.awaited = 0  # who is about to follow it
        self.is_ready = False
        self.rests_until = 0.0
        self.turn = 0

    @property
    def is_deserted(self) -> bool:
        return not self.followers and not self.newcomers and not self.awaited

    async def prime(self, hot: HotState) -> None:
        """Read how it stands. Raises HotStoreUnavailable."""

    def snapshot(self) -> Iterator[Line]:
        """How all of it stands, each line when it is asked for."""
        return iter(())

    def lines(self, names: Sequence[str]) -> Iterator[Line]:
        """How these stand now."""
        return iter(())

    def messages(self, names: Iterable[str]) -> list[str]:
        """The same for one who could not take it earlier."""
        asked = tuple(names)
        return [text for text, _ in (self.snapshot() if ALL in asked else self.lines(asked))]

    def change(self, names: Iterable[str]) -> None:
        """The followers are to be told of these."""
        self.changed.update(dict.fromkeys(names))

    def take_changed(self) -> Sequence[str]:
        names = tuple(self.changed)
        self.changed.clear()
        return names

    def start_over(self) -> None:
        """Nothing was heard for a while: everybody is told anew how it stands."""
        self.newcomers |= self.followers
        self.followers.clear()
        self.changed.clear()
        self.is_ready = False


class PricesTopic(Topic):
    """The quotes of one game."""

    def __init__(self, game_id: GameId, channel: str, lanes: Lanes, now: Now, fresh_within: int) -> None:
        super().__init__(f"{PRICES}{game_id}", channel)
        self.game_id = game_id
        self.quotes: dict[ContractId, QuoteShown] = {}
        self._told: dict[ContractId, State] = {}
        self._lanes = lanes
        self._now = now
        self._fresh_within = fresh_within

    async def prime(self, hot: HotState) -> None:
        links = await hot.links(self.game_id)
        contracts = [link.contract_id for link in links if link.contract_id is not None]
        self.take((await hot.quotes(contracts)).values())

    def take(self, quotes: Iterable[QuoteShown]) -> None:
        """Those that are newer than what is known."""
        for quote in quotes:
            known = self.quotes.get(quote.contract_id)
            if known is None or is_newer(quote, known):
                self.quotes[quote.contract_id] = quote
                self.changed[quote.contract_id] = None

    def look(self) -> None:
        """Time has passed: what was told as fresh may be stale by now, or the reverse."""
        now, told = self._now(), self._told
        for contract_id, quote in self.quotes.items():
            if contract_id in told and self._state(quote, now) != told[contract_id]:
                self.changed[contract_id] = None

    def snapshot(self) -> Iterator[Line]:
        yield self._written(self.quotes.values(), is_snapshot=True), (ALL,)

    def lines(self, names: Sequence[str]) -> Iterator[Line]:
        quotes = [self.quotes[ContractId(name)] for name in names if name in self.quotes]
        if quotes:
            yield self._written(quotes, is_snapshot=False), names

    def _written(self, quotes: Iterable[QuoteShown], *, is_snapshot: bool) -> str:
        now = self._now()
        told = [quote_seen(quote, self._lanes.proofs, now, self._fresh_within) for quote in quotes]
        self._told.update((quote.contract_id, quote.state) for quote in told)
        return written(
            PricesTold(channel=self.name, is_snapshot=is_snapshot, game_id=self.game_id, at=as_moment(now), quotes=told)
        )

    def _state(self, quote: QuoteShown, now: Nanos) -> State:
        """As `shown.seen` says it, for all quotes every second."""
        if quote.state not in ("fresh", "stale"):
            return quote.state
        proved_at = max(nanos(quote.proved_at), self._lanes.proofs.get(quote.lane, 0))
        return "fresh" if now - proved_at <= self._fresh_within else "stale"


class _Head(msgspec.Struct):
    """Who says a view, and when."""

    fence: int = 0
    at: datetime = EPOCH


_HEAD = msgspec.json.Decoder(_Head)


class GamesTopic(Topic):
    """The games there are, and what the shards say of each: as they have written it, aged anew when it has waited."""

    rests_for = 0.5

    def __init__(self, lanes: Lanes, now: Now, fresh_within: int, *heard: str) -> None:
        super().__init__(GAMES, *heard)
        self._lanes = lanes
        self._now = now
        self._fresh_within = fresh_within
        self._games: dict[GameId, None] = {}
        self._views: dict[GameId, tuple[tuple[int, datetime], str]] = {}
        self._changes: dict[GameId, Update] = {}

    async def prime(self, hot: HotState) -> None:
        self._games = {game.id: None for game in await hot.active_games()}
        self._views = {game_id: view for game_id, view in self._views.items() if game_id in self._games}
        for game_id in tuple(self._games):
            view = await hot.view(game_id)
            if view is not None:
                self.take_view(game_id, view)

    def take_view(self, game_id: GameId, view: bytes) -> None:
        """Unless it is older than the one that is known, or nobody can read it."""
        try:
            head, text = _HEAD.decode(view), view.decode()
        except NOT_READABLE:
            return
        known = self._views.get(game_id)
        if known is None or known[0] < (head.fence, head.at):
            self._views[game_id] = (head.fence, head.at), text
            self._games[game_id] = None
            self.changed[f"view:{game_id}"] = None

    def take_change(self, change: Update) -> None:
        self._changes[change.game_id] = change
        if change.change == "removed":
            self._games.pop(change.game_id, None)
            self._views.pop(change.game_id, None)
        else:
            self._games[change.game_id] = None
        self.changed[f"game:{change.game_id}"] = None

    def snapshot(self) -> Iterator[Line]:
        games = tuple(self._games)
        yield written(GamesTold(channel=GAMES, is_snapshot=True, at=as_moment(self._now()), games=games)), (ALL,)
        yield from self.lines([f"view:{game_id}" for game_id in games])

    def lines(self, names: Sequence[str]) -> Iterator[Line]:
        for name in names:
            kind, _, game_id = name.partition(":")
            if kind == "view" and game_id in self._views:
                yield self._view(GameId(game_id)), (name,)
            elif kind == "game":
                yield self._change(self._changes[GameId(game_id)]), (name,)

    def _change(self, said: Update) -> str:
        at = as_moment(Nanos(said.at * SECOND))
        return written(GameChanged(channel=GAMES, game_id=said.game_id, change=said.change, at=at))

    def _view(self, game_id: GameId) -> str:
        (_, at), text = self._views[game_id]
        now = self._now()
        if now - nanos(at) <= PASSED_ON_WITHIN:
            return text
        view = read_view(text)
        if view is None:
            return text
        return msgspec.json.encode(view_seen(view, self._lanes.proofs, now, self._fresh_within)).decode()


class SlateTopic(Topic):
    """Each game in one line: a hundredth of what the views hold. A second's changes are one message."""

    rests_for = 1.0

    def __init__(self, now: Now, heard: str) -> None:
        super().__init__(SLATE, heard)
        self._now = now
        self._glances: dict[GameId, GlanceShown] = {}

    async def prime(self, hot: HotState) -> None:
        games = [game.id for game in await hot.active_games()]
        self._glances = dict(await hot.glances(games))

    def take(self, glances: Iterable[GlanceShown]) -> None:
        """Those that are newer than what is known."""
        for glance in glances:
            known = self._glances.get(glance.game_id)
            if known is None or known.at < glance.at:
                self._glances[glance.game_id] = glance
                self.changed[glance.game_id] = None

    def snapshot(self) -> Iterator[Line]:
        now = as_moment(self._now())
        for game_id in [game_id for game_id, each in self._glances.items() if now - each.at > FORGOTTEN_AFTER]:
            del self._glances[game_id]
        yield self._written(tuple(self._glances.values()), is_snapshot=True), (ALL,)

    def lines(self, names: Sequence[str]) -> Iterator[Line]:
        glances = [self._glances[GameId(name)] for name in names if name in self._glances]
        if glances:
            yield self._written(glances, is_snapshot=False), names

    def _written(self, glances: Sequence[GlanceShown], *, is_snapshot: bool) -> str:
        return written(SlateTold(channel=SLATE, is_snapshot=is_snapshot, at=as_moment(self._now()), games=glances))


class LanesTopic(Topic):
    """The proofs of all lanes: who follows prices works out by them how old each is."""

    def __init__(self, lanes: Lanes, now: Now) -> None:
        super().__init__("lanes")
        self._lanes = lanes
        self._now = now
        self.is_ready = True

    def lines(self, names: Sequence[str]) -> Iterator[Line]:
        proofs = {lane: moment(at) for lane, at in self._lanes.proofs.items()}
        yield written(LanesTold(at=as_moment(self._now()), lanes=proofs)), names


class MarksTopic(Topic):
    """What positions are worth: told beside what becomes of them, which is numbered. Marks are kept for as long as
    somebody may not have been told yet."""

    def __init__(self, now: Now) -> None:
        super().__init__("marks")
        self._now = now
        self._marked: dict[str, tuple[Nanos, msgspec.Raw]] = {}
        self.is_ready = True

    def take(self, update: MarksUpdate) -> None:
        """The newest of each."""
        if self.followers:
            now = self._now()
            self._marked.update((name, (now, body)) for name, body in update.positions.items())
            self.change(update.positions)

    def look(self) -> None:
        """Forget what was told to all who listen."""
        now = self._now()
        old = [name for name, (at, _) in self._marked.items() if abs(now - at) > MARKS_KEPT]
        for name in old:
            del self._marked[name]

    def lines(self, names: Sequence[str]) -> Iterator[Line]:
        marked = [self._marked[name][1] for name in names if name in self._marked]
        if marked:
            yield written(MarksTold(channel=POSITIONS, at=as_moment(self._now()), positions=marked)), names


def is_newer(quote: QuoteShown, known: QuoteShown) -> bool:
    """The writer counts; where Redis has forgotten how far, the venue's later word decides."""
    return quote.flush > known.flush or (quote.received_at or EPOCH) > (known.received_at or EPOCH)


def as_moment(now: Nanos) -> datetime:
    """A time that is not 1970."""
    return moment(now) or EPOCH
