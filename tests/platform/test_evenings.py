"""An evening of forty games in a minute: everything that is traded adds up at every moment."""

import pytest

from tests.platform.evenings import Evening
from tests.platform.platforms import eventually, platform

pytestmark = pytest.mark.timeout(500)

SECONDS = 45.0


def test_every_figure_is_the_ledgers_at_every_moment() -> None:
    with platform("--sandbox", "--games", 40, "--seed", 7, "--speed", 60) as up:
        assert eventually(lambda: up.count("fills") > 0), "nothing was traded"
        evening = Evening(up)
        evening.watch(SECONDS)
        evening.audit()
        print(f"\n{evening.looks} looks, {dict(evening.counts)}")
        assert evening.breaches == []
        assert evening.counts["closed positions"] > 0
