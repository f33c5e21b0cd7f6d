"""One matcher, one answer: REST, RPC, the command and Python say the same bytes, and refuse the same questions."""

import json
import random
import unicodedata
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest
from typer.testing import CliRunner

from app.cli import command
from app.domain.answers import encode_match
from app.domain.leagues import LEAGUES
from app.domain.questions import MatchRequest
from app.domain.teams import MatchContext, Team
from app.embedded.places import open_places, open_sockets
from app.embedded.valkey import valkey_url
from app.matching.registry import Registry
from app.matching.unified import TeamMatcher
from app.team_matching import TeamMatchingClient
from tests.platform.platforms import PATIENCE, Platform, crosscourt, eventually

SEED, PAIRS = 20260207, 1_000
START = datetime(2026, 2, 7, 17, tzinfo=UTC)
OTHER_CODES = {"ncaaf": "cfb", "ncaab": "cbb", "nba": " NBA "}
MANGLED: tuple[Callable[[str, random.Random], str], ...] = (
    lambda name, _: name,
    lambda name, _: name.upper(),
    lambda name, _: name.lower().replace(" ", "-"),
    lambda name, _: unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode() or name,
    lambda name, draw: name[: (cut := draw.randrange(len(name)))] + name[cut + 1 :] or name,
    lambda name, draw: name[: (cut := draw.randrange(len(name)))] + draw.choice("aeix ") + name[cut:],
    lambda name, draw: " ".join(draw.sample(name.split(), len(name.split()))),
    lambda name, _: name.split()[0],
    lambda name, _: name.split()[-1],
    lambda name, draw: name + draw.choice((" FC", " (W)", " U21", " II", ".", "'s", " 🏀", "\t", " ملعب", "\\", '"')),
    lambda name, _: f"  {name}\n",
)
HOSTILE: tuple[dict[str, object], ...] = (
    {"target": ""},
    {"target": " \n"},
    {"candidate": "x" * 10_000},
    {"target": "a\x00b"},
    {"target": "Celtics\u202e"},
    {"sport": "chess"},
    {"sport": ""},
    {"context": {"opponent": "\x1b[2J"}},
    {"context": {"league": "chess", "venue_id": "x" * 201}},
    {"context": {"start": "1066-10-14T09:00:00Z"}},
    {"target": "", "candidate": "\x07", "sport": "chess"},
)
STRANGE = (
    "'; DROP TABLE teams;--",
    "{{7*7}}",
    "نادي",
    "\u200b\u200bCeltics",
    "🏀" * 60,
    "%s%n",
    "../../etc",
    "null",
    "-",
)


def pairs() -> list[MatchRequest]:
    """Names of every league that has teams, as they are and distorted; some with a context."""
    draw, registry = random.Random(SEED), Registry.load()
    leagues = [league for league in LEAGUES.values() if registry.teams(league.pool)]
    asked = []
    for number in range(PAIRS):
        league = leagues[number % len(leagues)]
        one, other, third = (draw.choice(registry.teams(league.pool)) for _ in range(3))
        names = name_of(one, draw), name_of(one if draw.random() < 0.6 else other, draw)
        sport = OTHER_CODES.get(league.code, league.code) if draw.random() < 0.3 else league.code
        asked.append(MatchRequest(*names, sport, context_of(draw, one, third, league.code)))
    return asked


def name_of(team: Team, draw: random.Random) -> str:
    names = (team.name, team.location, team.nickname, team.abbreviation, *team.names)
    mangled = draw.choice(MANGLED)(draw.choice([name for name in names if name]), draw)
    return mangled if mangled.strip() else team.name


def context_of(draw: random.Random, team: Team, opponent: Team, league: str) -> MatchContext | None:
    if draw.random() < 0.5:
        return None
    given: dict[str, Any] = {
        "opponent": opponent.name,
        "start": START + timedelta(minutes=draw.randrange(100_000)),
        "league": league,
        "venue_id": str(draw.randrange(5_000)),
        "matched_side": team.name,
    }
    return MatchContext(**{name: value for name, value in given.items() if draw.random() < 0.5})


@pytest.fixture(scope="module")
def asked() -> list[MatchRequest]:
    return pairs()


@pytest.fixture(scope="module")
def said(asked: list[MatchRequest]) -> list[bytes]:
    """What Python says."""
    matcher = TeamMatcher(Registry.load())
    return [encode_match(matcher.match(each.target, each.candidate, each.sport, each.context)) for each in asked]


@pytest.fixture(scope="module")
def fresh(offline: Platform) -> Platform:
    """A platform that has learned nothing yet."""
    assert eventually(lambda: listeners(offline))
    return offline


def run(each: MatchRequest, code: int = 0) -> str:
    """What the command says in this process."""
    done = CliRunner().invoke(command, arguments(each))
    assert done.exit_code == code, done.output
    return done.stdout if code == 0 else done.output


def arguments(each: MatchRequest) -> list[str]:
    given = ["match", "--json", f"--sport={each.sport}"]
    for name, value in msgspec.to_builtins(each.context or MatchContext()).items():
        given += [] if value is None else [f"--{name.replace('_', '-')}={value}"]
    return [*given, "--", each.target, each.candidate]


def listeners(started: Platform) -> int:
    with started.redis as redis:
        return int(redis.pubsub_numsub("team:match:request")[0][1])


def over_redis(started: Platform, requests: Sequence[bytes]) -> dict[str, bytes]:
    """The replies to requests, by the id that each begins with, without it."""
    replies: dict[str, bytes] = {}
    with started.redis as redis, redis.pubsub(ignore_subscribe_messages=True) as heard:
        heard.psubscribe("team:match:response:*")
        heard.get_message(timeout=PATIENCE)
        for request in requests:
            redis.publish("team:match:request", request)
        while len(replies) < len(requests):
            message = heard.get_message(timeout=PATIENCE)
            assert message, f"{len(requests) - len(replies)} are not answered"
            head, _, rest = message["data"].partition(b",")
            replies[json.loads(head + b"}")["request_id"]] = b"{" + rest
    return replies


def request(request_id: str, **asked: object) -> bytes:
    return msgspec.json.encode({"request_id": request_id, **asked})


def test_the_pairs_are_of_every_kind(asked: list[MatchRequest], said: list[bytes]) -> None:
    assert len(asked) == PAIRS
    assert len({(each.target, each.candidate, each.sport) for each in asked}) > 0.9 * PAIRS
    assert len({each.sport for each in asked}) > 10
    assert 0.3 < sum(each.context is not None for each in asked) / PAIRS < 0.6
    verdicts = [json.loads(answer) for answer in said]
    assert 0.1 < sum(each["is_match"] for each in verdicts) / PAIRS < 0.9
    assert {each["method"] for each in verdicts} >= {"exact", "alias", "fuzzy", "none"}
    assert any(each["candidates"] for each in verdicts)


def test_rest_says_the_same(fresh: Platform, asked: list[MatchRequest], said: list[bytes]) -> None:
    for each, expected in zip(asked, said, strict=True):
        assert fresh.http.post("/match", json=msgspec.to_builtins(each)).content == expected, each


def test_a_batch_says_the_same(fresh: Platform, asked: list[MatchRequest], said: list[bytes]) -> None:
    answer = fresh.http.post("/match/batch", json={"pairs": msgspec.to_builtins(asked)})
    entries = msgspec.json.decode(answer.content, type=dict[str, msgspec.Raw])["entries"]
    heard = msgspec.json.decode(entries, type=list[dict[str, msgspec.Raw]])
    assert [bytes(entry["answer"]) for entry in heard] == said


def test_rpc_says_the_same(fresh: Platform, asked: list[MatchRequest], said: list[bytes]) -> None:
    requests = [request(f"same-{n}", **msgspec.structs.asdict(each)) for n, each in enumerate(asked)]
    replies = over_redis(fresh, requests)
    assert [replies[f"same-{n}"] for n in range(PAIRS)] == said


def test_rpc_of_many_says_the_same(fresh: Platform, asked: list[MatchRequest], said: list[bytes]) -> None:
    reply = over_redis(fresh, [request("many", pairs=asked)])["many"]
    assert reply == b'{"answers":[' + b",".join(said) + b"]}"


async def test_the_client_says_the_same(fresh: Platform, asked: list[MatchRequest], said: list[bytes]) -> None:
    redis_url = valkey_url(open_sockets(open_places(fresh.data_dir)))
    for where in ({"redis_url": redis_url}, {"http_url": str(fresh.http.base_url)}):
        async with TeamMatchingClient(**where, timeout=PATIENCE) as matching:
            found = await matching.match_many(asked)
        assert [encode_match(each) for each in found if not isinstance(each, Exception)] == said


def test_the_command_says_the_same(asked: list[MatchRequest], said: list[bytes]) -> None:
    for each, expected in zip(asked, said, strict=True):
        assert run(each) == f"{expected.decode()}\n", each


def test_the_command_as_a_person_runs_it_says_the_same(
    fresh: Platform, asked: list[MatchRequest], said: list[bytes]
) -> None:
    for number in range(0, PAIRS, PAIRS // 2):
        for where in ([], [f"--url={fresh.http.base_url}"]):
            given = arguments(asked[number])
            done = crosscourt(*given[:-3], *where, *given[-3:], folder=fresh.data_dir.parent)
            assert done.stdout == f"{said[number].decode()}\n", done.stderr


@pytest.mark.parametrize("given", HOSTILE, ids=lambda given: "-".join(given))
def test_every_door_refuses_the_same(fresh: Platform, given: dict[str, object]) -> None:
    question = {"target": "Celtics", "candidate": "Boston Celtics", "sport": "nba", **given}
    answer = fresh.http.post("/match", json=question)
    error = json.loads(over_redis(fresh, [request("hostile", **question)])["hostile"])["error"]
    assert answer.status_code == 422
    assert answer.json()["errors"] == [{**each, "field": f"body.{each['field']}"} for each in error["errors"]]
    assert (answer.json()["title"], answer.json()["type"]) == (error["title"], error["type"])
    if "\x00" not in str(given):  # which no command line can hold
        refused = run(msgspec.convert(question, MatchRequest), 1)
        assert error["errors"][0]["field"] in refused


@pytest.mark.parametrize("name", STRANGE)
def test_every_door_answers_the_same_to_what_is_strange(fresh: Platform, name: str) -> None:
    asked = MatchRequest(name, "Boston Celtics", "nba")
    answer = fresh.http.post("/match", json=msgspec.to_builtins(asked)).content
    assert over_redis(fresh, [request("strange", **msgspec.structs.asdict(asked))])["strange"] == answer
    assert run(asked) == f"{answer.decode()}\n"
    assert json.loads(answer)["is_match"] in (False, "Celtics" in name)


def test_the_log_says_who_is_connected_and_what_was_answered(fresh: Platform) -> None:
    over_redis(fresh, [request("logged", target="Celtics", candidate="Boston Celtics", sport="nba")])
    log = fresh.data_dir / "logs" / "api.log"
    told = "Team match: 'Celtics' vs 'Boston Celtics' -> True (confidence: 0.98)"
    assert eventually(lambda: told in log.read_text())  # it is written when the answer has left
    assert log.read_text().count("Connected to unified team matching service") == 1
