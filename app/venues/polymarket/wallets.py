"""The key to a wallet, and what is signed with it. It is read once, and never shown: not in an error, not in a log."""

import base64
import hashlib
import hmac
from typing import NamedTuple

from coincurve import PrivateKey

from app.errors import SettingsRefused
from app.settings import PolymarketSettings
from app.venues.polymarket.typed_data import TypedOrder, attestation, checksummed, digest_to_sign, hashed, sealed
from app.venues.secret_files import read_secret

_DIGITS = 64
_RECOVERY = 27  # what Ethereum adds to the last byte of a signature
_REMEDY = "It is 64 hexadecimal digits, in POLYMARKET__PRIVATE_KEY_FILE or POLYMARKET__PRIVATE_KEY."


class Wallet:
    """Signs for one address. Raises SettingsRefused for what is no key."""

    __slots__ = ("_key", "address")

    def __init__(self, written: str) -> None:
        digits = written.strip().removeprefix("0x")
        try:
            if len(digits) != _DIGITS:
                raise ValueError
            self._key = PrivateKey(bytes.fromhex(digits))
        except ValueError:  # what it says may quote the key
            raise SettingsRefused("the key to the wallet cannot be one", remedy=_REMEDY) from None
        self.address = checksummed(hashed(self._key.public_key.format(compressed=False)[1:])[-20:])

    def sign_order(self, order: TypedOrder, exchange: str) -> str:
        """As the venue takes it, in hexadecimal digits."""
        return "0x" + sealed(self._sign(digest_to_sign(order, exchange)), order, exchange).hex()

    def attest(self, timestamp: int, nonce: int = 0) -> dict[str, str]:
        """The headers that prove to whom the wallet belongs. `timestamp`: unix seconds."""
        return {
            "POLY_ADDRESS": self.address,
            "POLY_SIGNATURE": "0x" + self._sign(attestation(self.address, timestamp, nonce)).hex(),
            "POLY_TIMESTAMP": str(timestamp),
            "POLY_NONCE": str(nonce),
        }

    def _sign(self, digest: bytes) -> bytes:
        signature = self._key.sign_recoverable(digest, hasher=None)
        return bytes(signature[:-1] + bytes([signature[-1] + _RECOVERY]))


class Credentials(NamedTuple):
    """What the venue gives to sign calls with."""

    key: str
    secret: str
    passphrase: str

    def __repr__(self) -> str:
        return "Credentials(…)"

    def headers(self, address: str, timestamp: int, method: str, path: str, body: bytes) -> dict[str, str]:
        """For one call. `timestamp`: unix seconds; `path`: without its query. Raises SettingsRefused for a secret that
        is none."""
        return {
            "POLY_ADDRESS": address,
            "POLY_API_KEY": self.key,
            "POLY_PASSPHRASE": self.passphrase,
            "POLY_TIMESTAMP": str(timestamp),
            "POLY_SIGNATURE": self._signature(f"{timestamp}{method}{path}".encode() + body),
        }

    def _signature(self, message: bytes) -> str:
        try:
            secret = base64.urlsafe_b64decode(self.secret + "=" * (-len(self.secret) % 4))
        except ValueError:
            raise SettingsRefused("Polymarket has given a secret that cannot be read") from None
        return base64.urlsafe_b64encode(hmac.new(secret, message, hashlib.sha256).digest()).decode()


def open_wallet(settings: PolymarketSettings) -> Wallet:
    """Raises SettingsRefused where there is no key, or a file that others can read."""
    if settings.private_key is not None:
        return Wallet(settings.private_key.get_secret_value())
    if settings.private_key_file is None:
        raise SettingsRefused("orders at Polymarket want a key: set POLYMARKET__PRIVATE_KEY_FILE", remedy=_REMEDY)
    return Wallet(read_secret(settings.private_key_file))
