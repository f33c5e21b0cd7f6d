"""What stands in a page for something of the reader's own, and what it is beside the platform of these tests: ports,
ids of games, contracts, keys, runs and trades, how long is waited and how much is tried."""

import json
import re
import shlex
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from app.clock import wall_clock
from tests.platform.platforms import Json, Platform, eventually

TOLD = {"overtime", "window", "late", "cancelled"}
EVEN, MIDDLING = 0.4, 0.8  # dollars
ADDRESS = "0x" + "ab" * 20


class StandIns:
    """Each is looked up when a command is about to be typed: what a page made before may be it."""

    def __init__(self, up: Platform) -> None:
        self._up = up
        self._meanings: Mapping[str, Callable[[], str]] = {
            r"(?:localhost|127\.0\.0\.1):8000": lambda: f"127.0.0.1:{up.port}",
            r"localhost:8100": lambda: up.sandbox_url().removeprefix("http://"),
            r"(?<=examples/)(\w+\.py)": lambda: rf"\1 --url http://127.0.0.1:{up.port}",
            r"(?<=examples/)(first_bot\.py)": lambda: rf"\1 {shlex.quote(team_to_buy(up))}",
            r"401810365": lambda: self.game,
            r"kalshi:…:yes": lambda: self.contract,
            r"m-9f31c2aa07be-0": self._resting,
            r"0f3a9c2b7d51": self._key_id,
            r"20261122T231502-4711": self._run,
            r"3f9a1c07be-41": self._trade,
            r'(?<="rules_hash":")…': self._rules_hash,
            r"(?<=--day )2026-11-22": lambda: f"{wall_clock():%Y-%m-%d}",
            r"-----BEGIN PUBLIC KEY-----\.\.\.": lambda: PUBLIC_KEY,
            r"0x\.\.\.": lambda: ADDRESS,
            r"--for 5m": lambda: "--for 2s",
            r"(?<=--sweep risk.kelly=)0.05,0.1,0.25": lambda: "0.25",
            r'"version":0': lambda: f'"version":{up.get("/risk")["version"]}',
        }

    def put_into(self, text: str) -> str:
        """The text as the reader types it here."""
        for written, meaning in self._meanings.items():
            if re.search(written, text):
                text = re.sub(written, meaning().replace("\\n", "\\\\n"), text)
        return text

    def is_well(self) -> bool:
        """Every worker that anybody knows of is running."""
        return all(each["state"] == "running" for each in self._up.get("/health/workers")["workers"])

    @property
    def game(self) -> str:
        """A live game of which something may be bought at Kalshi now."""
        return self._open()[0]

    @property
    def contract(self) -> str:
        """What may be bought there."""
        return self._open()[1]

    def _open(self) -> tuple[str, str]:
        def find() -> tuple[str, str] | None:
            for game, said in open_games(self._up):
                for each in said["contracts"]:
                    if (each["venue"], each["verdict"]) == ("kalshi", "tradable") and is_open(each["quote"]):
                        return game, str(each["contract_id"])
            return None

        found = eventually(find)
        assert found is not None, "nothing may be bought in any live game"
        return found

    def _key_id(self) -> str:
        keys = self._up.http.get("/keys", headers=self._up.key).json()
        return next(str(key["id"]) for key in keys if key["name"] == "my-bot" and not key["revoked_at"])

    def _resting(self) -> str:
        """An order of which more may come."""
        return str(eventually(lambda: self._up.get("/orders?unsettled=true&account=manual")["items"])[0]["id"])

    def _run(self) -> str:
        """The newest of this platform that is written to."""
        runs = eventually(lambda: sorted(each.name for each in (self._up.data_dir / "tape").iterdir()))
        return max(runs, key=lambda name: (self._up.data_dir / "tape" / name).stat().st_mtime)

    def _trade(self) -> str:
        """One that the log speaks of."""

        def find() -> list[str]:
            logs = "".join(path.read_text() for path in Path(self._up.data_dir / "logs").glob("*.log"))
            return re.findall(r'\btrace(?:=|":")([^\s"]+)', logs)  # as text, which this platform writes, or as JSON

        return eventually(find)[-1]

    def _rules_hash(self) -> str:
        """Of a text in which nothing is missing but what the page says of it."""

        def find() -> list[str]:
            texts = self._up.get("/rules/texts")["items"]
            return [
                each["rules_hash"] for each in texts if "overtime" in each["missing"] and {*each["missing"]} <= TOLD
            ]

        return eventually(find)[0]


def team_to_buy(up: Platform) -> str:
    """Whose contracts will still be on offer, and no dearer than a bot pays, when it gets to them."""

    def find() -> str | None:
        asks = {
            float(quote["ask"]): str(said["proposition"]["team"])
            for _, said in open_games(up)
            for quote in (each["quote"] for each in said["contracts"] if each["polarity"] == "yes")
            if is_open(quote)
        }
        return asks[min(asks, key=lambda ask: abs(ask - EVEN))] if asks else None

    found = eventually(find)
    assert found is not None
    return found


def open_games(up: Platform) -> Iterator[tuple[str, Json]]:
    """Of live games at both venues: the id, and who may win it, with contracts and quotes."""
    for game in up.get("/games?status=live&limit=500")["items"]:
        if len(game["venues"]) > 1:
            for said in up.get(f"/games/{game['id']}/prices")["propositions"]:
                if said["proposition"]["kind"] == "moneyline":
                    yield game["id"], said


def is_open(quote: Json) -> bool:
    """It may be bought, and nobody knows yet how the game ends."""
    return bool(quote and quote["state"] == "fresh" and quote["ask"] and 0.1 < float(quote["ask"]) < MIDDLING)


def _public_key() -> str:
    """In PEM, as a JSON text holds it."""
    key = rsa.generate_private_key(65537, 2048).public_key()
    return json.dumps(key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode())[1:-1]


PUBLIC_KEY = _public_key()
