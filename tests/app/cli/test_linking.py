"""`crosscourt link` on the recorded slates: the right games, the right sides, and nothing else."""

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path

import pytest
from typer.testing import CliRunner

from app.cli import command

Line = dict[str, object]

WINNERS = {
    "KXMLBGAME-26AUG092020HOUSD": ("401816466", {"HOU": "Houston Astros", "SD": "San Diego Padres"}),
    "KXMLBGAME-26AUG091610TBSEA": ("401816468", {"TB": "Tampa Bay Rays", "SEA": "Seattle Mariners"}),
    "KXMLBGAME-26AUG091610LADAZ": ("401816467", {"LAD": "Los Angeles Dodgers", "AZ": "Arizona Diamondbacks"}),
    "KXWNBAGAME-26AUG09GSLA": ("401857131", {"GS": "Golden State Valkyries", "LA": "Los Angeles Sparks"}),
    "KXWNBAGAME-26AUG09DALMIN": ("401857130", {"DAL": "Dallas Wings", "MIN": "Minnesota Lynx"}),
    "KXWNBAGAME-26AUG09PHXWSH": ("401857129", {"PHX": "Phoenix Mercury", "WSH": "Washington Mystics"}),
}


def run_link(*arguments: str) -> list[Line]:
    result = CliRunner().invoke(command, ["link", *arguments, "--json"])
    assert result.exit_code == 0, result.output
    return [json.loads(line) for line in result.stdout.splitlines()]


@pytest.fixture(scope="module")
def august(shared: Path) -> list[Line]:
    slate = shared / "slates/mlb-wnba-2026-08-09"
    return run_link(
        "--espn",
        str(slate / "espn"),
        "--kalshi",
        str(slate / "kalshi/events.json"),
        "--now",
        "2026-08-09T15:00:00Z",
    )


@pytest.fixture(scope="module")
def january(shared: Path) -> list[Line]:
    slate = shared / "slates/nba-2026-01-09"
    return run_link(
        "--polymarket",
        str(slate / "polymarket/events.json"),
        "--kalshi",
        str(slate / "kalshi/events.json"),
        "--now",
        "2026-01-09T20:15:00Z",
    )


def of(lines: Iterable[Line], **wanted: object) -> list[Line]:
    return [line for line in lines if all(line[name] == value for name, value in wanted.items())]


def test_exactly_the_six_winner_events_of_the_day_are_tied_to_espn_games(august: Sequence[Line]) -> None:
    tied = {line["event"]: line["game_id"] for line in august if str(line["game_id"]).isdigit()}
    assert tied == {event: game_id for event, (game_id, _) in WINNERS.items()}


@pytest.mark.parametrize("event", WINNERS)
def test_yes_is_the_right_side_on_every_market(august: Sequence[Line], event: str) -> None:
    _, sides = WINNERS[event]
    said = {
        (line["contract"], line["proposition"]["team"], line["polarity"], line["verdict"])  # type: ignore[index]
        for line in of(august, event=event)
    }
    assert said == {
        (f"kalshi:{event}-{code}:{side}", team, side, "tradable")
        for code, team in sides.items()
        for side in ("yes", "no")
    }


def test_other_days_and_other_leagues_touch_no_game_of_the_day(august: Sequence[Line]) -> None:
    others = [line for line in august if line["event"] not in WINNERS and line["game_id"]]
    assert {str(line["game_id"]).split(":")[1] for line in others} == {"mlb", "wnba", "nfl", "ncaaf", "mls"}
    assert {line["verdict"] for line in others} == {"watch"}
    days = {str(line["game_id"]).split(":")[2] for line in others if line["league"] in ("mlb", "wnba")}
    assert days == {"2026-08-07", "2026-08-08"}


def test_futures_awards_and_unknown_leagues_are_left_out_with_a_reason(august: Sequence[Line]) -> None:
    reasons = {line["event"]: line["reasons"][0]["field"] for line in of(august, verdict="left_out")}  # type: ignore[index]
    assert reasons == {
        "KXNBA-27": "future",
        "KXNFLMVP-27": "future",
        "KXCFLSPREAD-26AUG13BCCGY": "unknown_league",
        "KXCFLSPREAD-26AUG08HAMBC": "unknown_league",
        "KXCFLSPREAD-26AUG08EDMMTL": "unknown_league",
    }


def test_each_kalshi_game_shares_its_moneyline_with_exactly_one_polymarket_event(january: Sequence[Line]) -> None:
    by_proposition = _events_by_proposition(of(january, venue="polymarket"))
    shared_events = {line["event"]: by_proposition[_key(line)] for line in of(january, venue="kalshi")}
    assert len(shared_events) == 27
    assert all(len(events) == 1 for events in shared_events.values())
    for kalshi, (polymarket,) in shared_events.items():
        assert _same_game(str(kalshi), str(polymarket)), (kalshi, polymarket)
    assert shared_events["KXNBAGAME-26JAN11PHITOR"] == {"nba-phi-tor-2026-01-11"}


def test_an_event_without_markets_has_one_line_without_contract(january: Sequence[Line]) -> None:
    kalshi = of(january, venue="kalshi")
    assert len(kalshi) == 27
    assert {(line["market"], line["contract"], line["verdict"]) for line in kalshi} == {(None, None, "watch")}


def test_only_full_game_moneylines_share_a_winner_s_proposition(january: Sequence[Line]) -> None:
    winners = {_key(line) for line in of(january, venue="kalshi")}
    common = {line["game_id"] for line in of(january, venue="kalshi")}
    listed = [line for line in of(january, venue="polymarket") if line["game_id"] in common]
    assert len({line["market"] for line in listed}) == 489
    sharing = {line["market"]: line["title"] for line in listed if line["proposition"] and _key(line) in winners}
    assert len(sharing) == 27
    assert not [title for title in sharing.values() if ":" in str(title)]


def test_every_spread_and_total_carries_its_line_and_side(january: Sequence[Line]) -> None:
    lined = [line for line in january if line["proposition"] and _kind(line) in ("spread", "total")]
    assert len(lined) == 2 * 203
    for line in lined:
        proposition = line["proposition"]
        assert isinstance(proposition, dict)
        assert abs(proposition["line"]) % 1 == 0.5
        assert f"{abs(proposition['line']):g}" in str(line["title"])
        assert (proposition["team"] is not None) == (proposition["kind"] == "spread")
        assert proposition["period"] == ("1h" if "1H" in str(line["title"]) else "game")


def test_a_first_half_spread_follows_the_team_in_its_title_not_the_sign_of_its_field(january: Sequence[Line]) -> None:
    lines = [line for line in january if line["title"] == "1H Spread: Lakers (-2.5)"]
    said = {
        (line["outcome"], line["proposition"]["team"], line["proposition"]["line"], line["polarity"]) for line in lines
    }  # type: ignore[index]
    assert said == {("Lakers", "Los Angeles Lakers", -2.5, "yes"), ("Grizzlies", "Los Angeles Lakers", -2.5, "no")}


def test_props_are_left_out_by_name(january: Sequence[Line]) -> None:
    reasons = defaultdict(int)
    for line in of(january, verdict="left_out"):
        reasons[line["reasons"][0]["field"]] += 1  # type: ignore[index]
    assert dict(reasons) == {"prop": 469}


def test_the_only_polymarket_feed_of_a_real_game_keeps_the_eastern_day(shared: Path) -> None:
    """UTC day in the slug, Eastern day of the game: Lions at Bills, 17 September 2026."""
    lines = run_link("--polymarket", str(shared / "data/cross/nfl-det-buf-2026-09-17/gamma_event_det_buf.json"))
    assert {line["game_id"] for line in lines} == {"x:nfl:2026-09-17:det-buf"}


def test_a_missing_file_says_what_to_do() -> None:
    result = CliRunner().invoke(command, ["link", "--espn", "/nowhere/at/all"])
    assert result.exit_code == 1
    assert "there is no" in result.output
    assert "→" in result.output


def _key(line: Line) -> str:
    return json.dumps([line["game_id"], line["proposition"]], sort_keys=True)


def _kind(line: Line) -> object:
    proposition = line["proposition"]
    assert isinstance(proposition, dict)
    return proposition["kind"]


def _events_by_proposition(lines: Iterable[Line]) -> defaultdict[str, set[object]]:
    found: defaultdict[str, set[object]] = defaultdict(set)
    for line in lines:
        if line["proposition"]:
            found[_key(line)].add(line["event"])
    return found


def _same_game(kalshi: str, polymarket: str) -> bool:
    """Both name the same day and the same two codes: `26JAN09MILLAL` and `mil-lal-2026-01-09`."""
    _, away, home, _, _, day = polymarket.split("-")
    return kalshi.endswith(f"26JAN{day}{away}{home}".upper())
