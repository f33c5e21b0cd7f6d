"""A seeded evening at speed, watched while it is played: whether every figure is the ledger's at every moment.

`python -m tests.platform.evenings --games 200 --seconds 600` plays a long one and prints what it came to.
"""

import argparse
import csv
import io
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal

from tests.platform.platforms import Json, Platform, platform

EVERY = 0.5  # seconds between two looks
MOST_PAID = Decimal("0.85")
HOLD = 15.0  # seconds
AT_ANY_TIME = {"stop", "halt", "manual"}


class Evening:
    """What was seen. `breaches`: in words; empty when all is well."""

    def __init__(self, up: Platform) -> None:
        self.up = up
        self.looks = 0
        self.breaches: list[str] = []
        self.counts: Counter[str] = Counter()

    def watch(self, seconds: float) -> None:
        """So long."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            self.look()
            time.sleep(EVERY)

    def look(self) -> None:
        """Every account adds up, to the micro-dollar."""
        self.looks += 1
        for account in self.up.get("/portfolio")["accounts"]:
            has = {name: Decimal(account[name]) for name in ("cash", "cost", "deposits", "realised", "fees")}
            if has["cash"] + has["cost"] != has["deposits"] + has["realised"] - has["fees"]:
                self.breaches.append(f"{account['account']}: {has}")
            causes = sum((Decimal(each) for each in account["causes"].values()), Decimal(0))
            if causes != Decimal(account["profit"]):
                self.breaches.append(f"{account['account']}: {causes} by cause, {account['profit']} in all")
            if not (account["is_balanced"] and account["simulated"]):
                self.breaches.append(f"{account['account']}: not balanced, or not said to be simulated")

    def audit(self) -> None:
        """Every order, and the whole ledger, by an arithmetic of its own."""
        bought: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
        orders = sorted(self.pages("/orders"), key=lambda order: order["wanted_at"])
        for order in orders:
            self.counts[f"{order['purpose']} {order['state']}"] += 1
            self._look_at(order, bought[order["account"], order["contract_id"]])
        for incident in self.pages("/incidents"):
            self.counts[f"incident {incident['kind']}"] += 1
            if incident["kind"] in ("mismatch", "contradiction"):
                self.breaches.append(f"{incident['kind']}: {incident['detail']}")
        for position in self.pages("/positions"):
            self.counts["open positions" if position["closed_at"] is None else "closed positions"] += 1
        self._add_up()

    def pages(self, path: str, asked: str = "") -> Iterator[Json]:
        cursor = ""
        while True:
            page = self.up.get(f"{path}?limit=500{asked}{cursor}")
            yield from page["items"]
            if not page["next_cursor"]:
                return
            cursor = f"&cursor={page['next_cursor']}"

    def _look_at(self, order: Json, bought: list[str]) -> None:
        if order["side"] == "buy":
            if Decimal(order["limit"]) > MOST_PAID:
                self.breaches.append(f"{order['id']} was to pay {order['limit']}")
            if order["filled"] != "0":
                bought.append(order["changed_at"])
        elif order["purpose"] == "exit" and bought and is_too_soon(order, bought[-1]):
            self.breaches.append(f"{order['id']} ({order['rule']}) sold too soon")

    def _add_up(self) -> None:
        """The ledger as it is exported, beside what the portfolio says."""
        before = {account["account"]: account for account in self.up.get("/portfolio")["accounts"]}
        rows = list(csv.DictReader(io.StringIO(self.up.http.get("/ledger", headers=self.up.key).text)))
        after = {account["account"]: account for account in self.up.get("/portfolio")["accounts"]}
        sums: defaultdict[tuple[str, str], Decimal] = defaultdict(Decimal)
        postings: defaultdict[str, Decimal] = defaultdict(Decimal)
        for row in rows:
            sums[row["account"], row["book"]] += Decimal(row["amount"])
            postings[row["posting"]] += Decimal(row["amount"])
        self.counts["entries"] = len(rows)
        self.breaches += [f"{name} is off by {left}" for name, left in postings.items() if left]
        for name, account in after.items():
            told = {one["cash"] for one in (before[name], account)}
            if str(sums[name, "cash"].normalize()) not in {str(Decimal(each).normalize()) for each in told}:
                self.breaches.append(f"{name}: {sums[name, 'cash']} in the ledger, {told} in the portfolio")

    def inputs_per_second(self) -> float:
        """What all cores are told: quotes, scores, links, ticks."""
        lines = self.up.http.get("/metrics").text.splitlines()
        return sum(float(line.split()[-1]) for line in lines if line.startswith("crosscourt_core_inputs_per_second{"))

    def lag_ms(self) -> float:
        """How late the event loop was at worst, of any worker's last beat."""
        return max(worker["loop_lag_ms"] for worker in self.up.workers().values())


def seconds_between(first: str, second: str) -> float:
    return (datetime.fromisoformat(second) - datetime.fromisoformat(first)).total_seconds()


def is_too_soon(sale: Json, bought_at: str) -> bool:
    return sale["rule"] not in AT_ANY_TIME and seconds_between(bought_at, sale["wanted_at"]) < HOLD


def main() -> None:
    """Play one and say what it came to."""
    asked = argparse.ArgumentParser()
    for name, given in (("games", 200), ("seconds", 600), ("speed", 60), ("seed", 7)):
        asked.add_argument(f"--{name}", type=int, default=given)
    given = asked.parse_args()
    with platform("--sandbox", "--games", given.games, "--seed", given.seed, "--speed", given.speed) as up:
        evening, began = Evening(up), time.monotonic()
        while (left := given.seconds - (time.monotonic() - began)) > 0:
            evening.watch(min(30.0, left))
            pace = f"{evening.inputs_per_second():.0f} inputs a second, loop at most {evening.lag_ms():.0f} ms late"
            print(f"{time.monotonic() - began:.0f} s, {pace}", flush=True)
        evening.audit()
        print(f"{evening.looks} looks at {given.speed} x real time; {len(evening.breaches)} breaches")
        print(dict(sorted(evening.counts.items())), evening.breaches[:20], up.get("/portfolio")["totals"], sep="\n")


if __name__ == "__main__":
    main()
