"""What listings say that contracts cost, carried from those who read listings to those who show and keep prices."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from app.domain.inputs import Hinted
from app.domain.links import Link
from app.domain.markets import ContractId, MarketId
from app.domain.money import Price, price, price_text
from app.errors import HotStoreUnavailable
from app.hot.shown import QuoteShown
from app.resources import Resources

HINT_EVERY = 15.0  # seconds


def hints_of(links: Iterable[Link], prices: Mapping[ContractId, float], at: datetime) -> Sequence[QuoteShown]:
    """The middle of each contract's market, told as both its bid and its ask: nobody offers any size there."""
    priced = ((link, contract_id) for link in links if (contract_id := link.contract_id) and contract_id in prices)
    return [_hint(link, each, price_text(_price(prices[each])), at) for link, each in priced]


async def keep_hinting(resources: Resources) -> None:
    """Tell the core of this process, until cancelled, what listings say of the games that it works on and has no books
    of."""
    intake, told = resources.intake, dict[ContractId, Price]()
    while True:
        links = [link for taken in intake.pipeline.taken.values() for link in taken.links]
        wanted = [
            each.contract_id for each in links if each.contract_id and not intake.pipeline.quote(each.contract_id)
        ]
        try:
            hints = await resources.hot.hints(wanted)
        except HotStoreUnavailable:
            hints = {}  # the next round finds them
        told = {each: told[each] for each in wanted if each in told}
        for contract_id, hint in hints.items():
            said = price(hint.bid or "0")
            if told.get(contract_id) != said:
                told[contract_id] = said
                intake.put(Hinted(contract_id, said, intake.now()))
        await asyncio.sleep(HINT_EVERY)


def _hint(link: Link, contract_id: ContractId, said: str, at: datetime) -> QuoteShown:
    return QuoteShown(
        contract_id=contract_id,
        venue=link.venue,
        market_id=link.market_id or MarketId(""),
        game_id=link.game_id,
        bid=said,
        ask=said,
        received_at=at,
        proved_at=at,
        state="indicative",
    )


def _price(probability: float) -> Price:
    return price(f"{probability:.4f}")
