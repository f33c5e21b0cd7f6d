"""`crosscourt up --sandbox`: outcomes that are priced as each other are caught by the other venue's prices."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.platform.platforms import Platform, eventually, platform


@pytest.fixture(scope="module")
def up() -> Iterator[Platform]:
    with platform("--sandbox") as started:
        yield started


@pytest.fixture(scope="module")
def links(up: Platform) -> list[Any]:
    """Those of the game with the trap, once both venues are read."""
    traps = httpx.get(f"{up.sandbox_url()}/traps").json()["traps"]
    (game_id,) = {trap["game"] for trap in traps if trap["trap"] == "inverted_prices"}

    def listed() -> list[Any]:
        found = list(up.get(f"/games/{game_id}/links")["links"])
        return found if {link["venue"] for link in found} == {"kalshi", "polymarket"} else []

    return eventually(listed)


def test_winners_of_both_venues_are_rejected_and_say_why(links: list[Any]) -> None:
    winners = [link for link in links if link["proposition"]["kind"] == "moneyline"]
    assert len(winners) == 6
    for link in winners:
        assert link["verdict"] == "rejected"
        assert [(reason["finding"], "wrong side" in reason["detail"]) for reason in link["reasons"]][-1] == (
            "differs",
            True,
        )


def test_everything_else_of_the_game_stands(links: list[Any]) -> None:
    others = [link for link in links if link["proposition"]["kind"] != "moneyline"]
    assert {link["verdict"] for link in others} == {"tradable"}


@pytest.mark.usefixtures("links")
def test_the_alarm_is_counted_and_logged_and_no_other_game_rings(up: Platform) -> None:
    counted = eventually(lambda: up.workers()["market_searcher"]["counts"].get("price_alarms"))
    log = next(up.data_dir.rglob("discovery.log"))
    assert (counted, log.read_text().count("price alarm: link rejected")) == (6, 6)
