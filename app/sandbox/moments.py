"""One moment of a simulated slate at one venue: what everything is told from."""

from datetime import datetime

import msgspec

from app.sandbox.endings import Ending
from app.sandbox.fees import Fees
from app.sandbox.makers import Ladder, Makers, milliseconds
from app.sandbox.markets import Market
from app.sandbox.slates import Slate


class Moment(msgspec.Struct, frozen=True):
    """The games, the time, and who quotes."""

    slate: Slate
    now: datetime
    makers: Makers

    def list_market(self, market: Market) -> Ladder | None:
        """Let it be known that this market exists; its book, if it has one now."""
        self.makers.list_market(market)
        return self.makers.ladder(market, milliseconds(self.now))

    def rules(self, market: Market, written: str) -> str:
        """What the market's rules say: as written, unless a plan has it otherwise."""
        planned = self.makers.script.rules(market, milliseconds(self.now))
        return written if planned is None else planned

    def fine_print(self, market: Market, written: str) -> str:
        """The same of Kalshi's secondary rules."""
        planned = self.makers.script.fine_print(market, milliseconds(self.now))
        return written if planned is None else planned

    def fees(self, market: Market) -> Fees | None:
        """What a plan lets this market charge now; None: as ever."""
        return self.makers.script.fees(market, milliseconds(self.now))

    def ending(self, market: Market) -> Ending | None:
        """When a market closes and is settled; None when it never does."""
        return self.makers.ending(market)

    def pays(self, market: Market) -> int:
        """What its first outcome pays then, 1/10,000 dollar."""
        return self.makers.pays(market)

    def chance(self, market: Market) -> float:
        """How likely its claim is as the game stands at this very moment."""
        contest = market.contest
        return market.claim.chance(contest, self.slate.standing(contest, self.now) if contest else None)
