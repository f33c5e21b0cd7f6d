"""Members of the simulated venues who sign for themselves, with nothing of ours."""

import base64
import hashlib
import hmac
import itertools
import json
import time
from collections.abc import Callable
from decimal import Decimal

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric.padding import MGF1, PSS
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

SIGNED = "/trade-api/v2"
SOCKET = "/trade-api/ws/v2"
KEY = generate_private_key(public_exponent=65537, key_size=2048)  # one is enough; to make it takes long


class KalshiTrader:
    """One account at Kalshi."""

    def __init__(
        self, client: httpx.AsyncClient, key_id: str, key: RSAPrivateKey = KEY, now: Callable[[], float] = time.time
    ) -> None:
        self.client = client
        self._now = now
        self.key_id = key_id
        self._key = key

    async def join(self, balance: str = "1000", **more: str) -> dict:
        pem = self._key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
        wish = {"venue": "kalshi", "key_id": self.key_id, "public_key": pem, "balance": balance, **more}
        answer = await self.client.post("/accounts", json=wish)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def headers(self, method: str, path: str, late: float = 0.0) -> dict[str, str]:
        at = str(int((self._now() - late) * 1000))
        signed = self._key.sign(f"{at}{method}{path}".encode(), PSS(MGF1(SHA256()), 32), SHA256())
        return {
            "KALSHI-ACCESS-KEY": self.key_id,
            "KALSHI-ACCESS-TIMESTAMP": at,
            "KALSHI-ACCESS-SIGNATURE": base64.b64encode(signed).decode(),
        }

    async def ask(self, method: str, path: str, body: object = None, **params: object) -> httpx.Response:
        content = None if body is None else json.dumps(body)
        return await self.client.request(
            method,
            f"/kalshi{SIGNED}{path}",
            headers=self.headers(method, SIGNED + path),
            content=content,
            params=params or None,
        )

    async def get(self, path: str, **params: object) -> dict:
        answer = await self.ask("GET", path, **params)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def order(self, ticker: str, side: str, count: str, price: str, **more: object) -> httpx.Response:
        wish = {
            "ticker": ticker,
            "side": side,
            "count": count,
            "price": price,
            "time_in_force": "immediate_or_cancel",
            "self_trade_prevention_type": "taker_at_cross",
        }
        return await self.ask("POST", "/portfolio/events/orders", {**wish, **more})

    async def truth(self) -> dict:
        return (await self.client.get(f"/accounts/{self.key_id}")).json()


_SALTS = itertools.count(time.time_ns() % 10**12)
ZEROS = "0x" + 64 * "0"
EXCHANGES = {False: "0xE111180000d2663C0091e4f400237545B87B996B", True: "0xe2222d279d744050d28e00520010520000310F59"}
_FIELDS = {
    "salt": "uint256",
    "maker": "address",
    "signer": "address",
    "tokenId": "uint256",
    "makerAmount": "uint256",
    "takerAmount": "uint256",
    "side": "uint8",
    "signatureType": "uint8",
    "timestamp": "uint256",
    "metadata": "bytes32",
    "builder": "bytes32",
}
_DOMAIN = {"name": "string", "version": "string", "chainId": "uint256"}
_AUTH = {"address": "address", "timestamp": "string", "nonce": "uint256", "message": "string"}


class ClobTrader:
    """One account at Polymarket, whose wallet a library of the chain's own holds."""

    def __init__(self, client: httpx.AsyncClient, number: int, now: Callable[[], float] = time.time) -> None:
        self.client = client
        self._now = now
        self.wallet = pytest.importorskip("eth_account").Account.from_key(number.to_bytes(32, "big"))
        self.address: str = self.wallet.address
        self.credentials: dict[str, str] = {}

    async def join(self, balance: str = "1000", **more: str) -> None:
        wish = {"venue": "polymarket", "address": self.address, "balance": balance, **more}
        answer = await self.client.post("/accounts", json=wish)
        assert answer.status_code == 200, answer.text
        for method, path in (("POST", "/auth/api-key"), ("GET", "/auth/derive-api-key")):
            answer = await self.client.request(method, f"/clob{path}", headers=self.attest())
            if answer.status_code == 200:
                self.credentials = answer.json()
                return
        raise AssertionError(answer.text)

    def attest(self, late: int = 0, **other: object) -> dict[str, str]:
        at = str(int(self._now()) - late)
        said = {"address": self.address, "timestamp": at, "nonce": 0, **other}
        said["message"] = "This message attests that I control the given wallet"
        domain = {"name": "ClobAuthDomain", "version": "1", "chainId": 137}
        signed = self._signed("ClobAuth", _AUTH, domain, _DOMAIN, said)
        return {"POLY_ADDRESS": self.address, "POLY_NONCE": "0", "POLY_TIMESTAMP": at, "POLY_SIGNATURE": signed[1]}

    def headers(self, method: str, path: str, body: str = "", late: int = 0) -> dict[str, str]:
        at = str(int(self._now()) - late)
        secret = base64.urlsafe_b64decode(self.credentials["secret"])
        digest = hmac.new(secret, f"{at}{method}{path}{body}".encode(), hashlib.sha256).digest()
        return {
            "POLY_ADDRESS": self.address,
            "POLY_API_KEY": self.credentials["apiKey"],
            "POLY_PASSPHRASE": self.credentials["passphrase"],
            "POLY_TIMESTAMP": at,
            "POLY_SIGNATURE": base64.urlsafe_b64encode(digest).decode(),
        }

    async def ask(self, method: str, path: str, body: object = None, **params: object) -> httpx.Response:
        content = "" if body is None else json.dumps(body, separators=(",", ":"))
        headers = self.headers(method, path, content)
        return await self.client.request(
            method, f"/clob{path}", headers=headers, content=content or None, params=params or None
        )

    async def get(self, path: str, **params: object) -> object:
        answer = await self.ask("GET", path, **params)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def signed_order(
        self, token: str, side: str, size: str, price: str, *, is_neg_risk: bool = False, **other: object
    ) -> tuple[str, dict]:
        """Its hash, and the order as it is sent."""
        shares, money = int(Decimal(size) * 10**6), int(Decimal(size) * Decimal(price) * 10**6)
        give, get = (money, shares) if side == "BUY" else (shares, money)
        order = {
            "salt": next(_SALTS),
            "maker": self.address,
            "signer": self.address,
            "tokenId": token,
            "makerAmount": str(give),
            "takerAmount": str(get),
            "side": side,
            "signatureType": 0,
            "timestamp": str(int(time.time() * 1000)),
            "metadata": ZEROS,
            "builder": ZEROS,
            **other,
        }
        said = {
            **order,
            **{name: int(order[name]) for name in ("tokenId", "makerAmount", "takerAmount", "timestamp")},
            "side": 0 if side == "BUY" else 1,
            "metadata": bytes(32),
            "builder": bytes(32),
        }
        domain = {"name": "Polymarket CTF Exchange", "version": "2", "chainId": 137}
        place = {"verifyingContract": EXCHANGES[is_neg_risk]}
        shape = {**_DOMAIN, "verifyingContract": "address"}
        name, signature = self._signed("Order", _FIELDS, {**domain, **place}, shape, said)
        return name, {**order, "expiration": "0", "signature": signature}

    async def order(
        self,
        token: str,
        side: str,
        size: str,
        price: str,
        kind: str = "FAK",
        *,
        post_only: bool = False,
        **more: object,
    ) -> dict:
        name, order = self.signed_order(token, side, size, price, **more)
        sent = {"order": order, "owner": self.credentials["apiKey"], "orderType": kind, "postOnly": post_only}
        answer = await self.ask("POST", "/order", sent)
        assert answer.status_code == 200, answer.text
        assert answer.json()["orderID"] == name
        return answer.json()

    async def truth(self) -> dict:
        return (await self.client.get(f"/accounts/{self.address}")).json()

    def _signed(self, kind: str, fields: dict, domain: dict, shape: dict, said: dict) -> tuple[str, str]:
        types = {"EIP712Domain": shape, kind: fields}
        listed = {name: [{"name": one, "type": of} for one, of in rows.items()] for name, rows in types.items()}
        message = {name: said[name] for name in fields}
        full = {"types": listed, "primaryType": kind, "domain": domain, "message": message}
        signed = self.wallet.sign_typed_data(full_message=full)
        return "0x" + signed.message_hash.hex(), "0x" + signed.signature.hex()
