"""Trades on paper what a tape's signals say, by the executor itself, over the books as the tape has them then."""

from collections import Counter
from collections.abc import Coroutine, Mapping, Sequence

from app.domain.decisions import Decision
from app.domain.inputs import Traded
from app.domain.instructions import Instruction
from app.domain.markets import VenueId
from app.domain.money import Money
from app.domain.orders import AccountId
from app.domain.prices import Quote
from app.domain.risks import Account
from app.domain.signals import Judged, Signal
from app.executor.executors import Executors, Means
from app.executor.exposed import Exposed
from app.executor.gateways import paper_gateways
from app.executor.markets import Markets
from app.executor.news import News
from app.executor.trading import Outcome
from app.history.accounts import Seat
from app.intake import Intake
from app.replay.journals import MemoryJournal
from app.replay.ledgers import MemoryLedger
from app.replay.prints import Print
from app.settings import PaperSettings
from app.venues.roster import VENUES

ACCOUNTS: tuple[Account, ...] = ("arbitrage", "model")


class Execution:
    """Accounts that begin with what `open` gives them. `print`: of everything that became of orders and trades."""

    def __init__(self, intake: Intake, paper: PaperSettings) -> None:
        self.journal = MemoryJournal()
        self.ledger = MemoryLedger(self.journal)
        self.print = Print()
        self.fills = 0
        self.exits = Counter[str]()  # wishes to sell, by their rule
        self._intake = intake
        self._markets = Markets(intake.pipeline, self.ledger)
        self._exposed = Exposed(self.ledger)
        venues = [VenueId(each.name) for each in VENUES]
        self._gateways = paper_gateways(venues, self._markets, self.ledger, intake, paper)
        self._executors = Executors(self._means())

    def _means(self) -> Means:
        return Means(
            journal=self.journal,
            ledger=self.ledger,
            gateways={(each.kind, each.venue): each for each in self._gateways},
            now=self._intake.now,
            facts=self._markets.facts,
            market=self._markets.market,
            refusal=self._markets.refusal,
            may_open=self._may_open,
            most=lambda: self._intake.pipeline.desk.limits.max_entry_price,
            tell=self._tell,
            begin_anew=lambda _: None,
            ended=self._end_trade,
        )

    @property
    def statuses(self) -> Mapping[str, int]:
        """How many trades have ended in which way; `open`: the tape ended before them."""
        return Counter(self.journal.statuses.values())

    async def begin(self) -> None:
        """Sit down at every account."""
        for name in ACCOUNTS:
            await self._executors.take_over(Seat(AccountId(name), 1), "paper", lambda _: None)

    def open(self, account: Account, amount: Money) -> bool:
        """The account begins with so much; False when it has begun."""
        if self.ledger.positions(AccountId(account)) or self.ledger.cash(AccountId(account)):
            return False
        self.ledger.deposit(AccountId(account), amount)
        return True

    def hear(self, decision: Decision) -> None:
        """In the midst of the core's work."""
        if type(decision) is Quote:
            for gateway in self._gateways:
                gateway.touch(decision.contract_id)
        elif type(decision) is Judged and decision.stage == "sent" and decision.is_final:
            self.open(decision.signal.account, self._bankroll(decision.signal.account))
            self._executors.trade(decision.signal, AccountId(decision.signal.account))

    def note_trade(self, told: Traded) -> None:
        """Others have traded."""
        for gateway in self._gateways:
            gateway.note_trade(told)

    async def obey(self, wanted: Instruction) -> None:
        """Carry an instruction out; whatever becomes of it stands in the books."""
        await self._executors.obey(wanted)

    def tasks(self) -> Sequence[Coroutine[object, object, None]]:
        """What runs beside."""
        return self._executors.tasks()

    def look(self) -> None:
        """Raise what a trade fell over, and open again the games whose trades are level."""
        self._executors.raise_fallen()
        for plan in self._exposed.level():
            self._exposed.forget(plan)

    async def end(self) -> None:
        """Leave everything as it is."""
        await self._executors.end()

    def _bankroll(self, account: Account) -> Money:
        limits = self._intake.pipeline.desk.limits
        return limits.model_bankroll if account == "model" else limits.bankroll

    def _may_open(self, signal: Signal) -> str | None:
        return self._markets.may_open(signal, self._intake.now()) or self._exposed.blocks(signal)

    def _end_trade(self, outcome: Outcome) -> None:
        self.print.take((outcome.plan.trade_id, outcome.status, outcome.held))
        if outcome.status == "exposed":
            self._exposed.note(outcome.plan)

    def _tell(self, news: News) -> None:
        self.print.take((news.standing and news.standing.last, news.fill, news.position))
        if news.fill is not None:
            self.fills += 1
            for gateway in self._gateways:
                gateway.note_booked(news.fill.id)
        elif news.standing is None and news.position is not None:
            for gateway in self._gateways:
                gateway.settle(news.position.account, news.position.contract_id)
