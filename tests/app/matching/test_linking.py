"""From a listing to propositions: right game, right side, or a named reason."""

import msgspec

from app.domain.fees import FeeSchedule
from app.domain.links import Link
from app.domain.markets import Event
from app.matching.linking import Linked, link_event
from app.matching.schedule import GameIndex
from tests.app.matching.listings import (
    NOW,
    REGISTRY,
    at,
    game,
    kalshi_market,
    kalshi_winner,
    polymarket_event,
    polymarket_market,
)

ASTROS_AT_PADRES = game("401", "mlb", "mlb:18", "mlb:25", "2026-08-10 00:20")


def link(event: Event, *games_known: object) -> Linked:
    return link_event(event, GameIndex(games_known), REGISTRY, NOW)  # type: ignore[arg-type]


def said(links: tuple[Link, ...]) -> set[tuple[str, str, str | None, str | None]]:
    """(contract, kind, team, polarity) of every link."""
    return {(str(one.contract_id), one.proposition.kind, one.proposition.team_id, one.polarity) for one in links}


def astros_at_padres(**more: object) -> Event:
    given = {"start": at("2026-08-10 00:20"), "start_source": "ticker_time"}
    return kalshi_winner(
        "KXMLBGAME-26AUG092020HOUSD",
        "Houston vs San Diego",
        "mlb",
        [("Houston", "HOU"), ("San Diego", "SD")],
        **(given | more),
    )


def test_every_contract_of_a_winner_event_says_who_wins() -> None:
    found = link(astros_at_padres(), ASTROS_AT_PADRES)
    ticker = "kalshi:KXMLBGAME-26AUG092020HOUSD"
    assert said(found.links) == {
        (f"{ticker}-HOU:yes", "moneyline", "mlb:18", "yes"),
        (f"{ticker}-HOU:no", "moneyline", "mlb:18", "no"),
        (f"{ticker}-SD:yes", "moneyline", "mlb:25", "yes"),
        (f"{ticker}-SD:no", "moneyline", "mlb:25", "no"),
    }
    assert {one.game_id for one in found.links} == {"401"}
    assert {one.verdict for one in found.links} == {"tradable"}
    assert found.left_out == ()


def test_a_link_says_what_its_market_charges() -> None:
    event = astros_at_padres()
    charged, unknown = FeeSchedule(taker=35_000, step=10_000), None
    markets = [
        msgspec.structs.replace(market, fees=fees)
        for market, fees in zip(event.markets or (), (charged, unknown), strict=True)
    ]
    found = link(msgspec.structs.replace(event, markets=tuple(markets)), ASTROS_AT_PADRES)
    assert [one.fees for one in found.links] == [charged, charged, unknown, unknown]


def test_the_same_teams_on_another_day_are_another_game() -> None:
    found = link(astros_at_padres(start=at("2026-08-08 01:40")), ASTROS_AT_PADRES)
    assert found.game is not None
    assert found.game.id == "x:mlb:2026-08-07:hou-sd"
    assert {one.verdict for one in found.links} == {"watch"}


def test_a_doubleheader_is_told_apart_by_start() -> None:
    first = game("1", "mlb", "mlb:18", "mlb:25", "2026-08-09 17:10", number=1)
    second = game("2", "mlb", "mlb:18", "mlb:25", "2026-08-10 00:20", number=2)
    assert link(astros_at_padres(), first, second).game == second
    assert link(astros_at_padres(start=at("2026-08-09 17:10")), first, second).game == first


def test_a_doubleheader_without_time_or_number_is_left_out() -> None:
    first = game("1", "mlb", "mlb:18", "mlb:25", "2026-08-09 17:10", number=1)
    second = game("2", "mlb", "mlb:18", "mlb:25", "2026-08-10 00:20", number=2)
    untimed = {"start": None, "start_source": "date_only", "day": at("2026-08-09 00:00").date()}
    found = link(astros_at_padres(**untimed), first, second)
    assert [item.code for item in found.left_out] == ["ambiguous_game"]
    assert link(astros_at_padres(**untimed, number=2), first, second).game == second


def test_the_second_game_of_a_day_is_not_put_on_the_first() -> None:
    first = game("1", "mlb", "mlb:18", "mlb:25", "2026-08-09 17:10")
    found = link(astros_at_padres(), first)
    assert found.game is not None
    assert found.game.is_provisional


def test_an_inverted_listing_is_left_out() -> None:
    event = astros_at_padres()
    assert event.markets is not None
    ticker = "KXMLBGAME-26AUG092020HOUSD-SD"
    wrong = kalshi_market(ticker, "Houston vs San Diego Winner?", "Houston", rules="")
    found = link(astros_at_padres(), ASTROS_AT_PADRES)
    assert found.left_out == ()
    found = link(Event(**{**_fields(event), "markets": (wrong,)}), ASTROS_AT_PADRES)
    assert found.links == ()
    assert [item.code for item in found.left_out] == ["side_conflict"]


def test_one_witness_is_not_proof() -> None:
    event = astros_at_padres()
    lone = kalshi_market("KXMLBGAME-26AUG092020HOUSD-X1", "Houston vs San Diego Winner?", "Houston", rules="")
    found = link(Event(**{**_fields(event), "markets": (lone,)}), ASTROS_AT_PADRES)
    assert {one.verdict for one in found.links} == {"watch"}


def test_spreads_of_both_venues_are_one_proposition() -> None:
    lakers_give = game("9", "nba", "nba:29", "nba:13", "2026-01-05 02:30")
    poly = polymarket_event(
        "nba-mem-lal-2026-01-04",
        "Grizzlies vs. Lakers",
        "nba",
        [
            polymarket_market(
                "nba-mem-lal-2026-01-04-spread-home-3pt5",
                "Spread: Lakers (-3.5)",
                ["Lakers", "Grizzlies"],
                kind="spread",
                line=-3.5,
            )
        ],
        start=at("2026-01-05 02:30"),
        start_source="start_field",
    )
    kalshi = kalshi_winner(
        "KXNBASPREAD-26JAN04MEMLAL",
        "Memphis at Los Angeles L: Spread",
        "nba",
        [("Memphis", "MEM"), ("Los Angeles L", "LAL")],
        start=at("2026-01-05 02:30"),
        start_source="milestone",
    )
    market = kalshi_market(
        "KXNBASPREAD-26JAN04MEMLAL-LAL4",
        "Los Angeles L wins by over 3.5 points?",
        "Los Angeles L wins by over 3.5 points",
        kind="spread",
        line=3.5,
        rules="",
    )
    kalshi = Event(**{**_fields(kalshi), "kind": "spread", "markets": (market,)})
    ours, theirs = (
        link_event(event, GameIndex([lakers_give]), REGISTRY, at("2026-01-05 01:00")) for event in (poly, kalshi)
    )
    assert {one.proposition for one in ours.links} == {one.proposition for one in theirs.links}
    assert [(one.outcome, one.polarity) for one in ours.links] == [("Lakers", "yes"), ("Grizzlies", "no")]
    assert [(one.outcome, one.polarity) for one in theirs.links] == [("Yes", "yes"), ("No", "no")]
    assert {one.verdict for one in (*ours.links, *theirs.links)} == {"tradable"}


def _fields(event: Event) -> dict[str, object]:
    return {name: getattr(event, name) for name in event.__struct_fields__}
