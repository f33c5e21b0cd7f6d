"""Earlier games to learn from, later ones to be tested on; no game is on both sides, and no test game begins before one
that was learned from.

>>> [len(side) for side in split_by_time([])]
[0, 0]
"""

from collections.abc import Sequence
from typing import NamedTuple

from app.analytics.models.studies import StudiedGame

LEARNED_SHARE = 0.6  # of the games


class Split(NamedTuple):
    """In the order of their start. Of games that all begin together there is no split: nothing is tested."""

    learned: Sequence[StudiedGame]
    tested: Sequence[StudiedGame]


def split_by_time(games: Sequence[StudiedGame], share: float = LEARNED_SHARE) -> Split:
    """Games that begin together stay together, on the side where that leaves the shares nearest to what is asked."""
    ordered = sorted(games, key=lambda game: (game.start, game.id))
    begins = [at for at in range(1, len(ordered)) if ordered[at].start > ordered[at - 1].start]
    if not begins:
        return Split(ordered, ())
    cut = min(begins, key=lambda at: abs(at - share * len(ordered)))
    return Split(ordered[:cut], ordered[cut:])
