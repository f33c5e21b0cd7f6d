"""Places where people are reached, through Apprise. Their addresses are secrets: nobody else sees or logs them.

Apprise is loaded at the first use: with its hundred and thirty services it takes fifty megabytes. It sends from a
thread of its own, so that a slow place holds nobody, and it is given up when it takes too long.
"""

import asyncio
import hashlib
import logging
import threading
import warnings
from collections.abc import Callable
from contextlib import suppress
from importlib import import_module
from typing import Protocol, cast

from app.errors import SettingsRefused, Unavailable
from app.notifications.notes import Message

_TALKATIVE = ("apprise", "urllib3", "requests")  # what they log names addresses


class TargetUnavailable(Unavailable):
    """A place where people are reached did not take a message."""

    remedy = "Look at its address in NOTIFICATIONS__RULES, then `crosscourt notify test`."


class Sender(Protocol):
    """What is used of an `apprise.Apprise`."""

    def add(self, servers: str) -> bool: ...

    def notify(self, body: str, title: str, notify_type: str) -> bool | None: ...


class Target:
    """One place. `name` may be shown: the kind of service, and a mark that is the same for the same address."""

    def __init__(self, address: str, within: float, number: int = 1) -> None:
        """`within`: seconds for one message; `number`: of its rule. Raises SettingsRefused for an address that Apprise
        cannot read, without repeating it."""
        service = address.partition("://")[0]
        self.name = f"{service if service.isalnum() else 'target'} {_mark(address)}"
        self._within = within
        self._is_sending = False
        with warnings.catch_warnings(action="ignore", category=DeprecationWarning):  # of what its services are made of
            self._sender = _sender()
            is_read = self._sender.add(address)
        if not is_read:
            raise SettingsRefused(
                f"NOTIFICATIONS__RULES: the address of rule {number} cannot be read",
                remedy="Write it as Apprise's documentation shows it: json://host/path, tgram://..., mailto://...",
            )

    async def send(self, message: Message) -> None:
        """Raises TargetUnavailable when it was not taken in time, or the message before is still on its way."""
        if self._is_sending:
            raise TargetUnavailable(f"{self.name} has not taken the message before yet")
        loop = asyncio.get_running_loop()
        done: asyncio.Future[bool] = loop.create_future()
        self._is_sending = True

        def tell(taken: bool) -> None:
            self._is_sending = False
            if not done.done():
                done.set_result(taken)

        def work() -> None:
            taken = _sent(self._sender, message)
            with suppress(RuntimeError):  # everything has ended meanwhile
                loop.call_soon_threadsafe(tell, taken)

        threading.Thread(target=work, name="notification", daemon=True).start()
        try:
            async with asyncio.timeout(self._within):
                taken = await done
        except TimeoutError:
            raise TargetUnavailable(f"{self.name} did not answer within {self._within:g} s") from None
        if not taken:
            raise TargetUnavailable(f"{self.name} did not take it")


def _sent(sender: Sender, message: Message) -> bool:
    """What goes wrong here may name the address, so nothing of it is passed on."""
    try:
        kind = "warning" if message.is_severe else "info"
        return bool(sender.notify(body=message.body, title=message.title, notify_type=kind))
    except Exception:
        return False


def _sender() -> Sender:
    for name in _TALKATIVE:
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)
    make = cast(Callable[[], Sender], import_module("apprise").Apprise)
    return make()


def _mark(address: str) -> str:
    return hashlib.sha256(address.encode()).hexdigest()[:6]
