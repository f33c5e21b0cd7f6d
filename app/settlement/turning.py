"""The two contracts of a market: what one wins the other one loses."""

import msgspec

from app.domain.settlements import Payout, Terms

_TURNED: dict[Payout, Payout] = {"win": "lose", "lose": "win"}


def turned_payout(payout: Payout) -> Payout:
    """What the other contract is paid."""
    return _TURNED.get(payout, payout)


def turned(terms: Terms) -> Terms:
    """The terms of the other contract."""

    def turn(payout: Payout | None) -> Payout | None:
        return None if payout is None else turned_payout(payout)

    return msgspec.structs.replace(
        terms,
        tie=turn(terms.tie),
        late=turn(terms.late),
        cancelled=turn(terms.cancelled),
        abandoned=tuple(map(turned_payout, terms.abandoned)),
    )
