"""`crosscourt unmatched`, `overrides`, `decisions`: what is tied to nothing, and who decided what about the rest."""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, get_args

import typer

from app.cli.output import AsJson, console, print_facts, print_json, print_table, told
from app.cli.stores import open_stores, stored
from app.corrections import Overruled, Standing, overrule, standings, take_back
from app.domain.leagues import LeagueCode
from app.domain.links import LeftOut, Verdict
from app.domain.markets import ContractId, VenueId
from app.domain.overrides import Override
from app.domain.propositions import Proposition, points
from app.errors import BadInput, NotFound
from app.history.decisions import Decision, list_decisions
from app.matching.unified import league_code
from app.settings import Settings

BY = "cli"

overrides = typer.Typer(help="What people say of contracts against the matcher.", no_args_is_help=True)

_DataDir = Annotated[Path | None, typer.Option(help="Of the platform; DATA_DIR.")]
_Contract = Annotated[str, typer.Argument(help="A contract_id, as GET /games/{id}/links shows it.")]


@told
def unmatched(
    venue: Annotated[str, typer.Option(help="Only listings of this venue: polymarket, kalshi.")] = "",
    sport: Annotated[str, typer.Option(help="Only listings of this league.")] = "",
    code: Annotated[
        str, typer.Option(help="Only those left out for this reason: unknown_team, ambiguous_game, ...")
    ] = "",
    data_dir: _DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Listings that are tied to nothing, with the fact that is missing; as of the last search."""
    league = league_code(sport) if sport else None
    with stored(data_dir) as settings:
        counts, found = asyncio.run(_left_out(settings, VenueId(venue) if venue else None, league))
    items = sorted((item for item in found if code in ("", item.code)), key=lambda item: (item.code, item.title))
    shown = {code: counts.get(code, 0)} if code else counts
    if as_json:
        print_json({"counts": shown, "items": items})
        return
    if not code:
        print_facts("Left out, by reason", shown)
    print_table("Unmatched", ("reason", "venue", "listing", "what is missing"), map(_item_cells, items))


@overrides.command("list")
@told
def show(data_dir: _DataDir = None, as_json: AsJson = False) -> None:
    """Everything that was said, and whether it is in force."""
    with stored(data_dir) as settings:
        found = asyncio.run(_standings(settings))
    if as_json:
        print_json([{**_outward(each.said), "state": each.state, "why": each.why} for each in found])
        return
    print_table("Overrides", ("contract", "verdict", "reason", "said by", "stands"), map(_standing_cells, found))


@overrides.command("set")
@told
def set_one(
    contract: _Contract,
    verdict: Annotated[str, typer.Argument(help="tradable, watch or rejected.")],
    reason: Annotated[str, typer.Option(help="What you know and the matcher does not.")],
    data_dir: _DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Decide otherwise than the matcher. A running platform follows within seconds."""
    with stored(data_dir) as settings:
        done = asyncio.run(_overrule(settings, ContractId(contract), _read_verdict(verdict), reason))
    said = f"{contract} was {done.link.matched_verdict} and is {done.link.verdict}"
    print_json(_outward(done.said)) if as_json else console.print(said, markup=False, soft_wrap=True)


@overrides.command("remove")
@told
def remove(contract: _Contract, data_dir: _DataDir = None, as_json: AsJson = False) -> None:
    """Let the matcher's own verdict count again."""
    with stored(data_dir) as settings:
        before = asyncio.run(_take_back(settings, ContractId(contract)))
    print_json(_outward(before)) if as_json else console.print(
        f"{contract} is the matcher's again", markup=False, soft_wrap=True
    )


@told
def decisions(contract: _Contract, data_dir: _DataDir = None, as_json: AsJson = False) -> None:
    """Everything that was decided about a contract, the newest first."""
    with stored(data_dir) as settings:
        found = asyncio.run(_decisions(settings, ContractId(contract)))
    if not found:
        remedy = "GET /games/{id}/links shows the contract_id of every contract of a game."
        raise NotFound(f"nothing was decided about {contract}", remedy=remedy)
    if as_json:
        print_json([_outward(each) for each in found])
        return
    print_table(contract, ("at", "verdict", "says", "by", "reasons"), map(_decision_cells, found))


async def _left_out(
    settings: Settings, venue: VenueId | None, league: LeagueCode | None
) -> tuple[dict[str, int], Sequence[LeftOut]]:
    async with open_stores(settings) as (hot, _):
        return await hot.left_out_counts(venue, league), await hot.left_out(venue, league)


async def _standings(settings: Settings) -> Sequence[Standing]:
    async with open_stores(settings) as (_, history):
        return await standings(history)


async def _overrule(settings: Settings, contract: ContractId, verdict: Verdict, reason: str) -> Overruled:
    async with open_stores(settings) as (hot, history):
        return await overrule(hot, history, contract, verdict, reason, by=BY)


async def _take_back(settings: Settings, contract: ContractId) -> Override:
    async with open_stores(settings) as (_, history):
        return await take_back(history, contract, by=BY)


async def _decisions(settings: Settings, contract: ContractId) -> Sequence[Decision]:
    async with open_stores(settings) as (_, history):
        return await list_decisions(history, contract)


def _read_verdict(text: str) -> Verdict:
    known: tuple[Verdict, ...] = get_args(Verdict)
    found = next((verdict for verdict in known if verdict == text.strip().lower()), None)
    if found is None:
        raise BadInput(f"'{text}' is no verdict", remedy=f"Say one of {', '.join(known)}.")
    return found


def _outward(said: Override | Decision) -> dict[str, object]:
    """As REST shows it: the line in points."""
    told = {name: getattr(said, name) for name in said.__struct_fields__ if name != "number"}
    proposition = said.proposition
    stated = {
        "kind": proposition.kind,
        "period": proposition.scope,
        "line": None if proposition.line is None else points(proposition.line),
        "team_id": proposition.team_id,
    }
    return {**told, "game_id": proposition.game_id, "proposition": stated}


def _item_cells(item: LeftOut) -> tuple[str, str, str, str]:
    return item.code, item.venue, item.title or item.event_id, item.detail


def _standing_cells(standing: Standing) -> tuple[str, str, str, str, str]:
    said = standing.said
    stands = f"{standing.state}: {standing.why}" if standing.why else standing.state
    return said.contract_id, said.verdict, said.reason, said.said_by, stands


def _decision_cells(decision: Decision) -> tuple[str, str, str, str, str]:
    doubts = "; ".join(f"{each.field}: {each.detail}" for each in decision.reasons if each.finding != "agrees")
    says = f"{decision.polarity or '?'} of {_in_short(decision.proposition)}"
    by = decision.overridden_by or "the matcher"
    return f"{decision.at:%Y-%m-%d %H:%M:%S}", decision.verdict, says, by, doubts or "every field agrees"


def _in_short(said: Proposition) -> str:
    line = None if said.line is None else f"{points(said.line):g}"
    return " ".join(part for part in (said.kind, said.scope, said.team_id, line) if part)
