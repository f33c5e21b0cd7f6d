"""The matcher over HTTP: its answers, and what it says to questions it cannot read."""

import asyncio
import random
import time

import msgspec
import pytest

from app.domain.answers import encode_match, encode_resolution
from app.domain.leagues import Pool
from app.matching.unified import TeamMatcher
from tests.app.hot.samples import ARSENAL_GAME, CELTICS_GAME
from tests.routers.houses import House

PAIR = {"target": "Celtics", "candidate": "Boston Celtics", "sport": "nba"}


def some_pairs(matching: TeamMatcher, count: int) -> list[dict[str, str]]:
    """Known names and misspelt ones, of one team and of two."""
    draw = random.Random(9)
    pairs = []
    for _ in range(count):
        sport = draw.choice(["nba", "ncaab", "nfl", "soccer"])
        one, other = draw.choices(matching.registry.teams(Pool(sport)), k=2)
        cut = draw.randrange(len(one.name))
        misspelt = one.name[:cut] + one.name[cut + 1 :] or one.name
        candidate = draw.choice([one.name, one.nickname or one.name, misspelt, other.name])
        target = draw.choice([one.name, one.abbreviation or one.name])
        pairs.append({"target": target, "candidate": candidate, "sport": sport})
    return pairs


async def test_a_nickname_is_its_team(house: House) -> None:
    answer = (await house.ask.post("/match", json=PAIR)).json()
    assert answer["is_match"] is True
    assert answer["confidence"] >= 0.90
    assert set(answer) == {
        *("is_match", "confidence", "method", "target_team", "candidate_team", "reasons", "candidates")
    }
    assert answer["target_team"] == {
        "id": "nba:2",
        "name": "Boston Celtics",
        "location": "Boston",
        "nickname": "Celtics",
        "abbreviation": "BOS",
    }


async def test_the_same_in_a_url(house: House) -> None:
    posted = (await house.ask.post("/match", json=PAIR)).json()
    assert (await house.ask.get("/match", params=PAIR)).json() == posted


async def test_an_answer_is_the_matchers_own_json_byte_for_byte(house: House) -> None:
    matching = house.resources.matching
    pairs = some_pairs(matching, 300)
    batch = await house.ask.post("/match/batch", json={"pairs": pairs})
    entries = msgspec.json.decode(batch.content, type=dict[str, msgspec.Raw])["entries"]
    for pair, entry in zip(pairs, msgspec.json.decode(entries, type=list[dict[str, msgspec.Raw]]), strict=True):
        said = encode_match(matching.match(**pair))
        assert (await house.ask.post("/match", json=pair)).content == said
        assert (await house.ask.get("/match", params=pair)).content == said
        assert bytes(entry["answer"]) == said
        assert bytes(entry["problem"]) == b"null"


async def test_what_a_name_means_is_the_matchers_own_json(house: House) -> None:
    matching = house.resources.matching
    for pair in some_pairs(matching, 100):
        asked = {"name": pair["target"], "sport": pair["sport"]}
        answer = await house.ask.post("/match/resolve", json=asked)
        assert answer.content == encode_resolution(matching.resolve(**asked))


async def test_context_in_a_url_is_json(house: House) -> None:
    asked = {"target": "Miami", "candidate": "Miami Hurricanes", "sport": "ncaab"}
    without = (await house.ask.get("/match", params=asked)).json()
    within = (await house.ask.get("/match", params=asked | {"context": '{"opponent": "Duke"}'})).json()
    posted = (await house.ask.post("/match", json=asked | {"context": {"opponent": "Duke"}})).json()
    assert not without["is_match"]
    assert {team["name"] for team in without["candidates"]} == {"Miami Hurricanes", "Miami (OH) RedHawks"}
    assert within == posted


@pytest.mark.parametrize("sport", ["NBA", " nba ", "cfb", "cbb"])
async def test_sports_as_people_write_them(house: House, sport: str) -> None:
    assert (await house.ask.post("/match", json=PAIR | {"sport": sport})).status_code == 200


@pytest.mark.parametrize(
    ("change", "field", "expected"),
    [
        ({"sport": "cricket"}, "body.sport", "must be one of nba, wnba"),
        ({"target": ""}, "body.target", "must not be blank"),
        ({"target": "   "}, "body.target", "must not be blank"),
        ({"candidate": "x" * 201}, "body.candidate", "at most 200 characters"),
        ({"candidate": 7}, "body.candidate", "expected `str`, got `int`"),
        ({"sprot": "nba"}, "body.sprot", "no such field is known"),
        ({"context": {"opponents": "Duke"}}, "body.context.opponents", "no such field is known"),
        ({"context": {"start": "tomorrow"}}, "body.context.start", "datetime"),
        ({"context": {"start": "2026-01-09T00:30:00"}}, "body.context.start", "timezone"),
        ({"context": {"start": "0001-01-01T00:00:00Z"}}, "body.context.start", "between 2000 and 2100"),
        ({"context": {"start": "9999-12-31T23:59:59-12:00"}}, "body.context.start", "between 2000 and 2100"),
        ({"target": "a\0b"}, "body.target", "must not have control"),
        ({"target": "Boston \u202ecitleC"}, "body.target", "must not have control"),
    ],
)
async def test_a_field_that_cannot_be_read_is_named(
    house: House, change: dict[str, object], field: str, expected: str
) -> None:
    answer = await house.ask.post("/match", json=PAIR | change)
    assert answer.status_code == 422
    (problem,) = answer.json()["errors"]
    assert problem["field"] == field
    assert expected in problem["expected"]


async def test_a_missing_field_is_named(house: House) -> None:
    problem = (await house.ask.get("/match", params={"target": "Celtics"})).json()
    assert {error["field"] for error in problem["errors"]} == {"query.candidate", "query.sport"}


async def test_a_field_of_a_context_in_a_url_is_named(house: House) -> None:
    for context, field in (("{", "query.context"), ('{"rival": "Duke"}', "query.context.rival")):
        problem = (await house.ask.get("/match", params=PAIR | {"context": context})).json()
        assert [error["field"] for error in problem["errors"]] == [field]


async def test_a_body_that_is_not_said_to_be_json_is_told_how(house: House) -> None:
    for headers in ({}, {"content-type": "text/plain"}, {"content-type": "application/x-www-form-urlencoded"}):
        answer = await house.ask.post("/match", content=b'{"target": "Celtics"}', headers=headers)
        assert answer.status_code == 422
        assert "content-type: application/json" in answer.json()["remedy"]


@pytest.mark.parametrize("start", ["2026-01-09T00:30:00", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z"])
async def test_a_listing_starts_at_a_moment_that_can_be(house: House, start: str) -> None:
    answer = await house.ask.post("/match/listing", json={"title": "Lakers vs. Celtics", "start": start})
    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == ["body.start"]


@pytest.mark.parametrize("body", [b"[" * 100_000, b'{"title": ' + b"9" * 5_000 + b"}"])
async def test_json_that_no_machine_should_read_is_told_so(house: House, body: bytes) -> None:
    answer = await house.ask.post("/match/listing", content=body, headers={"content-type": "application/json"})
    assert answer.status_code == 400
    assert "nested" in answer.json()["remedy"]


@pytest.mark.parametrize("body", [b"", b"{", b'{"target": ', b"[]", b"null", b"\xff\xfe"])
async def test_a_body_that_is_no_question_is_refused(house: House, body: bytes) -> None:
    answer = await house.ask.post("/match", content=body, headers={"content-type": "application/json"})
    assert answer.status_code in (400, 422)
    assert answer.headers["content-type"] == "application/problem+json"


async def test_one_bad_pair_does_not_lose_the_others(house: House) -> None:
    pairs = [PAIR, {"target": "Celtics"}, "nonsense", PAIR | {"candidate": "Los Angeles Lakers"}]
    answer = (await house.ask.post("/match/batch", json={"pairs": pairs})).json()
    assert (answer["matched"], answer["refused"]) == (1, 2)
    verdicts = [entry["answer"] and entry["answer"]["is_match"] for entry in answer["entries"]]
    assert verdicts == [True, None, None, False]
    assert {error["field"] for error in answer["entries"][1]["problem"]["errors"]} == {"candidate", "sport"}


@pytest.mark.parametrize(("pairs", "status"), [(0, 422), (1, 200), (1_000, 200), (1_001, 422)])
async def test_a_batch_has_one_to_a_thousand_pairs(house: House, pairs: int, status: int) -> None:
    answer = await house.ask.post("/match/batch", json={"pairs": [PAIR] * pairs})
    assert answer.status_code == status


async def test_a_batch_lets_others_have_their_turn(house: House) -> None:
    words = [team.location.split()[0] for team in house.resources.matching.registry.teams(Pool("ncaab"))]
    names = [" ".join(words[at : at + 12])[:120] for at in range(150)]
    pairs = [{"target": name, "candidate": name, "sport": "ncaab"} for name in names]
    batch = asyncio.create_task(house.ask.post("/match/batch", json={"pairs": pairs}))
    longest, seen = 0.0, time.perf_counter()
    while not batch.done():
        await asyncio.sleep(0)
        longest, seen = max(longest, time.perf_counter() - seen), time.perf_counter()
    assert batch.result().status_code == 200
    assert longest < 0.25  # seconds; all of it takes several times as long


async def test_a_name_that_several_bear_is_answered_with_them(house: House) -> None:
    answer = (await house.ask.post("/match/resolve", json={"name": "Tigers", "sport": "ncaaf"})).json()
    assert answer["team"] is None
    assert len(answer["candidates"]) > 3
    found = (await house.ask.post("/match/resolve", json={"name": "BOS", "sport": "nba"})).json()
    assert found["team"]["name"] == "Boston Celtics"


async def test_a_listing_is_tied_to_its_game(house: House) -> None:
    await house.hot.save_games([CELTICS_GAME, ARSENAL_GAME])
    asked = {"title": "Lakers vs. Celtics", "outcome": "Celtics", "sport": "nba", "start": "2026-01-11T01:30:00Z"}
    answer = (await house.ask.post("/match/listing", json=asked)).json()
    assert answer["game"]["id"] == CELTICS_GAME.id
    assert answer["proposition"]["kind"] == "moneyline"
    assert answer["proposition"]["team_id"] == "nba:2"
    assert answer["polarity"] == "yes"
    assert answer["reasons"]


async def test_a_listing_about_a_season_is_left_out_with_the_reason(house: House) -> None:
    answer = (await house.ask.post("/match/listing", json={"title": "NBA Champion 2026", "sport": "nba"})).json()
    assert answer["game"] is None
    assert answer["left_out"][0]["code"]


async def test_a_listing_of_which_nothing_is_known_is_refused(house: House) -> None:
    answer = await house.ask.post("/match/listing", json={"sport": "nba"})
    assert answer.status_code == 422
    assert "one of title, ticker, slug, question" in answer.json()["detail"]
