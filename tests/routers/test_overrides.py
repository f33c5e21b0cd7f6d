"""What people say of a contract: it counts at once, can be taken back, and nobody forgets who said it."""

from typing import Any
from urllib.parse import quote

import msgspec
import pytest

from app.domain.teams import Reason
from app.matching.inversions import rejected
from app.matching.overrides import as_matched
from tests.app.hot.samples import CELTICS_GAME, KALSHI, NOW, POLYMARKET, PROVISIONAL_GAME, link
from tests.routers.houses import House

WATCHED = "kalshi:KX-SPR:yes"
TRADED = "polymarket:0xml:Celtics"
BLIND = "kalshi:KX-BLIND:yes"
EARLY = "kalshi:KX-EARLY:yes"
DOUBT = Reason("side", "unknown", "the title alone; a second witness is missing")


@pytest.fixture
async def linked(house: House) -> House:
    """Two games whose links are in Redis and in Postgres."""
    spread = link(KALSHI, "KX-SPR", "spread", points=-3.5, verdict="watch")
    blind = link(KALSHI, "KX-BLIND", verdict="watch")
    links = [
        link(POLYMARKET, "0xml", outcome="Celtics"),
        msgspec.structs.replace(spread, reasons=(*spread.reasons, DOUBT)),
        msgspec.structs.replace(blind, polarity=None),
    ]
    early = [link(KALSHI, "KX-EARLY", game=PROVISIONAL_GAME, verdict="watch")]
    await house.hot.save_games([CELTICS_GAME, PROVISIONAL_GAME])
    await house.hot.save_links(CELTICS_GAME.id, links)
    await house.hot.save_links(PROVISIONAL_GAME.id, early)
    await house.hot.publish_game(CELTICS_GAME, links, NOW)
    await house.resources.recorder.record_links([*links, *early], NOW)
    return house


async def say(house: House, contract: str, verdict: str, reason: str = "seen by eye") -> tuple[int, Any]:
    path = f"/match/links/{quote(contract)}/override"
    answer = await house.ask.post(path, json={"verdict": verdict, "reason": reason}, headers=house.as_admin)
    return answer.status_code, answer.json()


async def shown(house: House, contract: str) -> Any:
    links = (await house.ask.get(f"/games/{CELTICS_GAME.id}/links")).json()["links"]
    return next(each for each in links if each["contract_id"] == contract)


@pytest.mark.parametrize(
    ("contract", "verdict", "before"), [(WATCHED, "tradable", "watch"), (TRADED, "rejected", "tradable")]
)
async def test_an_override_counts_at_once_and_is_taken_back(
    linked: House, contract: str, verdict: str, before: str
) -> None:
    status, link_now = await say(linked, contract, verdict)
    assert (status, link_now["verdict"], link_now["overridden_by"]) == (200, verdict, "key admin")
    assert await shown(linked, contract) == link_now
    assert link_now["matched_verdict"] == before
    assert "seen by eye" in link_now["reasons"][-1]["detail"]
    mapping = await linked.hot.mapping(CELTICS_GAME.id)
    assert (contract in mapping) == (verdict != "rejected")
    (said,) = (await linked.ask.get("/match/overrides")).json()["items"]
    assert (said["contract_id"], said["state"], said["said_by"]) == (contract, "in_force", "key admin")
    assert said["proposition"]["statement"].startswith("Boston Celtics win")

    answer = await linked.ask.delete(f"/match/links/{quote(contract)}/override", headers=linked.as_admin)
    assert answer.json()["link"]["verdict"] == before
    assert (await shown(linked, contract))["overridden_by"] == ""
    assert (await linked.ask.get("/match/overrides")).json()["total"] == 0


async def test_every_decision_and_every_deed_is_on_record(linked: House) -> None:
    await say(linked, WATCHED, "tradable")
    await say(linked, WATCHED, "rejected", "on second thought")
    await linked.ask.delete(f"/match/links/{quote(WATCHED)}/override", headers=linked.as_admin)
    path = f"/match/links/{quote(WATCHED)}/decisions"
    decided = (await linked.ask.get(path)).json()
    assert [(each["verdict"], each["overridden_by"]) for each in decided["items"]] == [
        ("watch", ""),
        ("rejected", "key admin"),
        ("tradable", "key admin"),
        ("watch", ""),
    ]
    assert decided["items"][1]["reasons"][-1]["detail"].endswith("on second thought")
    assert decided["items"][1]["proposition"]["team"] == "Boston Celtics"
    first = (await linked.ask.get(f"{path}?limit=3")).json()
    rest = (await linked.ask.get(f"{path}?cursor={first['next_cursor']}")).json()
    assert first["items"] + rest["items"] == decided["items"]

    audit = (await linked.ask.get("/audit?limit=2", headers=linked.as_admin)).json()
    more = (await linked.ask.get(f"/audit?limit=500&cursor={audit['next_cursor']}", headers=linked.as_admin)).json()
    deeds = [each for each in audit["items"] + more["items"] if each["what"].startswith("link.")]
    assert len(audit["items"]) + len(more["items"]) == audit["total"]
    assert [each["what"] for each in deeds] == ["link.restored", "link.overridden", "link.overridden"]
    assert deeds[1]["detail"]["before"]["verdict"] == "tradable"
    assert deeds[1]["detail"]["after"] == deeds[0]["detail"]["before"]
    assert deeds[0]["detail"]["after"] is None
    assert {each["who"] for each in deeds} == {"key admin"}


@pytest.mark.parametrize(
    ("contract", "verdict", "reason", "status", "words"),
    [
        (BLIND, "tradable", "sure", 409, "not proven which side"),
        (EARLY, "tradable", "sure", 409, "provisional"),
        (TRADED, "tradable", "sure", 409, "tradable already"),
        (WATCHED, "tradable", "  ", 422, "a reason must be given"),
        (WATCHED, "tradable", "", 422, "reason"),
        (WATCHED, "sold", "sure", 422, "verdict"),
        ("kalshi:NOBODY:yes", "rejected", "sure", 404, "no contract kalshi:NOBODY:yes"),
        ("a\0b", "rejected", "sure", 404, "no contract"),
    ],
)
async def test_what_cannot_be_said_is_refused_and_changes_nothing(
    linked: House, contract: str, verdict: str, reason: str, status: int, words: str
) -> None:
    answered, problem = await say(linked, contract, verdict, reason)
    assert (answered, words in problem["detail"]) == (status, True), problem
    assert (await linked.ask.get("/match/overrides")).json()["total"] == 0
    deeds = (await linked.ask.get("/audit?what=link.overridden", headers=linked.as_admin)).json()
    assert (deeds["total"], deeds["items"], deeds["next_cursor"]) == (0, [], None)


async def test_only_what_was_said_is_taken_back_and_only_with_a_key(linked: House) -> None:
    path = f"/match/links/{quote(WATCHED)}/override"
    assert (await linked.ask.delete(path, headers=linked.as_admin)).status_code == 404
    assert (await linked.ask.delete(path)).status_code == 401
    assert (await linked.ask.post(path, json={"verdict": "rejected", "reason": "x"})).status_code == 401
    assert (await linked.ask.get("/audit")).status_code == 401
    assert (await linked.ask.get("/audit?cursor=WyJ4Il0", headers=linked.as_admin)).status_code == 422
    assert (await linked.ask.get("/match/links/nobody/decisions")).status_code == 404


async def test_a_contract_that_is_gone_can_still_be_given_back(linked: House) -> None:
    await say(linked, WATCHED, "rejected")
    await linked.hot.drop_links([CELTICS_GAME.id])
    answer = await linked.ask.delete(f"/match/links/{quote(WATCHED)}/override", headers=linked.as_admin)
    assert (answer.status_code, answer.json()["link"]) == (200, None)


async def test_what_nobody_published_is_not_published_by_an_override(linked: House) -> None:
    assert (await say(linked, EARLY, "rejected"))[0] == 200
    assert await linked.hot.discovered(PROVISIONAL_GAME.id) is None
    assert [each.verdict for each in await linked.hot.links(PROVISIONAL_GAME.id)] == ["rejected"]


@pytest.mark.parametrize(
    ("changes", "state", "why"),
    [
        ({"rules_hash": "another"}, "stale", "rules text has changed"),
        ({"polarity": "no"}, "stale", "another statement"),
        ({"reasons": (DOUBT, Reason("status", "unknown", "no orders now"))}, "waits", "status: no orders now"),
    ],
)
async def test_an_override_that_is_not_in_force_says_why(
    linked: House, changes: dict[str, object], state: str, why: str
) -> None:
    await say(linked, WATCHED, "tradable")
    now = next(each for each in await linked.hot.links(CELTICS_GAME.id) if each.contract_id == WATCHED)
    later = msgspec.structs.replace(as_matched(now), **changes)
    await linked.resources.recorder.record_links([later], NOW)
    (said,) = (await linked.ask.get(f"/match/overrides?state={state}")).json()["items"]
    assert why in said["why"]
    assert (await linked.ask.get("/match/overrides?state=in_force")).json()["items"] == []


async def test_a_price_alarm_is_not_overruled(linked: House) -> None:
    links = await linked.hot.links(CELTICS_GAME.id)
    alarm = Reason("price", "differs", "opposites trade at one price")
    await linked.hot.save_links(CELTICS_GAME.id, [rejected(link, alarm) for link in links])
    for verdict in ("tradable", "watch"):
        status, problem = await say(linked, WATCHED, verdict)
        assert (status, "opposites trade at one price" in problem["detail"]) == (409, True)
