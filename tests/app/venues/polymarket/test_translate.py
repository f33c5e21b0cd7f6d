"""Gamma's answers, on small examples; the recordings are in `test_recordings.py`."""

from datetime import UTC, date, datetime

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.markets import Competitor, Event, Market, Outcome
from app.domain.parsing import Refusal
from app.errors import PayloadRefused
from app.venues.polymarket.translate import events_from, events_page, series_from

Json = dict[str, object]
SLUG = "nba-nyk-bos-2026-11-22"


def market(number: int = 1, **changes: object) -> Json:
    return {
        "id": str(number),
        "conditionId": f"0x{number}",
        "slug": SLUG,
        "question": "Knicks vs. Celtics",
        "description": "If the Knicks win ...",
        "outcomes": '["Knicks","Celtics"]',
        "outcomePrices": '["0.395","0.605"]',
        "clobTokenIds": f'["{number}1","{number}2"]',
        "sportsMarketType": "moneyline",
        "gameStartTime": "2026-11-23 00:30:00+00",
        "active": True,
        "closed": False,
        "acceptingOrders": True,
        "enableOrderBook": True,
        "liquidityNum": 250.5,
        **changes,
    }


def event(*markets: object, **changes: object) -> Json:
    return {
        "id": "9001",
        "slug": SLUG,
        "title": "Knicks vs. Celtics",
        "startTime": "2026-11-23T00:30:00Z",
        "gameId": 20026123,
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
    game = one([event(market())])
    assert (game.id, game.title, game.league, game.topic) == (SLUG, "Knicks vs. Celtics", "nba", "game")
    assert (game.start, game.start_source) == (datetime(2026, 11, 23, 0, 30, tzinfo=UTC), "start_field")
    assert (game.day, game.is_over) == (date(2026, 11, 22), False)
    assert game.competitors == (Competitor(code="nyk", side="away"), Competitor(code="bos", side="home"))


def test_a_moneyline_market() -> None:
    read = only([event(market())])
    assert (read.id, read.event_id, read.kind, read.scope, read.line) == ("0x1", SLUG, "moneyline", "game", None)
    assert read.outcomes == (Outcome("polymarket:11", "Knicks"), Outcome("polymarket:12", "Celtics"))  # type: ignore[arg-type]
    assert (read.status, read.is_tradable, read.liquidity) == ("open", True, 250.5)
    assert (read.start, read.rules) == (datetime(2026, 11, 23, 0, 30, tzinfo=UTC), "If the Knicks win ...")


def test_a_spread_keeps_the_line_as_it_is_and_the_code_of_who_gives() -> None:
    spread = market(sportsMarketType="first_half_spreads", slug=f"{SLUG}-1h-spread-home-2pt5", line=2.5)
    read = only([event({**spread, "groupItemTitle": "1H Spread -2.5"})])
    assert (read.kind, read.scope, read.line) == ("spread", "1h", 2.5)
    assert (read.subject, read.subject_code, read.kind_name) == ("1H Spread -2.5", "bos", "first_half_spreads")


def test_a_soccer_game_is_three_questions_about_regulation_time() -> None:
    slug = "epl-ars-che-2026-10-10"
    three = [
        market(number, slug=f"{slug}-{part}", groupItemTitle=title, outcomes='["Yes","No"]')
        for number, (part, title) in enumerate(
            [("ars", "Arsenal"), ("draw", "Draw (regular time)"), ("che", "Chelsea")]
        )
    ]
    game = one([event(*three, slug=slug)])
    assert game.markets is not None
    assert [(each.kind, each.scope, each.subject, each.subject_code) for each in game.markets] == [
        ("moneyline", "regulation", "Arsenal", "ars"),
        ("draw", "regulation", "Draw (regular time)", "draw"),
        ("moneyline", "regulation", "Chelsea", "che"),
    ]
    assert [competitor.side for competitor in game.competitors] == ["home", "away"]


def test_who_yes_is_about_may_stand_in_the_question_alone() -> None:
    yes_no = market(outcomes='["Yes","No"]', question="Will Arsenal FC win on 2026-10-10?")
    assert only([event(yes_no, slug="epl-ars-che-2026-10-10")]).subject == "Arsenal FC"


def test_teams_of_the_event_are_its_competitors() -> None:
    teams = [
        {"id": 11, "name": "Knicks", "abbreviation": "nyk", "ordering": "away"},
        {"id": 4, "name": "Celtics", "abbreviation": "bos", "ordering": "home"},
    ]
    assert one([event(teams=teams)]).competitors == (
        Competitor("Knicks", "nyk", "11", "away"),
        Competitor("Celtics", "bos", "4", "home"),
    )


def test_names_without_teams_take_the_codes_of_the_slug() -> None:
    named = event(homeTeamName="Celtics", awayTeamName="Knicks")
    assert one([named]).competitors == (
        Competitor("Knicks", "nyk", side="away"),
        Competitor("Celtics", "bos", side="home"),
    )


def test_single_competitors_have_no_side() -> None:
    assert [player.side for player in one([event(slug="atp-lehecka-fils-2026-08-17")]).competitors] == ["", ""]


STATES = [  # changes, status, tradable
    ({}, "open", True),
    ({"closed": True}, "closed", False),
    ({"archived": True}, "closed", False),
    ({"umaResolutionStatus": "proposed"}, "closed", False),
    ({"umaResolutionStatus": "disputed"}, "closed", False),
    ({"umaResolutionStatus": "resolved", "closed": True}, "settled", False),
    ({"umaResolutionStatus": ""}, "open", True),
    ({"acceptingOrders": False}, "paused", False),
    ({"active": False}, "paused", False),
    ({"enableOrderBook": False}, "open", False),
    ({"acceptingOrders": None}, "open", False),
]


@pytest.mark.parametrize(("changes", "status", "is_tradable"), STATES)
def test_the_state_of_a_market(changes: Json, status: str, is_tradable: bool) -> None:
    read = only([event(market(**changes))])
    assert (read.status, read.is_tradable) == (status, is_tradable)


def test_version_decides_which_ids_are_tokens() -> None:
    both = market(positionIds=["p1", "p2"])
    assert only([event(both)]).outcomes[0].contract_id == "polymarket:11"
    assert only([event({**both, "version": "v2"})]).outcomes[0].contract_id == "polymarket:p1"


PRICED = [  # changes, price of the first outcome
    ({"bestBid": 0.39, "bestAsk": 0.40}, 0.395),
    ({"bestBid": "0.39", "bestAsk": "0.40"}, 0.395),
    ({"bestBid": 0.39, "bestAsk": 0.40, "outcomePrices": '["0.61","0.39"]'}, None),  # one of the two is old, or wrong
    ({"bestBid": 0.39, "bestAsk": 0.40, "outcomePrices": None}, None),
    ({"bestBid": 0.39, "bestAsk": 0.40, "outcomePrices": "[]"}, None),
    ({"bestBid": 0.30, "bestAsk": 0.50}, None),
    ({"bestAsk": 0.40}, None),
    ({"bestBid": "soon", "bestAsk": {}}, None),
    ({}, None),
]


@pytest.mark.parametrize(("changes", "first"), PRICED)
def test_prices_are_told_where_both_fields_agree(changes: Json, first: float | None) -> None:
    one_, other = only([event(market(**changes))]).outcomes
    assert (one_.indicative, other.indicative) == (first, None if first is None else round(1 - first, 4))


def test_lists_and_numbers_may_be_written_either_way() -> None:
    plain = market(outcomes=["Knicks", "Celtics"], clobTokenIds=["11", "12"], line="-3.5", liquidityNum="7")
    read = only([event(plain)])
    assert (read.outcomes[1].label, read.line, read.liquidity) == ("Celtics", -3.5, 7.0)


UNTYPED = [  # slug part, outcomes, kind, scope, topic
    ("", '["Knicks","Celtics"]', "moneyline", "game", "game"),
    ("-spread-home-3pt5", '["Celtics","Knicks"]', "spread", "game", "game"),
    ("-1h-total-110pt5", '["Over","Under"]', "total", "1h", "game"),
    ("-who-scores-first", '["Knicks","Celtics"]', None, None, "unknown_type"),
    ("", '["Yes","No"]', None, None, "unknown_type"),
]


@pytest.mark.parametrize(("part", "outcomes", "kind", "scope", "topic"), UNTYPED)
def test_without_a_type_only_a_plain_slug_is_believed(
    part: str, outcomes: str, kind: str | None, scope: str | None, topic: str
) -> None:
    read = only([event(market(sportsMarketType=None, slug=SLUG + part, outcomes=outcomes))])
    assert (read.kind, read.scope, read.topic) == (kind, scope, topic)


WHOM = [  # what a market's slug adds, the code of whom YES or the first outcome is about
    ("-ars", "ars"),
    ("-home", "ars"),
    ("-away", "che"),
    ("-halftime-result-away", "che"),
    ("-second-half-result-ars", "ars"),
    ("-team-total-che-1pt5", "che"),
    ("-spread-away-1pt5", "che"),
    ("-total-2pt5", ""),
    ("-exact-score-1-0", ""),
    ("-ars-against-che", ""),
]


@pytest.mark.parametrize(("part", "code"), WHOM)
def test_the_slug_says_whom_a_market_is_about_by_code_or_side(part: str, code: str) -> None:
    slug = "epl-ars-che-2026-10-10"
    asked = market(slug=slug + part, outcomes='["Yes","No"]', groupItemTitle="Somebody", gameStartTime=None)
    assert only([event(asked, slug=slug, title="Arsenal FC vs. Chelsea FC")]).subject_code == code


@pytest.mark.parametrize("part", ["-draw", "-halftime-result-draw"])
def test_a_draw_is_told_by_the_end_of_the_slug(part: str) -> None:
    slug = "epl-ars-che-2026-10-10"
    asked = market(slug=slug + part, outcomes='["Yes","No"]', groupItemTitle="", question="Level?")
    assert only([event(asked, slug=slug)]).kind == "draw"


def test_a_game_that_makes_up_for_another_is_of_the_day_it_starts() -> None:
    postponed = event(slug="mlb-tb-nyy-2026-05-23", startTime="2026-09-22T17:05:00Z")
    assert one([postponed]).day == date(2026, 5, 23)
    assert one([postponed | {"rescheduledFromGameId": 20012345}]).day is None
    assert one([postponed | {"rescheduledFromGameId": 20012345, "startTime": None}]).day == date(2026, 5, 23)


def test_a_season_is_a_future_and_the_weather_is_neither() -> None:
    untyped = market(sportsMarketType=None, slug="will-x-win", outcomes='["Yes","No"]')
    season = event(untyped, slug="nba-champion-2027", gameId=None, startTime=None, tags=[{"slug": "sports"}])
    read = one([season])
    assert (read.topic, read.markets[0].topic if read.markets else None) == ("future", "future")
    assert one([event(slug="highest-temperature-in-nyc", gameId=None)]).topic == "not_sports"


def test_the_league_is_told_by_slug_series_or_tag() -> None:
    told: list[Json] = [
        {},
        {"slug": "knicks-celtics", "seriesSlug": "nba-2026"},
        {"slug": "knicks-celtics", "series": [{"slug": "nba-2026"}]},
        {"slug": "mexico-south-africa", "seriesSlug": "soccer-fifwc"},
        {"slug": "knicks-celtics", "tags": [{"slug": "sports"}, {"slug": "nba"}]},
        {"slug": "knicks-celtics"},
    ]
    assert [one([event(**changes)]).league for changes in told] == ["nba", "nba", "nba", "worldcup", "nba", None]


def test_a_game_with_a_word_of_its_own_is_at_most_soccer() -> None:
    summer = event(slug="nbasl-nyk-bos-2026-07-12", tags=[{"slug": "nba"}])
    porto = event(slug="por-ben-spo-2026-11-22", tags=[{"slug": "soccer"}])
    assert [one([each]).league for each in (summer, porto)] == [None, "soccer"]
    assert [(side.code, side.side) for side in one([porto]).competitors] == [("ben", "home"), ("spo", "away")]


def test_the_start_falls_back_to_the_markets_and_then_to_the_day() -> None:
    assert one([event(market(), startTime=None)]).start == datetime(2026, 11, 23, 0, 30, tzinfo=UTC)
    bare = one([event(startTime=None)])
    assert (bare.start, bare.start_source, bare.day) == (None, "date_only", date(2026, 11, 22))


def test_every_form_of_an_answer() -> None:
    page = events_page(msgspec.json.encode({"events": [event()], "next_cursor": "abc"}))
    assert (page.cursor, len(list(page.elements))) == ("abc", 1)
    assert one(event()).id == one([event()]).id == SLUG
    parent = event(title="Knicks at Celtics")
    del parent["markets"]
    own = one({**market(), "events": [parent]})
    assert (own.title, own.markets[0].id if own.markets else None) == ("Knicks at Celtics", "0x1")
    assert one([market()]).id == SLUG


def test_an_event_without_its_markets_says_that_they_are_not_known() -> None:
    bare = event()
    del bare["markets"]
    assert one([bare]).markets is None


REFUSED = [
    ({"clobTokenIds": None}, "clobTokenIds"),
    ({"clobTokenIds": '["11"]'}, "clobTokenIds"),
    ({"clobTokenIds": "11,12"}, "clobTokenIds"),
    ({"outcomes": ""}, "outcomes"),
    ({"outcomes": {"yes": 1}}, "outcomes"),
    ({"conditionId": None, "id": None}, "conditionId"),
    ({"gameStartTime": "tonight"}, "gameStartTime"),
    ({"line": "nan"}, "line"),
    ({"line": "far"}, "line"),
    ({"active": "perhaps"}, "active"),
]


@pytest.mark.parametrize(("changes", "field"), REFUSED)
def test_a_bad_market_is_refused_by_its_field_and_costs_no_other(changes: Json, field: str) -> None:
    read = events_from(msgspec.json.encode([event(market(1, **changes), market(2))]))
    assert [each.id for each in read.items[0].markets or ()] == ["0x2"]
    assert [refusal.field for refusal in read.refused] == [field]
    assert SLUG in read.refused[0].where


def test_a_bad_event_is_refused_by_its_field_and_costs_no_other() -> None:
    bad = [event(slug=None, id="1"), event(startTime="tonight"), event(teams="both"), {"id": 7, "slug": 7}]
    read = events_from(msgspec.json.encode([*bad, event()]))
    assert [each.id for each in read.items] == [SLUG]
    assert [refusal.field for refusal in read.refused] == ["slug", "startTime", "teams", "slug"]


def test_one_id_twice_counts_once() -> None:
    read = events_from(msgspec.json.encode([event(market(), market()), event()]))
    assert (len(read.items), len(read.items[0].markets or ())) == (1, 1)
    assert read.refused == (Refusal("0x1", "id", "appears twice"), Refusal(SLUG, "id", "appears twice"))


@pytest.mark.parametrize("payload", [b"{}", b'{"error": "no"}', b"<html>", b"7", b'{"events": 5}', b'[{"id": 1}', b""])
def test_what_is_no_page_is_refused(payload: bytes) -> None:
    with pytest.raises(PayloadRefused):
        events_from(payload)


def test_series_are_told_with_commas_between() -> None:
    sports = [
        {"sport": "nba", "series": "34,10345"},
        {"sport": "atp", "series": 1},
        {"sport": "wta", "series": "2, 1"},
        {"sport": "curling", "series": "9"},
        {"sport": 5},
    ]
    assert series_from(msgspec.json.encode(sports)) == {"nba": ("34", "10345"), "tennis": ("1", "2")}


KEYS = st.sampled_from(
    [
        *("id", "slug", "title", "markets", "events", "tags", "teams", "series", "startTime", "eventDate", "outcomes"),
        *("conditionId", "clobTokenIds", "sportsMarketType", "gameStartTime", "question", "version", "line"),
    ]
)
NUMBERS = st.integers(-(2**60), 2**60) | st.floats(allow_nan=False, allow_infinity=False)
WORDS = st.sampled_from(["moneyline", SLUG, '["a","b"]', "v2", "nan"])
VALUES = st.none() | st.booleans() | NUMBERS | st.text() | WORDS
ANY_JSON = st.recursive(
    VALUES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=6),
    max_leaves=25,
)


@given(ANY_JSON)
def test_no_json_ever_breaks_the_reading(payload: object) -> None:
    try:
        events_from(msgspec.json.encode(payload))
    except PayloadRefused:
        return
