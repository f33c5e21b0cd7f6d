"""What a listing says that a contract costs is shown where there is no book, in every process."""

import asyncio

from app.domain.games import GameId
from app.domain.inputs import GameLeft, GameTaken
from app.domain.markets import ContractId
from app.domain.prices import Listed, Nanos, Quote, book_id
from app.hot.shown import QuoteShown, quote_shown
from tests.workers.bots import until
from tests.workers.worlds import KALSHI, MLB, PADRES_GAME, POLYMARKET, World, on_polymarket, priced
from workers.hints import keep_hinting
from workers.market_searcher import market_searcher


async def searched(world: World) -> dict[ContractId, QuoteShown]:
    """What is shown of the game's contracts after a search that found prices."""
    await world.hot.save_games([PADRES_GAME])
    world.polymarket.listings[MLB] = [priced(on_polymarket(), 0.395)]
    await market_searcher(world.resources)
    links = await world.hot.links(PADRES_GAME.id)
    return await world.hot.quotes([link.contract_id for link in links if link.contract_id])


async def test_what_gamma_says_is_shown_as_indicative_and_never_with_a_size(world: World) -> None:
    shown = (await searched(world)).values()
    assert sorted((quote.bid, quote.ask) for quote in shown) == [("0.3950", "0.3950"), ("0.6050", "0.6050")]
    assert {(quote.state, quote.bid_size, quote.venue, quote.game_id) for quote in shown} == {
        ("indicative", None, POLYMARKET, PADRES_GAME.id)
    }


async def test_a_book_that_somebody_holds_comes_before_the_listing(world: World) -> None:
    first, second = await searched(world)
    listed = Listed(book_id(POLYMARKET, "m"), POLYMARKET, "m", GameId("401"), first, second)
    quote = Quote(first, 3_800, 1_000_000, 4_000, 1_000_000, Nanos(1), Nanos(1), Nanos(1))
    mirror = await world.hot.open_mirror(POLYMARKET)
    await mirror.write([], [quote_shown(listed, quote, Nanos(1), 1, mirror.next_flush())], None)
    shown = await world.hot.quotes([first, second])
    assert [(each, shown[each].state) for each in (first, second)] == [(first, "fresh"), (second, "indicative")]


async def test_the_core_that_works_on_the_game_hears_of_it(world: World) -> None:
    shown = await searched(world)
    intake = world.resources.intake
    intake.put(GameTaken(PADRES_GAME, tuple(await world.hot.links(PADRES_GAME.id)), intake.now()))
    task = asyncio.create_task(keep_hinting(world.resources))
    await until(lambda: all(intake.pipeline.hint(contract_id) for contract_id in shown))
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    said = {contract_id: hint.price for contract_id in shown if (hint := intake.pipeline.hint(contract_id))}
    assert sorted(said.values()) == [3_950, 6_050]
    intake.put(GameLeft(PADRES_GAME.id, intake.now()))
    assert not any(intake.pipeline.hint(contract_id) for contract_id in shown)
    assert KALSHI not in {quote.venue for quote in shown.values()}
