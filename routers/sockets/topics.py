"""What has a newest: the prices of a game, the games there are, the proofs of lanes. Who follows one is told how it
stands, and then whatever changes; what is older than what was told is never told."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime

import msgspec

from app.domain.games import GameId
from app.domain.markets import ContractId, VenueId
from app.domain.prices import LaneId, Nanos, State
from app.hot.schemas import Update
from app.hot.shown import EPOCH, LanesUpdate, QuoteShown, moment, seen
from app.hot.state import HotState
from routers.sockets.clients import Client
from routers.sockets.messages import GAMES, PRICES, GameChanged, LanesTold, PricesTold, written

Now = Callable[[], Nanos]


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
    """`newcomers` are told how it stands before they are among the `followers`."""

    def __init__(self, name: str, *heard: str) -> None:
        self.name = name
        self.heard = heard  # the channels of Redis that tell of it
        self.followers: dict[Client, None] = {}
        self.newcomers: dict[Client, None] = {}
        self.changed: dict[str, None] = {}
        self.is_ready = False

    @property
    def is_deserted(self) -> bool:
        return not self.followers and not self.newcomers

    async def prime(self, hot: HotState) -> None:
        """Read how it stands. Raises HotStoreUnavailable."""

    def snapshot(self) -> list[str]:
        """How all of it stands."""
        return []

    def messages(self, names: Iterable[str]) -> list[str]:
        """How these stand."""
        return []

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
            if contract_id in told and self._seen(quote, now).state != told[contract_id]:
                self.changed[contract_id] = None

    def snapshot(self) -> list[str]:
        return [self._written(self.quotes.values(), is_snapshot=True)]

    def messages(self, names: Iterable[str]) -> list[str]:
        quotes = [self.quotes[ContractId(name)] for name in names if name in self.quotes]
        return [self._written(quotes, is_snapshot=False)] if quotes else []

    def _written(self, quotes: Iterable[QuoteShown], *, is_snapshot: bool) -> str:
        now = self._now()
        told = [self._seen(quote, now) for quote in quotes]
        self._told.update((quote.contract_id, quote.state) for quote in told)
        return written(
            PricesTold(channel=self.name, is_snapshot=is_snapshot, game_id=self.game_id, at=as_moment(now), quotes=told)
        )

    def _seen(self, quote: QuoteShown, now: Nanos) -> QuoteShown:
        found = seen(quote, self._lanes.proofs, now, self._fresh_within)
        assert isinstance(found, QuoteShown)  # it was one
        return found


class _Head(msgspec.Struct):
    """Who says a view, and when."""

    fence: int = 0
    at: datetime = EPOCH


_HEAD = msgspec.json.Decoder(_Head)


class GamesTopic(Topic):
    """The games there are, and what the shards say of each. A view is passed on as the shard has written it."""

    def __init__(self, now: Now, *heard: str) -> None:
        super().__init__(GAMES, *heard)
        self._now = now
        self._games: list[GameId] = []
        self._views: dict[GameId, tuple[tuple[int, datetime], str]] = {}
        self._changes: dict[GameId, Update] = {}

    async def prime(self, hot: HotState) -> None:
        self._games = [game.id for game in await hot.active_games()]
        self._views = {game_id: view for game_id, view in self._views.items() if game_id in self._games}
        for game_id in self._games:
            view = await hot.view(game_id)
            if view is not None:
                self.take_view(game_id, view)

    def take_view(self, game_id: GameId, view: bytes) -> None:
        """Unless it is older than the one that is known, or nobody can read it."""
        try:
            head, text = _HEAD.decode(view), view.decode()
        except (msgspec.MsgspecError, UnicodeDecodeError):
            return
        known = self._views.get(game_id)
        if known is None or known[0] < (head.fence, head.at):
            self._views[game_id] = (head.fence, head.at), text
            self.changed[f"view:{game_id}"] = None

    def take_change(self, change: Update) -> None:
        self._changes[change.game_id] = change
        if change.change == "removed":
            self._views.pop(change.game_id, None)
        self.changed[f"game:{change.game_id}"] = None

    def snapshot(self) -> list[str]:
        games = msgspec.json.encode(self._games).decode()
        views = ",".join(view for _, view in self._views.values())
        at = msgspec.json.encode(as_moment(self._now())).decode()
        return [
            f'{{"type":"games","channel":"{GAMES}","is_snapshot":true,"at":{at},"games":{games},"views":[{views}]}}'
        ]

    def messages(self, names: Iterable[str]) -> list[str]:
        found = []
        for name in names:
            kind, _, game_id = name.partition(":")
            if kind == "view" and game_id in self._views:
                found.append(self._views[GameId(game_id)][1])
            elif kind == "game":
                said = self._changes[GameId(game_id)]
                at = moment(Nanos(said.at * 1_000_000_000)) or EPOCH
                found.append(written(GameChanged(channel=GAMES, game_id=game_id, change=said.change, at=at)))
        return found


class LanesTopic(Topic):
    """The proofs of all lanes: who follows prices works out by them how old each is."""

    def __init__(self, lanes: Lanes, now: Now) -> None:
        super().__init__("lanes")
        self._lanes = lanes
        self._now = now
        self.is_ready = True

    def snapshot(self) -> list[str]:
        proofs = {lane: moment(at) for lane, at in self._lanes.proofs.items()}
        return [written(LanesTold(at=as_moment(self._now()), lanes=proofs))]

    def messages(self, names: Iterable[str]) -> list[str]:
        return self.snapshot()


def is_newer(quote: QuoteShown, known: QuoteShown) -> bool:
    """The writer counts; where Redis has forgotten how far, the venue's later word decides."""
    return quote.flush > known.flush or (quote.received_at or EPOCH) > (known.received_at or EPOCH)


def as_moment(now: Nanos) -> datetime:
    """A time that is not 1970."""
    return moment(now) or EPOCH
