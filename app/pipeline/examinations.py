"""Looks closely at a combination that may be worth more than it costs: stage by stage, until something stands against
it or nothing is left that could. What comes of it is a signal with its whole record, kept or refused."""

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from app.domain.decisions import Decision
from app.domain.games import Game
from app.domain.links import Link
from app.domain.markets import ContractId
from app.domain.money import SIZE_UNITS, Money, Size
from app.domain.prices import MILLISECOND, SECOND, Nanos
from app.domain.risks import Account
from app.domain.settlements import Payoffs
from app.domain.signals import Check, Judged, Signal, SignalId, Stage
from app.execution import Allowance, Desk, Sizing
from app.pipeline.cases import Case
from app.pipeline.checks import BEFORE_RULES, OF_RULES, Named, reason_of
from app.pipeline.writings import write_signal
from app.prices.board import Board
from app.signals.combinations import FEES, NO_GAP, TAKEN, Combination, Place

QUIET = 60 * SECOND  # a combination that comes back to the same refusal within this is not written down again
SENT: Place = ("sent", "sent")

PayoffsOf = Callable[[Game, Sequence[Link]], Payoffs]


class Claim(NamedTuple):
    """So much of a contract was taken by a signal that the process of this run has found."""

    at: Nanos
    size: Size
    run: str


class Examination:
    """What is decided is left in `said`. `payoffs_of`: what the legs pay, by their rules."""

    def __init__(self, board: Board, desk: Desk, payoffs_of: PayoffsOf, said: list[Decision]) -> None:
        self._board = board
        self._desk = desk
        self._payoffs_of = payoffs_of
        self._said = said
        self._claims: dict[ContractId, Claim] = {}
        self._number = 0
        self.run = ""
        self.is_final = False  # this process has the last word on signals

    def examine(self, made: Combination, now: Nanos) -> Place:
        """Where the combination stands, and why; its price says that there is an edge."""
        if made.sent_at and 0 <= now - made.sent_at < self._desk.limits.again_after_ms * MILLISECOND:
            return SENT
        quotes = [self._board.quote(side.contract_id) for side in made.sides]
        known = [quote for quote in quotes if quote is not None]
        if len(known) < len(quotes):
            return NO_GAP
        claimed = [self._claimed_of(now, side.contract_id) for side in made.sides]
        made.is_taken = any(claimed)
        case = Case(made, known, self._board, self._desk.limits, now, claimed)
        if case.steps:
            return self._go_through(case)
        made.detail = "another signal has it" if made.is_taken else "the fee, rounded up, is more than the gap"
        return TAKEN if made.is_taken else FEES

    def offer(self, signal: Signal, now: Nanos) -> None:
        """Another process has found and sized this; its checks are made again, by what is at stake here."""
        failed, checks = _first_failing("risk", self._desk.check(signal, now))
        rival = self._rival_of(signal, now)
        if failed is None and rival is not None:
            failed, checks = TAKEN, (*checks, Check(TAKEN[1], False, rival))
        self._tell(signal, failed, checks, now)

    def _go_through(self, case: Case) -> Place:
        checks: list[Check] = []
        place = _fails(BEFORE_RULES, case, checks)
        if place is None or place[0] != "linked":
            made = case.made
            made.payoffs = made.payoffs or self._payoffs_of(case.game, case.links)
            case.weigh(made.payoffs)
        place = place or _fails(OF_RULES, case, checks)
        if place is not None:
            return self._refuse(case, place, checks)
        allowance = self._desk.allow(_sizing(case), case.now)
        if allowance.size < max(case.limits.min_size, SIZE_UNITS):
            return self._refuse(case, _cut_short(allowance, checks), checks)
        signal = self._write(case, allowance.size)
        failed, said = _first_failing("risk", self._desk.check(signal, case.now, is_sized=True))
        checks += (*allowance.cuts, *said)
        made = case.made
        if failed is not None:
            return self._refuse(case, failed, checks, signal)
        made.detail = f"{signal.size // SIZE_UNITS} contracts, ${signal.profit / 1e6:.2f}"
        made.sent_at = case.now
        self._tell(signal, None, checks, case.now)
        return SENT

    def _refuse(self, case: Case, place: Place, checks: Sequence[Check], signal: Signal | None = None) -> Place:
        """Counted each time it comes to stand there; written down when it is news."""
        made, now = case.made, case.now
        made.detail = next((check.detail for check in reversed(checks) if not check.is_passed), "")
        is_back = made.place != place and not 0 <= now - made.told_at < QUIET
        is_news = made.told != place or is_back
        if is_news:
            made.told, made.told_at = place, now
            self._tell(signal or self._write(case, case.most), place, checks, now)
        return place

    def _claim(self, signal: Signal, now: Nanos) -> None:
        self._claims = {name: claim for name, claim in self._claims.items() if self._stands(claim, now)}
        for leg in signal.legs:
            taken = Size(self._claimed_of(now, leg.contract_id) + leg.size)
            self._claims[leg.contract_id] = Claim(now, taken, _run_of(signal))

    def _rival_of(self, signal: Signal, now: Nanos) -> str | None:
        """Who finds a signal leaves out what its own ones take, and knows nothing of others: while a game changes hands
        two processes see the same contracts."""
        for leg in signal.legs:
            claim = self._claims.get(leg.contract_id)
            if claim is not None and self._stands(claim, now) and claim.run != _run_of(signal):
                return f"{leg.contract_id} was just taken by a signal of {claim.run}"
        return None

    def _claimed_of(self, now: Nanos, contract_id: ContractId) -> Size:
        """What lies in a book is taken once, however many combinations it is part of."""
        claim = self._claims.get(contract_id)
        return claim.size if claim is not None and self._stands(claim, now) else Size(0)

    def _stands(self, claim: Claim, now: Nanos) -> bool:
        """Not for as long as a clock was set back."""
        return 0 <= now - claim.at < self._desk.limits.again_after_ms * MILLISECOND

    def _write(self, case: Case, size: Size) -> Signal:
        self._number += 1
        return write_signal(SignalId(f"{self.run}-{self._number}"), case, size)

    def _tell(self, signal: Signal, place: Place | None, checks: Iterable[Check], now: Nanos) -> None:
        stage, reason = place or SENT
        checks = tuple(checks)
        detail = next((check.detail for check in checks if not check.is_passed), "")
        if place is None:
            self._desk.note_sent(signal, now)
            self._claim(signal, now)
        self._said.append(
            Judged(
                signal=signal,
                stage=stage,
                reason=reason,
                detail=detail,
                checks=checks,
                limits=self._desk.limits.version,
                is_final=self.is_final,
                at=now,
                haircut=self._desk.haircuts.get(signal.detector),
            )
        )


def _run_of(signal: Signal) -> str:
    return signal.id.rpartition("-")[0]


def _fails(named: Sequence[Named], case: Case, checks: list[Check]) -> Place | None:
    """The place of the first check that fails; those that were passed stand before it."""
    for each in named:
        wrong = each.check(case)
        if wrong is not None:
            reason = reason_of(each, case)
            checks.append(Check(reason, False, wrong))
            return each.stage, reason
        checks.append(each.passed)
    return None


def _first_failing(stage: Stage, checks: Sequence[Check]) -> tuple[Place | None, Sequence[Check]]:
    failed = next((check for check in checks if not check.is_passed), None)
    return (None if failed is None else (stage, failed.name)), checks


def _cut_short(allowance: Allowance, checks: list[Check]) -> Place:
    """The books had enough, and something left too little of it."""
    checks += allowance.cuts
    reason = next((cut.name for cut in allowance.cuts if not cut.is_passed), "min_size")
    if all(check.is_passed for check in checks):
        checks.append(Check(reason, False, f"{allowance.size // SIZE_UNITS} contracts are left"))
    return "risk", reason


def _sizing(case: Case) -> Sizing:
    """For Kelly everything that the tails cost on average comes as the worst loss, so often as makes that."""
    made, payoffs = case.made, case.payoffs
    assert payoffs is not None  # the rules were looked at
    cost, edge, tail_cost = case.unit_cost, made.worth - case.taken_from[-1].cost, case.unit_tail_cost
    loss = max(0, cost - payoffs.worst.total * 100)
    is_value = made.estimate is not None
    account: Account = "model" if is_value else "arbitrage"
    return Sizing(
        detector=made.detector,
        account=account,
        game_id=case.game.id,
        league=case.game.league,
        venues=tuple(link.venue for link in case.links),
        market_ids=tuple(link.market_id for link in case.links if link.market_id is not None),
        unit_cost=cost,
        unit_profit=Money(edge),
        unit_loss=Money(loss),
        tail_chance=min(1.0, tail_cost / loss) if loss else 0.0,
        probability=made.estimate.probability if made.estimate else None,
        market_probability=case.market_probability,
        book_size=case.most,
        leg_costs=case.leg_costs,
    )
