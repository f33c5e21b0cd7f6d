"""A market's order book as the API shows it, for either of its contracts."""

from collections.abc import Sequence
from datetime import datetime
from typing import Self

import msgspec
from pydantic import BaseModel, ConfigDict, Field

from app.domain.prices import Doubt, State, mirrored_levels
from app.hot.shown import BookShown, LevelShown, levels_of, levels_shown
from routers.quotes import STATE


class LadderAnswer(BaseModel):
    """The order book of one contract, the best level first on both sides."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "venue": "kalshi",
                "market_id": "KXNBASPREAD-26JAN08LALBOS-BOS3",
                "game_id": "401810365",
                "contract_id": "kalshi:KXNBASPREAD-26JAN08LALBOS-BOS3:yes",
                "complement_id": "kalshi:KXNBASPREAD-26JAN08LALBOS-BOS3:no",
                "bids": [["0.5300", "1200"], ["0.5200", "800"]],
                "asks": [["0.5500", "310.5"]],
                "bids_beyond": 4,
                "asks_beyond": 0,
                "venue_time": "2026-01-09T01:12:04.118Z",
                "received_at": "2026-01-09T01:12:04.161Z",
                "proved_at": "2026-01-09T01:12:05.002Z",
                "age_ms": 212,
                "state": "fresh",
                "doubt": None,
                "doubted_at": None,
                "sequence": 48211,
                "mark": "3",
                "lane": "kalshi:1",
            }
        }
    )

    venue: str
    market_id: str
    game_id: str
    contract_id: str = Field(description="Whose ladder this is.")
    complement_id: str | None = Field(description="The other outcome: a bid here is an ask there, at one dollar less.")
    bids: list[tuple[str, str]] = Field(description="Price in dollars and contracts there.")
    asks: list[tuple[str, str]]
    bids_beyond: int = Field(description="Levels that are not shown.")
    asks_beyond: int
    venue_time: datetime | None = Field(description="When the venue says that it became so.")
    received_at: datetime | None = Field(description="When we heard of it.")
    proved_at: datetime | None = Field(description="When the venue last showed that it is still so.")
    age_ms: int | None = Field(description="Since the proof.")
    state: State = Field(description=STATE)
    doubt: Doubt | None = Field(description="Why it is quarantined.")
    doubted_at: datetime | None = Field(description="Since when.")
    sequence: int = Field(description="The venue's number of the book's state; 0 where it has none.")
    mark: str = Field(description="Of the state, too: Polymarket's hash; the subscription that Kalshi counts for.")
    lane: str

    @classmethod
    def of(cls, book: BookShown, *, is_second: bool = False) -> Self:
        """`is_second`: in terms of the market's other contract, which costs one dollar less what the first costs."""
        fields = msgspec.structs.asdict(book)
        if is_second:
            fields |= {"bids": _mirrored(book.asks), "asks": _mirrored(book.bids)}
            fields |= {"bids_beyond": book.asks_beyond, "asks_beyond": book.bids_beyond}
        contract_id, complement_id = (book.second, book.first) if is_second else (book.first, book.second)
        return cls.model_validate({**fields, "contract_id": contract_id, "complement_id": complement_id})


def _mirrored(levels: Sequence[LevelShown]) -> Sequence[LevelShown]:
    return levels_shown(mirrored_levels(levels_of(levels)))
