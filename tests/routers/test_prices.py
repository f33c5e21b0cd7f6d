"""A game with both venues' quotes side by side."""

from app.domain.views import NoVig
from app.hot.schemas import statement_of
from app.hot.view_shown import ContractShown, GameViewShown, PropositionShown, SideShown
from tests.app.hot.samples import CELTICS_GAME, KALSHI, NOW, POLYMARKET, link
from tests.routers.houses import House
from tests.routers.test_markets import YES, hold_book, now

PATH = f"/games/{CELTICS_GAME.id}/prices"


async def test_both_venues_contracts_stand_side_by_side_by_proposition(slate: House) -> None:
    await hold_book(slate, now())
    answer = (await slate.ask.get(PATH)).json()
    first = answer["propositions"][0]
    assert first["proposition"]["statement"] == "Boston Celtics win"
    assert {each["venue"] for each in first["contracts"]} == {KALSHI, POLYMARKET}
    quotes = {each["contract_id"]: each["quote"] for each in first["contracts"]}
    assert (quotes[YES]["bid"], quotes[YES]["state"], quotes[YES]["lane"]) == ("0.5300", "fresh", "kalshi:1")
    assert [quote for name, quote in quotes.items() if name.startswith("polymarket")] == [None]
    assert (answer["shard"], first["no_vig"]) == (None, None)


async def test_the_shards_probabilities_stand_beside_them(slate: House) -> None:
    said = link(KALSHI, "KX-BOS").proposition
    contract = ContractShown(YES, KALSHI, "KX-BOS", "yes", "tradable", 0.54, None)  # type: ignore[arg-type]
    proposition = PropositionShown(statement_of(said), NoVig(0.53, "mid", (YES,), 0.02), [contract])
    game = CELTICS_GAME
    side = SideShown(game.home.id, game.home.name, 78)
    await slate.hot.save_view(
        GameViewShown(
            game_id=game.id,
            shard="here:1",
            fence=3,
            at=NOW,
            league=game.league,
            start=game.start,
            status="live",
            period=3,
            clock="7:42",
            home=side,
            away=side,
            home_win_probability=0.6,
            propositions=[proposition],
        )
    )
    answer = (await slate.ask.get(PATH)).json()
    first = answer["propositions"][0]
    assert (answer["shard"], answer["fence"]) == ("here:1", 3)
    assert first["no_vig"] == {"probability": 0.53, "method": "mid", "sources": [YES], "spread": 0.02}
    assert {each["contract_id"]: each["implied"] for each in first["contracts"]}[YES] == 0.54


async def test_a_game_that_is_not_followed_says_where_to_look(slate: House) -> None:
    answer = await slate.ask.get("/games/none/prices")
    assert (answer.status_code, "GET /games" in answer.json()["remedy"]) == (404, True)
