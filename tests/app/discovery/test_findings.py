"""What searches find, and for how long it stands."""

from datetime import timedelta

import msgspec

from app.discovery.findings import PRICES_LIFETIME, Believed, Findings, Place
from app.domain.games import GameId
from app.domain.leagues import LeagueCode
from app.domain.links import Link
from app.domain.markets import ContractId, Event, EventId, Market, MarketId, Outcome
from tests.app.hot.samples import ARSENAL, ARSENAL_GAME, CELTICS_GAME, EPL, KALSHI, NBA, NOW, POLYMARKET, left_out, link

KALSHI_NBA: Place = (KALSHI, NBA)
POLYMARKET_NBA: Place = (POLYMARKET, NBA)
EVERY_PLACE = {KALSHI_NBA, POLYMARKET_NBA, (KALSHI, EPL)}
GAME = CELTICS_GAME.id


def found(place: Place, *links: Link) -> Findings:
    findings = Findings(place)
    findings.add(CELTICS_GAME, links, [])
    return findings


def markets(believed: Believed, game_id: GameId = GAME) -> list[str | None]:
    return [link.market_id for link in believed.links(game_id)]


def test_each_contract_counts_once_as_it_was_listed_last() -> None:
    findings = found(KALSHI_NBA, link(KALSHI, "A"), link(KALSHI, "A", verdict="watch"), link(KALSHI, "B"))
    findings.add(None, [], [left_out(1), left_out(2)])
    assert findings.counts == {"watch": 1, "tradable": 1, "left_out_prop": 2}
    assert findings.games == {GAME: CELTICS_GAME}


def test_a_fallen_listing_is_on_the_radar_with_its_error_cut_short() -> None:
    findings = Findings(KALSHI_NBA)
    event = Event(venue=KALSHI, id=EventId("BAD"), title="?")
    findings.add_fallen(event, ValueError("x" * 1000))
    assert findings.counts == {"left_out_unreadable": 1, "listings_fallen": 1}
    assert findings.left_out[0].detail.startswith("ValueError: xxx")
    assert len(findings.left_out[0].detail) == 200
    believed = Believed()
    assert not believed.has_fallen(KALSHI_NBA, event.id)
    believed.take(findings, [])
    assert believed.has_fallen(KALSHI_NBA, event.id)


def test_an_answer_replaces_what_its_own_place_said_and_nothing_else() -> None:
    believed = Believed()
    believed.take(found(KALSHI_NBA, link(KALSHI, "A"), link(KALSHI, "B")), {GAME})
    believed.take(found(POLYMARKET_NBA, link(POLYMARKET, "P")), {GAME})
    assert markets(believed) == ["A", "B", "P"]
    assert believed.take(found(KALSHI_NBA, link(KALSHI, "B")), {GAME}) == {GAME}
    assert markets(believed) == ["B", "P"]


def test_a_game_that_is_spoken_of_no_more_is_concerned_too() -> None:
    believed = Believed()
    believed.take(found(KALSHI_NBA, link(KALSHI, "A")), {GAME})
    assert believed.take(Findings(KALSHI_NBA), {GAME}) == {GAME}
    assert markets(believed) == []


def test_two_searches_of_one_venue_may_find_the_same_contract() -> None:
    believed = Believed()
    goal = link(KALSHI, "A", game=ARSENAL_GAME, team=ARSENAL)
    for league in ("epl", "ucl"):
        findings = Findings((KALSHI, LeagueCode(league)))
        findings.add(ARSENAL_GAME, [goal], [])
        believed.take(findings, {ARSENAL_GAME.id})
    assert believed.links(ARSENAL_GAME.id) == (goal,)
    believed.take(Findings((KALSHI, LeagueCode("ucl"))), {ARSENAL_GAME.id})
    assert believed.links(ARSENAL_GAME.id) == (goal,)


def test_prices_are_believed_for_the_links_of_a_game_and_not_for_long() -> None:
    believed, ours = Believed(), link(KALSHI, "A")
    findings = found(KALSHI_NBA, ours)
    outcomes = (Outcome(ContractId("kalshi:A:yes"), "Yes", 0.7), Outcome(ContractId("kalshi:B:yes"), "Yes", 0.6))
    unpriced = Outcome(ContractId("kalshi:C:yes"), "Yes")
    market = Market(venue=KALSHI, event_id=EventId("E"), id=MarketId("A"), title="?", outcomes=(*outcomes, unpriced))
    findings.add_prices(Event(venue=KALSHI, id=EventId("E"), title="?", markets=(market,)), NOW)
    findings.add_prices(Event(venue=KALSHI, id=EventId("F"), title="?"), NOW)
    believed.take(findings, {GAME})
    assert believed.prices(GAME, NOW + PRICES_LIFETIME) == {"kalshi:A:yes": 0.7}
    assert believed.prices(GAME, NOW + PRICES_LIFETIME + timedelta(seconds=1)) == {}
    assert believed.prices(GameId("other"), NOW) == {}


def test_games_that_are_not_active_are_not_taken() -> None:
    believed = Believed()
    assert believed.take(found(KALSHI_NBA, link(KALSHI, "A")), set()) == set()
    assert markets(believed) == []


def test_a_place_that_is_silent_for_too_long_is_forgotten_for_all_its_games() -> None:
    believed = Believed()
    believed.take(found(KALSHI_NBA, link(KALSHI, "A")), {GAME})
    believed.take(found(POLYMARKET_NBA, link(POLYMARKET, "P")), {GAME})
    assert believed.forget_all_but(EVERY_PLACE) == set()
    assert believed.forget_all_but({POLYMARKET_NBA}) == {GAME}
    assert markets(believed) == ["P"]


def test_what_was_kept_is_recalled_as_far_as_its_venue_still_answers() -> None:
    believed = Believed()
    kept = [link(KALSHI, "A"), link(POLYMARKET, "P"), msgspec.structs.replace(link(KALSHI, "A"), outcome="no")]
    believed.recall(CELTICS_GAME, kept, {KALSHI_NBA})
    assert markets(believed) == ["A"]
    assert not believed.is_empty
    believed.take(Findings(KALSHI_NBA), {GAME})
    assert markets(believed) == []
