"""Keys are planted, everything goes wrong, and they are in no log, no error and nothing that is shown."""

import base64
import logging
import traceback
from collections.abc import AsyncIterator, Awaitable, Iterator
from pathlib import Path

import httpx
import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from app.domain.orders import AccountId
from app.domain.prices import Nanos
from app.errors import CrosscourtError, SettingsRefused
from app.settings import Settings, load_settings
from app.venues.roster import direct_client, open_gateways
from tests.app.sandbox.servers import running
from tests.app.venues.kalshi import tills as kalshi
from tests.app.venues.live_orders import NOW, order, standing
from tests.app.venues.polymarket import tills as polymarket

NUMBER = 0x5EC2E7 << 200  # a wallet's key that stands out
FAULTS = ["429", "500", "503", "html", "cut", "garbage", "wrong_type", "missing_field", "timeout", "down", "lost"]


@pytest.fixture(scope="module")
def base_url() -> Iterator[str]:
    with running(seed=7, speed=1) as url:
        yield url


@pytest.fixture
async def client(base_url: str) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=base_url, timeout=10, trust_env=False) as client:
        yield client
        await client.delete("/faults")


async def said_of(work: Awaitable[object]) -> str:
    """What is said when it fails."""
    try:
        await work
    except CrosscourtError as error:
        return f"{error!r} {error.remedy} {''.join(traceback.format_exception(error))}"
    return ""


@pytest.mark.parametrize("kind", FAULTS)
async def test_nothing_of_a_wallet_is_told(
    client: httpx.AsyncClient, kind: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    till = await polymarket.open_till(client, NUMBER)
    market, first, _ = await polymarket.held_market(client)
    await till.fail(kind, match="/clob/auth", count=1)
    said = [await said_of(till.gateway._try()), till.gateway.trouble]
    await client.delete("/faults")
    await till.gateway._try()
    wanted = order(f"polymarket:{first}", "0.42", "10", market_id=market)
    await till.fail(kind, match="/clob", for_seconds=3)
    said += [await said_of(till.send(wanted)) for _ in range(2)]
    said.append(await said_of(till.gateway.look_up(standing(wanted, ref="0x1"))))
    said.append(await said_of(till.gateway.at_venue(AccountId("manual"), Nanos(NOW()))))
    said += [caplog.text, repr(till.gateway.__dict__), repr(till.settings), str(till.gateway.counts)]
    credentials = till.gateway._credentials
    assert credentials is not None
    for secret in (NUMBER.to_bytes(32, "big").hex(), str(NUMBER), credentials.secret, credentials.passphrase):
        assert secret not in "\n".join(said)


@pytest.mark.parametrize("kind", FAULTS)
async def test_nothing_of_a_private_key_is_told(
    client: httpx.AsyncClient, tmp_path: Path, kind: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    till = await kalshi.open_till(client, tmp_path, f"key-of-{kind}")
    ticker = await kalshi.held_market(client)
    await till.gateway._try()
    wanted = order(f"kalshi:{ticker}:yes", "0.42", "10")
    await till.fail(kind, match="/portfolio", for_seconds=3)
    said = [await said_of(till.send(wanted)) for _ in range(2)]
    said.append(await said_of(till.gateway.look_up(standing(wanted))))
    said.append(await said_of(till.gateway.at_venue(AccountId("manual"), Nanos(NOW()))))
    said += [caplog.text, repr(till.gateway.__dict__), repr(till.settings), str(till.gateway.counts)]
    written = kalshi.KEY.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode().splitlines()
    told = "\n".join(said)
    assert not [line for line in written[1:-1] if line in told]
    secret = kalshi.KEY.private_numbers().d
    assert str(secret) not in told
    assert base64.b64encode(secret.to_bytes(256, "big")).decode()[:40] not in told


LIVE = {"mode": "live"}


def test_settings_that_are_refused_do_not_repeat_a_key() -> None:
    key = NUMBER.to_bytes(32, "big").hex()
    with pytest.raises(SettingsRefused) as refused:
        load_settings(_env_file=None, polymarket={"private_key": key, "private_key_file": "x"})
    assert key not in f"{refused.value!r} {''.join(traceback.format_exception(refused.value))}"


def wallet(folder: Path) -> dict[str, Path]:
    file = folder / "wallet.key"
    file.write_text("5a" * 32)
    file.chmod(0o600)
    return {"private_key_file": file}


async def test_live_trading_never_goes_by_a_proxy_of_the_environment(tmp_path: Path) -> None:
    settings = load_settings(_env_file=None, trading=LIVE, polymarket=wallet(tmp_path))
    async with httpx.AsyncClient() as client:
        with pytest.raises(SettingsRefused, match="direct route"):
            open_gateways(settings, client)
    async with direct_client() as client:
        assert [(each.venue, each.kind) for each in open_gateways(settings, client)] == [("polymarket", "live")]


async def test_there_is_a_gateway_for_each_key_and_none_on_paper(tmp_path: Path) -> None:
    given = {
        "kalshi": {"key_id": "my-key", "private_key_file": kalshi.write_key(tmp_path)},
        "polymarket": wallet(tmp_path),
    }
    async with direct_client() as client:
        assert open_gateways(Settings(_env_file=None, **given), client) == ()
        gateways = open_gateways(Settings(_env_file=None, trading=LIVE, **given), client)
        assert [each.venue for each in gateways] == ["polymarket", "kalshi"]
        assert all("live enable" in each.trouble for each in gateways)
