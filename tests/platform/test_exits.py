"""Positions of a person, each sold by a rule of its own, on the running platform."""

import json
import time
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import count

import httpx
import pytest

from app.sandbox.games import Contest
from app.sandbox.simulations import Simulation
from app.sandbox.stagings import name_of
from tests.platform.planned_books import MANY, Ladders, Pair, around
from tests.platform.plans import NOT_BEFORE, SURE
from tests.platform.platforms import Json, Platform, eventually

SEED = 1  # of the slate that everyone shares
FOLLOWED = timedelta(minutes=110)  # games that begin sooner
LEFT = timedelta(minutes=25)  # of a game that is played: it must not end meanwhile
PRICE = 50  # cents, of each home side
ENDED = "filled", "cancelled", "rejected", "expired"
SPREAD = 2  # cents from what a book is held around to its best bid, and to its best ask
HOLD = 15.0  # seconds after the entry in which nothing but a stop sells
RULES: dict[str, Json] = {
    "time": {"after_s": 20},
    "take_profit": {"take_profit": 0.05},
    "stop": {"stop": 0.1},
    "trailing_stop": {"trailing_stop": 0.05},
    "game_state": {"on_game_states": ["postponed"]},
    "edge_gone": {"edge_gone": 0.0},
    "before_close": {"before_close_s": 86_400},  # any clock that can be read is near enough
}
OF_PLAYED = ("edge_gone", "before_close")  # somebody says who wins, and a clock runs down
DEAR = 58  # cents for the side that is less likely to win: so near to even no price is taken for its mirror image
MOVES = {"take_profit": (12,), "stop": (-9,), "trailing_stop": (12, 0)}  # cents, one after the other


class Held:
    """One position, and the market that it is in: of the home side, but for what is too dear."""

    def __init__(self, up: Platform, sandbox: httpx.Client, contest: Contest, rule: str) -> None:
        self.up, self.sandbox, self.rule = up, sandbox, rule
        named = name_of(contest)
        game = next(one for one in sandbox.get("/games").json()["games"] if one["game"] == named)
        is_home = rule != "edge_gone" or home_chance(up, game["id"]) < 0.5
        self.cents = DEAR if rule == "edge_gone" else PRICE
        self.pair = Pair(contest, self.cents if is_home else 100 - self.cents)
        self.market = self.pair.home if is_home else self.pair.away
        self.contract_id = f"kalshi:{game['kalshi'][self.market.label]}:yes"
        self.path = f"/positions/manual:{self.contract_id}"

    def calm(self) -> None:
        """All books of the game; what is bought is sold close to its price, whichever side it is."""
        self.tell(around(self.market, self.cents, SPREAD), *self.pair.calm())

    def tell(self, *ladders: Ladders) -> None:
        answer = self.sandbox.post("/plan", json=[each.entry(self.pair.name, 0, None) for each in ladders])
        assert answer.status_code == 200, answer.text

    def buy(self) -> None:
        limit = f"0.{self.cents + SPREAD}"
        wish = {"contract_id": self.contract_id, "side": "buy", "limit": limit, "size": "20"}
        said, tries, name = [""], count(1), f"{self.rule}-{time.time()}"
        keys = [name]

        def is_filled() -> bool:
            """Under the same key until an order has ended: a busy platform answers later. When others were quicker, who
            saw an edge while only some books of the game had been told, more is laid there: nothing is sold twice."""
            answer = self.up.http.post("/orders", json=wish, headers={**self.up.key, "Idempotency-Key": keys[0]})
            said[0] = answer.text
            is_order = answer.status_code == 201
            is_bought = is_order and answer.json()["filled"] != "0"
            if answer.status_code >= 400 or (is_order and not is_bought and answer.json()["state"] in ENDED):
                number = next(tries)
                keys[0] = f"{name}-{number}"
                self.tell(around(self.market, self.cents, SPREAD, MANY * (1 + number)))
            return is_bought

        assert eventually(is_filled), (self.contract_id, said)
        rules = dict.fromkeys(("stop", "trailing_stop", "take_profit", "after_s", "edge_gone"))
        answer = self.up.http.put(
            f"{self.path}/exits", json={"exit_rules": rules | RULES[self.rule]}, headers=self.up.key
        )
        assert answer.status_code == 200, answer.text

    def move(self) -> None:
        for cents in MOVES.get(self.rule, ()):
            self.tell(around(self.market, self.cents + cents, SPREAD))
            assert eventually(lambda bid=self.cents + cents - SPREAD: self._is_seen(bid)), self.up.get(self.path)
        if self.rule == "game_state":
            self.sandbox.post("/plan", json=[{"at": 0, "game": self.pair.name, "status": "postponed"}])

    def _is_seen(self, bid: int) -> bool:
        """A price must have been noticed to be the best that could be had; unless it has sold already."""
        held = self.up.get(self.path)
        return held["closed_at"] is not None or (held["mark"] is not None and Decimal(held["mark"]) * 100 == bid)

    def sold(self) -> Json:
        """The order that has closed it."""
        assert eventually(lambda: self.up.get(self.path)["closed_at"]), json.dumps(self.up.get(self.path))
        orders = self.up.get(self.path)["orders"]
        return next(order for order in orders if order["side"] == "sell" and order["filled"] != "0")


def home_chance(up: Platform, game_id: str) -> float:
    """As the source says it; even when it has said nothing."""
    said = up.get(f"/games/{game_id}")["home_win_probability"]
    return 0.5 if said is None else float(said)


def seconds_between(first: str, second: str) -> float:
    return (datetime.fromisoformat(second) - datetime.fromisoformat(first)).total_seconds()


class Usable:
    """The games of a running sandbox as they stand now, however long it has been running."""

    def __init__(self, up: Platform, sandbox: httpx.Client) -> None:
        self._up = up
        told = sandbox.get("/games").json()["games"]
        self._now = datetime.fromisoformat(sandbox.get("/clock").json()["now"])
        self._starts = {game["game"]: datetime.fromisoformat(game["start"]) for game in told}
        self._ids = {game["game"]: game["id"] for game in told}
        self._times = Counter(game["game"] for game in told)
        self._slate = Simulation(SEED, 1.0).slate  # the same games, as if they began now

    def to_come(self) -> Iterator[Contest]:
        """They begin soon, so that they are followed, and not at once, so that only markets say what they cost."""
        return (one for one in self._plain() if NOT_BEFORE < self._start(one) - self._now < FOLLOWED)

    def played(self) -> list[Contest]:
        """By a clock; first that of which it is least open who wins, which will not have turned in a minute."""
        by_clock = (one for one in self._plain() if one.league.code != "mlb")
        found = [one for one in by_clock if self._start(one) <= self._now < self._end(one) - LEFT]
        assert eventually(lambda: any(map(self._certainty, found))), [name_of(one) for one in found]
        return sorted(found, key=self._certainty, reverse=True)

    def _certainty(self, contest: Contest) -> float:
        return abs(home_chance(self._up, self._ids[name_of(contest)]) - 0.5)

    def _start(self, contest: Contest) -> datetime:
        return self._starts[name_of(contest)]

    def _end(self, contest: Contest) -> datetime:
        return self._start(contest) + (self._slate.end(contest) - contest.start)

    def _plain(self) -> Iterator[Contest]:
        for contest in self._slate.contests:
            is_plain = not (contest.quirks or contest.interruption or contest.number) and len(contest.on) == 3
            is_sure = contest.league.code in SURE and not contest.league.is_soccer
            if is_plain and is_sure and self._times[name_of(contest)] == 1:
                yield contest


@pytest.fixture(scope="module")
def held(up: Platform) -> Iterator[dict[str, Held]]:
    with httpx.Client(timeout=60) as sandbox:
        sandbox.base_url = httpx.URL(up.sandbox_url())
        usable = Usable(up, sandbox)
        to_come, played = usable.to_come(), iter(usable.played())
        chosen = {rule: next(played if rule in OF_PLAYED else to_come) for rule in RULES}
        found = {rule: Held(up, sandbox, contest, rule) for rule, contest in chosen.items()}
        for each in found.values():
            each.calm()
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
