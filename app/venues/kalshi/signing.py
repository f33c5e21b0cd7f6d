"""Kalshi's signature: who asks, when, and for what, under a private key that never leaves this process."""

import base64
from collections.abc import Callable
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.padding import MGF1, PSS
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from app.domain.prices import MILLISECOND, Nanos
from app.errors import SettingsRefused
from app.venues.secret_files import refuse_open_file

LARGEST_KEY_FILE = 64 * 1024  # bytes

_PADDING = PSS(mgf=MGF1(SHA256()), salt_length=SHA256.digest_size)
_REMEDY = "KALSHI__PRIVATE_KEY_FILE names the PEM file that came with the key: RSA or Ed25519, without a password."


class Signer:
    """Signs for one key. The key file is read once, when the signer is made: raises SettingsRefused, which names what
    is wrong with the file and nothing of what is in it. A file that others can read is of no use."""

    def __init__(self, key_id: str, private_key_file: Path) -> None:
        self._key_id = key_id
        self._sign = _signature(_read_key(private_key_file))
        refuse_open_file(private_key_file)

    def headers(self, method: str, path: str, now: Nanos) -> dict[str, str]:
        """For one request or handshake, made when it is sent. `path`: from `/trade-api/v2` on; without its query."""
        timestamp = str(now // MILLISECOND)
        signature = self._sign(f"{timestamp}{method}{path.partition('?')[0]}".encode())
        return {
            "KALSHI-ACCESS-KEY": self._key_id,
            "KALSHI-ACCESS-TIMESTAMP": timestamp,
            "KALSHI-ACCESS-SIGNATURE": base64.b64encode(signature).decode(),
        }


def _signature(key: RSAPrivateKey | Ed25519PrivateKey) -> Callable[[bytes], bytes]:
    if isinstance(key, Ed25519PrivateKey):
        return key.sign
    return lambda message: key.sign(message, _PADDING, SHA256())


def _read_key(file: Path) -> RSAPrivateKey | Ed25519PrivateKey:
    try:
        with file.open("rb") as opened:
            written = opened.read(LARGEST_KEY_FILE + 1)
    except OSError as error:
        raise _refused(file, error.strerror or "it cannot be read") from None
    if len(written) > LARGEST_KEY_FILE:
        raise _refused(file, "it is too large for a key")
    if b"ENCRYPTED" in written:
        raise _refused(file, "it is locked with a password")
    try:
        key = load_pem_private_key(written, password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):  # what they say may quote the file
        raise _refused(file, "there is no PEM private key in it") from None
    if not isinstance(key, RSAPrivateKey | Ed25519PrivateKey):
        raise _refused(file, "its key is neither RSA nor Ed25519")
    return key


def _refused(file: Path, what: str) -> SettingsRefused:
    return SettingsRefused(f"the private key file {file.name} is of no use: {what}", remedy=_REMEDY)
