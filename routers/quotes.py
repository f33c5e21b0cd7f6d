"""What the API answers about prices: decimal strings in dollars, both clocks, and how old it is at reading time."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Self

from pydantic import Field
from pydantic.config import JsonDict

from app.clock import nanos_clock
from app.domain.links import Link, Verdict
from app.domain.markets import ContractId
from app.domain.prices import SECOND, Doubt, Nanos, State
from app.domain.propositions import Polarity
from app.domain.views import NoVigMethod
from app.hot.shown import BookShown, QuoteShown, seen
from app.resources import Resources
from routers.answers import PROPOSITION, Answer, PropositionAnswer
from routers.views import quote_seen

QUOTE: JsonDict = {
    "contract_id": "kalshi:KXNBASPREAD-26JAN08LALBOS-BOS3:yes",
    "bid": "0.5300",
    "bid_size": "1200",
    "ask": "0.5500",
    "ask_size": "310.5",
    "venue_time": "2026-01-09T01:12:04.118Z",
    "received_at": "2026-01-09T01:12:04.161Z",
    "proved_at": "2026-01-09T01:12:05.002Z",
    "age_ms": 212,
    "state": "fresh",
    "doubt": None,
    "sequence": 48211,
    "mark": "3",
    "lane": "kalshi:1",
}
CONTRACT: JsonDict = {
    "venue": "kalshi",
    "market_id": "KXNBASPREAD-26JAN08LALBOS-BOS3",
    "contract_id": "kalshi:KXNBASPREAD-26JAN08LALBOS-BOS3:yes",
    "outcome": "Boston",
    "polarity": "yes",
    "verdict": "tradable",
    "implied": 0.54,
    "quote": QUOTE,
}
NO_VIG: JsonDict = {
    "probability": 0.538,
    "method": "mid",
    "sources": ["kalshi:KXNBASPREAD-26JAN08LALBOS-BOS3:yes"],
    "spread": 0.02,
}
PROPOSITION_PRICES: JsonDict = {"proposition": PROPOSITION, "no_vig": NO_VIG, "contracts": [CONTRACT]}

STATE = "`fresh`: the venue has just shown that it is so; `stale`: it did not for a while; `quarantined`: in doubt, "
STATE += "never used; `indicative`: from the listing, there is no book."


class QuoteAnswer(Answer):
    """Best bid and ask of one contract."""

    contract_id: str
    bid: str | None = Field(description="Dollars; null: nobody bids.")
    bid_size: str | None = Field(description="Contracts.")
    ask: str | None
    ask_size: str | None
    venue_time: datetime | None = Field(description="When the venue says that it became so.")
    received_at: datetime | None = Field(description="When we heard of it.")
    proved_at: datetime | None = Field(description="When the venue last showed that it is still so.")
    age_ms: int | None = Field(description="Since the proof.")
    state: State = Field(description=STATE)
    doubt: Doubt | None = Field(description="Why it is quarantined.")
    sequence: int = Field(description="The venue's number of the book's state; 0 where it has none.")
    mark: str = Field(description="Of the state, too: Polymarket's hash; the subscription that Kalshi counts for.")
    lane: str = Field(description="The subscription that carries it; `lanes` on /ws says when it was proved.")


class NoVigAnswer(Answer):
    """Probability that the proposition comes true, without the venues' margin."""

    probability: float
    method: NoVigMethod
    sources: list[str] = Field(description="The contracts whose quotes were used.")
    spread: float = Field(description="Of the tightest of them, in dollars.")


class ContractPrices(Answer):
    """One contract and what it costs now."""

    venue: str
    market_id: str | None
    contract_id: str
    outcome: str
    polarity: Polarity | None
    verdict: Verdict
    implied: float | None = Field(description="Probability that it pays, by the middle of its market.")
    quote: QuoteAnswer | None = Field(description="Null while nobody holds its book.")

    @classmethod
    def of(cls, link: Link, quote: QuoteShown | None, implied: float | None) -> Self:
        """`link` has a contract."""
        return cls(
            venue=link.venue,
            market_id=link.market_id,
            contract_id=link.contract_id or "",
            outcome=link.outcome,
            polarity=link.polarity,
            verdict=link.verdict,
            implied=implied,
            quote=None if quote is None else QuoteAnswer.model_validate(quote),
        )


class PropositionPrices(Answer):
    """One statement about the game, and what each venue's contracts about it cost."""

    proposition: PropositionAnswer
    no_vig: NoVigAnswer | None = Field(description="Null where no shard works on the game, or nobody's price says it.")
    contracts: list[ContractPrices]


async def quotes_now(opened: Resources, links: Sequence[Link]) -> Mapping[ContractId, QuoteShown]:
    """The quotes of these contracts, aged anew. Raises HotStoreUnavailable."""
    contracts = [link.contract_id for link in links if link.contract_id is not None]
    quotes, lanes = await opened.hot.quotes(contracts), await opened.hot.lanes()
    now, fresh_within = reading_time(opened)
    return {name: quote_seen(quote, lanes, now, fresh_within) for name, quote in quotes.items()}


def reading_time(opened: Resources) -> tuple[Nanos, int]:
    """Now, and for how many nanoseconds a proof holds."""
    return nanos_clock(opened.clock)(), round(opened.settings.prices.fresh * SECOND)


async def book_now(opened: Resources, book: BookShown) -> BookShown:
    """A book aged anew. Raises HotStoreUnavailable."""
    found = seen(book, await opened.hot.lanes(), *reading_time(opened))
    assert isinstance(found, BookShown)  # it was one
    return found
