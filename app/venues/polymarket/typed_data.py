"""What a wallet signs for Polymarket, hashed as EIP-712 has it: orders of the exchange's second version, and the word
that one controls the wallet."""

from typing import NamedTuple

from Crypto.Hash import keccak

CHAIN = 137  # Polygon
EXCHANGE = "0xE111180000d2663C0091e4f400237545B87B996B"
NEG_RISK_EXCHANGE = "0xe2222d279d744050d28e00520010520000310F59"
BY_WALLET = 3  # the signature type of a wallet that is a contract and checks signatures itself

ORDER_TYPE = (
    "Order(uint256 salt,address maker,address signer,uint256 tokenId,uint256 makerAmount,uint256 takerAmount,"
    "uint8 side,uint8 signatureType,uint256 timestamp,bytes32 metadata,bytes32 builder)"
)

_DOMAIN_TYPE = "EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"
_AUTH_DOMAIN_TYPE = "EIP712Domain(string name,string version,uint256 chainId)"
_AUTH_TYPE = "ClobAuth(address address,string timestamp,uint256 nonce,string message)"
_ATTESTED = "This message attests that I control the given wallet"
_NESTED_TYPE = (
    "TypedDataSign(Order contents,string name,string version,uint256 chainId,address verifyingContract,bytes32 salt)"
    + ORDER_TYPE
)
_ZERO = bytes(32)


class TypedOrder(NamedTuple):
    """The struct that is signed. Amounts are in millionths of a dollar or of a share; `side` is 0 to buy, 1 to sell."""

    salt: int
    maker: str
    signer: str
    token_id: int
    maker_amount: int
    taker_amount: int
    side: int
    signature_type: int
    timestamp: int  # milliseconds


def hashed(data: bytes) -> bytes:
    """Keccak-256."""
    return bytes(keccak.new(digest_bits=256, data=data).digest())


def _text(text: str) -> bytes:
    return hashed(text.encode())


def _number(value: int) -> bytes:
    return value.to_bytes(32, "big")


def _address(text: str) -> bytes:
    return bytes(12) + bytes.fromhex(text.removeprefix("0x"))


def _exchange_domain(exchange: str) -> bytes:
    words = (_text(_DOMAIN_TYPE), _text("Polymarket CTF Exchange"), _text("2"), _number(CHAIN), _address(exchange))
    return hashed(b"".join(words))


_DOMAINS = {exchange: _exchange_domain(exchange) for exchange in (EXCHANGE, NEG_RISK_EXCHANGE)}
_ORDER_TYPE_HASH, _NESTED_TYPE_HASH = _text(ORDER_TYPE), _text(_NESTED_TYPE)
_WALLET_DOMAIN = _text("DepositWallet") + _text("1") + _number(CHAIN)
_AUTH_DOMAIN = hashed(_text(_AUTH_DOMAIN_TYPE) + _text("ClobAuthDomain") + _text("1") + _number(CHAIN))


def _digest(domain: bytes, struct: bytes) -> bytes:
    return hashed(b"\x19\x01" + domain + struct)


def _struct_of(order: TypedOrder) -> bytes:
    words = (
        _ORDER_TYPE_HASH,
        _number(order.salt),
        _address(order.maker),
        _address(order.signer),
        _number(order.token_id),
        _number(order.maker_amount),
        _number(order.taker_amount),
        _number(order.side),
        _number(order.signature_type),
        _number(order.timestamp),
        _ZERO,  # metadata
        _ZERO,  # builder
    )
    return hashed(b"".join(words))


def order_hash(order: TypedOrder, exchange: str) -> bytes:
    """By which the venue names the order; also what is signed, unless the wallet is a contract."""
    return _digest(_DOMAINS[exchange], _struct_of(order))


def digest_to_sign(order: TypedOrder, exchange: str) -> bytes:
    """A contract is told for which of its applications a signature is: the order is nested in its own domain."""
    if order.signature_type != BY_WALLET:
        return order_hash(order, exchange)
    nested = _NESTED_TYPE_HASH + _struct_of(order) + _WALLET_DOMAIN + _address(order.signer) + _ZERO
    return _digest(_DOMAINS[exchange], hashed(nested))


def sealed(signature: bytes, order: TypedOrder, exchange: str) -> bytes:
    """The signature as the venue takes it: for a contract with all that it needs to see for what it is."""
    if order.signature_type != BY_WALLET:
        return signature
    kind = ORDER_TYPE.encode()
    return signature + _DOMAINS[exchange] + _struct_of(order) + kind + len(kind).to_bytes(2, "big")


def attestation(address: str, timestamp: int, nonce: int) -> bytes:
    """What is signed to get keys for the venue's interface. `timestamp`: unix seconds."""
    words = (_text(_AUTH_TYPE), _address(address), _text(str(timestamp)), _number(nonce), _text(_ATTESTED))
    return _digest(_AUTH_DOMAIN, hashed(b"".join(words)))


def checksummed(address: bytes) -> str:
    """An address as people write it: its capitals are a checksum (EIP-55)."""
    plain = address.hex()
    digits = _text(plain).hex()
    return "0x" + "".join(one.upper() if int(digit, 16) > 7 else one for one, digit in zip(plain, digits, strict=False))
