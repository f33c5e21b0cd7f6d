"""Listings that mislead: each ends in the right proposition or in a named reason."""

from datetime import date
from typing import get_args

import msgspec
import pytest

from app.domain.markets import Market, Topic
from app.matching.linking import Linked, link_event
from app.matching.schedule import GameIndex
from tests.app.matching.listings import (
    REGISTRY,
    at,
    codes,
    game,
    kalshi_market,
    kalshi_winner,
    polymarket_event,
    polymarket_market,
    verdicts,
)

START = "2026-11-23 00:30"
LAKERS_AT_CELTICS = game("77", "nba", "nba:13", "nba:2", START)
SLUG = "nba-lal-bos-2026-11-22"


def link_market(market: Market, **event: object) -> Linked:
    """One Polymarket market of Lakers at Celtics."""
    given = {"start": at(START), "start_source": "start_field"}
    listed = polymarket_event(SLUG, "Lakers vs. Celtics", "nba", [market], **(given | event))
    return link_event(listed, GameIndex([LAKERS_AT_CELTICS]), REGISTRY, at("2026-11-22 23:00"))


def moneyline(**more: object) -> Market:
    return polymarket_market(SLUG, "Lakers vs. Celtics", ["Lakers", "Celtics"], **({"kind": "moneyline"} | more))


LEFT_OUT = {
    "a line that can push": (
        polymarket_market(
            f"{SLUG}-total-221", "Lakers vs. Celtics: O/U 221", ["Over", "Under"], kind="total", line=221.0
        ),
        "push_line",
    ),
    "a quarter line": (
        polymarket_market(f"{SLUG}-total", "Lakers vs. Celtics: O/U 2.25", ["Over", "Under"], kind="total", line=2.25),
        "push_line",
    ),
    "field and title name different lines": (
        polymarket_market(f"{SLUG}-t", "Lakers vs. Celtics: O/U 221.5", ["Over", "Under"], kind="total", line=231.5),
        "line_conflict",
    ),
    "field and title ask different things": (
        polymarket_market(f"{SLUG}-t", "Lakers vs. Celtics: O/U 221.5", ["Over", "Under"], kind="spread", line=221.5),
        "kind_conflict",
    ),
    "field and title name different periods": (
        polymarket_market(
            f"{SLUG}-t", "Lakers vs. Celtics: 1H O/U 110.5", ["Over", "Under"], kind="total", line=110.5, scope="game"
        ),
        "period_conflict",
    ),
    "a player": (
        polymarket_market(
            f"{SLUG}-p", "Luka Dončić: Points Over 34.5", ["Yes", "No"], topic="prop", kind_name="points"
        ),
        "prop",
    ),
    "its own start is months away": (moneyline(start=at("2027-02-20 00:30")), "start_conflict"),
    "outcomes of another game": (
        polymarket_market(SLUG, "Lakers vs. Celtics", ["Knicks", "Heat"], kind="moneyline"),
        "unknown_outcomes",
    ),
    "one outcome": (polymarket_market(SLUG, "Lakers vs. Celtics", ["Lakers"], kind="moneyline"), "not_two_outcomes"),
}


@pytest.mark.parametrize("name", LEFT_OUT)
def test_what_misleads_is_left_out_by_name(name: str) -> None:
    market, code = LEFT_OUT[name]
    found = link_market(market)
    assert codes(found) == [code]
    assert found.links == ()
    assert found.left_out[0].game_id == "77"


def test_a_settled_market_keeps_its_proposition_and_is_rejected() -> None:
    found = link_market(moneyline(status="settled"))
    assert verdicts(found) == {"rejected"}
    assert {link.proposition.team_id for link in found.links} == {"nba:13", "nba:2"}


@pytest.mark.parametrize(
    ("market", "event"),
    [
        pytest.param(moneyline(status="paused"), {}, id="paused"),
        pytest.param(moneyline(is_tradable=False), {}, id="takes no orders"),
        pytest.param(moneyline(kind=None), {}, id="only the title says what is asked"),
        pytest.param(moneyline(scope="1h"), {}, id="only the field names the half"),
        pytest.param(moneyline(), {"start": at("2026-11-23 02:00")}, id="start is 90 minutes off"),
    ],
)
def test_doubt_means_watch(market: Market, event: dict[str, object]) -> None:
    assert verdicts(link_market(market, **event)) == {"watch"}


def test_without_doubt_it_is_tradable() -> None:
    assert verdicts(link_market(moneyline())) == {"tradable"}


def test_halves_never_share_a_proposition_with_the_game() -> None:
    half = polymarket_market(
        f"{SLUG}-1h-moneyline", "Lakers vs. Celtics: 1H Moneyline", ["Lakers", "Celtics"], kind="moneyline", scope="1h"
    )
    ours, theirs = link_market(half), link_market(moneyline())
    assert {link.proposition for link in ours.links}.isdisjoint({link.proposition for link in theirs.links})
    assert verdicts(ours) == {"watch"}


def test_sides_swapped_at_a_neutral_site_are_still_the_same_game() -> None:
    swapped = kalshi_winner(
        "KXNBAGAME-26NOV22BOSLAL",
        "Boston at Los Angeles L",
        "nba",
        [("Boston", "BOS"), ("Los Angeles L", "LAL")],
        start=at(START),
        start_source="milestone",
    )
    found = link_event(swapped, GameIndex([LAKERS_AT_CELTICS]), REGISTRY, at("2026-11-22 23:00"))
    assert found.game == LAKERS_AT_CELTICS
    yes = {link.market_id: link.proposition.team_id for link in found.links if link.polarity == "yes"}
    assert yes == {"KXNBAGAME-26NOV22BOSLAL-BOS": "nba:2", "KXNBAGAME-26NOV22BOSLAL-LAL": "nba:13"}


def test_an_ambiguous_name_is_settled_by_the_only_game_it_fits() -> None:
    duke_at_miami = game("5", "ncaab", "ncaab:150", "ncaab:2390", "2026-02-08 00:00")
    listed = kalshi_winner(
        "KXNCAAMBGAME-26FEB07DUKEMIA",
        "Duke at Miami",
        "ncaab",
        [("Duke", "DUKE"), ("Miami", "MIA")],
        day=date(2026, 2, 7),
    )
    found = link_event(listed, GameIndex([duke_at_miami]), REGISTRY, at("2026-02-07 20:00"))
    assert found.game == duke_at_miami
    assert {link.proposition.team_id for link in found.links} == {"ncaab:150", "ncaab:2390"}


def test_an_ambiguous_name_without_a_game_names_who_it_may_be() -> None:
    listed = kalshi_winner(
        "KXNCAAMBGAME-26FEB07DUKEMIA", "Duke at Miami", "ncaab", [("Duke", ""), ("Miami", "")], day=date(2026, 2, 7)
    )
    found = link_event(listed, GameIndex(), REGISTRY, at("2026-02-07 20:00"))
    assert codes(found) == ["ambiguous_team"]
    assert "Miami (OH)" in found.left_out[0].detail


def test_a_three_way_market_keeps_home_draw_and_away_apart() -> None:
    match = game("9", "epl", "soccer:363", "soccer:359", "2026-10-10 14:00")
    event_id = "KXEPLGAME-26OCT10ARSCFC"
    listed = kalshi_winner(
        event_id,
        "Arsenal vs Chelsea",
        "epl",
        [("Arsenal", "ARS"), ("Chelsea", "CFC")],
        start=at("2026-10-10 14:00"),
        start_source="milestone",
    )
    assert listed.markets is not None
    tie = kalshi_market(f"{event_id}-TIE", "Arsenal vs Chelsea Winner?", "Tie", kind="draw", scope="regulation")
    wins = [kalshi_market(market.id, market.title, market.subject, scope="regulation") for market in listed.markets]
    listed = type(listed)(**{f: getattr(listed, f) for f in listed.__struct_fields__} | {"markets": (*wins, tie)})
    found = link_event(listed, GameIndex([match]), REGISTRY, at("2026-10-10 12:00"))
    said = {(link.market_id, link.proposition.kind, link.proposition.team_id) for link in found.links}
    assert said == {
        (f"{event_id}-ARS", "moneyline", "soccer:359"),
        (f"{event_id}-CFC", "moneyline", "soccer:363"),
        (f"{event_id}-TIE", "draw", None),
    }
    assert {link.proposition.scope for link in found.links} == {"regulation"}
    assert verdicts(found) == {"tradable"}


def test_a_provisional_game_gives_way_to_the_source_s_own() -> None:
    listed = kalshi_winner(
        "KXNBAGAME-26NOV22LALBOS",
        "Los Angeles L at Boston",
        "nba",
        [("Los Angeles L", "LAL"), ("Boston", "BOS")],
        day=date(2026, 11, 22),
    )
    games = GameIndex()
    provisional = link_event(listed, games, REGISTRY, at("2026-11-22 12:00")).game
    assert provisional is not None
    assert provisional.id == "x:nba:2026-11-22:lal-bos"
    games.add(LAKERS_AT_CELTICS)
    assert provisional not in games
    assert link_event(listed, games, REGISTRY, at("2026-11-22 12:00")).game == LAKERS_AT_CELTICS
    games.add(provisional)
    assert list(games) == [LAKERS_AT_CELTICS]


def test_codes_that_name_each_other_s_team_are_a_contradiction() -> None:
    crossed = kalshi_winner(
        "KXNBAGAME-26NOV22LALBOS",
        "Los Angeles L at Boston",
        "nba",
        [("Los Angeles L", "BOS"), ("Boston", "LAL")],
        start=at(START),
        start_source="milestone",
    )
    found = link_event(crossed, GameIndex([LAKERS_AT_CELTICS]), REGISTRY, at("2026-11-22 23:00"))
    assert verdicts(found) <= {"watch"}
    assert "tradable" not in verdicts(found)


def test_titles_alone_name_the_sides_where_the_venue_names_none() -> None:
    bare = polymarket_event(
        SLUG, "Lakers vs. Celtics", "nba", [moneyline()], start=at(START), start_source="start_field"
    )
    bare = type(bare)(**{f: getattr(bare, f) for f in bare.__struct_fields__} | {"competitors": ()})
    assert bare.competitors == ()
    found = link_event(bare, GameIndex([LAKERS_AT_CELTICS]), REGISTRY, at("2026-11-22 23:00"))
    assert found.game == LAKERS_AT_CELTICS
    assert verdicts(found) == {"tradable"}


def test_markets_without_their_event_name_the_sides_by_their_own_titles() -> None:
    listed = kalshi_winner(
        "KXNBAGAME-26NOV22LALBOS",
        "Los Angeles L at Boston",
        "nba",
        [("Los Angeles L", "LAL"), ("Boston", "BOS")],
        start=at(START),
        start_source="milestone",
    )
    nameless = tuple(msgspec.structs.replace(side, name="") for side in listed.competitors)
    alone = msgspec.structs.replace(listed, title="", competitors=nameless)
    found = link_event(alone, GameIndex([LAKERS_AT_CELTICS]), REGISTRY, at("2026-11-22 23:00"))
    assert found.game == LAKERS_AT_CELTICS
    assert verdicts(found) == {"tradable"}


@pytest.mark.parametrize("topic", sorted(set(get_args(Topic)) - {"game"}))
def test_what_is_not_about_the_result_is_left_out_by_the_name_of_its_topic(topic: Topic) -> None:
    found = link_market(moneyline(topic=topic, kind=None, kind_name="never_seen"))
    assert codes(found) == [topic]
    assert found.left_out[0].detail.endswith("(never_seen)")
