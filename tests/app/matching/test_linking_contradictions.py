"""Where a listing contradicts itself, money would be lost: every case here was once linked wrongly, or could be."""

from datetime import date

import msgspec
import pytest

from app.domain.games import Game
from app.domain.markets import Competitor, Event, Market
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

YANKEES_AT_RED_SOX = [game(str(day), "mlb", "mlb:10", "mlb:2", f"2026-08-{day:02} 17:05") for day in (9, 10, 11)]
LAKERS_AT_CELTICS = game("77", "nba", "nba:13", "nba:2", "2026-11-23 00:30")
ARSENAL_CHELSEA = game("9", "epl", "soccer:363", "soccer:359", "2026-10-10 14:00")
SLUG = "nba-lal-bos-2026-11-22"


def link(event: Event, *games: Game, now: str = "2026-08-09 12:00") -> Linked:
    return link_event(event, GameIndex(games), REGISTRY, at(now))


def with_fields(event: Event, **fields: object) -> Event:
    return msgspec.structs.replace(event, **fields)


def yankees_at_red_sox(**more: object) -> Event:
    sides = [("New York Y", "NYY"), ("Boston", "BOS")]
    return kalshi_winner("KXMLBGAME-26AUG091305NYYBOS", "New York Y vs Boston", "mlb", sides, **more)


def lakers_at_celtics(market: Market, **more: object) -> Linked:
    given = {"start": at("2026-11-23 00:30"), "start_source": "start_field", "day_may_be_utc": True}
    listed = polymarket_event(SLUG, "Lakers vs. Celtics", "nba", [market], **(given | more))
    return link(listed, LAKERS_AT_CELTICS, now="2026-11-22 23:00")


def moneyline(title: str = "Lakers vs. Celtics", **more: object) -> Market:
    return polymarket_market(SLUG, title, ["Lakers", "Celtics"], **({"kind": "moneyline"} | more))


def test_a_start_on_another_day_than_the_ticker_s_is_left_out() -> None:
    listed = yankees_at_red_sox(day=date(2026, 8, 9), start=at("2026-08-10 17:05"), start_source="milestone")
    assert codes(link(listed, *YANKEES_AT_RED_SOX)) == ["day_conflict"]


def test_a_utc_day_in_a_slug_is_no_contradiction() -> None:
    late = game("78", "nba", "nba:13", "nba:2", "2026-11-23 03:00")
    listed = polymarket_event(
        "nba-lal-bos-2026-11-23", "Lakers vs. Celtics", "nba", [moneyline()], start=at("2026-11-23 03:00")
    )
    listed = with_fields(listed, start_source="start_field", day_may_be_utc=True)
    found = link(listed, late, now="2026-11-22 23:00")
    assert (found.game, verdicts(found)) == (late, {"tradable"})


def test_a_day_that_may_be_utc_proves_no_game_by_itself() -> None:
    found = lakers_at_celtics(moneyline(), start=None, start_source="date_only")
    assert verdicts(found) == {"watch"}


def test_a_market_of_the_next_day_s_game_is_left_out() -> None:
    assert codes(lakers_at_celtics(moneyline(start=at("2026-11-24 00:30")))) == ["start_conflict"]


def test_a_market_that_starts_at_another_hour_is_only_watched() -> None:
    assert verdicts(lakers_at_celtics(moneyline(start=at("2026-11-23 03:30")))) == {"watch"}


def test_the_second_game_of_a_day_is_not_the_only_one_known() -> None:
    listed = yankees_at_red_sox(day=date(2026, 8, 9), number=2)
    found = link(listed, *YANKEES_AT_RED_SOX)
    assert found.game is not None
    assert found.game.is_provisional


def test_provisional_games_of_a_doubleheader_never_share_an_id() -> None:
    games = GameIndex()
    second = yankees_at_red_sox(
        day=date(2026, 8, 9), start=at("2026-08-09 23:05"), start_source="ticker_time", number=2
    )
    first = yankees_at_red_sox(day=date(2026, 8, 9), start=at("2026-08-09 17:05"), start_source="ticker_time")
    ids = [link_event(event, games, REGISTRY, at("2026-08-09 12:00")).game for event in (second, first, second, first)]
    assert [one.id for one in ids if one] == 2 * ["x:mlb:2026-08-09:nyy-bos:2", "x:mlb:2026-08-09:nyy-bos"]


def test_code_and_team_id_of_one_table_are_one_witness() -> None:
    listed = kalshi_winner(
        "KXEPLGAME-26OCT10ARSCHE", "Chelsea vs Arsenal", "epl", [("Chelsea", "ARS"), ("Arsenal", "CHE")]
    )
    sides = tuple(Competitor(name, code, f"id-{code}") for name, code in (("Chelsea", "ARS"), ("Arsenal", "CHE")))
    silent = kalshi_market(
        "KXEPLGAME-26OCT10ARSCHE-ARS",
        "Chelsea vs Arsenal Winner?",
        "",
        scope="regulation",
        subject_id="id-ARS",
        rules="",
    )
    listed = with_fields(
        listed, competitors=sides, markets=(silent,), start=at("2026-10-10 14:00"), start_source="milestone"
    )
    assert "tradable" not in verdicts(link(listed, ARSENAL_CHELSEA, now="2026-10-10 12:00"))


def test_two_outcomes_leave_the_draw_open_in_soccer() -> None:
    market = polymarket_market(
        "epl-ars-che-2026-10-10", "Arsenal vs. Chelsea", ["Arsenal", "Chelsea"], kind="moneyline", scope=None
    )
    listed = polymarket_event(
        "epl-ars-che-2026-10-10", "Arsenal vs. Chelsea", "epl", [market], start=at("2026-10-10 14:00")
    )
    found = link(with_fields(listed, start_source="start_field"), ARSENAL_CHELSEA, now="2026-10-10 12:00")
    assert codes(found) == ["two_way"]


def test_a_draw_where_no_game_ends_level_is_left_out() -> None:
    market = polymarket_market(f"{SLUG}-draw", "Will Lakers vs. Celtics end in a draw?", ["Yes", "No"], kind="draw")
    assert codes(lakers_at_celtics(market)) == ["no_draw"]


@pytest.mark.parametrize(
    ("way", "polarities"), [("Under", {"Yes": "no", "No": "yes"}), ("Over", {"Yes": "yes", "No": "no"})]
)
def test_yes_to_under_denies_the_total(way: str, polarities: dict[str, str]) -> None:
    title = f"Celtics Team Total: {way} 110.5"
    market = polymarket_market(f"{SLUG}-tt", title, ["Yes", "No"], kind="team_total", line=110.5)
    assert {link.outcome: link.polarity for link in lakers_at_celtics(market).links} == polarities
    market = polymarket_market(f"{SLUG}-t", f"Lakers vs. Celtics: {way} 221.5", ["Yes", "No"], kind="total", line=221.5)
    assert {link.outcome: link.polarity for link in lakers_at_celtics(market).links} == polarities


def test_a_spread_whose_first_outcome_is_not_the_title_s_team_is_only_watched() -> None:
    market = polymarket_market(f"{SLUG}-s", "Spread: Celtics (-5.5)", ["Lakers", "Celtics"], kind="spread", line=-5.5)
    found = lakers_at_celtics(market)
    assert verdicts(found) == {"watch"}
    assert {link.outcome: link.polarity for link in found.links} == {"Lakers": "no", "Celtics": "yes"}


def test_labels_with_two_lines_are_left_out() -> None:
    market = polymarket_market(
        f"{SLUG}-t", "Lakers vs. Celtics: O/U 221.5", ["Over 221.5", "Under 223.5"], kind="total", line=221.5
    )
    assert codes(lakers_at_celtics(market)) == ["line_conflict"]


@pytest.mark.parametrize(
    "title",
    [
        "Lakers vs. Celtics: Regulation Winner",
        "Lakers vs. Celtics: Race to 20",
        "Lakers vs. Celtics: Highest scoring half",
        "Lakers vs. Celtics: First Basket Team",
        "Will the Lakers beat the Celtics by 10 or more?",
        "Will the Lakers not win?",
        "Who will win the Lakers vs. Celtics series?",
        "Lakers vs. Celtics: something nobody has heard of",
    ],
)
def test_words_that_change_the_question_leave_it_out(title: str) -> None:
    assert codes(lakers_at_celtics(moneyline(title))) == ["unclear_question"]


@pytest.mark.parametrize(
    ("labels", "line"), [(["", "Under"], 221.5), (["Over", "Under"], 1.5e308), (["Over", "Under"], float("inf"))]
)
def test_nonsense_is_left_out_and_stops_nothing(labels: list[str], line: float) -> None:
    market = polymarket_market(f"{SLUG}-t", "Lakers vs. Celtics: O/U", labels, kind="total", line=line)
    found = lakers_at_celtics(market)
    assert found.links == ()
    assert len(found.left_out) == 1


def test_an_endless_number_in_a_title_is_no_line() -> None:
    market = polymarket_market(f"{SLUG}-t", f"Lakers vs. Celtics: O/U {'9' * 400}", ["Over", "Under"], kind="total")
    assert codes(lakers_at_celtics(market)) == ["push_line"]


def test_an_estimate_that_is_off_says_less_than_the_day() -> None:
    listed = kalshi_winner(
        "KXNBAGAME-26NOV22LALBOS",
        "Los Angeles L at Boston",
        "nba",
        [("Los Angeles L", "LAL"), ("Boston", "BOS")],
        day=date(2026, 11, 22),
        start=at("2026-11-23 03:30"),
        start_source="expected_end",
    )
    assert verdicts(link(listed, LAKERS_AT_CELTICS, now="2026-11-22 23:00")) == {"tradable"}
    games = GameIndex()
    provisional = link_event(listed, games, REGISTRY, at("2026-11-22 12:00")).game
    assert provisional is not None
    assert not provisional.start_is_known


def test_every_watched_contract_says_why() -> None:
    postponed = msgspec.structs.replace(LAKERS_AT_CELTICS, status="postponed")
    half = moneyline("Lakers vs. Celtics: 1H Moneyline", scope="1h")
    for market, known in ((moneyline(), postponed), (half, LAKERS_AT_CELTICS)):
        listed = polymarket_event(SLUG, "Lakers vs. Celtics", "nba", [market], start=at("2026-11-23 00:30"))
        found = link(with_fields(listed, start_source="start_field"), known, now="2026-11-22 23:00")
        assert verdicts(found) == {"watch"}
        for one in found.links:
            assert [reason for reason in one.reasons if reason.finding != "agrees"]
            assert one.confidence < 0.99


def test_a_name_that_fits_nobody_is_not_proven_by_its_code_and_the_game() -> None:
    sides = [("Los Angeles L", "LAL"), ("Zzyzx", "BOS")]
    listed = kalshi_winner(
        "KXNBAGAME-26NOV22LALBOS", "Los Angeles L at Zzyzx", "nba", sides, start=at("2026-11-23 00:30")
    )
    found = link(with_fields(listed, start_source="milestone"), LAKERS_AT_CELTICS, now="2026-11-22 23:00")
    assert "tradable" not in verdicts(found)


def test_an_ambiguous_code_is_not_proven_by_the_game_when_the_name_fits_nobody() -> None:
    duke_at_miami = game("5", "ncaab", "ncaab:150", "ncaab:2390", "2026-02-08 00:00")
    day = date(2026, 2, 7)
    for name, expected in (("Miami", {"tradable"}), ("Zzyzx", {"watch"})):
        listed = kalshi_winner(
            "KXNCAAMBGAME-26FEB07DUKEMIA", f"Duke at {name}", "ncaab", [("Duke", "DUKE"), (name, "Miami")], day=day
        )
        assert listed.markets is not None
        duke_only = with_fields(listed, markets=listed.markets[:1])
        assert verdicts(link(duke_only, duke_at_miami, now="2026-02-07 20:00")) == expected


PAYS_THE_OTHER = 'If the Lakers win, the market will resolve to "Celtics".\nIf the Celtics win, ...'


def test_rules_that_pay_one_team_for_the_other_s_win_leave_it_out() -> None:
    assert codes(lakers_at_celtics(moneyline(rules=PAYS_THE_OTHER))) == ["side_conflict"]


def test_named_outcomes_need_the_rules_or_the_order_of_the_sides_beside_them() -> None:
    swapped = polymarket_market(SLUG, "Lakers vs. Celtics", ["Celtics", "Lakers"], kind="moneyline")
    assert verdicts(lakers_at_celtics(swapped)) == {"watch"}
    told = msgspec.structs.replace(swapped, rules='If the Celtics win, the market will resolve to "Celtics".')
    assert verdicts(lakers_at_celtics(told)) == {"tradable"}


def test_a_spread_that_the_rules_give_to_the_other_side_is_left_out() -> None:
    spread = polymarket_market(
        f"{SLUG}-spread-away-3pt5", "Spread: Lakers (-3.5)", ["Lakers", "Celtics"], kind="spread", line=-3.5
    )
    assert verdicts(lakers_at_celtics(spread)) == {"tradable"}
    rules = 'This market will resolve to "Celtics" if the Celtics win the game by 4 or more points.'
    assert codes(lakers_at_celtics(msgspec.structs.replace(spread, rules=rules))) == ["side_conflict"]


def test_a_slug_and_the_code_taken_from_it_are_one_witness() -> None:
    asked = polymarket_market(
        "epl-ars-cfc-2026-10-10-ars",
        "Will the home side win on 2026-10-10?",
        ["Yes", "No"],
        kind="moneyline",
        scope="regulation",
        subject="the home side",
        subject_code="ARS",
    )
    listed = polymarket_event(
        "epl-ars-cfc-2026-10-10", "Arsenal FC vs. Chelsea FC", "epl", [asked], start=at("2026-10-10 14:00")
    )
    found = link(with_fields(listed, start_source="start_field"), ARSENAL_CHELSEA, now="2026-10-10 12:00")
    assert {(one.proposition.team_id, one.verdict) for one in found.links} == {("soccer:359", "watch")}


def test_a_market_that_pays_no_for_a_win_is_not_taken_at_its_word() -> None:
    listed = yankees_at_red_sox(start=at("2026-08-09 17:05"), start_source="ticker_time")
    assert listed.markets is not None
    rules = "If New York Y wins the New York Y vs Boston game, then the market resolves to No."
    listed = with_fields(listed, markets=(msgspec.structs.replace(listed.markets[0], rules=rules),))
    assert codes(link(listed, *YANKEES_AT_RED_SOX)) == ["side_conflict"]


def test_a_code_that_is_only_like_a_player_s_name_names_nobody() -> None:
    sides = (Competitor("Alexandra Eala", "eala"), Competitor("Amanda Anisimova", "anisimo"))
    listed = polymarket_event("wta-eala-anisimo-2026-08-17", "Alexandra Eala vs Amanda Anisimova", "tennis", [])
    found = link(with_fields(listed, competitors=sides, start=at("2026-08-17 17:00"), start_source="start_field"))
    assert found.game is None
    assert codes(found) == ["unknown_team"]
