"""`crosscourt report`: what a day was like, and whether a run on paper is fit to be trusted."""

import asyncio
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Annotated

import typer
from pydantic import TypeAdapter, ValidationError

from app.analytics.validation import QuickExit, Validation
from app.cli.output import AsJson, console, print_facts, print_json, print_table, told
from app.cli.stores import open_stores, stored
from app.clock import wall_clock
from app.domain.money import money_text, price_text
from app.domain.reports import Period
from app.errors import BadInput
from app.history.signals import World
from app.history.usage import keep_report
from app.reports.days import Day, report_on
from app.reports.outward import outward
from app.reports.pages import page_of
from app.settings import Settings, Span

DAY = timedelta(days=1)

report = typer.Typer(help="What was done in a time, and how well.", no_args_is_help=True)

_DataDir = Annotated[Path | None, typer.Option(help="Of the platform; DATA_DIR.")]
_Last = Annotated[str, typer.Option(help="Until now: 30m, 2h, 7d.")]


@report.command("daily")
@told
def daily(
    day: Annotated[str, typer.Option(help="YYYY-MM-DD, UTC; today, unless given.")] = "",
    last: _Last = "",
    page: Annotated[Path | None, typer.Option(help="Write the page there, too: HTML that needs nothing else.")] = None,
    keep: Annotated[bool, typer.Option(help="As the report of its day, for the API and the dashboard.")] = False,
    data_dir: _DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Profit by cause, what was let go and why, matching, fills, calibration, incidents, cost."""
    if keep and last:
        raise BadInput("--keep is for whole days", remedy="Name it with --day, or leave --keep away.")
    now = wall_clock()
    period = _last(last, now) if last else _day(day, now)
    with stored(data_dir) as settings:
        found = asyncio.run(_report(settings, period, now, keep=keep))
    if page is not None:
        page.write_text(page_of(found), encoding="utf-8")
    if as_json:
        print_json(outward(found, Day))
    else:
        _show(found)
        console.print(f"page at {page}" if page else "a page with plots: --page FILE", highlight=False)


@report.command("validate")
@told
def validate(last: _Last = "2h", data_dir: _DataDir = None, as_json: AsJson = False) -> None:
    """The owner's acceptance of a run: exit code 0 all well, 1 a rule was not kept, 2 nothing was earned."""
    now = wall_clock()
    with stored(data_dir) as settings:
        found = asyncio.run(_report(settings, _last(last, now), now)).validation
    if as_json:
        print_json({"exit_code": found.exit_code, **_outward(found)})
    else:
        _judge(found)
    raise typer.Exit(found.exit_code)


async def _report(settings: Settings, period: Period, now: datetime, *, keep: bool = False) -> Day:
    async with open_stores(settings) as (hot, history):
        world: World = "real" if await hot.world() == "real" else "simulated"
        found = await report_on(history, settings.data_dir / "archive", period, world, now)
        if keep:
            await keep_report(history, period.begin.date(), now, _outward(found))
        return found


def _outward(found: Day | Validation) -> dict[str, object]:
    told = outward(found, type(found))
    assert isinstance(told, dict)  # a struct's
    return told


def _day(text: str, now: datetime) -> Period:
    try:
        wanted = date.fromisoformat(text) if text else now.astimezone(UTC).date()
    except ValueError:
        raise BadInput(f"{text!r} is no day", remedy="Write it as 2026-11-23.") from None
    begin = datetime.combine(wanted, time.min, UTC)
    return Period(begin, begin + DAY)


def _last(text: str, now: datetime) -> Period:
    try:
        return Period(now - TypeAdapter[timedelta](Span).validate_python(text), now)
    except ValidationError:
        raise BadInput(f"{text!r} is no length of time", remedy="Write it as 30m, 2h or 7d.") from None


def _show(found: Day) -> None:
    world = "simulated: nothing of it is real" if found.world == "simulated" else "real prices"
    console.print(f"{found.begin:%Y-%m-%d %H:%M} to {found.end:%Y-%m-%d %H:%M} UTC ({world})", highlight=False)
    print_table(
        "Profit by cause",
        ("account", "gained", "realised", "edge", "slippage", "fees", "missed legs", "mismatch"),
        [
            (
                each.account,
                None if each.gained is None else money_text(each.gained),
                *map(money_text, (each.profit.realised, each.profit.edge, each.profit.slippage, each.profit.fees)),
                *map(money_text, (each.profit.leg_miss, each.profit.mismatch)),
            )
            for each in found.accounts
        ],
    )
    games = [(each.league, each.games, each.at_both, each.at_one, each.provisional) for each in found.coverage]
    print_table("Coverage", ("league", "games", "at both venues", "at one", "provisional"), games)
    kept = sum(each.n for each in found.signals if each.stage == "sent")
    let_go = sum(each.n + each.like_it for each in found.signals if each.stage != "sent")
    facts: dict[str, object] = {"signals sent": kept, "signals let go": let_go, "incidents": len(found.incidents)}
    if found.drills:
        safe = sum(each.verdict == "safe" for each in found.drills)
        facts["drills safe in time"] = f"{safe} of {len(found.drills)}"
    if found.cost is not None:
        cost = found.cost
        facts |= {"cost a month": f"${cost.dollars} ({cost.vcpu:g} vCPU, {cost.gb:g} GB; {cost.cores:.2f} cores used)"}
    print_facts("The rest", facts)


def _judge(found: Validation) -> None:
    verdict = {0: "all well", 1: "a rule was not kept", 2: "nothing was earned"}[found.exit_code]
    facts = {
        "verdict": verdict,
        "profit": money_text(found.profit),
        "purchases, sales, settlements": f"{found.purchases}, {found.sales}, {found.settlements}",
        "sold within 15 s without a reason that may": len(found.early),
        "sold within 15 s by stop, halt, unwind or a person": len(found.soon),
        "bought for more than 0.85": len(found.dear),
        "settled the other way round": len(found.wrong) + len(found.contradictions),
    }
    print_facts("Validation", facts)
    quick = [(_reason(each), each.account, each.contract_id, each.seconds) for each in (*found.early, *found.soon)]
    if quick:
        print_table("Sold within 15 s", ("why", "account", "contract", "seconds"), quick)
    dear = [(each.account, each.contract_id, price_text(each.dearest), each.purpose) for each in found.dear]
    if dear:
        print_table("Bought for more than 0.85", ("account", "contract", "price", "purpose"), dear)
    links = [(each.league, each.venue, each.verdict, each.n, each.least, each.median) for each in found.links]
    print_table("Links", ("league", "venue", "verdict", "contracts", "least sure", "median"), links)


def _reason(each: QuickExit) -> str:
    return each.why
