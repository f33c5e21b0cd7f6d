"""What a mistake costs somebody who buys both sides of a pair because it was called one and the same.

A wrong pair is two bets instead of a hedge. It loses its whole stake when both legs lose; lucky double wins are not
set against that, for a book that is sold as riskless is judged by what it can lose. A missed pair costs its edge.
"""

from typing import NamedTuple


class Costs(NamedTuple):
    """`price` of the first leg, of a dollar; the second costs the rest. The worst is one half."""

    stake: float = 100.0  # dollars a pair
    edge: float = 0.02  # of the stake, what a right pair earns
    price: float = 0.5

    @property
    def wrong(self) -> float:
        """Two games that have nothing to do with each other: both legs lose in (1 - p) p of the cases."""
        return self.stake * self.price * (1 - self.price)

    @property
    def inverted(self) -> float:
        """The same side bought twice: both legs lose together."""
        return self.stake * (1 - self.price)

    @property
    def missed(self) -> float:
        return self.stake * self.edge

    def per_1000(self, asked: int, wrong: int, missed: int, inverted: int = 0) -> float:
        """Dollars a thousand questions."""
        lost = wrong * self.wrong + inverted * self.inverted + missed * self.missed
        return round(1_000 * lost / max(asked, 1), 2)
