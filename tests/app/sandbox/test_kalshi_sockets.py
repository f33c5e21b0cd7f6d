"""Kalshi's socket over a real connection, followed by a client that knows nothing of the sandbox."""

import base64
import json
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric.padding import MGF1, PSS
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from websockets.exceptions import InvalidStatus

from tests.app.sandbox.followers import (
    KALSHI,
    KALSHI_SOCKET,
    KalshiBook,
    best,
    kalshi_tickers,
    opened,
    said_until,
    told,
    true_levels,
)
from tests.app.sandbox.servers import running

SERIES = ("KXNBAGAME", "KXNFLGAME", "KXEPLGAME", "KXNBASPREAD")


@pytest.fixture(scope="module")
def base_url() -> Iterator[str]:
    with running(seed=7, speed=30) as url:
        yield url


def command(number: int, name: str, **params: object) -> str:
    return json.dumps({"id": number, "cmd": name, "params": params})


async def tickers_of(client: httpx.AsyncClient) -> list[str]:
    return [ticker for series in SERIES for ticker in await kalshi_tickers(client, series)]


async def test_book_made_of_the_frames_is_the_true_one_at_each_frame(base_url: str, client: httpx.AsyncClient) -> None:
    tickers, books, seq, deltas, sid = await tickers_of(client), {}, 0, 0, 0
    async with opened(base_url, KALSHI_SOCKET) as socket:
        await socket.send(command(1, "subscribe", channels=["orderbook_delta"], market_tickers=tickers))
        while deltas < 300:
            frame = await told(socket)
            if frame["type"] == "subscribed":
                sid = frame["msg"]["sid"]
                continue
            seq += 1
            assert (frame["sid"], frame["seq"]) == (sid, seq)
            ticker = frame["msg"]["market_ticker"]
            if frame["type"] == "orderbook_snapshot":
                books[ticker] = KalshiBook(frame["msg"])
            else:
                books[ticker].take(frame["msg"])
                deltas += 1
            bid, ask = best(books[ticker].levels())
            assert bid < ask
            assert books[ticker].levels() == await true_levels(client, "kalshi", ticker, sid=sid, seq=seq)
    assert set(books) == set(tickers)


async def test_rest_shows_the_book_of_the_socket_and_of_the_listing(base_url: str, client: httpx.AsyncClient) -> None:
    tickers = await kalshi_tickers(client, "KXNFLSPREAD")  # few move while we look
    async with opened(base_url, KALSHI_SOCKET) as socket:
        await socket.send(command(1, "subscribe", channels=["orderbook_delta"], market_tickers=tickers))
        frames = await said_until(socket, lambda frame: frame.get("seq") == len(tickers))
        answer = await client.get(f"{KALSHI}/markets/orderbooks", params={"tickers": tickers})
    shown = {one["ticker"]: one["orderbook_fp"] for one in answer.json()["orderbooks"]}
    snapshots = [frame["msg"] for frame in frames if frame["type"] == "orderbook_snapshot"]
    same = [one for one in snapshots if shown[one["market_ticker"]]["yes_dollars"] == one["yes_dollars_fp"]]
    assert len(same) > len(tickers) / 2
    for ticker in tickers[:5]:
        one = (await client.get(f"{KALSHI}/markets/{ticker}/orderbook")).json()["orderbook_fp"]
        cut = (await client.get(f"{KALSHI}/markets/{ticker}/orderbook?depth=2")).json()["orderbook_fp"]
        assert one["yes_dollars"] == sorted(one["yes_dollars"])
        assert cut["no_dollars"] == one["no_dollars"][-2:]
        market = (await client.get(f"{KALSHI}/markets/{ticker}")).json()["market"]
        assert abs(float(market["yes_bid_dollars"]) - float((one["yes_dollars"] or [["0"]])[-1][0])) < 0.15


async def test_books_over_rest_refuse_what_kalshi_refuses(client: httpx.AsyncClient) -> None:
    assert (await client.get(f"{KALSHI}/markets/KXNONE/orderbook")).status_code == 404
    assert (await client.get(f"{KALSHI}/markets/orderbooks")).status_code == 400
    many = ",".join(f"T{number}" for number in range(101))
    assert (await client.get(f"{KALSHI}/markets/orderbooks?tickers={many}")).status_code == 400
    assert (await client.get(f"{KALSHI}/markets/orderbooks?tickers=T1,T2")).json() == {"orderbooks": []}


async def test_subscription_is_changed_as_recorded(base_url: str, client: httpx.AsyncClient) -> None:
    first, second, third = (await kalshi_tickers(client, "KXNBATOTAL"))[:3]
    async with opened(base_url, KALSHI_SOCKET) as socket:
        await socket.send(command(1, "subscribe", channels=["orderbook_delta"], market_tickers=[first]))
        frames = await said_until(socket, lambda frame: frame["type"] == "orderbook_snapshot")
        sid = frames[0]["msg"]["sid"]
        assert frames[0] == {"type": "subscribed", "id": 1, "msg": {"channel": "orderbook_delta", "sid": sid}}

        add = {"sids": [sid], "market_tickers": [third, second], "action": "add_markets"}
        await socket.send(command(2, "update_subscription", **add))
        frames = await said_until(
            socket, lambda one: one["type"] == "orderbook_snapshot" and one["msg"]["market_ticker"] == second
        )
        answer = next(frame for frame in frames if frame["type"] == "ok")
        assert answer["msg"] == {"market_tickers": sorted([first, second, third])}
        assert (answer["sid"], answer["id"]) == (sid, 2)
        assert answer["seq"] < frames[-1]["seq"]

        await socket.send(command(3, "update_subscription", sid=sid, market_tickers=[first], action="get_snapshot"))
        await said_until(
            socket, lambda one: one["type"] == "orderbook_snapshot" and one["msg"]["market_ticker"] == first
        )

        await socket.send(command(4, "update_subscription", sid=sid, market_tickers=[first], action="delete_markets"))
        frames = await said_until(socket, lambda frame: frame.get("id") == 4)
        assert frames[-1]["msg"] == {"market_tickers": sorted([second, third])}

        await socket.send(json.dumps({"id": 5, "cmd": "list_subscriptions"}))
        frames = await said_until(socket, lambda frame: frame.get("id") == 5)
        assert frames[-1] == {"type": "ok", "id": 5, "msg": [{"channel": "orderbook_delta", "sid": sid}]}

        await socket.send(command(6, "unsubscribe", sids=[sid]))
        frames = await said_until(socket, lambda frame: frame.get("id") == 6)
        assert (frames[-1]["type"], frames[-1]["sid"]) == ("unsubscribed", sid)

        await socket.send(command(7, "subscribe", channels=["ticker"], market_tickers=[first]))
        assert (await said_until(socket, lambda frame: frame.get("id") == 7))[-1]["msg"]["sid"] > sid


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        ("no json", 1),
        ('{"id":1,"cmd":"subscribe"}', 2),
        (command(1, "subscribe"), 3),
        (command(1, "unsubscribe"), 4),
        (command(1, "dance"), 5),
        (command(1, "unsubscribe", sids=[999_999]), 7),
        (command(1, "subscribe", channels=["weather"]), 8),
        ('{"id":1,"cmd":"subscribe","params":{"channels":"ticker"}}', 11),
        (command(1, "update_subscription", sids=[1, 2], action="add_markets"), 12),
        (command(1, "subscribe", channels=["orderbook_delta"]), 14),
    ],
)
async def test_command_is_refused_with_kalshis_code(base_url: str, sent: str, code: int) -> None:
    async with opened(base_url, KALSHI_SOCKET) as socket:
        await socket.send(sent)
        answer = await told(socket)
        assert (answer["type"], answer["msg"]["code"]) == ("error", code)


async def test_change_of_a_subscription_needs_an_action_and_markets(base_url: str, client: httpx.AsyncClient) -> None:
    async with opened(base_url, KALSHI_SOCKET) as socket:
        await socket.send(command(1, "subscribe", channels=["trade"]))
        sid = (await told(socket))["msg"]["sid"]
        for params, code in (
            ({"market_tickers": ["A"]}, 15),
            ({"market_tickers": ["A"], "action": "paint"}, 13),
            ({"action": "add_markets"}, 14),
        ):
            await socket.send(command(2, "update_subscription", sids=[sid], **params))
            frames = await said_until(socket, lambda frame: frame["type"] == "error")
            assert frames[-1]["msg"]["code"] == code


async def test_best_prices_and_trades_agree_with_the_book(base_url: str, client: httpx.AsyncClient) -> None:
    tickers, books, seen = await tickers_of(client), {}, {"ticker": 0, "trade": 0}
    channels = ["orderbook_delta", "ticker", "trade"]
    async with opened(base_url, KALSHI_SOCKET) as socket:
        await socket.send(command(1, "subscribe", channels=channels, market_tickers=tickers))
        while min(seen.values()) < 6:
            frame = await told(socket)
            message = frame["msg"]
            if frame["type"] == "orderbook_snapshot":
                books[message["market_ticker"]] = KalshiBook(message)
            elif frame["type"] == "orderbook_delta":
                books[message["market_ticker"]].take(message)
            elif frame["type"] == "ticker" and message["market_ticker"] in books:
                seen["ticker"] += 1
                bid, ask = best(books[message["market_ticker"]].levels())
                assert (float(message["yes_bid_dollars"]), float(message["yes_ask_dollars"])) == (
                    float(bid),
                    float(ask),
                )
            elif frame["type"] == "trade":
                seen["trade"] += 1
                bid, ask = best(books[message["market_ticker"]].levels())
                at = float(message["yes_price_dollars"])
                assert at in (float(bid), float(ask))
                assert message["taker_outcome_side"] == ("no" if at == float(bid) else "yes")


class Signer:
    """Signs as the venue's clients do."""

    def __init__(self, folder: Path) -> None:
        self._key = generate_private_key(public_exponent=65537, key_size=2048)
        self.public_file = folder / "kalshi.pub"
        pem = self._key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        self.public_file.write_bytes(pem)

    def headers(self, path: str = "/trade-api/ws/v2", late: float = 0.0) -> dict[str, str]:
        at = str(int((time.time() - late) * 1000))
        signed = self._key.sign(f"{at}GET{path}".encode(), PSS(MGF1(SHA256()), 32), SHA256())
        written = base64.b64encode(signed).decode()
        return {
            "KALSHI-ACCESS-KEY": "a-key",
            "KALSHI-ACCESS-TIMESTAMP": at,
            "KALSHI-ACCESS-SIGNATURE": written,
        }


async def test_handshake_must_be_signed_when_a_key_is_known(tmp_path: Path) -> None:
    stranger, signer = Signer(tmp_path), Signer(tmp_path)
    with running(kalshi_public_key=signer.public_file) as url:
        async with opened(url, KALSHI_SOCKET, additional_headers=signer.headers()) as socket:
            await socket.send(json.dumps({"id": 1, "cmd": "list_subscriptions"}))
            assert (await told(socket))["msg"] == []
        wrong = ({}, stranger.headers(), signer.headers(path="/trade-api/v2/ws"), signer.headers(late=120))
        for headers in wrong:
            with pytest.raises(InvalidStatus) as refused:
                async with opened(url, KALSHI_SOCKET, additional_headers=headers):
                    pass
            assert refused.value.response.status_code == 401
