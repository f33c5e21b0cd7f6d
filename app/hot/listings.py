"""Listings that are tied to nothing, per venue and league: the unmatched radar.

Venues list thousands of props and futures. Of each reason only the first LEFT_OUT_KEPT are kept in full, so a rare
reason ("ambiguous_team") is never crowded out by a common one ("prop"); all of them are counted.
"""

from collections import Counter
from collections.abc import Sequence

import msgspec

from app.domain.leagues import LeagueCode
from app.domain.links import LeftOut
from app.domain.markets import VenueId
from app.hot.connections import Door
from app.hot.keys import LEFT_OUT, LEFT_OUT_KEPT, LEFT_OUT_LIFETIME, left_out_key, place_name
from app.hot.shelves import Keeper, Shelf


class LeftOutPage(msgspec.Struct, frozen=True):
    """What one venue lists of one league that is left out: how many by reason, and examples of each."""

    counts: dict[str, int]
    items: tuple[LeftOut, ...]


class LeftOutListings(Keeper):
    """What was left out at the last search."""

    def __init__(self, door: Door) -> None:
        super().__init__(door)
        self._pages = Shelf(door, LEFT_OUT, left_out_key, LeftOutPage)

    async def save_left_out(
        self, venue: VenueId, league: LeagueCode, items: Sequence[LeftOut], seconds: float = LEFT_OUT_LIFETIME
    ) -> None:
        """These, and no others, are left out of this venue's listings of the league now."""
        await self._pages.put({place_name(venue, league): bounded(items)}, seconds)

    async def left_out(self, venue: VenueId | None = None, league: LeagueCode | None = None) -> list[LeftOut]:
        """The listings kept, of one venue or league if named."""
        return [item for page in await self._chosen(venue, league) for item in page.items]

    async def left_out_counts(self, venue: VenueId | None = None, league: LeagueCode | None = None) -> dict[str, int]:
        """How many were left out for each reason, kept or not; the most frequent first."""
        total: Counter[str] = Counter()
        for page in await self._chosen(venue, league):
            total.update(page.counts)
        return dict(total.most_common())

    async def left_out_examples(self) -> dict[str, tuple[int, LeftOut]]:
        """How many were left out for each reason, and one of them; the most frequent first."""
        pages = await self._chosen(None, None)
        counts: Counter[str] = Counter()
        for page in pages:
            counts.update(page.counts)
        examples = {item.code: item for page in reversed(pages) for item in reversed(page.items)}
        return {code: (count, examples[code]) for code, count in counts.most_common() if code in examples}

    async def _chosen(self, venue: VenueId | None, league: LeagueCode | None) -> list[LeftOutPage]:
        if venue and league:
            return list((await self._pages.get([place_name(venue, league)])).values())
        pages = await self._pages.all()
        asked = sorted(name for name in pages if _answers(name, venue, league))
        return [pages[name] for name in asked]


def bounded(items: Sequence[LeftOut], kept: int = LEFT_OUT_KEPT) -> LeftOutPage:
    """All counted, the first `kept` of each reason in full."""
    counts: Counter[str] = Counter()
    examples = []
    for item in items:
        counts[item.code] += 1
        if counts[item.code] <= kept:
            examples.append(item)
    return LeftOutPage(dict(counts), tuple(examples))


def _answers(name: str, venue: VenueId | None, league: LeagueCode | None) -> bool:
    named_venue, _, named_league = name.partition(":")
    return venue in (None, named_venue) and league in (None, named_league)
