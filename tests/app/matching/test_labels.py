"""Labelled recordings: every label is found on both venues, no link is wrong, no side is wrong.

Sides are checked against the payloads by means of their own, plain enough to be seen through: the outcome's name must
be the team's nickname, and what the label calls the side of a ticker must be in the team's name.
"""

import json
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from app.domain.links import Link
from app.domain.markets import ContractId, Event
from app.domain.teams import Team
from app.matching.inversions import compare_prices
from app.matching.linking import Linked, link_event
from app.matching.schedule import GameIndex
from app.venues.descriptions import Description, event_described
from app.venues.kalshi.translate import events_from as kalshi_events
from app.venues.polymarket.translate import events_from as polymarket_events
from tests.app.matching.listings import REGISTRY, team

NBA_NOW = datetime(2026, 1, 9, 20, 15, tzinfo=UTC)
NFL_NOW = datetime(2026, 9, 18, 0, 30, tzinfo=UTC)

Label = Any


def read_json(path: Path) -> Any:
    return json.loads(path.read_text())


@pytest.fixture(scope="module")
def labels(shared: Path) -> list[Label]:
    return list(read_json(shared / "data/cross/nba-2026-01-09/matched_markets_2026-01-09.json")["markets"])


@pytest.fixture(scope="module")
def nba_labels(labels: list[Label]) -> list[Label]:
    return [label for label in labels if label["sport"] == "NBA"]


@pytest.fixture(scope="module")
def slate(shared: Path) -> dict[str, Linked]:
    """Every event of the recorded slate, linked, by its id."""
    folder = shared / "slates/nba-2026-01-09"
    events: list[Event] = [
        *polymarket_events((folder / "polymarket/events.json").read_bytes()).items,
        *kalshi_events((folder / "kalshi/events.json").read_bytes()).items,
    ]
    index = GameIndex()
    return {event.id: link_event(event, index, REGISTRY, NBA_NOW) for event in events}


def kalshi_payload(label: Label) -> bytes:
    """The label's two markets as Kalshi nests them: the slate was recorded without."""
    told = label["kalshi"]
    names = (told["market_a_refers_to"], told["market_b_refers_to"])
    tickers = (told["markets"]["main"], told["markets"]["opponent"])
    event_ticker = tickers[0].rpartition("-")[0]
    markets = [
        {
            "ticker": ticker,
            "event_ticker": event_ticker,
            "title": f"{label['description']} Winner?",
            "yes_sub_title": name,
            "status": "active",
            "rules_primary": f"If {name} wins the {label['description']} game, then the market resolves to Yes.",
        }
        for ticker, name in zip(tickers, names, strict=True)
    ]
    event = {"event_ticker": event_ticker, "series_ticker": "KXNBAGAME", "title": label["description"]}
    return json.dumps({"events": [{**event, "markets": markets}]}).encode()


def winners(found: Linked) -> list[Link]:
    """The whole game's."""
    return [link for link in found.links if (link.proposition.kind, link.proposition.scope) == ("moneyline", "game")]


def team_of(link: Link) -> Team:
    assert link.proposition.team_id is not None
    return team(link.proposition.team_id)


def is_called(team: Team, name: str) -> bool:
    """All words of a name are the team's; a letter by itself begins its nickname: "Los Angeles C"."""
    full = team.name.replace("LA ", "Los Angeles ").lower().split()
    words = name.lower().split()
    return all(word in full if len(word) > 1 else team.nickname.lower().startswith(word) for word in words)


def test_there_are_fifteen_labels_of_the_nba(nba_labels: list[Label]) -> None:
    assert len(nba_labels) == 15


def test_every_label_is_found_on_both_venues_as_one_game(nba_labels: list[Label], slate: dict[str, Linked]) -> None:
    for label in nba_labels:
        on_kalshi = slate[label["event_id"].upper()]
        on_polymarket = slate[label["polymarket"]["markets"]["slug"]]
        assert on_kalshi.game is not None, label["event_id"]
        assert on_polymarket.game is not None, label["event_id"]
        assert on_kalshi.game.id == on_polymarket.game.id
        assert {side.abbreviation for side in (on_kalshi.game.home, on_kalshi.game.away)}


def test_no_other_event_of_either_venue_is_put_on_a_labelled_game(
    nba_labels: list[Label], slate: dict[str, Linked]
) -> None:
    counted = Counter(found.game.id for found in slate.values() if found.game)
    for label in nba_labels:
        game = slate[label["event_id"].upper()].game
        assert game is not None
        assert counted[game.id] == 2
        assert game.eastern_date in (date(2026, 1, 9), date(2026, 1, 10))


def test_labelled_tokens_are_the_sides_that_the_label_says(nba_labels: list[Label], slate: dict[str, Linked]) -> None:
    """The label gives each token a team's code; the payload gives it a nickname; the link must give it that team."""
    checked = 0
    for label in nba_labels:
        found = slate[label["polymarket"]["markets"]["slug"]]
        assert found.game is not None
        token_of = {f"polymarket:{token}": code for code, token in label["poly_token_ids"].items()}
        links = winners(found)
        assert {link.market_id for link in links} == {label["poly_condition_id"]}
        assert {link.contract_id for link in links} == token_of.keys()
        codes = {label["away_team"]: found.game.away, label["home_team"]: found.game.home}
        for link in links:
            assert link.contract_id is not None
            assert link.polarity == "yes"
            assert team_of(link).nickname == link.outcome
            assert team_of(link).id == codes[token_of[link.contract_id]].id
            checked += 1
    assert checked == 30


def test_labelled_tickers_are_the_sides_that_the_label_says(nba_labels: list[Label], slate: dict[str, Linked]) -> None:
    """By Kalshi's words, and by its ticker's end; and the winner's contracts of both venues are one proposition."""
    for label in nba_labels:
        (event,) = kalshi_events(kalshi_payload(label)).items
        found = link_event(event, GameIndex(), REGISTRY, NBA_NOW)
        on_polymarket = winners(slate[label["polymarket"]["markets"]["slug"]])
        by_code = {code: f"polymarket:{token}" for code, token in label["poly_token_ids"].items()}
        teams = {str(link.contract_id): link.proposition for link in on_polymarket}
        assert len(found.links) == 4
        for link in found.links:
            assert link.market_id is not None
            code = link.market_id.rpartition("-")[2]
            assert link.proposition == teams[by_code[code]]
            assert link.polarity == link.outcome.lower()
            is_main = link.market_id == label["kalshi"]["markets"]["main"]
            assert is_called(team_of(link), label["kalshi"]["market_a_refers_to" if is_main else "market_b_refers_to"])


def test_every_named_outcome_of_the_slate_is_the_team_of_that_name(slate: dict[str, Linked]) -> None:
    """Of the whole slate: an outcome named X pays for X, or against the other side that gives points."""
    checked = Counter[str]()
    for found in slate.values():
        for link in found.links:
            said = link.proposition
            if link.venue == "polymarket" and said.kind in ("moneyline", "spread"):
                assert (team_of(link).nickname == link.outcome) == (link.polarity == "yes"), link
                checked[said.kind] += 1
            if link.venue == "polymarket" and said.kind == "total":
                assert link.polarity == {"Over": "yes", "Under": "no"}[link.outcome], link
                checked[said.kind] += 1
    assert checked == {"moneyline": 2 * 66, "spread": 2 * 80, "total": 2 * 123}


def test_the_giver_of_points_is_the_one_in_the_question(slate: dict[str, Linked]) -> None:
    for found in slate.values():
        for link in found.links:
            if link.venue == "polymarket" and link.proposition.kind == "spread":
                assert link.proposition.line is not None
                assert link.title.endswith(f"Spread: {team_of(link).nickname} ({link.proposition.line / 2:g})"), link


def test_labels_without_a_recording_are_one_game_by_ticker_and_slug(labels: list[Label]) -> None:
    """Two of the NFL and one of college football: ticker, slug and title are all there is of them."""
    others = [label for label in labels if label["sport"] != "NBA"]
    assert len(others) == 3
    for label in others:
        index = GameIndex()
        ticker = Description(ticker=label["kalshi"]["markets"]["main"])
        slug = Description(slug=label["polymarket"]["markets"]["slug"], title=label["poly_title"])
        ours, theirs = (link_event(event_described(said), index, REGISTRY, NBA_NOW) for said in (slug, ticker))
        assert ours.game is not None
        assert theirs.game is not None
        assert ours.game.id == theirs.game.id
        by_name = {link.outcome: team_of(link).id for link in ours.links}
        yes = next(link for link in theirs.links if link.outcome == "Yes")
        assert team_of(yes).id == by_name[label["kalshi"]["markets"]["main"].rpartition("-")[2]]


class Candles:
    """Detroit at Buffalo, minute by minute: what Detroit cost on Kalshi and on Polymarket."""

    def __init__(self, folder: Path) -> None:
        kalshi = read_json(folder / "kalshi_candles_DET.json")["candlesticks"]
        self.kalshi = {each["end_period_ts"]: float(each["price"]["close_dollars"]) for each in kalshi}
        self.polymarket = [
            (each["t"], each["p"]) for each in read_json(folder / "polymarket_history_DET.json")["history"]
        ]

    def pairs(self) -> list[tuple[float, float]]:
        """Both prices of the minutes that both tell."""
        return [(self.kalshi[t - t % 60 + 60], p) for t, p in self.polymarket if t - t % 60 + 60 in self.kalshi]


def test_detroit_at_buffalo_is_one_game_on_two_dates_and_its_prices_bear_the_sides_out(shared: Path) -> None:
    folder = shared / "data/cross/nfl-det-buf-2026-09-17"
    (listed,) = polymarket_events((folder / "gamma_event_det_buf.json").read_bytes()).items
    index = GameIndex()
    ours = link_event(listed, index, REGISTRY, NFL_NOW)
    ticker = Description(ticker="KXNFLGAME-26SEP17DETBUF-DET", title="DET Lions vs BUF Bills", outcome="DET Lions")
    theirs = link_event(event_described(ticker), index, REGISTRY, NFL_NOW)
    assert ours.game is not None
    assert theirs.game is not None
    assert ours.game.id == theirs.game.id == "x:nfl:2026-09-17:det-buf"
    lions = next(link for link in ours.links if link.outcome == "Lions")
    yes = next(link for link in theirs.links if link.outcome == "Yes")
    assert lions.proposition == yes.proposition
    assert team_of(yes).name == "Detroit Lions"
    pairs = Candles(folder).pairs()
    assert len(pairs) > 5
    for on_kalshi, on_polymarket in pairs:
        assert abs(on_kalshi - on_polymarket) < 0.1


CODES_ALONE = 50  # of 69 are told by codes alone; the others are left out, not guessed
MISLED = 1


def test_codes_alone_hardly_ever_name_two_games_for_one(shared: Path) -> None:
    """A bot's pairs of Kalshi's tickers and Polymarket US's slugs: where both can be read, they are one game."""
    folder = shared / "data/cross/polymarket-us-kalshi-trades"
    trades = [trade for file in sorted(folder.glob("*.json")) for trade in read_json(file)]
    pairs = {
        (trade["kalshi_ticker"], trade["pm_slug"].removeprefix("aec-")) for trade in trades if trade.get("pm_slug")
    }
    games = [
        [link_event(event_described(said), GameIndex(), REGISTRY, NBA_NOW + timedelta(days=30)).game for said in both]
        for both in ((Description(ticker=ticker), Description(slug=slug)) for ticker, slug in sorted(pairs))
    ]
    told = [(one.id, other.id) for one, other in games if one is not None and other is not None]
    assert sum(one == other for one, other in told) >= CODES_ALONE
    assert sum(one != other for one, other in told) <= MISLED  # each venue makes up its own codes: they prove nothing
    assert len(pairs) == 69


def test_prices_do_not_speak_against_any_link_of_the_slate(shared: Path, slate: dict[str, Linked]) -> None:
    listed = polymarket_events((shared / "slates/nba-2026-01-09/polymarket/events.json").read_bytes()).items
    outcomes = [each for event in listed for market in event.markets or () for each in market.outcomes]
    prices: dict[ContractId, float] = {each.contract_id: each.indicative for each in outcomes if each.indicative}
    for found in slate.values():
        assert not compare_prices(found.links, prices).inverted
