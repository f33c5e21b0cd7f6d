"""Kalshi's WebSocket: the signed handshake, the commands, the heartbeat."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime

import msgspec
from starlette.websockets import WebSocket, WebSocketDisconnect

from app.sandbox import kalshi_frames as frames
from app.sandbox.accounts import Account
from app.sandbox.answers import refusal
from app.sandbox.desks import Desk
from app.sandbox.faults import Faults
from app.sandbox.kalshi_doors import Doors
from app.sandbox.kalshi_private import PRIVATE
from app.sandbox.kalshi_subscriptions import (
    BookSubscription,
    LifecycleSubscription,
    Subscription,
    TickerSubscription,
    TradeSubscription,
)
from app.sandbox.lifecycles import endings
from app.sandbox.makers import milliseconds
from app.sandbox.markets import Market
from app.sandbox.marks import SequenceMarks
from app.sandbox.messages import Message
from app.sandbox.outlets import Outlet
from app.sandbox.signatures import PublicKey, is_signed
from app.sandbox.wires import wire_of

PATH = "/trade-api/ws/v2"  # as it is signed
PING_EVERY = 10.0  # seconds
CHANNELS = ("orderbook_delta", "ticker", "trade", "market_lifecycle_v2")
ACTIONS = ("add_markets", "delete_markets", "get_snapshot")


class Params(msgspec.Struct):
    """Of a command; which of them it needs depends on it."""

    channels: list[str] | None = None
    market_ticker: str | None = None
    market_tickers: list[str] | None = None
    sid: int | None = None
    sids: list[int] | None = None
    action: str | None = None
    use_yes_price: bool = False
    send_initial_snapshot: bool | None = None


class Command(msgspec.Struct):
    """What a client wants; `id` is its own."""

    cmd: str
    id: int | None = None
    params: Params | None = None


class Refused(Exception):
    """A command that is not obeyed, with Kalshi's code for why."""

    def __init__(self, code: int) -> None:
        super().__init__(frames.ERRORS[code])
        self.code = code


def kalshi_socket(
    desk: Desk, marks: SequenceMarks, faults: Faults, clock: Callable[[], datetime], key: PublicKey | None, doors: Doors
) -> Callable[[WebSocket], Awaitable[None]]:
    """The endpoint. Members are let in by their signature alone; others by that of `key`, or, without one, as they
    are."""

    async def endpoint(socket: WebSocket) -> None:
        account = doors.who(socket.headers, "GET", PATH)
        is_stranger = account is None and (
            doors.is_member(socket.headers)
            or (key is not None and not is_signed(key, socket.headers, "GET", PATH, clock()))
        )
        if is_stranger:
            error: Message = {"code": "authentication_error", "message": "authentication_error"}
            await socket.send_denial_response(refusal(401, {"error": error}))
            return
        await socket.accept()
        outlet = Outlet(wire_of(socket), socket.url.path, faults)
        session = Session(desk, marks, outlet, account)
        beating = asyncio.create_task(session.keep_beating(clock))
        try:
            while True:
                session.obey(await socket.receive_text())
        except WebSocketDisconnect:
            pass
        finally:
            beating.cancel()
            session.close()
            outlet.close()

    return endpoint


class Session:
    """One client's subscriptions."""

    def __init__(self, desk: Desk, marks: SequenceMarks, outlet: Outlet, account: Account | None = None) -> None:
        self._exchange = desk.exchange
        self._desk = desk
        self._account = account
        self._marks = marks
        self._outlet = outlet
        self._subscriptions: dict[int, Subscription] = {}

    def obey(self, text: str) -> None:
        """One command, answered as Kalshi answers it."""
        try:
            command = msgspec.json.decode(text, type=Command)
        except msgspec.DecodeError as error:
            is_unfit = isinstance(error, msgspec.ValidationError)
            self._outlet.say(frames.error(None, 11 if is_unfit else 1))
            return
        try:
            self._obey(command)
        except Refused as refused:
            self._outlet.say(frames.error(command.id, refused.code))

    def close(self) -> None:
        for subscription in self._subscriptions.values():
            subscription.close()

    async def keep_beating(self, clock: Callable[[], datetime]) -> None:
        """Ping, and tell of markets that end."""
        since, beats = milliseconds(clock()), 0
        while True:
            await asyncio.sleep(1.0)
            beats += 1
            self._outlet.suffer()
            if beats % PING_EVERY == 0:
                self._outlet.ping(b"heartbeat")
            told = [one for one in self._subscriptions.values() if isinstance(one, LifecycleSubscription)]
            until = milliseconds(clock())
            for message in endings(self._exchange.quoting, since, until) if told else ():
                for subscription in told:
                    subscription.tell(message)
            since = until

    def _obey(self, command: Command) -> None:
        if command.cmd == "list_subscriptions":
            held = [{"channel": one.channel, "sid": one.sid} for one in self._subscriptions.values()]
            self._answer("ok", command, held)
            return
        doing = {"subscribe": self._subscribe, "update_subscription": self._update, "unsubscribe": self._unsubscribe}
        if command.cmd not in doing:
            raise Refused(5)
        if command.params is None:
            raise Refused(2)
        doing[command.cmd](command, command.params)

    def _subscribe(self, command: Command, params: Params) -> None:
        if not params.channels:
            raise Refused(3)
        if any(channel not in (*CHANNELS, *PRIVATE) for channel in params.channels):
            raise Refused(8)
        if self._account is None and any(channel in PRIVATE for channel in params.channels):
            raise Refused(9)
        markets = self._markets(params)
        if "orderbook_delta" in params.channels and not _names(params):
            raise Refused(14)
        for channel in params.channels:
            subscription = self._open(channel, params)
            self._subscriptions[subscription.sid] = subscription
            self._answer("subscribed", command, {"channel": channel, "sid": subscription.sid})
            is_of_all = not _names(params) and channel not in PRIVATE
            subscription.add(self._every_market() if is_of_all else markets, is_shown=_is_shown(channel, params))

    def _update(self, command: Command, params: Params) -> None:
        sids = params.sids if params.sids is not None else [] if params.sid is None else [params.sid]
        if len(sids) != 1:
            raise Refused(12)
        if sids[0] not in self._subscriptions:
            raise Refused(7)
        if not params.action:
            raise Refused(15)
        if params.action not in ACTIONS:
            raise Refused(13)
        if not _names(params):
            raise Refused(14)
        subscription, markets = self._subscriptions[sids[0]], self._markets(params)
        if params.action == "get_snapshot":
            subscription.show(markets)
            return
        names, held = {market.id for market in markets}, set(subscription.markets)
        if params.action == "delete_markets":
            subscription.remove(markets)
        now_in = {"market_tickers": sorted(held | names if params.action == "add_markets" else held - names)}
        self._answer("ok", command, now_in, sid=subscription.sid, seq=subscription.next_seq())
        if params.action == "add_markets":
            subscription.add(markets, is_shown=_is_shown(subscription.channel, params))

    def _unsubscribe(self, command: Command, params: Params) -> None:
        if not params.sids:
            raise Refused(4)
        if any(sid not in self._subscriptions for sid in params.sids):
            raise Refused(7)
        for sid in params.sids:
            subscription = self._subscriptions.pop(sid)
            subscription.close()
            self._answer("unsubscribed", command, None, sid=sid, seq=subscription.next_seq())

    def _open(self, channel: str, params: Params) -> Subscription:
        sid = self._marks.new_sid()
        if channel == "orderbook_delta":
            return BookSubscription(sid, self._outlet, self._exchange, self._marks, params.use_yes_price)
        if self._account and channel in PRIVATE:
            return PRIVATE[channel](sid, self._outlet, self._exchange, self._desk, self._account)
        kinds = {"ticker": TickerSubscription, "trade": TradeSubscription, "market_lifecycle_v2": LifecycleSubscription}
        return kinds[channel](sid, self._outlet, self._exchange)

    def _answer(self, kind: str, command: Command, msg: object, **more: int) -> None:
        named = {} if command.id is None else {"id": command.id}
        said = {} if msg is None else {"msg": msg}
        self._outlet.say(frames.encode({"type": kind, **named, **more, **said}))

    def _markets(self, params: Params) -> list[Market]:
        found = (self._exchange.market(name) for name in _names(params))
        return [market for market in found if market is not None]

    def _every_market(self) -> list[Market]:
        return list(self._exchange.quoting.markets.values())


def _is_shown(channel: str, params: Params) -> bool:
    asked = params.send_initial_snapshot
    return channel == "orderbook_delta" if asked is None else asked


def _names(params: Params) -> list[str]:
    one = [] if params.market_ticker is None else [params.market_ticker]
    return [*one, *(params.market_tickers or ())]
