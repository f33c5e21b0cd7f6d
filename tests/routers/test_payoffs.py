"""What contracts of a game pay together, before anybody has made a signal of them."""

import msgspec

from app.domain.settlements import Approval, Terms
from app.history.approvals import keep_approval
from app.history.audit import Deed
from tests.app.hot.samples import CELTICS_GAME, KALSHI, LAKERS, NOW, POLYMARKET, link
from tests.routers.houses import House

PATH = f"/games/{CELTICS_GAME.id}/payoffs"
KNOWN = Terms(
    overtime=True,
    tie="result",
    window=48,
    late="fair",
    cancelled="fair",
    abandoned=("fair",),
    sources=(("tie", "text"),),
)
HASH = "a" * 64
HOME, AWAY = "kalshi:KX-BOS:yes", "polymarket:0xg:Lakers"


async def tie(house: House, *, theirs: Terms | None = KNOWN) -> None:
    """The home side at one venue, its rival at the other."""
    home = msgspec.structs.replace(link(KALSHI, "KX-BOS"), terms=KNOWN)
    away = msgspec.structs.replace(
        link(POLYMARKET, "0xg", outcome="Lakers", team=LAKERS), terms=theirs, rules_hash=HASH
    )
    await house.hot.save_links(CELTICS_GAME.id, [home, away])


async def test_every_scenario_is_told_with_the_worst_one_marked(slate: House) -> None:
    half = msgspec.structs.replace(KNOWN, cancelled="half")
    await tie(slate, theirs=half)
    answer = (await slate.ask.get(PATH, params={"contract": [HOME, AWAY]})).json()
    assert (answer["game_id"], answer["verdict"], answer["least"]) == (CELTICS_GAME.id, "tail", "1.0000")
    assert [(leg["contract_id"], leg["proposition"]["statement"], leg["polarity"]) for leg in answer["legs"]] == [
        (HOME, "Boston Celtics win", "yes"),
        (AWAY, "Los Angeles Lakers win", "yes"),
    ]
    assert (answer["legs"][0]["terms"]["window"], answer["legs"][0]["sources"]) == (48, {"tie": "text"})
    played = [each for each in answer["scenarios"] if each["ending"] == "played"]
    assert sorted(each["pays"] for each in played) == [["0.0000", "1.0000"], ["1.0000", "0.0000"]]
    worst = [each for each in answer["scenarios"] if each["is_worst"]]
    assert {each["total"] for each in worst} == {min(each["total"] for each in answer["scenarios"])}
    assert worst


async def test_what_nobody_knows_is_said_and_what_a_person_approved_is_known(slate: House) -> None:
    await tie(slate, theirs=None)
    answer = (await slate.ask.get(PATH, params={"contract": [HOME, AWAY]})).json()
    assert (answer["verdict"], bool(answer["unknown"])) == ("unknown", True)
    assert "cancelled" in answer["legs"][1]["missing"]
    said = Approval(rules_hash=HASH, terms=KNOWN, reason="read", approved_by="me", approved_at=NOW.isoformat())
    await keep_approval(slate.history, said, Deed(at=NOW, who="me", what="rules.approved", detail={}))
    answer = (await slate.ask.get(PATH, params={"contract": [HOME, AWAY]})).json()
    assert (answer["legs"][1]["missing"], answer["legs"][1]["terms"]["cancelled"]) == ([], "fair")


async def test_what_cannot_be_asked_is_refused_with_what_to_do(slate: House) -> None:
    await tie(slate)
    assert (await slate.ask.get(PATH)).status_code == 422
    assert (await slate.ask.get(PATH, params={"contract": [HOME] * 5})).status_code == 422
    unknown = await slate.ask.get(PATH, params={"contract": [HOME, "kalshi:none:yes"]})
    assert (unknown.status_code, "/links" in unknown.json()["remedy"]) == (404, True)
    assert (await slate.ask.get("/games/none/payoffs", params={"contract": HOME})).status_code == 404
