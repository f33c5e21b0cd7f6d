"""What venues do on bad days, against the feeds and the trading core over real sockets: a book is right or it is not
fresh, and it is right again soon. `pytest -s` prints the table of faults."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from decimal import Decimal
from functools import partial

import httpx
import pytest

from app.cli.signing_keys import make_signing_key
from app.cli.slates import settings_of
from app.clock import nanos_clock, wall_clock
from app.domain.decisions import Decision, Resync, Silent
from app.domain.games import GameId
from app.domain.inputs import Tick
from app.domain.markets import ContractId, MarketId, VenueId
from app.domain.money import ONE_DOLLAR, SIZE_UNITS
from app.domain.prices import SECOND, Listed, book_id
from app.intake import Intake
from app.pipeline import Pipeline
from app.ports import PriceFeed
from app.settings import Settings
from app.venues.roster import VENUES
from tests.app.sandbox.followers import Side, best, clob_tokens, kalshi_tickers, true_levels
from tests.app.sandbox.servers import running

FRESH = 2 * SECOND
BOOKS = 5  # of each venue
LATE = 0.8  # seconds between our look and the truth's, at worst, on a busy machine
UNCOUNTED = (
    6.0  # seconds: Polymarket does not count its messages, and a lost one that leaves the best is found over REST
)
PATIENCE = 25.0  # seconds for a book to be right again

# kind, what is planted besides it, seconds that it lasts, whether books are doubted because of it
FAULTS: Sequence[tuple[str, dict[str, object], float, bool]] = (
    ("disconnect", {"on": "socket"}, 0.0, True),
    ("silence", {"on": "socket", "for_seconds": 8.0}, 8.0, True),
    ("gap", {"on": "socket", "count": 8}, 2.0, True),
    ("duplicate", {"on": "socket", "count": 10}, 2.0, False),
    ("reordered", {"on": "socket", "count": 12}, 2.0, True),
    ("garbage", {"on": "socket", "count": 2}, 2.0, True),
    ("crossed", {"on": "socket", "count": 1}, 2.0, True),
    ("429", {"on": "http", "for_seconds": 3.0}, 3.0, False),
    ("slow", {"on": "http", "for_seconds": 3.0, "seconds": 2.0}, 3.0, False),
)
HARMLESS_AT = {("polymarket", "reordered"), ("polymarket", "gap")}  # sizes are absolute: the next message may mend it


class Desk:
    """Both venues' feeds and a core, as the monitors run them, and the truth beside."""

    def __init__(self, settings: Settings, client: httpx.AsyncClient) -> None:
        self.intake = Intake(Pipeline(round(settings.prices.silence * SECOND)), nanos_clock(wall_clock))
        self.listed: dict[VenueId, list[Listed]] = {}
        self.doubted_at: dict[VenueId, list[float]] = {}  # monotonic seconds
        self._settings = settings
        self._client = client

    @contextlib.asynccontextmanager
    async def following(self) -> AsyncIterator[None]:
        """Until every book is there."""
        async with contextlib.AsyncExitStack() as stack:
            tasks = [asyncio.create_task(self._tick())]
            for venue in VENUES:
                feed = await stack.enter_async_context(
                    venue.open_feed(self._settings, self.intake.put, self.intake.now)
                )
                self.listed[venue.name] = await self._find(venue.name)
                self.doubted_at[venue.name] = []
                stack.callback(self.intake.heed(partial(self._obey, feed)))
                books = self.listed[venue.name]
                await feed.follow(books, frozenset(one.book_id for one in books))
                tasks.append(asyncio.create_task(feed.run()))
            try:
                await self._all_fresh()
                yield
            finally:
                for task in tasks:
                    task.cancel()
                await asyncio.gather(*tasks, return_exceptions=True)

    async def _find(self, venue: VenueId) -> list[Listed]:
        if venue == "kalshi":
            tickers = await kalshi_tickers(self._client, "KXNBAGAME")
            return [listed(venue, one, f"kalshi:{one}:yes", f"kalshi:{one}:no") for one in tickers[:BOOKS]]
        tokens = await clob_tokens(self._client, "moneyline")
        names = [
            (await self._client.get(f"/clob/book?token_id={first}")).json()["market"] for first, _ in tokens[:BOOKS]
        ]
        return [
            listed(venue, name, f"polymarket:{first}", f"polymarket:{second}")
            for name, (first, second) in zip(names, tokens, strict=False)
        ]

    async def _tick(self) -> None:
        while True:
            await asyncio.sleep(0.1)
            self.intake.put(Tick(self.intake.now()))

    def _obey(self, feed: PriceFeed, said: Decision) -> None:
        """As the monitors do."""
        if isinstance(said, Resync):
            feed.resync(said.book_id, said.doubt)
            if said.book_id.startswith(feed.venue):
                self.doubted_at[feed.venue].append(time.monotonic())
        elif isinstance(said, Silent):
            feed.reopen(said.lane)

    async def _all_fresh(self) -> None:
        async with asyncio.timeout(PATIENCE):
            while not all(self.is_fresh(one) for each in self.listed.values() for one in each):  # noqa: ASYNC110
                await asyncio.sleep(0.05)

    def is_fresh(self, one: Listed) -> bool:
        quote = self.intake.pipeline.quote(one.first)
        return quote is not None and quote.state(self.intake.now(), FRESH) == "fresh"

    def levels(self, one: Listed) -> tuple[Side, Side]:
        ladder = self.intake.pipeline.ladder(one.book_id)
        assert ladder is not None
        bids, asks = (
            {Decimal(price) / ONE_DOLLAR: Decimal(size) / SIZE_UNITS for price, size in side}
            for side in (ladder.bids, ladder.asks)
        )
        return bids, asks

    async def true_levels(self, one: Listed) -> tuple[Side, Side]:
        name = one.market_id if one.venue == "kalshi" else one.first.removeprefix("polymarket:")
        return await true_levels(self._client, one.venue, name)


def listed(venue: VenueId, market: str, first: str, second: str) -> Listed:
    market_id = MarketId(market)
    return Listed(book_id(venue, market_id), venue, market_id, GameId("1"), ContractId(first), ContractId(second))


class Watch:
    """What became of a venue's books since a fault was planted; seconds."""

    def __init__(self, desk: Desk, venue: VenueId) -> None:
        self._desk = desk
        self._venue = venue
        self._began = time.monotonic()
        self.ended_at = float("inf")
        self._wrong_since: dict[tuple[str, str], float] = {}
        self.worst = {"best": 0.0, "book": 0.0}  # the longest that it was shown as fresh and was not the venue's
        self.right_at: dict[str, float] = {}

    async def look(self) -> None:
        for one in self._desk.listed[self._venue]:
            truth = await self._desk.true_levels(one)
            now, ours = time.monotonic() - self._began, self._desk.levels(one)
            is_fresh = self._desk.is_fresh(one)
            self._judge(one, "best", now, is_wrong=is_fresh and best(ours) != best(truth))
            self._judge(one, "book", now, is_wrong=is_fresh and ours != truth)
            if is_fresh and ours == truth:
                self.right_at[one.book_id] = now
            else:
                self.right_at.pop(one.book_id, None)

    def _judge(self, one: Listed, what: str, now: float, *, is_wrong: bool) -> None:
        if is_wrong:
            self.worst[what] = max(self.worst[what], now - self._wrong_since.setdefault((one.book_id, what), now))
        else:
            self._wrong_since.pop((one.book_id, what), None)

    @property
    def detected(self) -> float | None:
        """When the first book was doubted."""
        later = (at - self._began for at in self._desk.doubted_at[self._venue] if self._began < at < self.ended_at)
        return min(later, default=None)

    def healed(self, after: float) -> float | None:
        """When the last of the books was right again, if all have been since `after`."""
        are_right = [at for at in self.right_at.values() if at > after]
        return max(are_right) if len(are_right) == len(self._desk.listed[self._venue]) else None


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Settings]]:
    """A sandbox, and the settings that point at it."""
    folder = tmp_path_factory.mktemp("faults")
    key = make_signing_key(folder)
    with running(seed=7, kalshi_public_key=key.public_file) as url:
        yield url, Settings(_env_file=None, **settings_of(url, key))


TABLE: list[str] = []


@pytest.fixture(scope="module", autouse=True)
def table() -> Iterator[None]:
    yield
    print(
        "\n| fault | venue | noticed within | right again within | fresh with a wrong best price | with a wrong level |"
    )
    print("|---|---|---|---|---|---|", *TABLE, sep="\n")


@pytest.mark.slow
@pytest.mark.parametrize(("kind", "more", "lasts", "is_doubted"), FAULTS, ids=[fault[0] for fault in FAULTS])
async def test_a_book_is_right_or_not_fresh_and_soon_right_again(
    place: tuple[str, Settings], kind: str, more: Mapping[str, object], lasts: float, is_doubted: bool
) -> None:
    url, settings = place
    async with httpx.AsyncClient(base_url=url, timeout=10) as client:
        desk = Desk(settings, client)
        async with desk.following():
            watches = [Watch(desk, venue) for venue in desk.listed]
            for venue in desk.listed:
                fault = {"match": venue if more["on"] == "socket" else PLACES[venue], "kind": kind, **more}
                (await client.post("/faults", json=fault)).raise_for_status()
            await asyncio.gather(*(see(watch, lasts) for watch in watches))
            await client.delete("/faults")
    for venue, watch in zip(desk.listed, watches, strict=True):
        healed = watch.healed(lasts)
        noticed = "-" if watch.detected is None else f"{watch.detected:.2f} s"
        worst = " | ".join(f"{seconds:.2f} s" for seconds in watch.worst.values())
        TABLE.append(f"| {kind} | {venue} | {noticed} | {healed or 0:.2f} s | {worst} |")
        assert healed is not None, f"{venue}: not right again within {PATIENCE} s"
        is_uncounted = venue == "polymarket" and kind in ("gap", "reordered")
        patience = UNCOUNTED if is_uncounted else FRESH / SECOND
        assert watch.worst["best"] < patience + LATE, f"{venue}: a wrong price was shown as fresh"
        assert watch.worst["book"] < patience + LATE, f"{venue}: a wrong book was shown as fresh"
        if is_doubted and (venue, kind) not in HARMLESS_AT:
            assert watch.detected is not None, f"{venue}: nobody has noticed"


PLACES = {"kalshi": "/markets/orderbooks", "polymarket": "/clob/books"}


async def see(watch: Watch, lasts: float) -> None:
    """Look until every book is right again."""
    deadline = time.monotonic() + lasts + PATIENCE
    while time.monotonic() < deadline and watch.healed(lasts) is None:
        await watch.look()
        await asyncio.sleep(0.02)
    watch.ended_at = time.monotonic()
