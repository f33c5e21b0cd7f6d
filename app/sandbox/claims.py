"""What a market asks, as arithmetic: a claim about the margin or the total of a game, and how likely it is."""

from typing import Literal

import msgspec

from app.sandbox.games import Contest, Standing
from app.sandbox.prices import Outlook, half_outlook, outlook


class Claim(msgspec.Struct, frozen=True):
    """True when the named side wins by more than the line, when nobody wins, or when more is scored than the line."""

    of: Literal["home", "away", "draw", "over", "fixed"]
    line: float = 0.0
    is_half: bool = False  # about the first half
    likely: float = 0.5  # of something that no score tells

    def chance(self, contest: Contest | None, standing: Standing | None) -> float:
        """How likely it is as the game stands; without a game, as it is fixed."""
        if self.of == "fixed" or contest is None or standing is None:
            return self.likely
        return self.within(half_outlook(contest, standing) if self.is_half else outlook(contest, standing))

    def within(self, expected: Outlook) -> float:
        """How likely it is by what is expected."""
        if self.of == "home":
            return expected.home_by_more_than(self.line)
        if self.of == "away":
            return 1 - expected.home_by_more_than(-self.line)
        return expected.draw if self.of == "draw" else expected.over(self.line)


def fixed(likely: float) -> Claim:
    """Of something that no score tells."""
    return Claim("fixed", likely=likely)
