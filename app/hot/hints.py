"""What listings say that contracts cost: shown where nobody holds the venue's books, and never traded."""

from collections.abc import Mapping, Sequence

import msgspec

from app.domain.markets import ContractId
from app.domain.parsing import NOT_READABLE
from app.hot.keys import HINT_LIFETIME, hint_key
from app.hot.shelves import Keeper, set_command
from app.hot.shown import QuoteShown

_HINT = msgspec.json.Decoder(QuoteShown)


class PriceHints(Keeper):
    """Written by whoever reads listings."""

    async def save_hints(self, quotes: Sequence[QuoteShown], seconds: float = HINT_LIFETIME) -> None:
        """These are known until they are told again, or are too old to say anything."""
        if quotes:
            told = ((hint_key(quote.contract_id), msgspec.json.encode(quote)) for quote in quotes)
            await self._door.transact(*(set_command(key, body, seconds) for key, body in told))

    async def hints(self, contract_ids: Sequence[ContractId]) -> Mapping[ContractId, QuoteShown]:
        """Those of these contracts that have one."""
        found = await self._door.values([hint_key(contract_id) for contract_id in contract_ids])
        read = (_read(body) for body in found if body is not None)
        return {hint.contract_id: hint for hint in read if hint is not None}


def _read(body: bytes) -> QuoteShown | None:
    try:
        return _HINT.decode(body)
    except NOT_READABLE:
        return None  # a version that told it differently wrote it; it expires soon
