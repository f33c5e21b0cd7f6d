"""Kalshi's signed handshake, as the venue checks it."""

import base64
import binascii
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.padding import MGF1, PSS
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from app.errors import StartRefused

CLOCKS_DIFFER_BY = timedelta(seconds=10)

PublicKey = RSAPublicKey | Ed25519PublicKey


def read_public_key(file: Path) -> PublicKey:
    """The key whose signatures are taken. Raises StartRefused."""
    try:
        written = file.read_bytes()
    except OSError as error:
        raise StartRefused(f"{file} cannot be read: {error.strerror}", remedy="Name the public key's file.") from error
    return public_key_of(written, str(file))


def public_key_of(written: bytes, named: str) -> PublicKey:
    """The same from PEM. Raises StartRefused."""
    try:
        key = load_pem_public_key(written)
    except ValueError as error:
        raise StartRefused(f"{named} is no public key: {error}", remedy="Give an RSA or Ed25519 key as PEM.") from error
    if not isinstance(key, RSAPublicKey | Ed25519PublicKey):
        raise StartRefused(f"{named} is of a kind that Kalshi does not take", remedy="Give an RSA or Ed25519 key.")
    return key


def is_signed(key: PublicKey, headers: Mapping[str, str], method: str, path: str, now: datetime) -> bool:
    """Whether these headers hold a signature of this call by this key, made about now."""
    written, signature = headers.get("kalshi-access-timestamp", ""), headers.get("kalshi-access-signature", "")
    if not headers.get("kalshi-access-key") or not written.isdecimal():
        return False
    if abs(int(written) / 1000 - now.timestamp()) > CLOCKS_DIFFER_BY.total_seconds():
        return False
    message = f"{written}{method}{path}".encode()
    try:
        signed = base64.b64decode(signature, validate=True)
        if isinstance(key, RSAPublicKey):
            key.verify(signed, message, PSS(MGF1(SHA256()), SHA256.digest_size), SHA256())
        else:
            key.verify(signed, message)
    except (InvalidSignature, binascii.Error):
        return False
    return True
