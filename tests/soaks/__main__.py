"""The platform on simulated venues for as long as one likes, watched from outside: `make soak ARGS="--minutes 30"`.

It lives beside the tests, and not among the benchmarks: nothing is timed against anything, and it watches a platform
with what tests watch it with. Exit code 1 when anything did not hold.
"""

import argparse
import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import httpx

from tests.platform.evenings import Evening
from tests.platform.platforms import ROOT, Platform, eventually, platform
from tests.soaks.audits import differences, read_books
from tests.soaks.followers import Follower, following
from tests.soaks.looks import Look, Looker
from tests.soaks.pages import Ran, figures, page
from tests.soaks.traders import Trader, trading
from tests.soaks.verdicts import Seen, Verdict, judge

LOOK_EVERY = 3.0  # seconds: as often as workers beat
COUNT_EVERY = 1.0  # seconds: every account
SAY_EVERY = 60.0
SETTLED_WITHIN = 60.0  # seconds, until nothing is under way any more
READY_WITHIN = 300.0


class Soak:
    """One platform, watched."""

    def __init__(self, up: Platform, follower: Follower) -> None:
        self.up, self.follower = up, follower
        self.evening = Evening(up)
        self.looks: list[Look] = []
        self.unanswered: list[str] = []
        self._looker = Looker(up)

    def watch(self, seconds: float) -> None:
        """So long."""
        began = said = time.monotonic()
        while (now := time.monotonic()) - began < seconds:
            try:
                self._look(now - began)
                if now - said >= SAY_EVERY:
                    said = now
                    print(self._pace(), flush=True)
            except httpx.HTTPError as error:  # what is not answered is judged, too
                self.unanswered.append(str(error))
            time.sleep(max(0.0, COUNT_EVERY - (time.monotonic() - now)))

    def judge(self, trader: Trader) -> list[Verdict]:
        """When nothing is opened any more, and all that was under way is told and booked."""
        eventually(self._halt, SETTLED_WITHIN)
        eventually(lambda: self.up.workers()["execution"]["counts"]["unsettled"] == 0, SETTLED_WITHIN)
        eventually(lambda: not differences(self.follower.fills, read_books(self.evening)), SETTLED_WITHIN)
        eventually(lambda: [self.evening.audit()])
        seen = Seen(self.looks, self.evening.looks, self.unanswered, self.evening.breaches)
        return judge(seen, self.follower, eventually(lambda: read_books(self.evening)), trader)

    def _look(self, at: float) -> None:
        if not self.looks or at >= len(self.looks) * LOOK_EVERY:
            self.looks.append(self._looker.look())
        self.evening.look()

    def _halt(self) -> bool:
        halted = {"scope": "all", "reason": "the soak ends"}
        return self.up.http.post("/risk/halt", json=halted, headers=self.up.key).is_success

    def _pace(self) -> str:
        look = self.looks[-1]
        memory = ", ".join(f"{name} {mib:.0f}" for name, mib in sorted(look.memory.items()))
        late = ", ".join(f"{name} {ms:.0f} ms" for name, ms in sorted(look.lags.items()))
        told = [f"{look.at:5.0f} s: {len(self.follower.fills)} fills; MiB: {memory}; late: {late}"]
        errors = {name: worker["last_error"] for name, worker in self.up.workers().items() if worker["last_error"]}
        return "\n".join([*told, *(f"        {name}: {error}" for name, error in errors.items())])


def play(given: argparse.Namespace) -> tuple[Ran, Sequence[Look], list[Verdict]]:
    """One soak, on a platform of its own."""
    asked = ("--sandbox", "--games", given.games, "--seed", given.seed, "--speed", given.speed)
    with platform(*asked) as up:
        eventually(lambda: up.http.get("/health/ready").status_code == 200 and up.games(), READY_WITHIN)
        with following(up.port) as follower:
            soak, at = Soak(up, follower), datetime.now(UTC)
            with trading() as trader:
                soak.watch(given.minutes * 60)
            verdicts = soak.judge(trader)
            ran = Ran(command(given), at, given.minutes, given.games, given.speed, soak.evening.looks)
            return ran, soak.looks, verdicts


def command(given: argparse.Namespace) -> str:
    """That would do it again."""
    said = " ".join(f"--{name} {getattr(given, name):g}" for name in ("minutes", "games", "speed", "seed"))
    return f'make soak ARGS="{said}"'


def main() -> int:
    """Play one, write what it came to beside the docs, and say whether it holds."""
    asked = argparse.ArgumentParser(prog="python -m tests.soaks", description=__doc__)
    asked.add_argument("--minutes", type=float, default=30.0)
    asked.add_argument("--games", type=int, default=200)
    asked.add_argument("--speed", type=float, default=10.0)
    asked.add_argument("--seed", type=int, default=7)
    asked.add_argument("--page", type=Path, default=ROOT / "docs/soak.md", help="its figures go beside it, as .json")
    given = asked.parse_args()
    ran, looks, verdicts = play(given)
    given.page.write_text(page(ran, looks, verdicts))
    given.page.with_suffix(".json").write_text(figures(ran, looks, verdicts))
    print(*verdicts, sep="\n")
    return 0 if all(verdict.holds for verdict in verdicts) else 1


if __name__ == "__main__":
    sys.exit(main())
