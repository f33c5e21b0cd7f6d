"""Members of the simulated venues who sign for themselves, with nothing of ours."""

import base64
import json
import time

import httpx
from cryptography.hazmat.primitives.asymmetric.padding import MGF1, PSS
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

SIGNED = "/trade-api/v2"
SOCKET = "/trade-api/ws/v2"
KEY = generate_private_key(public_exponent=65537, key_size=2048)  # one is enough; to make it takes long


class KalshiTrader:
    """One account at Kalshi."""

    def __init__(self, client: httpx.AsyncClient, key_id: str, key: RSAPrivateKey = KEY) -> None:
        self.client = client
        self.key_id = key_id
        self._key = key

    async def join(self, balance: str = "1000", **more: str) -> dict:
        pem = self._key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
        wish = {"venue": "kalshi", "key_id": self.key_id, "public_key": pem, "balance": balance, **more}
        answer = await self.client.post("/accounts", json=wish)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def headers(self, method: str, path: str, late: float = 0.0) -> dict[str, str]:
        at = str(int((time.time() - late) * 1000))
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
