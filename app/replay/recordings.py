"""What a venue said, frame by frame, through the very code that reads its sockets, into an empty core.

A recording is JSON: `{"frames": [{"received_ms": ..., "frame": {...}}, ...]}`, or one such frame a line. Messages of
Polymarket that were kept alone play, too; they are heard when the venue says that it sent them.
"""

import itertools
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Protocol

import msgspec

from app.archive.tapes import DecisionHash
from app.domain.decisions import Decision
from app.domain.games import GameId
from app.domain.inputs import Added, Followed, Input, Replaced, Snapshot, Tick
from app.domain.markets import ContractId, MarketId
from app.domain.prices import FINEST_GRID, MILLISECOND, SECOND, LaneId, Listed, Nanos, Quote, book_id
from app.errors import BadInput
from app.pipeline import Pipeline
from app.venues.kalshi.connections import Connection
from app.venues.kalshi.markets import KALSHI
from app.venues.polymarket.amounts import Amounts
from app.venues.polymarket.markets import POLYMARKET
from app.venues.polymarket.pairs import Pair
from app.venues.polymarket.updates import Reader

PATIENCE = 5 * SECOND
UNTOLD = GameId("")  # nobody has said which game a recorded market is about


class Framed(msgspec.Struct):
    """A frame, and when it was heard: milliseconds, or nanoseconds."""

    frame: msgspec.Raw
    received_ms: int | None = None
    received_at: int | None = None


class _Recording(msgspec.Struct):
    frames: list[Framed]


class _Change(msgspec.Struct):
    asset_id: str = ""


class _Told(msgspec.Struct):
    """Of either venue's frame what says whose it is, and which market it is about."""

    type: str | None = None
    msg: msgspec.Raw = msgspec.Raw(b"{}")
    market: str | None = None
    asset_id: str | None = None
    timestamp: str | int | None = None
    price_changes: list[_Change] | None = None


class _Market(msgspec.Struct):
    market_ticker: str | None = None


class Heard(msgspec.Struct, kw_only=True):
    """What came of frames, or of a tape of quotes. `counts`: what the venue's code counted beside."""

    source: str
    venue: str
    frames: int = 0
    snapshots: int = 0
    changes: int = 0
    inputs: int = 0
    quotes: int = 0
    books: int = 0
    decisions: int = 0
    hash: str = ""
    counts: dict[str, int] = {}
    lasted: float = 0.0  # seconds between the first and the last frame
    seconds: float = 0.0  # that it took


class Listener:
    """An empty core, and what it says to what it is told. Time passes once a second, as it does in a process."""

    def __init__(self) -> None:
        self.core = Pipeline(PATIENCE)
        self.now = Nanos(0)
        self.inputs = Counter[type]()
        self._decided = DecisionHash()
        self._said: list[Decision] = []
        self._began: Nanos | None = None

    def put(self, told: Input) -> None:
        """The core is told."""
        self.inputs[type(told)] += 1
        self._said += self.core.apply(told)

    def pass_time(self, until: Nanos) -> None:
        """It is that late now."""
        if self._began is None:
            self._began = self.now = until
        while until - self.now >= SECOND:
            self.now = Nanos(self.now + SECOND)
            self.put(Tick(self.now))
        self.now = max(self.now, until)

    def heard(self, source: str, venue: str, seconds: float) -> Heard:
        """All that came of it."""
        return Heard(
            source=source,
            venue=venue,
            snapshots=self.inputs[Snapshot],
            changes=self.inputs[Added] + self.inputs[Replaced],
            inputs=sum(self.inputs.values()),
            quotes=sum(type(each) is Quote for each in self._said),
            books=len(self.core.listed),
            decisions=len(self._said),
            hash=self._decided.take(self._said),
            lasted=round((self.now - (self._began or self.now)) / SECOND, 3),
            seconds=round(seconds, 4),
        )


class Ear(Protocol):
    """A venue's own code, from the frame on."""

    def hear(self, payload: bytes, received_at: Nanos) -> None: ...

    @property
    def counts(self) -> Counter[str]: ...


class _KalshiEar:
    def __init__(self, listener: Listener, frames: Sequence[tuple[Nanos, bytes]]) -> None:
        self.counts = Counter[str]()
        connection = Connection(
            1_000_000,
            listener.put,
            lambda: listener.now,
            self.counts,
            lambda _: None,
            lambda *_: None,
            itertools.count(1),
        )
        self.hear = connection.hear
        for ticker in dict.fromkeys(filter(None, map(_ticker_of, frames))):
            name = book_id(KALSHI, MarketId(ticker))
            contracts = ContractId(f"{KALSHI}:{ticker}:yes"), ContractId(f"{KALSHI}:{ticker}:no")
            listener.put(
                Followed(Listed(name, KALSHI, MarketId(ticker), UNTOLD, *contracts), FINEST_GRID, listener.now)
            )
            connection.join(ticker, name)


class _PolymarketEar:
    def __init__(self, listener: Listener, frames: Sequence[tuple[Nanos, bytes]]) -> None:
        self.counts = Counter[str]()
        pairs: dict[str, Pair] = {}
        self.hear = Reader(LaneId(f"{POLYMARKET}:1"), pairs, listener.put, Amounts(), self.counts).read
        tokens: dict[str, dict[str, None]] = {}
        for told in (one for _, payload in frames for one in _each(payload)):
            named = [told.asset_id, *(change.asset_id for change in told.price_changes or ())]
            tokens.setdefault(told.market or "", {}).update(dict.fromkeys(filter(None, named)))
        for market, (first, *others) in ((name, own) for name, own in tokens.items() if name and own):
            contracts = [ContractId(f"{POLYMARKET}:{token}") for token in (first, *others[:1])]
            market_id = MarketId(market)
            listed = Listed(book_id(POLYMARKET, market_id), POLYMARKET, market_id, UNTOLD, *contracts)
            pair = Pair(listed)
            pairs |= dict.fromkeys(pair.tokens, pair)
            listener.put(Followed(listed, FINEST_GRID, listener.now))


def hear(recording: Path) -> Heard:
    """Play its frames. Raises BadInput for what is no recording."""
    frames = read_frames(recording)
    if not frames:
        raise BadInput(f"{recording} has no frames", remedy="See docs/replay.md for what a recording looks like.")
    listener = Listener()
    began = time.perf_counter()
    listener.pass_time(frames[0][0])
    is_kalshi = any(told.type for told in _each(frames[0][1]))
    ear: Ear = _KalshiEar(listener, frames) if is_kalshi else _PolymarketEar(listener, frames)
    listen: Callable[[bytes, Nanos], None] = ear.hear
    for received_at, payload in frames:
        listener.pass_time(received_at)
        listen(payload, received_at)
    found = listener.heard(recording.name, KALSHI if is_kalshi else POLYMARKET, time.perf_counter() - began)
    found.frames, found.counts = len(frames), dict(ear.counts)
    return found


def read_frames(recording: Path) -> Sequence[tuple[Nanos, bytes]]:
    """When each was heard, and its bytes. Raises BadInput."""
    content = recording.read_bytes()
    try:
        return [_timed(each) for each in msgspec.json.decode(content, type=_Recording).frames]
    except msgspec.MsgspecError:
        pass
    try:
        return [_timed(msgspec.json.decode(line, type=Framed)) for line in content.splitlines() if line.strip()]
    except msgspec.MsgspecError:
        pass
    try:
        return [(_sent_at(_each(raw)), bytes(raw)) for raw in _messages(content)]
    except msgspec.MsgspecError as error:
        raise BadInput(f"{recording} holds no frames of a venue: {error}", remedy="See docs/replay.md.") from None


def _timed(framed: Framed) -> tuple[Nanos, bytes]:
    if framed.received_at is not None:
        return Nanos(framed.received_at), bytes(framed.frame)
    if framed.received_ms is None:
        raise msgspec.ValidationError("a frame has neither received_ms nor received_at")
    return Nanos(framed.received_ms * MILLISECOND), bytes(framed.frame)


def _messages(content: bytes) -> Sequence[msgspec.Raw]:
    """One message, or a list of them."""
    if content.lstrip().startswith(b"["):
        return msgspec.json.decode(content, type=list[msgspec.Raw])
    return [msgspec.Raw(content)]


def _sent_at(told: Iterable[_Told]) -> Nanos:
    first = next(iter(told), None)
    if first is None or first.market is None:
        raise msgspec.ValidationError("names no market")
    return Nanos(int(first.timestamp or 0) * MILLISECOND)


def _each(payload: bytes | msgspec.Raw) -> Iterator[_Told]:
    for raw in _messages(bytes(payload)):
        yield msgspec.json.decode(raw, type=_Told)


def _ticker_of(frame: tuple[Nanos, bytes]) -> str | None:
    told = next(_each(frame[1]), None)
    if told is None:
        return None
    try:
        return msgspec.json.decode(told.msg, type=_Market).market_ticker
    except msgspec.MsgspecError:
        return None
