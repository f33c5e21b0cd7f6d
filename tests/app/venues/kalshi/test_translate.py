"""Kalshi's answers, on small examples; the recordings are in `test_recordings.py`."""

from datetime import UTC, date, datetime

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.markets import Competitor, Event, Market, Outcome
from app.domain.parsing import Refusal
from app.errors import PayloadRefused
from app.venues.kalshi.translate import events_from, listed_page, milestones_page

Json = dict[str, object]
TICKER = "KXNBAGAME-26NOV22NYKBOS"

SUBJECTS = {"NYK": "New York", "ARS": "Arsenal", "CHE": "Chelsea", "TIE": "Tie"}


def market(suffix: str = "BOS", event_ticker: str = TICKER, **changes: object) -> Json:
    return {
        "ticker": f"{event_ticker}-{suffix}",
        "event_ticker": event_ticker,
        "title": "New York at Boston Winner?",
        "yes_sub_title": SUBJECTS.get(suffix, "Boston"),
        "status": "active",
        "strike_type": "structured",
        "custom_strike": {"basketball_team": f"id-{suffix.lower()}"},
        "expected_expiration_time": "2026-11-23T03:30:00Z",
        "rules_primary": "If Boston wins ...",
        "rules_secondary": "If the game is postponed ...",
        "volume_fp": "52000.50",
        **changes,
    }


def event(*markets: object, **changes: object) -> Json:
    return {
        "event_ticker": TICKER,
        "series_ticker": "KXNBAGAME",
        "title": "New York at Boston",
        "sub_title": "NYK at BOS (Nov 22)",
        "product_metadata": {"competition": "Pro Basketball (M)", "competition_scope": "Game"},
        "markets": list(markets),
        **changes,
    }


def one(payload: object) -> Event:
    read = events_from(msgspec.json.encode(payload))
    assert (len(read.items), read.refused) == (1, ())
    return read.items[0]


def only(payload: object) -> Market:
    markets = one(payload).markets
    assert markets is not None
    assert len(markets) == 1
    return markets[0]


def test_a_game() -> None:
    game = one({"events": [event(market("NYK"), market("BOS"))], "cursor": ""})
    assert (game.id, game.series, game.league, game.topic) == (TICKER, "KXNBAGAME", "nba", "game")
    assert (game.title, game.subtitle, game.day) == ("New York at Boston", "NYK at BOS (Nov 22)", date(2026, 11, 22))
    assert (game.kind, game.scope, game.is_over) == ("moneyline", "game", False)
    assert game.competitors == (
        Competitor("New York", "NYK", "id-nyk", "away"),
        Competitor("Boston", "BOS", "id-bos", "home"),
    )


def test_a_winner_market_has_a_yes_and_a_no() -> None:
    read = only([event(market())])
    assert (read.id, read.kind, read.scope, read.subject) == (f"{TICKER}-BOS", "moneyline", "game", "Boston")
    assert (read.subject_code, read.subject_id, read.kind_name) == ("BOS", "id-bos", "Game")
    assert read.outcomes == (
        Outcome(f"kalshi:{TICKER}-BOS:yes", "Yes"),  # type: ignore[arg-type]
        Outcome(f"kalshi:{TICKER}-BOS:no", "No"),  # type: ignore[arg-type]
    )
    assert (read.status, read.is_tradable, read.liquidity) == ("open", True, 52000.5)
    assert read.rules == "If Boston wins ...\nIf the game is postponed ..."


def test_a_spread_ladder() -> None:
    ticker = "KXNBASPREAD-26NOV22NYKBOS"
    rung = market("BOS12", ticker, floor_strike=11.5, strike_type="greater", yes_sub_title="Boston wins by over 11.5")
    ladder = event(rung, event_ticker=ticker, series_ticker="KXNBASPREAD", title="New York at Boston: Spread")
    read = one([ladder])
    assert read.markets is not None
    assert (read.markets[0].kind, read.markets[0].line, read.markets[0].subject_code) == ("spread", 11.5, "BOS12")
    assert [(side.name, side.code, side.venue_team_id) for side in read.competitors] == [
        ("New York", "NYK", ""),
        ("Boston", "BOS", "id-bos12"),
    ]


def test_soccer_is_three_ways_and_the_home_side_comes_first() -> None:
    ticker = "KXEPLGAME-26OCT10ARSCHE"
    three = [market(suffix, ticker) for suffix in ("ARS", "CHE", "TIE")]
    game = one(
        [event(*three, event_ticker=ticker, series_ticker="KXEPLGAME", title="Arsenal vs Chelsea", sub_title="")]
    )
    assert [(each.kind, each.scope) for each in game.markets or ()] == [
        ("moneyline", "regulation"),
        ("moneyline", "regulation"),
        ("draw", "regulation"),
    ]
    assert [(side.name, side.code, side.side) for side in game.competitors] == [
        ("Arsenal", "ARS", "home"),
        ("Chelsea", "CHE", "away"),
    ]


PRICED = [  # changes, price of YES
    ({"yes_bid_dollars": "0.5300", "yes_ask_dollars": "0.5500"}, 0.54),
    ({"yes_bid_dollars": 0.53, "yes_ask_dollars": 0.55}, 0.54),
    ({"yes_bid_dollars": "0.0000", "yes_ask_dollars": "0.0100"}, None),
    ({"yes_bid_dollars": "0.2000", "yes_ask_dollars": "0.6000"}, None),
    ({"yes_bid_dollars": "much", "yes_ask_dollars": None}, None),
    ({}, None),
]


@pytest.mark.parametrize(("changes", "yes"), PRICED)
def test_prices_are_told_where_both_sides_are_there(changes: Json, yes: float | None) -> None:
    first, second = only([event(market("BOS", **changes))]).outcomes
    assert (first.indicative, second.indicative) == (yes, None if yes is None else round(1 - yes, 4))


STRIKES = [  # changes, kind, topic
    ({"strike_type": "greater"}, "total", "game"),
    ({"strike_type": None}, "total", "game"),
    ({"strike_type": "less"}, None, "comparison"),
    ({"strike_type": "greater_or_equal"}, None, "comparison"),
    ({"strike_type": "between", "cap_strike": 230}, None, "comparison"),
]


@pytest.mark.parametrize(("changes", "kind", "topic"), STRIKES)
def test_only_more_than_is_a_total_of_ours(changes: Json, kind: str | None, topic: str) -> None:
    ticker = "KXNBATOTAL-26NOV22NYKBOS"
    rung = market("228", ticker, floor_strike=227.5, custom_strike=None, **changes)
    read = only([event(rung, event_ticker=ticker, series_ticker="KXNBATOTAL")])
    assert (read.kind, read.topic, read.line) == (kind, topic, 227.5)


STATUSES = [
    ("active", "open", True),
    ("initialized", "paused", False),
    ("inactive", "paused", False),
    ("closed", "closed", False),
    ("determined", "closed", False),
    ("disputed", "closed", False),
    ("finalized", "settled", False),
]


@pytest.mark.parametrize(("written", "status", "is_tradable"), STATUSES)
def test_the_state_of_a_market(written: str, status: str, is_tradable: bool) -> None:
    read = one([event(market(status=written))])
    assert [(each.status, each.is_tradable) for each in read.markets or ()] == [(status, is_tradable)]
    assert read.is_over == (status in ("closed", "settled"))


MILESTONE: Json = {
    "id": "m1",
    "start_date": "2026-11-23T00:40:00Z",
    "related_event_tickers": [TICKER],
    "primary_event_tickers": [TICKER],
    "details": {"home_team_id": "id-nyk", "away_team_id": "id-bos"},
}
MLB = "KXMLBGAME-26JUN291835CWSBAL"
RULES = "the game originally scheduled for Nov 22, 2026 at 7:35 PM EST, then"

STARTS: list[tuple[Json, str, str]] = [  # payload, start, source
    ({"events": [event(market(rules_primary=RULES))], "milestones": [MILESTONE]}, "2026-11-23T00:40", "milestone"),
    ({"events": [event(market(rules_primary=RULES))]}, "2026-11-23T00:35", "rules_text"),
    ({"events": [event(event_ticker=MLB, sub_title="")]}, "2026-06-29T22:35", "ticker_time"),
    ({"events": [event(market())]}, "2026-11-23T00:30", "expected_end"),
    ({"events": [event(market(occurrence_datetime="2026-11-23T03:00:00Z"))]}, "2026-11-23T00:00", "expected_end"),
    ({"events": [event(market(expected_expiration_time="2026-12-07T00:30:00Z"))]}, "", "date_only"),
    ({"events": [event()]}, "", "date_only"),
]


@pytest.mark.parametrize(("payload", "start", "source"), STARTS)
def test_the_best_told_start_is_taken(payload: Json, start: str, source: str) -> None:
    read = one(payload)
    assert read.start == (datetime.fromisoformat(start).replace(tzinfo=UTC) if start else None)
    assert read.start_source == source


def test_a_milestone_knows_who_is_at_home() -> None:
    game = one({"events": [event(market("NYK"), market("BOS"))], "milestones": [MILESTONE]})
    assert [(side.code, side.side) for side in game.competitors] == [("NYK", "home"), ("BOS", "away")]


def test_a_milestone_gives_ids_where_the_markets_give_none() -> None:
    game = one({"events": [event(market(custom_strike=None))], "milestones": [MILESTONE]})
    assert [(side.side, side.venue_team_id) for side in game.competitors] == [("away", "id-bos"), ("home", "id-nyk")]


OF_ANOTHER_GAME: list[Json] = [
    {"start_date": "2026-11-24T00:40:00Z"},  # another day in New York
    {"details": {"home_team_id": "id-lal", "away_team_id": "id-sas"}},
    {"type": "basketball_tournament", "primary_event_tickers": []},
    {"primary_event_tickers": [], "related_event_tickers": [TICKER, "KXNBAGAME-26NOV22LALSAS"]},
    {"primary_event_tickers": ["KXNBAGAME-26NOV22LALSAS"]},
]


@pytest.mark.parametrize("changes", OF_ANOTHER_GAME)
def test_a_milestone_that_cannot_be_of_the_game_is_not_believed(changes: Json) -> None:
    listed = event(market("NYK"), market("BOS", rules_primary=RULES))
    game = one({"events": [listed], "milestones": [{**MILESTONE, **changes}]})
    assert (game.start, game.start_source) == (datetime(2026, 11, 23, 0, 35, tzinfo=UTC), "rules_text")
    assert [side.side for side in game.competitors] == ["away", "home"]


def test_a_milestone_tells_the_start_of_every_question_about_its_game() -> None:
    ticker = "KXNBATOTAL-26NOV22NYKBOS"
    related = {**MILESTONE, "type": "tennis_tournament_singles", "related_event_tickers": [TICKER, ticker]}
    rung = market("228", ticker, floor_strike=227.5, custom_strike={"basketball_player": "somebody"})
    total = event(rung, event_ticker=ticker, series_ticker="KXNBATOTAL")
    assert one({"events": [total], "milestones": [related]}).start_source == "milestone"


def test_when_one_side_is_known_the_other_is_the_other() -> None:
    game = one({"events": [event(market("NYK"))], "milestones": [MILESTONE]})
    assert [(side.code, side.venue_team_id, side.side) for side in game.competitors] == [
        ("NYK", "id-nyk", "home"),
        ("BOS", "id-bos", "away"),
    ]


ARSENAL, CHELSEA = ("Arsenal", "ARS", "id-ars"), ("Chelsea", "CHE", "id-che")
ORDERS: list[tuple[str, Json, list[tuple[str, str, str]]]] = [  # title, whom each market is about, sides
    ("Arsenal vs Chelsea", {"ARS": "Arsenal", "CHE": "Chelsea"}, [ARSENAL, CHELSEA]),
    ("Chelsea vs Arsenal", {"ARS": "Arsenal", "CHE": "Chelsea"}, [ARSENAL, CHELSEA]),
    ("Chelsea vs Arsenal", {"CHE": "Chelsea", "TIE": "Tie"}, [("Arsenal", "ARS", ""), CHELSEA]),
    ("Chelsea FC vs Arsenal FC", {"ARS": "Arsenal", "CHE": "Chelsea"}, [("Arsenal FC", *ARSENAL[1:])]),
    ("Chelsea vs Arsenal", {"ARS1": "Arsenal wins by over 0.5 goals"}, [ARSENAL, ("Chelsea", "CHE", "")]),
    ("Chelsea vs Arsenal", {"3": "Over 2.5 goals scored"}, [("Chelsea", "ARS", ""), ("Arsenal", "CHE", "")]),
    ("Arsenal vs Chelsea", {"ARS": "Arsenal", "CHE": "Everton"}, [ARSENAL, ("Chelsea", "", "")]),
    ("Arsenal vs Chelsea", {"ARS": "Everton", "CHE": "Leeds"}, [("Arsenal", "", ""), ("Chelsea", "", "")]),
    ("Arsenal vs Chelsea", {"ARS": "Arsenal", "CHE": "Arsenal"}, [("Arsenal", "", ""), ("Chelsea", "", "")]),
]


@pytest.mark.parametrize(("title", "subjects", "sides"), ORDERS)
def test_codes_go_to_the_names_their_markets_are_about(
    title: str, subjects: Json, sides: list[tuple[str, str, str]]
) -> None:
    ticker = "KXEPLGAME-26OCT10ARSCHE"
    listed = [
        market(suffix, ticker, yes_sub_title=who, custom_strike={"soccer_team": f"id-{suffix[:3].lower()}"})
        for suffix, who in subjects.items()
    ]
    game = event(*listed, event_ticker=ticker, series_ticker="KXEPLGAME", title=title, sub_title="ARS vs CHE (Oct 10)")
    read = [(side.name, side.code, side.venue_team_id) for side in one([game]).competitors]
    assert read[: len(sides)] == sides


def test_a_milestone_told_elsewhere_is_joined_and_a_primary_one_preferred() -> None:
    other = {**MILESTONE, "id": "m2", "start_date": "2026-11-30T00:40:00Z", "primary_event_tickers": []}
    page = milestones_page(msgspec.json.encode({"milestones": [MILESTONE, other, 5], "cursor": "next"}))
    elements = list(page.elements)
    assert page.cursor == "next"
    assert isinstance(elements[2], Refusal)
    read = one({"events": [event(market())], "milestones": [MILESTONE, other]})
    assert read.start == datetime(2026, 11, 23, 0, 40, tzinfo=UTC)


def test_a_season_is_a_future_and_has_no_day() -> None:
    season = event(
        market("ATL", "KXNBA-27"),
        event_ticker="KXNBA-27",
        series_ticker="KXNBA",
        title="2027 Pro Basketball Champion",
        product_metadata={"competition_scope": "Future"},
    )
    read = one([season])
    assert (read.topic, read.day, read.start, read.competitors) == ("future", None, None, ())
    assert [each.topic for each in read.markets or ()] == ["future"]


TITLES = [
    ("New York at Boston", ["New York", "Boston"]),
    ("Los Angeles C at Detroit", ["Los Angeles C", "Detroit"]),
    ("PIT Steelers vs NE Patriots", ["PIT Steelers", "NE Patriots"]),
    ("Missouri St. vs. Texas A&M: Spread", ["Missouri St.", "Texas A&M"]),
    ("A's vs Boston: Total Runs", ["A's", "Boston"]),
    ("Game 5: New York at San Antonio", ["New York", "San Antonio"]),
    ("New York at Boston Winner?", ["New York", "Boston"]),
    ("Will Boston win?", ["", ""]),
]


@pytest.mark.parametrize(("title", "names"), TITLES)
def test_names_come_from_the_regular_titles_alone(title: str, names: list[str]) -> None:
    assert [side.name for side in one([event(market(), title=title)]).competitors] == names


def test_every_form_of_an_answer() -> None:
    assert listed_page(msgspec.json.encode({"events": [event()], "cursor": "abc"})).cursor == "abc"
    bare = event()
    del bare["markets"]
    assert one([bare]).markets is None
    assert one({"event": event()}).markets == ()
    apart = one({"event": bare, "markets": [market()]})
    assert [each.id for each in apart.markets or ()] == [f"{TICKER}-BOS"]
    assert one(bare).id == TICKER


def test_markets_by_themselves_are_gathered_by_their_event() -> None:
    other = market("SAS", "KXNBAGAME-26NOV22LALSAS")
    read = events_from(msgspec.json.encode({"markets": [market("NYK"), other, market("BOS")], "cursor": ""}))
    assert [(each.id, len(each.markets or ())) for each in read.items] == [(TICKER, 2), ("KXNBAGAME-26NOV22LALSAS", 1)]
    assert [side.code for side in read.items[0].competitors] == ["NYK", "BOS"]
    assert one({"market": market()}).id == TICKER


REFUSED = [
    ({"status": "frozen"}, "status"),
    ({"status": None}, "status"),
    ({"floor_strike": "nan"}, "floor_strike"),
    ({"floor_strike": "high"}, "floor_strike"),
    ({"custom_strike": [1]}, "custom_strike"),
]


@pytest.mark.parametrize(("changes", "field"), REFUSED)
def test_a_bad_market_is_refused_by_its_field_and_costs_no_other(changes: Json, field: str) -> None:
    read = events_from(msgspec.json.encode([event(market("NYK", **changes), market("BOS"))]))
    assert [each.subject_code for each in read.items[0].markets or ()] == ["BOS"]
    assert [refusal.field for refusal in read.refused] == [field]
    assert TICKER in read.refused[0].where


def test_a_bad_event_is_refused_by_its_field_and_costs_no_other() -> None:
    bad = [event(event_ticker=None), event(title=7), event(market(expected_expiration_time="soon"))]
    read = events_from(msgspec.json.encode([*bad, event(event_ticker=MLB)]))
    assert [each.id for each in read.items] == [MLB]
    assert [refusal.field for refusal in read.refused] == ["event_ticker", "title", "expected_expiration_time"]


def test_one_id_twice_counts_once() -> None:
    read = events_from(msgspec.json.encode([event(market(), market()), event()]))
    assert (len(read.items), len(read.items[0].markets or ())) == (1, 1)
    assert [refusal.detail for refusal in read.refused] == ["appears twice", "appears twice"]


NO_PAGES = [
    b"{}",
    b'{"error": "too many requests"}',
    b"<html>",
    b"7",
    b'{"events": 5}',
    b'[{"a": 1}',
    b"",
]


@pytest.mark.parametrize("payload", NO_PAGES)
def test_what_is_no_page_is_refused(payload: bytes) -> None:
    with pytest.raises(PayloadRefused):
        events_from(payload)
    with pytest.raises(PayloadRefused):
        milestones_page(payload)


KEYS = st.sampled_from(
    [
        *("events", "event", "markets", "market", "milestones", "event_ticker", "series_ticker", "ticker", "title"),
        *("sub_title", "product_metadata", "status", "custom_strike", "floor_strike", "cap_strike", "strike_type"),
        *("expected_expiration_time", "rules_primary", "start_date", "related_event_tickers", "details", "cursor"),
    ]
)
NUMBERS = st.integers(-(2**60), 2**60) | st.floats(allow_nan=False, allow_infinity=False)
WORDS = st.sampled_from([TICKER, f"{TICKER}-BOS", MLB, "active", "New York at Boston", "2026-11-23T03:30:00Z", "nan"])
ANY_JSON = st.recursive(
    st.none() | st.booleans() | NUMBERS | st.text() | WORDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=6),
    max_leaves=25,
)


@given(ANY_JSON)
def test_no_json_ever_breaks_the_reading(payload: object) -> None:
    try:
        events_from(msgspec.json.encode(payload))
    except PayloadRefused:
        return
