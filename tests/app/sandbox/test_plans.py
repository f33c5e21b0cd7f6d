"""Plans: what they may say, what they do, and how they are refused."""

import asyncio
import json
import time
from pathlib import Path

import httpx
import pytest

from app.errors import StartRefused
from app.sandbox.faults import Fault
from app.sandbox.makers import milliseconds
from app.sandbox.messages import parts, text
from app.sandbox.plans import Entry, Levels, Points, read_plan
from app.sandbox.server import build_on
from app.sandbox.simulations import Simulation
from tests.app.sandbox.conftest import HeldClock
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


async def test_game_is_postponed() -> None:
    simulation, clock = staged(Entry(at=30, game=GAME, status="postponed"))
    contest = next(one for one in simulation.slate.contests if one.home.abbreviation == "BOS" and not one.number)
    transport = httpx.ASGITransport(build_on(simulation))
    async with httpx.AsyncClient(transport=transport, base_url="http://sandbox") as client:

        async def status() -> str:
            board = (await client.get("/espn/apis/site/v2/sports/basketball/nba/scoreboard")).json()
            return next(event["status"]["type"]["name"] for event in board["events"] if event["id"] == contest.id)

        assert await status() == "STATUS_IN_PROGRESS"
        clock.pass_time(seconds=40)
        assert await status() == "STATUS_POSTPONED"
        ticker = text(market_of(simulation, "GAME-BOS"), "ticker")
        clock.pass_time(hours=4)
        book = (await client.get(f"/kalshi/trade-api/v2/markets/{ticker}/orderbook")).json()["orderbook_fp"]
        assert book["yes_dollars"]


def test_time_may_count_from_the_start_of_a_game() -> None:
    entry = Entry(at=90, after="game", game="nba:LAC@LAL", status="postponed")
    simulation, _ = staged(entry)
    contest = next(one for one in simulation.slate.contests if one.home.abbreviation == "LAL")
    moment, game = simulation.staging.put_off[0]
    assert (game, (moment - contest.start).total_seconds()) == (contest.id, 90)


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
        ({"at": 1, "price": "0.5"}, "price needs a market or a game"),
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
    assert [entry.deed for entry in entries] == ["ladder", "price", "price", "rules", "score", "status", "fault"]
    assert len(simulation.staging.faults) == len(simulation.staging.put_off) == len(simulation.staging.extras) == 1
