"""Plans: what they may say, what they do, and how they are refused."""

import asyncio
import json
import time
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from app.errors import StartRefused
from app.sandbox.faults import Fault
from app.sandbox.fees import Fees
from app.sandbox.games import Interruption
from app.sandbox.makers import milliseconds
from app.sandbox.messages import parts, text
from app.sandbox.plans import DEEDS, Entry, Levels, Points, read_plan
from app.sandbox.quirks import Quirk
from app.sandbox.server import build_on
from app.sandbox.simulations import Simulation
from tests.app.sandbox.conftest import NOW, HeldClock
from tests.app.sandbox.followers import KALSHI_SOCKET, opened, said_until
from tests.app.sandbox.servers import running

GAME = "nba:NY@BOS"


def written(folder: Path, *entries: object) -> Path:
    file = folder / "plan.json"
    file.write_text(json.dumps(entries))
    return file


def staged(*entries: Entry) -> tuple[Simulation, HeldClock]:
    clock = HeldClock()
    return Simulation(7, 1.0, clock, plan=entries), clock


def market_of(simulation: Simulation, label: str, game: str = GAME) -> dict:
    """As Kalshi lists it now. `label`: kind and suffix."""
    kind, _, suffix = label.partition("-")
    away, home = game.partition(":")[2].replace("NY", "NYK").split("@")
    for event in simulation.kalshi_events():
        if kind in text(event, "series_ticker") and f"{away}{home}" in text(event, "event_ticker"):
            return next(one for one in parts(event, "markets") if text(one, "ticker").endswith(f"-{suffix}"))
    raise LookupError(label)


def test_ladder_is_held_for_so_long_at_exactly_these_levels() -> None:
    levels = Levels(bids=(("0.4350", "120"), ("0.44", "7.5")), asks=(("0.9", "1000"),))
    entry = Entry(at=10, for_seconds=20, venue="kalshi", game=GAME, market="GAME-BOS", ladder=levels)
    simulation, clock = staged(entry)
    before = market_of(simulation, "GAME-BOS")
    clock.pass_time(seconds=15)
    market = market_of(simulation, "GAME-BOS")
    assert [market[f"yes_{field}"] for field in ("bid_dollars", "bid_size_fp", "ask_dollars", "ask_size_fp")] == [
        "0.4400",
        "7.50",
        "0.9000",
        "1000.00",
    ]
    quoting = simulation.quoting("kalshi")
    ladder = quoting.ladder(quoting.markets[text(market, "ticker")], milliseconds(clock()))
    assert ladder is not None
    assert (ladder.bids, ladder.asks) == ({4400: 750, 4350: 12_000}, {9000: 100_000})
    clock.pass_time(seconds=20)
    after = market_of(simulation, "GAME-BOS")
    assert after["yes_bid_dollars"] != "0.4400"
    assert before["ticker"] == after["ticker"]


def test_price_of_a_game_moves_all_its_markets_on_one_venue_or_both() -> None:
    simulation, clock = staged(
        Entry(at=0, for_seconds=60, venue="kalshi", game="nba:LAC@LAL", price="0.20"),
        Entry(at=60, for_seconds=60, game="nba:LAC@LAL", price="0.80"),
    )
    simulation.gamma_events()
    simulation.kalshi_events()

    def home_chances() -> list[float]:
        found = []
        for venue in ("kalshi", "polymarket"):
            quoting = simulation.quoting(venue)
            mains = [one for one in quoting.markets.values() if one.is_main and one.contest]
            market = next(one for one in mains if one.contest and one.contest.home.abbreviation == "LAL")
            chance = quoting.chance(market, milliseconds(clock()))
            found.append(chance if market.claim.of == "home" else 1 - chance)
        return found

    clock.pass_time(seconds=30)
    kalshi, polymarket = home_chances()
    assert kalshi == pytest.approx(0.2, abs=0.001)
    assert polymarket != pytest.approx(0.2, abs=0.02)
    clock.pass_time(seconds=60)
    assert home_chances() == pytest.approx([0.8, 0.8], abs=0.001)


def test_price_of_one_market_and_rules_of_another() -> None:
    simulation, clock = staged(
        Entry(at=5, for_seconds=60, venue="kalshi", game=GAME, market="GAME-BOS", price="0.31"),
        Entry(at=5, for_seconds=60, venue="kalshi", game=GAME, market="GAME-NYK", rules="Nobody is paid."),
    )
    clock.pass_time(seconds=20)
    assert abs(float(market_of(simulation, "GAME-BOS")["yes_bid_dollars"]) - 0.31) < 0.06
    assert market_of(simulation, "GAME-NYK")["rules_primary"] == "Nobody is paid."
    clock.pass_time(seconds=60)
    assert "wins the" in market_of(simulation, "GAME-NYK")["rules_primary"]


def test_score_counts_for_venues_at_once_and_for_the_feed_later() -> None:
    simulation, clock = staged(Entry(at=60, game=GAME, score=Points(home=20)))
    contest = next(one for one in simulation.slate.contests if one.home.abbreviation == "BOS" and not one.number)
    plain = Simulation(7, 1.0, clock).slate
    clock.pass_time(seconds=62)
    now = clock()
    assert simulation.slate.standing(contest, now).score[0] == plain.standing(contest, now).score[0] + 20
    assert simulation.slate.standing_as_fed(contest, now).score == plain.standing_as_fed(contest, now).score
    clock.pass_time(seconds=20)
    fed, without = (slate.standing_as_fed(contest, clock()) for slate in (simulation.slate, plain))
    assert (fed.score[0], sum(home for home, _ in fed.periods)) == (without.score[0] + 20,) * 2


def test_game_is_over_with_the_score_that_the_plan_says() -> None:
    simulation, clock = staged(
        Entry(at=60, game=GAME, final=Points(home=101, away=99)),
        Entry(at=70, game=GAME, final=Points(home=7)),  # it is over
        Entry(at=80, game=GAME, score=Points(home=3)),
        Entry(at=90, game=GAME, status="postponed"),
    )
    contest = next(one for one in simulation.slate.contests if one.home.abbreviation == "BOS" and not one.number)
    assert simulation.slate.standing(contest, clock() + timedelta(seconds=59)).phase == "playing"
    assert simulation.slate.end(contest) == clock() + timedelta(seconds=60)
    clock.pass_time(seconds=100)
    told = simulation.slate.standing(contest, clock())
    assert (told.phase, told.score, told.periods) == ("over", (101, 99), ((25, 24), (25, 25), (25, 25), (26, 25)))
    simulation.games()
    assert simulation.slate.contests[0].interruption is None


def test_game_that_was_put_off_does_not_end() -> None:
    simulation, clock = staged(
        Entry(at=60, game=GAME, status="postponed"), Entry(at=70, game=GAME, final=Points(home=7))
    )
    clock.pass_time(seconds=80)
    simulation.games()
    assert simulation.slate.standing(simulation.slate.contests[0], clock()).phase == "before"


@pytest.mark.parametrize(
    ("status", "told"),
    [
        ("postponed", ("STATUS_POSTPONED", "post")),
        ("cancelled", ("STATUS_CANCELED", "post")),
        ("suspended", ("STATUS_SUSPENDED", "post")),
        ("delayed", ("STATUS_DELAYED", "in")),
    ],
)
async def test_game_is_interrupted(status: Interruption, told: tuple[str, str]) -> None:
    simulation, clock = staged(Entry(at=30, game=GAME, status=status))
    contest = next(one for one in simulation.slate.contests if one.home.abbreviation == "BOS" and not one.number)
    transport = httpx.ASGITransport(build_on(simulation))
    async with httpx.AsyncClient(transport=transport, base_url="http://sandbox") as client:

        async def event() -> dict:
            board = (await client.get("/espn/apis/site/v2/sports/basketball/nba/scoreboard")).json()
            return next(event for event in board["events"] if event["id"] == contest.id)

        before = await event()
        assert before["status"]["type"]["name"] == "STATUS_IN_PROGRESS"
        clock.pass_time(seconds=40)
        kind = (await event())["status"]["type"]
        assert (kind["name"], kind["state"], kind["completed"]) == (*told, False)
        clock.pass_time(minutes=30)
        scores = [int(side["score"]) for side in (await event())["competitions"][0]["competitors"]]
        assert (sum(scores) == 0) == (status in ("postponed", "cancelled"))
        clock.pass_time(hours=1)
        assert [int(side["score"]) for side in (await event())["competitions"][0]["competitors"]] == scores
        ticker = text(market_of(simulation, "GAME-BOS"), "ticker")
        clock.pass_time(hours=3)
        book = (await client.get(f"/kalshi/trade-api/v2/markets/{ticker}/orderbook")).json()["orderbook_fp"]
        assert bool(book["yes_dollars"]) == (status in ("suspended", "delayed"))  # the others are void by then


def test_fine_print_and_description_of_two_markets() -> None:
    simulation, _ = staged(
        Entry(at=0, game=GAME, market="GAME-BOS", rules_secondary="Nobody knows."),
        Entry(at=0, game=GAME, market="moneyline", rules=""),
    )
    assert market_of(simulation, "GAME-BOS")["rules_secondary"] == "Nobody knows."
    assert "wins the" in market_of(simulation, "GAME-BOS")["rules_primary"]
    assert polymarket_of(simulation, GAME, "moneyline")["description"] == ""


def test_fees_are_those_of_the_plan_for_so_long() -> None:
    simulation, clock = staged(
        Entry(at=0, for_seconds=60, game=GAME, market="GAME-BOS", fees=Fees(multiplier=2.0)),
        Entry(at=0, game=GAME, market="GAME-NYK", fees=Fees(is_waived=True)),
        Entry(at=0, game=GAME, market="moneyline", fees=Fees(rate=0.02, exponent=2)),
    )
    event = next(one for one in simulation.kalshi_events() if text(one, "event_ticker").endswith("NYKBOS"))
    assert event["fee_multiplier_override"] == 2.0
    assert [("fee_waiver_expiration_time" in one) for one in parts(event, "markets")] == [False, True]
    assert polymarket_of(simulation, GAME, "moneyline")["feeSchedule"] == {
        "exponent": 2,
        "rate": 0.02,
        "takerOnly": True,
        "rebateRate": 0.15,
    }
    clock.pass_time(seconds=70)
    event = next(one for one in simulation.kalshi_events() if text(one, "event_ticker").endswith("NYKBOS"))
    assert "fee_multiplier_override" not in event


def test_listing_is_odd_as_the_plan_wants_it() -> None:
    simulation, _ = staged(
        Entry(at=0, game=GAME, oddity=Quirk.INVERTED), Entry(at=0, game="nba:LAC@LAL", oddity=Quirk.OTHER_DAY)
    )
    assert "Boston" not in market_of(simulation, "GAME-BOS")["yes_sub_title"]
    assert polymarket_of(simulation, "nba:LAC@LAL", "moneyline")["slug"] == "nba-lac-lal-2026-11-23"
    traps = {(trap["game"], trap["trap"]) for trap in simulation.traps()}
    names = {one["game"]: one["id"] for one in simulation.games()}
    assert {(names[GAME], "inverted"), (names["nba:LAC@LAL"], "other_day")} <= traps


def test_names_in_a_plan_hold_at_any_minute() -> None:
    first, second = (Simulation(7, 1.0, HeldClock(NOW + timedelta(minutes=late))) for late in (0, 47))
    named = [{one["game"]: (*one["kalshi"], *one["polymarket"]) for one in each.games()} for each in (first, second)]
    assert named[0] == named[1]


def polymarket_of(simulation: Simulation, game: str, label: str) -> dict:
    """As Polymarket lists it now."""
    condition = next(one["polymarket"][label] for one in simulation.games() if one["game"] == game)
    every = (market for event in simulation.gamma_events() for market in parts(event, "markets"))
    return next(market for market in every if market["conditionId"] == condition)


def test_time_may_count_from_the_start_of_a_game() -> None:
    entry = Entry(at=90, after="game", game="nba:LAC@LAL", status="postponed")
    simulation, _ = staged(entry)
    contest = next(one for one in simulation.slate.contests if one.home.abbreviation == "LAL")
    moment, game, interruption = simulation.staging.interruptions[0]
    assert (game, interruption) == (contest.id, "postponed")
    assert (moment - contest.start).total_seconds() == 90


def test_fault_is_planned_with_the_others() -> None:
    simulation, clock = staged(Entry(at=30, fault=Fault(match="kalshi", kind="gap")))
    (moment, fault), *rest = simulation.faults()
    assert (fault.kind, (moment - clock()).total_seconds(), rest) == ("gap", 30, [])


async def test_planned_fault_strikes_when_it_is_time(tmp_path: Path) -> None:
    plan = written(tmp_path, {"at": 2, "fault": {"match": "kalshi", "kind": "disconnect", "on": "socket"}})
    began = time.monotonic()
    with running(seed=7, plan=plan) as url:
        async with opened(url, KALSHI_SOCKET) as socket:
            await asyncio.wait_for(socket.wait_closed(), 10)
    assert time.monotonic() - began > 1.5


async def test_planned_ladder_comes_over_the_socket(tmp_path: Path) -> None:
    held = {"bids": [["0.11", "5"]], "asks": [["0.12", "6"]]}
    entry = {"at": 2, "for_seconds": 60, "game": "nba:LAC@LAL", "market": "GAME-LAL", "ladder": held}
    with running(seed=7, plan=written(tmp_path, entry)) as url:
        async with httpx.AsyncClient(base_url=url) as client, opened(url, KALSHI_SOCKET) as socket:
            page = (await client.get("/kalshi/trade-api/v2/markets?series_ticker=KXNBAGAME&limit=1000")).json()
            ticker = next(one["ticker"] for one in page["markets"] if one["ticker"].endswith("LACLAL-LAL"))
            params = {"channels": ["orderbook_delta"], "market_tickers": [ticker]}
            await socket.send(json.dumps({"id": 1, "cmd": "subscribe", "params": params}))
            await said_until(socket, lambda frame: frame["msg"].get("price_dollars") == "0.8800", 10)
            shown = (await client.get(f"/ladders/kalshi/{ticker}")).json()
            assert (shown["bids"], shown["asks"]) == ([["0.11", "5"]], [["0.12", "6"]])


async def test_plan_goes_on_while_it_is_played(tmp_path: Path) -> None:
    calm = {"at": 0, "game": "nba:LAC@LAL", "market": "GAME-LAL", "ladder": {"bids": [["0.5", "5"]]}}
    held = {"bids": [["0.11", "5"]], "asks": [["0.12", "6"]]}
    later = {"at": 0.5, "for_seconds": 1, "game": "nba:LAC@LAL", "market": "GAME-LAL", "ladder": held}
    with running(seed=7, plan=written(tmp_path, calm)) as url:
        async with httpx.AsyncClient(base_url=url) as client, opened(url, KALSHI_SOCKET) as socket:
            page = (await client.get("/kalshi/trade-api/v2/markets?series_ticker=KXNBAGAME&limit=1000")).json()
            ticker = next(one["ticker"] for one in page["markets"] if one["ticker"].endswith("LACLAL-LAL"))
            params = {"channels": ["orderbook_delta"], "market_tickers": [ticker]}
            await socket.send(json.dumps({"id": 1, "cmd": "subscribe", "params": params}))
            await said_until(socket, lambda frame: frame["type"] == "orderbook_snapshot")
            asked = time.time()
            fault = {"at": 2, "fault": {"match": "kalshi", "on": "socket", "kind": "disconnect"}}
            assert (await client.post("/plan", json=[later, fault])).json() == {"entries": 2}
            told = await said_until(socket, lambda frame: frame["msg"].get("price_dollars") == "0.8800", 10)
            assert time.time() - asked == pytest.approx(0.5, abs=0.4)
            assert told[-1]["msg"]["ts_ms"] / 1000 == pytest.approx(asked + 0.5, abs=0.2)
            await said_until(socket, lambda frame: frame["msg"].get("price_dollars") == "0.5000", 10)
            shown = (await client.get(f"/ladders/kalshi/{ticker}")).json()
            assert (shown["bids"], shown["asks"]) == ([["0.5", "5"]], [])
            for wrong in ([{"at": 1}], [{"at": 0, "game": GAME, "oddity": "inverted"}], {}):
                assert (await client.post("/plan", json=wrong)).status_code == 422
            await asyncio.wait_for(socket.wait_closed(), 10)


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        ({"at": 1}, r"entry 0: holds none of ladder"),
        ({"at": 1, "game": GAME, "status": "postponed", "score": {"home": 1}}, "entry 0: holds score and status"),
        ({"at": -1, "game": GAME, "status": "postponed"}, "entry 0: happens before the start"),
        ({"at": 1e300, "game": GAME, "status": "postponed"}, "entry 0: is more than a year away"),
        ({"at": 1, "for_seconds": 1e12, "game": GAME, "price": "0.5"}, "entry 0: is more than"),
        ({"at": 1, "for_seconds": -5, "game": GAME, "price": "0.5"}, "entry 0: ends before it begins"),
        ({"at": 1, "after": "game", "price": "0.5", "market": "X"}, "names none"),
        ({"at": 1, "ladder": {}}, "ladder needs a market"),
        ({"at": 1, "score": {"home": 1}}, "score needs a game"),
        ({"at": 1, "final": {"home": 1}}, "final needs a game"),
        ({"at": 1, "game": GAME, "final": {"home": -1}}, "final is no score"),
        ({"at": 1, "price": "0.5"}, "price needs a market or a game"),
        ({"at": 1, "game": GAME, "oddity": "inverted"}, "at must be 0"),
        ({"at": 0, "game": GAME, "oddity": "unknown_name"}, "needs another name"),
        ({"at": 0, "game": GAME, "oddity": "haunted"}, r"Invalid enum value.*\$\[0\]\.oddity"),
        ({"at": 0, "for_seconds": 3, "game": GAME, "status": "delayed"}, "lasts to the end"),
        ({"at": 0, "game": GAME, "fees": {"rate": 0.1}}, "fees needs a market"),
        ({"at": 0, "game": GAME, "market": "X", "fees": {}}, "multiplier or is_waived"),
        ({"at": 0, "game": GAME, "market": "X", "fees": {"rate": 0.1, "multiplier": 1}}, "multiplier or is_waived"),
        ({"at": 0, "game": GAME, "market": "X", "fees": {"rate": -1}}, "not between 0 and 10"),
        ({"at": 0, "game": GAME, "market": "X", "fees": {"rate": 0.1, "exponent": 9}}, "not between 1 and 4"),
        ({"at": "soon"}, r"Expected `float`.*\$\[0\]\.at"),
        ({"at": 1, "colour": "red"}, r"unknown field `colour`.*\$\[0\]"),
        ({"at": 1, "fault": {"match": "x", "kind": "earthquake"}}, r"Invalid enum value.*\$\[0\]\.fault\.kind"),
        ({"at": 1, "venue": "betfair", "game": GAME, "price": "0.5"}, r"\$\[0\]\.venue"),
    ],
)
def test_plan_that_is_wrong_names_the_entry(tmp_path: Path, entry: dict, words: str) -> None:
    with pytest.raises(StartRefused, match=words):
        read_plan(written(tmp_path, entry))


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        (Entry(at=1, game="nba:XX@YY", status="postponed"), "entry 0: there is no game 'nba:XX@YY'; there are"),
        (Entry(at=1, game=GAME, market="GAME-LAL", price="0.5"), "no market 'GAME-LAL'.*kalshi GAME-BOS"),
        (Entry(at=1, game=GAME, market="moneyline", rules_secondary="x"), "market of polymarket's; only kalshi"),
        (Entry(at=1, game=GAME, market="GAME-BOS", fees=Fees(rate=0.1)), "market of kalshi's; only polymarket"),
        (Entry(at=0, game="nba:XX@YY", oddity=Quirk.INVERTED), "entry 0: there is no game"),
        (Entry(at=1, game=GAME, price="1.5"), "price 1.5 is not below a dollar"),
        (Entry(at=1, game=GAME, price="cheap"), "price 'cheap' is no number"),
        (Entry(at=1, game=GAME, price="nan"), "price nan is not a positive multiple"),
        (Entry(at=1, game=GAME, price="inf"), "price inf is not a positive multiple"),
        (Entry(at=1, game=GAME, market="GAME-BOS", ladder=Levels(bids=(("0.5", "0"),))), "size 0 is not a positive"),
        (Entry(at=1, game=GAME, market="GAME-BOS", ladder=Levels(bids=(("0.50001", "1"),))), "multiple of 1/10000"),
    ],
)
def test_plan_for_another_slate_is_refused(entry: Entry, words: str) -> None:
    with pytest.raises(StartRefused, match=words):
        staged(entry)


def test_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(StartRefused, match="nowhere"):
        read_plan(tmp_path / "nowhere.json")


def test_plan_in_the_docs_can_be_played(tmp_path: Path) -> None:
    page = (Path(__file__).resolve().parents[3] / "docs/sandbox.md").read_text()
    shown = page.partition("```json\n")[2].partition("```")[0]
    file = tmp_path / "plan.json"
    file.write_text(shown)
    entries = read_plan(file)
    simulation, _ = staged(*entries)
    assert {entry.deed for entry in entries} == set(DEEDS)
    staging = simulation.staging
    assert (len(staging.faults), len(staging.interruptions), len(staging.extras)) == (2, 1, 1)
