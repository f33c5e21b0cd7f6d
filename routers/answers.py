"""What the API answers about games: typed, with examples, lines as numbers and times as UTC.

Each is read from the domain value of the same name by its attributes.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Self

from pydantic import BaseModel, ConfigDict, Field
from pydantic.config import JsonDict

from app.domain.games import Game, GameStatus
from app.domain.links import LeftOut, Link, Verdict
from app.domain.propositions import Kind, Polarity, Proposition, Scope, points
from app.domain.teams import Finding, Team

CELTICS: JsonDict = {
    "id": "nba:2",
    "name": "Boston Celtics",
    "location": "Boston",
    "nickname": "Celtics",
    "abbreviation": "BOS",
}


LAKERS: JsonDict = {
    "id": "nba:13",
    "name": "Los Angeles Lakers",
    "location": "Los Angeles",
    "nickname": "Lakers",
    "abbreviation": "LAL",
}
GAME: JsonDict = {
    "id": "401810365",
    "league": "nba",
    "home": CELTICS,
    "away": LAKERS,
    "start": "2026-01-09T00:30:00Z",
    "start_is_known": True,
    "status": "live",
    "period": 3,
    "clock": "7:42",
    "home_score": 78,
    "away_score": 71,
    "number": 0,
    "is_neutral_site": False,
    "is_provisional": False,
    "home_win_probability": 0.64,
}
REASON: JsonDict = {"field": "home", "finding": "agrees", "detail": "Boston = Boston Celtics"}
PROPOSITION: JsonDict = {
    "kind": "spread",
    "period": "game",
    "line": -3.5,
    "team": "Boston Celtics",
    "team_id": "nba:2",
    "statement": "Boston Celtics win by more than 3.5",
}
LINK: JsonDict = {
    "venue": "kalshi",
    "event_id": "KXNBASPREAD-26JAN08LALBOS",
    "market_id": "KXNBASPREAD-26JAN08LALBOS-BOS3",
    "contract_id": "kalshi:KXNBASPREAD-26JAN08LALBOS-BOS3:yes",
    "title": "Boston wins by over 3.5 points?",
    "outcome": "Boston",
    "proposition": PROPOSITION,
    "polarity": "yes",
    "verdict": "tradable",
    "confidence": 0.99,
    "reasons": [REASON],
    "liquidity": 15250.0,
    "overridden_by": "",
}
LEFT_OUT: JsonDict = {
    "venue": "polymarket",
    "event_id": "nba-lal-bos-2026-01-08",
    "market_id": "0x1f0c6f9f0a1be4d1",
    "outcome": "",
    "title": "Jayson Tatum: points over 27.5",
    "code": "prop",
    "detail": "a player's points",
    "game_id": "401810365",
    "start": "2026-01-09T00:30:00Z",
}


class Answer(BaseModel):
    """Read from a domain value by its attributes."""

    model_config = ConfigDict(from_attributes=True, frozen=True)


class TeamAnswer(Answer):
    """A side that plays."""

    model_config = ConfigDict(json_schema_extra={"example": CELTICS})

    id: str
    name: str
    location: str
    nickname: str
    abbreviation: str


class ReasonAnswer(Answer):
    """One field that was compared, and what came of it."""

    field: str = Field(examples=["name"])
    finding: Finding = Field(examples=["agrees"])
    detail: str = Field(examples=["'Celtics' is a name of Boston Celtics"])


class GameAnswer(Answer):
    """One contest between two teams, as the score source tells it."""

    id: str = Field(examples=["401810365"])
    league: str = Field(examples=["nba"])
    home: TeamAnswer
    away: TeamAnswer
    start: datetime = Field(description="UTC.", examples=["2026-01-09T00:30:00Z"])
    start_is_known: bool = Field(description="False: only the day counts, the time is a placeholder.")
    status: GameStatus
    period: int = Field(examples=[3])
    clock: str = Field(examples=["7:42"])
    home_score: int | None = Field(examples=[78])
    away_score: int | None = Field(examples=[71])
    number: int = Field(description="1 or 2 in a doubleheader, else 0.")
    is_neutral_site: bool
    is_provisional: bool = Field(description="The score source does not have it: linked, never tradable.")
    home_win_probability: float | None = Field(examples=[0.64])


class PropositionAnswer(Answer):
    """A statement about the game that will be true or false."""

    kind: Kind = Field(examples=["spread"])
    period: Scope = Field(description="`game` counts overtime, `regulation` does not.", examples=["game"])
    line: float | None = Field(description="Points; for a spread given by `team`, so negative.", examples=[-3.5])
    team: str | None = Field(examples=["Boston Celtics"])
    team_id: str | None = Field(examples=["nba:2"])
    statement: str = Field(description="The same in words.", examples=["Boston Celtics win by more than 3.5"])

    @classmethod
    def of(cls, said: Proposition, teams: Iterable[Team]) -> Self:
        """`teams`: among whom the one it is about is found, to be called by its name."""
        team = next((team for team in teams if team.id == said.team_id), None)
        line = None if said.line is None else points(said.line)
        name = team.name if team else said.team_id
        return cls(
            kind=said.kind,
            period=said.scope,
            line=line,
            team=name,
            team_id=said.team_id,
            statement=_in_words(said.kind, said.scope, line, name or ""),
        )


class LinkAnswer(Answer):
    """What one contract says about the game, and why we think so."""

    venue: str = Field(examples=["kalshi"])
    event_id: str = Field(examples=["KXNBAGAME-26JAN08TORBOS"])
    market_id: str | None = Field(examples=["KXNBAGAME-26JAN08TORBOS-BOS"])
    contract_id: str | None = Field(examples=["kalshi:KXNBAGAME-26JAN08TORBOS-BOS:yes"])
    title: str = Field(examples=["Toronto at Boston Winner?"])
    outcome: str = Field(examples=["Boston"])
    proposition: PropositionAnswer
    polarity: Polarity | None = Field(
        description="`yes`: pays when the proposition is true; `no`: when it is false; null: not proven, never traded."
    )
    verdict: Verdict
    confidence: float = Field(ge=0, le=1, examples=[0.99])
    reasons: list[ReasonAnswer]
    liquidity: float = Field(description="Ranks markets of one venue; not comparable between venues.")
    overridden_by: str = Field(description="Who decided otherwise than the matcher; empty: nobody.")
    matched_verdict: Verdict | None = Field(None, description="The matcher's own, where a person has said something.")

    @classmethod
    def of(cls, link: Link, game: Game | None) -> Self:
        return cls(
            venue=link.venue,
            event_id=link.event_id,
            market_id=link.market_id,
            contract_id=link.contract_id,
            title=link.title,
            outcome=link.outcome,
            proposition=PropositionAnswer.of(link.proposition, () if game is None else (game.home, game.away)),
            polarity=link.polarity,
            verdict=link.verdict,
            confidence=link.confidence,
            reasons=[ReasonAnswer.model_validate(reason) for reason in link.reasons],
            liquidity=link.liquidity,
            overridden_by=link.overridden_by,
            matched_verdict=link.matched_verdict,
        )


class LeftOutAnswer(Answer):
    """A listing that is tied to nothing, and the fact that is missing or in the way."""

    venue: str = Field(examples=["polymarket"])
    event_id: str = Field(examples=["nba-tor-bos-2026-01-09"])
    market_id: str | None
    outcome: str
    title: str = Field(examples=["NBA Champion 2026"])
    code: str = Field(examples=["future"])
    detail: str = Field(examples=["the series asks about a season, not a game"])
    game_id: str | None = Field(description="Given when the game is known and only the market is not.")
    start: datetime | None

    @classmethod
    def of(cls, item: LeftOut) -> Self:
        return cls.model_validate(item)


_PERIODS: dict[Scope, str] = {
    "game": "",
    "regulation": " in regulation",
    "1h": " in the first half",
    "2h": " in the second half",
    "q1": " in the first quarter",
    "q2": " in the second quarter",
    "q3": " in the third quarter",
    "q4": " in the fourth quarter",
    "p1": " in the first period",
    "p2": " in the second period",
    "p3": " in the third period",
    "f5": " in the first five innings",
    "s1": " in the first set",
    "s2": " in the second set",
    "s3": " in the third set",
}


def _in_words(kind: Kind, scope: Scope, line: float | None, team: str) -> str:
    amount = abs(line or 0)
    words = {
        "moneyline": f"{team} win",
        "draw": "the game is drawn",
        "spread": f"{team} win by more than {amount:g}",
        "total": f"more than {amount:g} in all",
        "team_total": f"{team} score more than {amount:g}",
        "both_to_score": "both sides score",
    }
    return words[kind] + _PERIODS[scope]
