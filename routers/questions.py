"""What may be asked, field by field, as the document shows it and as pydantic reads it where speed is of no matter.

What a team, a sport or a moment may be is said in `app.domain.questions`; the questions about names are read there too,
and are here for the document alone.
"""

from collections.abc import Callable
from functools import partial
from typing import Annotated, Self, TypeVar

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, Json, model_validator

from app.domain.leagues import LeagueCode, find_league
from app.domain.questions import (
    LONGEST_NAME,
    LONGEST_SPORT,
    MOST_PAIRS,
    fault_of_moment,
    fault_of_name,
    fault_of_sport,
    fault_of_text,
)

LONGEST_TEXT = 1_000

Value = TypeVar("Value")


def _without(fault: Callable[[Value], str]) -> AfterValidator:
    """The domain's rule about a value, in pydantic's words; what is not given breaks none."""

    def check(value: Value | None) -> Value | None:
        if value is not None and (words := fault(value)):
            raise ValueError(words)
        return value

    return AfterValidator(check)


def known_sport(code: str) -> LeagueCode:
    """The league as people write it. Raises ValueError naming those that exist."""
    league = find_league(code)
    if league is None:
        raise ValueError(fault_of_sport(code))
    return league.code


Name = Annotated[str, Field(min_length=1, max_length=LONGEST_NAME), _without(fault_of_name)]
OptionalName = Annotated[str | None, Field(max_length=LONGEST_NAME), _without(fault_of_text)]
Moment = Annotated[AwareDatetime, _without(fault_of_moment)]
Text = Annotated[str | None, Field(max_length=LONGEST_TEXT), _without(partial(fault_of_text, longest=LONGEST_TEXT))]
Sport = Annotated[str, Field(max_length=LONGEST_SPORT, examples=["nba"]), AfterValidator(known_sport)]


class Question(BaseModel):
    """A body whose misspelt fields are refused rather than ignored."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class ContextQuestion(Question):
    """What else is known about the game the name was found in; it decides ambiguous names."""

    opponent: OptionalName = Field(None, examples=["Duke"])
    start: Moment | None = Field(None, description="With its offset from UTC.", examples=["2026-02-07T17:00:00Z"])
    league: Sport | None = Field(None, examples=["ncaab"])
    venue_id: OptionalName = Field(None, description="The stadium, as the score source numbers it.")
    matched_side: OptionalName = Field(None, description="A team already agreed on for this game.")


class MatchQuestion(Question):
    """Two names: are they one team?"""

    model_config = ConfigDict(
        json_schema_extra={"example": {"target": "Celtics", "candidate": "Boston Celtics", "sport": "nba"}}
    )

    target: Name
    candidate: Name
    sport: Sport
    context: ContextQuestion | None = None


class MatchQuery(MatchQuestion):
    """The same in a URL; `context` is the JSON of what it is in a body."""

    context: Json[ContextQuestion] | None = None


class BatchQuestion(Question):
    """Many pairs at once."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "pairs": [
                    {"target": "Celtics", "candidate": "Boston Celtics", "sport": "nba"},
                    {"target": "Miami", "candidate": "Miami (OH)", "sport": "ncaab"},
                ]
            }
        },
    )

    pairs: list[MatchQuestion] = Field(min_length=1, max_length=MOST_PAIRS)


class ResolveQuestion(Question):
    """One name: which team of the sport is it?"""

    model_config = ConfigDict(
        json_schema_extra={"example": {"name": "Miami", "sport": "ncaab", "context": {"opponent": "Miami (OH)"}}}
    )

    name: Name
    sport: Sport
    context: ContextQuestion | None = None


class ListingQuestion(Question):
    """What a venue says about one market; whatever is known of it."""

    model_config = ConfigDict(
        json_schema_extra={"example": {"ticker": "KXNBAGAME-26JAN08TORBOS-BOS", "title": "Toronto at Boston Winner?"}}
    )

    title: Text = None
    ticker: Text = None
    slug: Text = None
    question: Text = None
    outcome: Text = None
    sport: Sport | None = None
    start: Moment | None = None

    @model_validator(mode="after")
    def something_is_named(self) -> Self:
        if not any((self.title, self.ticker, self.slug, self.question)):
            raise ValueError("one of title, ticker, slug, question must be given")
        return self
