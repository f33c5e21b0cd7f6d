"""What the matcher says, as everybody outside reads it: one JSON for REST, RPC and the command line."""

import msgspec

from app.domain.leagues import Pool
from app.domain.teams import Method, Reason, Resolution, Team, TeamId, TeamMatch

_JSON = msgspec.json.Encoder()


class TeamAnswer(msgspec.Struct, frozen=True, gc=False):
    """A side that plays. Its further names are the registry's own affair."""

    id: TeamId
    name: str
    location: str
    nickname: str
    abbreviation: str


class MatchAnswer(msgspec.Struct, frozen=True, gc=False):
    """As `TeamMatch`."""

    is_match: bool
    confidence: float
    method: Method
    target_team: TeamAnswer | None
    candidate_team: TeamAnswer | None
    reasons: tuple[Reason, ...]
    candidates: tuple[TeamAnswer, ...]


class ResolveAnswer(msgspec.Struct, frozen=True, gc=False):
    """As `Resolution`."""

    query: str
    team: TeamAnswer | None
    confidence: float
    method: Method
    candidates: tuple[TeamAnswer, ...]
    reasons: tuple[Reason, ...]


def encode_match(found: TeamMatch) -> bytes:
    """JSON of a verdict about two names."""
    return _JSON.encode(
        MatchAnswer(
            found.is_match,
            found.confidence,
            found.method,
            _said_of(found.target_team),
            _said_of(found.candidate_team),
            found.reasons,
            _said_of_all(found.candidates),
        )
    )


def encode_resolution(found: Resolution) -> bytes:
    """JSON of what a name means."""
    return _JSON.encode(
        ResolveAnswer(
            found.query,
            _said_of(found.team),
            found.confidence,
            found.method,
            _said_of_all(found.candidates),
            found.reasons,
        )
    )


_ANSWER = msgspec.json.Decoder(MatchAnswer)


def decode_match(body: bytes) -> TeamMatch:
    """The verdict that was sent. Raises what `parsing.NOT_READABLE` names when it is none."""
    said = _ANSWER.decode(body)
    return TeamMatch(
        said.is_match,
        said.confidence,
        said.method,
        _heard_of(said.target_team),
        _heard_of(said.candidate_team),
        said.reasons,
        tuple(_team(each) for each in said.candidates),
    )


def match_line(target: str, candidate: str, found: TeamMatch) -> str:
    """A verdict as the logs tell it; one line, whatever the names are."""
    one, other = " ".join(target.split()), " ".join(candidate.split())
    return f"Team match: '{one}' vs '{other}' -> {found.is_match} (confidence: {found.confidence:.2f})"


def _said_of(team: Team | None) -> TeamAnswer | None:
    return None if team is None else _answer(team)


def _said_of_all(teams: tuple[Team, ...]) -> tuple[TeamAnswer, ...]:
    return tuple(_answer(team) for team in teams)


def _answer(team: Team) -> TeamAnswer:
    return TeamAnswer(team.id, team.name, team.location, team.nickname, team.abbreviation)


def _heard_of(said: TeamAnswer | None) -> Team | None:
    return None if said is None else _team(said)


def _team(said: TeamAnswer) -> Team:
    pool = Pool(said.id.partition(":")[0])
    return Team(said.id, pool, said.name, said.location, said.nickname, said.abbreviation)
