"""The slate and a game's links, read from what the workers left in Redis."""

import msgspec
import pytest

from tests.app.hot.samples import ARSENAL_GAME, CELTICS_GAME, KALSHI, NBA, NOW, PROVISIONAL_GAME, left_out, link
from tests.routers.houses import House


async def ids(house: House, query: str) -> list[str]:
    return [game["id"] for game in (await house.ask.get(f"/games{query}")).json()["items"]]


async def test_a_game_of_the_slate_shows_its_links_by_venue(slate: House) -> None:
    page = (await slate.ask.get("/games")).json()
    row = next(game for game in page["items"] if game["id"] == CELTICS_GAME.id)
    assert row["start"] == "2026-01-11T01:30:00Z"
    assert row["venues"] == {
        "kalshi": {"kinds": ["moneyline", "spread"], "tradable": 3, "watch": 1, "rejected": 0},
        "polymarket": {"kinds": ["moneyline"], "tradable": 1, "watch": 0, "rejected": 1},
    }
    assert page["total"] == 3


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("?sport=epl", {ARSENAL_GAME.id}),
        ("?sport=EPL", {ARSENAL_GAME.id}),
        ("?provisional=true", {PROVISIONAL_GAME.id}),
        ("?provisional=false", {ARSENAL_GAME.id, CELTICS_GAME.id}),
        ("?status=live", set()),
        ("?status=scheduled&sport=nba", {CELTICS_GAME.id, PROVISIONAL_GAME.id}),
    ],
)
async def test_the_slate_is_filtered(slate: House, query: str, expected: set[str]) -> None:
    assert set(await ids(slate, query)) == expected


@pytest.mark.parametrize("query", ["?sport=cricket", "?status=played", "?limit=0", "?cursor=nonsense!"])
async def test_a_filter_that_cannot_be_read_is_refused(slate: House, query: str) -> None:
    answer = await slate.ask.get(f"/games{query}")
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"


async def test_a_game_that_begins_between_two_pages_is_neither_lost_nor_shown_twice(slate: House) -> None:
    first = (await slate.ask.get("/games?limit=1")).json()
    waiting = {CELTICS_GAME.id: CELTICS_GAME, PROVISIONAL_GAME.id: PROVISIONAL_GAME, ARSENAL_GAME.id: ARSENAL_GAME}
    shown = first["items"][0]["id"]
    await slate.hot.save_games([msgspec.structs.replace(each, status="live") for each in waiting.values()])
    rest = await ids(slate, f"?cursor={first['next_cursor']}")
    assert sorted([shown, *rest]) == sorted(waiting)


async def test_pages_together_are_the_slate(slate: House) -> None:
    seen, cursor = [], ""
    for _ in range(3):
        page = (await slate.ask.get(f"/games?limit=1{cursor}")).json()
        seen += [game["id"] for game in page["items"]]
        cursor = f"&cursor={page['next_cursor']}"
    assert page["next_cursor"] is None
    assert seen == await ids(slate, "")


async def test_every_contract_shows_what_it_says_and_why(slate: House) -> None:
    await slate.hot.save_left_out(
        KALSHI, NBA, [msgspec.structs.replace(left_out(1), game_id=CELTICS_GAME.id), left_out(2)]
    )
    answer = (await slate.ask.get(f"/games/{CELTICS_GAME.id}/links")).json()
    assert len(answer["links"]) == 6
    first = answer["links"][0]
    assert first["proposition"] == {
        "kind": "moneyline",
        "period": "game",
        "line": None,
        "team": "Boston Celtics",
        "team_id": "nba:2",
        "statement": "Boston Celtics win",
    }
    assert first["reasons"] == [{"field": "home", "finding": "agrees", "detail": "Boston = Boston Celtics"}]
    spread = next(link for link in answer["links"] if link["proposition"]["kind"] == "spread")
    assert spread["proposition"]["line"] == -3.5
    assert spread["proposition"]["statement"] == "Boston Celtics win by more than 3.5"
    assert [item["market_id"] for item in answer["left_out"]] == ["E-1"]


async def test_contracts_that_settle_alike_stand_together(slate: House) -> None:
    links = (await slate.ask.get(f"/games/{CELTICS_GAME.id}/links")).json()["links"]
    said = [(link["proposition"]["period"], link["proposition"]["kind"], link["polarity"]) for link in links]
    assert said == [
        ("game", "moneyline", "yes"),
        ("game", "moneyline", "yes"),
        ("game", "moneyline", "no"),
        ("game", "spread", "yes"),
        ("game", "total", "yes"),
        ("1h", "draw", "yes"),
    ]


async def test_a_provisional_game_is_found_by_its_id(slate: House) -> None:
    game = (await slate.ask.get(f"/games/{PROVISIONAL_GAME.id}")).json()
    assert game["is_provisional"] is True
    assert (await slate.ask.get(f"/games/{PROVISIONAL_GAME.id}/links")).json()["links"] == []


async def test_a_game_that_is_over_is_still_answered(house: House) -> None:
    over = msgspec.structs.replace(CELTICS_GAME, status="final", home_score=110, away_score=99)
    await house.resources.recorder.record_games([over])
    await house.resources.recorder.record_links(
        [link(KALSHI, "KX-BOS"), link(KALSHI, "KX-SPR", "spread", points=-3.5)], NOW
    )
    game = (await house.ask.get(f"/games/{over.id}")).json()
    assert (game["status"], game["home_score"], game["home"]["nickname"]) == ("final", 110, "Celtics")
    answer = (await house.ask.get(f"/games/{over.id}/links")).json()
    assert answer["game"] == game
    assert [each["proposition"]["statement"] for each in answer["links"]] == [
        "Boston Celtics win",
        "Boston Celtics win by more than 3.5",
    ]


@pytest.mark.parametrize("path", ["/games/none", "/games/none/links", "/games/a%00b"])
async def test_a_game_that_is_not_there_is_answered_with_where_to_look(slate: House, path: str) -> None:
    answer = await slate.ask.get(path)
    assert answer.status_code == 404
    assert "GET /" in answer.json()["remedy"]
