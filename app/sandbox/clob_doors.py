"""The door to what belongs to an account at Polymarket: a wallet's word opens it once, an HMAC each time after."""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from app.sandbox.accounts import Account
from app.sandbox.answers import refusal
from app.sandbox.clob_frames import encode
from app.sandbox.curves import BadSignature
from app.sandbox.desks import Desk
from app.sandbox.members import Credentials, Members
from app.sandbox.signatures import CLOCKS_DIFFER_BY
from app.sandbox.typed_data import wallet_of

MOUNTED = "/clob"  # what the sandbox has before a path, and no signature

Private = Callable[[Account, Request], Awaitable[Response]]
Endpoint = Callable[[Request], Awaitable[Response]]


class Refusal(Exception):
    """A call that is not obeyed; the message is the venue's."""

    def __init__(self, error: str, status: int = 400) -> None:
        super().__init__(error)
        self.status = status


class Doors:
    """Opens to members alone."""

    def __init__(self, members: Members, desk: Desk, clock: Callable[[], datetime]) -> None:
        self._members = members
        self._desk = desk
        self._clock = clock

    def routes(self) -> list[Route]:
        """Where keys are made, told and taken back."""
        return [
            Route("/auth/api-key", self._create, methods=["POST"]),
            Route("/auth/derive-api-key", self._derive),
            Route("/auth/api-keys", self.signed(self._list)),
            Route("/auth/api-key", self.signed(self._revoke), methods=["DELETE"]),
            Route("/auth/ban-status/closed-only", self.signed(self._ban)),
        ]

    def signed(self, do: Private) -> Endpoint:
        """An endpoint that does this for whoever has signed."""

        async def endpoint(request: Request) -> Response:
            self._desk.catch_up()
            path = request.url.path.removeprefix(MOUNTED)
            account = self._who(request.headers, request.method, path, await request.body())
            if account is None:
                return refusal(401, {"error": "Unauthorized/Invalid api key"})
            try:
                return await do(account, request)
            except Refusal as refused:
                return refusal(refused.status, {"error": str(refused)})

        return endpoint

    def account_of(self, key: str) -> Account | None:
        """Whose key this is."""
        return (self._members.owner(key) or (None, None))[1]

    def key_of(self, account: Account) -> str:
        """The account's first key, as it is told with its orders."""
        return next(iter(self._members.keys_of(account)), "")

    def owner(self, key: str, secret: str, passphrase: str) -> Account | None:
        """Who shows these, as its socket is told."""
        credentials, account = self._members.owner(key) or (None, None)
        return account if credentials == Credentials(key, secret, passphrase) else None

    def _who(self, headers: Mapping[str, str], method: str, path: str, body: bytes) -> Account | None:
        """Who has signed this call; `path` without its query."""
        credentials, account = self._members.owner(headers.get("poly_api_key", "")) or (None, None)
        if credentials is None or account is None or not self._is_fresh(headers):
            return None
        said = f"{headers['poly_timestamp']}{method}{path}".encode() + body
        digest = hmac.new(base64.urlsafe_b64decode(credentials.secret), said, hashlib.sha256).digest()
        signature = base64.urlsafe_b64encode(digest).decode()
        is_same = (
            hmac.compare_digest(signature, headers.get("poly_signature", ""))
            and headers.get("poly_passphrase", "") == credentials.passphrase
            and headers.get("poly_address", "").lower() == account.key
        )
        return account if is_same else None

    def _is_fresh(self, headers: Mapping[str, str]) -> bool:
        written = headers.get("poly_timestamp", "")
        late = abs(int(written) - self._clock().timestamp()) if written.isdecimal() else None
        return late is not None and late <= CLOCKS_DIFFER_BY.total_seconds()

    def _attested(self, headers: Mapping[str, str]) -> tuple[Account, int] | None:
        """Whose wallet has signed, and the number it gave."""
        address, nonce = headers.get("poly_address", ""), headers.get("poly_nonce", "0")
        account = self._members.account(address)
        if account is None or not nonce.isdecimal() or not self._is_fresh(headers):
            return None
        try:
            signature = bytes.fromhex(headers.get("poly_signature", "").removeprefix("0x"))
            wallet = wallet_of(address, headers["poly_timestamp"], int(nonce), signature)
        except (BadSignature, ValueError, binascii.Error):
            return None
        return (account, int(nonce)) if wallet == account.key else None

    async def _create(self, request: Request) -> Response:
        found = self._attested(request.headers)
        if found is None:
            return refusal(401, {"error": "Invalid L1 Request headers"})
        if self._members.credentials(*found):
            return refusal(400, {"error": "Could not create api key"})
        return _told(self._members.make_credentials(*found))

    async def _derive(self, request: Request) -> Response:
        found = self._attested(request.headers)
        if found is None:
            return refusal(401, {"error": "Invalid L1 Request headers"})
        known = self._members.credentials(*found)
        return _told(known) if known else refusal(400, {"error": "Could not derive api key!"})

    async def _list(self, account: Account, request: Request) -> Response:
        return said({"apiKeys": self._members.keys_of(account)})

    async def _revoke(self, account: Account, request: Request) -> Response:
        self._members.revoke(request.headers["poly_api_key"])
        return said("OK")

    async def _ban(self, account: Account, request: Request) -> Response:
        return said({"closed_only": False})


def said(payload: object) -> Response:
    """An answer; it is never the same twice, so nothing is said of when it changed."""
    return Response(encode(payload), media_type="application/json")


def _told(credentials: Credentials) -> Response:
    named = {"apiKey": credentials.key, "secret": credentials.secret, "passphrase": credentials.passphrase}
    return said(named)
