"""The key that the platform signs with towards the sandbox: made here, good for nothing else."""

import os
from pathlib import Path

import msgspec
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from app.embedded.places import refusing

KEY_ID = "5a4db0c5-0000-4000-8000-73616e64626f"  # any will do


class SigningKey(msgspec.Struct, frozen=True):
    """Where the two halves are."""

    private_file: Path
    public_file: Path


def make_signing_key(data_dir: Path) -> SigningKey:
    """A new RSA key in the data directory, its private half for the owner's eyes only. Raises StartRefused."""
    key = generate_private_key(public_exponent=65537, key_size=2048)
    made = SigningKey(data_dir / "sandbox-kalshi.key", data_dir / "sandbox-kalshi.pub")
    with refusing(data_dir):
        data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        made.private_file.unlink(missing_ok=True)
        opened = os.open(made.private_file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(opened, "wb") as private:
            private.write(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        made.public_file.write_bytes(key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    return made
