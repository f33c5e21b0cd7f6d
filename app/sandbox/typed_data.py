"""What a wallet signs at Polymarket, as EIP-712 has it: that it is the wallet's, and orders."""

from functools import lru_cache
from typing import Literal

import msgspec

from app.sandbox.curves import LENGTH, signer_of
from app.sandbox.digests import keccak

CHAIN = 137
EXCHANGE = "0xE111180000d2663C0091e4f400237545B87B996B"
NEG_RISK_EXCHANGE = "0xe2222d279d744050d28e00520010520000310F59"
ATTESTS = "This message attests that I control the given wallet"
ORDER_TYPE = (
    "Order(uint256 salt,address maker,address signer,uint256 tokenId,uint256 makerAmount,uint256 takerAmount,"
    "uint8 side,uint8 signatureType,uint256 timestamp,bytes32 metadata,bytes32 builder)"
)
_WRAPPED_TYPE = (
    "TypedDataSign(Order contents,string name,string version,uint256 chainId,address verifyingContract,bytes32 salt)"
    + ORDER_TYPE
)
_AUTH_TYPE = "ClobAuth(address address,string timestamp,uint256 nonce,string message)"
_DOMAIN_TYPE = "EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"
_PLACELESS_DOMAIN_TYPE = "EIP712Domain(string name,string version,uint256 chainId)"
BY_WALLET = 3  # the signatureType of a contract that signs for itself


class SignedOrder(msgspec.Struct, frozen=True, rename="camel"):
    """An order as it is sent; `expiration` alone is not signed."""

    salt: int
    maker: str
    signer: str
    token_id: str
    maker_amount: str
    taker_amount: str
    side: Literal["BUY", "SELL"]
    expiration: str
    signature_type: Literal[0, 1, 2, 3]
    timestamp: str
    metadata: str
    builder: str
    signature: str


def wallet_of(address: str, timestamp: str, nonce: int, signature: bytes) -> str:
    """Who attests to be this wallet. Raises BadSignature and ValueError."""
    domain = _struct(_PLACELESS_DOMAIN_TYPE, _text("ClobAuthDomain"), _text("1"), CHAIN)
    said = _struct(_AUTH_TYPE, _address(address), _text(timestamp), nonce, _text(ATTESTS))
    return signer_of(_digest(domain, said), signature)


def order_id(order: SignedOrder, *, is_neg_risk: bool) -> str:
    """The hash that names an order."""
    return "0x" + _digest(_exchange(is_neg_risk=is_neg_risk), _contents(order)).hex()


def signer_of_order(order: SignedOrder, *, is_neg_risk: bool) -> str:
    """Who has signed it. Raises BadSignature and ValueError."""
    signature, domain = bytes.fromhex(order.signature.removeprefix("0x")), _exchange(is_neg_risk=is_neg_risk)
    if order.signature_type != BY_WALLET:
        return signer_of(_digest(domain, _contents(order)), signature)
    named = _text("DepositWallet"), _text("1"), CHAIN, _address(order.signer), 0
    return signer_of(_digest(domain, _struct(_WRAPPED_TYPE, _contents(order), *named)), signature[:LENGTH])


@lru_cache(maxsize=2)
def _exchange(*, is_neg_risk: bool) -> bytes:
    place = _address(NEG_RISK_EXCHANGE if is_neg_risk else EXCHANGE)
    return _struct(_DOMAIN_TYPE, _text("Polymarket CTF Exchange"), _text("2"), CHAIN, place)


@lru_cache(maxsize=256)
def _contents(order: SignedOrder) -> bytes:
    return _struct(
        ORDER_TYPE,
        order.salt,
        _address(order.maker),
        _address(order.signer),
        *(int(number) for number in (order.token_id, order.maker_amount, order.taker_amount)),
        0 if order.side == "BUY" else 1,
        order.signature_type,
        int(order.timestamp),
        *(int(word, 16) for word in (order.metadata, order.builder)),
    )


def _digest(domain: bytes, said: bytes) -> bytes:
    return keccak(b"\x19\x01" + domain + said)


def _struct(kind: str, *fields: int | bytes) -> bytes:
    """The hash of a struct whose fields are numbers and 32 bytes."""
    words = (field if isinstance(field, bytes) else field.to_bytes(32, "big") for field in fields)
    return keccak(b"".join((_text(kind), *words)))


@lru_cache(maxsize=64)
def _text(words: str) -> bytes:
    return keccak(words.encode())


def _address(written: str) -> int:
    return int(written, 16)
