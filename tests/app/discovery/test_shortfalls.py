"""Each game and contract that never comes before a detector has a reason with a name."""

from collections.abc import Iterable, Mapping, Sequence

import msgspec
import pytest

from app.discovery.shortfalls import Census, Doubted
from app.domain.games import Game, GameId
from app.domain.links import Link, Verdict
from app.domain.teams import Reason
from tests.app.hot.samples import CELTICS_GAME, KALSHI, POLYMARKET, PROVISIONAL_GAME, link

AGREES = Reason("team", "agrees", "'Celtics' is Boston Celtics")
BOTH = (link(KALSHI, "KX-BOS"), link(POLYMARKET, "0xml"))


def count_games(games: Iterable[Game], links: Mapping[GameId, Iterable[Doubted]]) -> Census:
    census = Census()
    for game in games:
        census.count(game, links.get(game.id, ()))
    return census


def counted(census: Census) -> list[tuple[str, str, int]]:
    return [(each.counted, each.reason, each.count) for each in census.shortfalls]


def doubted(*reasons: Reason, verdict: Verdict = "watch") -> Link:
    return msgspec.structs.replace(link(KALSHI, "KX-2"), verdict=verdict, reasons=(AGREES, *reasons))


def test_a_game_with_tradable_contracts_at_two_venues_is_linked() -> None:
    census = count_games([CELTICS_GAME], {CELTICS_GAME.id: BOTH})
    assert (census.games, census.linked, census.shortfalls) == (1, 1, [])


@pytest.mark.parametrize(
    ("game", "links", "reason", "detail"),
    [
        (CELTICS_GAME, [], "not_listed", "no venue lists it"),
        (CELTICS_GAME, BOTH[:1], "one_venue", "tradable at kalshi alone"),
        (
            CELTICS_GAME,
            [BOTH[1], doubted()],
            "one_venue",
            "tradable at polymarket alone; of kalshi nothing is tradable",
        ),
        (CELTICS_GAME, [doubted()], "nothing_tradable", "listed by kalshi, and nothing of it is tradable"),
        (PROVISIONAL_GAME, BOTH, "provisional", "the score source does not show it"),
        (
            msgspec.structs.replace(CELTICS_GAME, status="postponed"),
            BOTH,
            "postponed",
            "the game is postponed",
        ),
    ],
)
def test_a_game_that_is_not_says_why(game: Game, links: Sequence[Link], reason: str, detail: str) -> None:
    census = count_games([game], {game.id: links})
    (found,) = [each for each in census.shortfalls if each.counted == "games"]
    assert (census.linked, found.reason, found.count, found.detail, found.game_id) == (0, reason, 1, detail, game.id)


@pytest.mark.parametrize(
    ("reasons", "name"),
    [
        ([Reason("price", "differs", "trades at 0.70 ...")], "inverted"),
        ([Reason("start", "differs", "90 min later")], "start"),
        ([Reason("side", "unknown", "a second witness is missing"), Reason("price", "differs", "...")], "inverted"),
        ([Reason("status", "differs", "settled")], "closed"),
        ([Reason("status", "unknown", "the venue takes no orders now")], "paused"),
        ([Reason("override", "differs", "anna says rejected: two games")], "overruled"),
        ([], "watch"),
    ],
)
def test_a_contract_that_is_not_tradable_says_what_is_in_doubt(reasons: Sequence[Reason], name: str) -> None:
    census = count_games([CELTICS_GAME], {CELTICS_GAME.id: (*BOTH, doubted(*reasons))})
    assert counted(census) == [("contracts", name, 1)]
    assert census.linked == 1


def test_a_contract_of_a_game_that_cannot_be_traded_says_how_the_game_stands() -> None:
    game = msgspec.structs.replace(CELTICS_GAME, status="postponed")
    links = [doubted(Reason("game", "unknown", "the game is postponed"))] * 3
    assert counted(count_games([game], {game.id: links})) == [("games", "postponed", 1), ("contracts", "postponed", 3)]
    old = doubted(Reason("game", "unknown", "should have begun 14 h ago and nobody says how it stands"))
    assert counted(count_games([CELTICS_GAME], {CELTICS_GAME.id: [old]}))[1:] == [("contracts", "game", 1)]


def test_the_most_frequent_reasons_come_first() -> None:
    first = doubted(Reason("side", "unknown", "a second witness is missing"))
    more = [doubted(Reason("start", "differs", "90 min later"))] * 2
    census = count_games([CELTICS_GAME], {CELTICS_GAME.id: (*BOTH, first, *more)})
    assert counted(census) == [("contracts", "start", 2), ("contracts", "side", 1)]
