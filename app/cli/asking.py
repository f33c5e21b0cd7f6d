"""`crosscourt match`: are two names one team?"""

import asyncio
from datetime import datetime
from typing import Annotated

import msgspec
import typer
from rich.text import Text

from app.cli.output import AsJson, console, print_json, print_table, told
from app.domain.answers import encode_match
from app.domain.leagues import LeagueCode
from app.domain.questions import MatchRequest, checked
from app.domain.teams import MatchContext, TeamMatch
from app.errors import BadInput
from app.matching.registry import Registry
from app.matching.unified import TeamMatcher
from app.team_matching import TeamMatchingClient

_MARKS = {"agrees": Text("✓", "green"), "differs": Text("✗", "red"), "unknown": Text("?", "yellow")}


@told
def match(
    target: Annotated[str, typer.Argument(help="A name, as one source writes it.")],
    candidate: Annotated[str, typer.Argument(help="A name, as another writes it.")],
    sport: Annotated[str, typer.Option(help="nba, nfl, ncaab (cbb), ncaaf (cfb), mlb, epl, soccer, ...")],
    opponent: Annotated[str | None, typer.Option(help="Who they play: decides ambiguous names.")] = None,
    matched_side: Annotated[str | None, typer.Option(help="A team already agreed on for this game.")] = None,
    league: Annotated[str | None, typer.Option(help="Of the game.")] = None,
    start: Annotated[str | None, typer.Option(help="Of the game, with its offset: 2026-02-07T17:00:00Z.")] = None,
    venue_id: Annotated[str | None, typer.Option(help="The stadium, as the score source numbers it.")] = None,
    url: Annotated[str | None, typer.Option(help="Ask the platform there, with all it has learned since.")] = None,
    api_key: Annotated[str | None, typer.Option(help="For a platform that is open to other hosts.")] = None,
    as_json: AsJson = False,
) -> None:
    """Ask the unified matcher: verdict, confidence, and every field that was compared."""
    known = None if league is None else LeagueCode(league)
    context = MatchContext(opponent, _moment(start), known, venue_id, matched_side)
    asked = checked(MatchRequest(target, candidate, sport, None if context == MatchContext() else context))
    found = _ask_here(asked) if url is None else asyncio.run(_ask_there(asked, url, api_key))
    print_json(msgspec.Raw(encode_match(found))) if as_json else _print(found, target, candidate)


def _moment(text: str | None) -> datetime | None:
    try:
        return None if text is None else datetime.fromisoformat(text)
    except ValueError:
        raise BadInput(f"--start {text!r} is no date and time", remedy="Write it as 2026-02-07T17:00:00Z.") from None


def _ask_here(asked: MatchRequest) -> TeamMatch:
    return TeamMatcher(Registry.load()).match(asked.target, asked.candidate, asked.sport, asked.context)


async def _ask_there(asked: MatchRequest, url: str, api_key: str | None) -> TeamMatch:
    async with TeamMatchingClient(http_url=url, api_key=api_key) as matching:
        return await matching.match(asked.target, asked.candidate, asked.sport, asked.context)


def _print(found: TeamMatch, target: str, candidate: str) -> None:
    verdict = ("the same team", "bold green") if found.is_match else ("not shown to be the same team", "bold")
    confidence = f" (confidence {found.confidence:.2f}, {found.method})"
    console.print(Text.assemble(f"'{target}' and '{candidate}': ", verdict, confidence), soft_wrap=True)
    print_table("", ("", "field", "what was compared"), [(_MARKS[r.finding], r.field, r.detail) for r in found.reasons])
    if found.candidates:
        console.print(Text("Could be: " + ", ".join(team.name for team in found.candidates[:12])))
