"""`crosscourt backtest`: tapes with settings, each with each, on all cores; and what is left of the best."""

import os
import time
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from app.backtests.pages import page_of
from app.backtests.pairs import Kept, Pair
from app.backtests.plans import planned, read_plan
from app.backtests.runs import local_cores, run
from app.backtests.scores import Score, Verdict, judged
from app.backtests.tables import write_table
from app.cli.endings import ending_well
from app.cli.output import AsJson, console, print_json, print_table, told
from app.clock import wall_clock
from app.domain.money import money_text

PAIRS, TABLE, PAGE = "pairs.jsonl", "results.parquet", "report.html"
SHOWN = 12  # settings


@told
def backtest(
    tapes: Annotated[
        list[Path] | None, typer.Argument(help="Folders below `tape` in a data directory, or parts.")
    ] = None,
    sweep: Annotated[
        list[str] | None, typer.Option(help="risk.kelly=0.05,0.1,0.25. Repeatable; each value with each other.")
    ] = None,
    plan: Annotated[Path | None, typer.Option(help="The same and more as JSON: see docs/replay.md.")] = None,
    out: Annotated[Path, typer.Option(help="Where results go; what is played there is not played again.")] = Path(
        "backtest"
    ),
    cores: Annotated[int | None, typer.Option(min=1, help="All of them, unless said.")] = None,
    tried_before: Annotated[
        int, typer.Option(min=0, help="Settings that were tried on these tapes before: luck counts them, too.")
    ] = 0,
    as_json: AsJson = False,
) -> None:
    """Play every tape with every setting. Whatever comes of it is simulated."""
    with ending_well():
        written = None if plan is None else read_plan(plan)
        asked = planned(tapes or (), sweep or (), written, plan.parent if plan else Path())
        tasks = asked.tasks()
        kept = Kept(out / PAIRS)
        progress = _Progress(Console(stderr=True, quiet=as_json), len(kept.pairs.keys() & {each.key for each in tasks}))
        with local_cores(cores or os.cpu_count()) as executor:
            pairs = run(tasks, kept, executor, progress.note)
        verdict = judged(pairs, asked.tried_before + tried_before)
        write_table(pairs, out / TABLE)
        _write(out / PAGE, page_of(verdict, pairs, wall_clock()))
        print_json(_outward(verdict, out)) if as_json else _show(verdict, out)


class _Progress:
    """A line for each pair, with what is left."""

    def __init__(self, out: Console, before: int) -> None:
        self._out = out
        self._before = before
        self._began = time.monotonic()
        if before:
            out.print(f"{before:,} pairs were played before", highlight=False)

    def note(self, pair: Pair, done: int, of: int) -> None:
        each = (time.monotonic() - self._began) / max(1, done - self._before)
        name = ", ".join(pair.setting) or "as it is"
        left = f"{(of - done) * each:,.0f} s left" if done < of else "done"
        said = f"{done:,} of {of:,}  {Path(pair.tape).name}  {name}  {money_text(pair.gain)} (simulated)  {left}"
        self._out.print(said, highlight=False, soft_wrap=True)


def _write(path: Path, text: str) -> None:
    new = path.with_suffix(".new")
    new.write_text(text, encoding="utf-8")
    os.replace(new, path)


def _outward(verdict: Verdict, out: Path) -> dict[str, object]:
    return {
        "survives": verdict.survives,
        "words": verdict.words,
        "trials": verdict.trials,
        "luck": round(verdict.luck, 6),
        "deflated": round(verdict.deflated, 6),
        "simulated": True,
        "world": verdict.world,
        "scores": [_score(each) for each in verdict.scores],
        "files": {name: str(out / name) for name in (PAIRS, TABLE, PAGE)},
    }


def _score(score: Score) -> dict[str, object]:
    return {
        "setting": score.setting,
        "gain": money_text(score.gain),
        "gains": {name: money_text(gain) for name, gain in score.gains.items()},
        "games": score.games,
        "hit_rate": score.hit_rate,
        "sharpe": round(score.shape.sharpe, 6),
        "probability": round(score.probability, 6),
        "fell": money_text(score.fell),
        "signals": score.signals,
        "trades": score.trades,
    }


def _show(verdict: Verdict, out: Path) -> None:
    rows = [
        (
            each.name,
            money_text(each.gain),
            f"{each.shape.sharpe:.3f}",
            f"{each.probability:.1%}",
            each.games,
            "" if each.hit_rate is None else f"{each.hit_rate:.0%}",
            money_text(each.fell),
            sum(each.trades.values()),
        )
        for each in verdict.scores[:SHOWN]
    ]
    columns = ("setting", "gain", "a game", "alone", "games", "with a gain", "fell", "trades")
    print_table("Settings, the best first (simulated)", columns, rows)
    if len(verdict.scores) > SHOWN:
        console.print(f"and {len(verdict.scores) - SHOWN:,} more", highlight=False)
    console.print(verdict.words, highlight=False, style="green" if verdict.survives else "")
    console.print(f"page at {out / PAGE}, table at {out / TABLE}", highlight=False)
