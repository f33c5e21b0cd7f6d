"""The desk: it says how much may be opened and whether, and remembers what it has let go a moment ago."""

from collections import deque
from collections.abc import Mapping

from app.domain.inputs import Discounted, Halted, Held, Limited
from app.domain.money import Money
from app.domain.prices import SECOND, Nanos
from app.domain.risks import Account, Halt, Holdings, RiskLimits
from app.domain.signals import Check, Detector, Haircut, Signal
from app.execution.controls import checked, places_of
from app.execution.exposures import Exposures, Place, Reserved
from app.execution.sizing import Allowance, Sizing, allowed
from app.execution.standings import Cap, Standing, caps_at

MINUTE = 60 * SECOND
TOLD_WITHIN = 10 * SECOND  # after a signal has run out, its account has said what became of it

UNTOLD = Halt(scope="all", reason="nobody has told the halts yet", halted_by="platform", halted_at="")


class Desk:
    """One per core. Nothing is opened before the halts are told: the process may have begun after them.

    `is_paper`: nothing that is sent costs real money.
    """

    def __init__(self, *, is_paper: bool = True) -> None:
        self.limits = RiskLimits()
        self.halts: tuple[Halt, ...] = (UNTOLD,)
        self.haircuts: Mapping[Detector, Haircut] = {}
        self._is_paper = is_paper
        self._holdings: dict[Account, Holdings] = {}
        self._exposures = Exposures()
        self._orders: deque[Nanos] = deque()
        self._sent_at = Nanos(0)  # the last of them

    @property
    def is_told(self) -> bool:
        """Whether somebody has said what is halted."""
        return UNTOLD not in self.halts

    def account(self, account: Account, now: Nanos) -> tuple[Money, float]:
        """What an account is worth, and the share that is lost of its highest equity."""
        standing = self.standing(now)
        return standing.equity(account), standing.drawdown(account)

    def limit(self, told: Limited) -> None:
        """These limits hold from now on, for what was sent before, too."""
        self.limits = told.limits

    def halt(self, told: Halted) -> None:
        """These halts, and no others."""
        self.halts = told.halts

    def discount(self, told: Discounted) -> None:
        """So much of their edges is believed; of others all of it."""
        self.haircuts = {each.detector: each for each in told.haircuts}

    def hold(self, told: Held) -> None:
        """What an account has."""
        self._holdings[told.holdings.account] = told.holdings
        self._exposures.hold(told.holdings)

    def allow(self, asked: Sizing, now: Nanos) -> Allowance:
        """The largest size that the limits, Kelly, the tails and everything at stake allow."""
        return allowed(asked, self.standing(now))

    def check(self, signal: Signal, now: Nanos, *, is_sized: bool = False) -> tuple[Check, ...]:
        """What each control says, in order; the first that is not passed names the refusal. `is_sized`: by this desk in
        this very moment, so that its caps are kept to."""
        return checked(signal, self.standing(now), is_sized=is_sized)

    def note_sent(self, signal: Signal, now: Nanos) -> None:
        """Its stake is taken until its account can have told what became of it, and its legs count as orders."""
        contracts = [(leg.contract_id, leg.market_id) for leg in signal.legs]
        until = Nanos(max(signal.expires_at, now) + TOLD_WITHIN)
        self._exposures.reserve(Reserved(places_of(signal), contracts, until))
        self._orders.extend(now for _ in signal.legs)
        self._sent_at = now

    def standing(self, now: Nanos) -> Standing:
        """How things stand."""
        if now < self._sent_at:
            self._turn_back(self._sent_at - now)
        self._exposures.let_go(now)
        while self._orders and now - self._orders[0] >= MINUTE:
            self._orders.popleft()
        return Standing(
            now,
            self.limits,
            self.halts,
            self._exposures,
            self._holdings,
            len(self._orders),
            self._is_paper,
            self.haircuts,
        )

    def used(self, now: Nanos) -> tuple[tuple[Place, Cap], ...]:
        """Every limit with what is used of it, wherever anything is at stake."""
        standing = self.standing(now)
        return tuple(caps_at(self._exposures.places(), standing))

    def _turn_back(self, by: int) -> None:
        """The clock was set back, and what is remembered goes with it: else it would be kept for so much longer."""
        self._orders = deque(Nanos(at - by) for at in self._orders)
        self._exposures.turn_back(by)
        self._sent_at = Nanos(self._sent_at - by)
