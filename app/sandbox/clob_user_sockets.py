"""Polymarket's user channel: what becomes of one account's orders and trades, as it happens."""

from collections.abc import Awaitable, Callable

import msgspec
from starlette.websockets import WebSocket, WebSocketDisconnect

from app.sandbox.accounts import Account, Fill, Order
from app.sandbox.clob_doors import Doors
from app.sandbox.clob_frames import encode
from app.sandbox.clob_statements import order_event, trade_event
from app.sandbox.desks import Desk
from app.sandbox.faults import Faults
from app.sandbox.messages import Message
from app.sandbox.outlets import Outlet
from app.sandbox.wires import wire_of

NOT_ALLOWED = 1008  # the code with which a stranger's line is closed


class Proof(msgspec.Struct, rename="camel"):
    """What an account shows to be let in."""

    api_key: str = ""
    secret: str = ""
    passphrase: str = ""


class Wish(msgspec.Struct):
    """What a client says: first who it is, then which markets it wants; none: all."""

    type: str = ""
    operation: str = ""
    auth: Proof | None = None
    markets: list[str] | None = None


def user_socket(desk: Desk, doors: Doors, faults: Faults) -> Callable[[WebSocket], Awaitable[None]]:
    """The endpoint."""

    async def endpoint(socket: WebSocket) -> None:
        await socket.accept()
        outlet = Outlet(wire_of(socket), socket.url.path, faults)
        session = Session(desk, doors, outlet)
        try:
            while session.hear(await socket.receive_text()):
                pass
            await socket.close(NOT_ALLOWED)
        except WebSocketDisconnect:
            pass
        finally:
            session.close()
            outlet.close()

    return endpoint


class Session:
    """One client, an account's once it has shown whose."""

    def __init__(self, desk: Desk, doors: Doors, outlet: Outlet) -> None:
        self._desk = desk
        self._doors = doors
        self._outlet = outlet
        self._account: Account | None = None
        self._owner = ""
        self._markets: set[str] = set()

    def hear(self, text: str) -> bool:
        """One message of the client; False when it has to go."""
        if text == "PING":
            self._outlet.answer_ping(b"PONG")
            return True
        try:
            wish = msgspec.json.decode(text, type=Wish)
        except msgspec.DecodeError:
            self._outlet.say(b"INVALID OPERATION")
            return True
        if self._account is None:
            return self._let_in(wish)
        if wish.operation == "unsubscribe":
            self._markets.difference_update(wish.markets or ())
        else:
            self._markets.update(wish.markets or ())
        return True

    def close(self) -> None:
        if self in self._desk.tellers:
            self._desk.tellers.remove(self)

    def order_changed(self, order: Order, what: str) -> None:
        self._say("order", order, order_event(order, what, self._owner))

    def filled(self, fill: Fill) -> None:
        self._say("trade", fill.order, trade_event(fill, self._owner))

    def _let_in(self, wish: Wish) -> bool:
        proof = wish.auth or Proof()
        self._account = self._doors.owner(proof.api_key, proof.secret, proof.passphrase)
        self._owner = proof.api_key
        self._markets.update(wish.markets or ())
        if self._account:
            self._desk.tellers.append(self)
        return self._account is not None and wish.type.lower() == "user"

    def _say(self, channel: str, order: Order, message: Message) -> None:
        if order.account is self._account and (not self._markets or order.market.id in self._markets):
            self._outlet.say(encode(message), order.market.id, *order.market.tokens, channel)
