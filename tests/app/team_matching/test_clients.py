"""A client is answered as the matcher answers, over whatever still leads to it; where nothing does, it says so."""

import asyncio
import logging
import signal
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import msgspec
import pytest

import app.team_matching.clients
from app.domain.answers import decode_match, encode_match
from app.domain.questions import LONGEST_NAME, MatchRequest, QuestionRefused
from app.domain.teams import MatchContext, TeamMatch
from app.errors import AccessDenied, BadInput, MatchingUnavailable
from app.hot.connections import Door, open_redis
from app.hot.keys import MATCH_REQUESTS
from app.hot.lines import Message
from app.hot.state import open_hot_state
from app.matching.registry import Registry
from app.matching.unified import TeamMatcher
from app.ports import TeamMatching
from app.resources import open_resources
from app.settings import MatchingSettings
from app.team_matching import InProcessTeamMatching, TeamMatchingClient
from tests.app.team_matching.hosts import serving
from tests.routers.houses import settings_for
from tests.servers import Server
from tests.workers.bots import answering, until
from tests.workers.worlds import World

CELTICS = ("Celtics", "Boston Celtics", "nba")
MIAMI = MatchRequest("Miami", "Miami Hurricanes", "cbb", MatchContext(matched_side="Miami Hurricanes"))
BAD = MatchRequest("", "Boston Celtics", "nba")
ASKED = [MatchRequest(*CELTICS), BAD, MIAMI, MatchRequest("Giants", "Giants", "chess")]
NOWHERE = "http://127.0.0.1:1"


@pytest.fixture(scope="module")
def matcher() -> TeamMatcher:
    """Warm, as a platform's is, and so is whoever else has the registry of this process: answers have a time limit."""
    matcher = TeamMatcher(Registry.load())
    matcher.warm()
    return matcher


def told(answers: Sequence[TeamMatch | BadInput]) -> list[object]:
    """Answers that can be compared: of a refusal, which fields it names."""
    return [[fault.field for fault in each.faults] if isinstance(each, QuestionRefused) else each for each in answers]


@pytest.fixture
async def redis(world: World, fresh_redis_url: str) -> AsyncIterator[str]:
    """A Redis where one worker answers."""
    async with answering(world.resources):
        yield fresh_redis_url


async def expected(matcher: TeamMatcher, asked: Sequence[MatchRequest]) -> list[object]:
    """What the matcher of this very process says, without what only it knows of a team."""
    heard: list[TeamMatch | BadInput] = []
    for answer in await InProcessTeamMatching(matcher).match_many(asked):
        heard.append(answer if isinstance(answer, BadInput) else decode_match(encode_match(answer)))
    return told(heard)


async def test_over_redis_answers_are_those_of_the_matcher(redis: str, matcher: TeamMatcher) -> None:
    async with TeamMatchingClient(redis_url=redis) as matching:
        port: TeamMatching = matching
        assert told(await port.match_many(ASKED)) == await expected(matcher, ASKED)
        assert [await port.match(*CELTICS)] == await expected(matcher, ASKED[:1])
        assert (await port.match("Miami", "Miami Hurricanes", "cbb", MIAMI.context)).is_match
        with pytest.raises(QuestionRefused, match="target: must not be blank"):
            await port.match("", "Celtics", "nba")
        assert await port.match_many([]) == []


async def test_any_number_of_questions_share_one_subscription(redis: str, matcher: TeamMatcher) -> None:
    teams = matcher.registry.teams("nba") + matcher.registry.teams("mlb")
    pairs = [(one.name, other.name, one.pool) for one in teams for other in teams[::9]]
    async with TeamMatchingClient(redis_url=redis) as matching:
        found = await asyncio.gather(*(matching.match(*pair) for pair in pairs))
        assert await _patterns(redis) == 1
    assert [each.is_match for each in found] == [matcher.match(*pair).is_match for pair in pairs]
    assert await _patterns(redis) == 0


async def test_thousands_of_pairs_at_once_come_back_in_their_order(redis: str, matcher: TeamMatcher) -> None:
    teams = list(matcher.registry.teams("soccer"))[:2_600]
    asked = [MatchRequest(team.name, team.name, "soccer") for team in teams]
    async with TeamMatchingClient(redis_url=redis, timeout=20) as matching:
        found = await matching.match_many(asked)
    assert told(found) == await expected(matcher, asked)


@pytest.mark.parametrize("name", ["x" * 5_000_000, "a\ud800b"])
async def test_what_nobody_could_answer_costs_nobody_else(redis: str, name: str) -> None:
    bad = MatchRequest(name, "Boston Celtics", "nba")
    async with TeamMatchingClient(redis_url=redis) as matching:
        others = [asyncio.create_task(matching.match(*CELTICS)) for _ in range(3)]
        refused, found = await matching.match_many([bad, MatchRequest(*CELTICS)])
        assert isinstance(refused, QuestionRefused)
        assert isinstance(found, TeamMatch)
        assert all(each.is_match for each in await asyncio.gather(*others))


async def test_where_nobody_listens_nobody_waits(fresh_redis_url: str) -> None:
    async with TeamMatchingClient(redis_url=fresh_redis_url, timeout=60) as matching:
        with pytest.raises(MatchingUnavailable, match="nobody listens to team:match:request") as refused:
            await matching.match(*CELTICS)
    assert "crosscourt up" in refused.value.remedy


async def test_who_listens_and_says_nothing_is_waited_for_only_so_long(fresh_redis_url: str) -> None:
    async with mute(fresh_redis_url), TeamMatchingClient(redis_url=fresh_redis_url, timeout=0.1) as matching:
        with pytest.raises(MatchingUnavailable, match=r"no answer from .* within 0\.1 s"):
            await matching.match(*CELTICS)


async def test_a_reply_that_is_none_is_not_believed(fresh_redis_url: str) -> None:
    async with mute(fresh_redis_url, says=b'{"is_match":"perhaps"}'), TeamMatchingClient(fresh_redis_url) as matching:
        with pytest.raises(MatchingUnavailable, match="neither an answer nor a problem"):
            await matching.match(*CELTICS)


async def test_it_says_once_that_it_is_connected_and_each_answer(redis: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "app.team_matching")
    async with TeamMatchingClient(redis_url=redis) as matching:
        await matching.match(*CELTICS)
        found = await matching.match("Celtics", "Lakers", "nba")
    assert caplog.messages[0] == "Connected to unified team matching service"
    assert caplog.messages[1].startswith("Team match: 'Celtics' vs 'Boston Celtics' -> True (confidence: 0.9")
    assert caplog.messages[2:] == [f"Team match: 'Celtics' vs 'Lakers' -> False (confidence: {found.confidence:.2f})"]


def test_an_address_must_be_given() -> None:
    with pytest.raises(BadInput, match="no address of the platform"):
        TeamMatchingClient()


async def test_where_nothing_answers_every_way_is_named(tmp_path: Path) -> None:
    async with TeamMatchingClient(f"unix://{tmp_path}/none.sock", NOWHERE) as matching:
        with pytest.raises(MatchingUnavailable) as refused:
            await matching.match(*CELTICS)
    assert "redis: Redis at socket" in str(refused.value)
    assert f"http: {NOWHERE}" in str(refused.value)


async def test_a_way_that_fails_is_told_of_once_and_so_is_its_return(
    world: World, fresh_redis_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "app.team_matching")
    async with TeamMatchingClient(fresh_redis_url, NOWHERE) as matching:
        for _ in range(2):
            for _ in range(5):
                with pytest.raises(MatchingUnavailable):
                    await matching.match(*CELTICS)
            async with answering(world.resources):
                await matching.match(*CELTICS)
    away, back = "team matching does not answer", "team matching answers again"
    told = [line for line in caplog.messages if not line.startswith("Team match:")]
    assert told == [away, away, "Connected to unified team matching service", away, back], "at first of each way"


async def test_over_http_answers_are_those_of_the_matcher(
    fresh_database_url: str, fresh_redis_url: str, tmp_path: Path, matcher: TeamMatcher
) -> None:
    settings = settings_for(fresh_database_url, fresh_redis_url, tmp_path)
    async with serving(settings, []) as url, TeamMatchingClient(http_url=url) as matching:
        assert told(await matching.match_many(ASKED)) == await expected(matcher, ASKED)
        assert [await matching.match(*CELTICS)] == await expected(matcher, ASKED[:1])
        many = [MatchRequest(team.name, team.name, "soccer") for team in list(matcher.registry.teams("soccer"))[:1_100]]
        assert told(await matching.match_many(many)) == await expected(matcher, many)
        long = "\U0001f3c0" * LONGEST_NAME
        longest = MatchRequest(long, long, "soccer", MatchContext(opponent=long, venue_id=long, matched_side=long))
        assert all(isinstance(each, TeamMatch) for each in await matching.match_many([longest] * 401))
        with pytest.raises(QuestionRefused, match=f"at most {LONGEST_NAME}"):
            await matching.match("x" * 300, "Celtics", "nba")
        async with TeamMatchingClient(http_url=url, api_key="nobodys") as stranger:
            with pytest.raises(AccessDenied):
                await stranger.match(*CELTICS)
        async with mute(fresh_redis_url), TeamMatchingClient(fresh_redis_url, url, timeout=0.5) as patient:
            assert (await patient.match(*CELTICS)).is_match, "a mute worker is given up for HTTP"


async def test_it_goes_on_by_http_while_redis_is_away_and_returns_to_it(
    world: World, server: Server, fresh_database_url: str, fresh_redis_url: str, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture,
) -> None:  # fmt: skip
    monkeypatch.setattr(app.team_matching.clients, "REST", 0.1)
    caplog.set_level(logging.INFO, "workers.team_matching")
    settings = settings_for(fresh_database_url, fresh_redis_url, tmp_path)
    async with open_hot_state(server.url) as hot, serving(settings, []) as url:
        world.resources.hot = hot
        async with answering(world.resources), TeamMatchingClient(server.url, url) as matching:
            assert (await matching.match(*CELTICS)).is_match
            assert len(caplog.messages) == 1, "the worker has answered"
            server.stop()
            assert (await matching.match(*CELTICS)).is_match
            server.start()

            async def is_answered_over_redis() -> bool:
                before = len(caplog.messages)
                assert (await matching.match(*CELTICS)).is_match, "nobody notices"
                return len(caplog.messages) > before

            await until(is_answered_over_redis)
            assert server.process is not None
            server.process.send_signal(signal.SIGSTOP)
            patient = TeamMatchingClient(server.url, url, timeout=0.5)
            async with patient:
                assert (await patient.match(*CELTICS)).is_match, "a mute Redis is given up for HTTP"
            server.process.send_signal(signal.SIGCONT)


async def test_a_process_may_have_its_names_matched_by_another(
    redis: str, fresh_database_url: str, tmp_path: Path
) -> None:
    plain = settings_for(fresh_database_url, redis, tmp_path)
    settings = plain.model_copy(update={"matching": MatchingSettings(by="rpc")})
    async with open_resources(plain) as here, open_resources(settings) as elsewhere:
        assert isinstance(here.team_matching, InProcessTeamMatching)
        assert isinstance(elsewhere.team_matching, TeamMatchingClient)
        assert (await elsewhere.team_matching.match(*CELTICS)).is_match


class Mute:
    """Listens to questions and says nothing, or always the same."""

    def __init__(self, redis_url: str, says: bytes | None) -> None:
        self._door = Door(open_redis(redis_url))
        self._says = says

    def hear(self, message: Message) -> None:
        if self._says is not None:
            channel = f"team:match:response:{msgspec.json.decode(message.body)['request_id']}"
            self._line.send(b"PUBLISH", channel.encode(), self._says, told=lambda _: None)

    def lose(self, error: Exception) -> None:
        pass

    async def open(self) -> None:
        self._line = await self._door.open_line(self)
        await self._line.subscribe(MATCH_REQUESTS)

    async def close(self) -> None:
        self._line.close()
        await self._door.close()


@asynccontextmanager
async def mute(redis_url: str, says: bytes | None = None) -> AsyncIterator[None]:
    listener = Mute(redis_url, says)
    await listener.open()
    try:
        yield
    finally:
        await listener.close()


async def _patterns(redis_url: str) -> int:
    redis = open_redis(redis_url)
    try:
        return int(await redis.pubsub_numpat())
    finally:
        await redis.aclose()
