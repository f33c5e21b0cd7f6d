"""What is asked of signals: those there are, one with everything that it was made of, and why there are no others."""

from collections.abc import Sequence
from pathlib import Path

import msgspec
import pytest
from pydantic.config import JsonDict

from app.clock import moment_of
from app.domain.leagues import LeagueCode
from app.domain.prices import Nanos
from app.domain.signals import Estimate, Haircut, Judged
from app.domain.teams import Reason
from app.history.database import Database
from app.history.signals import Recorded, World, write_signals
from app.history.tables import SignalRow
from app.history.trading_tables import TradeRow
from app.signals.roster import ROSTER
from routers.funnels import FunnelAnswer
from routers.signal_answers import SignalAnswer, SignalRowAnswer
from routers.signal_examples import FUNNEL, ROW, SIGNAL
from tests.app.history.judged import FOUND_AT, funnel, judged, refused
from tests.app.hot.samples import KALSHI, NBA, left_out, link
from tests.routers.dealings import put, trade_row
from tests.routers.houses import House, open_house, settings_for


async def write(house: House, *told: Judged | Recorded, world: World = "real") -> None:
    records = [each if isinstance(each, Recorded) else Recorded(each) for each in told]
    await write_signals(house.history, records, world)


@pytest.fixture
async def filled(house: House) -> House:
    other = {"league": LeagueCode("mlb"), "game_id": "402"}
    await write(house, judged(1), refused(2), judged(3, detector="dutch"), refused(4, "halted", **other))
    await write(house, Recorded(refused(5, "stale", account="model"), like_it=12), world="simulated")
    return house


def wins(team: str, team_id: str) -> JsonDict:
    said = {"kind": "moneyline", "period": "game", "line": None, "team": team, "team_id": team_id}
    return {**said, "statement": f"{team} win"}


async def test_the_list_shows_each_in_brief_the_newest_first(filled: House) -> None:
    page = (await filled.ask.get("/signals")).json()
    assert ([item["id"] for item in page["items"]], page["total"]) == ([f"a-{n}" for n in range(5, 0, -1)], 5)
    assert (page["items"][0]["like_it"], page["items"][0]["simulated"]) == (12, True)
    assert page["items"][-1] == {
        "id": "a-1",
        "detector": "cross_venue",
        "account": "arbitrage",
        "game_id": "401810001",
        "league": "nba",
        "stage": "sent",
        "reason": "sent",
        "detail": "",
        "found_at": "2026-01-11T01:30:01.123456Z",
        "size": "60",
        "cost": "57.6",
        "fees": "1.8",
        "profit": "0.6",
        "unit_edge": "0.0101",
        "rules": "tail",
        "worst": "-29.4",
        "legs": [
            {
                "venue": "kalshi",
                "market_id": "KX-BOS",
                "contract_id": "kalshi:KX-BOS:yes",
                "outcome": "nba:2",
                "proposition": wins("Boston Celtics", "nba:2"),
                "polarity": "yes",
                "limit": "0.4600",
            },
            {
                "venue": "polymarket",
                "market_id": "0xml",
                "contract_id": "polymarket:71321",
                "outcome": "nba:13",
                "proposition": wins("Los Angeles Lakers", "nba:13"),
                "polarity": "yes",
                "limit": "0.5000",
            },
        ],
        "limits_version": 3,
        "like_it": 0,
        "simulated": False,
    }


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("stage=sent", [3, 1]),
        ("kept=true", [3, 1]),
        ("kept=false&account=arbitrage", [4, 2]),
        ("reason=halted", [4]),
        ("detector=dutch&stage=sent", [3]),
        ("account=model", [5]),
        ("game=402", [4]),
        ("sport=mlb", [4]),
        (f"since={moment_of(Nanos(FOUND_AT + 4_000_000_000)):%Y-%m-%dT%H:%M:%SZ}", [5, 4]),
        ("since=1970-01-01T00:00:00Z", [5, 4, 3, 2, 1]),
        ("since=0001-01-01T00:00:00Z", [5, 4, 3, 2, 1]),
        ("since=9999-12-31T23:59:59Z", []),
        ("game=%00", []),
    ],
)
async def test_the_list_is_filtered(filled: House, query: str, expected: Sequence[int]) -> None:
    page = (await filled.ask.get(f"/signals?{query}")).json()
    assert ([item["id"] for item in page["items"]], page["total"]) == ([f"a-{n}" for n in expected], len(expected))


async def test_pages_together_are_the_list_though_more_are_found(filled: House) -> None:
    first = (await filled.ask.get("/signals?limit=2")).json()
    await write(filled, judged(99))
    rest = (await filled.ask.get(f"/signals?limit=3&cursor={first['next_cursor']}")).json()
    assert [item["id"] for item in (*first["items"], *rest["items"])] == [f"a-{n}" for n in range(5, 0, -1)]
    assert rest["next_cursor"] is None


@pytest.mark.parametrize(
    "query",
    [
        "stage=found",
        "detector=moon",
        "sport=chess",
        "since=2026-01-11T01:30:00",
        "since=9999-12-31T23:59:59-14:00",
        "since=0001-01-01T00:00:00%2B14:00",
        "cursor=abc",
        "cursor=WyIxIl0",
        "cursor=WyJub3ciLCJhLTEiXQ",
        "cursor=WyIwMDAxLTAxLTAxVDAwOjAwOjAwKzIzOjAwIiwiYSJd",
        "cursor=WyIyMDI2LTAxLTExVDAwOjAwOjAwIiwiXHUwMDAwIl0",
        "limit=0",
    ],
)
async def test_what_cannot_be_asked_is_refused_with_a_remedy(house: House, query: str) -> None:
    answer = await house.ask.get(f"/signals?{query}")
    assert (answer.status_code, bool(answer.json()["remedy"])) == (422, True), answer.text


async def test_one_signal_is_shown_with_everything_that_it_was_made_of(house: House) -> None:
    await write(house, judged(1))
    told = (await house.ask.get("/signals/a-1")).json()
    kalshi = told["legs"][0]
    assert kalshi["proposition"]["statement"] == "Boston Celtics win"
    assert (kalshi["limit"], kalshi["size"], kalshi["cost"], kalshi["fee"]) == ("0.4600", "60", "27.6", "1.05")
    assert (kalshi["verdict"], kalshi["rules_hash"], kalshi["age_ms"]) == ("tradable", "ab12", 250)
    assert kalshi["quote"] == {
        "bid": "0.4500",
        "bid_size": "50",
        "ask": "0.4600",
        "ask_size": "80",
        "venue_time": "2026-01-11T01:30:00.123456Z",
        "received_at": "2026-01-11T01:30:00.123456Z",
        "proved_at": "2026-01-11T01:30:00.123456Z",
        "doubt": None,
        "sequence": 7,
        "mark": "1",
        "lane": "kalshi:1:a",
    }
    assert kalshi["schedule"] == {
        "taker": "0.07",
        "maker": "0",
        "exponent": 1,
        "step": "0.01",
        "least": "0",
        "waived_until": None,
        "source": "series KXNBAGAME: quadratic",
    }
    assert (told["stake"], told["profit"], told["unit_edge"]) == ("59.4", "0.6", "0.0101")
    everything = {"size": "60", "cost": "57.6", "fees": "1.8", "profit": "0.6"}
    assert told["reaches"] == [{"stake": stake, **everything} for stake in ("100", "1000", None)]
    assert [(each["total"], each["is_worst"]) for each in told["rules"]["scenarios"]] == [
        ("1.0000", False),
        ("0.5000", True),
    ]
    assert told["rules"]["tails"][0]["expects"] == [None, "0.5000"]
    assert (told["rules"]["worst"], told["rules"]["tail_cost"]) == ("-29.4", "0.0294")
    assert [each["name"] for each in told["checks"]] == ["not_halted", "max_stake"]
    assert (told["limits_version"], told["skew_ms"], told["is_final"], told["simulated"]) == (3, 100, True, False)
    assert told["expires_at"] == "2026-01-11T01:30:03.123456Z"


async def test_a_refusal_names_the_control_and_a_fair_value_its_score(house: House) -> None:
    estimate = Estimate(0.61, "espn", (71, 65, 3, "live"))
    await write(house, refused(1, detector="fair_value", account="model", estimate=estimate), world="simulated")
    told = (await house.ask.get("/signals/a-1")).json()
    assert (told["stage"], told["reason"], told["checks"][-1]["is_passed"]) == ("risk", "max_per_game", False)
    assert (told["estimate"]["probability"], told["estimate"]["home_score"]) == (0.61, 71)
    assert told["simulated"] is True


async def test_how_much_of_an_edge_was_believed_stands_beside_it(house: House) -> None:
    haircut = Haircut("cross_venue", 0.82, 143, "143 trades of 31 games brought $241.10 of $310.40")
    await write(house, judged(1), msgspec.structs.replace(judged(2), haircut=haircut))
    assert (await house.ask.get("/signals/a-1")).json()["haircut"] is None
    told = (await house.ask.get("/signals/a-2")).json()
    assert told["profit"] == "0.6"
    assert told["haircut"] == {
        "factor": 0.82,
        "trades": 143,
        "reason": haircut.reason,
        "profit": "0.492",
        "unit_edge": "0.008282",
    }


async def test_what_nobody_has_had_the_last_word_on_says_so_wherever_it_is_shown(house: House) -> None:
    await write(house, judged(1, is_final=False))
    (item,) = (await house.ask.get("/signals?kept=true")).json()["items"]
    told = (await house.ask.get("/signals/a-1")).json()
    assert (item["reason"], told["reason"], told["is_final"]) == ("offered", "offered", False)


async def test_a_signal_that_is_not_there_is_not_found(house: House) -> None:
    for name in ("a-1", "a%00"):
        answer = await house.ask.get(f"/signals/{name}")
        assert (answer.status_code, bool(answer.json()["remedy"])) == (404, True)


async def test_what_an_earlier_version_has_written_is_listed_and_not_shown_whole(house: House) -> None:
    await write(house, judged(1))
    async with house.history.transaction() as connection:
        table = SignalRow.__table__  # type: ignore[attr-defined]
        await connection.execute(table.update().values(record={"signal": 1}))
    page = (await house.ask.get("/signals")).json()
    assert (page["items"][0]["id"], page["items"][0]["cost"], page["items"][0]["legs"]) == ("a-1", "57.6", [])
    assert (await house.ask.get("/signals/a-1")).status_code == 404


def test_the_examples_are_answers() -> None:
    assert SignalRowAnswer.model_validate(ROW).model_dump(mode="json") == ROW
    assert SignalAnswer.model_validate(SIGNAL).model_dump(mode="json") == SIGNAL
    assert FunnelAnswer.model_validate(FUNNEL).model_dump(mode="json") == FUNNEL


async def test_the_funnel_goes_from_games_to_what_was_sent(slate: House) -> None:
    await slate.hot.save_funnel("one", funnel(3))
    await slate.hot.save_funnel("other", funnel(4, seen_at=Nanos(FOUND_AT + 9_000_000_000)))
    await slate.hot.save_left_out(KALSHI, NBA, [left_out(number) for number in range(5)])
    told = (await slate.ask.get("/signals/funnel")).json()
    assert (told["games"], told["games_linked"], told["processes"]) == (3, 1, 2)
    assert told["combinations"] == dict.fromkeys(ROSTER, 0) | {"cross_venue": 12, "dutch": 2}
    assert not told["simulated"]
    assert told["since"] == "2026-01-11T01:30:00.123456Z"
    stages = {stage["stage"]: stage for stage in told["stages"]}
    assert list(stages) == ["games", "linked", "fresh", "edge", "depth", "rules", "risk", "sent"]
    assert [(each["reason"], each["counted"], each["count"]) for each in stages["games"]["reasons"]] == [
        ("not_listed", "games", 1),
        ("provisional", "games", 1),
    ]
    assert [(each["reason"], each["counted"], each["count"]) for each in stages["linked"]["reasons"]] == [
        ("rejected", "contracts", 1),
        ("watch", "contracts", 1),
        ("prop", "listings", 5),
    ]
    (stale,) = stages["fresh"]["reasons"]
    assert (stale["count"], stale["standing"], stages["fresh"]["count"]) == (7, 2, 7)
    assert stale["example"] == {
        "game_id": "401810001",
        "contracts": ["kalshi:KX-BOS:yes", "polymarket:71321"],
        "detail": "polymarket is 3.1 s old",
        "at": "2026-01-11T01:30:09.123456Z",
    }
    assert (stages["sent"]["count"], stages["risk"]["reasons"], told["taken"]) == (2, [], [])


async def test_the_funnel_ends_with_what_became_of_what_was_sent(house: House) -> None:
    began_at = moment_of(Nanos(FOUND_AT + 1_000_000_000))
    said = {"signal_id": "a-1", "detector": "cross_venue", "began_at": began_at}
    await put(house.history, TradeRow, trade_row("t-1", "hedged", **said), trade_row("t-2", "missed", **said))
    await house.hot.save_funnel("one", funnel(3))
    taken = (await house.ask.get("/signals/funnel")).json()["taken"]
    assert [(each["status"], each["count"]) for each in taken] == [("hedged", 1), ("missed", 1)]
    assert taken[0] == {
        "status": "hedged",
        "count": 1,
        "signal_id": "a-1",
        "game_id": "401810001",
        "began_at": "2026-01-11T01:30:01.123456Z",
    }
    house.resources.history = Database("postgresql://nobody@localhost:1/none")
    assert (await house.ask.get("/signals/funnel")).json()["taken"] is None


async def test_a_price_alarm_and_a_postponed_game_have_their_names(slate: House) -> None:
    (game, *_) = [game for game in await slate.hot.active_games() if game.id == "401810001"]
    await slate.hot.save_games([msgspec.structs.replace(game, status="postponed")])
    inverted = msgspec.structs.replace(
        link(KALSHI, "KX-INV"), verdict="rejected", reasons=(Reason("price", "differs", "trades at 0.70"),)
    )
    await slate.hot.save_links(game.id, [*await slate.hot.links(game.id), inverted])
    stages = {each["stage"]: each for each in (await slate.ask.get("/signals/funnel")).json()["stages"]}
    assert "postponed" in [each["reason"] for each in stages["games"]["reasons"]]
    (alarm,) = [each for each in stages["linked"]["reasons"] if each["reason"] == "inverted"]
    assert alarm["example"] == {
        "game_id": "401810001",
        "contracts": ["kalshi:KX-INV:yes"],
        "detail": "trades at 0.70",
        "at": None,
    }


async def test_without_anybody_who_looks_for_signals_the_funnel_says_so(house: House) -> None:
    told = (await house.ask.get("/signals/funnel")).json()
    assert (told["processes"], told["since"], told["games"]) == (0, None, 0)


async def test_the_funnel_of_the_sandbox_is_simulated(
    fresh_database_url: str, fresh_redis_url: str, tmp_path: Path
) -> None:
    settings = settings_for(fresh_database_url, fresh_redis_url, tmp_path)
    async with open_house(settings) as house:
        simulated = house.resources.settings.model_copy(
            update={"simulation": settings.simulation.model_copy(update={"clock_url": "http://localhost/clock"})}
        )
        house.resources.settings = simulated
        assert (await house.ask.get("/signals/funnel")).json()["simulated"] is True


async def test_without_postgres_it_says_that_it_must_wait(house: House) -> None:
    house.resources.history = Database("postgresql://nobody@localhost:1/none")
    answer = await house.ask.get("/signals")
    assert (answer.status_code, bool(answer.json()["remedy"])) == (503, True)
    assert (await house.ask.get("/signals/funnel")).status_code == 200
