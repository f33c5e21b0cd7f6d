"""What the matcher may be asked, checked field by field."""

import unicodedata
from datetime import datetime
from typing import Annotated, Self

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, Json, model_validator

from app.domain.leagues import LEAGUES, LeagueCode, find_league
from app.domain.teams import MatchContext

LONGEST_NAME = 200
UNSEEN = frozenset({"Cc", "Cf", "Cs"})  # Unicode's categories: control, format (direction among them), surrogate
SPACES = frozenset("\t\n\r\u200b\u200c\u200d\ufeff\u00ad")  # pasted with a name, and harmless: read as spaces
YEARS = range(2000, 2100)


def known_sport(code: str) -> LeagueCode:
    """The league as people write it. Raises ValueError naming those that exist."""
    league = find_league(code)
    if league is None:
        raise ValueError(f"must be one of {', '.join(LEAGUES)} (cfb and cbb work too)")
    return league.code


def readable(text: str | None) -> str | None:
    """A text without characters that no eye sees and no store keeps."""
    if text is not None and any(unicodedata.category(each) in UNSEEN and each not in SPACES for each in text):
        raise ValueError("must not have control or direction characters")
    return text


def not_blank(name: str) -> str:
    """A name with something in it."""
    if not name.strip():
        raise ValueError("must not be blank")
    return name


def of_our_time(moment: datetime) -> datetime:
    """A moment that a game could start at."""
    if moment.year not in YEARS:
        raise ValueError(f"must be between {YEARS.start} and {YEARS.stop}")
    return moment


Name = Annotated[str, Field(min_length=1, max_length=LONGEST_NAME), AfterValidator(readable), AfterValidator(not_blank)]
OptionalName = Annotated[str | None, Field(max_length=LONGEST_NAME), AfterValidator(readable)]
Moment = Annotated[AwareDatetime, AfterValidator(of_our_time)]
Text = Annotated[str | None, Field(max_length=1_000), AfterValidator(readable)]
Sport = Annotated[str, Field(max_length=40, examples=["nba"]), AfterValidator(known_sport)]


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

    def context(self) -> MatchContext:
        league = None if self.league is None else LeagueCode(self.league)
        return MatchContext(self.opponent, self.start, league, self.venue_id, self.matched_side)


class MatchQuestion(Question):
    """Two names: are they one team?"""

    model_config = ConfigDict(
        json_schema_extra={"example": {"target": "Celtics", "candidate": "Boston Celtics", "sport": "nba"}}
    )

    target: Name
    candidate: Name
    sport: Sport
    context: ContextQuestion | None = None

    def match_context(self) -> MatchContext | None:
        return None if self.context is None else self.context.context()


class MatchQuery(MatchQuestion):
    """The same in a URL; `context` is the JSON of what it is in a body."""

    context: Json[ContextQuestion] | None = None


class ResolveQuestion(Question):
    """One name: which team of the sport is it?"""

    model_config = ConfigDict(
        json_schema_extra={"example": {"name": "Miami", "sport": "ncaab", "context": {"opponent": "Duke"}}}
    )

    name: Name
    sport: Sport
    context: ContextQuestion | None = None

    def match_context(self) -> MatchContext | None:
        return None if self.context is None else self.context.context()


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
