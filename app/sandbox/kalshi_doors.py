"""The door to what belongs to an account at Kalshi: every call is signed, and answered or refused in its words."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from app.sandbox.accounts import Account
from app.sandbox.answers import refusal
from app.sandbox.desks import Desk
from app.sandbox.members import Members
from app.sandbox.messages import Message
from app.sandbox.signatures import is_signed

MOUNTED = "/kalshi"  # what the sandbox has before a path, and no signature

Private = Callable[[Account, Request], Awaitable[Response]]
Endpoint = Callable[[Request], Awaitable[Response]]


class Refusal(Exception):
    """A call that is not obeyed."""

    def __init__(self, status: int, code: str, details: str) -> None:
        super().__init__(details)
        self.status = status
        self.code = code
        self.details = details

    def told(self) -> Message:
        words = self.code.replace("_", " ")
        return {"error": {"code": self.code, "message": words, "details": self.details, "service": "exchange"}}


class Doors:
    """Opens to members alone."""

    def __init__(self, members: Members, desk: Desk, clock: Callable[[], datetime]) -> None:
        self._members = members
        self._desk = desk
        self._clock = clock

    def who(self, headers: Mapping[str, str], method: str, path: str) -> Account | None:
        """Who has signed this call; `path` without its query. None: nobody that is known, or not now."""
        key_id = headers.get("kalshi-access-key", "").lower()
        key, account = self._members.public_key(key_id), self._members.account(key_id)
        if key is None or not is_signed(key, headers, method, path, self._clock()):
            return None
        return account

    def is_member(self, headers: Mapping[str, str]) -> bool:
        """Whether these headers name a member, rightly or not."""
        return self._members.public_key(headers.get("kalshi-access-key", "").lower()) is not None

    def signed(self, do: Private) -> Endpoint:
        """An endpoint that does this for whoever has signed."""

        async def endpoint(request: Request) -> Response:
            self._desk.catch_up()
            account = self.who(request.headers, request.method, request.url.path.removeprefix(MOUNTED))
            if account is None:
                return refusal(401, Refusal(401, "authentication_error", "INCORRECT_API_KEY_SIGNATURE").told())
            try:
                return await do(account, request)
            except Refusal as refused:
                return refusal(refused.status, refused.told())

        return endpoint

    def said(self, payload: Message, status: int = 200) -> Response:
        """An answer; it is never the same twice, so nothing is said of when it changed."""
        return Response(msgspec.json.encode(payload), status_code=status, media_type="application/json")
