"""Signatures that the public key accepts, and key files that are of no use."""

import base64
from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.padding import MGF1, PSS
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    KeySerializationEncryption,
    NoEncryption,
    PrivateFormat,
)
from kalshi_python_async.auth import KalshiAuth

from app.domain.prices import Nanos
from app.errors import SettingsRefused
from app.venues.kalshi.signing import Signer

NOW = Nanos(1_763_850_000_123_456_789)
PATH = "/trade-api/ws/v2"
Key = RSAPrivateKey | Ed25519PrivateKey
Check = Callable[[bytes, bytes], None]


@pytest.fixture(scope="module")
def rsa_key() -> RSAPrivateKey:
    return generate_private_key(65537, 2048)


@pytest.fixture(params=["rsa", "ed25519"])
def key(request: pytest.FixtureRequest, rsa_key: RSAPrivateKey) -> Key:
    return rsa_key if request.param == "rsa" else Ed25519PrivateKey.generate()


def check_of(key: Key) -> Check:
    """Raises InvalidSignature unless the second is the signature of the first."""
    if isinstance(key, RSAPrivateKey):
        padding = PSS(mgf=MGF1(SHA256()), salt_length=32)
        return lambda message, signature: key.public_key().verify(signature, message, padding, SHA256())
    return lambda message, signature: key.public_key().verify(signature, message)


def written(
    folder: Path, key: Key | ec.EllipticCurvePrivateKey, lock: KeySerializationEncryption | None = None
) -> Path:
    file = folder / "key.pem"
    file.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, lock or NoEncryption()))
    file.chmod(0o600)
    return file


def test_the_public_key_accepts_time_method_and_path(key: Key, tmp_path: Path) -> None:
    headers = Signer("my-key", written(tmp_path, key)).headers("GET", f"{PATH}?depth=1", NOW)
    assert headers["KALSHI-ACCESS-KEY"] == "my-key"
    assert headers["KALSHI-ACCESS-TIMESTAMP"] == "1763850000123"
    signature = base64.b64decode(headers["KALSHI-ACCESS-SIGNATURE"])
    check_of(key)(f"1763850000123GET{PATH}".encode(), signature)


@pytest.mark.parametrize(
    "other", ["1763850000124GET/trade-api/ws/v2", "1763850000123POST/trade-api/ws/v2", "1763850000123GET/ws/v2"]
)
def test_the_public_key_refuses_everything_else(key: Key, tmp_path: Path, other: str) -> None:
    headers = Signer("my-key", written(tmp_path, key)).headers("GET", PATH, NOW)
    with pytest.raises(InvalidSignature):
        check_of(key)(other.encode(), base64.b64decode(headers["KALSHI-ACCESS-SIGNATURE"]))


def test_the_old_form_of_an_rsa_key_is_read_too(rsa_key: RSAPrivateKey, tmp_path: Path) -> None:
    file = tmp_path / "key.pem"
    file.write_bytes(rsa_key.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption()))
    file.chmod(0o600)
    assert Signer("my-key", file).headers("GET", PATH, NOW)


def test_the_key_file_is_read_once(key: Key, tmp_path: Path) -> None:
    file = written(tmp_path, key)
    signer = Signer("my-key", file)
    file.unlink()
    assert signer.headers("GET", PATH, NOW)


def test_the_name_of_the_problem_is_told_and_nothing_of_the_file(rsa_key: RSAPrivateKey, tmp_path: Path) -> None:
    cut_off = written(tmp_path, rsa_key).read_bytes()[:800]
    (tmp_path / "cut.pem").write_bytes(cut_off)
    (tmp_path / "text.pem").write_text("my secret poem")
    (tmp_path / "large.pem").write_bytes(b"x" * 100_000)
    (tmp_path / "folder.pem").mkdir()
    wrong = {
        tmp_path / "absent.pem": "No such file",
        tmp_path / "folder.pem": "directory",
        tmp_path / "cut.pem": "no PEM private key",
        tmp_path / "text.pem": "no PEM private key",
        tmp_path / "large.pem": "too large",
        written(tmp_path, rsa_key, BestAvailableEncryption(b"password")): "password",
    }
    for file, words in wrong.items():
        with pytest.raises(SettingsRefused, match=words) as refused:
            Signer("my-key", file)
        said = f"{refused.value} {refused.value.remedy}"
        assert file.name in said
        assert "KALSHI__PRIVATE_KEY_FILE" in said
        assert not any(line in said for line in cut_off.decode().splitlines()[1:])
        assert "poem" not in said


def test_a_key_of_another_kind_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsRefused, match="neither RSA nor Ed25519"):
        Signer("my-key", written(tmp_path, ec.generate_private_key(ec.SECP256R1())))


class _Recording:
    """A private key in whose place the venue's own client is given this: it keeps what is to be signed, and how."""

    def __init__(self) -> None:
        self.asked: tuple[bytes, PSS, SHA256] | None = None

    def sign(self, message: bytes, padding: PSS, algorithm: SHA256) -> bytes:
        self.asked = message, padding, algorithm
        return b""


@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
def test_our_signature_is_one_of_what_the_venues_own_client_signs(
    method: str, rsa_key: RSAPrivateKey, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kalshi_python_async.auth.time.time", lambda: NOW / 1e9)
    file = written(tmp_path, rsa_key)
    theirs, recording = KalshiAuth("my-key", file.read_text()), _Recording()
    theirs.private_key = recording
    path = "/trade-api/v2/portfolio/events/orders"
    said = theirs.create_auth_headers(method, f"https://external-api.kalshi.com{path}?limit=5")
    ours = Signer("my-key", file).headers(method, f"{path}?limit=5", NOW)
    assert recording.asked is not None
    message, padding, algorithm = recording.asked
    rsa_key.public_key().verify(base64.b64decode(ours.pop("KALSHI-ACCESS-SIGNATURE")), message, padding, algorithm)
    del said["KALSHI-ACCESS-SIGNATURE"]
    assert ours == said


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o602])
def test_a_key_that_others_can_read_or_change_is_refused(mode: int, rsa_key: RSAPrivateKey, tmp_path: Path) -> None:
    file = written(tmp_path, rsa_key)
    file.chmod(mode)
    with pytest.raises(SettingsRefused, match=f"mode 0{mode:o}"):
        Signer("my-key", file)
    file.chmod(0o600)
    assert Signer("my-key", file).headers("GET", PATH, NOW)
