"""`crosscourt match`: are two names one team?"""

from typing import Annotated

import typer
from rich.text import Text

from app.cli.output import AsJson, console, print_json, print_table, told
from app.domain.teams import MatchContext, TeamMatch
from app.matching.registry import Registry
from app.matching.unified import TeamMatcher

_MARKS = {"agrees": Text("✓", "green"), "differs": Text("✗", "red"), "unknown": Text("?", "yellow")}


@told
def match(
    target: Annotated[str, typer.Argument(help="A name, as one source writes it.")],
    candidate: Annotated[str, typer.Argument(help="A name, as another writes it.")],
    sport: Annotated[str, typer.Option(help="nba, nfl, ncaab (cbb), ncaaf (cfb), mlb, epl, soccer, ...")],
    opponent: Annotated[str, typer.Option(help="Who they play: decides ambiguous names.")] = "",
    matched_side: Annotated[str, typer.Option(help="A team already agreed on for this game.")] = "",
    as_json: AsJson = False,
) -> None:
    """Ask the unified matcher: verdict, confidence, and every field that was compared."""
    context = MatchContext(opponent or None, matched_side=matched_side or None) if opponent or matched_side else None
    found = TeamMatcher(Registry.load()).match(target, candidate, sport, context)
    print_json(found) if as_json else _print(found, target, candidate)


def _print(found: TeamMatch, target: str, candidate: str) -> None:
    verdict = ("the same team", "bold green") if found.is_match else ("not shown to be the same team", "bold")
    confidence = f" (confidence {found.confidence:.2f}, {found.method})"
    console.print(Text.assemble(f"'{target}' and '{candidate}': ", verdict, confidence), soft_wrap=True)
    print_table("", ("", "field", "what was compared"), [(_MARKS[r.finding], r.field, r.detail) for r in found.reasons])
    if found.candidates:
        console.print(Text("Could be: " + ", ".join(team.name for team in found.candidates[:12])))
