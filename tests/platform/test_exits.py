"""Positions of a person, each sold by a rule of its own, on the running platform."""

import json
import time
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

import httpx
import pytest

from app.sandbox.games import Contest
from app.sandbox.simulations import Simulation
from app.sandbox.stagings import name_of
from tests.platform.planned_books import Ladders, Pair, around
from tests.platform.plans import NOT_BEFORE, SURE
from tests.platform.platforms import Json, Platform, eventually

SEED = 1  # of the slate that everyone shares
BUSY, FOLLOWED = timedelta(minutes=15), timedelta(minutes=110)  # which may have been played for so long
LEFT = timedelta(minutes=40)  # of a game that is played: it must not end meanwhile
PRICE = 50  # cents, of each home side
SOLD_WITHIN = 60.0  # seconds
HOLD = 15.0  # seconds after the entry in which nothing but a stop sells
RULES: dict[str, Json] = {
    "time": {"after_s": 20},
    "take_profit": {"take_profit": 0.05},
    "stop": {"stop": 0.1},
    "trailing_stop": {"trailing_stop": 0.05},
    "game_state": {"on_game_states": ["postponed"]},
    "before_close": {"before_close_s": 86_400},  # any clock that can be read is near enough
    "edge_gone": {"edge_gone": 0.0},
}
OF_PLAYED = ("before_close", "edge_gone")  # a clock runs down, and somebody says who wins
DEAR = 75  # cents for the side that is less likely to win
MOVES = {"take_profit": (12,), "stop": (-9,), "trailing_stop": (12, 0)}  # cents, one after the other


class Held:
    """One position, and the market that it is in: of the home side, but for what is too dear."""

    def __init__(self, up: Platform, sandbox: httpx.Client, contest: Contest, rule: str) -> None:
        self.up, self.sandbox, self.rule = up, sandbox, rule
        named = name_of(contest)
        game = next(one for one in sandbox.get("/games").json()["games"] if one["game"] == named)
        is_home = rule != "edge_gone" or self._chance(game["id"]) < 0.5
        self.cents = DEAR if rule == "edge_gone" else PRICE
        self.pair = Pair(contest, self.cents if is_home else 100 - self.cents)
        self.market = self.pair.home if is_home else self.pair.away
        self.contract_id = f"kalshi:{game['kalshi'][self.market.label]}:yes"
        self.path = f"/positions/manual:{self.contract_id}"

    def _chance(self, game_id: str) -> float:
        """Of the home side, once the source has said it."""
        found: list[float | None] = []

        def is_said() -> bool:
            found[:] = [self.up.get(f"/games/{game_id}")["home_win_probability"]]
            return found[0] is not None

        assert eventually(is_said), game_id
        return found[0] or 0.0

    def tell(self, *ladders: Ladders) -> None:
        answer = self.sandbox.post("/plan", json=[each.entry(self.pair.name, 0, None) for each in ladders])
        assert answer.status_code == 200, answer.text

    def buy(self) -> None:
        wish = {"contract_id": self.contract_id, "side": "buy", "limit": f"0.{self.cents + 2}", "size": "20"}

        said = [""]

        def is_filled() -> bool:
            answer = self.up.http.post(
                "/orders", json=wish, headers={**self.up.key, "Idempotency-Key": str(time.time())}
            )
            said[0] = answer.text
            return answer.status_code == 201 and answer.json()["state"] == "filled"

        assert eventually(is_filled), (self.contract_id, said)
        rules = dict.fromkeys(("stop", "trailing_stop", "take_profit", "after_s", "edge_gone"))
        answer = self.up.http.put(
            f"{self.path}/exits", json={"exit_rules": rules | RULES[self.rule]}, headers=self.up.key
        )
        assert answer.status_code == 200, answer.text

    def move(self) -> None:
        for cents in MOVES.get(self.rule, ()):
            self.tell(around(self.market, self.cents + cents))
            time.sleep(3)  # a price must have been there to be the best that could be had
        if self.rule == "game_state":
            self.sandbox.post("/plan", json=[{"at": 0, "game": self.pair.name, "status": "postponed"}])

    def sold(self) -> Json:
        """The order that has closed it."""
        assert eventually(lambda: self.up.get(self.path)["closed_at"], SOLD_WITHIN), json.dumps(self.up.get(self.path))
        orders = self.up.get(self.path)["orders"]
        return next(order for order in orders if order["side"] == "sell" and order["filled"] != "0")


def seconds_between(first: str, second: str) -> float:
    return (datetime.fromisoformat(second) - datetime.fromisoformat(first)).total_seconds()


def usable(*, are_played: bool) -> Sequence[Contest]:
    """Games that begin soon, so that they are followed, and not at once, so that only markets say what they cost; or
    those that are played by a clock."""
    slate = Simulation(SEED, 1.0).slate
    names = [name_of(contest) for contest in slate.contests]

    def is_meant(contest: Contest) -> bool:
        if not are_played:
            return NOT_BEFORE + BUSY < contest.start - slate.origin < FOLLOWED
        return (
            contest.start <= slate.origin and slate.end(contest) - slate.origin > LEFT and contest.league.code != "mlb"
        )

    return [
        contest
        for contest in slate.contests
        if is_meant(contest)
        and contest.league.code in SURE
        and not contest.league.is_soccer
        and not (contest.quirks or contest.interruption or contest.number)
        and len(contest.on) == 3
        and names.count(name_of(contest)) == 1
    ]


@pytest.fixture(scope="module")
def held(up: Platform) -> Iterator[dict[str, Held]]:
    with httpx.Client(timeout=60) as sandbox:
        sandbox.base_url = httpx.URL(up.sandbox_url())
        others, played = iter(usable(are_played=False)), iter(usable(are_played=True))
        chosen = {rule: next(played if rule in OF_PLAYED else others) for rule in RULES}
        found = {rule: Held(up, sandbox, contest, rule) for rule, contest in chosen.items()}
        for each in found.values():
            each.tell(*each.pair.calm())
        for each in found.values():
            each.buy()
        for each in found.values():
            each.move()
        yield found


@pytest.mark.parametrize("rule", RULES)
def test_a_position_is_sold_by_its_rule_and_not_too_soon(held: dict[str, Held], rule: str) -> None:
    sale = held[rule].sold()
    assert (sale["purpose"], sale["rule"]) == ("exit", rule)
    whole = held[rule].up.get(held[rule].path)
    assert whole["simulated"] is True
    if rule != "stop":
        assert seconds_between(whole["opened_at"], sale["wanted_at"]) >= HOLD


def test_what_everything_came_to_is_what_the_ledger_has(held: dict[str, Held]) -> None:
    up = next(iter(held.values())).up
    accounts = {each["account"]: each for each in up.get("/portfolio")["accounts"]}
    assert all(each["is_balanced"] for each in accounts.values())
