"""What may not be set together."""

import pytest

from app.errors import SettingsRefused
from app.settings import load_settings

PROXY = "http://user:word@proxy.example:8080"


def test_a_route_of_its_own_for_reading_and_live_trading_do_not_go_together() -> None:
    with pytest.raises(SettingsRefused) as refused:
        load_settings(_env_file=None, trading={"mode": "live"}, polymarket={"proxy": PROXY})
    assert "POLYMARKET__PROXY with TRADING__MODE=live" in str(refused.value)
    assert "word" not in str(refused.value)


def test_on_paper_prices_may_be_read_over_it() -> None:
    settings = load_settings(_env_file=None, polymarket={"proxy": PROXY})
    assert settings.polymarket.proxy is not None
    assert "word" not in repr(settings)


KEY = "5a" * 32
SIMULATED = "http://127.0.0.1:8001"

REFUSED_LIVE = [
    ({}, "TRADING__MODE=live without a key"),
    ({"polymarket": {"private_key": KEY, "private_key_file": "key"}}, "name one of the two"),
    ({"polymarket": {"private_key": KEY, "signature_type": 2}}, "POLYMARKET__FUNDER"),
    ({"polymarket": {"private_key": KEY, "funder": "0x1"}}, "POLYMARKET__FUNDER"),
    ({"polymarket": {"private_key": KEY}}, "a file that its owner alone can read"),
    ({"polymarket": {"private_key": KEY}, "simulation": {"clock_url": SIMULATED}}, "on a simulated slate"),
    (
        {"polymarket": {"private_key": KEY, "clob_url": SIMULATED}, "simulation": {"clock_url": SIMULATED}},
        "on a simulated slate",  # Kalshi is still the real one
    ),
]


@pytest.mark.parametrize(("given", "said"), REFUSED_LIVE)
def test_real_money_that_is_not_safe_refuses_to_start(given: dict, said: str) -> None:
    with pytest.raises(SettingsRefused) as refused:
        load_settings(_env_file=None, trading={"mode": "live"}, **given)
    assert said in str(refused.value)
    assert KEY not in str(refused.value)


def test_real_money_with_a_key_starts() -> None:
    settings = load_settings(_env_file=None, trading={"mode": "live"}, polymarket={"private_key_file": "key"})
    assert settings.polymarket.has_key
    assert KEY not in repr(settings)
    assert not settings.kalshi.has_key


def test_live_orders_to_simulated_venues_may_be_tried_on_a_simulated_slate() -> None:
    load_settings(
        _env_file=None,
        trading={"mode": "live"},
        polymarket={"private_key": KEY, "clob_url": SIMULATED},
        kalshi={"base_url": SIMULATED},
        simulation={"clock_url": SIMULATED},
    )
