"""The sandbox's own reading of wallets' signatures, held against published answers and other people's code."""

import os

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, SECP256K1, derive_private_key
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed, decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

from app.sandbox.curves import BadSignature, signer_of
from app.sandbox.digests import keccak
from app.sandbox.typed_data import SignedOrder, order_id, signer_of_order, wallet_of
from tests.app.sandbox.traders import ClobTrader

ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141
OF_KEY_1 = "0x7e5f4552091a69125d5dfcb7b8c2659029395bdf"


@pytest.mark.parametrize(
    ("data", "digest"),
    [
        (b"", "c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470"),
        (b"abc", "4e03657aea45a94fc7d47ba826c8d667c0d1e6e33a64a036ec44f58fa12d6c45"),
    ],
)
def test_digest_is_the_published_one(data: bytes, digest: str) -> None:
    assert keccak(data).hex() == digest


@pytest.mark.parametrize("length", [1, 135, 136, 137, 271, 272, 400])
def test_digest_is_that_of_the_chains_own_library(length: int) -> None:
    theirs = pytest.importorskip("eth_utils.crypto").keccak
    data = os.urandom(length)
    assert keccak(data) == theirs(data)


@pytest.mark.parametrize("said", [b"one", b"another", b"a third"])
def test_signature_of_another_library_leads_to_the_address_of_its_key(said: bytes) -> None:
    digest = keccak(said)
    signed = derive_private_key(1, SECP256K1()).sign(digest, ECDSA(Prehashed(SHA256())))
    r, s = decode_dss_signature(signed)
    whole = r.to_bytes(32, "big") + min(s, ORDER - s).to_bytes(32, "big")
    assert OF_KEY_1 in {signer_of(digest, whole + bytes([parity])) for parity in (27, 28)}


@pytest.mark.parametrize(
    "signature", [b"", bytes(65), b"\x01" * 64 + b"\x05", ORDER.to_bytes(32, "big") + b"\x01" * 33]
)
def test_what_nobody_can_have_signed_is_refused(signature: bytes) -> None:
    with pytest.raises(BadSignature):
        signer_of(keccak(b"said"), signature)


@pytest.mark.parametrize("is_neg_risk", [False, True])
def test_order_is_named_and_signed_as_the_chains_own_library_does(is_neg_risk: bool) -> None:
    trader = ClobTrader(None, 41)
    name, sent = trader.signed_order(str(2**255 + 9), "SELL", "12.34", "0.45", is_neg_risk=is_neg_risk)
    order = msgspec.convert(sent, SignedOrder)
    assert order_id(order, is_neg_risk=is_neg_risk) == name
    assert signer_of_order(order, is_neg_risk=is_neg_risk) == trader.address.lower()
    assert signer_of_order(order, is_neg_risk=not is_neg_risk) != trader.address.lower()
    other = msgspec.structs.replace(order, maker_amount="1")
    assert signer_of_order(other, is_neg_risk=is_neg_risk) != trader.address.lower()


def test_wallet_attests_with_its_own_time_and_number() -> None:
    trader = ClobTrader(None, 42)
    headers = trader.attest()
    signature = bytes.fromhex(headers["POLY_SIGNATURE"].removeprefix("0x"))
    at = headers["POLY_TIMESTAMP"]
    assert wallet_of(trader.address, at, 0, signature) == trader.address.lower()
    assert wallet_of(trader.address, at, 1, signature) != trader.address.lower()
    assert wallet_of(trader.address, str(int(at) + 1), 0, signature) != trader.address.lower()
