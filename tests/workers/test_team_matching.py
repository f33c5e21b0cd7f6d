"""Whoever asks over Redis is answered as anywhere else, whatever happens to the server and however odd the request."""

import asyncio
import json
import logging
from collections.abc import AsyncIterator
from typing import Any

import pytest

import workers.supervisor
import workers.team_matching
from app.domain.answers import encode_match
from app.domain.operations import Round
from app.domain.teams import MatchContext, Team, TeamMatch
from app.hot.keys import MATCH_REQUESTS, match_response_channel
from app.hot.state import open_hot_state
from app.matching.unified import TeamMatcher
from tests.servers import Server
from tests.workers.bots import PLAIN, Bot, answering, listeners, until
from tests.workers.worlds import World
from workers.roster import Worker
from workers.supervisor import supervised
from workers.team_matching import team_matching


@pytest.fixture
async def bot(fresh_redis_url: str) -> AsyncIterator[Bot]:
    bot = Bot(fresh_redis_url)
    yield bot
    await bot.close()


async def test_the_answer_is_that_of_the_matcher_after_the_id(world: World, bot: Bot) -> None:
    async with answering(world.resources):
        reply = await bot.ask_raw({"request_id": 'a "7"', **PLAIN})
    said = encode_match(world.resources.matching.match("Celtics", "Boston Celtics", "nba"))
    assert reply == b'{"request_id":"a \\"7\\"",' + said[1:]
    assert json.loads(reply)["confidence"] >= 0.90


async def test_context_decides_here_too(world: World, bot: Bot) -> None:
    asked = {"target": "Miami", "candidate": "Miami Hurricanes", "sport": "cbb"}
    async with answering(world.resources):
        assert (await bot.ask(**asked))["is_match"] is False
        decided = await bot.ask(**asked, context={"matched_side": "Miami Hurricanes", "start": "2026-02-07T17:00:00Z"})
    context = MatchContext(matched_side="Miami Hurricanes")
    assert decided == json.loads(encode_match(world.resources.matching.match(*asked.values(), context)))


async def test_an_id_may_be_a_number(world: World, bot: Bot) -> None:
    async with answering(world.resources):
        assert json.loads(await bot.ask_raw({"request_id": 7, **PLAIN}))["request_id"] == 7


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({**PLAIN, "sport": "chess"}, "sport"),
        ({"target": "Celtics", "sport": "nba"}, "candidate"),
        ({**PLAIN, "target": "x" * 10_000}, "target"),
        ({**PLAIN, "target": "a\x00b"}, "target"),
        ({**PLAIN, "target": "a\u202eb"}, "target"),
        ({**PLAIN, "target": ["Celtics"]}, "target"),
        ({**PLAIN, "context": {"oponent": "Duke"}}, "context.oponent"),
        ({**PLAIN, "context": "Duke"}, "context"),
        ({**PLAIN, "pairs": []}, "target"),
        ({"pairs": []}, "pairs"),
        ({"pairs": 5}, "pairs"),
        ({"pairs": [PLAIN] * 1_001}, "pairs"),
    ],
)
async def test_a_bad_request_is_told_what_is_wrong(world: World, bot: Bot, given: dict[str, Any], field: str) -> None:
    async with answering(world.resources):
        error = (await bot.ask(**given))["error"]
    assert [fault["field"] for fault in error["errors"]] == [field]
    assert error["detail"].startswith(f"{field}: ")
    assert error["remedy"]
    assert (error["title"], error["type"]) == ("What was sent cannot be understood.", "urn:crosscourt:validation")


@pytest.mark.parametrize(
    "request_", [b"", b"hello", b"{", b"[1]", b"\xff", b"{}", json.dumps(PLAIN).encode(), b'{"request_id":null}',
                 b'{"request_id":""}', b'{"request_id":"' + b"x" * 300 + b'"}', b" " * 5_000_000]
)  # fmt: skip
async def test_who_cannot_be_answered_costs_nobody_else(
    world: World, bot: Bot, request_: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workers.team_matching, "TURN", 0.1)
    rounds: list[Round] = []
    async with answering(world.resources, rounds):
        await bot._redis.publish(MATCH_REQUESTS, request_)
        assert (await bot.ask(**PLAIN))["is_match"] is True
        await until(lambda: any(done.counts["matched"] for done in rounds))
    assert rounds[-1].counts["unreadable"] == 1 or rounds[-1].is_idle


async def test_many_pairs_are_one_request_and_a_bad_one_costs_the_others_nothing(world: World, bot: Bot) -> None:
    async with answering(world.resources):
        pairs = [PLAIN, {**PLAIN, "sport": "chess"}, {"target": "Giants", "candidate": "Dodgers", "sport": "mlb"}]
        reply = await bot.ask(pairs=pairs)
        assert (await bot.ask(pairs=[PLAIN]))["answers"] == [await bot.ask(**PLAIN)]
    said, refused, other = reply["answers"]
    assert said == json.loads(encode_match(world.resources.matching.match("Celtics", "Boston Celtics", "nba")))
    assert refused["error"]["errors"][0]["field"] == "sport"
    assert other["is_match"] is False


async def test_several_answer_the_same(world: World, bot: Bot) -> None:
    asked = json.dumps({"request_id": "several", **PLAIN}).encode()
    async with answering(world.resources), answering(world.process()), answering(world.process()):
        said = await bot.hears(asked, match_response_channel("several"), replies=3)
    assert len({message["data"] for message in said}) == 1


async def test_each_answer_is_one_line_in_the_log(world: World, bot: Bot, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    async with answering(world.resources):
        await bot.ask(**PLAIN)
        await bot.ask(**{**PLAIN, "target": "Lakers\nTeam match: 'a' vs 'b' -> True"})
        await until(lambda: sum("Team match" in line for line in caplog.messages) == 2)
    lines = [line for line in caplog.messages if "Team match" in line]
    said = world.resources.matching.match("Celtics", "Boston Celtics", "nba").confidence
    assert lines[0] == f"Team match: 'Celtics' vs 'Boston Celtics' -> True (confidence: {said:.2f})"
    assert all("\n" not in line for line in lines)


async def test_a_bug_is_answered_as_such_and_the_next_question_as_ever(
    world: World, bot: Bot, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    kept = TeamMatcher.match

    def fall(matcher: TeamMatcher, target: str, *rest: Any) -> TeamMatch:
        if target == "secret":
            raise ZeroDivisionError(target)
        return kept(matcher, target, *rest)

    monkeypatch.setattr(TeamMatcher, "match", fall)
    async with answering(world.resources):
        error = (await bot.ask(**{**PLAIN, "target": "secret"}))["error"]
        assert (await bot.ask(**PLAIN))["is_match"] is True
    assert error["type"] == "urn:crosscourt:internal-server-error"
    assert "secret" not in json.dumps(error)
    assert "match fell" in caplog.messages


async def test_rounds_count_what_was_done_and_are_idle_when_nothing_was(
    world: World, bot: Bot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workers.team_matching, "TURN", 0.2)
    rounds: list[Round] = []
    async with answering(world.resources, rounds):
        await until(lambda: bool(rounds))
        assert rounds[0].is_idle
        await bot.ask(pairs=[PLAIN, {**PLAIN, "candidate": "Lakers"}, {**PLAIN, "sport": "chess"}])
        await until(lambda: any(done.counts["requests"] for done in rounds))
    told = next(done.counts for done in reversed(rounds) if not done.is_idle)
    assert {name: told[name] for name in ("requests", "matched", "not_matched", "refused")} == {
        "requests": 1, "matched": 1, "not_matched": 1, "refused": 1
    }  # fmt: skip


async def test_what_another_process_learns_is_known_here_within_a_cycle(
    world: World, bot: Bot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workers.supervisor, "LEARN_EVERY", 0.05)
    asked = {"target": "Quokka Zephyrs", "candidate": "San Diego Padres", "sport": "mlb"}
    other = world.process()
    (padres,) = (team for team in other.matching.registry.teams("mlb") if team.name == "San Diego Padres")
    async with supervised([SUPERVISED], world.resources):
        await until(lambda: _is_answered(world))
        before = await bot.ask(**asked)
        await other.learn_teams([Team(padres.id, padres.pool, "Quokka Zephyrs", "Quokka", "Zephyrs", "QZ")])

        async def is_known() -> bool:
            return bool((await bot.ask(**asked))["is_match"])

        await until(is_known)
    assert not before["is_match"]


SUPERVISED = Worker(team_matching, every=0.2, process="trading", longest_wait=0.5)


async def test_a_killed_and_restarted_server_is_answered_on_again_by_one_worker_that_beats(
    world: World, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workers.team_matching, "TURN", 0.2)
    monkeypatch.setattr(workers.supervisor, "BEAT_EVERY", 0.1)
    async with open_hot_state(server.url) as hot:
        world.resources.hot = hot
        bot = Bot(server.url)
        async with supervised([SUPERVISED], world.resources):
            await until(lambda: _is_answered(world))
            assert (await bot.ask(**PLAIN))["is_match"] is True
            server.stop()
            await asyncio.sleep(3)  # longer than a call waits for it
            server.start()
            await until(lambda: _is_answered(world))
            assert (await bot.ask(**PLAIN))["is_match"] is True
            (before,) = await hot.beats()
            await until(lambda: _beats_well(world, before.runs + 3))
        assert not await _is_answered(world)
        await bot.close()


async def _is_answered(world: World) -> bool:
    return await listeners(world.resources) > 0


async def _beats_well(world: World, runs: int) -> bool:
    (beat,) = await world.resources.hot.beats()
    return (beat.worker, beat.last_error) == ("team_matching", "") and beat.runs >= runs
