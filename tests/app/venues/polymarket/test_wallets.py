"""What is signed is what the venue's own clients sign, byte for byte.

One of them runs here. The newer one does not go together with the sockets that we use; what it said for given orders is
written down instead.
"""

import hashlib
import pickle
from pathlib import Path
from typing import NamedTuple

import pytest
from eth_account import Account
from eth_account.messages import encode_typed_data
from eth_utils import keccak
from hypothesis import given
from hypothesis import strategies as st
from py_clob_client_v2.order_utils.exchange_order_builder_v2 import ExchangeOrderBuilderV2
from py_clob_client_v2.order_utils.model.order_data_v2 import OrderDataV2
from py_clob_client_v2.order_utils.model.side import Side
from py_clob_client_v2.order_utils.model.signature_type_v2 import SignatureTypeV2
from py_clob_client_v2.signer import Signer
from py_clob_client_v2.signing.eip712 import sign_clob_auth_message
from py_clob_client_v2.signing.hmac import build_hmac_signature

from app.errors import SettingsRefused
from app.settings import PolymarketSettings
from app.venues.polymarket.typed_data import CHAIN, EXCHANGE, NEG_RISK_EXCHANGE, TypedOrder, order_hash
from app.venues.polymarket.wallets import Credentials, Wallet, open_wallet

KEY = "0x" + "5a" * 32
FUNDER = "0x1a642f0E3c3aF545E7AcBD38b07251B3990914F1"

keys = st.integers(1, 2**250).map(lambda number: number.to_bytes(32, "big").hex())
uint = st.integers(0, 2**256 - 1)
kinds = st.sampled_from(list(SignatureTypeV2))
exchanges = st.sampled_from([EXCHANGE, NEG_RISK_EXCHANGE])


@given(keys, kinds, exchanges, uint, uint, uint, st.sampled_from([0, 1]), st.integers(0, 2**53), st.integers(1, 2**42))
def test_orders_are_hashed_and_signed_as_by_the_venues_own_client(
    key: str, kind: int, exchange: str, token: int, paid: int, got: int, side: int, salt: int, at: int
) -> None:
    wallet = Wallet(key)
    signer = FUNDER if kind == SignatureTypeV2.POLY_1271 else wallet.address
    maker = wallet.address if kind == SignatureTypeV2.EOA else FUNDER
    builder = ExchangeOrderBuilderV2(exchange, CHAIN, Signer(key, CHAIN), generate_salt=lambda: str(salt))
    given = OrderDataV2(maker, str(token), str(paid), str(got), Side(side), signer, SignatureTypeV2(kind), str(at))
    theirs = builder.build_signed_order(given)
    ours = TypedOrder(salt, maker, signer, token, paid, got, side, int(kind), at)
    assert wallet.sign_order(ours, exchange) == theirs.signature
    said = encode_typed_data(full_message=builder.build_order_typed_data(theirs))
    assert order_hash(ours, exchange) == keccak(b"\x19" + said.version + said.header + said.body)


class Known(NamedTuple):
    """What `polymarket-client` 0.14.0 has made of an order. The longest signatures are known by their digest."""

    key: str
    address: str
    exchange: str
    order: TypedOrder
    hash: str
    signature: str
    attested: str  # at 1763850000 and so many seconds, with that number


KNOWN: list[Known] = [
    Known(
        "0x82b70eee7f1a5039bef07ec2347f066ed08f5dc7512447e3404300026b6e5455",
        "0xC535385965403c4381790e62e4d6e95e16b90834",
        EXCHANGE,
        TypedOrder(
            8660223078921402,
            "0xC535385965403c4381790e62e4d6e95e16b90834",
            "0xC535385965403c4381790e62e4d6e95e16b90834",
            39985436875588279982951674953644733674826626393954152462807415187788477846670,
            310639063,
            578986789,
            0,
            0,
            1763850000123,
        ),
        "0xb89bf278def9ba4f8597e4a3cff0d848c64ab071d5db07f384ad33b68548af28",
        "0x07eb2e07fea38317fda85ca15500386cced76b393e33551da56fc51fd1d3229e725e485bbcac9c2ad0303d4bc64f64075b"
        "eec1379ee695c9bc9a6af881d963fc1b",
        "0xa7ec497091c4d97d3d72b69212f46991f1f2956ab44f4582a81bf2ac058d8cc07a3dc512560acc8e637c1054fbac1dabec"
        "4ebba30e3568f0fa1cd855408520261c",
    ),
    Known(
        "0x64c4980bb8d4544a8721a99a01ad219eb59cf6a15ef6f15a1d830bb7ce09d6bb",
        "0xf81C84F6E36Dc25CaBB71afe216828EE49B11272",
        EXCHANGE,
        TypedOrder(
            7577162313486157,
            "0x5050A4F4b3f9338C3472dcC01A87C76A144b3c9c",
            "0xf81C84F6E36Dc25CaBB71afe216828EE49B11272",
            6890819458744634710305989837675359903459769563404308810544632481957929176823,
            404119287,
            486214196,
            0,
            1,
            1763850000124,
        ),
        "0x3d64f3f4d705af7bef405edd7db95426a08c4ecc44238fcdd38840f018cbb5ec",
        "0x443e19ead04bbd8aca7d8be098e4eaf2f22f97cb61356b59257eb5a46b77a1b2408071f9fcdf8401b278758fa101c591dc"
        "6ab6043eacd060f13452ba11f2e4f91c",
        "0x96aeafe4134f0fd3833650d01112c201ed1ad7360f682a5536949b80454db0be08505fa66460881fe5577a1b30c612cce0"
        "27b1809c51ba83cf5abb2f4f9761061c",
    ),
    Known(
        "0x7decb0b580ec37bc9712dd2e6aaeb94bae8d2f9fa29c5a284c9ef7521829cf10",
        "0x4EfE80cE28614707597c3d24d0D410e54007dd27",
        EXCHANGE,
        TypedOrder(
            5349917523787202,
            "0x3325a78425F17a7E487Eb5666b2bFd93aBb06c70",
            "0x4EfE80cE28614707597c3d24d0D410e54007dd27",
            53036791757030392282264147686335330032212809675864821526694501104666150809613,
            254838238,
            887228052,
            1,
            2,
            1763850000125,
        ),
        "0x392e2bb6fc2cecf7b5ff80310c44b6f97273f3a93fae635c77aaba2f99713630",
        "0xc2fece2fede1a3ed2ba2073378294a7d0aac4a2b44010d1b9ea98c154956fe5419b5ae164af12e37a6aa41699aa5859d65"
        "f3c141afa7e09e75d08154b5d80ffb1c",
        "0x78a7ce673aaddbf2c43cacb9b3340a2f37b8e9739c53a0e6e3eb42e1bfb6fa1401da5e4835d27b5f23ee224f2cbd767c25"
        "e4480a507d1ea50fc363b58ce8178c1b",
    ),
    Known(
        "0x10fcab6a4243d33656debe4c1ed79648e856e8f9a2f58c95f0ce4b39c15bffad",
        "0xaa8F9AEc84FAD747fEF64846D5D939e0a51fc02C",
        EXCHANGE,
        TypedOrder(
            4430297803371948,
            "0xc48B812bB43401392c037381AcA934F4069C0517",
            "0xc48B812bB43401392c037381AcA934F4069C0517",
            46036143110286827380699815366829027640032716485365912369924074826289384678702,
            193402702,
            553169098,
            1,
            3,
            1763850000126,
        ),
        "0x7af21d752acf8b89705ec50232ce3ede086248176ebf29052d6c0774657f0ac2",
        "c7c9a7f15be09585bc3e340cb205382315f2ce134a6a632c8e382f72a195fae7",
        "0x71555e2426a6a160c4e30d48a1b1e0a8cf9b18414a3c425b8bdd4153554adaab470d9d3a0a234beb49915cbf67483d1de3"
        "3b83ee8b48bbdd0c23b01b4545e0dc1c",
    ),
]


@pytest.mark.parametrize("number", range(len(KNOWN)))
def test_orders_are_hashed_and_signed_as_by_the_newer_client(number: int) -> None:
    known = KNOWN[number]
    wallet = Wallet(known.key)
    assert wallet.address == known.address
    assert "0x" + order_hash(known.order, known.exchange).hex() == known.hash
    signature = wallet.sign_order(known.order, known.exchange)
    assert known.signature in (signature, hashlib.sha256(signature.encode()).hexdigest())
    assert wallet.attest(1_763_850_000 + number, number)["POLY_SIGNATURE"] == known.attested


@given(keys, st.integers(0, 2**40), st.integers(0, 2**64))
def test_a_wallet_is_attested_as_by_the_venues_own_client(key: str, at: int, nonce: int) -> None:
    headers = Wallet(key).attest(at, nonce)
    assert headers["POLY_SIGNATURE"] == sign_clob_auth_message(Signer(key, CHAIN), at, nonce)
    assert headers["POLY_ADDRESS"] == Account.from_key(key).address


SECRET = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="


@given(
    st.integers(0, 2**40), st.sampled_from(["GET", "POST", "DELETE"]), st.text("abc/_", min_size=1), st.text("{}:a1")
)
def test_calls_are_signed_as_by_the_venues_own_client(at: int, method: str, path: str, body: str) -> None:
    headers = Credentials("key", SECRET, "word").headers("0xA", at, method, path, body.encode())
    assert headers["POLY_SIGNATURE"] == build_hmac_signature(SECRET, str(at), method, path, body)
    assert (headers["POLY_API_KEY"], headers["POLY_PASSPHRASE"]) == ("key", "word")


def test_calls_are_signed_as_by_the_newer_client() -> None:
    body = b'{"deferExec":false,"owner":"x"}'
    headers = Credentials("key", SECRET, "word").headers("0xA", 1_763_850_000, "POST", "/order", body)
    assert headers["POLY_SIGNATURE"] == "HugUjAGul66h8_hgB-HyaoQwgFdrAeW5r-Wd4Jg7P-U="


NO_KEYS = ["", "0x", "5a" * 31, "5a" * 33, "zz" * 32, "00" * 32, "ff" * 32]


@pytest.mark.parametrize("written", NO_KEYS)
def test_what_is_no_key_is_refused_and_not_repeated(written: str) -> None:
    with pytest.raises(SettingsRefused) as refused:
        Wallet(written)
    assert not written or written not in str(refused.value)
    assert refused.value.__cause__ is None
    assert refused.value.__suppress_context__


def test_a_key_is_read_from_a_file_that_nobody_else_can_read(tmp_path: Path) -> None:
    file = tmp_path / "polymarket.key"
    file.write_text(f"{KEY}\n")
    file.chmod(0o600)
    assert open_wallet(PolymarketSettings(private_key_file=file)).address == Wallet(KEY).address
    file.chmod(0o644)
    with pytest.raises(SettingsRefused, match="mode 0644"):
        open_wallet(PolymarketSettings(private_key_file=file))
    with pytest.raises(SettingsRefused, match="cannot be read"):
        open_wallet(PolymarketSettings(private_key_file=tmp_path / "nothing"))
    file.write_bytes(b"\xff" * 10)
    file.chmod(0o600)
    with pytest.raises(SettingsRefused, match="cannot be read as text"):
        open_wallet(PolymarketSettings(private_key_file=file))


def test_neither_shows_what_it_holds() -> None:
    settings = PolymarketSettings(private_key=KEY)
    shown = f"{Wallet(KEY)!r} {Credentials('k', SECRET, 'word')!r} {settings!r} {settings.model_dump_json()}"
    assert KEY.removeprefix("0x") not in shown
    assert SECRET not in shown
    with pytest.raises(TypeError):
        pickle.dumps(Wallet(KEY))
