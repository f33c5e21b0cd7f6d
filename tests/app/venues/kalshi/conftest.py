"""A host that speaks Kalshi's formats, and a key for it."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from tests.app.venues.kalshi.desks import KEY
from tests.app.venues.kalshi.hosts import Host, open_host


@pytest.fixture
async def host() -> AsyncIterator[Host]:
    async with open_host() as opened:
        yield opened


@pytest.fixture
def key_file(tmp_path: Path) -> Path:
    file = tmp_path / "key.pem"
    file.write_bytes(KEY.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    file.chmod(0o600)
    return file
