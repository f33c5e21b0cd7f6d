"""Secrets are planted wherever this installation has any, and everything that answers is asked, also for nonsense: they
are in no answer, no log, no audit, no document, and in no command line."""

import logging
from pathlib import Path

import psutil
import pytest
from pydantic import SecretStr

from app.settings import KalshiSettings, MatchingSettings, PolymarketSettings, Settings
from routers.access import SESSION_COOKIE
from tests.routers.calls import calls_of
from tests.routers.houses import House, open_house, settings_for

PLANTED = "5ec2e7" + "5a" * 29


def with_secrets(settings: Settings, folder: Path) -> Settings:
    wallet = folder / "wallet.key"
    wallet.write_text(PLANTED)
    wallet.chmod(0o600)
    secret = SecretStr(f"http://user:{PLANTED}@127.0.0.1:9")
    given = {
        "polymarket": PolymarketSettings(
            private_key_file=wallet, proxy=secret, gamma_url="http://127.0.0.1:9", tries=1
        ),
        "kalshi": KalshiSettings(base_url="http://127.0.0.1:9", tries=1),
        "matching": MatchingSettings(api_key=SecretStr(PLANTED)),
    }
    return settings.model_copy(update=given)


async def told_by(house: House, headers: dict[str, str]) -> str:
    """Every answer, with its headers, to nothing in particular and to nonsense."""
    said = []
    for call in calls_of(house.app.openapi()):
        for part in ("nothing", "%00"):
            path = call.at(dict.fromkeys(call.parts, part))
            body = None if call.fields is None else {}
            answer = await house.ask.request(call.method, path, json=body, headers=headers)
            if call.name != "POST /keys" and not call.path.endswith("/rotate"):
                said.append(f"{answer.headers} {answer.text}")
    return "\n".join(said)


@pytest.mark.timeout(120)
async def test_no_secret_is_told_anywhere(
    fresh_database_url: str, fresh_redis_url: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    settings = with_secrets(settings_for(fresh_database_url, fresh_redis_url, tmp_path), tmp_path)
    async with open_house(settings) as house:
        code = await house.hot.offer_code()
        token = await house.hot.redeem_code(code) or ""
        secrets = [PLANTED, house.admin_key, house.admin_key.split("_", 2)[2], code, token]
        said = await told_by(house, house.as_admin)
        said += await told_by(house, {"cookie": f"{SESSION_COOKIE}={token}"})
        said += await told_by(house, {"x-api-key": house.admin_key + "x"})
        said += str(house.app.openapi()) + repr(settings) + repr(house.resources.__dict__) + repr(house.state)
        said += caplog.text
        for process in psutil.Process().children(recursive=True):
            said += " ".join(process.cmdline())
        async with house.history.transaction() as connection:
            for table in ("audit", "api_keys"):
                rows = await connection.exec_driver_sql(f"SELECT {table}::text FROM {table}")
                said += str(rows.fetchall())
    assert [secret for secret in secrets if secret in said] == []
