"""What can be learned from recordings, and what their card says."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.analytics.models.cards import Card
from app.analytics.models.pages import card_page, card_text
from app.analytics.models.studies import StudiedGame
from app.analytics.models.training import train
from app.domain.leagues import LeagueCode
from app.errors import BadInput
from app.harvests.candles import read_candles
from app.harvests.recordings import recorded_games
from app.harvests.studies import studies_of
from tests.app.matching.listings import REGISTRY

NBA = LeagueCode("nba")
TABLE = "game_id,ticker,timestamp,datetime,open,high,low,close,volume\n"
SIDE = "KXNBAGAME-25DEC06ATLWAS-"


def table(folder: Path, side: str, *rows: tuple[int, str]) -> Path:
    path = folder / "candles.csv"
    lines = [f"1,{SIDE}{side},{end},,,,,{close},1" for end, close in rows]
    path.write_text(TABLE + "\n".join(lines) + "\n", encoding="utf-8")
    return path


@pytest.mark.parametrize(("side", "closes"), [("WAS", [0.22, 0.99]), ("ATL", [0.78, 0.01])])
def test_a_table_of_either_side_is_told_for_the_home_side(tmp_path: Path, side: str, closes: list[float]) -> None:
    path = table(tmp_path, side, (60, "22"), (120, ""), (180, "99"))
    found = read_candles(path, REGISTRY)
    assert (found.league, found.home, found.away) == (NBA, "nba:27", "nba:1")
    assert list(found.closes) == pytest.approx(closes)
    assert found.came == round(closes[-1])


@pytest.mark.parametrize(
    ("moment", "said"), [(59, None), (60, 0.22), (179, 0.22), (180, 0.5), (780, 0.5), (781, None), (10_000, None)]
)
def test_nothing_is_known_of_a_minute_before_it_has_ended(tmp_path: Path, moment: int, said: float | None) -> None:
    found = read_candles(table(tmp_path, "WAS", (60, "22"), (120, ""), (180, "50")), REGISTRY)
    assert (found.at(moment), found.came) == (said, None)


@pytest.mark.parametrize("text", ["", "a,b\n1,2\n", TABLE + "1,KXNBAGAME-25DEC06ATLWAS-WAS,x,,,,,5,1\n"])
def test_another_table_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "candles.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(BadInput):
        read_candles(path, REGISTRY)


def test_a_folder_without_recordings_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput):
        recorded_games(tmp_path, REGISTRY)


@pytest.fixture(scope="module")
def games(shared: Path) -> dict[str, StudiedGame]:
    return {game.name: game for game in recorded_games(shared / "data", REGISTRY)[NBA]}


def test_a_game_with_plays_has_what_everybody_said_of_each_and_others_the_market_alone(
    games: dict[str, StudiedGame],
) -> None:
    assert len(games) == 25
    played = games["Atlanta Hawks at Washington Wizards"]
    assert (len(played.moments), played.came) == (451, 0.0)
    assert all(m.features and m.espn is not None and m.market is not None for m in played.moments)
    others = [game for game in games.values() if game is not played]
    assert {bool(moment.features) for game in others for moment in game.moments} == {False}
    assert games["Phoenix Suns at Los Angeles Lakers"].came == 0.0
    assert games["Milwaukee Bucks at Washington Wizards"].came == 1.0


@pytest.fixture(scope="module")
def card(games: dict[str, StudiedGame]) -> Card:
    (study,) = studies_of([{NBA: tuple(games.values())}], {}, "real", datetime(2026, 11, 23, tzinfo=UTC))
    made = train(study)
    assert made.learned is None
    return made.card


def test_of_one_game_the_card_says_insufficient_data_and_compares_all_the_same(card: Card) -> None:
    assert (card.verdict, card.games, card.compared_games) == ("insufficient_data", 25, 1)
    assert card.why == "insufficient data: 1 game, 50 are asked for"
    scores = {(each.ours, each.theirs): each for each in card.comparisons}
    against = scores["espn", "market"]
    assert (against.n, against.games) == (451, 1)
    assert (against.brier, against.their_brier) == pytest.approx((0.0141, 0.0218), abs=0.0001)
    assert (against.difference.low, against.difference.is_below_zero) == (None, False)  # one game says nothing
    assert scores["built_in", "market"].brier == pytest.approx(0.0207, abs=0.0001)
    market = next(each for each in card.records if each.forecaster == "market")
    assert (market.games, market.n, market.brier) == (25, 4364, pytest.approx(0.2105, abs=0.0001))


def test_people_read_the_same_on_paper_and_on_a_page(card: Card) -> None:
    text, page = card_text(card), card_page(card)
    for said in ("insufficient data", "0.0141", "0.0218", "one game: no interval", "the built-in formula"):
        assert said in text
        assert said in page
    assert "<script" not in page
    assert "http" not in page
    assert "SIMULATED" not in page
