"""Who may trade in the sandbox, and what they prove it with. Whoever runs it opens accounts over `/accounts`."""

import base64
import hashlib
import secrets
from collections.abc import Callable, Mapping

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from app.errors import StartRefused
from app.sandbox.accounts import Account, Holding, Order, Rounding, Settled
from app.sandbox.answers import refusal
from app.sandbox.desks import Desk
from app.sandbox.leagues import made_id
from app.sandbox.markets import Venue
from app.sandbox.messages import Message
from app.sandbox.numbers import BadNumber, money, plain, units
from app.sandbox.signatures import PublicKey, public_key_of


class Opening(msgspec.Struct, forbid_unknown_fields=True):
    """An account that is wished for: Kalshi's has a key with an id and its public half, Polymarket's an address, and
    perhaps a wallet that pays for it."""

    venue: Venue
    balance: str = "1000"
    key_id: str = ""
    public_key: str = ""
    address: str = ""
    funder: str = ""
    rounding: Rounding = "cents"


class Credentials(msgspec.Struct, frozen=True):
    """What Polymarket gives an account to sign its calls with."""

    key: str
    secret: str
    passphrase: str


class Members:
    """Every account of both venues."""

    def __init__(self, desks: Mapping[Venue, Desk]) -> None:
        self._desks = desks
        self._accounts: dict[str, Account] = {}
        self._keys: dict[str, PublicKey] = {}  # by id, of Kalshi's
        self._made: dict[tuple[str, int], Credentials] = {}
        self._credentials: dict[str, tuple[Credentials, Account]] = {}

    def public_key(self, key_id: str) -> PublicKey | None:
        return self._keys.get(key_id)

    def account(self, name: str) -> Account | None:
        """By key id or address."""
        return self._accounts.get(name.lower())

    def credentials(self, account: Account, nonce: int) -> Credentials | None:
        """Those that were made for an account with this number."""
        return self._made.get((account.id, nonce))

    def make_credentials(self, account: Account, nonce: int) -> Credentials:
        secret = base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()
        made = Credentials(made_id(f"{account.id}:{secret}"), secret, hashlib.sha256(secret.encode()).hexdigest())
        self._made[account.id, nonce] = made
        self._credentials[made.key] = made, account
        return made

    def keys_of(self, account: Account) -> list[str]:
        return [key for key, (_, whose) in self._credentials.items() if whose is account]

    def revoke(self, key: str) -> None:
        revoked, _ = self._credentials.pop(key)
        self._made = {whose: made for whose, made in self._made.items() if made is not revoked}

    def owner(self, key: str) -> tuple[Credentials, Account] | None:
        """Whose key of Polymarket's this is."""
        return self._credentials.get(key)

    def open(self, wish: Opening) -> Account:
        """The account; as it is, when it is there already. Raises StartRefused and BadNumber."""
        name = (wish.key_id if wish.venue == "kalshi" else wish.address).lower()
        if not name or (wish.venue == "kalshi" and not wish.public_key):
            raise StartRefused("An account needs key_id and public_key (Kalshi), or address (Polymarket).", remedy="")
        if name in self._accounts:
            return self._accounts[name]
        deposited = units(wish.balance, 1_000_000)
        if wish.venue == "kalshi":
            self._keys[name] = public_key_of(wish.public_key.encode(), "public_key")
        account = Account(
            id=name,
            venue=wish.venue,
            key=name,
            pays_from=wish.funder.lower() or name,
            deposited=deposited,
            rounding=wish.rounding,
        )
        self._accounts[name] = account
        self._desks[wish.venue].accounts.append(account)
        return account

    def routes(self) -> list[Route]:
        """The control side: no venue has it."""
        return [
            Route("/accounts", self._open, methods=["POST"]),
            Route("/accounts", self._list, methods=["GET"]),
            Route("/accounts/{name}", self._show, methods=["GET"]),
            Route("/accounts/{name}/deposits", self._deposit, methods=["POST"]),
        ]

    async def _open(self, request: Request) -> Response:
        try:
            account = self.open(msgspec.json.decode(await request.body(), type=Opening))
        except (msgspec.DecodeError, StartRefused, BadNumber) as error:
            return refusal(422, {"error": str(error)})
        return _json(told(account))

    async def _list(self, request: Request) -> Response:
        return _json({"accounts": [told(account) for account in self._accounts.values()]})

    async def _show(self, request: Request) -> Response:
        return self._with(request, lambda account: _json({**told(account), **in_full(account)}))

    async def _deposit(self, request: Request) -> Response:
        body = msgspec.json.decode(await request.body(), type=dict[str, str])

        def deposit(account: Account) -> Response:
            try:
                account.deposited += units(body.get("amount", ""), 1_000_000)
            except BadNumber as error:
                return refusal(422, {"error": str(error)})
            return _json(told(account))

        return self._with(request, deposit)

    def _with(self, request: Request, do: Callable[[Account], Response]) -> Response:
        account = self.account(request.path_params["name"])
        if account is None:
            return refusal(404, {"error": "no such account"})
        self._desks[account.venue].catch_up()
        return do(account)


def told(account: Account) -> Message:
    """An account as the control side tells it."""
    return {
        "id": account.id,
        "venue": account.venue,
        "deposited": money(account.deposited),
        "cash": money(account.cash),
        "free": money(account.free),
        "orders": len(account.orders),
        "fills": sum(fill.stage != "failed" for fill in account.fills),
        "simulated": True,
    }


def in_full(account: Account) -> Message:
    """Everything it has: the truth that a journal is held against."""
    return {
        "holdings": {key: _held(holding) for key, holding in account.holdings.items()},
        "all_orders": [_asked(order) for order in account.orders.values()],
        "settlements": [_paid(one) for one in account.settlements],
    }


def _held(holding: Holding) -> Message:
    named = {"cost": holding.cost, "realised": holding.realised, "fees": holding.fees}
    return {"size": plain(holding.size, 2), **{name: money(amount) for name, amount in named.items()}}


def _asked(order: Order) -> Message:
    return {
        "id": order.id,
        "name": order.name,
        "market": order.market.id,
        "status": order.status,
        "size": plain(order.size, 2),
        "filled": plain(order.filled, 2),
        "fills": [fill.id for fill in order.fills if fill.stage != "failed"],
        "undone": [fill.id for fill in order.fills if fill.stage == "failed"],
        "reason": order.reason,
    }


def _paid(settled: Settled) -> Message:
    return {
        "market": settled.market.id,
        "size": plain(settled.size, 2),
        "pays": plain(settled.pays, 4),
        "payout": money(settled.payout),
    }


def _json(payload: Message) -> Response:
    return Response(msgspec.json.encode(payload), media_type="application/json")
