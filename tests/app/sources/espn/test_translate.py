"""The traps of the scoreboards, on small examples; the recordings are in `test_recordings.py`."""

from datetime import UTC, date, datetime

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.leagues import LeagueCode
from app.domain.parsing import Refusal, parsed
from app.errors import PayloadRefused
from app.sources.espn.translate import games_from, teams_page

NBA, MLB, TENNIS, UFC, SOCCER = map(LeagueCode, ("nba", "mlb", "tennis", "ufc", "soccer"))
Json = dict[str, object]

CELTICS: Json = {
    "id": "2",
    "location": "Boston",
    "name": "Celtics",
    "abbreviation": "BOS",
    "displayName": "Boston Celtics",
    "shortDisplayName": "Celtics",
}
LAKERS: Json = {
    "id": "13",
    "location": "Los Angeles",
    "name": "Lakers",
    "abbreviation": "LAL",
    "displayName": "Los Angeles Lakers",
    "shortDisplayName": "LA Lakers ",
}
LIVE: Json = {"name": "STATUS_IN_PROGRESS", "state": "in", "completed": False}


def side(team: Json, home_away: str | None, score: object = "0") -> Json:
    return {"id": team["id"], "homeAway": home_away, "score": score, "team": team}


def event(number: int = 1, kind: Json | None = None, **changes: object) -> Json:
    kind = kind or {"name": "STATUS_SCHEDULED", "state": "pre", "completed": False}
    competition: Json = {
        "id": str(number),
        "date": "2026-11-23T00:30Z",
        "timeValid": True,
        "venue": {"id": "1824"},
        "competitors": [side(LAKERS, "away", "84"), side(CELTICS, "home", "88")],
        "status": {"period": 4, "displayClock": "8:32", "type": kind},
    }
    return {"id": str(number), "uid": f"s:40~l:46~e:{number}", "competitions": [{**competition, **changes}]}


def board(*events: object) -> bytes:
    return msgspec.json.encode({"events": events})


def test_a_live_game() -> None:
    situation = {"lastPlay": {"probability": {"homeWinPercentage": 0.664}}}
    game = games_from(board(event(7, LIVE, neutralSite=True, situation=situation)), NBA).items[0]
    assert (game.id, game.home.id, game.away.id, game.status) == ("7", "nba:2", "nba:13", "live")
    assert (game.home_score, game.away_score, game.period, game.clock) == (88, 84, 4, "8:32")
    assert (game.start, game.eastern_date) == (datetime(2026, 11, 23, 0, 30, tzinfo=UTC), date(2026, 11, 22))
    assert (game.is_neutral_site, game.stadium_id, game.home_win_probability) == (True, "1824", 0.664)


def test_a_team_keeps_every_name_once_and_without_blanks() -> None:
    game = games_from(board(event()), NBA).items[0]
    assert (game.away.name, game.away.location, game.away.nickname) == ("Los Angeles Lakers", "Los Angeles", "Lakers")
    assert (game.away.names, game.home.names) == (("LA Lakers",), ())


def test_before_the_start_there_is_no_score() -> None:
    game = games_from(board(event()), NBA).items[0]
    assert (game.status, game.home_score, game.away_score, game.period, game.clock) == ("scheduled", None, None, 0, "")


STATUSES = [
    ("STATUS_SCHEDULED", "pre", False, "scheduled"),
    ("STATUS_DELAYED", "pre", False, "scheduled"),
    ("STATUS_RAIN_DELAY", "in", False, "live"),
    ("STATUS_HALFTIME", "in", False, "live"),
    ("STATUS_FINAL", "post", True, "final"),
    ("STATUS_FINAL_PEN", "post", True, "final"),
    ("STATUS_FORFEIT", "post", True, "final"),
    ("STATUS_POSTPONED", "post", False, "postponed"),
    ("STATUS_CANCELED", "post", False, "cancelled"),
    ("STATUS_CANCELLED", "post", True, "cancelled"),
    ("STATUS_ABANDONED", "post", False, "cancelled"),
    ("STATUS_SUSPENDED", "post", False, "suspended"),
    ("STATUS_NEVER_SEEN", "post", True, "final"),
    ("STATUS_NEVER_SEEN", "post", False, "suspended"),
    (None, "in", None, "live"),
]


@pytest.mark.parametrize(("name", "state", "completed", "expected"), STATUSES)
def test_post_is_not_final(name: str | None, state: str, completed: bool | None, expected: str) -> None:
    kind: Json = {"name": name, "state": state, "completed": completed}
    game = games_from(board(event(kind=kind)), NBA).items[0]
    assert (game.status, game.is_delayed) == (expected, "DELAY" in (name or ""))


def test_a_placeholder_time_is_not_known() -> None:
    games = games_from(board(event(1, timeValid=False), event(2)), NBA).items
    assert [game.start_is_known for game in games] == [False, True]


@pytest.mark.parametrize("score", ["12", 12, 12.0, {"value": 12.0, "displayValue": "12"}])
def test_every_way_of_writing_a_score(score: object) -> None:
    sides = [side(LAKERS, "away", "1"), side(CELTICS, "home", score)]
    assert games_from(board(event(kind=LIVE, competitors=sides)), NBA).items[0].home_score == 12


def test_prose_is_no_score() -> None:
    sides = [side(LAKERS, "away", "155/6"), side(CELTICS, "home", "")]
    game = games_from(board(event(kind=LIVE, competitors=sides)), NBA).items[0]
    assert (game.home_score, game.away_score) == (None, None)


CLOCKS = [  # what is shown beside "0:00", outs, what we tell
    ("Top 6th", 2, "Top 6th, 2 outs"),
    ("Bot 9th", 1, "Bot 9th, 1 out"),
    ("Bot 9th", 0, "Bot 9th, 0 outs"),
    ("Top 6th", None, "Top 6th"),
    ("Mid 6th", 3, "Mid 6th"),
    ("End 11th", 3, "End 11th"),
    ("Rain Delay, Top 5th", 1, "Top 5th, 1 out"),
    ("0:00 - 2nd", None, "0:00"),
    ("Halftime", None, "0:00"),
    (None, None, "0:00"),
]


@pytest.mark.parametrize(("shown", "outs", "clock"), CLOCKS)
def test_baseball_is_told_by_half_inning_and_outs(shown: str | None, outs: int | None, clock: str) -> None:
    status = {"period": 6, "displayClock": "0:00", "type": {**LIVE, "shortDetail": shown}}
    game = games_from(board(event(status=status, situation={"outs": outs})), NBA).items[0]
    assert game.clock == clock


TO_BE_DECIDED = [
    {"id": "-1", "displayName": "TBD", "abbreviation": "TBD"},
    {"id": "99", "displayName": "TBD", "abbreviation": "TBD"},
    {"id": "131540", "displayName": "Round of 32 16 Winner", "abbreviation": "RD32", "isActive": False},
    {"id": "5958", "displayName": "Semifinal 1 Loser", "abbreviation": "SF L1", "isActive": False},
]


@pytest.mark.parametrize("nobody", TO_BE_DECIDED)
def test_a_slot_of_a_bracket_is_no_game(nobody: Json) -> None:
    read = games_from(board(event(competitors=[side(CELTICS, "home"), side(nobody, "away")])), NBA)
    assert read.items == read.refused == ()


def test_doubleheader_games_are_numbered_by_start_time() -> None:
    later = event(1, date="2026-11-23T00:30Z")
    earlier = event(2, date="2026-11-22T18:00Z")
    other_day = event(3, date="2026-11-24T00:30Z")
    called_off = event(4, kind={"name": "STATUS_POSTPONED", "state": "post", "completed": False})
    games = games_from(board(later, earlier, other_day, called_off), NBA).items
    assert {game.id: game.number for game in games} == {"1": 2, "2": 1, "3": 0, "4": 0}


def test_the_game_without_a_time_is_the_second() -> None:
    games = games_from(board(event(1, date="2026-11-22T17:00Z", timeValid=False), event(2)), NBA).items
    assert {game.id: game.number for game in games} == {"1": 2, "2": 1}


REFUSED = [
    ({"competitors": [side(CELTICS, "home")]}, "competitors"),
    ({"competitors": [side(CELTICS, "home"), side(LAKERS, "home")]}, "competitors.homeAway"),
    ({"competitors": [side({"id": "2"}, "home"), side(LAKERS, "away")]}, "competitors.team.displayName"),
    ({"competitors": [side({**CELTICS, "id": None}, "home"), side(LAKERS, "away")]}, "competitors.team.id"),
    ({"competitors": [{"team": {"id": []}}]}, "competitors[0].team.id"),
    ({"competitors": "many"}, "competitors"),
    ({"date": "tonight"}, "date"),
    ({"date": None}, "date"),
    ({"status": {"type": {"state": "paused"}}}, "status.type.state"),
    ({"status": None}, "status.type.state"),
    ({"timeValid": "maybe"}, "timeValid"),
]


@pytest.mark.parametrize(("changes", "field"), REFUSED)
def test_a_bad_game_is_refused_by_its_field_and_costs_no_other(changes: Json, field: str) -> None:
    read = games_from(board(event(1, **changes), event(2)), NBA)
    assert [game.id for game in read.items] == ["2"]
    assert [refusal.field for refusal in read.refused] == [field]
    assert read.refused[0].where.startswith("events[0]")


def test_one_id_twice_is_one_game() -> None:
    read = games_from(board(event(1), event(1)), NBA)
    assert len(read.items) == 1
    assert read.refused == (Refusal("1", "id", "appears twice"),)


def test_a_game_of_another_sport_is_refused() -> None:
    assert games_from(board(event()), MLB).refused[0].field == "uid"


def test_soccer_of_any_league_finds_its_league() -> None:
    payload = board({**event(), "uid": "s:600~l:700~e:1"}, {**event(2), "uid": "s:600~l:8097~e:2"})
    assert [game.league for game in games_from(payload, SOCCER).items] == ["epl", "soccer"]


def athlete(number: str, name: str, **more: object) -> Json:
    return {"id": number, "type": "athlete", "athlete": {"displayName": name, "shortName": name[0]}, **more}


def test_a_tournament_is_many_games() -> None:
    played: Json = {"type": {"name": "STATUS_FINAL", "state": "post", "completed": True}, "period": 2}
    singles: Json = {
        "id": "10",
        "date": "2026-08-18T01:15Z",
        "status": played,
        "competitors": [
            athlete("1", "Jiri Lehecka", homeAway="away"),
            athlete("2", "Arthur Fils", homeAway="home"),
        ],
    }
    pair: Json = {"id": "3-4", "roster": {"displayName": "Cash / Glasspool"}}
    doubles: Json = {**singles, "id": "11", "competitors": [pair, athlete("5", "Ram")]}
    undecided: Json = {**singles, "id": "12", "competitors": [athlete("1", "Jiri Lehecka"), athlete("6", "TBD")]}
    payload = board(
        {"id": "713-2026", "groupings": [{"competitions": [singles]}, {"competitions": [doubles, undecided]}]}
    )
    read = games_from(payload, TENNIS)
    assert [(game.id, game.home.id, game.away.id) for game in read.items] == [
        ("10", "tennis:2", "tennis:1"),
        ("11", "tennis:3-4", "tennis:5"),
    ]
    assert (read.items[0].home.name, read.refused) == ("Arthur Fils", ())


def test_each_fight_of_a_card_has_its_own_start_and_status() -> None:
    fight: Json = {
        "id": "20",
        "date": "2026-05-16T21:00Z",
        "status": {"type": {"name": "STATUS_PRE_FIGHT", "state": "pre"}},
        "competitors": [athlete("1", "Malkoun"), athlete("2", "Jua")],
    }
    last: Json = {**fight, "id": "21", "date": "2026-05-17T02:00Z", "status": {"type": LIVE}}
    card: Json = {"id": "600", "date": "2026-05-16T20:00Z", "competitions": [fight, last]}
    games = games_from(board(card), UFC).items
    assert [(game.status, game.start.hour) for game in games] == [("scheduled", 21), ("live", 2)]
    assert games[0].home.id == "ufc:1"


@pytest.mark.parametrize(
    "payload", [b"{}", b'{"code": 400, "message": "bad"}', b"<html>", b"[]", b'{"events": {}}', b""]
)
def test_what_is_no_scoreboard_is_refused(payload: bytes) -> None:
    with pytest.raises(PayloadRefused):
        games_from(payload, NBA)


def test_an_empty_day_is_no_refusal() -> None:
    assert games_from(b'{"events": []}', NBA).items == ()


def test_a_team_list_may_begin_with_a_mark_and_hold_a_bad_team() -> None:
    listed = {
        "sports": [{"leagues": [{"teams": [{"team": {**CELTICS, "nickname": "Boston"}}, {"team": {"id": "9"}}]}]}]
    }
    read = parsed(teams_page(b"\xef\xbb\xbf" + msgspec.json.encode(listed), NBA).elements)
    assert [(team.id, team.names) for team in read.items] == [("nba:2", ())]
    assert read.refused == (Refusal("teams[1]", "team.displayName", "missing"),)


ANY_JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**60), 2**60)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["id", "uid", "date", "status", "type", "state", "competitors", "team", "athlete", "score"])
            | st.sampled_from(
                ["competitions", "groupings", "homeAway", "displayName", "situation", "lastPlay", "period"]
            ),
            inner,
            max_size=5,
        )
    ),
    max_leaves=25,
)


@given(st.lists(ANY_JSON, max_size=4))
def test_no_json_ever_breaks_the_reading(events: list[object]) -> None:
    read = games_from(board(*events), SOCCER)
    assert isinstance(read.items, tuple)


@given(st.binary(max_size=60))
def test_no_bytes_ever_break_the_reading(payload: bytes) -> None:
    try:
        games_from(payload, NBA)
    except PayloadRefused:
        return
