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
