"""The settings that point a platform at a sandbox, and the key that it signs with."""

import stat
from pathlib import Path

from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_pem_public_key

from app.cli.signing_keys import make_signing_key
from app.cli.slates import Play, settings_of
from app.settings import load_settings

URL = "http://127.0.0.1:8100"


def test_key_is_for_its_owner_alone_and_new_each_time(tmp_path: Path) -> None:
    first = make_signing_key(tmp_path / "data")
    written = first.private_file.read_bytes()
    assert stat.S_IMODE(first.private_file.stat().st_mode) == 0o600
    private, public = load_pem_private_key(written, None), load_pem_public_key(first.public_file.read_bytes())
    assert private.public_key().public_numbers() == public.public_numbers()
    assert make_signing_key(tmp_path / "data") == first
    assert first.private_file.read_bytes() != written


def test_every_outside_host_and_socket_is_the_sandbox(tmp_path: Path) -> None:
    settings = load_settings(**settings_of(URL, make_signing_key(tmp_path)))
    assert settings.kalshi.socket_url == "ws://127.0.0.1:8100/kalshi/trade-api/ws/v2"
    assert settings.kalshi.key_id
    assert settings.kalshi.private_key_file == tmp_path / "sandbox-kalshi.key"
    assert settings.polymarket.socket_url == "ws://127.0.0.1:8100/clob/ws/market"
    hosts = (settings.polymarket.clob_url, settings.polymarket.location_url, settings.polymarket.gamma_url)
    assert all(host.startswith(URL) for host in (*hosts, settings.kalshi.base_url, settings.espn.base_url))


def test_recorded_slate_has_no_key_for_its_sockets_say_nothing() -> None:
    settings = load_settings(**settings_of(URL, None))
    assert settings.kalshi.key_id is None
    assert settings.kalshi.socket_url.startswith("ws://127.0.0.1")
    assert settings.discovery.ahead.days == 7


def test_command_line_says_what_is_played(tmp_path: Path) -> None:
    key = make_signing_key(tmp_path)
    assert Play(games=200).arguments(8100, None)[-3:-1] == ["--games", "200"]
    words = Play(plan=tmp_path / "plan.json", seed=3, speed=20.0).arguments(8100, key)
    assert words[:7] == ["sandbox", "--port", "8100", "--seed", "3", "--speed", "20.0"]
    assert words[words.index("--plan") + 1] == str(tmp_path / "plan.json")
    assert words[words.index("--kalshi-public-key") + 1] == str(key.public_file)
    assert "--slate" not in words
    assert "--slate" in Play(slate=tmp_path).arguments(8100, None)
