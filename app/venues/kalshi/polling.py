"""Kalshi's prices without a key: its books are asked for over REST, those of live games most often. What is shown is as
old as it says."""

import asyncio
import itertools
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import NoReturn

from app.domain.inputs import Doubted, Snapshot
from app.domain.markets import VenueId
from app.domain.prices import SECOND, BookId, Doubt, LaneId, Listed, Nanos, lane_id
from app.errors import FeedError, FeedUnavailable
from app.fetching import Fetcher
from app.ports import Put
from app.settings import KalshiSettings, PricesSettings
from app.venues.kalshi.following import Following
from app.venues.kalshi.markets import KALSHI
from app.venues.kalshi.orderbooks import BOOKS_A_CALL, ask_for_books
from app.venues.tasks import end, until

SHARE_OF_CALLS = 0.5  # of what one host allows
IDLE = 0.1  # seconds
LONGEST_REST = 5.0  # seconds, after a call that failed
AGES = (5, 10, 30, 60, 300)  # seconds


class Poll:
    """Markets that are asked for together, so that one answer shows all of them: a lane."""

    def __init__(self, lane: LaneId) -> None:
        self.lane = lane
        self.books: dict[str, BookId] = {}  # by ticker
        self.shown_at: Nanos | None = None
        self.asked_at = Nanos(0)


class PollingFeed:
    """Books over REST, within half of the calls that one host allows."""

    venue: VenueId = KALSHI

    def __init__(
        self, settings: KalshiSettings, prices: PricesSettings, fetcher: Fetcher, put: Put, now: Callable[[], Nanos]
    ) -> None:
        self._fetcher = fetcher
        self._put = put
        self._now = now
        self._pace = 1 / (settings.per_second * SHARE_OF_CALLS)
        self._every_live = int(prices.prove_after * SECOND)
        self._every_other = int(prices.silence * SECOND) // 2
        self._counts: Counter[str] = Counter()
        self._following = Following(fetcher, put, now, self._counts)
        self._numbers = itertools.count(1)  # no two polls have one name: a lane that is left proves nothing any more
        self._polls: list[Poll] = []
        self._of: dict[str, Poll] = {}  # by ticker
        self._paused: set[str] = set()
        self._failure = ""

    @property
    def counts(self) -> Mapping[str, int]:
        """Requests, answers, and what went wrong, by kind, since the start."""
        return {**self._fetcher.counts, **self._counts}

    @property
    def trouble(self) -> str:
        """That there is no key, and how old the oldest prices are."""
        said = f"Kalshi's socket wants a key: prices come over REST, {self._words_for_age()}"
        return "; ".join(filter(None, (said, self._failure, self._following.trouble)))

    async def follow(self, listed: Sequence[Listed], live: frozenset[BookId]) -> None:
        """These books and no others from now on."""
        joined, left = self._following.change(listed, live)
        for one in left:
            self._of.pop(one.market_id).books.pop(one.market_id)
            self._paused.discard(one.market_id)
        self._polls = [poll for poll in self._polls if poll.books]
        for one in joined:
            self._place(one)

    def resync(self, book_id: BookId, doubt: Doubt) -> None:
        """The core doubts this book: ask for it next."""
        if (poll := self._of.get(book_id.removeprefix(f"{KALSHI}:"))) is not None:
            poll.asked_at = Nanos(0)

    def reopen(self, lane: LaneId) -> None:
        """The core has heard nothing of these books for too long: ask for them next."""
        for poll in self._polls:
            if poll.lane == lane:
                poll.asked_at = Nanos(0)

    async def run(self) -> None:
        """Ask until cancelled; a failure of the venue does not end it."""
        work = (self._following.keep_reading(self._on_trading), self._keep_asking())
        tasks: list[asyncio.Task[None]] = [asyncio.create_task(one) for one in work]
        try:
            await until(asyncio.Event(), tasks)
        finally:
            await end(tasks)

    async def _keep_asking(self) -> NoReturn:
        while True:
            poll = self._next()
            await asyncio.sleep(IDLE if poll is None else await self._ask(poll))

    def _next(self) -> Poll | None:
        """The poll that is most overdue."""
        now = self._now()
        late = [(now - poll.asked_at - self._period(poll), poll.lane, poll) for poll in self._polls]
        overdue, _, poll = max(late, default=(-1, "", None))
        return poll if overdue >= 0 else None

    async def _ask(self, poll: Poll) -> float:
        """How long to rest after it, in seconds."""
        poll.asked_at = asked_at = self._now()
        books = dict(poll.books)
        try:
            shown = await ask_for_books(self._fetcher, tuple(books))
        except FeedError as error:
            self._counts["failed_polls"] += 1
            self._failure = str(error)
            wait = error.retry_after if isinstance(error, FeedUnavailable) else None
            return min(max(wait or 1.0, self._pace), LONGEST_REST)
        self._failure = ""
        self._counts["polls"] += 1
        poll.shown_at = asked_at  # an answer that was long on the way shows no more than how it stood then
        for book in shown:
            book_id = books.pop(book.ticker, None)
            if book_id is not None and poll.books.get(book.ticker) == book_id and book.ticker not in self._paused:
                self._put(Snapshot(book_id, poll.lane, book.bids, book.asks, Nanos(0), asked_at))
        for ticker, book_id in books.items():  # the lane is proved by the others
            if ticker in poll.books:
                self._put(Doubted(book_id, "waiting", self._now()))
        return self._pace

    def _words_for_age(self) -> str:
        """In steps, so that what is said once need not be said again each second."""
        known = [poll.shown_at for poll in self._polls if poll.shown_at is not None]
        if not known or len(known) < len(self._polls):
            return "not all of them yet"
        age = (self._now() - min(known)) / SECOND
        step = next((step for step in AGES if age <= step), None)
        return f"up to {step} s old" if step else f"more than {AGES[-1]} s old"

    def _place(self, listed: Listed) -> None:
        """Live games are not asked for together with others."""
        is_live = listed.book_id in self._following.live
        fitting = (one for one in self._polls if len(one.books) < BOOKS_A_CALL and self._is_live(one) == is_live)
        poll = next(fitting, None)
        if poll is None:
            poll = Poll(lane_id(f"{KALSHI}:rest", next(self._numbers), self._now()))
            self._polls.append(poll)
        self._of[listed.market_id] = poll
        poll.books[listed.market_id] = listed.book_id

    def _period(self, poll: Poll) -> int:
        return self._every_live if self._is_live(poll) else self._every_other

    def _is_live(self, poll: Poll) -> bool:
        return not self._following.live.isdisjoint(poll.books.values())

    def _on_trading(self, ticker: str, is_trading: bool) -> None:
        if is_trading or ticker not in self._of:
            self._paused.discard(ticker)
        elif ticker not in self._paused:
            self._paused.add(ticker)
            self._put(Doubted(self._of[ticker].books[ticker], "paused", self._now()))
